"""What is asked: instruments, facts, materials, parameters, criteria, errands.

The texts are YAML files beside this package. `load` reads and checks them;
`load_compiled` gives the same from a cache, and imports neither the YAML reader nor
pydantic nor the parser of expressions unless the cache is cold.
"""
