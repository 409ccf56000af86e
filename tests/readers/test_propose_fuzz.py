"""Kept readings of any content, proposed from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from changqing.evidence.reading import (
    BrokenReadingError,
    decode_reading,
    encode_reading,
)
from changqing.law.compiled import load_compiled
from changqing.readers.propose import propose_from
from tests.fuzzing import fuzz_json
from tests.readers.form_pages import LICENCE, NAMES, read_pages

pytestmark = pytest.mark.fuzz


def test_a_kept_reading(fuzz_seconds: float) -> None:
    catalogue = load_compiled()

    def propose(content: Any) -> None:
        try:
            reading = decode_reading(json.dumps(content).encode())
        except BrokenReadingError:
            return
        propose_from(reading, NAMES, catalogue)

    seed = json.loads(encode_reading(read_pages(LICENCE, LICENCE)))
    fuzz_json(propose, [seed], fuzz_seconds)
