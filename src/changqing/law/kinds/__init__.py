"""One module a kind of catalogue entry: its one class, and what it is made of."""
