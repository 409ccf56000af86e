"""Phrases of the catalogue as patterns: found as written, compiled once."""

from __future__ import annotations

import re

from changqing.papers.compare.spelling import compile_phrases


def test_the_first_phrase_that_fits_is_found() -> None:
    found = compile_phrases(("租赁…起", "租赁")).search("房屋租赁期自2026年起")
    assert found is not None
    assert found[0] == "租赁期自2026年起"
    assert compile_phrases(("a.c",)).search("abc") is None


def test_no_phrase_finds_nothing() -> None:
    assert compile_phrases(()).search("租赁") is None
    assert compile_phrases(()).search("") is None


def test_phrases_are_compiled_once_whatever_else_is_compiled() -> None:
    """A case asks for them thousands of times, and `re` keeps a few hundred."""
    before = compile_phrases(("租赁", "承租"))
    re.purge()
    assert compile_phrases(("租赁", "承租")) is before
