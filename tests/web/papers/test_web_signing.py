"""签字盖章: what is open of all papers as things is asked on one page."""

from __future__ import annotations

import re

from django.contrib.auth.models import AnonymousUser

from changqing.case import edit
from changqing.case.edit import FieldChange
from changqing.evidence.reading import MarkKind
from changqing.law.compiled import load_compiled
from changqing.text import Text
from changqing_web.facts.said import log_what_is_said
from changqing_web.index import refresh_case
from changqing_web.models import CaseEvent, Role
from changqing_web.papers.signing_views import OF_A_THING, SigningRow
from changqing_web.walls import Here
from tests.web.web_world import Place


def _list_rows(place: Place) -> list[SigningRow]:
    page = place.editor.get(place.url("signing/"))
    assert page.status_code == 200
    rows: list[SigningRow] = page.context["rows"]
    return rows


def _read_page(place: Place) -> str:
    return place.editor.get(place.url("signing/")).content.decode()


def _forget(place: Place, count: int) -> list[str]:
    """Take out what is said of the first papers as things; the papers."""
    written = edit.read(place.folder)
    papers = [
        item for item in written.list_items("papers") if item.get("sealed") is not None
    ][:count]
    changes = [
        FieldChange(at=("papers", str(item["id"]), name), value=None, shown=item[name])
        for item in papers
        for name in OF_A_THING
        if item.get(name) is not None
    ]
    catalogue = load_compiled()
    edit.change(place.folder, changes, version=written.version, catalogue=catalogue)
    case = place.case
    here = Here(
        user=AnonymousUser(), workspace=place.workspace, role=Role.EDITOR, case=case
    )
    log_what_is_said(here)
    refresh_case(place.workspace, case.folder)
    return [str(item["id"]) for item in papers]


def test_nothing_is_asked_where_all_is_said(place: Place) -> None:
    assert _list_rows(place) == []
    page = place.editor.get(place.url("signing/")).content.decode()
    assert "没有要看签字和盖章的材料" in page


def test_of_several_papers_it_is_asked_and_kept_at_once(place: Place) -> None:
    forgotten = _forget(place, 6)
    rows = _list_rows(place)
    papers = [row.paper for row in rows]
    assert len(papers) > 1
    assert set(papers) <= set(forgotten)
    page = place.editor.get(place.url("signing/"))
    sent: dict[str, str] = {"version": page.context["version"]}
    for row in rows:
        for field in row.fields:
            sent[f"was.{field.name}"] = field.was
            assert field.fact.id in ("sealed", "signed", "legible")
            sent[field.name] = "true"
    after = place.editor.post(place.url("signing/"), sent, follow=True)
    told = after.content.decode()
    # Of all of them it is told once.
    assert re.search(
        r"结论变了\d+条：(?:<a [^>]*>[^<]*</a> [^；]*；)*<a [^>]*>[^<]*</a>（\d+处） 由",
        told,
    )
    written = edit.read(place.folder)
    for paper in papers:
        assert written.find_value(("papers", paper, "sealed")) is True
        assert written.find_value(("papers", paper, "signed")) is True
    (event,) = CaseEvent.objects.filter(verb="paper")
    assert f"{len(papers)}份材料" in event.what["zh"]


def test_whether_a_seal_is_needed_is_asked_of_what_has_none(place: Place) -> None:
    (paper,) = _forget(place, 1)
    page = place.editor.get(place.url("signing/"))
    sent = {"version": page.context["version"]}
    for field in page.context["rows"][0].fields:
        sent[f"was.{field.name}"] = field.was
        sent[field.name] = str(field.fact.id != "sealed").lower()
    place.editor.post(place.url("signing/"), sent)
    (row,) = _list_rows(place)
    assert row.paper == paper
    assert [field.fact.id for field in row.fields] == ["needs_seal"]


