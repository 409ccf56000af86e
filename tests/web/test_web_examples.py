"""What a new installation begins with: made once, told step by step, and judged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from changqing.errors import CaseError
from changqing.evidence.ledger.recorded import Evidence
from changqing.judge.model import Readiness
from changqing.text import Text
from changqing_web import examples
from changqing_web.accounts.adapter import (
    EXAMPLE_COMPANY,
    find_or_make_example,
    find_or_make_first_owner,
)
from changqing_web.board.clients import LOOK_AT_ALL, look_at_all
from changqing_web.board.example_views import MAKE_AGENCY
from changqing_web.cases import judge_case
from changqing_web.jobs import begin_job
from changqing_web.models import Job, Role, Workspace
from changqing_web.walls import Here, find_cases_folder
from tests.web.web_world import EXAMPLES, make_place

Commits = Callable[..., AbstractContextManager[list[object]]]


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A folder with one of the examples: each is looked at anew where it is loaded."""
    shutil.copytree(EXAMPLES / "newly-registered", tmp_path / "newly-registered")
    return tmp_path


@pytest.fixture(autouse=True)
def few(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty installation, and an agency small enough to wait for."""
    shutil.rmtree(settings.CASES, ignore_errors=True)
    monkeypatch.setattr(examples, "_CLIENTS", 4)
    monkeypatch.setattr(examples, "_IN_CORRECTION", 1)
    monkeypatch.setattr(examples, "_STEP", 2)


@pytest.mark.long
def test_the_agency_is_made_by_a_job_and_every_client_is_assessed(
    one: Path, django_capture_on_commit_callbacks: Commits
) -> None:
    said: list[Text] = []
    with django_capture_on_commit_callbacks(execute=False):
        examples.load_examples(one, said.append)
    assert [step.zh for step in said] == [
        "示例项目newly-registered：在本机上查看它的网站"
    ]
    agency = Workspace.objects.get(slug="agency")
    making = Job.objects.get(workspace=agency, kind=MAKE_AGENCY)
    with django_capture_on_commit_callbacks(execute=False):
        examples.load_examples(one, said.append)
        assert agency.jobs.count() == 1  # it is under way
        examples.make_agency(making, said.append)
    assert said[-1].zh == "示例代办机构的客户：4/4家"
    look = Job.objects.get(workspace=agency, kind=LOOK_AT_ALL)
    in_order = agency.cases.order_by("ended", "next_day", "name")
    assert look.given["folders"] == list(in_order.values_list("folder", flat=True))
    making.state = Job.State.DONE
    making.save()
    look_at_all(look, lambda _: None)
    assert agency.cases.exclude(assessed_on=None).count() > 0
    count = len(said)
    examples.load_examples(one, said.append)
    assert agency.jobs.count() == 2
    assert len(said) == count  # nothing was made again


@pytest.mark.long
def test_an_agency_that_broke_off_is_made_whole_and_loses_nothing(
    one: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    before = set(settings.HOME.glob("tmp*"))
    with django_capture_on_commit_callbacks(execute=False):
        examples.load_examples(one)
        agency = Workspace.objects.get(slug="agency")
        root = find_cases_folder(agency)
        job = Job.objects.get(workspace=agency, kind=MAKE_AGENCY)
        with monkeypatch.context() as patch:
            patch.setattr(examples, "refresh_case", _break_off)
            with pytest.raises(CaseError):
                examples.make_agency(job, lambda _: None)
        (first,) = root.iterdir()
        (first / "note.txt").write_text("written meanwhile", "utf-8")
        job.state = Job.State.FAILED
        job.save()
        examples.load_examples(one)
        again = Job.objects.exclude(pk=job.pk).get(workspace=agency, kind=MAKE_AGENCY)
        examples.make_agency(again, lambda _: None)
    assert len(list(root.iterdir())) == agency.cases.count() == 4
    assert (first / "note.txt").read_text("utf-8") == "written meanwhile"
    assert set(settings.HOME.glob("tmp*")) == before


def test_the_board_of_an_agency_tells_how_far_its_making_is(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    place = make_place("agency")
    with django_capture_on_commit_callbacks(execute=False):
        job = begin_job(
            Here(user=AnonymousUser(), workspace=place.workspace, role=Role.OWNER),
            MAKE_AGENCY,
        )
    job.step = {"zh": "示例代办机构的客户：10/300家", "en": "clients: 10 of 300"}
    job.save()
    owner = place.people[Role.OWNER]
    board = owner.get("/w/agency/").content.decode()
    assert "示例代办机构的客户：10/300家" in board
    assert f"/w/agency/jobs/{job.pk}/?reload=1" in board
    job.state, job.ended_at = Job.State.DONE, timezone.now()
    job.save()
    assert "10/300家" not in owner.get("/w/agency/").content.decode()


@pytest.mark.long
def test_an_example_is_of_the_day_it_is_loaded_and_made_whole(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its looks and papers are fresh, and its log is this installation's own."""
    company = find_or_make_example(find_or_make_first_owner(), EXAMPLE_COMPANY)
    folder = find_cases_folder(company) / "newly-registered"
    with monkeypatch.context() as patch:
        patch.setattr(examples, "record", _break_off)
        with pytest.raises(CaseError):
            examples.load_company(company, one)
    assert not folder.exists()
    examples.load_company(company, one)
    row = company.cases.get(assessed_on=timezone.localdate())
    log = Evidence(folder)
    log.verify()
    assert max(attempt.at for attempt in log.list_attempts()).date() == (
        timezone.now().date()
    )
    outcome = judge_case(
        Here(user=AnonymousUser(), workspace=company, role=Role.EDITOR, case=row)
    )
    assert not outcome.notices
    assert outcome.assessment.readiness is Readiness.READY


def _break_off(*_: object, **__: object) -> None:
    raise CaseError


def test_an_empty_home_offers_the_examples_and_loads_them_when_asked(
    django_capture_on_commit_callbacks: Commits,
) -> None:
    place = make_place("here", "newly-registered")
    owner, home = place.people[Role.OWNER], f"/w/{place.workspace.slug}/"
    form = f'action="{home}examples/"'
    assert form not in owner.get(home).content.decode()
    shutil.rmtree(place.folder)
    place.workspace.cases.all().delete()
    assert form in owner.get(home).content.decode()
    assert form not in place.editor.get(home).content.decode()
    with django_capture_on_commit_callbacks(execute=False):
        answer = owner.post(f"{home}examples/")
    loaded = Workspace.objects.get(slug="examples")
    job = Job.objects.get(workspace=loaded)
    assert answer["Location"] == f"/w/examples/jobs/{job.pk}/"
    assert form in owner.get(home).content.decode()  # until the first is made
    assert owner.post(f"{home}examples/")["Location"] == answer["Location"]
    result = examples.load_asked_for(job, lambda _: None)
    assert set(loaded.cases.values_list("folder", flat=True)) >= {"local-life"}
    assert owner.get(str(result["next"])).status_code == 200
    assert not Workspace.objects.filter(slug="agency").exists()
    page = owner.get(home).content.decode()
    assert form not in page
    assert 'href="/w/examples/"' in page
    assert owner.post(f"{home}examples/")["Location"] == "/w/examples/"
    assert not place.workspace.cases.exists()
    # Another company of the same server is neither led there nor offered them.
    there = make_place("there", "newly-registered").people[Role.OWNER]
    assert there.post("/w/there/examples/").status_code == 404
    assert there.get("/w/examples/").status_code == 404
