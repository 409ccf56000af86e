"""The company's own paragraphs: safe whatever was typed, and never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.case.edit import FieldChange, change, read
from changqing.case.model import OwnText
from changqing.documents.document import Document, DocumentEdition
from changqing.documents.own_text import format_own_text
from changqing.documents.tree import read_blocks
from changqing.errors import CaseError
from changqing.papers.open import open_case
from tests.documents.dossier_case import EXAMPLES, assessed, copied, judge, written

_MARKS = ("# ", "- ", "1. ", "| ", "**", "〔", "〕", "^", "`", "<", ">", "\\", "{{")
_WORDS = ("[a](b)", "![x](chart:equity)", "{% x %}", "\n", "\n\n", "甲", "。", "待补：")
_PIECES = st.sampled_from([*_MARKS, *_WORDS, "    ", "E-01", "\n|---|"])


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES, max_size=30).map("".join))
def test_own_text_holds_nothing_but_what_it_may(
    words: str,
) -> None:
    kinds: set[str] = set()
    left = read_blocks(format_own_text(words))
    while left:
        node = left.pop()
        kinds.add(node["kind"])
        left += node.get("children", [])
    allowed = {"paragraph", "text", "heading", "list", "enum", "item", "table"}
    assert kinds <= allowed | {"row", "cell", "strong", "blank", "break", "quote"}


def _write(own: dict[str, OwnText], edition: DocumentEdition) -> Document:
    outcome = assessed(EXAMPLES / "newly-registered")
    case = replace(outcome.case, own_text={"user_service": own})
    return written(replace(outcome, case=case), "user_service", edition=edition)[
        "user_service"
    ]


@pytest.mark.parametrize("edition", DocumentEdition)
def test_own_text_stands_in_its_section_or_in_its_place_or_at_the_end(
    edition: DocumentEdition,
) -> None:
    ours = _write({}, edition)
    mine = _write(
        {
            "已经做到的": OwnText(words="两年没有投诉。"),
            "时限": OwnText(words="**一日**内答复。", instead=True),
            "改了名的一节": OwnText(words="〔待补：分机号〕 {{ 7 * 7 }}"),
        },
        edition,
    )
    titles = [section.title for section in ours.sections]
    said = {section.title: section.markdown for section in mine.sections}
    before = {section.title: section.markdown for section in ours.sections}
    assert said["已经做到的"].startswith(before["已经做到的"])
    assert said["已经做到的"].endswith("两年没有投诉。\n")
    assert said["时限"].endswith("**一日**内答复。\n")
    assert "上限" not in said["时限"]
    at = [section.title for section in mine.sections].index("改了名的一节")
    assert at >= len([title for title in titles if title in said]) - 1
    assert "49" not in said["改了名的一节"]
    assert "分机号" in {blank.supply for blank in mine.blanks}
    assert ("公司自写" in said["时限"]) is (edition is DocumentEdition.ANNOTATED)


def test_own_text_in_the_file_is_read_and_what_is_wrong_is_told(tmp_path) -> None:  # type: ignore[no-untyped-def]
    case = copied("newly-registered", tmp_path)
    catalogue = judge().catalogue
    words = "第一段。\n\n- 一\n- “二”: #"
    at = ("own_text", "user_service", "时限")
    now = read(case)
    change(
        case,
        [FieldChange(at=at, value=words)],
        version=now.version,
        catalogue=catalogue,
    )
    own = open_case(case, catalogue).own_text["user_service"]["时限"]
    assert own == OwnText(words=words)
    text = (case / "case.yaml").read_text("utf-8")
    assert "    时限: |-\n" in text
    for wrong in (5, {"words": "x", "other": 1}, "长" * 20_001):
        with pytest.raises(CaseError):
            change(
                case,
                [FieldChange(at=at, value=wrong)],
                version=read(case).version,
                catalogue=catalogue,
            )
    outcome = assessed(case)
    own_text = {"no_such": {"x": OwnText(words="y")}}
    changed = replace(outcome, case=replace(outcome.case, own_text=own_text))
    with pytest.raises(CaseError, match="no_such"):
        written(changed)
