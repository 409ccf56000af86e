"""A paper taken out, put back, of another kind; files keep the names they came by."""

from __future__ import annotations

import io
from typing import Any

import pytest

from changqing.case import edit
from changqing_web.models import CaseEvent, Role
from tests.web.web_world import Place

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def post(place: Place, rest: str, **data: str) -> str:
    answer = place.editor.post(place.url(rest), data, follow=True)
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def send(place: Place, name: str, content: bytes = PDF) -> Any:
    file = io.BytesIO(content)
    file.name = name
    data = {"kind": "lease", "file": file}
    return place.editor.post(place.url("evidence/upload/"), data, follow=True)


def test_a_paper_is_taken_out_and_put_back(place: Place) -> None:
    page = post(place, "papers/lease/out/")
    assert "已移出《场地租赁合同》" in page
    assert "结论变了" in page
    assert "移出的材料 1" in page
    assert "还没有登记为材料" not in page
    assert edit.read(place.folder).find_value(("papers", "lease")) is None
    told = CaseEvent.objects.filter(case=place.case.folder, verb="paper").get()
    assert told.what["zh"] == "移出《场地租赁合同》documents/13-lease.md"
    page = post(place, "papers/lease/back/")
    assert "已放回，重新作数" in page
    assert edit.read(place.folder).find_value(("papers", "lease")) is not None
    assert "移出的材料" not in place.editor.get(place.url("evidence/")).content.decode()


@pytest.mark.long
def test_a_paper_is_listed_as_what_it_really_is(place: Place) -> None:
    assert "请选择它其实是哪种材料" in post(place, "papers/lease/kind/", kind="lease")
    page = post(place, "papers/lease/kind/", kind="hosting_agreement")
    assert "已改为《服务器托管" in page
    kinds = {
        str(paper["kind"]) for paper in edit.read(place.folder).list_items("papers")
    }
    assert "lease" not in kinds


def test_what_is_gone_or_nobodys_business_is_not_moved(place: Place) -> None:
    for move in ("out", "back", "kind"):
        missing = place.editor.post(place.url(f"papers/no_such_paper/{move}/"))
        assert missing.status_code == 404
    reviewer = place.people[Role.REVIEWER]
    assert reviewer.post(place.url("papers/lease/out/")).status_code == 404
    page = reviewer.get(place.url("papers/lease/")).content.decode()
    assert "移出这个项目" not in page


@pytest.mark.long
def test_a_file_keeps_its_name(place: Place) -> None:
    send(place, "社保证明-2026年11月 最新（盖章）.pdf")
    send(place, "社保证明-2026年11月 最新（盖章）.pdf", PDF + b"%")
    send(place, "look-dns-2026-01-01.pdf", PDF + b"%%")
    files = [
        str(paper["file"]) for paper in edit.read(place.folder).list_items("papers")
    ]
    first, second, third = files[-3:]
    assert first == "documents/社保证明-2026年11月 最新（盖章）.pdf"
    assert second == "documents/社保证明-2026年11月 最新（盖章）-2.pdf"
    assert third.startswith("documents/lease-")
    assert all((place.folder / file).is_file() for file in files)


@pytest.mark.long
def test_a_number_in_the_name_of_a_file_is_masked_for_a_reviewer(place: Place) -> None:
    send(place, "租赁 330106199001011234.pdf")
    for rest in ("evidence/", "papers/lease_2/"):
        page = place.people[Role.REVIEWER].get(place.url(rest)).content.decode()
        assert "租赁" in page
        assert "330106199001011234" not in page
