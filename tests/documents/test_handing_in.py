"""What is left before handing in: requirements, then documents, in one answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from changqing.agency.read_row import read_row
from changqing.documents.document import Document
from changqing.documents.documents import write_documents
from changqing.judge.model import Readiness
from changqing.law.compiled import load_compiled
from changqing.report.build_one_page import build_one_page
from changqing.report.handing_in import compute_handing_in
from changqing.report.words import HandingInState
from changqing.run import Outcome, keep_summary
from changqing.text import Text
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, copied, written


@pytest.fixture(scope="module")
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def _write(of: Outcome) -> tuple[Document, ...]:
    return tuple(written(of).values())


def test_the_first_screen_says_what_the_documents_say() -> None:
    young = assessed(EXAMPLES / "newly-registered")
    assert young.assessment.readiness is Readiness.READY
    made = _write(young)
    left = compute_handing_in(young.assessment, made)
    assert left is not None
    told = young.report.handing_in
    assert told is not None
    assert told.says == left.text
    blanks = sum(len(document.blanks) for document in made)
    assert left.blanks == blanks > 0
    assert not left.ready
    assert f"待补{blanks}处" in left.text.zh
    assert f"{blanks} places to fill" in left.text.en
    assert "现在就可以递交" not in left.text.zh


def test_written_documents_leave_signing_alone(local_life: Outcome) -> None:
    whole = [
        replace(document, blanks=(), complete=True) for document in _write(local_life)
    ]
    left = compute_handing_in(local_life.assessment, whole)
    assert left is not None
    assert left.ready
    signed = sum(document.signature for document in whole)
    assert f"签字盖章{signed}份，现在就可以递交" in left.text.zh
    apart = compute_handing_in(local_life.assessment, whole, apart=2)
    assert apart is not None
    assert not apart.ready
    assert apart.text.zh == "要求都有证据；递交前还差：2件事说法不一。"


def test_what_is_not_satisfied_comes_before_the_documents() -> None:
    of = assessed(EXAMPLES / "contradictory")
    left = compute_handing_in(of.assessment, _write(of))
    assert left is not None
    assert left.unmet
    assert left.text.zh.startswith(f"递交前还差：{left.unmet}项要求没有满足")
    assert "份文书待补" in left.text.zh
    told = of.report.handing_in
    assert told is not None
    assert told.documents is None
    assert told.blanks is None


@pytest.mark.parametrize(
    ("example", "state"),
    [
        ("local-life", HandingInState.READY),
        ("newly-registered", HandingInState.TO_WRITE),
        ("contradictory", HandingInState.NOT_YET),
    ],
)
def test_the_board_says_the_same_as_the_first_page(
    example: str, state: HandingInState, tmp_path: Path
) -> None:
    folder = copied(example, tmp_path)
    outcome = assessed(folder)
    keep_summary(folder, outcome)
    report = outcome.report

    row = read_row(load_compiled(), tmp_path, example, AS_OF).row

    assert report.handing_in is not None
    assert report.handing_in.state == row.handing_in == state
    assert row.state(AS_OF) == state.text.capitalised
    said = build_one_page(report).first.text
    if state is not HandingInState.TO_WRITE:  # that one counts what is left
        assert state.text.zh in said.zh
        assert state.text.en.lower() in said.en.lower()


def test_a_stray_file_among_the_signed_copies_holds_up_nothing(tmp_path: Path) -> None:
    signed = copied("local-life", tmp_path) / "dossier" / "stamping" / "signed"
    signed.mkdir(parents=True)
    (signed / "scan 3.pdf").write_bytes(b"%PDF-")
    told = assessed(tmp_path / "local-life").report.handing_in
    assert told is not None
    assert told.state == HandingInState.READY


def test_the_board_says_too_that_what_is_handed_in_cannot_be_written(
    tmp_path: Path,
) -> None:
    folder = copied("local-life", tmp_path)
    (folder / "dossier" / "stamping").mkdir(parents=True)
    # Where the signed copies would be stands something else.
    (folder / "dossier" / "stamping" / "signed").symlink_to(tmp_path)
    outcome = assessed(folder)
    keep_summary(folder, outcome)
    row = read_row(load_compiled(), tmp_path, "local-life", AS_OF).row
    told = outcome.report.handing_in
    assert told is not None
    assert told.state == row.handing_in == HandingInState.TO_WRITE


def test_a_change_hands_in_no_dossier(local_life: Outcome) -> None:
    situation = local_life.assessment.situation
    amends = replace(
        situation, application=replace(situation.application, stage="amend")
    )
    changed = replace(local_life.assessment, situation=amends)
    assert compute_handing_in(changed, _write(local_life)) is None


@pytest.mark.long
def test_documents_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    folder = copied("local-life", tmp_path)
    (folder / "dossier").mkdir()
    (folder / "dossier" / "emergency.md").write_text("no template", encoding="utf-8")
    of = assessed(folder)
    assert of.report.ready_on_text == Text(
        "要求都有证据；递交前还差：文书现在写不出来。",
        "Every requirement is proven. Before it can be submitted: the documents "
        "cannot be written now.",
    )


def test_the_undertaking_needs_no_bundle_that_contains_it(local_life: Outcome) -> None:
    assert written(local_life)["undertaking"].complete
    bound = write_documents(
        local_life.case,
        local_life.situation,
        local_life.assessment,
        local_life.outlook.endurance,
        local_life.case.catalogue,
        only=["undertaking"],
        inserts={"bundle_digest": "摘要：`abc`"},
    )
    assert "摘要：`abc`" in "".join(part.markdown for part in bound[0].sections)


def test_consent_is_asked_for_only_where_a_field_may_need_it(
    local_life: Outcome,
) -> None:
    assert "consent" not in written(local_life)
    situation = local_life.situation
    changed = {
        key: replace(found, claimed=frozenset({"news"}), proven=None)
        if key[1] == "content_fields"
        else found
        for key, found in situation.resolved.items()
    }
    news = replace(local_life, situation=replace(situation, resolved=changed))
    assert "consent" in written(news)


def test_signed_documents_are_not_signed_again(local_life: Outcome) -> None:
    whole = [
        replace(document, blanks=(), complete=True) for document in _write(local_life)
    ]
    asked = [document.id for document in whole if document.signature]

    some = compute_handing_in(local_life.assessment, whole, signed=asked[:1])
    every = compute_handing_in(local_life.assessment, whole, signed=asked)

    assert some is not None
    assert every is not None
    assert f"签字盖章{len(asked) - 1}份" in some.text.zh
    assert every.ready
    assert every.text.zh.endswith("该签字盖章的已签好归档：现在就可以递交。")
