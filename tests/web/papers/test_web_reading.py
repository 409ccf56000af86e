"""The pages on which a person settles what was read in the papers of a case."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.html import escape
from PIL import Image

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.case import edit
from changqing.case.edit import FieldChange
from changqing.case.model import Case
from changqing.casework.personal import is_personal
from changqing.evidence.ledger.items import Confirmation, ConfirmationKind
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import Box, PaperPage, Reading, Span
from changqing.evidence.readings import KeptReadings, keep_readings
from changqing.judge.advice import SETTLE
from changqing.papers.open import open_case
from changqing.papers.open_settlements import list_unasked
from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    SettlementState,
    list_settlements,
)
from changqing.yamlfile.edit import At
from changqing_web.cases import find_key_path, open_case_memory
from changqing_web.index import catalogue
from changqing_web.jobs import do
from changqing_web.models import Job, PaperAccess
from changqing_web.papers.settling import CasePapers, load_papers
from tests.web.web_world import Place, reach

LEASE = "lease"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A case whose lease was read, and of which nothing was typed from it."""

    place: Place

    @property
    def case(self) -> Case:
        return open_case(self.place.folder, catalogue())

    def paper(self, name: str = LEASE) -> ReadPaper:
        """What a paper shows beside what the case says."""
        case, kept = self.case, KeptReadings(Evidence(self.place.folder))
        read = list_settlements(case, kept, on=timezone.localdate())
        return next(about for about in read if about.paper.id == name)

    def decide(self, name: str, what: str, **typed: str) -> str:
        """Send a decision about a value; where the page leads."""
        address = self.place.url(f"reading/{name.partition('/')[0]}/")
        answer = self.place.editor.post(address, {"name": name, "do": what, **typed})
        assert answer.status_code == 303, answer.content.decode()[:2000]
        return str(answer["Location"])

    def entry(self) -> dict[str, object]:
        """What the case file says of the lease."""
        found = edit.read(self.place.folder).find_value(("papers", LEASE))
        assert isinstance(found, dict)
        return found

    def confirmations(self) -> list[Confirmation]:
        """What people settled, as the log has it."""
        items = Evidence(self.place.folder).list_items()
        return [item for item in items if isinstance(item, Confirmation)]


def _forget_typed(place: Place, papers: Iterable[str]) -> None:
    """Take out of the case what was typed from some papers."""
    _take_out(
        place,
        [("papers", paper, name) for paper in papers for name in ("backs", "states")],
    )


def _take_out(place: Place, places: Iterable[At]) -> None:
    written = edit.read(place.folder)
    changes = [
        FieldChange(at=at, value=None, shown=written.find_value(at))
        for at in places
        if written.find_value(at) is not None
    ]
    edit.change(place.folder, changes, version=written.version, catalogue=catalogue())


@pytest.fixture
def desk(place: Place) -> Desk:
    """Forget what was typed from the lease, and read all papers."""
    reach(place, _read_all)
    return Desk(place=place)


def _read_all(place: Place) -> None:
    _forget_typed(place, [LEASE])
    assert place.editor.post(place.url("reading/")).status_code == 303
    for job in Job.objects.filter(kind="read", state=Job.State.WAITING):
        do(job.pk)


def test_an_errand_leads_to_what_waits(desk: Desk) -> None:
    page = desk.place.editor.get(desk.place.url("errands/")).content.decode()
    item = page.split(f'id="errand-{SETTLE}"')[1].split("</li>")[0]
    assert "场地租赁合同" in item
    assert f'href="{desk.place.url("reading/")}"' in item


def _find(desk: Desk, state: SettlementState) -> str:
    found = [
        settlement
        for settlement in desk.paper().settlements
        if settlement.state is state and settlement.subject.type != "paper"
    ]
    assert found, [str(settlement.state) for settlement in desk.paper().settlements]
    return found[0].name


def test_reading_keeps_every_paper_and_lists_what_is_left(desk: Desk) -> None:
    kept = KeptReadings(Evidence(desk.place.folder))
    assert {paper.file.digest for paper in desk.case.papers} <= set(kept)
    page = desk.place.editor.get(desk.place.url("reading/")).content.decode()
    assert "场地租赁合同" in page
    assert "待您确认" in page or "等您确认" in page


