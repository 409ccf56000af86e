"""Looks at a live service: `engine.look` runs the probes of `kinds/` on one site."""
