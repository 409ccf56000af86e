"""Whether a service can be reached, judged over several attempts and several hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from changqing.case.subjects import Subject
from changqing.day import beijing_day, find_last_valid_day
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.text import Text

REACHABLE: Final = "service_reachable"
LEAST_ATTEMPTS: Final = 3
LEAST_SPAN: Final = timedelta(hours=6)
WINDOW: Final = timedelta(days=30)

ATTEMPTS: Final = Source(kind=SourceKind.DERIVED, name="attempts")


def compute_reachability(
    attempts: Iterable[Attempt],
    *,
    subject: Subject,
    catalogue: Catalogue,
    as_of: date,
    window: timedelta = WINDOW,
) -> Record | Gap | None:
    """Compute `service_reachable` of one service, or why it cannot be said.

    None: never tried.
    Only attempts count of which a control check says that our own network worked.
    Over the window: TRUE if the latest was answered and most were; FALSE if none was.
    Anything between is decided by the latest attempts that alone are enough (three,
    over six hours): all answered, TRUE; none, FALSE; else the service answers at
    times, which is a gap with both numbers and neither TRUE nor FALSE.
    """
    tried = sorted(
        (
            attempt
            for attempt in attempts
            if attempt.subject == subject
            and as_of - window <= beijing_day(attempt.at) <= as_of
        ),
        key=lambda attempt: (attempt.at, attempt.url, attempt.number),
    )
    if not tried:
        return None
    counted = [
        attempt
        for attempt in tried
        if attempt.control_ok and attempt.answered is not None
    ]
    enough = _select_latest_enough(counted)
    if enough is None:
        return _make_gap(
            subject,
            tried[-1],
            GapReason.NOT_ENOUGH_ATTEMPTS,
            _describe_too_few(tried, counted),
            _list_numbers(tried),
        )
    answered = sum(attempt.answered is True for attempt in counted)
    lately = {attempt.answered for attempt in enough}
    if counted[-1].answered and 2 * answered > len(counted):
        reachable = True
    elif answered == 0:
        reachable = False
    elif len(lately) == 1:
        (reachable,) = (latest is True for latest in lately)
    else:
        return _make_gap(
            subject,
            counted[-1],
            GapReason.CONFLICTING,
            Text(
                zh=f"{len(counted)}次访问中{answered}次打开，时通时断",
                en=f"{answered} of {len(counted)} attempts were answered: it comes "
                "and goes",
            ),
            _list_numbers(counted),
        )
    # Where the latest are of one mind they alone are enough, else all were counted.
    decisive = enough if lately == {reachable} else counted
    return _make_record(
        subject,
        counted,
        answered,
        catalogue,
        reachable=reachable,
        based_on=_list_numbers(decisive),
    )


def find_day_without_internet(attempts: Iterable[Attempt], as_of: date) -> date | None:
    """Find the day of the last look, where no control site answered; else None."""
    tried = [attempt for attempt in attempts if beijing_day(attempt.at) <= as_of]
    latest = {
        attempt.subject: attempt for attempt in sorted(tried, key=lambda look: look.at)
    }
    if not latest or any(attempt.control_ok for attempt in latest.values()):
        return None
    return max(beijing_day(attempt.at) for attempt in latest.values())


def _select_latest_enough(counted: Sequence[Attempt]) -> Sequence[Attempt] | None:
    """The fewest latest attempts that are three and span six hours."""
    for start in range(len(counted) - LEAST_ATTEMPTS, -1, -1):
        if counted[-1].at - counted[start].at >= LEAST_SPAN:
            return counted[start:]
    return None


def _make_record(
    subject: Subject,
    counted: Sequence[Attempt],
    answered: int,
    catalogue: Catalogue,
    *,
    reachable: bool,
    based_on: tuple[int, ...],
) -> Record:
    latest = counted[-1]
    fact = catalogue.facts.get((subject.type, REACHABLE))
    days = None if fact is None else fact.validity.days
    return Record(
        fact=REACHABLE,
        subject=subject,
        value=reachable,
        source=Source(kind=ATTEMPTS.kind, name=ATTEMPTS.name, place=latest.url),
        observer="changqing",
        grade=Grade.OBSERVED,
        digest=None,
        observed_at=latest.at,
        received_at=latest.at,
        valid_until=find_last_valid_day(beijing_day(latest.at), days),
        raw=f"{answered}/{len(counted)}",
        based_on=based_on,
    )


def _make_gap(
    subject: Subject,
    latest: Attempt,
    reason: GapReason,
    detail: Text,
    based_on: tuple[int, ...],
) -> Gap:
    return Gap(
        fact=REACHABLE,
        subject=subject,
        source=Source(kind=ATTEMPTS.kind, name=ATTEMPTS.name, place=latest.url),
        reason=reason,
        detail=detail,
        at=latest.at,
        based_on=based_on,
    )


def _list_numbers(attempts: Iterable[Attempt]) -> tuple[int, ...]:
    """List the numbers in the log of attempts, in order."""
    return tuple(sorted({attempt.number for attempt in attempts if attempt.number}))


def _describe_too_few(tried: Sequence[Attempt], counted: Sequence[Attempt]) -> Text:
    hours = LEAST_SPAN // timedelta(hours=1)
    span = counted[-1].at - counted[0].at if counted else timedelta(0)
    had = span // timedelta(hours=1)
    lost = len(tried) - len(counted)
    text_zh = f"有效访问{len(counted)}次、跨{had}小时"
    text_en = f"{len(counted)} attempts that count, over {had} hours"
    if lost:
        text_zh += f"（另有{lost}次因本机网络存疑不计）"
        text_en += f" (and {lost} that do not, as our own network was in doubt)"
    return Text(
        zh=f"{text_zh}，至少要{LEAST_ATTEMPTS}次、跨{hours}小时才能判断",
        en=f"{text_en}; at least {LEAST_ATTEMPTS} over {hours} hours are needed",
    )
