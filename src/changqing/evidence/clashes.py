"""Papers that cannot both be right: what two places say of one thing, side by side.

Says what contradicts what, by the table `CHECKS`, and never which of the two is false.
Sure is only what a person typed of a paper and a reader found in it: two that know
nothing of each other. Everything else that differs is a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.model import Case, Paper, Statement
from changqing.evidence.tolerance import Sameness, compare_for
from changqing.law.kinds.material import Issuer
from changqing.rules.types import Value

_PERSONAL: Final = frozenset({"person", "holder"})
_PEERS: Final = {Issuer.INSTITUTION}
"""Whose papers a paper that somebody else issued contradicts for sure."""


@dataclass(frozen=True, slots=True)
class ClashCheck:
    """One line of the table: what is compared.

    `issuer`: what a paper says, and what the page of its own issuer says of it. `same`:
    what papers of different issuers say of one thing that never changes.
    """

    issuer: bool = False
    same: str | None = None


CHECKS: Final[Mapping[str, ClashCheck]] = {
    "issuer_page": ClashCheck(issuer=True),
    "credit_code": ClashCheck(same="applicant.credit_code"),
    "domain_registered_on": ClashCheck(same="service.domain_registered_on"),
}
"""What papers that others issued cannot say in two ways; in code, for a case is read
without the library that checks YAML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A value that stands in a file, in its own words.

    `is_sure`: typed by a person and found in the words by a reader.
    """

    paper: Paper
    title: str
    file: str
    page: int | None
    words: str
    value: Value
    is_sure: bool
    is_of_person: bool

    def __str__(self) -> str:
        """Where it stands and what stands there, as in Chinese papers."""
        page = "" if self.page is None else f"第{self.page}页"
        # Words about a person stay in the paper, where they can be masked.
        words = "" if self.is_of_person else f"“{self.words}”"
        return f"{self.title}{page}{words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperClash:
    """Two quotations that cannot both be right; a question unless `is_certain`."""

    check: str
    one: Quoted
    other: Quoted
    is_certain: bool

    def __str__(self) -> str:
        """Both places, side by side."""
        return f"{self.one} ↔ {self.other}"


def find_clashes(case: Case) -> tuple[PaperClash, ...]:
    """Find what papers say that cannot both be right, the certain ones first."""
    clashes = [
        clash for name, check in CHECKS.items() for clash in _walk(case, name, check)
    ]
    return tuple(sorted(clashes, key=lambda clash: not clash.is_certain))


def _walk(case: Case, name: str, check: ClashCheck) -> Iterator[PaperClash]:
    for one, other, is_certain in _list_pairs(case, check):
        yield PaperClash(
            check=name,
            one=one,
            other=other,
            is_certain=is_certain,
        )


def _list_pairs(case: Case, check: ClashCheck) -> Iterator[tuple[Quoted, Quoted, bool]]:
    if check.issuer:
        for paper in case.papers:
            yield from _list_issuer_pairs(case, paper)
    elif check.same is not None:
        kind, _, name = check.same.partition(".")
        fact = case.catalogue.facts.get((kind, name))
        if fact is None:
            return
        by_subject: dict[str, list[Quoted]] = {}
        for paper in case.papers:
            for statement, quoted in _list_quoted(case, paper):
                if (statement.subject.type, statement.fact) == (kind, name):
                    by_subject.setdefault(str(statement.subject), []).append(quoted)
        for quotations in by_subject.values():
            for one, other in combinations(quotations, 2):
                differ = compare_for(fact, one.value, other.value)
                if one.paper.kind != other.paper.kind and differ is Sameness.DIFFERENT:
                    yield one, other, _are_sure(case, (one, other))


def _are_sure(case: Case, quotations: Sequence[Quoted]) -> bool:
    return all(
        quoted.is_sure and case.catalogue.materials[quoted.paper.kind].issuer in _PEERS
        for quoted in quotations
    )


def _list_quoted(case: Case, paper: Paper) -> Iterator[tuple[Statement, Quoted]]:
    """List what a paper was read to say, of what was typed of it."""
    for statement in paper.list_statements():
        compared = _find_comparison(case, paper, statement)
        if compared is None or compared.words is None:
            continue
        is_read = compared.outcome is ReadOutcome.READ
        value = statement.value if is_read else compared.stands
        if value is not None:
            yield (
                statement,
                Quoted(
                    paper=paper,
                    title=f"《{case.catalogue.materials[paper.kind].label.zh}》",
                    file=paper.file.path,
                    page=compared.page,
                    words=compared.words,
                    value=value,
                    is_sure=is_read,
                    is_of_person=statement.subject.type in _PERSONAL,
                ),
            )


def _list_issuer_pairs(
    case: Case, paper: Paper
) -> Iterator[tuple[Quoted, Quoted, bool]]:
    check = paper.issuer_checked
    if check is None or check.page is None:
        return
    for statement, quoted in _list_quoted(case, paper):
        compared = _find_comparison(case, paper, statement)
        shown = None if compared is None else compared.issuer
        if shown is None or shown.stands is None or shown.words is None:
            continue
        fact = case.catalogue.facts.get((statement.subject.type, statement.fact))
        if fact is None:
            continue
        if compare_for(fact, quoted.value, shown.stands) is Sameness.DIFFERENT:
            said = Quoted(
                paper=paper,
                title=f"{quoted.title}的出具方页面",
                file=check.page.path,
                page=shown.page,
                words=shown.words,
                value=shown.stands,
                is_sure=True,
                is_of_person=quoted.is_of_person,
            )
            company = case.catalogue.materials[paper.kind].issuer is Issuer.COMPANY
            yield quoted, said, quoted.is_sure and not company


def _find_comparison(
    case: Case, paper: Paper, statement: Statement
) -> Comparison | None:
    return case.compared.get(paper.id, {}).get((statement.subject, statement.fact))
