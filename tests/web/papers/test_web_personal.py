"""Papers about persons on the pages: who saw them, when they go, what went."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone

import changqing_web
import changqing_web.work.every  # names what can be done
from changqing.case import edit
from changqing.casework.personal import find_personal
from changqing.evidence.ledger.recorded import Evidence
from changqing_web.index import catalogue, refresh_case
from changqing_web.models import (
    CaseEvent,
    CaseRow,
    Job,
    Link,
    PaperAccess,
    Role,
    Workspace,
)
from changqing_web.papers.erasing import begin_due
from tests.web.web_world import Place, make_place

Commits = Callable[..., AbstractContextManager[object]]
RunDue = Callable[[date], list[Job]]
IDENTITY = "legal_rep_id"
TODAY = timezone.localdate


def get_owner(place: Place) -> Client:
    return place.people[Role.OWNER]


def make_token(place: Place, role: Role = Role.OWNER) -> str:
    _, secret = Link.make(
        Link.Purpose.TOKEN,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        user=User.objects.get(username="owner@here.example"),
        role=role,
        label="报表系统",
    )
    return secret


def call_api(place: Place, method: str, rest: str) -> Any:
    address = f"/api/v1/cases/{place.case.folder}/{rest}"
    headers = {"Authorization": f"Bearer {make_token(place)}"}
    return getattr(Client(), method)(address, headers=headers)


def digests(place: Place) -> set[str]:
    papers = find_personal(catalogue(), place.folder)
    files = [place.folder / file for paper in papers for file in paper.files]
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def run_due(django_capture_on_commit_callbacks: Commits) -> RunDue:
    """Begin what is due on a day, and have it done."""

    def run(day: date) -> list[Job]:
        with django_capture_on_commit_callbacks(execute=True):
            begun = begin_due(day)
        for job in begun:
            job.refresh_from_db()
        return begun

    return run


def set_day(place: Place, day: Any) -> Any:
    return get_owner(place).post(place.url("personal/day/"), {"day": str(day)})


# -- who saw them


def test_a_look_is_a_line_with_who_what_and_how(place: Place) -> None:
    path = place.folder / str(
        edit.read(place.folder).find_value(("papers", IDENTITY, "file"))
    )
    place.editor.get(place.url(f"papers/{IDENTITY}/file?download=1")).getvalue()
    line = PaperAccess.objects.get()
    assert (line.actor, line.case, line.paper, line.kind, line.way) == (
        *("editor@here.example", place.case.folder, IDENTITY, IDENTITY),
        PaperAccess.Way.DOWNLOAD,
    )
    assert line.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (line.link, line.via) == (None, "")
    page = get_owner(place).get(place.url("personal/")).content.decode()
    assert "editor@here.example" in page
    assert "下载" in page
    assert line.digest[:12] in page
    assert "登录" in page


def test_papers_about_nobody_leave_no_line(place: Place) -> None:
    place.editor.get(place.url("papers/lease/file")).getvalue()
    assert not PaperAccess.objects.exists()


def test_a_folder_by_the_api_is_a_line_for_each_paper_with_the_token(
    place: Place,
) -> None:
    wanted = digests(place)
    answer = call_api(place, "get", "folder")
    names = zipfile.ZipFile(io.BytesIO(answer.getvalue())).namelist()
    assert any("id" in name for name in names)
    lines = PaperAccess.objects.all()
    assert {line.digest for line in lines} == wanted
    assert {line.way for line in lines} == {PaperAccess.Way.FOLDER}
    assert {(line.via, line.label) for line in lines} == {("token", "报表系统")}
    assert {line.link for line in lines} == {Link.objects.get(purpose="token").pk}
    page = get_owner(place).get(f"/w/{place.workspace.slug}/accesses/").content.decode()
    assert "接口令牌：报表系统" in page
    english = get_owner(place).get(f"/w/{place.workspace.slug}/accesses/?lang=en")
    assert "API token: 报表系统" in english.content.decode()


@pytest.mark.long
@pytest.mark.parametrize("full", [False, True])
def test_a_bundle_by_the_api_is_noted_only_where_it_holds_them(
    full: bool, place: Place
) -> None:
    wanted = digests(place)
    call_api(place, "post", f"seal?full={str(full).lower()}").getvalue()
    lines = PaperAccess.objects.filter(way=PaperAccess.Way.BUNDLE)
    assert {line.digest for line in lines} == (wanted if full else set())


@pytest.mark.long
def test_a_full_bundle_is_noted_whenever_it_is_downloaded(
    place: Place, django_capture_on_commit_callbacks: Commits
) -> None:
    wanted = digests(place)
    with django_capture_on_commit_callbacks(execute=True):
        get_owner(place).post(place.url("seal/begin/"), {"full": "1"})
    job = Job.objects.get(kind="seal")
    assert not PaperAccess.objects.exists()  # nobody has it yet
    for _ in range(2):
        place.editor.get(place.url(f"seal/{job.pk}/bundle.zip")).getvalue()
    lines = PaperAccess.objects.filter(way=PaperAccess.Way.BUNDLE)
    assert {line.digest for line in lines} == wanted
    assert PaperAccess.objects.count() == 2 * len(wanted)
    job.result = {k: v for k, v in job.result.items() if k != "personal"}
    job.save()  # of an earlier edition
    place.editor.get(place.url(f"seal/{job.pk}/bundle.zip")).getvalue()
    assert PaperAccess.objects.count() == 3 * len(wanted)


@pytest.mark.long
def test_what_changed_since_handing_in_shows_no_words_of_them(place: Place) -> None:
    path = place.folder / str(
        edit.read(place.folder).find_value(("papers", IDENTITY, "file"))
    )
    record = {"act": "submit", "on": str(TODAY()), "by": "林晓"}
    answer = place.editor.post(place.url("casework/record/"), record)
    assert answer.status_code == 303, answer.content.decode()[:3000]
    path.write_text(path.read_text(encoding="utf-8") + "\n\n号码110105194912310021\n")
    page = place.editor.get(place.url("casework/")).content.decode()
    assert "到材料页打开，会记入查阅记录" in page
    assert "110105194912310021" not in page
    assert not PaperAccess.objects.exists()


def test_the_client_sees_who_saw_its_papers(place: Place) -> None:
    place.editor.get(place.url(f"papers/{IDENTITY}/file")).getvalue()
    client = place.people[Role.RESPONDENT]
    assert place.url("personal/") in client.get(place.url("answers/")).content.decode()
    page = client.get(place.url("personal/")).content.decode()
    assert "谁看过" in page
    assert "editor@here.example" in page
    assert place.url(f"papers/{IDENTITY}/") not in page
    overview = place.editor.get(place.url()).content.decode()
    assert "谁看过个人材料" in overview
    assert "editor@here.example" in overview
    reviewer = place.people[Role.REVIEWER]
    assert "editor@here.example" not in reviewer.get(place.url()).content.decode()
    assert reviewer.get(place.url("personal/")).status_code == 404


def test_only_the_owner_reads_the_lines_of_all_cases(place: Place) -> None:
    other = make_place("other", "local-life")
    place.editor.get(place.url(f"papers/{IDENTITY}/file")).getvalue()
    address = f"/w/{place.workspace.slug}/accesses/"
    assert "editor@here.example" in get_owner(place).get(address).content.decode()
    assert "没有人看过" in (
        get_owner(place).get(f"{address}?who=somebody").content.decode()
    )
    for role in (Role.EDITOR, Role.RESPONDENT, Role.REVIEWER):
        assert place.people[role].get(address).status_code == 404
    for client in other.people.values():
        assert client.get(address).status_code == 404
    mine = other.people[Role.OWNER].get("/w/other/accesses/").content.decode()
    assert "editor@here.example" not in mine


def test_no_page_and_no_operation_changes_or_removes_a_line() -> None:
    """One function writes them; nothing else names what would change or remove."""
    root = Path(changqing_web.__file__).parent
    users = {
        path.relative_to(root).as_posix(): text
        for path in root.rglob("*.py")
        if "PaperAccess" in (text := path.read_text(encoding="utf-8"))
    }
    writers = {name for name, text in users.items() if "PaperAccess(" in text}
    assert writers == {"papers/access.py", "models.py"}
    access = users["papers/access.py"]
    assert not {word for word in (".delete(", ".update(", ".save(") if word in access}
    uses = [
        line
        for name, text in users.items()
        if name not in ("papers/access.py", "models.py")
        for line in text.splitlines()
        if "PaperAccess.objects" in line or "accesses." in line
        if not name.startswith("migrations/")
    ]
    assert uses == []


def test_lines_outlive_the_paper_the_case_and_the_account(place: Place) -> None:
    place.editor.get(place.url(f"papers/{IDENTITY}/file")).getvalue()
    get_owner(place).post(place.url(f"papers/{IDENTITY}/erase/"), {"sure": "1"})
    User.objects.get(username="editor@here.example").delete()
    CaseRow.objects.all().delete()
    assert PaperAccess.objects.get().actor == "editor@here.example"


# -- the day


def test_only_the_owner_sets_the_day(place: Place) -> None:
    day = TODAY() + timedelta(days=30)
    for role in (Role.EDITOR, Role.RESPONDENT, Role.REVIEWER):
        answer = place.people[role].post(place.url("personal/day/"), {"day": str(day)})
        assert answer.status_code == 404
    assert set_day(place, day).status_code == 303
    written = edit.read(place.folder)
    assert written.find_value(("delete_personal_on",)) == str(day)
    row = CaseRow.objects.get(pk=place.case.pk).board
    assert row.delete_personal_on == day
    assert row.personal > 3
    assert str(day) in CaseEvent.objects.get(verb="deletion_day").what["zh"]
    assert str(day) in get_owner(place).get(place.url("personal/")).content.decode()
    set_day(place, "")
    assert edit.read(place.folder).find_value(("delete_personal_on",)) is None


def test_what_is_no_day_is_said_and_kept_in_the_field(place: Place) -> None:
    answer = set_day(place, "2026-02-30")
    assert answer.status_code == 422
    assert 'value="2026-02-30"' in answer.content.decode()


@override_settings(DELETION_NOTICE_DAYS=14)
def test_pages_and_board_say_so_before(place: Place) -> None:
    board = f"/w/{place.workspace.slug}/"
    for ahead, told in ((15, False), (14, True), (0, True)):
        set_day(place, TODAY() + timedelta(days=ahead))
        page = place.editor.get(place.url("events/")).content.decode()
        assert ("份将在" in page or "份正要删除" in page) is told, ahead
        row = place.editor.get(board).content.decode()
        assert ("份将在" in row or "份正要删除" in row) is told, ahead
    reviewer = place.people[Role.REVIEWER].get(place.url("seal/")).content.decode()
    assert "份正要删除" not in reviewer


def test_the_day_is_what_comes_next_on_the_board(place: Place) -> None:
    day = TODAY() + timedelta(days=1)
    set_day(place, day)
    row = CaseRow.objects.get(pk=place.case.pk).board
    assert row.next_what is not None
    assert (row.next_day, row.next_what.zh) == (day, "删除个人材料")


@pytest.mark.long
def test_on_the_day_they_are_deleted_and_the_log_verifies(
    place: Place, run_due: RunDue
) -> None:
    papers = find_personal(catalogue(), place.folder)
    set_day(place, TODAY() + timedelta(days=1))
    assert run_due(TODAY()) == []
    [job] = run_due(TODAY() + timedelta(days=1))
    assert job.state == Job.State.DONE
    assert job.result["papers"] == []  # the clock of the job says that it is too early
    set_day(place, TODAY())
    [job] = run_due(TODAY())
    assert set(job.result["papers"]) == {paper.id for paper in papers}
    assert not any(
        (place.folder / file).exists() for paper in papers for file in paper.files
    )
    verified = Evidence(place.folder).verify()
    assert verified is not None
    events = CaseEvent.objects.filter(verb="erase")
    assert {event.actor for event in events} == {"长青"}
    assert events.count() == len(papers)
    page = get_owner(place).get(place.url("personal/")).content.decode()
    assert "到了删除日" in page
    assert "备份" in page
    assert run_due(TODAY()) == []  # nothing is left to do
    assert place.editor.get(place.url()).status_code == 200


@pytest.mark.long
def test_bundles_drafts_and_kept_results_go_with_them(
    place: Place, run_due: RunDue, django_capture_on_commit_callbacks: Commits
) -> None:
    from changqing_web.cases import name_result_file
    from changqing_web.seal.bundles import find_bundle
    from changqing_web.walls import Here

    with django_capture_on_commit_callbacks(execute=True):
        get_owner(place).post(place.url("seal/begin/"), {"full": "1"})
    job = Job.objects.get(kind="seal")
    place.editor.get(place.url())
    here = Here(
        user=User.objects.get(username="owner@here.example"),
        workspace=place.workspace,
        role=Role.OWNER,
        case=place.case,
    )
    kept = name_result_file(here).parent
    assert list(kept.glob("*.json"))
    assert find_bundle(job).exists()
    set_day(place, TODAY())
    run_due(TODAY())
    assert not find_bundle(job).exists()
    assert not list(kept.glob("*.json"))


@pytest.mark.long
def test_what_comes_after_the_day_goes_too_and_that_is_said(
    place: Place, run_due: RunDue, django_capture_on_commit_callbacks: Commits
) -> None:
    set_day(place, TODAY())
    run_due(TODAY())
    file = io.BytesIO(b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    file.name = "scan.pdf"
    sent = {"kind": "staff_id", "file": file}
    with django_capture_on_commit_callbacks(execute=True):  # it is read at once
        place.editor.post(place.url("evidence/upload/"), sent)
    page = place.editor.get(place.url("events/")).content.decode()
    assert "以后传入的也一样" in page
    [job] = run_due(TODAY())
    assert job.result["papers"] == ["staff_id"]


@pytest.mark.long
def test_a_deletion_that_fails_is_told_and_tried_again(
    place: Place, run_due: RunDue
) -> None:
    set_day(place, TODAY())
    plan = place.folder / "casework" / "erasing.json"
    plan.parent.mkdir(exist_ok=True)
    plan.write_text("{}", encoding="utf-8")
    [job] = run_due(TODAY())
    assert job.state == Job.State.FAILED
    page = get_owner(place).get(place.url("personal/")).content.decode()
    assert "没有删成" in page
    assert "erasing.json" in page
    plan.unlink()
    [again] = run_due(TODAY())
    assert again.state == Job.State.DONE
    assert (
        "没有删成" not in get_owner(place).get(place.url("personal/")).content.decode()
    )


@pytest.mark.long
def test_a_folder_that_was_changed_by_hand_is_found(
    place: Place, run_due: RunDue
) -> None:
    path = place.folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\ndelete_personal_on: {TODAY()}\n", encoding="utf-8")
    assert CaseRow.objects.get(pk=place.case.pk).board.delete_personal_on is None
    [job] = run_due(TODAY())
    assert job.result["papers"]


def test_the_hourly_task_is_registered() -> None:
    from changqing_web.jobs import huey

    names = {task.__name__ for task in huey._registry._periodic_tasks}
    assert any("erase_all_due" in name for name in names), names


# -- many at once


@pytest.mark.long
def test_an_agency_sets_the_day_of_many(
    place: Place, django_capture_on_commit_callbacks: Commits
) -> None:
    Workspace.objects.filter(pk=place.workspace.pk).update(kind="agency")
    address = f"/w/{place.workspace.slug}/clients/"
    day = str(TODAY() + timedelta(days=60))
    sent = {"do": "deletion", "day": day, "case": [place.case.folder]}
    assert place.editor.post(address, sent).status_code == 404
    assert "删除日" not in place.editor.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert get_owner(place).post(address, sent).status_code == 302
    assert edit.read(place.folder).find_value(("delete_personal_on",)) == day
    assert CaseEvent.objects.get(verb="deletion_day").actor == "owner@here.example"
    assert "上次改了1件" in get_owner(place).get(address).content.decode()
    wrong = get_owner(place).post(address, {**sent, "day": "soon"})
    assert wrong.status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        get_owner(place).post(address, {"do": "deletion", "day": "", "all": "yes"})
    assert edit.read(place.folder).find_value(("delete_personal_on",)) is None


def test_one_case_that_cannot_be_changed_stops_no_other(
    place: Place, django_capture_on_commit_callbacks: Commits
) -> None:
    broken = place.folder.parent / "broken"
    broken.mkdir(exist_ok=True)
    (broken / "case.yaml").write_text("applicant: [\n", encoding="utf-8")
    refresh_case(place.workspace, "broken")
    CaseRow.objects.filter(folder="broken").update(broken={})
    day = str(TODAY() + timedelta(days=60))
    sent = {"do": "deletion", "day": day, "all": "yes"}
    with django_capture_on_commit_callbacks(execute=True):
        get_owner(place).post(f"/w/{place.workspace.slug}/clients/", sent)
    job = Job.objects.get(kind="set_deletion_days")
    assert [line["folder"] for line in job.result["wrong"]] == ["broken"]
    assert edit.read(place.folder).find_value(("delete_personal_on",)) == day


# -- what was noted before


def test_views_that_earlier_editions_noted_are_lines_too(
    place: Place,
) -> None:
    from importlib import import_module

    from django.apps import apps

    CaseEvent.objects.create(
        workspace=place.workspace,
        case=place.case.folder,
        at=timezone.now() - timedelta(days=9),
        actor="before@here.example",
        verb="view_identity",
        what={"zh": "查看", "en": "Looked"},
        detail={"paper": IDENTITY, "path": "documents/x"},
    )
    import_module("changqing_web.migrations.0006_personal_papers").copy_views(
        apps, None
    )
    page = get_owner(place).get(place.url("personal/")).content.decode()
    assert "before@here.example" in page
    assert "当时没有记" in page
    assert json.dumps(CaseEvent.objects.get(verb="view_identity").detail)
