"""Another licence of a company begins with what is known; papers are brought over."""

from __future__ import annotations

from changqing.papers.open import open_case
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Role
from changqing_web.walls import cases_of
from tests.web.web_world import Place


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
        open_case(cases_of(place.workspace) / folder, catalogue())
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


def test_who_reads_alone_begins_nothing(place: Place) -> None:
    client = place.people[Role.REVIEWER]
    answer = client.post(place.url("another/"), {"licence": "B21"})
    assert answer.status_code == 404
    assert "还要办别的许可证" not in client.get(place.url()).content.decode()
