"""Many clients are asked at once: a letter each, recorded; asked again, it reminds."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.test import TestCase
from django.utils import timezone

from changqing.agency.desk import Deed, DeskJournal
from changqing.agency.next_step import Party
from changqing_web.asking.letters import ask_many
from changqing_web.index import refresh_case
from changqing_web.models import CaseEvent, Job, Role
from changqing_web.walls import find_cases_folder
from tests.web.web_world import Place, make_place


@pytest.fixture
def two(place: Place) -> Place:
    """A workspace with a case that lacks much, and one that cannot be read."""
    broken = find_cases_folder(place.workspace) / "broken"
    broken.mkdir()
    (broken / "case.yaml").write_text("applicant: [", "utf-8")
    refresh_case(place.workspace, "broken")
    return place


def _ask(place: Place, *folders: str) -> Job:
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = place.editor.post(
            f"/w/{place.workspace.slug}/ask/", {"case": list(folders), "sure": "1"}
        )
    assert answer.status_code == 302
    return Job.objects.filter(kind="ask_many").latest("pk")


def _download_letters(place: Place, job: Job) -> dict[str, bytes]:
    answer = place.editor.get(f"/w/{place.workspace.slug}/ask/{job.pk}/letters.zip")
    content = b"".join(answer)
    answer.close()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _requests(place: Place) -> int:
    notes = DeskJournal(place.folder).list_notes()
    return sum(note.deed is Deed.ASK for note in notes)


def test_each_client_gets_a_letter_that_is_recorded(two: Place) -> None:
    job = _ask(two, two.case.folder, "broken")
    assert (job.state, job.asked_by) == (Job.State.DONE, "editor@here.example")
    files = _download_letters(two, job)
    assert {Path(name).suffix for name in files} == {".docx", ".pdf", ".txt"}
    (text,) = (c.decode() for name, c in files.items() if name.endswith(".txt"))
    assert two.case.name in text
    assert "已经请过" not in text
    assert _requests(two) == 1
    told = CaseEvent.objects.get(verb="ask_papers")
    assert (told.case, told.actor) == (two.case.folder, "editor@here.example")
    page = two.editor.get(f"/w/{two.workspace.slug}/ask/{job.pk}/").content.decode()
    assert two.case.name in page
    two.case.refresh_from_db()
    assert two.case.board.must_act is Party.CLIENT


def test_asked_again_the_letter_reminds_and_says_when(two: Place) -> None:
    _ask(two, two.case.folder)
    again = _ask(two, two.case.folder)
    texts = [c for n, c in _download_letters(two, again).items() if n.endswith(".txt")]
    assert f"{timezone.localdate()}已经请过" in texts[0].decode()
    assert _requests(two) == 2


def test_work_that_was_cut_off_asks_nobody_twice(two: Place) -> None:
    job = _ask(two, two.case.folder)
    ask_many(job, lambda _: None)
    assert _requests(two) == 1


def test_nobody_ticked_asks_nobody(two: Place) -> None:
    for ticked in ([], ["broken"], ["../../x"]):
        answer = two.editor.post(f"/w/{two.workspace.slug}/ask/", {"case": ticked})
        assert answer["Location"] == f"/w/{two.workspace.slug}/"
    assert not Job.objects.filter(kind="ask_many").exists()


def test_a_case_of_another_workspace_is_not_asked(two: Place) -> None:
    other = make_place("there", "local-life")
    job = _ask(two, two.case.folder, other.case.folder)
    assert job.given["folders"] == [two.case.folder]
    assert _requests(other) == 0
    for client in (other.people[Role.OWNER], two.people[Role.REVIEWER]):
        for rest in ("", "letters.zip"):
            address = f"/w/{two.workspace.slug}/ask/{job.pk}/{rest}"
            assert client.get(address).status_code == 404


def test_who_is_asked_is_said_before_anybody_is(two: Place) -> None:
    address = f"/w/{two.workspace.slug}/ask/"
    page = two.editor.post(address, {"case": [two.case.folder, "broken"]})
    said = page.content.decode()
    assert two.case.name in said
    assert "下面1家" in said
    assert f'name="case" value="{two.case.folder}"' in said
    assert not Job.objects.filter(kind="ask_many").exists()
    assert _requests(two) == 0
