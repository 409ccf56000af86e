"""Why a finding is what it is, each part made when somebody first asks for it.

A verdict takes the rules alone. Its words, and the list of what it rests on, take as
long as all the judging before them, and of many cases nobody reads most of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.model import Conflict, Record
from changqing.judge.doubt import explain_failure
from changqing.judge.explain import ExplainInputs, judge_terms, write_explanation
from changqing.judge.missing import find_missing
from changqing.judge.model import (
    FindingGap,
    JudgedTerm,
    KnownDerivation,
    Missing,
    Situation,
)
from changqing.judge.verdict import group_of
from changqing.judge.words import UNSET
from changqing.law.kinds.criterion import Criterion
from changqing.law.kit import GradeGroup
from changqing.law.model import Catalogue, Verdict
from changqing.text import Text

_PARTS: Final = tuple(part.name for part in fields(KnownDerivation))


@dataclass(frozen=True, kw_only=True, eq=False)
class LazyDerivation:
    """The derivation of a verdict about one subject; see `Derivation`.

    What it is made from does not change, so that it is the same whenever it is made.
    It equals what it would be once made, and travels to other processes as that.
    """

    criterion: Criterion
    subject: Subject
    verdict: Verdict
    claimed: bool | None
    proven: bool | None
    unset: tuple[str, ...]
    situation: Situation
    known: ExplainInputs

    @cached_property
    def terms(self) -> tuple[JudgedTerm, ...]:
        """The comparisons, each with both answers beside it."""
        return judge_terms(self.criterion, self.subject, self.known)

    @cached_property
    def explanation(self) -> Text:
        """The requirement in words, then each answer with its values."""
        explanation = write_explanation(
            self.criterion,
            self.known,
            self.terms,
            claimed=self.claimed,
            proven=self.proven,
        )
        if not self.unset:
            return explanation
        return Text(
            zh=f"{explanation.zh}本项所依数值没有规则可循，{UNSET.zh}。",
            en=f"{explanation.en} No rule sets the number it needs: {UNSET.en}.",
        )

    @cached_property
    def evidence(self) -> tuple[Record, ...]:
        """What is on record of the facts that are read."""
        return _collect_evidence(self._read_subjects, self.situation)

    @cached_property
    def gaps(self) -> tuple[FindingGap, ...]:
        """Why facts that are read are not proven."""
        return _collect_gaps(self._read_subjects, self.situation, self.known.catalogue)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Sources that differ on a fact that is read."""
        return _select_conflicts(self._read_subjects, self.situation.conflicts)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """What leaves it open."""
        return find_missing(
            self.criterion, self.subject, self.verdict, self.terms, self.known
        )

    @cached_property
    def reason(self) -> Text | None:
        """Which comparisons fail, where they do."""
        return explain_failure(
            self.criterion,
            self.terms,
            self.known,
            claimed=self.claimed,
            proven=self.proven,
        )

    @cached_property
    def rests_on(self) -> GradeGroup | None:
        """By what it is met at best, where it is met."""
        return group_of(self.terms) if self.verdict is Verdict.MET else None

    @cached_property
    def _read_subjects(self) -> Sequence[tuple[Subject, str]]:
        return _list_facts_read(self.criterion, self.subject, self.situation)

    def make(self) -> KnownDerivation:
        """Make all parts of it."""
        return KnownDerivation(
            explanation=self.explanation,
            terms=self.terms,
            evidence=self.evidence,
            gaps=self.gaps,
            conflicts=self.conflicts,
            missing=self.missing,
            reason=self.reason,
            rests_on=self.rests_on,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LazyDerivation | KnownDerivation):
            return NotImplemented
        return all(getattr(self, part) == getattr(other, part) for part in _PARTS)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return _restore_derivation, (self.make(),)


def _restore_derivation(derivation: KnownDerivation) -> KnownDerivation:
    return derivation


def _list_facts_read(
    criterion: Criterion, subject: Subject, situation: Situation
) -> list[tuple[Subject, str]]:
    """Every fact the test reads: its own subject's, and those of quantified members."""
    keys: list[tuple[Subject, str]] = []
    for subject_type, fact in sorted(criterion.test.facts):
        if subject_type == subject.type:
            keys.append((subject, fact))
        else:
            keys += [(s, fact) for s in situation.subjects if s.type == subject_type]
    return keys


def _collect_evidence(
    keys: Sequence[tuple[Subject, str]], situation: Situation
) -> tuple[Record, ...]:
    records: dict[tuple[object, ...], Record] = {}
    for key in keys:
        resolved = situation.resolved.get(key)
        if resolved is None:
            continue
        for record in (resolved.proven_by, resolved.claimed_by):
            if record is not None:
                records[record.subject, record.fact, record.source] = record
    return tuple(records.values())


def _collect_gaps(
    keys: Sequence[tuple[Subject, str]], situation: Situation, catalogue: Catalogue
) -> tuple[FindingGap, ...]:
    gaps = []
    for subject, fact in keys:
        resolved = situation.resolved.get((subject, fact))
        if resolved is None or resolved.gap is None:
            continue
        definition = catalogue.facts[subject.type, fact]
        gaps.append(
            FindingGap(
                fact=fact,
                label=definition.label,
                subject=subject,
                reason=resolved.gap,
                detail=resolved.gap_detail or Text(zh="", en=""),
                at=resolved.gap_at,
            )
        )
    return tuple(gaps)


def _select_conflicts(
    facts_read: Sequence[tuple[Subject, str]], conflicts: Sequence[Conflict]
) -> tuple[Conflict, ...]:
    if not conflicts:
        return ()
    keys = set(facts_read)
    return tuple(c for c in conflicts if (c.subject, c.fact) in keys)
