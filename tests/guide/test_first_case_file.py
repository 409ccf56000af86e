"""The case file that `changqing new` writes can be used as it stands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.model import Case
from changqing.guide.interview import InterviewAnswers
from changqing.guide.materials import list_long_term
from changqing.guide.write import write_case
from changqing.law.compiled import load_shipped
from changqing.law.kinds.criterion import Weight
from changqing.law.kinds.material import list_satisfying_kinds
from changqing.papers.open import open_case
from changqing.text import Language
from changqing.yamlfile.plain import WritableItem

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
TODAY = date(2026, 11, 27)
FULL = InterviewAnswers(
    facts={"name": "杭州长青网络科技有限公司", "registered_capital": "1000万元"},
    region="33",
    scope="cross_province",
    submit_on=date(2027, 1, 26),
    url="https://changqing.example/",
    technician="梁工",
)
BARE = InterviewAnswers(
    facts={"name": "杭州长青网络科技有限公司"},
    region="51",
    scope="intra_province",
    submit_on=date(2027, 1, 26),
    url="",
    technician="",
    licence="B21",
)


def use_all(folder: Path) -> Case:
    """Take “# ” from every line that is no note, put the files there, and read it."""
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    used = re.sub(r"^( *)# ", r"\1", text, flags=re.MULTILINE)
    path.write_text(used, encoding="utf-8")
    for name in re.findall(r"file: (documents/\S+?),", used):
        (folder / name).write_text("内容", encoding="utf-8")
    return open_case(folder, load_shipped())


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("answers", [FULL, BARE], ids=["full", "bare"])
def test_every_line_of_the_template_can_be_used_at_once(
    tmp_path: Path, answers: InterviewAnswers, language: Language
) -> None:
    write_case(tmp_path, answers, load_shipped(), now=NOW, language=language)
    case = use_all(tmp_path)
    assert case.services
    assert {"manager", "security"} <= {person.kind for person in case.people}
    assert {service.kind for service in case.services} == {"website", "app"}
    assert case.closed["paper"].on == TODAY


def test_the_template_lists_every_paper_that_shows_long_term_ability(
    tmp_path: Path,
) -> None:
    catalogue = load_shipped()
    write_case(tmp_path, BARE, catalogue, now=NOW, language=Language.ZH)
    listed = {paper.kind for paper in use_all(tmp_path).papers}
    telling = list_long_term(catalogue, TODAY)
    assert telling["hosting_agreement"] is Weight.CORE
    assert telling["drill_record"] is Weight.SUPPORTING
    for kind in telling:
        others = [
            one
            for one in list_satisfying_kinds(catalogue.materials, kind)
            if one != kind
        ]
        assert set(others or [kind]) <= listed


@pytest.mark.parametrize("answers", [FULL, BARE], ids=["full", "bare"])
def test_a_form_adds_to_the_template_and_keeps_its_notes(
    tmp_path: Path, answers: InterviewAnswers
) -> None:
    write_case(tmp_path, answers, load_shipped(), now=NOW, language=Language.ZH)
    before = (tmp_path / "case.yaml").read_text(encoding="utf-8")
    (tmp_path / "documents/lease.pdf").write_text("内容", encoding="utf-8")
    paper: WritableItem = {
        "id": "lease",
        "kind": "lease",
        "file": "documents/lease.pdf",
        "received_on": TODAY,
    }
    edit.set_item(tmp_path, "papers", paper, catalogue=load_shipped())
    person = {"id": "keeper", "name": "何一", "role": "content"}
    edit.set_item(tmp_path, "people", person, catalogue=load_shipped())
    after = (tmp_path / "case.yaml").read_text(encoding="utf-8")
    notes = [line for line in before.splitlines() if line.lstrip().startswith("#")]
    assert not [line for line in notes if line not in after.splitlines()]
    assert open_case(tmp_path, load_shipped()).papers[0].kind == "lease"
