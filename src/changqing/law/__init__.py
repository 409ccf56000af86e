"""What is asked: law, facts, materials, parameters, criteria, errands, as data.

The texts are YAML files in `data`; `kinds` has one module a kind of them. `load.load`
reads and checks them; `compiled.load_compiled` gives the same from a cache, and imports
neither the YAML reader nor pydantic nor the parser of rules unless the cache is cold.
"""
