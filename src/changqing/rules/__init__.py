"""The expression language: parse, types, SQLite and Polars. Knows no YAML."""
