"""A copy that went beyond a limit is not tried again at each look at the case."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from changqing.documents import compose_apart
from changqing.documents.document import DocumentEdition
from changqing.documents.documents import write_documents
from changqing.documents.needed import OWN_FOLDER
from changqing.errors import GivenUpError
from changqing.run import Outcome
from tests.documents.dossier_case import assessed, copied, written

_HEAD = "---\nid: emergency\nnumber: '6-6'\ntitle: 应急预案\norder: 140\n---\n"
_LOOPS = "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}"


@pytest.fixture(name="looping")
def _looping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """A case whose own copy of the emergency plan never ends."""
    soon = replace(compose_apart.LIMITS, processor=1, seconds=60)
    monkeypatch.setattr(compose_apart, "LIMITS", soon)
    outcome = assessed(copied("newly-registered", tmp_path))
    _copy(outcome).parent.mkdir()
    # Of a text of its own: what other tests tried is remembered in this process.
    text = f"{_HEAD}## 预案\n\n{_LOOPS}\n\n{tmp_path.name}\n"
    _copy(outcome).write_text(text, encoding="utf-8")
    return outcome


def _copy(outcome: Outcome) -> Path:
    return outcome.case.path / OWN_FOLDER / "emergency.md"


def _refuse(outcome: Outcome, edition: DocumentEdition) -> tuple[str, float]:
    """What is said of it, and the seconds that took."""
    began = time.monotonic()
    with pytest.raises(GivenUpError) as refused:
        written(outcome, edition=edition)
    return str(refused.value), time.monotonic() - began


@pytest.mark.long
def test_a_copy_that_was_given_up_is_not_tried_again(looping: Outcome) -> None:
    first, took = _refuse(looping, DocumentEdition.ANNOTATED)
    assert "processor" in first
    assert took > 1
    again, took = _refuse(looping, DocumentEdition.CLEAN)
    assert again == first
    assert took < 1


@pytest.mark.long
def test_a_copy_that_was_mended_is_written_at_once(looping: Outcome) -> None:
    _refuse(looping, DocumentEdition.ANNOTATED)
    _copy(looping).write_text(f"{_HEAD}## 预案\n\n先断网。\n", encoding="utf-8")
    assert "先断网" in str(written(looping)["emergency"].sections)


@pytest.mark.long
def test_it_is_tried_again_at_once_with_other_inserts(looping: Outcome) -> None:
    text = f"{{% if insert('schedule') == 'long' %}}{_LOOPS}{{% endif %}}"
    _copy(looping).write_text(f"{_HEAD}## 预案\n\n先断网。{text}\n", encoding="utf-8")
    with pytest.raises(GivenUpError):
        write_documents(
            looping.case,
            looping.situation,
            looping.assessment,
            looping.outlook.endurance,
            looping.case.catalogue,
            inserts={"schedule": "long"},
        )
    assert "先断网" in str(written(looping)["emergency"].sections)


@pytest.mark.long
def test_it_is_tried_again_after_a_while(
    looping: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose_apart, "_PAUSES", {"processor": 0.0})
    _refuse(looping, DocumentEdition.ANNOTATED)
    _, took = _refuse(looping, DocumentEdition.ANNOTATED)
    assert took > 1


@pytest.mark.long
def test_what_is_not_handed_in_holds_up_the_copy_to_hand_in_no_more_than_before(
    looping: Outcome,
) -> None:
    _copy(looping).unlink()
    index = looping.case.path / OWN_FOLDER / "evidence_index.md"
    head = "---\nid: evidence_index\ntitle: 证据索引\norder: 220\ninternal: true\n---\n"
    index.write_text(f"{head}{_LOOPS}\n", encoding="utf-8")
    _refuse(looping, DocumentEdition.ANNOTATED)
    assert "emergency" in written(looping, edition=DocumentEdition.CLEAN)
