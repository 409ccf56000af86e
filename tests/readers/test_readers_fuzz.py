"""Saved pages of any kind, read for what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case.page import UnreadablePageError, read_page
from changqing.errors import ChangqingError
from changqing.readers.saved_page import read_saved_page
from tests.fuzzing import fuzz
from tests.readers import reader_pages as pages
from tests.shipped import CATALOGUE

pytestmark = pytest.mark.fuzz


@pytest.mark.parametrize("look", ["filing_lookup", "credit_publicity"])
def test_a_saved_page(look: str, tmp_path: Path, fuzz_seconds: float) -> None:
    case = pages.make_case(tmp_path / "case", CATALOGUE)
    guided = CATALOGUE.looks.get(look) or next(iter(CATALOGUE.looks.values()))

    def read(content: bytes) -> None:
        if b"%PDF-" in content[:1024]:
            return  # read in a child process: see tests/sandbox
        try:
            read_saved_page(read_page(content), guided, case)
        except (ChangqingError, UnreadablePageError):
            return

    fuzz(read, [pages.FILING_LIST.encode(), pages.FILING_DETAIL.encode()], fuzz_seconds)
