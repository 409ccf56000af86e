"""What the product says of the examples is what it said when a person last read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.golden.golden import CASES, KEPT, desk, golden_outputs

OUTPUTS = golden_outputs()
LONG = tuple(f"{case}." for case in CASES[1:])
"""One example is enough while writing."""


@pytest.fixture(scope="module", autouse=True)
def copies() -> Iterator[None]:
    """Copies of the examples, gone at the end."""
    with desk():
        yield


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name.startswith(LONG) else ())
        for name in OUTPUTS
    ],
)
def test_the_product_says_what_it_said(name: str) -> None:
    kept = (KEPT / name).read_text(encoding="utf-8")
    assert OUTPUTS[name]() == kept, "read the difference after `make golden`"


def test_nothing_is_kept_that_is_not_said() -> None:
    assert {path.name for path in KEPT.iterdir()} == OUTPUTS.keys()
