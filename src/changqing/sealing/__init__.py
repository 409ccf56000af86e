"""Bundles that others can check without trusting us.

`verify` is the published verifier: one file that needs the standard library alone, and
that knows nothing of the rest of this program.
"""

from __future__ import annotations

from changqing.sealing import verify
from changqing.sealing._bundle import Sealed, bind, installed_rules, packed, seal
from changqing.sealing._index import NOT_PROVEN, PROVEN

__all__ = [
    "NOT_PROVEN",
    "PROVEN",
    "Sealed",
    "bind",
    "installed_rules",
    "packed",
    "seal",
    "verify",
]
