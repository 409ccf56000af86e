"""The days typed beside events, held against the papers that came with them.

A notice, a licence or a receipt proves a day where the day was read in it, as any paper
does. A day that the paper gives otherwise is a conflict; one that nobody found, or of a
paper that nobody read, is not checked and proves nothing. On which day something came
is the word of whoever received it, unless the paper says it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Required, TypedDict

from changqing.case.comparison import UNREAD, Comparison, ReadOutcome
from changqing.case.model import Case, Paper, Statement
from changqing.case.subjects import APPLICANT
from changqing.casework.events import Act, Event, EventData, Journal
from changqing.casework.notice import NoticeText, find_due_day, read_notice
from changqing.errors import ChangqingError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.paper_records import grade_of_paper
from changqing.evidence.paper_text import PaperText, join_boxes
from changqing.evidence.parse import find_days
from changqing.evidence.plain_text import read_plain_text
from changqing.evidence.reading import Reading
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.jsondata import Json
from changqing.law.kit import Grade
from changqing.papers.compare.compare_value import compare_value
from changqing.papers.compare.sought import SoughtValue, list_case_names
from changqing.plainfile import read_plain
from changqing.text import Text, WordedEnum

_HANDED_IN_ON: Final = (
    *("提交日期", "提交时间", "递交日期", "递交时间", "收件日期", "收件时间"),
    *("接收日期", "接收时间", "报送日期", "报送时间", "申报日期", "申请日期"),
)
"""How receipts call the day on which something was handed in."""
_ENDS_LICENCE: Final = frozenset({Act.LICENCE, Act.GRANT})
_LICENCE_END: Final = "licence_valid_until"
_MOST_WORDS: Final = 200


class TypedDay(WordedEnum):
    """Which day of an event was typed."""

    ON = "on", Text("日期", "day")
    UNTIL = "until", Text("截止日期", "last day")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCheck:
    """A day typed beside an event, and what its paper says of it.

    `grade` is what the day is proven by; `paper` None where the notice itself is kept
    beside the events.
    """

    event: int
    day: TypedDay
    value: date
    found: Comparison
    grade: Grade
    paper: Paper | None

    @property
    def is_read(self) -> bool:
        """Whether the day was read in the paper."""
        return self.found.outcome is ReadOutcome.READ

    @property
    def is_denied(self) -> bool:
        """Whether the paper gives another day."""
        return self.found.outcome is ReadOutcome.DENIED

    def say(self) -> Text:
        """Say what the day is proven by, or why it is not."""
        words = f"“{self.found.words}”" if self.found.words else ""
        if self.is_denied and self.found.stands is not None:
            return Text(
                zh=f"与材料不符：材料上是{self.found.stands}{words}",
                en=f"the paper says otherwise: {self.found.stands} {words}".rstrip(),
            )
        grade = self.grade.text
        if self.is_read:
            return Text(
                zh=f"{grade.zh}，已在材料上读到{words}",
                en=f"{grade.en}, read in the paper {words}".rstrip(),
            )
        why = self.found.why or self.found.outcome.text
        return Text(zh=f"{grade.zh}：{why.zh}", en=f"{grade.en}: {why.en}")


class EventCheckData(TypedDict, total=False):
    """A day that was typed, beside its paper; what is not known is left out."""

    event: Required[int]
    day: Required[str]
    value: Required[str]
    outcome: Required[str]
    grade: Required[str]
    paper: str
    page: int
    words: str
    stands: str


class ListedEvent(EventData, total=False):
    """An event, by which one it was undone, and its days beside its papers."""

    undone_by: int
    checks: Sequence[EventCheckData]


def encode_check(check: EventCheck) -> dict[str, Json]:
    """Encode a check as plain JSON; what is not known is left out."""
    stands = check.found.stands
    data: dict[str, Json] = {
        "event": check.event,
        "day": check.day.value,
        "value": check.value.isoformat(),
        "outcome": check.found.outcome.value,
        "grade": check.grade.code,
        "paper": None if check.paper is None else check.paper.id,
        "page": check.found.page,
        "words": check.found.words,
        "stands": None if stands is None else str(stands),
    }
    return {name: value for name, value in data.items() if value is not None}


def find_licence_check(
    events: Sequence[Event], checks: Sequence[EventCheck]
) -> EventCheck | None:
    """Find what the last day of the newest licence that was recorded is proven by."""
    licences = [event.number for event in events if event.act is Act.LICENCE]
    for check in checks:
        if licences and (check.event, check.day) == (licences[-1], TypedDay.UNTIL):
            return check
    return None


def check_events(case: Case, events: Sequence[Event]) -> tuple[EventCheck, ...]:
    """Hold the days of events against the papers and notices that came with them.

    Reads what is kept, and text as it stands; a paper that nobody read stays unread.
    Raises TamperError where a reading is not what was recorded.
    """
    papers = {paper.id: paper for paper in case.papers}
    if not any(event.paper in papers or event.digest for event in events):
        return ()
    readings = KeptReadings(Evidence(case.path))
    return tuple(
        check
        for event in events
        for check in _check_event(case, event, papers, readings)
    )


def _check_event(
    case: Case, event: Event, papers: Mapping[str, Paper], readings: KeptReadings
) -> Iterator[EventCheck]:
    paper = papers.get(event.paper or "")
    typed = False
    if paper is not None:
        text = _load_text(case, paper, readings)
        grade = grade_of_paper(case.catalogue, paper.kind)
    elif event.digest is not None:
        text, typed = _load_notice(case, event.digest)
        grade = Grade.DOCUMENTED
    else:
        return
    for day, value in _list_days(event):
        comparison = (
            UNREAD if text is None else _compare_day(case, event, day, text, paper)
        )
        is_read = comparison.outcome is ReadOutcome.READ and not typed
        yield EventCheck(
            event=event.number,
            day=day,
            value=value,
            found=comparison,
            grade=grade if is_read else Grade.TRANSCRIBED,
            paper=paper,
        )


def _list_days(event: Event) -> Iterator[tuple[TypedDay, date]]:
    if event.act not in (Act.LINE, Act.BEGIN, Act.WITHDRAW):
        yield TypedDay.ON, event.on
    if event.until is not None:
        yield TypedDay.UNTIL, event.until


def _load_text(case: Case, paper: Paper, readings: KeptReadings) -> PaperText | None:
    reading = readings.get(paper.file.digest)
    if reading is None:
        reading = read_as_text(case, paper)
    return None if reading is None else PaperText(reading)


def _load_notice(case: Case, digest: str) -> tuple[PaperText | None, bool]:
    """The words of a notice as it was received, and whether they are plain text.

    Plain text may have been typed by whoever recorded it: it proves nothing.
    """
    path = Journal(case.path).find_notice_path(digest)
    try:
        content = read_plain(path, inside=case.path)
    except OSError:
        return None, False
    if hashlib.sha256(content).hexdigest() != digest:
        return None, False
    notice = _read_notice(content)
    if notice is None:
        return None, False
    pages = tuple(read_plain_text(notice.words))
    reading = Reading(paper=digest, reader="text", version="1", pages=pages)
    return PaperText(reading), notice.is_plain


@lru_cache(maxsize=64)
def _read_notice(content: bytes) -> NoticeText | None:
    try:
        return read_notice(content, name="")
    except ChangqingError:
        return None


def _compare_day(
    case: Case, event: Event, day: TypedDay, text: PaperText, paper: Paper | None
) -> Comparison:
    if text.is_empty:
        return Comparison(outcome=ReadOutcome.UNREADABLE, why=_UNREADABLE)
    if day is TypedDay.ON:
        return _compare_on(event, text)
    if event.act in _ENDS_LICENCE:
        return _compare_licence_end(case, event, text, paper)
    return _compare_due(event, text)


def _compare_on(event: Event, text: PaperText) -> Comparison:
    """Look for the day itself.

    Where a receipt says by name when something was handed in, no other day on it, such
    as that of printing, is the day of handing in.
    """
    if event.act is Act.SUBMIT and (labelled := _find_labelled_days(text)):
        if event.on in labelled:
            return _compare_quote(ReadOutcome.READ, text, labelled[event.on])
        return _deny_by_only(labelled, text, otherwise=_NO_SUCH_DAY)
    for at, line in enumerate(text.lines):
        if any(day.value == event.on for day in find_days(line.bare)):
            return _compare_quote(ReadOutcome.READ, text, at)
    return Comparison(outcome=ReadOutcome.NOT_FOUND, why=_NO_SUCH_DAY)


def _find_labelled_days(text: PaperText) -> dict[date, int]:
    """Find the days that a receipt calls the day of handing in, and their lines."""
    return {
        day.value: at
        for at, line in enumerate(text.lines)
        for day in find_days(_find_text_after(line.bare, _HANDED_IN_ON))[:1]
    }


def _deny_by_only(
    days: Mapping[date, int], text: PaperText, *, otherwise: Text
) -> Comparison:
    """Deny a day by the only other one that stands in its place and is read surely."""
    if len(days) == 1:
        ((stands, at),) = days.items()
        if all(part.is_sure for part in text.lines[at].parts):
            return _compare_quote(ReadOutcome.DENIED, text, at, stands=stands)
    return Comparison(outcome=ReadOutcome.NOT_FOUND, why=otherwise)


def _find_text_after(words: str, labels: Sequence[str]) -> str:
    """What follows the first of some labels on a line; nothing without one."""
    for label in labels:
        _, label_found, following = words.partition(label)
        if label_found:
            return following
    return ""


def _compare_licence_end(
    case: Case, event: Event, text: PaperText, paper: Paper | None
) -> Comparison:
    statement = Statement(
        subject=APPLICANT, fact=_LICENCE_END, value=event.until, raw=None, place=""
    )
    kind = "" if paper is None else paper.kind
    return compare_value(
        SoughtValue(
            said=statement,
            fact=case.catalogue.facts[APPLICANT.type, _LICENCE_END],
            material=case.catalogue.materials.get(kind),
            text=text,
            names=list_case_names(case),
        )
    )


def _compare_due(event: Event, text: PaperText) -> Comparison:
    """Hold the day that a notice sets, by name or so many days after it came.

    A notice may set several, as for what is asked and for going against it: which of
    them is meant nobody can tell, and nothing is denied.
    """
    places_by_day: dict[date, int] = {}
    provisional = False
    for at, line in enumerate(text.lines):
        due = find_due_day(line.bare, event.on)
        if due is None:
            continue
        if due.day == event.until:
            return _compare_quote(ReadOutcome.READ, text, at)
        provisional = provisional or due.provisional
        places_by_day.setdefault(due.day, at)
    # Holidays may move a provisional day: nothing is denied by that.
    only = {} if provisional else places_by_day
    return _deny_by_only(only, text, otherwise=_NO_DUE_DAY)


def _compare_quote(
    outcome: ReadOutcome, text: PaperText, at: int, *, stands: date | None = None
) -> Comparison:
    line = text.lines[at]
    boxes = [part.span.box for part in line.parts if part.span.box is not None]
    around = join_boxes(boxes)
    return Comparison(
        outcome=outcome,
        page=line.page,
        box=None
        if around is None
        else (around.left, around.top, around.right, around.bottom),
        words=line.words[:_MOST_WORDS],
        stands=stands,
    )


_UNREADABLE: Final = Text(zh="材料读不出", en="the paper cannot be read")
_NO_SUCH_DAY: Final = Text(
    zh="材料上没有读到这一天，是记的人自己的话",
    en="the paper was not found to say this day: the recorder’s own word",
)
_NO_DUE_DAY: Final = Text(
    zh="通知上没有读到这个期限", en="the notice was not found to set this day"
)
