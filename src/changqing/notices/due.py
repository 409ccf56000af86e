"""From where cases stand to what to tell of it: a notice a date that comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final, Protocol

from changqing.notices.outbox import Notice, make_notice_id
from changqing.text import Text

AHEAD: Final = (30, 7, 1, 0)
"""How many days before its day a date is told again."""

PROVISIONAL: Final = Text(
    zh="暂按：放假安排公布前按周末和固定节日推算",
    en="Provisional: by weekends and fixed holidays until the calendar is out",
)
EVER: Final = (36_500,)
"""Every date, however far."""


class Coming(Protocol):
    """What is told of a date; casework's `CaseDue` has all of it."""

    @property
    def procedure(self) -> str:
        """The procedure it belongs to."""

    @property
    def step(self) -> str:
        """The step of that procedure."""

    @property
    def title(self) -> Text:
        """What people call it."""

    @property
    def does(self) -> Text:
        """What is to be done."""

    @property
    def day(self) -> date | None:
        """The last day; None: it has none."""

    @property
    def provisional(self) -> bool:
        """Whether the day may still move."""

    @property
    def passed(self) -> bool:
        """Whether the day is over."""

    @property
    def runs_out(self) -> Text | None:
        """What ends on that day; None: nothing does."""


def list_due_notices(
    cases: Iterable[tuple[str, Iterable[Coming]]],
    person: Callable[[str], str],
    today: date,
    *,
    ahead: tuple[int, ...] = AHEAD,
) -> tuple[Notice, ...]:
    """List what is due soon or passed, told once at each day of `ahead` and once after.

    `cases` are the dates ahead of each case by its name, as casework's `status` has
    them on `today`; `person` says who is told of a case.
    """
    notices: list[Notice] = []
    for case, dues in cases:
        who = person(case)
        for due in dues:
            telling = _find_telling(due, today, ahead)
            if due.day is None or telling is None:
                continue
            about = f"{due.procedure}/{due.step}/{due.title.zh}/{telling}"
            notices.append(
                Notice(
                    id=make_notice_id(case, who, due.day, "due", about),
                    case=case,
                    person=who,
                    day=due.day,
                    kind="due",
                    title=due.title,
                    body=write_body(due),
                )
            )
    return tuple(notices)


def write_body(due: Coming) -> Text:
    """Write what to do, what happens otherwise, and whether the day is provisional."""
    texts = [due.does]
    if due.runs_out is not None:
        texts.append(due.runs_out)
    if due.provisional:
        texts.append(PROVISIONAL)
    return Text(
        zh="\n".join(text.zh for text in texts), en="\n".join(text.en for text in texts)
    )


def _find_telling(due: Coming, today: date, ahead: tuple[int, ...]) -> str | None:
    """Find which telling this is; None when the day is far."""
    if due.day is None:
        return None
    if due.passed:
        return "passed"
    days_left = (due.day - today) // timedelta(days=1)
    return next((str(days) for days in sorted(ahead) if days_left <= days), None)
