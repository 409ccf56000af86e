"""Who lacks something, over all cases of a workspace: counted, listed, nobody else's."""

from __future__ import annotations

import html
import json
import re
import shutil

from django.db import connection
from django.test.utils import CaptureQueriesContext

from changqing.case import edit
from changqing.casework.files import SUMMARY
from changqing_web.cases import assess, open_case_memory
from changqing_web.index import catalogue, rebuild_index, refresh_case
from changqing_web.models import CaseRow, IndexedFinding, IndexedPaper, Role
from changqing_web.walls import Here
from tests.web.web_world import Place, make_place


def _assess(place: Place, folder: str = "") -> CaseRow:
    """Assess a case; one of another name is copied from it first."""
    folder = folder or place.case.folder
    path = place.folder.parent / folder
    if not path.is_dir():
        shutil.copytree(place.folder, path)
        open_case_memory().forget(path)  # a test before may have had one of this name
    row = refresh_case(place.workspace, folder)
    user = place.workspace.memberships.get(role=Role.EDITOR).user
    assess(Here(user=user, workspace=place.workspace, role=Role.EDITOR, case=row))
    return CaseRow.objects.get(pk=row.pk)


def _get_page(place: Place, address: str, **asked: str) -> str:
    answer = place.editor.get(f"/w/{place.workspace.slug}/{address}", asked)
    assert answer.status_code == 200, answer
    return html.unescape(answer.content.decode()).split("<main")[1]


def test_open_findings_and_wanted_papers_are_kept_with_the_index(place: Place) -> None:
    row = _assess(place)
    report = place.editor.get(place.url()).context["report"]
    open_ = {
        finding.criterion
        for finding in report.findings
        if finding.asked and finding.effective_verdict not in ("met", "not_applicable")
    }
    assert open_
    kept = IndexedFinding.objects.filter(case=row)
    assert set(kept.values_list("criterion", flat=True)) == open_
    assert row.board.open_findings == len(open_)
    listed = IndexedPaper.objects.filter(case=row).exclude(paper="")
    assert listed.count() == len(edit.read(place.folder).list_items("papers"))
    before = list(kept.values_list("criterion", "verdict", "count", "key"))
    IndexedFinding.objects.all().delete()
    CaseRow.objects.update(stamp="")
    assert rebuild_index(place.workspace) == 1
    assert list(kept.values_list("criterion", "verdict", "count", "key")) == before


def test_who_lacks_a_paper_is_told_over_all_cases(place: Place) -> None:
    first, second = _assess(place), _assess(place, "second")
    CaseRow.objects.filter(pk=second.pk).update(name="第二家公司")
    wanted = IndexedPaper.objects.filter(case=first, wanted=True, paper="").first()
    assert wanted is not None
    label = catalogue().materials[wanted.kind].label.zh
    for asked in (f"谁缺{label}", f"缺{label}的有谁？", label):
        page = _get_page(place, "find/", q=asked)
        assert "2件需要，其中2件一份也没有" in page, asked
        assert page.index("还缺的材料") < page.index("指南")
    listed = _get_page(place, "find/lacking/", paper=wanted.kind)
    assert "第二家公司" in listed
    assert first.name in listed
    assert listed.count("一份也没有") == 2
    assert 'name="case" value="second"' in listed
    CaseRow.objects.filter(pk=second.pk).update(archived=True)
    assert "第二家公司" not in _get_page(place, "find/lacking/", paper=wanted.kind)
    english = catalogue().materials[wanted.kind].label.en
    assert "1 case needs it, 1 has none" in _get_page(
        place, "find/", q=f"who lacks {english}", lang="en"
    )


def test_an_open_finding_leads_to_itself_in_every_case(place: Place) -> None:
    row = _assess(place)
    found = IndexedFinding.objects.filter(case=row).first()
    assert found is not None
    page = _get_page(place, "find/lacking/", finding=found.criterion)
    link = re.search(r'href="([^"]+findings/\?open=[^"]+)"', page)
    assert link is not None
    assert place.editor.get(link[1]).status_code == 200


def test_a_paper_is_found_by_the_name_of_its_file(place: Place) -> None:
    row = _assess(place)
    paper = IndexedPaper.objects.filter(case=row).exclude(paper="").first()
    assert paper is not None
    page = _get_page(place, "find/", q=paper.file)
    assert place.url(f"papers/{paper.paper}/") in page


def test_what_no_assessment_told_is_not_called_complete(place: Place) -> None:
    row = _assess(place)
    path = place.folder / SUMMARY
    told = json.loads(path.read_text("utf-8"))
    kind = told["wanted"][0]
    for name in ("open", "wanted", "ends"):
        told.pop(name)
    path.write_text(json.dumps(told), encoding="utf-8")
    rebuild_index(place.workspace)
    row.refresh_from_db()
    assert row.board.open_findings is None
    assert "另有1件" in _get_page(place, "find/lacking/", paper=kind)
    label = catalogue().materials[kind].label.zh
    assert "另有1件" in _get_page(place, "find/", q=f"谁缺{label}")
    assert "另有1件" not in _get_page(place, "find/", q=label)
    told["open"] = [{"criterion": 1, "verdict": "odd", "count": "x"}, 7]
    told["ends"] = [{"day": "never"}, None]
    path.write_text(json.dumps(told), encoding="utf-8")
    assert rebuild_index(place.workspace) == 1


def test_nothing_of_another_workspace_is_listed(place: Place) -> None:
    other = make_place("there", "local-life")
    _assess(other)
    found = IndexedFinding.objects.filter(case=other.case).first()
    wanted = IndexedPaper.objects.filter(case=other.case, wanted=True).first()
    assert found is not None
    assert wanted is not None
    for asked in ({"finding": found.criterion}, {"paper": wanted.kind}):
        assert other.case.name not in _get_page(place, "find/lacking/", **asked)
    address = f"/w/{place.workspace.slug}/find/lacking/"
    assert place.editor.get(address, {"finding": "none"}).status_code == 404
    for client in (other.people[Role.OWNER], place.people[Role.REVIEWER]):
        asked = {"finding": found.criterion}
        assert client.get(address, asked).status_code == 404


def test_the_board_counts_from_its_index_alone(place: Place) -> None:
    """What ten thousand cases are counted by stands in one index, on SQLite."""
    if connection.vendor != "sqlite":
        return
    with CaptureQueriesContext(connection) as asked:
        place.editor.get(f"/w/{place.workspace.slug}/")
    counts = [query["sql"] for query in asked if '"n3"' in query["sql"]]
    assert len(counts) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {counts[0]}")
        assert "COVERING INDEX case_board" in str(cursor.fetchall())
