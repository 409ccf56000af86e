"""The JSON files of a bundle, as this program writes them.

`verify.py`, which stands alone, asks for less: it reads bundles of older editions too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NotRequired, TypedDict

from changqing.jsondata import WordsData

BUNDLE_VERSION: Final = 1
"""As the first line of `manifest.txt` has it."""


class BoundData(TypedDict):
    """`bound.json`: what the undertaking was signed over."""

    digest: str
    size: int


class CatalogueData(TypedDict):
    """Of which edition the rules are."""

    edition: str
    digest: str


class SealedCompany(TypedDict):
    """Whose case it is."""

    name: str
    credit_code: str | None


class SealedApplication(TypedDict):
    """What is applied for; days are ISO dates."""

    licence: str
    scope: str
    region: str
    stage: str
    submit_on: str


class SealedSubject(TypedDict):
    """A subject, as the records name it, and what a person calls it."""

    id: str
    name: WordsData


class OpenLists(TypedDict):
    """The lists that may still grow, by the claimed and by the proven row."""

    claimed: Sequence[str]
    proven: Sequence[str]


class GivenData(TypedDict):
    """`given.json`: for whom and what the verdicts are, and as of which day.

    `derived` are records that follow from the history, which no verifier can redo;
    `history` names its batches.
    """

    as_of: str
    case: SealedCompany
    catalogue: CatalogueData
    application: SealedApplication
    subjects: Sequence[SealedSubject]
    open: OpenLists
    derived: NotRequired[Sequence[Mapping[str, object]]]
    history: NotRequired[Sequence[str]]


class SealedVerdict(TypedDict):
    """A verdict; `evidence` are numbers of entries of the log.

    `explanation` is null where it would say what is withheld.
    """

    criterion: str
    subject: str | None
    verdict: str
    claimed: bool | None
    proven: bool | None
    evidence: Sequence[int]
    explanation: NotRequired[WordsData | None]


class SealedLongTerm(TypedDict):
    """The long-term capability, and the route by which it is shown."""

    state: str
    route: str | None


class AssessmentData(TypedDict):
    """`assessment.json`: the verdicts."""

    readiness: str | None
    compliance: str | None
    long_term: SealedLongTerm
    findings: Sequence[SealedVerdict]


class WithheldEntry(TypedDict):
    """An entry of the log that is left out: what it is about, and why."""

    number: int
    subject: str
    fact: str
    reason: str


class OpenedSubject(TypedDict):
    """A subject that heads of the log name by a salted digest, with its salt."""

    subject: str
    salt: str


class UnshownPaper(TypedDict):
    """A paper whose bytes are left out, and why."""

    subject: str
    reason: str


class AbsentObject(TypedDict):
    """Bytes that the log names and nobody has."""

    digest: str


class MaskedDocument(TypedDict):
    """A document, and the copy of it that is shown."""

    name: str
    masked: str | None


class WithheldData(TypedDict):
    """`withheld.json`: what the bundle does not show."""

    entries: Sequence[WithheldEntry]
    subjects: Sequence[OpenedSubject]
    papers: Sequence[UnshownPaper]
    absent: Sequence[AbsentObject]
    documents: Sequence[MaskedDocument]


class SealedCriterion(TypedDict):
    """A criterion: its expressions as they are run, and what it rests on."""

    title: WordsData
    subject: str
    dimension: str
    standing: str
    long_term: Sequence[str] | None
    veto: bool
    in_force: Sequence[str | None]
    reads: Sequence[Sequence[str]]
    counts: Sequence[str]
    applies: str
    test: str
    citations: Sequence[WordsData]


class SealedFact(TypedDict):
    """A fact: its type, and the least grade that proves it."""

    label: WordsData
    kind: str
    unit: str | None
    text_kind: str | None
    proof: str
    tolerance: int
    generated: bool
    days: int | None
    derived: bool


class SealedParameter(TypedDict):
    """A number set by law, and for whom it holds; `value` null: nobody decided."""

    value: object
    licences: Sequence[str]
    scopes: Sequence[str]
    region: str | None
    in_force: Sequence[str | None]


class SealedTable(TypedDict):
    """The columns that the SQL of a subject expects, in order."""

    facts: Sequence[str]
    agree: Sequence[str]
    rules: Sequence[str]


class LayoutData(TypedDict):
    """`rules/layout.json`: the tables that the SQL of the bundle reads."""

    lists: Sequence[str]
    names: Sequence[str]
    tables: Mapping[str, SealedTable]
