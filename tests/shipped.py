"""The catalogue as it is shipped, read once for all tests of a process.

A program with a home of its own is told where its compiled form is kept (`KEPT`): to
compile it takes seconds, and is tested where it is the point.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from changqing.disk import find_user_cache
from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue

CATALOGUE: Final[Catalogue] = load_compiled()

_cache = find_user_cache()
KEPT: Final[Mapping[str, str]] = (
    {} if _cache is None else {"XDG_CACHE_HOME": str(_cache.parent)}
)
"""For the environment of a program: what `CATALOGUE` was compiled to is found by it."""
