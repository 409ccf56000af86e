"""A saved page against the case: whose it is, and what it shows of what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from changqing.case.model import Case, Member, Statement
from changqing.case.page import MAX_PAGE_BYTES, ReadPage, UnreadablePageError, read_page
from changqing.case.shown import Backed, Sought, check_backing
from changqing.case.subjects import APPLICANT, Subject
from changqing.case.suffix import find_registrable_domain
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.plainfile import open_plain
from changqing.text import Text

_NAMES: Final = frozenset({"name", "company_name"})
_LEAST_MARK: Final = 4
"""Characters that a number or code must have to tell one company from another."""


def load_page(path: Path, *, inside: Path) -> ReadPage:
    """Load the rows of a saved page of a case.

    UnreadablePageError, also when it is gone.
    """
    try:
        with open_plain(path, inside=inside) as stream:
            content = stream.read(MAX_PAGE_BYTES + 1)
    except OSError as error:
        raise UnreadablePageError(
            Text(
                zh=f"读不出文件“{path.name}”",
                en=f"the file “{path.name}” cannot be read",
            )
        ) from error
    return read_page(content)


def collect_sought(case: Case) -> Mapping[Subject, Sought]:
    """Collect by what a saved page about each subject of a case is known."""
    backed = (statement for paper in case.papers for statement in paper.backs)
    return build_sought(case.name, case.facts, case.list_members(), backed)


def build_sought(
    applicant: str,
    facts: Sequence[Statement],
    members: Sequence[Member],
    backed: Iterable[Statement],
) -> Mapping[Subject, Sought]:
    """List by what a page about each subject of a case is known.

    `facts` are those the form gives of the applicant, `backed` those of papers.
    """
    by_subject: dict[Subject, list[Statement]] = {APPLICANT: list(facts)}
    for member in members:
        by_subject[member.subject] = list(member.facts)
    for statement in backed:
        by_subject.setdefault(statement.subject, []).append(statement)
    names = {APPLICANT: [applicant]} | {
        member.subject: [member.name]
        for member in members
        if member.name not in (member.subject.id, member.url, member.store_page)
    }
    urls = {member.subject: member.url for member in members if member.url is not None}
    sought_by_subject = {}
    for subject, statements in by_subject.items():
        mine = [*names.get(subject, ())]
        mine += [s.value for s in statements if s.fact in _NAMES and _is_text(s)]
        marks = [str(s.value) for s in statements if _is_mark(s)]
        domains = [str(s.value) for s in statements if s.fact == "domain" and s.value]
        if (url := urls.get(subject)) is not None:
            domains += filter(None, [find_registrable_domain(url)])
        sought_by_subject[subject] = Sought(
            applicant=applicant,
            names=tuple(dict.fromkeys(str(name) for name in mine if name)),
            domains=tuple(dict.fromkeys(domains)),
            marks=tuple(
                dict.fromkeys(chain(_list_own_names(subject, applicant), marks))
            ),
            stated={
                fact: tuple(
                    dict.fromkeys(
                        str(statement.value)
                        for statement in statements
                        if statement.fact == fact
                    )
                )
                for fact in {
                    statement.fact for statement in statements if _is_text(statement)
                }
            },
        )
    return sought_by_subject


def _is_text(statement: Statement) -> bool:
    return isinstance(statement.value, str)


def _is_mark(statement: Statement) -> bool:
    """A code or number: of plain letters and digits, and not short."""
    value = statement.value
    return (
        isinstance(value, str)
        and len(value) >= _LEAST_MARK
        and value.isascii()
        and any(character.isdigit() for character in value)
    )


def _list_own_names(subject: Subject, applicant: str) -> tuple[str, ...]:
    """People and holders are looked up by their own names alone."""
    return () if subject.type in ("person", "holder") else (applicant,)


def weigh_look(
    path: Path,
    inside: Path,
    what: str,
    backs: Sequence[Statement],
    sought: Mapping[Subject, Sought],
    catalogue: Catalogue,
) -> Mapping[tuple[Subject, str], Backed]:
    """Weigh what the page kept at `path` shows of each thing the look says.

    `inside` is the folder of the case.
    """
    try:
        page = load_page(path, inside=inside)
    except UnreadablePageError as error:
        unread = Backed(grade=Grade.TRANSCRIBED, words=None, why=error.text)
        return {(statement.subject, statement.fact): unread for statement in backs}
    look = catalogue.looks.get(what)
    weighed = {}
    for statement in backs:
        fact = catalogue.facts.get((statement.subject.type, statement.fact))
        known_by = sought.get(statement.subject)
        if fact is None or known_by is None or statement.value is None:
            continue
        weighed[statement.subject, statement.fact] = check_backing(
            page, fact, look, known_by, value=statement.value, place=statement.place
        )
    return weighed