def test_a_value_taken_stands_in_the_case_and_in_the_log(desk: Desk) -> None:
    name = _find(desk, SettlementState.SURE)
    settlement = next(e for e in desk.paper().settlements if e.name == name)
    following = desk.decide(name, "accept")
    assert "backs" in desk.entry() or "states" in desk.entry()
    assert settlement.words in str(desk.entry())
    taken = {
        (confirmation.fact, confirmation.value)
        for confirmation in desk.confirmations()
        if confirmation.what is ConfirmationKind.ACCEPT
    }
    assert (settlement.fact.id, settlement.value) in taken
    assert following.startswith(desk.place.url("reading/"))
    after = next(e for e in desk.paper().settlements if e.name == name)
    assert after.state is SettlementState.SETTLED


def test_what_was_not_taken_is_not_asked_about_again(desk: Desk) -> None:
    name = _find(desk, SettlementState.SURE)
    desk.decide(name, "reject")
    page = desk.place.editor.get(desk.place.url(f"reading/{LEASE}/")).content.decode()
    waiting = page.partition("values")[2].partition("</ol>")[0]
    assert escape(name) not in waiting
    assert desk.entry().get("backs") is None


@pytest.mark.long
def test_what_was_taken_is_taken_back_by_a_further_record(desk: Desk) -> None:
    name = _find(desk, SettlementState.SURE)
    desk.decide(name, "accept")
    count = len(desk.confirmations())
    desk.decide(name, "undo")
    assert [confirmation.what for confirmation in desk.confirmations()][count:] == [
        ConfirmationKind.UNDO
    ]
    assert not desk.entry().get("backs")


@pytest.mark.long
def test_a_value_put_right_has_to_be_one(desk: Desk) -> None:
    names = [settlement.name for settlement in desk.paper().settlements]
    name = next(name for name in names if name.endswith(".lease_until"))
    address = desk.place.url(f"reading/{LEASE}/")
    for typed in ("", "明年"):
        sent = {"name": name, "do": "edit", _name_field(desk, name): typed}
        answer = desk.place.editor.post(address, sent)
        assert answer.status_code == 422, typed
        assert "wrong-why" in answer.content.decode()
    sent = {"name": name, "do": "edit", _name_field(desk, name): "2029-01-31"}
    assert desk.place.editor.post(address, sent).status_code == 303
    assert "2029-01-31" in str(desk.entry()["backs"])


def _name_field(desk: Desk, name: str) -> str:
    settlement = next(e for e in desk.paper().settlements if e.name == name)
    subject = settlement.subject
    return f"{subject.type}.{subject.id}.{settlement.fact.id}"


def test_only_what_checks_itself_and_was_shown_is_taken_together(desk: Desk) -> None:
    settlements = desk.paper().settlements
    unasked = {settlement.name for settlement in list_unasked([desk.paper()])}
    names = [settlement.name for settlement in settlements]
    desk.place.editor.post(desk.place.url("reading/sure/"), {"name": names})
    after = {
        settlement.name: settlement.state for settlement in desk.paper().settlements
    }
    by_name = {settlement.name: settlement for settlement in settlements}
    for settlement in settlements:
        taken = after[settlement.name] is SettlementState.SETTLED
        # What is stated by the words of a value goes with it.
        led = by_name.get(settlement.follows or "", settlement)
        assert taken == (
            led.in_bulk
            or led.name in unasked
            or settlement.state is SettlementState.SETTLED
        )


def _put_picture(place: Place, kind: str) -> tuple[str, str]:
    """Put a picture in the place of a paper: its id, and the digest of the file."""
    case = open_case(place.folder, catalogue())
    paper = next(paper for paper in case.papers if paper.kind == kind)
    made = io.BytesIO()
    Image.new("RGB", (400, 200), "white").save(made, "PNG")
    (place.folder / "documents" / "card.png").write_bytes(made.getvalue())
    written = edit.read(place.folder)
    at = ("papers", paper.id, "file")
    change = FieldChange(
        at=at, value="documents/card.png", shown=written.find_value(at)
    )
    edit.change(place.folder, [change], version=written.version, catalogue=catalogue())
    return paper.id, sha256(made.getvalue()).hexdigest()


