"""The web application: accounts, pages and an index around the case folders."""
