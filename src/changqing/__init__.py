"""Changqing 长青: can this service last, and can you prove it?"""

__all__ = ["__version__"]

__version__ = "0.2.0"