def _read_card(place: Place, *more: Span) -> str:
    """Put a picture in the place of a paper about a person, with a reading of it."""
    paper, digest = _put_picture(place, "legal_rep_id")
    box = Box(left=1000, top=1000, right=5000, bottom=2000)
    page = PaperPage(
        number=1,
        width=200,
        height=400,
        spans=(Span(text="姓名 程初夏", box=box, confidence=99), *more),
        turned=90,
    )
    reading = Reading(paper=digest, reader="ocr", version="1", pages=(page,))
    with Store(place.folder, load_key(find_key_path())) as store:
        keep_readings(store, [reading], timezone.now())
    return paper


def test_nothing_is_taken_of_a_picture_that_is_masked(place: Place) -> None:
    below = Box(left=1000, top=3000, right=7000, bottom=4000)
    term = Span(text="有效期限 2018.03.18-2038.03.18", box=below, confidence=99)
    address = place.url(f"reading/{_read_card(place, term)}/")
    masked = place.editor.get(address)
    (name, *_) = (row.settlement.name for row in masked.context["rows"] if row.may_take)
    page = masked.content.decode()
    assert 'value="accept"' not in page
    assert 'value="edit"' not in page
    assert 'value="reject"' in page
    before = (place.folder / "case.yaml").read_bytes()
    sent = {"do": "accept", "name": name}
    answer = place.editor.post(address, sent, follow=True)
    assert "先查看原件，看过再采用" in answer.content.decode()
    assert (place.folder / "case.yaml").read_bytes() == before
    shown = place.editor.get(f"{address}?show=1&at={name}").content.decode()
    assert 'value="accept"' in shown
    place.editor.post(address, {**sent, "show": "1"})
    assert (place.folder / "case.yaml").read_bytes() != before


def test_a_page_is_shown_as_upright_as_it_was_read(place: Place) -> None:
    paper = _read_card(place)
    answer = place.editor.get(place.url(f"reading/{paper}/page-1.png"))
    assert answer.status_code == 200
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert drawn.size == (200, 400)
    missing = place.editor.get(place.url(f"reading/{paper}/page-2.png"))
    assert missing.status_code == 404


def test_a_paper_about_a_person_is_masked_and_every_look_recorded(place: Place) -> None:
    paper = _read_card(place)
    address = place.url(f"reading/{paper}/")
    page = place.editor.get(address).content.decode()
    assert "page-1.png" not in page
    assert "程初夏" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
    before = PaperAccess.objects.count()
    shown = place.editor.get(f"{address}?show=1").content.decode()
    assert "page-1.png" in shown
    place.editor.get(f"{address}page-1.png")
    assert PaperAccess.objects.count() == before + 1


def test_an_unread_paper_leads_to_the_list(place: Place) -> None:
    paper, _ = _put_picture(place, LEASE)
    answer = place.editor.get(place.url(f"reading/{paper}/"))
    assert answer.status_code == 303
    assert answer["Location"] == place.url("reading/")
    page = place.editor.get(place.url("reading/")).content.decode()
    assert "未读取" in page


@pytest.mark.long
def test_a_code_offers_the_issuers_page_and_takes_the_one_that_was_saved(
    place: Place,
) -> None:
    shown = place.editor.get(place.url("reading/")).content.decode()
    assert "核验社保证明的验证码" in shown
    assert "xy-0000-example" in shown
    address = place.url("issuer/social_insurance/")

    def send(content: bytes) -> str:
        page = SimpleUploadedFile("核验.html", content, "text/html")
        sent = place.editor.post(address, {"page": page}, follow=True)
        assert sent.status_code == 200
        return sent.content.decode()

    assert "保存的页面说的不是这份材料" in send("<p>验证码：ZZ-99".encode())
    case = open_case(place.folder, catalogue())
    (paper,) = (paper for paper in case.papers if paper.id == "social_insurance")
    assert paper.issuer_checked is not None
    assert paper.issuer_checked.page is not None
    content = b"<p>" + "验证码：XY-0000-EXAMPLE 查询成功".encode()
    assert "出具方的页面没有写所填的内容" in send(content)
    assert "读不出文字" in send(b"\x89PNG\r\n\x1a\n\x00\x00")
    nothing = place.editor.post(address, {}, follow=True).content.decode()
    assert "请选保存下来的核验页面" in nothing


def _replace_log(desk: Desk) -> None:
    """Let another log stand where this installation saw one, as after a copy back."""
    folder = desk.place.folder
    memory = open_case_memory()
    seen = memory.recall(folder)
    assert seen is not None
    memory.replace(folder, replace(seen, size=seen.size + 3))


