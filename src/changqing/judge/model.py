"""What an assessment says: verdicts, the two sentences, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from changqing.case.model import Application
from changqing.case.subjects import Subject
from changqing.evidence.model import Conflict, GapReason, Record, Resolved
from changqing.law.kinds.criterion import Criterion, Route
from changqing.law.kit import Grade, GradeGroup
from changqing.law.model import Verdict
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum


class Readiness(WordedEnum):
    """申报条件: whether the conditions of this grant are shown to hold."""

    READY = "ready", Text("已具备", "ready")
    OPEN = "open", Text("尚待证实", "not yet proven")
    NOT_READY = "not_ready", Text("未具备", "not ready")


class Compliance(WordedEnum):
    """持证后义务: whether a licensee does what the law asks of it."""

    IN_ORDER = "in_order", Text("均已履行", "in order")
    OPEN = "open", Text("待核实", "to be verified")
    BREACHED = "breached", Text("有未履行的", "breached")


class LongTermState(WordedEnum):
    """长期服务能力: whether the service is shown to last."""

    SHOWN = "shown", Text("有佐证", "shown")
    OPEN = "open", Text("佐证不足", "not yet shown")
    IN_DOUBT = "in_doubt", Text("存疑", "in doubt")


class Aim(WordedEnum):
    """What an errand is for; the order in which they are done."""

    CLEAR_UP = "clear_up", Text("要查清的", "To find out")
    PAPERS = "papers", Text("要取的材料", "Papers to get")
    ACT = "act", Text("要办的", "To do")


class DefectCertainty(StrEnum):
    """How sure a defect is."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that is known on one day, ready to be judged.

    `open_claimed` and `open_proven` name the subjects whose list is not closed;
    `absent` the parts of lists that are said to have nobody or nothing in them.
    """

    as_of: date
    application: Application
    subjects: tuple[Subject, ...]
    labels: Mapping[Subject, Text]
    resolved: Mapping[tuple[Subject, str], Resolved]
    conflicts: tuple[Conflict, ...]
    open_claimed: frozenset[str]
    open_proven: frozenset[str]
    absent: frozenset[str] = frozenset()

    def find_best(self, subject: Subject, fact: str) -> Value | None:
        """Find what is proven of a fact, else what is claimed; None for neither."""
        resolved_fact = self.resolved.get((subject, fact))
        return None if resolved_fact is None else resolved_fact.best


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One answer to one term: the value, whether it satisfies, and who says so.

    `brief` is the value in a few words, for the line of a table. `decides` says whether
    this comparison settles the answer to the whole criterion.
    """

    value: Text
    holds: bool | None
    record: Record | None
    number: int | None = None
    brief: Text | None = None
    decides: bool = False
    in_full: Text | None = None  # of counted members: with what is asked of them
    strongest: Grade | None = None  # of all that it rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTerm:
    """One comparison of a criterion with both answers beside it."""

    label: Text
    operator: str
    threshold: Text
    claimed: Side
    proven: Side
    limit: int | None = None
    about: Text | None = None  # the label of its fact, where it reads a single one


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGap:
    """Why a fact that a criterion reads is not proven."""

    fact: str
    label: Text
    subject: Subject
    reason: GapReason
    detail: Text
    at: datetime | None = None  # when the look that failed was made


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What nobody has said, or what is said and not proven.

    No `fact` means that a member is missing which is not on record, of one of `kinds`
    where the criterion names them. `later` is what need not be asked yet, for something
    else comes first that may settle it: another branch of an "or", another member.
    """

    type: str
    subject: Subject | None
    fact: str | None
    kinds: tuple[str, ...] = ()
    later: bool = False


class Derivation(Protocol):
    """Why a finding is what it is: in words, by comparisons, and what they rest on."""

    @property
    def explanation(self) -> Text:
        """The requirement in words, then each answer with its values."""

    @property
    def terms(self) -> tuple[JudgedTerm, ...]:
        """The comparisons, each with both answers beside it."""

    @property
    def evidence(self) -> tuple[Record, ...]:
        """What is on record of the facts that are read."""

    @property
    def gaps(self) -> tuple[FindingGap, ...]:
        """Why facts that are read are not proven."""

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Sources that differ on a fact that is read."""

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What leaves it open."""

    @property
    def reason(self) -> Text | None:
        """Which comparisons fail, where they do."""

    @property
    def rests_on(self) -> GradeGroup | None:
        """By what it is met at best, where it is met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDerivation:
    """A derivation that is at hand; see `Derivation`."""

    explanation: Text
    terms: tuple[JudgedTerm, ...] = ()
    evidence: tuple[Record, ...] = ()
    gaps: tuple[FindingGap, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    missing: tuple[Missing, ...] = ()
    reason: Text | None = None
    rests_on: GradeGroup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict of one criterion for one subject, with its derivation.

    `subject` is None where the criterion's subject has no member. Where `asked` is
    False, licence, scope, region or stage rule the criterion out for everybody. The
    parts of its derivation are its own too; most are made when first asked for.
    """

    criterion: Criterion
    subject: Subject | None
    verdict: Verdict
    claimed: bool | None
    proven: bool | None
    derivation: Derivation = field(hash=False, repr=False)
    unknown_parameters: tuple[str, ...] = ()
    asked: bool = True
    required: bool = False  # counts for the first sentence of this stage
    vacuous: bool = False  # met, for nothing that it is about exists
    measure: Text | None = None
    """Whose measure alone it fails by, where no rule of the place sets that."""

    @property
    def explanation(self) -> Text:
        """The requirement in words, then each answer with its values."""
        return self.derivation.explanation

    @property
    def terms(self) -> tuple[JudgedTerm, ...]:
        """Its comparisons, each with both answers beside it."""
        return self.derivation.terms

    @property
    def evidence(self) -> tuple[Record, ...]:
        """What is on record of the facts that it reads."""
        return self.derivation.evidence

    @property
    def gaps(self) -> tuple[FindingGap, ...]:
        """Why facts that it reads are not proven."""
        return self.derivation.gaps

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Sources that differ on a fact that it reads."""
        return self.derivation.conflicts

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What leaves it open."""
        return self.derivation.missing

    @property
    def reason(self) -> Text | None:
        """Which comparisons fail, where they do."""
        return self.derivation.reason

    @property
    def rests_on(self) -> GradeGroup | None:
        """By what it is met at best, where it is met."""
        return self.derivation.rests_on

    @property
    def counts(self) -> bool:
        """Whether it counts for the first sentence at this stage."""
        return self.required and self.verdict is not Verdict.NOT_APPLICABLE

    @property
    def effective_verdict(self) -> Verdict:
        """Its verdict in lists and counts: what does not arise is not called proven."""
        return Verdict.NOT_APPLICABLE if self.vacuous else self.verdict

    @property
    def missing_first(self) -> tuple[Missing, ...]:
        """What to begin with, of what leaves it open."""
        return tuple(m for m in self.missing if not m.later) or self.missing

    @property
    def fails(self) -> bool:
        """Whether it does not hold, by whatever measure it was held against."""
        return self.verdict in (Verdict.UNMET, Verdict.CONTRADICTED)

    @property
    def certainty(self) -> DefectCertainty | None:
        """Certain where it fails, possible when unknown, None when met.

        What fails only by a measure that nobody has set here is possible.
        """
        if self.fails and self.measure is None:
            return DefectCertainty.CERTAIN
        if self.fails or self.verdict in (Verdict.UNDETERMINED, Verdict.UNPROVEN):
            return DefectCertainty.POSSIBLE
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestsOn:
    """How many key points there are, and what those that are met rest on.

    `written` are met by the company's own papers alone, `said` by its word alone.
    """

    key_points: int
    proven: int
    written: int
    said: int

    @classmethod
    def count(cls, findings: Iterable[Finding]) -> RestsOn:
        """Count what those of some findings that are met rest on."""
        arising = [finding for finding in findings if not finding.vacuous]
        groups = Counter(f.rests_on for f in arising if f.verdict is Verdict.MET)
        return cls(
            key_points=len(arising),
            proven=groups[GradeGroup.PROVEN],
            written=groups[GradeGroup.WRITTEN],
            said=groups[GradeGroup.SAID],
        )

    @property
    def not_met(self) -> int:
        """How many of them are not met."""
        return self.key_points - self.proven - self.written - self.said


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTermView:
    """The second sentence: its state, what carries it, doubts and strengths.

    `leading` is the route that carries it, else the one on which more is met.
    """

    state: LongTermState
    route: Route | None
    leading: Route
    doubts: tuple[Finding, ...]
    strengths: tuple[Finding, ...]
    cores: Mapping[Route, tuple[Finding, ...]]

    @property
    def rests_on(self) -> RestsOn:
        """What the key points of the leading route rest on."""
        return RestsOn.count(self.cores[self.leading])

    @property
    def is_asked(self) -> bool:
        """Whether any key point is asked about; at an end or a change none is."""
        return any(self.cores.values())

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to show: it is shown, or not asked nor doubted."""
        return self.state is LongTermState.SHOWN or not (self.is_asked or self.doubts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A defect of practice or duty that is seen: what applications come back with.

    Where no rule of the place sets the measure, it says whose measure it is.

    It changes neither sentence, and stands on the first screen all the same.
    """

    finding: Finding
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedErrand:
    """One visit or call, with the days it must start and be done by.

    `start` and `done_by` are the latest days that still keep the day of submission,
    `earliest_done` is the day on which it can be done when all is begun today. After
    the licence there is no such day: everything begins as early as it can.
    `ends_breach` says that a duty is certainly not fulfilled until it is done.
    """

    errand: str
    aim: Aim
    steps: tuple[Text, ...]
    materials: tuple[str, ...]
    criteria: tuple[str, ...]
    needs: tuple[str, ...]
    lead_days: int
    start: date
    done_by: date
    earliest_done: date
    required: bool
    ends_breach: bool
    late: bool
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandPlan:
    """What to do, and the earliest day on which the case can be ready and shown.

    The errands come by aim, then by the day on which they start. `ready_on` is None
    when something required has no task that settles it, or when it has still to be
    found out (`to_clear_up`): nobody knows how long that takes. `unsettled` names
    criteria that the simulation of the errands left unmet. `first` and `last_done` are
    the two ends of what handing in waits for, or of all where it waits for nothing.
    """

    errands: tuple[PlannedErrand, ...]
    ready_on: date | None
    provisional: bool
    unsettled: tuple[str, ...]
    to_clear_up: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[PlannedErrand, ...]:
        """The errands that handing in waits for."""
        return tuple(errand for errand in self.errands if errand.required)

    @property
    def first(self) -> PlannedErrand | None:
        """The errand that must start first; of several, the one that ends a breach."""
        return min(
            self.required or self.errands,
            key=lambda e: (e.start, not e.ends_breach),
            default=None,
        )

    @property
    def last_done(self) -> date | None:
        """The day by which the last of them is done."""
        return max((e.done_by for e in self.required or self.errands), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The judgement of one situation by one catalogue."""

    situation: Situation
    findings: tuple[Finding, ...]
    readiness: Readiness | None  # None after the licence
    compliance: Compliance | None  # None before it
    long_term: LongTermView
    cautions: tuple[Caution, ...]

    @property
    def rests_on(self) -> RestsOn:
        """What the first sentence rests on."""
        return RestsOn.count(f for f in self.findings if f.counts)
