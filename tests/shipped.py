"""The catalogue as it is shipped, read once for all tests of a process."""

from __future__ import annotations

from typing import Final

from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue

CATALOGUE: Final[Catalogue] = load_compiled()
