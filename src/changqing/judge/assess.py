"""One situation judged by one catalogue: rows in, verdicts out. A pure function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import local
from typing import Final

from changqing.case.model import Application
from changqing.case.subjects import Subject
from changqing.judge.derivation import LazyDerivation
from changqing.judge.explain import (
    ExplainInputs,
    Truths,
    Wording,
    list_atom_rules,
)
from changqing.judge.measure import (
    compile_measured,
    find_unset_measures,
    say_measure,
)
from changqing.judge.missing import find_missing
from changqing.judge.model import (
    Assessment,
    Finding,
    KnownDerivation,
    Missing,
    Situation,
)
from changqing.judge.phrase import PhraseReading
from changqing.judge.vacuous import is_vacuous
from changqing.judge.verdict import (
    decide_compliance,
    decide_long_term,
    decide_readiness,
    is_asked_for,
    list_cautions,
    rank_by_urgency,
)
from changqing.law.applicable import find_applicable
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion
from changqing.law.lookup import (
    APPLIES,
    find_parameter_value,
    is_after_licence,
    list_vocabulary,
    load_sqlite_program,
)
from changqing.law.model import Catalogue, Verdict
from changqing.law.verdict import decide_verdict
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, SqliteProgram, compile_sqlite
from changqing.rules.types import Value
from changqing.text import Text

_MOST_QUESTIONS: Final = 16
_OF_THREAD: Final = local()


@dataclass(frozen=True, slots=True, kw_only=True)
class _AskedRules:
    """What is asked of an application on a day, whatever the case."""

    givens: Mapping[str, Value | None]
    reading: PhraseReading
    asked: frozenset[str]
    """The criteria that can apply."""
    atoms: SqliteEngine
    """The comparisons that these make."""
    wording: Wording
    unset_measures: Mapping[str, Text]
    """The numbers among the parameters that no rule of the place sets, in words."""
    unasked: Mapping[str, Finding]
    """Of the other criteria in force, by name: there is nothing to ask."""


@dataclass(frozen=True)
class Judge:
    """A catalogue with its rules compiled, ready to judge many situations.

    Not shared between threads: it holds in-memory SQLite connections.
    """

    catalogue: Catalogue

    @cached_property
    def _engine(self) -> SqliteEngine:
        return SqliteEngine(load_sqlite_program(self.catalogue))

    @cached_property
    def _measure_engine(self) -> SqliteEngine:
        return SqliteEngine(compile_measured(self.catalogue))

    @cached_property
    def _questions(self) -> dict[tuple[Application, date], _AskedRules]:
        return {}

    def _find_asked_rules(self, application: Application, as_of: date) -> _AskedRules:
        """Find what is asked of such an application on a day: kept for the last few."""
        questions = self._questions
        asked_rules = questions.get((application, as_of))
        if asked_rules is not None:
            return asked_rules
        parameters = bound_parameters(self.catalogue, application, as_of)
        givens = list_givens(application, as_of)
        applicable = find_applicable(self._engine, givens)
        asked_rules = _AskedRules(
            givens=givens,
            reading=PhraseReading(
                catalogue=self.catalogue, parameters=parameters, givens=givens
            ),
            asked=applicable,
            atoms=next(
                (q.atoms for q in questions.values() if q.asked == applicable), None
            )
            or SqliteEngine(_compile_atoms(self.catalogue, applicable)),
            wording=Wording(),
            unset_measures=find_unset_measures(self.catalogue, application, as_of),
            unasked={
                name: _make_empty_finding(
                    criterion,
                    None,
                    asked=False,
                    required=is_asked_for(criterion.standing, application.stage),
                )
                for name, criterion in self.catalogue.criteria.items()
                if name not in applicable and criterion.in_force.covers(as_of)
            },
        )
        if len(questions) >= _MOST_QUESTIONS:
            del questions[next(iter(questions))]
        questions[application, as_of] = asked_rules
        return asked_rules

    def evaluate_rules(
        self, rows: Rows, application: Application, as_of: date
    ) -> Truths:
        """Evaluate every rule for every subject, in both stances."""
        return self._engine.evaluate(
            rows,
            parameters=bound_parameters(self.catalogue, application, as_of),
            givens=list_givens(application, as_of),
        )

    def assess(self, situation: Situation) -> Assessment:
        """Judge `situation`; findings come in the order of urgency."""
        application, as_of = situation.application, situation.as_of
        asked_rules = self._find_asked_rules(application, as_of)
        parameters, givens = asked_rules.reading.parameters, asked_rules.givens
        rows = make_rows(situation)
        truths = self._engine.evaluate(rows, parameters=parameters, givens=givens)
        atoms = asked_rules.atoms.evaluate(rows, parameters=parameters, givens=givens)
        inputs = ExplainInputs(
            catalogue=self.catalogue,
            resolved=situation.resolved,
            subjects=situation.subjects,
            labels=situation.labels,
            truths=atoms,
            parameters=parameters,
            reading=asked_rules.reading,
            open_claimed=situation.open_claimed,
            open_proven=situation.open_proven,
            absent=situation.absent,
            wording=asked_rules.wording,
        )
        unset_measures = asked_rules.unset_measures
        unmeasured = self._measure_engine.evaluate(
            rows,
            parameters={**parameters, **dict.fromkeys(unset_measures)},
            givens=givens,
        )
        findings = [
            finding
            for criterion in self.catalogue.criteria.values()
            if criterion.id in asked_rules.asked and criterion.in_force.covers(as_of)
            for finding in _build_findings(
                criterion, situation, truths, inputs, unset_measures, unmeasured
            )
        ]
        findings += asked_rules.unasked.values()
        findings.sort(key=rank_by_urgency)
        licensed = is_after_licence(application.stage)
        return Assessment(
            situation=situation,
            findings=tuple(findings),
            readiness=None if licensed else decide_readiness(findings),
            compliance=decide_compliance(findings) if licensed else None,
            long_term=decide_long_term(findings),
            cautions=list_cautions(findings, situation.labels),
        )


def find_judge(catalogue: Catalogue) -> Judge:
    """Find the judge of this thread for a catalogue, and keep the last.

    Half of what a new one needs for its first case is making it ready.
    """
    judge: Judge | None = getattr(_OF_THREAD, "judge", None)
    if judge is None or judge.catalogue is not catalogue:
        judge = _OF_THREAD.judge = Judge(catalogue)
    return judge


@keep_by_catalogue
def _compile_atoms(catalogue: Catalogue, applicable: frozenset[str]) -> SqliteProgram:
    """Compile the comparisons of some criteria; half of all concern no one case."""
    criteria = catalogue.criteria
    atoms = list_atom_rules([criteria[name] for name in criteria if name in applicable])
    return compile_sqlite(atoms, vocabulary=list_vocabulary(catalogue))


def bound_parameters(
    catalogue: Catalogue, application: Application, as_of: date
) -> Mapping[str, int | None]:
    """Find each parameter's number for this application.

    None where no rule decides.
    """
    # Few regions have a number of their own: all others share what is bound for one.
    region = (
        application.region if application.region in _list_regions(catalogue) else ""
    )
    return _bind_parameters(
        catalogue, application.licence, application.scope, region, as_of
    )


@keep_by_catalogue
def _list_regions(catalogue: Catalogue) -> frozenset[str | None]:
    """The regions of which some parameter has a number of its own."""
    return frozenset(
        value.region
        for parameter in catalogue.parameters.values()
        for value in parameter.values
    )


@keep_by_catalogue
def _bind_parameters(
    catalogue: Catalogue, licence: str, scope: str, region: str, as_of: date
) -> Mapping[str, int | None]:
    bound: dict[str, int | None] = {}
    for name in catalogue.parameters:
        parameter_value = find_parameter_value(
            catalogue, name, licence=licence, scope=scope, region=region, on=as_of
        )
        bound[name] = None if parameter_value is None else parameter_value.value
    return bound


def list_givens(application: Application, as_of: date) -> Mapping[str, Value | None]:
    """List what every expression is given.

    The report year is the year before `as_of`.
    """
    return {
        "licence": application.licence,
        "scope": application.scope,
        "region": application.region,
        "stage": application.stage,
        "submit_on": application.submit_on,
        "as_of": as_of,
        "report_year": as_of.year - 1,
    }


def make_rows(situation: Situation) -> Rows:
    """Make two rows for each subject: what is claimed and what is proven of it."""
    claimed: dict[Subject, dict[str, Value | None]] = {}
    proven: dict[Subject, dict[str, Value | None]] = {}
    agree_claimed: dict[Subject, dict[str, bool | None]] = {}
    agree_proven: dict[Subject, dict[str, bool | None]] = {}
    for (subject, fact), resolved in situation.resolved.items():
        claimed.setdefault(subject, {})[fact] = resolved.claimed
        proven.setdefault(subject, {})[fact] = resolved.proven
        agree_claimed.setdefault(subject, {})[fact] = resolved.agree_claimed
        agree_proven.setdefault(subject, {})[fact] = resolved.agree_proven
    members: dict[str, list[MemberRow]] = {}
    for subject in situation.subjects:
        of_type = members.setdefault(subject.type, [])
        of_type.append(
            MemberRow(
                id=subject.id,
                stance=Stance.CLAIMED,
                values=claimed.get(subject, {}),
                agree=agree_claimed.get(subject, {}),
            )
        )
        of_type.append(
            MemberRow(
                id=subject.id,
                stance=Stance.PROVEN,
                values=proven.get(subject, {}),
                agree=agree_proven.get(subject, {}),
            )
        )
    return Rows(
        members=members,
        open_lists={
            Stance.CLAIMED: situation.open_claimed,
            Stance.PROVEN: situation.open_proven,
        },
        absent=situation.absent,
    )


def decide_verdicts(
    criterion: Criterion, subjects: Sequence[Subject], truths: Truths
) -> Iterable[tuple[Subject | None, Verdict, bool | None, bool | None]]:
    """Decide one criterion for each of its subjects, with both truth values.

    Where it applies to no member it is said to be not applicable once; where it applies
    to some, of the others nothing was asked.
    """
    mine = [subject for subject in subjects if subject.type == criterion.subject]
    if not mine:
        yield None, Verdict.UNDETERMINED, None, None
        return
    subjects_asked = [
        subject
        for subject in mine
        if truths.get((APPLIES + criterion.id, subject.id, Stance.PROVEN)) is not False
    ]
    if not subjects_asked:
        only = mine[0] if len(mine) == 1 else None
        yield only, Verdict.NOT_APPLICABLE, None, None
    for subject in subjects_asked:
        claimed = truths.get((criterion.id, subject.id, Stance.CLAIMED))
        proven = truths.get((criterion.id, subject.id, Stance.PROVEN))
        yield subject, decide_verdict(claimed=claimed, proven=proven), claimed, proven


def _make_empty_finding(
    criterion: Criterion,
    subject: Subject | None,
    *,
    verdict: Verdict = Verdict.NOT_APPLICABLE,
    missing: tuple[Missing, ...] = (),
    asked: bool = True,
    required: bool,
) -> Finding:
    """A finding that rests on no fact: there is nobody to ask, or nothing to ask."""
    return Finding(
        criterion=criterion,
        subject=subject,
        verdict=verdict,
        claimed=None,
        proven=None,
        derivation=KnownDerivation(
            explanation=_NOT_ASKED if verdict is Verdict.NOT_APPLICABLE else _NO_MEMBER,
            missing=missing,
        ),
        asked=asked,
        required=required,
    )


def _build_findings(
    criterion: Criterion,
    situation: Situation,
    truths: Truths,
    inputs: ExplainInputs,
    unset_measures: Mapping[str, Text],
    unmeasured: Truths,
) -> Iterable[Finding]:
    required = is_asked_for(criterion.standing, situation.application.stage)
    unset = tuple(
        sorted(
            name
            for name in criterion.test.parameters
            if inputs.parameters.get(name) is None
        )
    )
    for subject, verdict, claimed, proven in decide_verdicts(
        criterion, situation.subjects, truths
    ):
        if subject is None or verdict is Verdict.NOT_APPLICABLE:
            yield _make_empty_finding(
                criterion,
                subject,
                verdict=verdict,
                missing=find_missing(criterion, subject, verdict, (), inputs),
                required=required,
            )
            continue
        yield Finding(
            criterion=criterion,
            subject=subject,
            verdict=verdict,
            claimed=claimed,
            proven=proven,
            derivation=LazyDerivation(
                criterion=criterion,
                subject=subject,
                verdict=verdict,
                claimed=claimed,
                proven=proven,
                unset=unset,
                situation=situation,
                known=inputs,
            ),
            unknown_parameters=unset,
            required=required,
            vacuous=verdict is Verdict.MET and is_vacuous(criterion, subject, inputs),
            measure=say_measure(criterion, subject, unset_measures, unmeasured)
            if verdict in (Verdict.UNMET, Verdict.CONTRADICTED)
            else None,
        )


_NO_MEMBER = Text(
    zh="这一项所问的对象还没有登记，无法判断。",
    en="Nothing of the kind this criterion asks about is on record yet.",
)
_NOT_ASKED = Text(
    zh="前提不具备，本项不适用。", en="Its premise does not hold; not applicable."
)
