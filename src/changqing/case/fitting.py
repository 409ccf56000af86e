"""Whether the days that a case says of itself fit the day it is assessed on.

One that has passed, or has not come, would not be refused by any rule: it would make
the case look better than it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from changqing.case.folder import CASE_FILE
from changqing.case.model import Case
from changqing.case.values import NotAValueError
from changqing.errors import DayError, Issue
from changqing.text import Text
from changqing.yamlfile.read import Loc, read_with_issues


def check_submit_on(day: date, as_of: date) -> None:
    """Refuse a day of handing in that has passed on `as_of`: NotAValueError."""
    if day < as_of:
        raise NotAValueError(
            Text(
                zh=f"计划递交日{day}在{as_of}已经过去",
                en=f"the day of handing in, {day}, has passed on {as_of}",
            ),
            Text(zh=f"写{as_of}或以后的日子", en=f"write {as_of} or a later day"),
        )


def check_declared_on(day: date, as_of: date) -> None:
    """Refuse a statement that is not made yet on `as_of`: NotAValueError."""
    if day > as_of:
        raise NotAValueError(
            Text(
                zh=f"自述的日子{day}在{as_of}还没有到",
                en=f"the day of the statement, {day}, has not come on {as_of}",
            ),
            Text(zh=f"写{as_of}或以前的日子", en=f"write {as_of} or an earlier day"),
        )


def check_days(case: Case, as_of: date, *, pending: bool) -> None:
    """Refuse a case whose own days do not fit the day it is assessed on.

    `pending` says that its application is still to be handed in: only then does the
    planned day matter. Raises DayError with file and line of each day.
    """
    issues = list(_find_misfits(case, as_of, pending=pending))
    if issues:
        raise DayError(*issues)


def check_past_days(case: Case, today: date) -> None:
    """Refuse days of things said or found that have not come on `today`.

    For whoever assesses today: on a fixed day, what came after it is not counted.
    Raises DayError with file and line of each day.
    """
    issues = [
        _make_issue(
            case,
            place,
            Text(
                zh=f"{subject}的日子{day}在{today}还没有到",
                en=f"{subject} is dated {day}, which has not come on {today}",
            ),
            Text(zh=f"写{today}或以前的日子", en=f"write {today} or an earlier day"),
        )
        for subject, place, day in _list_past_days(case)
        if day > today
    ]
    if issues:
        raise DayError(*issues)


def _list_past_days(case: Case) -> Iterator[tuple[str, Loc, date]]:
    """Each day on which something was said not to be there, or was found false."""
    for name, days_by_code in (("absent", case.absent), ("nobody", case.nobody)):
        for code, day in days_by_code.items():
            if day != case.declared_on:
                yield f"{name}.{code}", (name, code), day
    for place, paper in enumerate(case.papers):
        for statement in paper.facts:
            if statement.fact == "found_false_on" and isinstance(statement.value, date):
                loc: Loc = ("papers", place, statement.fact)
                yield f"{paper.id}.{statement.fact}", loc, statement.value


def _find_misfits(case: Case, as_of: date, *, pending: bool) -> Iterator[Issue]:
    try:
        check_declared_on(case.declared_on, as_of)
    except NotAValueError as error:
        yield _make_issue(case, ("declared_on",), error.text, error.hint)
    if not pending:
        return
    try:
        check_submit_on(case.application.submit_on, as_of)
    except NotAValueError as error:
        hint = Text(
            zh=f"还没有递交的，把submit_on改成{as_of}或以后的日子；已经递交的，"
            f"用changqing case {case.path.name} submit --on记下哪天递交的",
            en=f"if it is not handed in yet, make submit_on {as_of} or later; if it "
            f"is, record the day with changqing case {case.path.name} submit --on",
        )
        yield _make_issue(case, ("application", "submit_on"), error.text, hint)


def _make_issue(case: Case, place: Loc, text: Text, hint: Text | None) -> Issue:
    path = case.path / CASE_FILE
    file, _ = read_with_issues(path)
    line = None if file is None else file.find_line(place)
    return Issue(text=text, path=str(path), line=line, hint=hint)