@pytest.mark.long
@pytest.mark.parametrize("what", ["accept", "undo"])
def test_what_the_log_refuses_is_not_written_to_the_case(desk: Desk, what: str) -> None:
    name = _find(desk, SettlementState.SURE)
    if what == "undo":
        desk.decide(name, "accept")
    _replace_log(desk)
    file = desk.place.folder / "case.yaml"
    before, logged = file.read_bytes(), desk.confirmations()
    where = desk.decide(name, what)
    assert file.read_bytes() == before
    assert desk.confirmations() == logged
    assert "证据" in desk.place.editor.get(where).content.decode()


def test_what_cannot_be_logged_is_put_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up between the case file and the log."""
    name = _find(desk, SettlementState.SURE)
    file = desk.place.folder / "case.yaml"
    before = file.read_bytes()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "_append", refuse)
        desk.decide(name, "accept")
    assert file.read_bytes() == before
    desk.decide(name, "accept")
    assert file.read_bytes() != before


def test_what_is_said_is_not_written_where_the_log_was_replaced(desk: Desk) -> None:
    file = desk.place.folder / "case.yaml"
    place, before = desk.place, file.read_bytes()
    place.editor.get(place.url())  # its report is kept, and is read again below
    _replace_log(desk)
    asked = {"version": edit.read(place.folder).version, "step": "say"}
    answer = place.editor.post(place.url("without/absent/lease/"), asked)
    assert answer.status_code == 303
    assert file.read_bytes() == before
    assert [str(told) for told in get_messages(answer.wsgi_request)]


def _open_papers(desk: Desk) -> CasePapers:
    place = desk.place
    here = place.here
    return load_papers(here)


def _find_plain(desk: Desk) -> tuple[ReadPaper, list[str]]:
    """A paper with several values on a page that one look takes together."""
    _forget_typed(desk.place, [paper.id for paper in desk.case.papers])
    papers = _open_papers(desk)
    return next(
        (about, [settlement.name for settlement in look])
        for about in papers.read
        for look in papers.list_looks(about)
        if look[0].is_plain and len(look) > 1
    )


@pytest.mark.long
def test_the_plain_values_of_a_page_are_taken_with_one_look(desk: Desk) -> None:
    about, plain = _find_plain(desk)
    name = about.paper.id
    address = desk.place.url(f"reading/{name}/")
    page = desk.place.editor.get(f"{address}?at={plain[0]}&show=1").content.decode()
    assert page.count('name="together"') == len(plain)
    before = {
        settlement.name: settlement.state
        for settlement in about.settlements
        if settlement.key
    }
    # Only what is ticked is taken, and no key point however it is named.
    sent = {"do": "page", "show": "1", "together": [*plain[1:], *before]}
    assert desk.place.editor.post(address, sent).status_code == 303
    after = {
        settlement.name: settlement.state for settlement in desk.paper(name).settlements
    }
    assert all(after[name] is SettlementState.SETTLED for name in plain[1:])
    assert after[plain[0]] is SettlementState.NEW
    assert {name: after[name] for name in before} == before


def test_nobody_takes_a_page_that_is_masked(desk: Desk) -> None:
    _forget_typed(desk.place, [paper.id for paper in desk.case.papers])
    papers = _open_papers(desk)
    about, together = next(
        (about, look)
        for about in papers.read
        if is_personal(catalogue(), about.paper.kind)
        for look in papers.list_looks(about)
        if look[0].is_plain and len(look) > 1
    )
    address = desk.place.url(f"reading/{about.paper.id}/")
    masked = desk.place.editor.get(address).content.decode()
    assert 'name="together"' not in masked
    assert f"{len(together)}个值可以看一遍一起采用" in masked
    shown = desk.place.editor.get(f"{address}?show=1").content.decode()
    assert shown.count('name="together"') >= len(together)
    sent = {"do": "page", "together": [settlement.name for settlement in together]}
    assert desk.place.editor.post(address, sent).status_code == 404
    assert not desk.confirmations()


@pytest.mark.long
def test_a_page_that_changed_meanwhile_takes_nothing(desk: Desk) -> None:
    about, plain = _find_plain(desk)
    address = desk.place.url(f"reading/{about.paper.id}/")
    sent = {"do": "page", "show": "1", "together": plain}
    assert desk.place.editor.post(address, sent).status_code == 303
    count = len(desk.confirmations())
    again = desk.place.editor.post(address, sent, follow=True)
    assert "已有变动" in again.content.decode()
    assert len(desk.confirmations()) == count


@pytest.mark.long
def test_after_the_last_value_of_a_paper_comes_the_next_paper(desk: Desk) -> None:
    papers = _open_papers(desk)
    others = [e.paper.id for e, _ in papers.list_waiting() if e.paper.id != LEASE]
    assert others
    about = papers.find(LEASE)
    following = ""
    while left := _open_papers(desk).list_left(about):
        following = desk.decide(left[0].name, "reject")
    assert any(
        f"/reading/{following_paper}/" in following for following_paper in others
    )


def test_the_overview_says_how_many_values_wait(desk: Desk) -> None:
    count = _open_papers(desk).count_waiting()
    page = desk.place.editor.get(desk.place.url("")).content.decode()
    assert f"从材料里读到的{count}个值等您确认" in page
    listed = desk.place.editor.get(desk.place.url("reading/")).content.decode()
    assert "一份一份确认" in listed


def squeeze(page: str) -> str:
    """The source of a page, its white space made single."""
    return re.sub(r"\s+", " ", page)


def _find_member(desk: Desk) -> tuple[ReadPaper, list[Settlement]]:
    """A paper that says several things about one person, on whom something depends."""
    _forget_typed(desk.place, [paper.id for paper in desk.case.papers])
    said = ("full_time", "employer_is_applicant")
    _take_out(desk.place, [("people", "meng", fact) for fact in said])
    papers = _open_papers(desk)
    return next(
        (about, look)
        for about in papers.read
        for look in papers.list_looks(about)
        if look[0].is_of_member and len(look) > 1
    )


@pytest.mark.long
def test_what_a_page_says_of_one_person_is_taken_with_one_look(desk: Desk) -> None:
    about, look = _find_member(desk)
    address = desk.place.url(f"reading/{about.paper.id}/")
    at = look[0].name
    page = desk.place.editor.get(f"{address}?at={at}&show=1").content.decode()
    assert all(
        f'value="{settlement.name}" checked' in squeeze(page) for settlement in look
    )
    alone = desk.place.editor.get(f"{address}?at={at}&alone=1").content.decode()
    assert 'value="accept"' in alone
    assert 'value="accept"' not in page
    sent = {"do": "page", "show": "1", "together": [look[0].name]}
    assert desk.place.editor.post(address, sent).status_code == 303
    after = {
        settlement.name: settlement.state
        for settlement in desk.paper(about.paper.id).settlements
    }
    assert after[look[0].name] is SettlementState.SETTLED
    assert after[look[1].name] is SettlementState.NEW


def test_key_points_of_a_masked_page_are_taken_singly(desk: Desk) -> None:
    about, look = _find_member(desk)
    assert is_personal(catalogue(), about.paper.kind)
    address = desk.place.url(f"reading/{about.paper.id}/")
    masked = desk.place.editor.get(f"{address}?at={look[0].name}").content.decode()
    assert 'name="together"' not in masked
    assert 'value="accept"' in masked
    sent = {"do": "page", "together": [settlement.name for settlement in look]}
    assert desk.place.editor.post(address, sent).status_code == 404
    assert not desk.confirmations()


@pytest.mark.long
def test_what_documents_alone_print_is_offered_apart(desk: Desk) -> None:
    _forget_typed(desk.place, [paper.id for paper in desk.case.papers])
    papers = _open_papers(desk)
    unasked = [
        settlement for about in papers.read for settlement in papers.list_unasked(about)
    ]
    left = [
        settlement for about in papers.read for settlement in papers.list_left(about)
    ]
    assert unasked
    assert not {settlement.name for settlement in unasked} & {
        settlement.name for settlement in left
    }
    page = desk.place.editor.get(desk.place.url("reading/")).content.decode()
    assert f'value="{unasked[0].name}" checked' in squeeze(page)
    sent = {"name": [settlement.name for settlement in unasked]}
    answer = desk.place.editor.post(desk.place.url("reading/sure/"), sent)
    assert answer.status_code == 303
    again = _open_papers(desk)
    assert not [
        settlement for about in again.read for settlement in again.list_unasked(about)
    ]
