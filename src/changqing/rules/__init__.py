"""The language of criteria: parse, types, SQLite and Polars. Knows no YAML.

`parse` makes a tree of a text, `types` checks it against the facts there are, `sqlite`
and `polars` evaluate many at once with three truth values.
"""
