"""Every type of subjects in the table has its list in `case.yaml`, and is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.model import Case
from changqing.errors import CaseError
from changqing.law.compiled import load_compiled
from changqing.law.subjects import LISTED_SUBJECTS, SUBJECTS
from changqing.papers.open import open_case
from changqing.yamlfile.plain import WritableItem
from changqing_web.facts.tables import LISTS

CASE = """\
applicant: {name: 杭州长青网络科技有限公司}
application: {licence: B25, scope: intra_province, region: '33', stage: apply,
  submit_on: 2026-12-10}
declared_on: 2026-11-20
"""
MEMBERS = tuple(code for code in LISTED_SUBJECTS if code != "paper")


def item_of(code: str) -> WritableItem:
    """One item of a list, with what every such item has."""
    of = SUBJECTS[code]
    fact = load_compiled().facts.get((code, of.kind_field))
    kinds = sorted(fact.type.values) if fact and fact.type.values else of.kinds
    named = {"name": "甲"} if of.named else {"url": "https://changqing.example"}
    return {"id": "one", of.kind_field: kinds[0], **named}


def opened(folder: Path, more: str = "") -> Case:
    (folder / "case.yaml").write_text(CASE + more, encoding="utf-8")
    return open_case(folder, load_compiled())


@pytest.mark.parametrize("code", MEMBERS)
def test_an_item_added_to_a_list_is_a_subject_of_the_case(
    tmp_path: Path, code: str
) -> None:
    opened(tmp_path)
    edit.set_item(
        tmp_path, SUBJECTS[code].listed, item_of(code), catalogue=load_compiled()
    )
    case = open_case(tmp_path, load_compiled())
    assert [str(subject) for subject in case.list_subjects_of(code)] == [f"{code}:one"]
    assert [member.subject.type for member in case.list_members()] == [code]


@pytest.mark.parametrize("code", LISTED_SUBJECTS)
def test_a_list_is_closed_by_word_if_its_type_allows(tmp_path: Path, code: str) -> None:
    of = SUBJECTS[code]
    closing = f"closed: {{{of.listed}: 2026-11-20}}\n"
    if of.closable:
        case = opened(tmp_path, closing)
        assert case.find_closed_by_word(case.declared_on) == {code}
    else:
        with pytest.raises(CaseError, match=of.listed):
            opened(tmp_path, closing)


def test_the_pages_have_a_table_for_every_list_of_members() -> None:
    assert {listed.subject for listed in LISTS.values()} == set(MEMBERS)
    assert set(LISTS) == {SUBJECTS[code].listed for code in MEMBERS}
