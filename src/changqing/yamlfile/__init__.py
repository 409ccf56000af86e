"""YAML files from outside: read strictly, checked by pydantic, errors with lines.

`shape` brings pydantic with it; who only reads files does not wait for that.
"""
