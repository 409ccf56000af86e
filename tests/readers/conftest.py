"""What the tests of readers are given."""

from __future__ import annotations

import pytest

from changqing.law.model import Catalogue
from tests.shipped import CATALOGUE


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return CATALOGUE
