"""What an assistant is answered, with what others wrote set apart.

Texts that somebody else wrote, names and explanations among them, stand under `quoted`:
whoever reads an answer must not take them for instructions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from changqing.jsondata import JsonObject
from changqing.judge.model import Aim, Compliance, LongTermState, Readiness
from changqing.judge.suppose import CaseStanding
from changqing.law.kit import Confidence, Dimension, Standing
from changqing.law.model import Verdict
from changqing.report.model import (
    CitationView,
    Counts,
    DefectView,
    EditionView,
    RemedyView,
)
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListing:
    """The cases at hand, and how many more there are."""

    cases: tuple[str, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedName:
    """What a case calls itself."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """Where a case stands, by codes."""

    as_of: date
    catalogue: EditionView
    readiness: Readiness | None
    compliance: Compliance | None
    long_term: LongTermState
    counts: Counts
    first_errand: str | None
    quoted: QuotedName


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFinding:
    """One verdict in a list."""

    criterion: str
    title: Text
    subject: str
    dimension: Dimension
    standing: Standing
    verdict: Verdict
    required: bool
    claimed: bool | None
    proven: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingList:
    """Verdicts, those to act on first, and how many more there are."""

    findings: tuple[BriefFinding, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedExplanation:
    """Whom a finding is about, and the sentence that gives its reason."""

    about: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedFinding(BriefFinding):
    """One verdict with its rule, sources, records and remedy."""

    rule: str
    citations: tuple[CitationView, ...]
    defects: tuple[DefectView, ...]
    records: tuple[str | None, ...]
    remedy: RemedyView | None
    quoted: QuotedExplanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a criterion found, for each that it asked about."""

    findings: tuple[ExplainedFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefErrand:
    """One errand with its days."""

    errand: str
    title: Text
    aim: Aim
    start: date
    done_by: date
    required: bool
    late: bool
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandList:
    """What is to be done, in order."""

    errands: tuple[BriefErrand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a case would stand if something were done; no promise."""

    trial: bool = True
    before: CaseStanding
    after: CaseStanding
    settled: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedCheck:
    """What verify.py says, line by line; a bundle has a hand in it."""

    checked: tuple[str, ...]
    unchecked: tuple[str, ...]
    damaged: tuple[str, ...]
    unfinished: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleVerdict:
    """What a check of a bundle came to: exit code, in words, and counts of lines."""

    code: int
    result: str
    checked: int
    unchecked: int
    damaged: int
    unfinished: int
    quoted: QuotedCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledLine:
    """What one rule says of a business."""

    rule: str
    licence: str | None
    title: Text
    reason: Text
    open: tuple[str, ...]
    confidence: Confidence
    citations: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNext:
    """The question that narrows most; its options by code."""

    name: str
    question: Text
    options: Mapping[str, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedBusiness:
    """Which licences a business needs by what is known, and what to ask next."""

    needed: tuple[RuledLine, ...]
    not_needed: tuple[RuledLine, ...]
    doubtful: tuple[RuledLine, ...]
    remarked: tuple[RuledLine, ...]
    silent: tuple[RuledLine, ...]
    next_question: AskedNext | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperList:
    """The papers that are asked for, as `changqing materials --json` prints them."""

    materials: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureNames:
    """The procedures by id."""

    procedures: Mapping[str, Text]
