"""Every test begins without runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def no_runs() -> Iterator[None]:
    """Remove what an earlier test put there."""
    shutil.rmtree(settings.REGISTERS, ignore_errors=True)
    yield
    shutil.rmtree(settings.REGISTERS, ignore_errors=True)
