"""Papers that nobody has read, of all cases: one line, one button, one job."""

from __future__ import annotations

import shutil

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks as Commits

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings
from changqing.papers.open import open_case
from changqing.papers.read import list_unread
from changqing.text import Text
from changqing_web.cases import open_case_memory
from changqing_web.index import catalogue, refresh_case
from changqing_web.jobs import GiveWay, JobStopped, ask_to_stop, do
from changqing_web.models import CaseRow, Job, Role
from changqing_web.work.read_all import count_unread, list_waiting, read_all
from tests.web.web_world import Place

_SECOND = "second"


@pytest.fixture
def two(place: Place) -> Place:
    """A workspace with two cases, in neither of which a paper was read."""
    target = place.folder.parent / _SECOND
    shutil.copytree(place.folder, target)
    for folder in (place.folder, target):
        shutil.rmtree(folder / "evidence")
        (folder / "assessment.json").unlink(missing_ok=True)
        open_case_memory().forget(folder)
        refresh_case(place.workspace, folder.name)
    return place


def _get_board(place: Place, query: str = "") -> str:
    return place.editor.get(f"/w/{place.workspace.slug}/{query}").content.decode()


def _ask(place: Place) -> Job:
    return Job.objects.create(
        workspace=place.workspace, kind="read_all", asked_by="somebody"
    )


def _count_kept(place: Place) -> int:
    folders = (place.folder, place.folder.parent / _SECOND)
    return sum(len(KeptReadings(Evidence(folder))) for folder in folders)


@pytest.mark.long
def test_one_button_reads_the_papers_of_every_case(
    two: Place, django_capture_on_commit_callbacks: Commits
) -> None:
    unread = len(list_unread(open_case(two.folder, catalogue())))
    assert unread
    assert "2个项目有材料待读取" in _get_board(two)
    assert "2 cases have papers to be read" in _get_board(two, "?lang=en")
    two.editor.get("/?lang=zh")
    with django_capture_on_commit_callbacks(execute=True):
        answer = two.editor.post(f"/w/{two.workspace.slug}/read/")
    page = two.editor.get(answer["Location"]).content.decode()
    assert f"2个项目的{2 * unread}份材料" in page
    assert _count_kept(two) == 2 * unread
    assert not list_waiting(two.workspace).exists()
    assert "有材料待读取" not in _get_board(two)


@pytest.mark.long
def test_what_is_stopped_keeps_what_it_read_and_goes_on_with_the_rest(
    two: Place,
) -> None:
    job = _ask(two)
    steps: list[Text] = []

    def stop_at_third(step: Text) -> None:
        steps.append(step)
        if len(steps) == 3:
            ask_to_stop(job)

    with pytest.raises(JobStopped):
        read_all(job, stop_at_third)
    kept = _count_kept(two)
    assert kept == job.result["done"] == 3
    again = _ask(two)
    read_all(again, lambda _: None)
    assert not list_waiting(two.workspace).exists()
    assert again.result["total"] + kept == _count_kept(two)


def test_a_job_that_waits_is_stopped_at_once_and_may_be_asked_for_again(
    two: Place,
) -> None:
    job = _ask(two)
    address = f"/w/{two.workspace.slug}/jobs/{job.pk}/"
    assert "停止" in two.editor.get(address).content.decode()
    assert two.editor.post(f"{address}stop/").status_code == 302
    do(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.STOPPED
    assert _count_kept(two) == 0
    assert "继续读取" in _get_board(two)


@pytest.mark.long
def test_each_paper_is_counted_and_gives_way_to_who_waits(two: Place) -> None:
    other = Job.objects.create(workspace=two.workspace, kind="look", asked_by="another")
    job = _ask(two)
    steps: list[Text] = []
    with pytest.raises(GiveWay):
        read_all(job, steps.append)
    assert job.result["done"] == 1
    assert steps[0].zh.startswith(f"第1份，共{job.result['total']}份：")
    other.delete()
    read_all(job, steps.append)
    assert job.result["done"] == job.result["total"]


@pytest.mark.long
def test_a_case_is_judged_though_others_wait_when_its_last_paper_is_read(
    two: Place,
) -> None:
    CaseRow.objects.exclude(folder=_SECOND).delete()
    Job.objects.create(workspace=two.workspace, kind="look", asked_by="another")
    job = _ask(two)
    while not job.result or job.result["done"] < job.result["total"]:
        with pytest.raises(GiveWay):
            read_all(job, lambda _: None)
    assert job.result["cases"] == [_SECOND]
    assert (two.folder.parent / _SECOND / "assessment.json").exists()


@pytest.mark.long
def test_a_case_that_cannot_be_opened_stops_no_other(two: Place) -> None:
    (two.folder / "case.yaml").write_text("applicant: 1")
    job = _ask(two)
    read_all(job, lambda _: None)
    assert [wrong["folder"] for wrong in job.result["wrong"]] == [two.case.folder]
    assert job.result["cases"] == [_SECOND]


def test_after_an_upgrade_every_case_is_counted_without_being_shown(
    two: Place,
) -> None:
    CaseRow.objects.update(unread_papers=None, stamp="")
    count_unread.call_local()
    assert list_waiting(two.workspace).count() == 2


def test_only_who_may_edit_reads_or_stops(two: Place) -> None:
    job = _ask(two)
    for role in (Role.REVIEWER, Role.RESPONDENT):
        for rest in ("read/", f"jobs/{job.pk}/stop/"):
            address = f"/w/{two.workspace.slug}/{rest}"
            assert two.people[role].post(address).status_code == 404
    job.refresh_from_db()
    assert not job.stop_asked
