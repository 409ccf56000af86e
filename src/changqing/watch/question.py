"""A test question that a person sent to the applicant's own channel, and its reply.

Nothing is sent from here. The slowest reply becomes evidence: `observed` when the page
that shows it was kept, else it is the person's word.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.day import beijing_day
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Record, Source, SourceKind
from changqing.evidence.observations import Observation, ObservationKind, Observations
from changqing.jsondata import Json
from changqing.law.kit import Grade
from changqing.plainfile import read_plain
from changqing.text import Text
from changqing.watch.journal import Watchbook, What
from changqing.watch.model import ChannelQuestion

REPLY_FACT: Final = "slowest_test_reply_hours"
_SOURCE: Final = "test_question"
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def send(
    case: Case, *, channel: str, by: str, text: str, sent_at: datetime, now: datetime
) -> str:
    """Record that a question was sent; gives its id. CaseError for a later moment."""
    if sent_at > now:
        raise _make_refusal(case, _LATER)
    with Watchbook(case.path) as book:
        name = f"q{len(book.compute_state().questions) + 1}"
        book.append(
            What.QUESTION,
            {
                "id": name,
                "channel": channel,
                "by": by,
                "text": text,
                "sent_at": sent_at.isoformat(),
            },
            at=now,
        )
    return name


def reply(
    case: Case,
    *,
    id: str | None,
    on: datetime,
    page: bytes | None,
    key: Path,
    now: datetime,
) -> ChannelQuestion:
    """Record the reply to a question, the only open one if none is named.

    The reply and then the evidence are written; asking again after a crash in between
    writes what is missing.
    """
    with Watchbook(case.path, memory=Memory.open_beside(key)) as book:
        questions = book.compute_state().questions
        waiting = [
            question for question in questions.values() if question.replied_at is None
        ]
        question = questions.get(id) if id is not None else None
        if id is None and len(waiting) == 1:
            question = waiting[0]
        if question is None:
            raise _make_refusal(case, _WHICH if waiting else _NONE)
        if question.replied_at is not None and question.replied_at != on:
            raise _make_refusal(case, _ALREADY)
        if not question.sent_at <= on <= now:
            raise _make_refusal(case, _ORDER)
        if question.replied_at is None:
            data: dict[str, Json] = {"id": question.id, "replied_at": on.isoformat()}
            if page is None:
                book.append(What.REPLY, data, at=now)
            else:
                import hashlib

                data["page"] = hashlib.sha256(page).hexdigest()
                book.append_with_page(What.REPLY, data, page, at=now)
        state = book.compute_state()
        answered = state.questions[question.id]
        _derive_slowest(case, book, list(state.questions.values()), key, now)
        _remember_reply(case, answered, key, now)
        return answered


def _derive_slowest(
    case: Case,
    book: Watchbook,
    questions: list[ChannelQuestion],
    key: Path,
    now: datetime,
) -> None:
    """The slowest reply within the validity of the fact, as one record."""
    fact = case.catalogue.facts[APPLICANT.type, REPLY_FACT]
    days = fact.validity.days
    answered = [
        (question.replied_at - question.sent_at, question.replied_at, question)
        for question in questions
        if question.replied_at is not None
        and (days is None or now - question.replied_at <= timedelta(days=days))
    ]
    if not answered:
        return
    spent, at, slowest = max(
        answered,
        key=lambda late_answer: (late_answer[0], late_answer[1], late_answer[2].id),
    )
    pages: tuple[bytes, ...] = ()
    if slowest.page is not None:
        pages = (read_plain(book.find_page_path(slowest.page), inside=case.path),)
    record = Record(
        fact=REPLY_FACT,
        subject=APPLICANT,
        value=-(-spent // _HOUR),
        source=Source(
            kind=SourceKind.DERIVED,
            name=_SOURCE,
            place=f"{slowest.channel} {slowest.id}",
        ),
        observer=slowest.by,
        grade=Grade.DECLARED if slowest.page is None else Grade.OBSERVED,
        digest=slowest.page,
        observed_at=at,
        received_at=now,
        valid_until=None if days is None else beijing_day(at) + timedelta(days=days),
        raw=f"{slowest.sent_at.isoformat()} → {at.isoformat()}",
    )
    with Store(case.path, load_key(key)) as store:
        mine = [
            record for record in store.list_records() if record.source.name == _SOURCE
        ]
        state = (record.value, record.digest, record.observed_at)
        if not mine or (mine[-1].value, mine[-1].digest, mine[-1].observed_at) != state:
            store.append((record,), blobs=pages)


def _remember_reply(
    case: Case, answered: ChannelQuestion, key: Path, now: datetime
) -> None:
    """Add the reply to the history of the case, once; without Polars there is none."""
    if answered.replied_at is None or find_spec("polars") is None:
        return
    row = Observation(
        subject=APPLICANT,
        kind=ObservationKind.REPLY,
        at=answered.replied_at,
        source=answered.channel,
        value=(answered.replied_at - answered.sent_at) // _MINUTE,
        detail=answered.id,
        digest=answered.page,
    )
    history = Observations(case.path)
    if row in history.read(kind=ObservationKind.REPLY):
        return
    with Store(case.path, load_key(key)) as store:
        history.append((row,), now=now, store=store)


def _make_refusal(case: Case, text: Text) -> CaseError:
    return CaseError(Issue(text=text, path=str(case.path)))


_LATER: Final = Text(
    zh="发出的时间在以后，请写已经发生的时间",
    en="it was sent later than now; write a time that has been",
)
_WHICH: Final = Text(
    zh="有几个问题在等答复，请用--question写明是哪一个",
    en="several questions wait for a reply; name one with --question",
)
_NONE: Final = Text(
    zh="没有这个等答复的问题，先用question send记下",
    en="no such question waits for a reply; record it with question send first",
)
_ALREADY: Final = Text(
    zh="这个问题已经记过答复", en="a reply to this question is on record already"
)
_ORDER: Final = Text(
    zh="答复的时间要在发出之后、现在之前",
    en="a reply comes after its question and before now",
)
