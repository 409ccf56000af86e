"""Clients of an agency: in from a workbook, looked at, asked, and out to a workbook."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from changqing.agency.desk import DeskJournal
from changqing.watch.model import FOLDER
from changqing.watch.settings import SETTINGS_FILE, load_settings
from changqing_web.board import client_views
from changqing_web.board.clients import forget_previews, look_at_all
from changqing_web.jobs import GiveWay
from changqing_web.models import CaseEvent, Job, Role
from changqing_web.walls import find_cases_folder
from tests.web.web_world import Place, make_place

Commits = Callable[..., AbstractContextManager[list[object]]]
_HEADS = ("公司名称", "统一社会信用代码", "许可证", "省份", "计划递交日", "负责人")
_CODE, _OTHER = "91110000600037341L", "91330000MA27U02W25"


def _make_workbook(*rows: tuple[object, ...]) -> SimpleUploadedFile:
    book = Workbook()
    for row in (_HEADS, *rows):
        book.active.append(row)
    written = BytesIO()
    book.save(written)
    return SimpleUploadedFile("clients.xlsx", written.getvalue())


def _make_row(code: str = _CODE, **more: str) -> tuple[object, ...]:
    given = {"name": "三川一号公司", "licence": "ICP", "region": "浙江", **more}
    return (
        given["name"],
        code,
        given["licence"],
        given["region"],
        "2027-01-15",
        "王五",
    )


@pytest.fixture
def place(db: None) -> Place:
    shutil.rmtree(settings.CASES, ignore_errors=True)
    return make_place("here")


@pytest.fixture
def address(place: Place) -> str:
    return f"/w/{place.workspace.slug}/clients/"


def _preview_import(place: Place, address: str, *rows: tuple[object, ...]):  # type: ignore[no-untyped-def]
    given = {"do": "preview", "workbook": _make_workbook(*rows)}
    return place.editor.post(address, given)


def test_a_preview_writes_nothing(place: Place, address: str) -> None:
    before = place.workspace.cases.count()
    answer = _preview_import(place, address, _make_row())
    assert answer.status_code == 200
    assert [client.name for client in answer.context["fresh"]] == ["三川一号公司"]
    assert not (find_cases_folder(place.workspace) / _CODE.lower()).exists()
    assert place.workspace.cases.count() == before


def test_what_was_previewed_is_imported(place: Place, address: str) -> None:
    digest = _preview_import(place, address, _make_row()).context["digest"]
    answer = place.editor.post(address, {"do": "import", "digest": digest})
    assert answer.status_code == 302
    row = place.workspace.cases.get(credit_code=_CODE)
    assert (row.name, row.board.licence, row.board.owner) == (
        "三川一号公司",
        "B25",
        "王五",
    )
    assert row.board.scope == "intra_province"
    assert CaseEvent.objects.get(case=row.folder).verb == "import"
    again = place.editor.post(address, {"do": "import", "digest": digest})
    assert again.status_code == 422


def test_a_fault_names_its_cell_and_the_other_rows_go_on(
    place: Place, address: str
) -> None:
    answer = _preview_import(
        place, address, _make_row("91110000600037341X"), _make_row()
    )
    assert "B2" in answer.context["said_faults"][0]
    digest = answer.context["digest"]
    place.editor.post(address, {"do": "import", "digest": digest})
    assert place.workspace.cases.filter(credit_code=_CODE).count() == 1


def test_a_case_that_is_there_is_left_alone(place: Place, address: str) -> None:
    digest = _preview_import(place, address, _make_row()).context["digest"]
    place.editor.post(address, {"do": "import", "digest": digest})
    case = find_cases_folder(place.workspace) / _CODE.lower() / "case.yaml"
    before = case.read_bytes()
    answer = _preview_import(place, address, _make_row(name="另一个名字"))
    assert [client.there for client in answer.context["there"]] == [True]
    assert case.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 nearly", "公司".encode()]
)
def test_what_is_no_workbook_is_refused(
    place: Place, address: str, content: bytes
) -> None:
    given = SimpleUploadedFile("clients.xlsx", content)
    answer = place.editor.post(address, {"do": "preview", "workbook": given})
    assert answer.status_code == 422
    assert str(find_cases_folder(place.workspace).parent) not in answer.content.decode()


@pytest.mark.parametrize("digest", ["", "../../secret", "0" * 64, "x" * 64])
def test_a_preview_that_is_not_there_imports_nothing(
    place: Place, address: str, digest: str
) -> None:
    answer = place.editor.post(address, {"do": "import", "digest": digest})
    assert answer.status_code == 422


def test_a_preview_of_another_workspace_is_not_there(
    place: Place, address: str
) -> None:
    other = make_place("other", "local-life")
    digest = _preview_import(
        other, f"/w/{other.workspace.slug}/clients/", _make_row()
    ).context["digest"]
    answer = place.editor.post(address, {"do": "import", "digest": digest})
    assert answer.status_code == 422


def test_a_preview_that_nobody_takes_is_gone_after_a_day(
    place: Place, address: str
) -> None:
    kept = settings.HOME / "imports" / place.workspace.slug
    old, new = (
        _preview_import(place, address, _make_row(code)).context["digest"]
        for code in (_CODE, _OTHER)
    )
    two_days_ago = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(kept / f"{old}.xlsx", (two_days_ago, two_days_ago))
    forget_previews.call_local()
    assert [path.stem for path in kept.iterdir()] == [new]
    answer = place.editor.post(address, {"do": "import", "digest": old})
    assert answer.status_code == 422
    assert (
        place.editor.post(address, {"do": "import", "digest": new}).status_code == 302
    )
    assert list(kept.iterdir()) == []


def test_the_template_is_what_an_import_reads(place: Place, address: str) -> None:
    answer = place.editor.get(f"{address}template.xlsx")
    heads = [cell.value for cell in load_workbook(BytesIO(answer.content)).active[1]]
    assert set(_HEADS) <= set(heads)
    assert "attachment" in answer["Content-Disposition"]


def test_the_page_exports_the_cases_that_fit(place: Place, address: str) -> None:
    link = f'href="/w/{place.workspace.slug}/cases.xlsx?licence=B25"'
    assert link in place.editor.get(f"{address}?licence=B25").content.decode()

    def rows(query: str) -> int:
        answer = place.editor.get(f"/w/{place.workspace.slug}/cases.xlsx{query}")
        return int(load_workbook(BytesIO(answer.content)).active.max_row) - 1

    assert rows("") == 1
    assert rows("?q=nobody-of-that-name") == 0


@pytest.mark.long
def test_many_are_judged_again_in_the_background(
    place: Place, address: str, django_capture_on_commit_callbacks: Commits
) -> None:
    digest = _preview_import(place, address, _make_row(), _make_row(_OTHER)).context[
        "digest"
    ]
    place.editor.post(address, {"do": "import", "digest": digest})
    given = {"do": "look", "all": "yes", "offline": "yes"}
    with django_capture_on_commit_callbacks(execute=True):
        assert place.editor.post(address, given).status_code == 302
    job = Job.objects.get(kind="look_at_all")
    assert job.state == Job.State.DONE
    assert job.result["wrong"] == []
    assert not place.workspace.cases.filter(assessed_on=None).exists()
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(address, given)
    assert Job.objects.filter(kind="look_at_all").latest("pk").result["done"] == 0


@pytest.mark.long
def test_many_let_what_others_wait_for_go_first(place: Place, address: str) -> None:
    digest = _preview_import(place, address, _make_row(), _make_row(_OTHER)).context[
        "digest"
    ]
    place.editor.post(address, {"do": "import", "digest": digest})
    folders = list(place.workspace.cases.values_list("folder", flat=True))
    given = {"folders": folders, "offline": True}
    every = Job.objects.create(
        workspace=place.workspace, kind="look_at_all", given=given, asked_by="somebody"
    )
    Job.objects.create(workspace=place.workspace, kind="look", asked_by="another")
    with pytest.raises(GiveWay):
        look_at_all(every, lambda _: None)
    assert every.result["done"] == 1
    Job.objects.filter(kind="look").delete()
    assert look_at_all(every, lambda _: None)["done"] == len(folders)


@pytest.mark.long
def test_one_that_cannot_be_judged_stops_no_other(
    place: Place, address: str, django_capture_on_commit_callbacks: Commits
) -> None:
    digest = _preview_import(place, address, _make_row(), _make_row(_OTHER)).context[
        "digest"
    ]
    place.editor.post(address, {"do": "import", "digest": digest})
    (find_cases_folder(place.workspace) / _CODE.lower() / "case.yaml").write_text(
        "applicant: 1"
    )
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(address, {"do": "look", "all": "yes", "offline": "yes"})
    result = Job.objects.get(kind="look_at_all").result
    assert [wrong["folder"] for wrong in result["wrong"]] == [_CODE.lower()]
    assert place.workspace.cases.get(credit_code=_OTHER).board.assessed_on is not None
    assert "未能评估1个" in place.editor.get(f"{address}progress/").content.decode()
    # Its page is read again once it is over, so that another can be asked for.
    for page, again in ((address, True), (f"/w/{place.workspace.slug}/", False)):
        answer = place.editor.get(
            f"{address}progress/",
            headers={"HX-Request": "true", "HX-Current-URL": f"http://x{page}?q=a"},
        )
        assert ("HX-Refresh" in answer.headers) == again


def test_asking_is_recorded_with_its_text(place: Place) -> None:
    page = place.editor.get(place.url("ask/"))
    text = page.context["wanted"].markdown
    assert place.case.name in text
    place.editor.post(place.url("ask/"))
    notes = DeskJournal(place.folder).list_notes()
    assert [note.to for note in notes] == [place.case.name]
    kept = DeskJournal(place.folder).find_request_path(notes[0].digest or "")
    assert kept.read_text("utf-8") == text
    assert CaseEvent.objects.get(verb="ask_papers").case == place.case.folder


def test_a_request_is_text_to_paste_and_a_file_to_send(place: Place) -> None:
    page = place.editor.get(place.url("ask/")).content.decode()
    pasted = page.split('id="letter"')[1].split("</textarea>")[0]

    assert "##" not in pasted
    assert "- [" not in pasted
    assert place.editor.get(place.url("ask/?as=docx")).content[:2] == b"PK"
    assert place.editor.get(place.url("ask/?as=pdf")).content[:4] == b"%PDF"
    assert not DeskJournal(place.folder).list_notes()  # looking at it asks nobody


def test_many_are_watched_as_often_as_is_set_at_once(
    place: Place, address: str, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(address, {"do": "watch", "every": "24", "all": "yes"})
    page = place.editor.get(address)
    assert "上次改了1件" in page.content.decode()
    assert load_settings(place.folder).every_hours == 24
    told = CaseEvent.objects.get(verb="watch")
    assert told.what["zh"] == "监测：每天看一轮"
    assert told.actor == f"{Role.EDITOR}@here.example"
    none = place.editor.post(address, {"do": "watch", "every": "24"}, follow=True)
    assert "没有选中项目" in none.content.decode()
    odd = place.editor.post(address, {"do": "watch", "every": "25", "all": "yes"})
    assert odd.status_code == 422
    assert load_settings(place.folder).every_hours == 24


def test_what_stands_so_already_is_not_set_again(
    place: Place, address: str, django_capture_on_commit_callbacks: Commits
) -> None:
    for changed in (1, 0):
        with django_capture_on_commit_callbacks(execute=True):
            place.editor.post(address, {"do": "watch", "every": "6", "all": "yes"})
        page = place.editor.get(address)
        assert f"上次改了{changed}件" in page.content.decode()
    assert CaseEvent.objects.filter(verb="watch").count() == 1


def test_settings_that_cannot_be_read_are_named_and_left(
    place: Place, address: str, django_capture_on_commit_callbacks: Commits
) -> None:
    settings_file = place.folder / FOLDER / SETTINGS_FILE
    settings_file.parent.mkdir(exist_ok=True)
    settings_file.write_text("every_hours: often\n", encoding="utf-8")
    given = {"do": "watch", "every": "24", "case": place.case.folder}
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(address, given)
    said = place.editor.get(address).content.decode()
    assert "上次改了0件" in said
    assert "1件没有改成" in said
    assert place.case.name in said.split("没有改成")[1].split("</p>")[0]
    assert settings_file.read_text(encoding="utf-8") == "every_hours: often\n"
    assert not CaseEvent.objects.filter(verb="watch").exists()


def test_more_than_is_done_at_once_is_said(
    place: Place, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_views, "_MOST_AT_ONCE", 0)
    given = {"do": "watch", "every": "24", "all": "yes"}
    page = place.editor.post(address, given, follow=True)
    assert "一次最多办0件" in page.content.decode()
    assert load_settings(place.folder).every_hours is None
