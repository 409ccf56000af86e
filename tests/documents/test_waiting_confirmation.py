"""A document says what was read in a paper and waits, and asks for no paper again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from changqing.documents.document import Document, DocumentEdition
from changqing.documents.tree import SPAN
from changqing.documents.waiting_readings import WaitingValue
from changqing.judge.advice import SETTLE
from changqing.report.model import ErrandView
from tests.documents.dossier_case import assessed, copied, text_of, written

_BACKS = re.compile(r"(?m)^ {4}(?:backs|states):\n(?: {6}.*\n)+")


@pytest.fixture
def untyped(tmp_path: Path) -> Path:
    """The example before anybody took over what its papers say."""
    case = copied("local-life", tmp_path)
    file = case / "case.yaml"
    text = file.read_text(encoding="utf-8")
    for paper in ("lease", "service_assurance"):
        at = text.index(f"  - id: {paper}\n")
        end = text.find("\n  - id:", at)
        entry = text[at : end + 1]
        text = text.replace(entry, _BACKS.sub("", entry))
    text = re.sub(r"(?m)^  lease_until: .*\n", "", text)
    file.write_text(text, encoding="utf-8")
    return case


def made(case: Path, edition: DocumentEdition) -> dict[str, Document]:
    return written(assessed(case), edition=edition)


def test_what_was_read_and_waits_is_no_blank_that_asks_for_the_paper(
    untyped: Path,
) -> None:
    documents = made(untyped, DocumentEdition.ANNOTATED)

    text = text_of(documents["domain_and_hosting"])
    assert "待补" not in text
    assert "〔待确认：租约到期日，已从《场地租赁合同》第1页读到“2028-09-14”" in text
    assurance = text_of(documents["service_assurance"])
    assert "已从《长期服务和质量保障措施》第1页读到；谁办：" in assurance
    assert "写进《长期服务和质量保障措施》" not in assurance


def test_it_is_left_open_all_the_same_and_names_the_value_to_confirm(
    untyped: Path,
) -> None:
    document = made(untyped, DocumentEdition.CLEAN)["domain_and_hosting"]

    assert not document.complete
    (blank,) = (one for one in document.blanks if one.fact == "lease_until")
    assert blank.reading == "lease/applicant.lease_until"


def test_a_long_value_leaves_its_place_a_blank() -> None:
    waiting = WaitingValue(name="a", title="合同", place="第1页", text="长" * 600)

    assert SPAN.fullmatch(f"〔待确认：地址，{waiting.sentence}〕")


def test_an_errand_confirms_it_and_none_points_at_it_again(untyped: Path) -> None:
    errands = assessed(untyped).report.errands

    (settling,) = (errand for errand in errands if errand.errand == SETTLE)
    assert "《场地租赁合同》里读到了租约到期日" in _join(settling)
    others = "".join(_join(errand) for errand in errands if errand is not settling)
    assert "《场地租赁合同》里没有找到" not in others


def _join(errand: ErrandView) -> str:
    return "".join(step.zh for step in errand.steps)
