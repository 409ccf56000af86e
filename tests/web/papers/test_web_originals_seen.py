"""A reviewer says which values they saw in the original of a paper; nobody else may."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from changqing.case.comparison import ReadOutcome
from changqing.evidence.ledger.items import Confirmation, ConfirmationKind
from changqing.evidence.ledger.recorded import Evidence
from changqing.papers.accept import find_rejected
from changqing.papers.open import open_case
from changqing_web.cases import judge_case
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Link, Role
from tests.web.web_world import Place

LEASE = "lease"
_WHO = "市局受理窗口"


@pytest.fixture
def unread(place: Place) -> Place:
    """A case whose lease is a file in which nothing that was typed can be found."""
    case = open_case(place.folder, catalogue())
    paper = next(paper for paper in case.papers if paper.id == LEASE)
    (place.folder / paper.file.path).write_text("字迹不清的一页\n", encoding="utf-8")
    return place


@pytest.fixture
def reviewer(unread: Place) -> Client:
    """Somebody who followed a review link to the case."""
    _, secret = Link.make(
        Link.Purpose.REVIEW,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=unread.workspace,
        case=unread.case,
        label=_WHO,
    )
    client = Client()
    client.get(f"/review/{secret}/")
    return client


def _list_shown(client: Client, place: Place) -> list[str]:
    """What the page shows of the lease and nobody vouched for, as its form sends it."""
    page = client.get(place.url(f"papers/{LEASE}/")).content.decode()
    return re.findall(r'name="shown"\s+value="([^"]+)"', page)


def _see_all(client: Client, place: Place, shown: list[str]) -> int:
    """Vouch for all that was shown; gives the status of the answer."""
    address = place.url(f"papers/{LEASE}/original/")
    return client.post(address, {"every": "1", "shown": shown}).status_code


def _collect_outcomes(place: Place) -> set[ReadOutcome]:
    case = open_case(place.folder, catalogue())
    paper = next(paper for paper in case.papers if paper.id == LEASE)
    return {
        case.compared[LEASE][said.subject, said.fact].outcome
        for said in paper.list_statements()
        if said.is_in_paper and (said.subject, said.fact) in case.compared[LEASE]
    }


def _list_confirmations(place: Place) -> list[Confirmation]:
    items = Evidence(place.folder).list_items()
    return [item for item in items if isinstance(item, Confirmation)]


def _collect_caveats(place: Place) -> dict[str, str]:
    here = place.here
    return {caveat.code: caveat.text.zh for caveat in judge_case(here).report.caveats}


def test_a_reviewer_vouches_for_a_paper_that_no_program_could_read(
    unread: Place, reviewer: Client
) -> None:
    assert ReadOutcome.READ not in _collect_outcomes(unread)
    page = reviewer.get(unread.url(f"papers/{LEASE}/")).content.decode()
    assert "核过原件" in page
    assert "它证明什么" not in page  # the form of who may write
    assert _see_all(reviewer, unread, _list_shown(reviewer, unread)) == 303
    assert _collect_outcomes(unread) == {ReadOutcome.READ}
    case = open_case(unread.folder, catalogue())
    digest = next(paper for paper in case.papers if paper.id == LEASE).file.digest
    entries = _list_confirmations(unread)
    assert {entry.what for entry in entries} == {ConfirmationKind.ORIGINAL_SEEN}
    assert {(entry.by, entry.paper) for entry in entries} == {(_WHO, digest)}
    told = CaseEvent.objects.get(verb="original_seen")
    assert (told.actor, told.detail["digest"]) == (_WHO, digest)
    for client in (reviewer, unread.editor):
        page = client.get(unread.url(f"papers/{LEASE}/")).content.decode()
        assert _WHO in page
    assert _WHO in _collect_caveats(unread)["originals_seen"]
    assert _WHO in reviewer.get(unread.url()).content.decode()


@pytest.mark.long
def test_a_reviewer_takes_home_what_they_saw_as_a_certificate(
    unread: Place, reviewer: Client
) -> None:
    address = unread.url("certificate/")
    assert reviewer.get(address).status_code == 404  # nothing was seen yet
    _see_all(reviewer, unread, _list_shown(reviewer, unread))

    page = reviewer.get(unread.url(f"papers/{LEASE}/")).content.decode()
    assert f"{address}?as=docx" in page
    assert reviewer.get(f"{address}?as=docx").content[:2] == b"PK"
    said = reviewer.get(f"{address}?as=txt").content.decode()

    assert said.startswith(f"原件核读说明\n\n{_WHO}核读了")
    assert f"下列{len(_list_confirmations(unread))}处" in said
    assert "《场地租赁合同》" in said
    assert "不鉴定真伪" in said
    assert "|" not in said
    assert unread.editor.get(address).status_code == 404


@pytest.mark.long
def test_one_value_is_ticked_and_taken_back_by_a_further_record(
    unread: Place, reviewer: Client
) -> None:
    address = unread.url(f"papers/{LEASE}/original/")
    name = _list_shown(reviewer, unread)[0]
    reviewer.post(address, {"name": [name]})
    assert [entry.what for entry in _list_confirmations(unread)] == [
        ConfirmationKind.ORIGINAL_SEEN
    ]
    reviewer.post(address, {"name": [name]})  # once more says nothing new
    assert len(_list_confirmations(unread)) == 1
    reviewer.post(address, {"undo": name})
    assert [entry.what for entry in _list_confirmations(unread)] == [
        ConfirmationKind.ORIGINAL_SEEN,
        ConfirmationKind.UNDO,
    ]
    assert ReadOutcome.READ not in _collect_outcomes(unread)
    assert "originals_seen" not in _collect_caveats(unread)
    # What a reviewer takes back, the applicant did not refuse.
    assert not find_rejected(open_case(unread.folder, catalogue()))


@pytest.mark.long
def test_another_file_takes_the_tick_away(unread: Place, reviewer: Client) -> None:
    _see_all(reviewer, unread, _list_shown(reviewer, unread))
    case = open_case(unread.folder, catalogue())
    paper = next(paper for paper in case.papers if paper.id == LEASE)
    (unread.folder / paper.file.path).write_text("又一页\n", encoding="utf-8")
    assert ReadOutcome.READ not in _collect_outcomes(unread)


@pytest.mark.long
@pytest.mark.parametrize("every", [True, False])
def test_nobody_vouches_for_what_was_changed_after_the_page_was_shown(
    unread: Place, reviewer: Client, *, every: bool
) -> None:
    shown = _list_shown(reviewer, unread)
    until = [value for value in shown if "|lease_until|" in value]
    file = unread.folder / "case.yaml"
    written = file.read_text("utf-8")
    later = written.replace("lease_until, value: 2028-", "lease_until, value: 2031-")
    assert later != written
    file.write_text(later, "utf-8")
    address = unread.url(f"papers/{LEASE}/original/")
    given = {"every": "1", "shown": shown} if every else {"name": until}
    answer = reviewer.post(address, given, follow=True)
    assert "请再看一遍" in answer.content.decode()
    assert not _list_confirmations(unread)


@pytest.mark.long
def test_a_member_who_reviews_may_and_nobody_else(unread: Place) -> None:
    member = unread.people[Role.REVIEWER]
    shown = _list_shown(member, unread)
    for role in (Role.OWNER, Role.EDITOR, Role.RESPONDENT):
        assert _see_all(unread.people[role], unread, shown) == 404
    assert not _list_confirmations(unread)
    assert (
        "核过原件"
        not in unread.editor.get(unread.url(f"papers/{LEASE}/")).content.decode()
    )
    assert _see_all(member, unread, shown) == 303
    assert {entry.by for entry in _list_confirmations(unread)} == {
        "reviewer@here.example"
    }
