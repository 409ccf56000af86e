"""The pages: one module each, found by looking; each lists its `ROUTES`."""
