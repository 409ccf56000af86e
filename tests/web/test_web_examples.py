"""What a new installation begins with: made once, told step by step, and judged."""

from __future__ import annotations

import re
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
from changqing_web.cases import judge_case
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
    monkeypatch.setattr(examples, "_AT_ONCE", 1)
    monkeypatch.setattr(examples, "_STEP", 2)


@pytest.mark.long
def test_the_agency_is_told_of_and_every_client_is_assessed(
    one: Path, django_capture_on_commit_callbacks: Commits
) -> None:
    told: list[Text] = []
    with django_capture_on_commit_callbacks(execute=False):
        examples.load_examples(one, told.append)
    said = [step.zh for step in told]
    assert "示例项目newly-registered：在本机上查看它的网站" in said
    assert "示例代办机构的客户：4/4家" in said
    agency = Workspace.objects.get(slug="agency")
    assert agency.cases.exclude(assessed_on=None).count() == 1
    first = agency.cases.order_by("next_day").first()
    assert first is not None
    assert first.board.assessed_on is not None
    job = Job.objects.get(workspace=agency)
    assert len(job.given["folders"]) == 3
    with django_capture_on_commit_callbacks(execute=True):
        examples.load_examples(one, told.append)
    assert Job.objects.filter(workspace=agency).count() == 1
    assert len(told) == len(said)  # nothing was made again


@pytest.mark.long
def test_a_client_whose_day_was_missed_keeps_nothing_from_being_served(
    one: Path,
) -> None:
    examples.load_examples(one)
    agency = Workspace.objects.get(slug="agency")
    late = agency.cases.filter(ended=False, stage="prepare").first()
    assert late is not None
    file = find_cases_folder(agency) / late.folder / "case.yaml"
    said = re.sub(r"submit_on: \S+", "submit_on: 2026-01-05", file.read_text("utf-8"))
    file.write_text(said, "utf-8")
    agency.cases.update(assessed_on=None)
    Job.objects.all().delete()
    examples.load_examples(one)
    rows = agency.cases.order_by("ended", "next_day", "name")
    assert rows[0].folder == late.folder
    assert late.folder in Job.objects.get(workspace=agency).given["folders"]


@pytest.mark.long
def test_an_agency_that_could_not_be_made_leaves_nothing_behind(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, made: Callable[[str], None], **__: object) -> None:
        root.mkdir(parents=True)
        made("no-such-client")
        raise CaseError

    examples.load_examples(one)
    agency = Workspace.objects.get(slug="agency")
    root = find_cases_folder(agency)
    shutil.rmtree(root)
    monkeypatch.setattr(examples, "make_example", broken)
    with pytest.raises(CaseError):
        examples.load_examples(one)
    assert not root.exists()
    assert not agency.cases.filter(folder="no-such-client").exists()


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
