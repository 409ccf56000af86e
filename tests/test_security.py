"""SECURITY.md: each promise names tests that are there, in both languages alike."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("SECURITY.md", "SECURITY.zh-CN.md")
_HELD = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_PROMISE = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
_NAMED = re.compile(r"[(（]([\d, ]+)[)）]")
_NEVER_RUN = {"skip", "xfail"}


def promises(page: str) -> dict[int, list[tuple[str, str]]]:
    """The tests that hold each promise, by its number."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return {int(n): _HELD.findall(held) for n, _, held in _PROMISE.findall(text)}


@cache
def find_tests(file: str) -> dict[str, set[str]]:
    """The tests of a file with the names of their marks."""
    found = {}
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = {
                part.attr
                for mark in node.decorator_list
                for part in ast.walk(mark)
                if isinstance(part, ast.Attribute)
            }
            found[node.name] = marks
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_promise_is_held_by_tests_that_are_there_and_run(page: str) -> None:
    found = promises(page)
    assert list(found) == list(range(1, len(found) + 1))
    for number, held in found.items():
        assert held, f"{page}: nothing holds promise {number}"
        for file, name in held:
            assert (ROOT / file).is_file(), f"{page} {number}: there is no {file}"
            marks = find_tests(file).get(name)
            assert marks is not None, f"{page} {number}: {file} has no {name}"
            assert not marks & _NEVER_RUN, f"{page} {number}: {name} is not run"


@pytest.mark.parametrize("page", PAGES)
def test_who_cannot_do_what_rests_on_promises_that_are_made(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    table = text.split("\n## ")[2]
    named = {int(n) for group in _NAMED.findall(table) for n in group.split(",")}
    made = promises(page)
    assert named <= set(made)
    # What nobody in the table is held by: what earlier releases made, a crash, people
    # who sign in, and what the program does for whom a paper is about.
    assert len(set(made) - named) <= 6


def test_both_languages_promise_the_same() -> None:
    english, chinese = map(promises, PAGES)
    assert english == chinese
    tables = [
        _NAMED.findall((ROOT / page).read_text(encoding="utf-8").split("\n## ")[2])
        for page in PAGES
    ]
    assert tables[0] == tables[1]
