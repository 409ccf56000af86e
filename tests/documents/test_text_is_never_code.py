"""Whatever a person, a page or a registry says reaches a paper as words alone."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from changqing.documents.document import Document, Section
from changqing.documents.markup import escape
from changqing.documents.render_typst import render_pdf
from changqing.documents.tree import (
    DocumentTree,
    build_document_tree,
    extract_plain_text,
)

AS_OF = date(2026, 11, 24)
DIGEST = "a" * 64
CANARY = "kanarienvogel"
# What ends a piece of markup of ours, and then is read as a call.
CALLS = [
    ".func()(read(str(bytes((99,97,110,97,114,121)))))",
    '(read("canary"))',
    '[#read("../canary")]',
    '#read("canary")',
    '#import "canary": *',
    "{ for i in range(9) { [x] } }",
    '#eval("1+1")',
    "$ x^2 $ // note /* more */ @ref <label> ~ -- --- ... \\u{41}",
    "<script>alert(1)</script>",
    "\ue000s999\ue001",
]
MARKS = [
    "{}",
    "**{}**",
    "*{}*",
    "`{}`",
    "〔待补：{}〕",
    "**x**{}",
    "`x`{}",
    "〔待补：x〕{}",
    "^E-01^{}",
]


def document(markdown: str, *, title: str = "公司概况") -> Document:
    return Document(
        id="company_profile",
        title=title,
        number="3",
        sections=(Section(id="one", title="一", markdown=markdown, statements=()),),
        blanks=(),
        complete=True,
        unsupported=(),
        file_name="公司概况",
    )


def words_of(content: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return re.sub(r"\s+", "", text)


@pytest.fixture
def beside_a_canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work beside, below and at home with a file that no paper may hold."""
    home = tmp_path / "home"
    work = tmp_path / "work" / "here"
    for folder in (home, work, work.parent):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "canary").write_text(CANARY)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    return work


@pytest.mark.parametrize("call", CALLS)
def test_a_copy_calls_nothing(beside_a_canary: Path, call: str) -> None:
    markdown = "\n\n".join(mark.format(call) for mark in MARKS)
    table = f"| a | b |\n| - | - |\n| **x**{call.replace('|', '')} | {call} |\n"
    content = render_pdf(
        document(f"{markdown}\n\n{table}"), case_name=call, digest=DIGEST, as_of=AS_OF
    )
    assert CANARY not in words_of(content)


def _texts(tree: DocumentTree) -> str:
    return extract_plain_text({"kind": "all", "children": tree["blocks"]})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Co", "Cc")), max_size=80))
def test_any_text_of_a_case_stands_in_the_tree_as_it_is(text: str) -> None:
    tree = build_document_tree(
        document(f"前{escape(text)}后"), case_name=text, digest=DIGEST, as_of=AS_OF
    )
    assert tree["case"] == text
    said = f"前{' '.join(text.split())}后"
    assert _texts(tree) == f"一{said}"


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.text(st.sampled_from("王李()[]{}#$.*_`<>@\\/\"'~^|=+-ab1"), max_size=40))
def test_the_pdf_says_what_the_tree_says(beside_a_canary: Path, text: str) -> None:
    content = render_pdf(
        document(f"前{escape(text)}后", title=f"前{text}后"),
        case_name="某公司",
        digest=DIGEST,
        as_of=AS_OF,
    )
    said = words_of(content)
    wanted = re.sub(r"\s+", "", f"前{text}后")
    assert said.count(wanted) >= 2
    assert CANARY not in said
