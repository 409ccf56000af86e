"""Bundles that others can check without trusting us.

`verify` is the published verifier: one file that needs the standard library alone, and
that knows nothing of the rest of this program.
"""
