"""What the papers of a case show beside what it says, and what is left to settle.

A pure function of the case and of what was proposed for its papers. What checks itself
needs nobody; a person is asked about what is unsure, in conflict with the case, or said
by nobody yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from changqing.case.comparison import ReadOutcome
from changqing.case.model import Case, Paper
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.reading import Box, Reading, ReadingProblem
from changqing.evidence.tolerance import Sameness, compare_for
from changqing.law.kinds.fact import Fact
from changqing.papers.cache import PaperCache
from changqing.papers.comparisons import compare_papers
from changqing.papers.conclude import conclude_of_persons
from changqing.papers.parts import SURE, find_part
from changqing.papers.read_facts import ReadFacts, find_read_facts
from changqing.papers.shown import (
    Agreed,
    ShownPaper,
    ValueOfPaper,
    find_agreed,
    list_found,
    list_said,
    list_shown,
)
from changqing.readers.layout import squeeze
from changqing.readers.proposal import (
    CaseNames,
    ProposedPaper,
    SelfCheck,
    collect_names,
)
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum


class SettlementState(WordedEnum):
    """What has to be done about a value that was read."""

    SETTLED = "settled", Text("已写在项目里", "in the case already")
    SURE = "sure", Text("读得确实", "read surely")
    UNSURE = "unsure", Text("拿不准", "not sure")
    CONFLICT = "conflict", Text("与项目里写的不同", "differs from the case")
    NEW = "new", Text("项目里还没有", "not in the case yet")
    UNFOUND = (
        "unfound",
        Text("填了，材料上没有读到", "typed, and not found in the paper"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """One value that a paper of the case shows, and what the case says of the same.

    `value` None: the paper shows it in a way from which nobody should choose, and `why`
    says how. `claimed` is what the case says, in this paper's entry or in a form. An
    element that is stated by the very words of a value `follows` it, by its name, and
    is settled with it. What no criterion of the case reads is not `asked`: it is good
    for documents alone. `rejected`: a person did not take it, and what differs differs
    still.
    """

    paper: str
    subject: Subject
    fact: Fact
    value: Value | None
    page: int
    words: str
    box: Box | None
    confidence: int
    checks: frozenset[SelfCheck]
    state: SettlementState
    key: bool
    claimed: Value | None = None
    why: Text | None = None
    follows: str | None = None
    asked: bool = True
    rejected: bool = False

    @property
    def element(self) -> bool:
        """Whether it is an element that the paper states, and no value."""
        return self.subject.type == "paper" and self.fact.id.startswith("states_")

    @property
    def in_bulk(self) -> bool:
        """Whether it may be taken together with others, without a look at each."""
        return self.state is SettlementState.SURE and not self.key and bool(self.checks)

    @property
    def is_new(self) -> bool:
        """Whether it was read surely enough, and the case does not have it yet."""
        return self.state is SettlementState.NEW

    @property
    def is_plain(self) -> bool:
        """Whether one look takes it with the others of its page."""
        return self.is_new and not self.key

    @property
    def is_of_member(self) -> bool:
        """Whether it is a key point about one person or holder, not yet in the case."""
        about_member = self.subject.type in ("person", "holder")
        return self.is_new and self.key and about_member

    @property
    def place(self) -> str:
        """Where it stands, as `case.yaml` has it."""
        return f"第{self.page}页"

    @property
    def name(self) -> str:
        """By which a person names it on the command line."""
        whose = "applicant" if self.subject == APPLICANT else self.subject
        return f"{self.paper}/{whose}.{self.fact.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPaper:
    """A paper of the case as it was read.

    `looks_like` is the kind it is read as, where that is not what the case calls it;
    `another` the company that it speaks of instead of the applicant; `unlisted` are
    people and others that it names and the case does not list; `beside` the kinds of
    further papers in the same file, each with its first page.
    """

    paper: Paper
    reading: Reading
    settlements: tuple[Settlement, ...]
    problem: ReadingProblem | None = None
    looks_like: str | None = None
    another: str | None = None
    unlisted: tuple[Subject, ...] = ()
    beside: tuple[tuple[str, int], ...] = ()


def list_settlements(
    case: Case,
    readings: Mapping[str, Reading],
    *,
    on: date,
    declared: bool = True,
) -> tuple[ReadPaper, ...]:
    """Say what each paper shows, in the order of the case.

    `readings` are by the SHA-256 of the paper; a paper without one is left out. What
    the case says is no word of anybody's yet where it was made from these very papers:
    then it is not `declared`.
    """
    return Settler(case, on=on, declared=declared).settle(readings)


class Settler:
    """Says of a case what its papers show, of more of them each time it is asked.

    What it found of a paper stands until another is read that agrees with it.
    """

    def __init__(self, case: Case, *, on: date, declared: bool = True) -> None:
        self._case = case
        self._on = on
        self._declared = declared
        self._cache = PaperCache(case) if declared else None
        self._listed = set(case.list_subjects())
        self._shown: dict[str, ShownPaper] = {}
        self._found: dict[str, tuple[Agreed, ReadPaper]] = {}

    @cached_property
    def _names(self) -> CaseNames:
        return collect_names(self._case)

    @cached_property
    def _read_facts(self) -> ReadFacts:
        return find_read_facts(self._case, self._on)

    @cached_property
    def _key_points(self) -> ReadFacts:
        return self._read_facts.select_key_points()

    @cached_property
    def _claims(self) -> Mapping[tuple[Subject, str], Value]:
        return dict(_list_claims(self._case)) if self._declared else {}

    def settle(self, readings: Mapping[str, Reading]) -> tuple[ReadPaper, ...]:
        """Say what each paper shows, in the order of the case; see `list_settlements`.

        `readings` are those of the last time, and any number more.
        """
        case = compare_papers(self._case, readings, cache=self._cache)
        shown_papers = [
            self._show_paper(paper, reading)
            for paper in case.papers
            if (reading := readings.get(paper.file.digest)) is not None
        ]
        agreed = find_agreed(shown_paper.told for shown_paper in shown_papers)
        return tuple(
            self._settle_paper(case, shown_paper, agreed)
            for shown_paper in shown_papers
        )

    def _show_paper(self, paper: Paper, reading: Reading) -> ShownPaper:
        shown_paper = self._shown.get(paper.id)
        if shown_paper is None:
            part = find_part(
                paper.kind,
                reading,
                self._names,
                self._case.catalogue,
                cache=self._cache,
            )
            proposed = part.shown and conclude_of_persons(
                self._case, paper, reading, part.shown
            )
            shown_paper = self._shown[paper.id] = ShownPaper(
                paper=paper,
                reading=reading,
                part=part,
                proposed=proposed,
                said=frozenset(list_said(proposed)),
                told=frozenset(list_said(proposed, at_least=SURE)),
            )
        return shown_paper

    def _settle_paper(
        self, case: Case, shown_paper: ShownPaper, agreed: Agreed
    ) -> ReadPaper:
        agreed &= shown_paper.said
        before = self._found.get(shown_paper.paper.id)
        if before is not None and before[0] == agreed:
            return before[1]
        read_paper = self._compare_paper(case, shown_paper, agreed)
        self._found[shown_paper.paper.id] = (agreed, read_paper)
        return read_paper

    def _compare_paper(
        self, case: Case, shown_paper: ShownPaper, agreed: Agreed
    ) -> ReadPaper:
        paper, part = shown_paper.paper, shown_paper.part
        values = [
            _doubt_day(paper, value, shown_paper.proposed)
            for value in list_shown(paper, shown_paper.proposed, case.catalogue)
        ]
        settlements = [
            settlement
            if (settlement.subject, settlement.fact.id) in self._read_facts
            else replace(settlement, asked=False)
            for settlement in _link_elements(
                [
                    _settle_value(
                        case, paper, proposed, self._claims, self._key_points, agreed
                    )
                    for proposed in values
                    if proposed.subject in self._listed
                ]
            )
        ]
        if part.problem is None:
            settlements += _list_unfound(case, paper, settlements, self._key_points)
        others = {proposed.subject for proposed in list_found(shown_paper.proposed)}
        entries = {(other.file.digest, other.kind) for other in case.papers}
        return ReadPaper(
            paper=paper,
            reading=shown_paper.reading,
            settlements=tuple(settlements),
            problem=part.problem,
            looks_like=part.looks_like,
            another=part.another,
            unlisted=tuple(sorted(others - self._listed - _NOBODY, key=str)),
            beside=tuple(
                neighbour
                for neighbour in part.beside
                if (paper.file.digest, neighbour[0]) not in entries
            ),
        )


def _list_unfound(
    case: Case,
    paper: Paper,
    settlements: Sequence[Settlement],
    key_points: ReadFacts,
) -> Iterator[Settlement]:
    """The values that somebody typed and that were not found, or are denied."""
    settled_keys = {
        (settlement.subject, settlement.fact.id) for settlement in settlements
    }
    compared = case.compared.get(paper.id, {})
    for statement in paper.list_statements():
        comparison = compared.get((statement.subject, statement.fact))
        is_found = comparison is None or comparison.outcome is ReadOutcome.READ
        if (
            comparison is None
            or is_found
            or (statement.subject, statement.fact) in settled_keys
        ):
            continue
        denied = comparison.outcome is ReadOutcome.DENIED
        yield Settlement(
            paper=paper.id,
            subject=statement.subject,
            fact=case.catalogue.facts[statement.subject.type, statement.fact],
            value=comparison.stands if denied else statement.value,
            page=comparison.page or 1,
            words=comparison.words or "",
            box=None if comparison.box is None else Box(**_name_edges(comparison.box)),
            confidence=0,
            checks=frozenset(),
            state=SettlementState.CONFLICT if denied else SettlementState.UNFOUND,
            key=(statement.subject, statement.fact) in key_points,
            claimed=statement.value,
            why=comparison.why,
        )


def _name_edges(box: tuple[int, int, int, int]) -> dict[str, int]:
    return dict(zip(("left", "top", "right", "bottom"), box, strict=True))


def _link_elements(settlements: Sequence[Settlement]) -> list[Settlement]:
    """Let an element go with the value by whose words it is stated.

    One on a key point is settled by itself.
    """
    leaders = {
        (settlement.page, settlement.words): settlement
        for settlement in reversed(settlements)
        if not settlement.element and settlement.value is not None
    }
    linked = []
    for settlement in settlements:
        leader = (
            leaders.get((settlement.page, settlement.words))
            if settlement.element
            else None
        )
        open_ = settlement.state not in (
            SettlementState.SETTLED,
            SettlementState.CONFLICT,
        )
        if leader is not None and open_ and not settlement.key:
            state = leader.state
            if state is SettlementState.SETTLED or leader.in_bulk:
                state = SettlementState.SURE
            elif state is SettlementState.CONFLICT:
                state = (
                    SettlementState.NEW
                )  # the value differs, what states it does not
            # Nobody looks at a settled value again: what states it stands by itself.
            is_led = leader.state is not SettlementState.SETTLED
            linked.append(
                replace(
                    settlement,
                    state=state,
                    checks=leader.checks,
                    follows=leader.name if is_led else None,
                )
            )
        else:
            linked.append(settlement)
    return linked


_NOBODY: Final = frozenset({Subject("service", "?"), Subject("paper", "?")})


def _settle_value(
    case: Case,
    paper: Paper,
    paper_value: ValueOfPaper,
    claims: Mapping[tuple[Subject, str], Value],
    key_points: ReadFacts,
    agreed: Agreed,
) -> Settlement:
    """Tell how sure a value is, and whether it agrees with what the case claims."""
    typed = _find_typed(paper, paper_value)
    claimed = (
        claims.get((paper_value.subject, paper_value.fact.id))
        if typed is None
        else typed
    )
    checks = set(paper_value.checks) - {SelfCheck.KNOWN}  # that is for the case to say
    if paper_value.value is not None and (
        (paper_value.subject, paper_value.fact.id, paper_value.value) in agreed
    ):
        checks.add(SelfCheck.TWO_PLACES)
    if claimed is not None and _is_said_in(paper_value, claimed):
        paper_value = replace(
            paper_value, value=claimed
        )  # what follows it is no part of it
    if paper_value.confidence >= SURE and _follows(paper, paper_value):
        checks.add(SelfCheck.ORDER)
    sameness = Sameness.DIFFERENT
    if claimed is not None:
        sameness = compare_for(paper_value.fact, paper_value.value, claimed)
    same = sameness is Sameness.SAME
    if same:
        checks.add(SelfCheck.KNOWN)
    read_right = (
        paper_value.confidence >= SURE or bool(checks) or _is_spelled(case, paper_value)
    )
    sure = read_right and sameness is not Sameness.UNCLEAR
    if typed is not None and _is_found(case, paper, paper_value, same=same):
        state = SettlementState.SETTLED
    elif paper_value.value is None:
        state = SettlementState.UNSURE
    elif same or (claimed is None and checks):
        state = SettlementState.SURE
    elif not sure:
        state = SettlementState.UNSURE
    else:
        state = SettlementState.NEW if claimed is None else SettlementState.CONFLICT
    quote = paper_value.quote
    return Settlement(
        paper=paper.id,
        subject=paper_value.subject,
        fact=paper_value.fact,
        value=paper_value.value,
        page=1 if quote is None else quote.page,
        words="" if quote is None else quote.text,
        box=None if quote is None else quote.box,
        confidence=paper_value.confidence,
        checks=frozenset(checks),
        state=state,
        key=(paper_value.subject, paper_value.fact.id) in key_points,
        claimed=claimed,
        why=paper_value.why,
    )


def _is_found(
    case: Case, paper: Paper, paper_value: ValueOfPaper, *, same: bool
) -> bool:
    """Whether what was typed counts as found, wherever in the paper it stands.

    What is the `same` and was not found there has its words put beside it.
    """
    compared = case.compared.get(paper.id, {}).get(
        (paper_value.subject, paper_value.fact.id)
    )
    return same if compared is None else compared.outcome is ReadOutcome.READ


def _is_spelled(case: Case, paper_value: ValueOfPaper) -> bool:
    """Whether the words are, sign by sign, a name that the value is told by.

    Had one sign of the applicant's name, or of a form of company, been misread, it
    would be no such name. The applicant's name tells a yes, or itself: of a number, a
    day or an address in whose words it stands too it says nothing.
    """
    if paper_value.quote is None or paper_value.value in (None, False):
        return False
    label = paper_value.fact.value_labels.get(str(paper_value.value))
    names = [] if label is None else [squeeze(label.zh)]
    if paper_value.value is True or paper_value.value == case.name:
        names.append(squeeze(case.name))
    words = squeeze(paper_value.quote.text)
    return any(len(name) >= _WHOLE_NAME and name in words for name in names)


_WHOLE_NAME: Final = 6  # signs: shorter ones stand in other words by chance


def _is_said_in(paper_value: ValueOfPaper, claimed: Value) -> bool:
    """Whether the words that were read hold the text that the case says."""
    if not isinstance(paper_value.value, str) or not isinstance(claimed, str):
        return False
    if paper_value.fact.text_kind not in ("address", "company_name"):
        return False
    return squeeze(claimed) in squeeze(paper_value.value)


def _doubt_day(
    paper: Paper, paper_value: ValueOfPaper, shown: ProposedPaper | None
) -> ValueOfPaper:
    """Leave to a person a day of the paper that cannot be, for others of its days.

    Issued after it was received, or after its own end: a case could not hold it.
    """
    name, day = paper_value.fact.id, paper_value.value
    if paper_value.subject != paper.subject or not isinstance(day, date):
        return paper_value
    days: dict[str, Value | None] = {
        fact.fact: fact.value
        for fact in (() if shown is None else shown.facts)
        if fact.subject.type == "paper"
    }
    own = {"issued_on": paper.issued_on, "valid_until": paper.valid_until}
    days |= {other: value for other, value in own.items() if value is not None}
    days["received_on"] = paper.received_on if name == "issued_on" else None
    if own.get(name, day) is not None or are_in_order({**days, name: day}):
        return paper_value
    return replace(paper_value, value=None, why=_OUT_OF_ORDER)


_OUT_OF_ORDER: Final = Text(
    zh="这一天对不上：出具不能晚于收到的日子，也不能晚于材料自己的有效期；请对照原件，写错的换一份",
    en="this day cannot be: no paper is issued after it was received, or after its own "
    "end; compare the original, and replace the paper if it is wrong",
)


def _follows(paper: Paper, paper_value: ValueOfPaper) -> bool:
    """Whether a day of the paper itself fits to its other days."""
    if paper_value.subject != paper.subject or not isinstance(paper_value.value, date):
        return False
    days: dict[str, Value | None] = {
        "issued_on": paper.issued_on,
        "received_on": paper.received_on,
        "valid_until": paper.valid_until,
        paper_value.fact.id: paper_value.value,
    }
    return paper_value.fact.id in ("issued_on", "valid_until") and are_in_order(days)


def _find_typed(paper: Paper, paper_value: ValueOfPaper) -> Value | None:
    """What the entry of the paper says of it already."""
    if paper_value.subject == paper.subject and paper_value.fact.id == "issued_on":
        return paper.issued_on
    if paper_value.subject == paper.subject and paper_value.fact.id == "valid_until":
        return paper.valid_until
    return next(
        (
            statement.value
            for statement in paper.list_statements()
            if (statement.subject, statement.fact)
            == (paper_value.subject, paper_value.fact.id)
        ),
        None,
    )


def _list_claims(case: Case) -> Iterator[tuple[tuple[Subject, str], Value]]:
    """What the case says by its forms, names and codes among it."""
    yield (APPLICANT, "name"), case.name
    if case.credit_code is not None:
        yield (APPLICANT, "credit_code"), case.credit_code
    for member in case.list_members():
        yield (member.subject, "name"), member.name
    for statement in case.list_form_statements():
        if statement.value is not None:
            yield (statement.subject, statement.fact), statement.value


def are_in_order(days: Mapping[str, Value | None]) -> bool:
    """Tell whether the days of a paper follow one another.

    Issued, received, valid until.
    """
    issued, received, until = (
        days.get(name) for name in ("issued_on", "received_on", "valid_until")
    )
    if not isinstance(issued, date):
        return True
    return not (
        (isinstance(received, date) and received < issued)
        or (isinstance(until, date) and until < issued)
    )
