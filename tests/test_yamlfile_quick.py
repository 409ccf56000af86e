"""libyaml reads fifteen times as fast, and may only where it reads the very same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given

from changqing.latest import Latest
from changqing.yamlfile import read
from changqing.yamlfile.read import YamlFile, read_with_issues
from tests.test_yamlfile import HERE, PIECES

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path
    for folder in ("src/changqing", "examples")
    for path in (ROOT / folder).rglob("*.yaml")
)


@contextmanager
def strictly() -> Iterator[None]:
    """As on a machine without libyaml, with nothing remembered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "_LIBYAML", None)
        patch.setattr(read, "_LATEST", Latest(most=1))
        yield


def _same(quick: YamlFile, strict: YamlFile) -> None:
    assert quick.data == strict.data
    _same_marks(quick._root, strict._root)


def _same_marks(quick: read._Mark, strict: read._Mark) -> None:
    """But for where nothing is written: libyaml puts that behind its key."""
    assert (quick.raw, quick.key_line) == (strict.raw, strict.key_line)
    assert (quick.weight, quick.closed) == (strict.weight, strict.closed)
    if quick.raw != "":
        assert (quick.line, quick.start) == (strict.line, strict.start)
    assert quick.children.keys() == strict.children.keys()
    for key, child in quick.children.items():
        _same_marks(child, strict.children[key])


@given(PIECES)
@example(">+\n \n  a")
@example("#\n|-\n# text")
@example("a: |#\n b")
@example("\r...\r...")
@example("key: \nb:\nc: x")
def test_what_libyaml_may_read_it_reads_alike(text: str) -> None:
    quick = read._read_quickly(text, "x.yaml")
    if quick is not None:
        with strictly():
            strict, issues = read_with_issues(HERE, text=text)
        assert not issues
        assert strict is not None
        _same(quick, strict)


@pytest.mark.long
def test_every_file_of_ours_is_read_alike() -> None:
    slow = []
    for path in FILES[::20]:
        text = path.read_text(encoding="utf-8")
        quick = read._read_quickly(text, str(path))
        with strictly():
            strict, issues = read_with_issues(path)
        assert not issues
        assert strict is not None
        if quick is None:
            slow.append(path)
        else:
            _same(quick, strict)
    assert not slow


@pytest.mark.share
@pytest.mark.parametrize("piece", ["|", "\n", " ", "| ", ">\n", "[&", "---", "\r\n"])
def test_whether_libyaml_may_is_told_in_a_moment(piece: str) -> None:
    text = "a: " + piece * (read.MAX_BYTES // len(piece))
    began = time.process_time()
    read._READ_DIFFERENTLY.search(text)
    assert time.process_time() - began < 2
