"""A reviewer's page: who shared, what papers say, their own marks, and a notice."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from changqing.casework.review import ReviewJournal, ReviewMark, select_current
from changqing.papers.open import open_case
from changqing.papers.read import read_papers
from changqing_web.cases import find_key_path, load_report
from changqing_web.facts.said import log_what_is_said
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Link, Role
from tests.sealing.drawn_case import set_as_pdf
from tests.web.web_world import Place, make_place

_POINT = "technician_full_time"


def _make_review_link(place: Place, label: str, **more: object) -> tuple[Link, Client]:
    link, secret = Link.make(
        Link.Purpose.REVIEW,
        expires_at=timezone.now() + timedelta(days=7),
        workspace=place.workspace,
        case=place.case,
        label=label,
        **more,
    )
    client = Client()
    client.get(f"/review/{secret}/")
    return link, client


@pytest.fixture
def reviewer(place: Place) -> Client:
    """Somebody who followed a review link to the case."""
    return _make_review_link(place, "市局窗口", made_by="owner@here.example")[1]


def _find_was(client: Client, place: Place, point: str) -> str:
    """Which entry of a point the page shows, as its form sends it back."""
    page = client.get(place.url("review/")).content.decode()
    found = re.search(rf'name="was:{point}"\s+value="(\d+)"', page)
    assert found is not None
    return found[1]


def _mark(
    client: Client, place: Place, mark: str, words: str = "", was: str | None = None
) -> int:
    sent = {
        f"mark:{_POINT}": mark,
        f"words:{_POINT}": words,
        f"was:{_POINT}": _find_was(client, place, _POINT) if was is None else was,
    }
    return client.post(place.url("review/"), sent).status_code


def _get_text(client: Client, address: str) -> str:
    return html.unescape(client.get(address).content.decode())


def test_a_reviewer_is_told_who_shares_until_when_and_that_it_is_read_only(
    place: Place,
) -> None:
    link, client = _make_review_link(place, "市局窗口", made_by="owner@here.example")
    until = timezone.localtime(link.expires_at).strftime("%Y-%m-%d %H:%M")
    for page in ("", "findings/", "review/", "review/dossier/"):
        found = _get_text(client, place.url(page))
        for told in (place.workspace.name, "owner@here.example", "市局窗口", until):
            assert told in found, (page, told)
        assert "只读" in found
    assert "read only" in client.get(place.url("?lang=en")).content.decode()
    assert "只读" not in _get_text(place.editor, place.url())


def test_the_dossier_the_law_and_the_originals_are_open_to_a_reviewer(
    place: Place, reviewer: Client
) -> None:
    listed = _get_text(reviewer, place.url("review/dossier/"))
    address = re.search(r'href="([^"]*review/dossier/emergency/)"', listed)
    assert address is not None
    page = _get_text(reviewer, address[1])
    assert "应急预案" in page
    assert "<form" not in page.split("<main")[1]
    sheet = _get_text(reviewer, place.url("review/"))
    law = re.search(r'href="(/guide/criteria/[^"]+)"', sheet)
    assert law is not None
    assert reviewer.get(law[1]).status_code == 200
    assert reviewer.get("/guide/law/").status_code == 200
    assert Client().get("/guide/law/").status_code == 302
    original = reviewer.get(place.url("papers/lease/file"))
    original.close()
    assert original.status_code == 200


def test_an_owner_shares_a_case_from_its_own_page(place: Place) -> None:
    owner = place.people[Role.OWNER]
    page = _get_text(owner, place.url())
    way = re.search(r'href="([^"]+)#review-case"', page)
    assert way is not None
    form = _get_text(owner, way[1]).split('id="review-case"')[1]
    assert f'value="{place.case.folder}"' in form.split(">")[0]
    assert "#review-case" not in _get_text(place.editor, place.url())


def test_the_law_closes_with_the_link(place: Place) -> None:
    link, client = _make_review_link(place, "")
    assert client.get("/guide/law/").status_code == 200
    link.withdrawn_at = timezone.now()
    link.save()
    assert client.get("/guide/law/").status_code == 302
    assert client.get(place.url("review/")).status_code == 404


def test_a_document_shows_no_whole_personal_number(
    place: Place, reviewer: Client
) -> None:
    file = place.folder / "case.yaml"
    phone = "13912345678"
    text = file.read_text("utf-8")
    said = text.replace("applicant:\n", f'applicant:\n  contact_phone: "{phone}"\n', 1)
    file.write_text(said, "utf-8")
    listed = _get_text(reviewer, place.url("review/dossier/"))
    documents = re.findall(r'href="([^"]*review/dossier/[^"/]+/)"', listed)
    assert documents
    pages = "".join(_get_text(reviewer, address) for address in documents)
    assert phone not in pages
    assert "139****5678" in pages


def test_marks_are_kept_under_the_name_of_the_reviewer_and_change_no_verdict(
    place: Place, reviewer: Client
) -> None:
    here = place.here
    before = load_report(here)
    assert _mark(reviewer, place, "supplement", "合同写明\n非专职") == 303
    page = _get_text(reviewer, place.url("review/"))
    assert 'value="合同写明 非专职"' in page
    (kept,) = ReviewJournal(place.folder).list_remarks()
    assert (kept.by, kept.mark) == ("市局窗口", ReviewMark.SUPPLEMENT)
    assert load_report(here).findings == before.findings
    told = CaseEvent.objects.get(verb="review")
    assert (told.actor, told.detail["points"]) == ("市局窗口", [_POINT])
    # Whoever keeps the case reads it, and cannot write it.
    seen = _get_text(place.editor, place.url("review/"))
    assert "合同写明 非专职" in seen
    assert "市局窗口" in seen
    assert place.editor.post(place.url("review/"), {}).status_code == 404
    assert place.url("review/") in _get_text(place.editor, place.url())


def test_reviewers_do_not_see_each_other(place: Place, reviewer: Client) -> None:
    _mark(reviewer, place, "doubt", "只给自己看")
    _, other = _make_review_link(place, "另一位")
    member = place.people[Role.REVIEWER]
    for client in (other, member):
        assert "只给自己看" not in _get_text(client, place.url("review/"))
        _mark(client, place, "fine")
    current = select_current(ReviewJournal(place.folder).list_remarks())
    assert len(current) == 3
    assert "只给自己看" in _get_text(reviewer, place.url("review/"))


def test_a_mark_can_be_taken_back_and_stays_in_the_file(
    place: Place, reviewer: Client
) -> None:
    _mark(reviewer, place, "doubt", "看错了")
    assert _mark(reviewer, place, "") == 303
    remarks = ReviewJournal(place.folder).list_remarks()
    assert [remark.mark for remark in remarks] == [ReviewMark.DOUBT, None]
    assert "看错了" not in _get_text(reviewer, place.url("review/"))


def test_a_page_left_open_undoes_nothing(place: Place, reviewer: Client) -> None:
    stale = _find_was(reviewer, place, _POINT)
    _mark(reviewer, place, "doubt", "新的")
    _mark(reviewer, place, "", was=stale)  # as the old page showed it, untouched
    (kept,) = ReviewJournal(place.folder).list_remarks()
    assert kept.words == "新的"


def test_words_without_a_mark_are_asked_about_and_not_lost(
    place: Place, reviewer: Client
) -> None:
    sent = {f"mark:{_POINT}": "", f"words:{_POINT}": "忘了选"}
    answer = reviewer.post(place.url("review/"), sent)
    assert answer.status_code == 422
    assert 'value="忘了选"' in answer.content.decode()
    assert ReviewJournal(place.folder).list_remarks() == ()


def test_nothing_but_points_of_the_sheet_is_marked(
    place: Place, reviewer: Client
) -> None:
    sent = {"mark:no_such_point": "doubt", "mark:../../x": "fine"}
    assert reviewer.post(place.url("review/"), sent).status_code == 303
    wrong = {f"mark:{_POINT}": "perfect"}
    assert reviewer.post(place.url("review/"), wrong).status_code == 303
    assert ReviewJournal(place.folder).list_remarks() == ()


def test_a_notice_of_correction_is_taken_home(place: Place, reviewer: Client) -> None:
    address = place.url("review/notice/")
    assert reviewer.get(address).status_code == 404  # nothing is asked for yet
    _mark(reviewer, place, "supplement", "合同写明非专职")
    assert f"{address}?as=docx" in _get_text(reviewer, place.url("review/"))
    text = reviewer.get(f"{address}?as=txt").content.decode()
    assert "合同写明非专职" in text
    assert reviewer.get(f"{address}?as=docx").content[:2] == b"PK"
    assert reviewer.get(f"{address}?as=pdf").content[:5] == b"%PDF-"
    assert reviewer.get(f"{address}?as=exe").status_code == 404
    _, other = _make_review_link(place, "另一位")
    assert other.get(address).status_code == 404


def test_another_case_is_closed_to_the_link(place: Place, reviewer: Client) -> None:
    other = make_place("there")
    for page in ("review/", "review/dossier/", "review/notice/"):
        assert reviewer.get(other.url(page)).status_code == 404
    assert reviewer.post(other.url("review/"), {}).status_code == 404


def _read_as_pdf(place: Place, paper: str) -> None:
    """Let a paper of the case be a PDF that was read."""
    case = open_case(place.folder, catalogue())
    found = next(listed for listed in case.papers if listed.id == paper)
    old = place.folder / found.file.path
    new = Path(found.file.path).with_suffix(".pdf").as_posix()
    (place.folder / new).write_bytes(set_as_pdf(old.read_text("utf-8")))
    old.unlink()
    file = place.folder / "case.yaml"
    file.write_text(file.read_text("utf-8").replace(found.file.path, new), "utf-8")
    read_papers(
        open_case(place.folder, catalogue()),
        key=find_key_path(),
        clock=timezone.now,
        progress=lambda *_: None,
    )
    log_what_is_said(place.here)


@pytest.mark.parametrize(
    ("paper", "shown"), [("lease", True), ("labour_contract", False)]
)
def test_a_point_shows_the_place_in_the_paper_unless_that_is_about_a_person(
    place: Place, reviewer: Client, paper: str, shown: bool
) -> None:
    _read_as_pdf(place, paper)
    page = _get_text(reviewer, place.url("review/"))
    crops = re.findall(r'src="([^"]*place-\d+\.jpg)"', page)
    assert bool(crops) is shown
    for address in crops:
        picture = reviewer.get(address)
        assert Image.open(io.BytesIO(picture.content)).format == "JPEG"
        assert "sandbox" in picture["Content-Security-Policy"]
        assert Client().get(address).status_code == 302
    assert reviewer.get(place.url("review/place-999999.jpg")).status_code == 404
