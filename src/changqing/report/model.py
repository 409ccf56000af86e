"""The report: all that a person is shown of an assessment, in both languages.

`build_report` makes one out of an assessment, its plan and its outlook. The page, the
terminal, the web pages and the JSON are made from it and count nothing again. Fields
stand in the order of the JSON; `to_json` writes it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from changqing.judge.model import (
    Aim,
    Compliance,
    DefectCertainty,
    LongTermState,
    Readiness,
    RestsOn,
)
from changqing.judge.words import YES
from changqing.law.kinds.criterion import Route, Weight
from changqing.law.kit import Confidence, Dimension, GradeGroup, Standing
from changqing.law.model import Verdict
from changqing.report.outlook_model import LabelledCode, OutlookView, SubjectView
from changqing.text import Text

VERSION: Final = 1
"""Of the JSON; it rises when a key goes or changes its meaning, not when one comes."""
OMIT_DEFAULT: Final[Mapping[str, bool]] = {"omit_default": True}
"""Metadata of a field whose key is left out of the JSON while it holds its default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionView:
    """The region of the application, and the authority there."""

    code: str
    label: Text
    authority: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """A service that was assessed, and where it is found."""

    id: str
    kind: str
    name: str
    url: str
    store_page: str
    domain: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Who applies for what. `evidence_mode` is `live` or `recorded`."""

    name: str
    credit_code: str | None
    licence: LabelledCode
    scope: str | None
    coverage: Text | None
    region: RegionView | None
    stage: str
    services: tuple[ServiceView, ...]
    submit_on: datetime.date
    evidence_mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView:
    """The catalogue that was judged by."""

    edition: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSentence:
    """申报条件 before a licence, 持证后义务 after it: its subject and its words.

    `state` is the code of the one or the other, `name` that code in words. `failing`
    heads the list of what decides against it, `means` says what stands there, and
    `nothing` what is said where the list is empty.
    """

    kind: Literal["readiness", "compliance"]
    state: str
    title: Text
    name: Text
    says: Text
    failing: Text
    means: Text
    nothing: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPoint:
    """A doubt or a strength, and the criterion that it comes from."""

    criterion: str
    text: Text
    verdict: Verdict
    subject: SubjectView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """A key point of a route that is not shown, and whom it is about."""

    criterion: str
    text: Text
    verdict: Verdict
    route: Route
    subject: SubjectView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTermSummary:
    """The second sentence: its state, and what speaks for and against it."""

    state: LongTermState
    asked: bool
    route: Route | None
    doubts: tuple[KeyPoint, ...]
    strengths: tuple[KeyPoint, ...]
    open: tuple[OpenPoint, ...]
    rests_on: RestsOn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CautionView:
    """A certain defect of practice or duty."""

    criterion: str
    subject: SubjectView | None
    defects: tuple[str, ...]
    standing: Standing
    verdict: Verdict
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The sentences of the first screen; of the first two one is said."""

    readiness: Text | None
    compliance: Text | None
    long_term: Text
    endurance: Text

    @property
    def sentences(self) -> tuple[Text, ...]:
        """The two sentences."""
        sentences_or_none = (self.readiness, self.compliance, self.long_term)
        return tuple(sentence for sentence in sentences_or_none if sentence is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many findings have each verdict, and of those that apply, how many hold.

    `claimed` hold as claimed and `proven` as proven, out of `total` that apply.
    """

    contradicted: int
    unmet: int
    undetermined: int
    unproven: int
    met: int
    not_applicable: int
    claimed: int
    proven: int
    total: int
    met_written: int = 0  # of those met, by the company's own papers alone
    met_said: int = 0  # by the applicant's word alone, where that is enough

    @property
    def apart(self) -> int:
        """The distance: what is claimed and not proven."""
        return max(0, self.claimed - self.proven)

    def count(self, verdict: str) -> int:
        """Count the findings that have a verdict."""
        number: int = getattr(self, Verdict(verdict).value)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The findings that were asked about, counted; and how many block."""

    not_asked: int
    by_verdict: Tally
    by_dimension: Mapping[str, Tally]
    by_standing: Mapping[str, Tally]
    blocking: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectView:
    """What an application would be returned for."""

    code: str
    label: Text
    certainty: DefectCertainty


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationView:
    """The article that a criterion rests on."""

    id: str
    instrument: Text
    number: str | None
    article: str | None
    confidence: Confidence
    confidence_label: Text
    says: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One answer to one comparison, and what it rests on."""

    value: Text
    brief: Text | None
    holds: bool | None
    decides: bool
    grade: str | None
    source: Text | None
    evidence: str | None
    date: datetime.date | None

    @property
    def has_answer(self) -> bool:
        """Whether it says anything."""
        return self.grade is not None or self.holds is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericView:
    """A comparison of numbers, as it can be drawn."""

    claimed: int | None
    proven: int | None
    threshold: int
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermView:
    """One comparison of a criterion with both answers."""

    label: Text
    op: str
    threshold: Text
    claimed: SideView
    proven: SideView
    numeric: NumericView | None

    @property
    def settles(self) -> bool:
        """Whether it settles either answer to the whole criterion."""
        return self.claimed.decides or self.proven.decides

    @property
    def is_plain(self) -> bool:
        """Whether it is a yes or no by itself, of which the rule may want either."""
        return self.op == "＝" and self.threshold == YES

    @property
    def is_alike(self) -> bool:
        """Whether both answers are one and the same, by the same evidence."""
        return self.claimed.has_answer and self.claimed == self.proven


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGap:
    """Why a finding is open: the first fact that could not be seen."""

    fact: str
    label: Text
    reason: str
    text: Text
    at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyView:
    """What to do about an open finding."""

    errand: str
    title: Text
    aim: Aim
    text: Text
    lead_days: int | None
    materials: tuple[LabelledCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """The verdict of one criterion for one subject, and all that led to it."""

    criterion: str
    title: Text
    subject: SubjectView
    dimension: Dimension
    standing: Standing
    own: bool = field(default=False, metadata=OMIT_DEFAULT)
    verdict: Verdict
    asked: bool
    required: bool
    claimed: bool | None
    proven: bool | None
    rests_on: GradeGroup | None = None
    vacuous: bool = field(default=False, metadata=OMIT_DEFAULT)
    route: Route | None
    weight: Weight | None
    veto: bool
    defects: tuple[DefectView, ...]
    citations: tuple[CitationView, ...]
    plain: Text | None = None  # in one sentence; None in a report of before
    explanation: Text
    reason: Text | None
    terms: tuple[TermView, ...]
    test: str
    evidence: tuple[str, ...]
    gap: FactGap | None
    conflicts: int
    unknown_parameters: tuple[str, ...]
    remedy: RemedyView | None

    @property
    def effective_verdict(self) -> Verdict:
        """Its verdict in lists and counts: what does not arise is not called proven."""
        return Verdict.NOT_APPLICABLE if self.vacuous else self.verdict

    @property
    def sentence(self) -> Text:
        """Why it is so, in one sentence."""
        return self.plain or self.explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """What one source says of a fact, and where."""

    value: Text
    grade: str
    source: Text
    place: str
    evidence: str | None
    date: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """Two sources that differ on one fact, and the criteria that read it."""

    fact: str
    label: Text
    subject: SubjectView | None
    one: StatementView
    other: StatementView
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapView:
    """What could not be seen, and the criteria that wait for it."""

    fact: str
    label: Text
    subject: SubjectView | None
    reason: str
    text: Text
    at: datetime.datetime | None
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandView:
    """One visit or one call, with its days and what it settles."""

    errand: str
    title: Text
    where: Text
    who: Text
    obtain: Text
    refused: tuple[Text, ...]
    aim: Aim
    aim_text: Text
    steps: tuple[Text, ...]
    materials: tuple[LabelledCode, ...]
    criteria: tuple[str, ...]
    start: datetime.date
    done_by: datetime.date
    earliest_done: datetime.date
    lead_days: int
    needs: tuple[str, ...]
    required: bool
    late: bool
    provisional: bool
    online: bool
    unsettled: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDay:
    """Why no day can be named on which all is ready."""

    text: Text
    undetermined: tuple[str, ...]
    unsettled: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadersView:
    """By whom the papers were read: a program, who pointed at words, a reviewer."""

    program: int
    pointed: int
    seen: int
    unread: int

    @property
    def text(self) -> Text:
        """The counts in one line."""
        return Text(
            f"原件核读：程序{self.program}、代办{self.pointed}、审查{self.seen}、"
            f"未核对{self.unread}",
            f"Papers read by a program {self.program}, by who prepared them "
            f"{self.pointed}, by a reviewer {self.seen}; not checked {self.unread}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingInView:
    """What is left before handing in; the documents count once they are written."""

    state: str
    ready: bool
    unmet: int
    unproven: int
    documents: int | None
    to_fill: int | None
    blanks: int | None
    apart: int | None
    to_sign: int | None
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """A record that an answer rests on.

    `quote` are the words of the paper that say it, where the record stands behind a
    doubt and the paper was read.
    """

    number: str | None
    label: Text
    subject: SubjectView | None
    value: Text
    grade: str
    source: Text
    place: str
    evidence: str | None
    date: datetime.date
    observed_at: datetime.date
    valid_until: datetime.date | None
    digest: str | None
    quote: str | None = field(default=None, metadata=OMIT_DEFAULT)


REGISTER_EXTRACT: Final = "register_extract"
"""The code of the caveat of a case that was taken out of a register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """What bounds a whole assessment, as every first screen says it."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One thing that the applicant is asked, in the order of a conversation.

    `adds` is the kind of the member that an answer adds to the case; `criteria` wait
    for the answer, and the first sentence does where it is `required`. Where the answer
    is one of several, `among` are their subjects: it is true of one, false of the rest.
    """

    subject: str
    fact: str
    group: LabelledCode
    asks: Text
    whose: Text | None
    why: Text
    example: Text
    adds: str | None
    required: bool
    criteria: tuple[str, ...]
    among: tuple[str, ...] = field(default=(), metadata=OMIT_DEFAULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """One assessment of one case, as it is shown.

    `findings` are all there are, also those that were not asked about. `promises` are
    what the company chose to promise in its plans. `evidence_notices` say whose log it
    is, where that must be said and is known.
    """

    version: int = VERSION
    case: CaseView
    as_of: datetime.date
    assessed_at: datetime.datetime | None
    catalogue: EditionView
    readiness: Readiness | None
    compliance: Compliance | None
    first_sentence: FirstSentence
    rests_on: RestsOn | None = None
    long_term: LongTermSummary
    cautions: tuple[CautionView, ...]
    headline: Headline
    counts: Counts
    findings: tuple[FindingView, ...]
    conflicts: tuple[ConflictView, ...]
    gaps: tuple[GapView, ...]
    errands: tuple[ErrandView, ...]
    errands_text: Text
    first_errand: str | None
    last_done: datetime.date | None
    ready_on: datetime.date | None
    ready_on_open: OpenDay | None
    ready_on_text: Text
    handing_in: HandingInView | None
    unsettled: tuple[str, ...]
    questions: tuple[QuestionView, ...] = field(default=(), metadata=OMIT_DEFAULT)
    outlook: OutlookView
    evidence: tuple[EvidenceView, ...]
    caveats: tuple[Caveat, ...]
    promises: tuple[Text, ...] = ()
    readers: ReadersView | None = field(default=None, metadata=OMIT_DEFAULT)
    evidence_notices: tuple[Text, ...] | None = field(
        default=None, metadata=OMIT_DEFAULT
    )

    @property
    def is_extract(self) -> bool:
        """Whether it is of a case out of a register: a lead, not an application."""
        return any(caveat.code == REGISTER_EXTRACT for caveat in self.caveats)