def test_a_paper_that_no_program_read_is_not_said_to_bear_no_seal(
    place: Place,
) -> None:
    (paper,) = _forget(place, 1)
    (row,) = _list_rows(place)
    assert row.seen == {}  # it was read, and bears none
    assert "程序没有看到印章和签字" in _read_page(place)

    file = place.folder / "documents" / "scan.png"
    file.write_bytes(b"a scan that nobody has read")
    written = edit.read(place.folder)
    at = ("papers", paper, "file")
    change = FieldChange(
        at=at, value="documents/scan.png", shown=written.find_value(at)
    )
    edit.change(
        place.folder, [change], version=written.version, catalogue=load_compiled()
    )
    (row,) = _list_rows(place)
    assert row.seen is None
    page = _read_page(place)
    assert "程序还没有读这份材料" in page
    assert "程序没有看到印章和签字" not in page


def test_nothing_is_written_where_nothing_was_chosen(place: Place) -> None:
    _forget(place, 1)
    before = (place.folder / "case.yaml").read_bytes()
    page = place.editor.get(place.url("signing/"))
    sent = {"version": page.context["version"]}
    for row in page.context["rows"]:
        sent |= {f"was.{field.name}": field.was for field in row.fields}
    assert place.editor.post(place.url("signing/"), sent).status_code == 303
    assert (place.folder / "case.yaml").read_bytes() == before
    assert not CaseEvent.objects.filter(verb="paper").exists()


def test_what_is_no_answer_is_refused_and_said(place: Place) -> None:
    (paper,) = _forget(place, 1)
    page = place.editor.get(place.url("signing/"))
    name = f"paper.{paper}.sealed"
    sent = {"version": page.context["version"], f"was.{name}": "null", name: "perhaps"}
    answer = place.editor.post(place.url("signing/"), sent)
    assert answer.status_code == 422
    assert edit.read(place.folder).find_value(("papers", paper, "sealed")) is None


def test_another_who_wrote_meanwhile_is_not_overwritten_and_is_told(
    place: Place,
) -> None:
    papers = _forget(place, 6)
    page = place.editor.get(place.url("signing/"))
    paper, other = (row.paper for row in page.context["rows"][:2])
    assert {paper, other} <= set(papers)
    changes = [FieldChange(at=("papers", paper, "sealed"), value=False, shown=None)]
    edit.change(
        place.folder,
        changes,
        version=page.context["version"],
        catalogue=load_compiled(),
    )
    sent = {"version": page.context["version"]}
    for name in (f"paper.{paper}.sealed", f"paper.{other}.sealed"):
        sent |= {f"was.{name}": "null", name: "true"}
    answer = place.editor.post(place.url("signing/"), sent)
    assert answer.status_code == 409
    now = edit.read(place.folder)
    assert now.find_value(("papers", paper, "sealed")) is False
    assert now.find_value(("papers", other, "sealed")) is None
    told = answer.context["errors"]
    assert "别人刚填了" in told[0]
    assert len(told) == 2
    assert told[1].endswith("：否")
    # What was chosen of the rest is still chosen, and can be kept now.
    kept = {
        field.name: field.choices
        for row in answer.context["rows"]
        for field in row.fields
    }
    assert f"paper.{paper}.sealed" not in kept
    assert kept[f"paper.{other}.sealed"][0][2]
    again = {"version": answer.context["version"]}
    name = f"paper.{other}.sealed"
    again |= {f"was.{name}": "null", name: "true"}
    assert place.editor.post(place.url("signing/"), again).status_code == 303
    assert edit.read(place.folder).find_value(("papers", other, "sealed")) is True


def test_what_a_program_saw_stands_beside_the_question_and_answers_nothing() -> None:
    row = SigningRow(
        paper="plan",
        label=Text("业务计划", "plan"),
        fields=[],
        seen={MarkKind.SEAL: [1, 3]},
    )
    assert [mark.zh for mark in row.marks] == ["第1、3页有印章"]
    assert row.visible_facts == {"sealed"}
