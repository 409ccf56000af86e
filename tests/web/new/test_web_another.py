"""Another licence of a company begins with what is known; papers are brought over."""

from __future__ import annotations

import re

import pytest

from changqing.case import edit
from changqing.papers.open import open_case
from changqing_web.index import catalogue, refresh_case
from changqing_web.models import CaseEvent, Role
from changqing_web.walls import find_cases_folder
from tests.web.web_world import Place, make_place


def begin(place: Place, licence: str = "B21") -> tuple[int, str]:
    answer = place.editor.post(place.url("another/"), {"licence": licence}, follow=True)
    return answer.status_code, answer.content.decode()


def test_another_licence_begins_with_what_is_known(place: Place) -> None:
    overview = place.editor.get(place.url()).content.decode()
    assert "这家公司还要办别的许可证？" in overview
    assert begin(place, "B99")[0] == 404
    status, page = begin(place)
    assert status == 200
    assert "公司、人员、网站和材料都带过来了" in page
    row = place.workspace.cases.exclude(pk=place.case.pk).get()
    assert (row.folder, row.board.licence) == ("91330109ma0exam1yg-b21", "B21")
    first, second = (
        open_case(find_cases_folder(place.workspace) / folder, catalogue())
        for folder in (place.case.folder, row.folder)
    )
    assert second.people == first.people
    assert len(second.papers) == len(first.papers)
    told = CaseEvent.objects.get(case=row.folder, verb="new")
    assert told.what["zh"] == "照newly-registered再办在线数据处理与交易处理业务"
    assert (
        "这里没有的材料"
        not in place.editor.get(place.url("evidence/")).content.decode()
    )


@pytest.mark.long
def test_a_paper_that_came_later_is_brought_over(place: Place) -> None:
    begin(place)
    row = place.workspace.cases.exclude(pk=place.case.pk).get()
    at = f"/w/{place.workspace.slug}/c/{row.folder}/"
    (place.folder / "documents" / "13-lease.md").write_text("新的租赁合同", "utf-8")
    page = place.editor.get(f"{at}evidence/").content.decode()
    assert "其他项目还有1份这里没有的材料" in page
    bring = f"{at}bring/{place.case.folder}/lease/"
    answer = place.editor.post(bring, follow=True)
    assert "已带过来，收到的日子不变" in answer.content.decode()
    assert "这里没有的材料" not in answer.content.decode()
    gone = place.editor.post(f"{at}bring/{place.case.folder}/nothing/", follow=True)
    assert "那份材料已经不在了" in gone.content.decode()
    assert place.editor.post(f"{at}bring/elsewhere/lease/").status_code == 404


@pytest.mark.long
def test_what_another_case_answers_is_offered_and_taken_with_one_click(
    place: Place,
) -> None:
    begin(place)
    row = place.workspace.cases.exclude(pk=place.case.pk).get()
    mine = find_cases_folder(place.workspace) / row.folder
    at = f"/w/{place.workspace.slug}/c/{row.folder}/"
    written = (mine / "case.yaml").read_text("utf-8")
    dropped = re.sub(
        r"(?m)^  (?:charges_users|onsite_visited|orders_taken|false_material_decided): .*\n",
        "",
        written,
    )
    (mine / "case.yaml").write_text(dropped, "utf-8")
    refresh_case(place.workspace, row.folder)
    page = place.editor.get(f"{at}facts/", follow=True).content.decode()
    assert f"这家公司的项目{place.case.folder}答过" in page
    said = place.editor.get(f"{at}facts/", follow=True).context["elsewhere"][0]
    offered = {str(change.at[1]): answer.zh for change, _, answer in said.answers}
    name = min(offered)
    assert offered[name] in page
    take = f"{at}answers-of/{place.case.folder}/"
    sent = {"fact": [name, "credit_code"], name: "something else"}
    answer = place.editor.post(take, sent, follow=True)
    assert "已采用1项自述" in answer.content.decode()
    taken = edit.read(mine)
    assert taken.find_value(("applicant", name)) is not None
    assert taken.find_value(("applicant", name)) == edit.read(place.folder).find_value(
        ("applicant", name)
    )
    for rest in offered.keys() - {name}:
        assert taken.find_value(("applicant", rest)) is None
    assert CaseEvent.objects.filter(case=row.folder, verb="facts").exists()
    again = place.editor.post(take, sent, follow=True).content.decode()
    assert "没有勾选可以采用的" in again


def test_nothing_is_offered_from_another_workspace(place: Place) -> None:
    other = make_place("other")
    begin(other)
    page = place.editor.get(place.url("facts/"), follow=True)
    assert page.context["elsewhere"] == []
    for folder in other.workspace.cases.values_list("folder", flat=True):
        take = place.url(f"answers-of/{folder}/")
        assert place.editor.post(take, {"fact": ["name"]}).status_code == 404


def test_who_reads_alone_begins_nothing(place: Place) -> None:
    client = place.people[Role.REVIEWER]
    answer = client.post(place.url("another/"), {"licence": "B21"})
    assert answer.status_code == 404
    assert "还要办别的许可证" not in client.get(place.url()).content.decode()
