"""Many cases judged at once: the same situations, the same rules, columns for verdicts.

What is known of each case is resolved by the very function that assesses a single one
(`run.situation_of`). Rules run as Polars expressions over all cases together, and the
two sentences are columns as well. A differential test holds all of it to `judge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.judge.assess import bound_parameters, givens_of
from changqing.judge.model import Compliance, LongTermState, Readiness, Situation
from changqing.judge.verdict import is_asked_for
from changqing.law.kinds.criterion import Criterion, Route, Weight
from changqing.law.lookup import APPLIES, in_force, is_after_licence, vocabulary
from changqing.law.model import Catalogue, Verdict
from changqing.rules.expression import Expression
from changqing.rules.polars import PolarsProgram, compile_polars
from changqing.rules.rows import Rows, Stance
from changqing.rules.sqlite import encode_value, list_closed
from changqing.rules.types import Value
from changqing.run import Known, situation_of

VERDICTS: Final = pl.Enum([verdict.value for verdict in Verdict])
NOBODY: Final = ""
"""The id in the row of a case that has no member a criterion could be asked of."""
_ASKED_BEFORE: Final = "apply"
_ASKED_AFTER: Final = "operate"
_BAD: Final = (Verdict.UNMET, Verdict.CONTRADICTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCase:
    """One case of a register by its id, and all that is known of it."""

    id: str
    case: Case
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCases:
    """What is said of many cases; `case` is the place of a case among them, from 0.

    `verdicts` has by type of subject a row for each member, and one with the id
    `NOBODY` for a case without any, and a column for each criterion: its verdict,
    `not_applicable` where it was not asked of the member. `sentences` has a row for
    each case: `readiness`, `compliance`, `long_term`, `route`, and how many verdicts
    of each kind. `read_facts` names what a criterion reads of its own subject.
    """

    situations: Sequence[Situation]
    verdicts: Mapping[str, pl.DataFrame]
    sentences: pl.DataFrame
    read_facts: Mapping[str, Sequence[str]]


class RegisterJudge:
    """The rules of a catalogue that are in force on a day, ready for many cases."""

    def __init__(self, catalogue: Catalogue, as_of: date) -> None:
        self.catalogue = catalogue
        self.as_of = as_of
        self.criteria = in_force(catalogue, as_of)

    @cached_property
    def _program(self) -> PolarsProgram:
        rules: dict[str, Expression] = {}
        for name, criterion in self.criteria.items():
            rules[name] = criterion.test
            rules[APPLIES + name] = criterion.applies
        return compile_polars(rules, vocabulary=vocabulary(self.catalogue))

    @cached_property
    def by_subject(self) -> Mapping[str, Sequence[Criterion]]:
        """The criteria by the type of subject they are asked of."""
        found: dict[str, list[Criterion]] = {}
        for criterion in self.criteria.values():
            found.setdefault(criterion.subject, []).append(criterion)
        return found

    @cached_property
    def read_facts(self) -> Mapping[str, Sequence[str]]:
        """The facts of its own subject that each criterion reads."""
        return {
            name: sorted(
                fact
                for subject, fact in criterion.test.facts
                if subject == criterion.subject
            )
            for name, criterion in self.criteria.items()
        }

    def judge_cases(self, cases: Iterable[RegisterCase]) -> JudgedCases:
        """Judge all `cases` on the day. A pure function of its arguments."""
        return self.judge_situations(
            [
                situation_of(each.case, each.known, self.catalogue, self.as_of)
                for each in cases
            ]
        )

    def judge_situations(self, situations: Sequence[Situation]) -> JudgedCases:
        """Judge what is known of each case. All are of the day of this judge."""
        program = self._program
        frames = {
            subject: _build_frame(program, subject, situations)
            for subject in program.plan.facts
        }
        lists, known = self._list_closed(situations), self._bind(situations)
        truths = program.evaluate_register(frames, lists, known)
        nobody = {
            subject: _list_nobody(program, subject, situations)
            for subject in self.by_subject
        }
        # Of nobody it is asked only whether the criterion can apply, and that reads no
        # other member: so these rows are judged apart, and never counted as members.
        unasked = program.evaluate_register(nobody, lists, known)
        verdicts = {
            subject: pl.concat(
                [
                    _pair_stances(truths[subject], criteria),
                    _ask_nobody(unasked[subject], criteria),
                ]
            ).sort("case", maintain_order=True)
            for subject, criteria in self.by_subject.items()
        }
        return JudgedCases(
            situations=situations,
            verdicts=verdicts,
            read_facts=self.read_facts,
            sentences=say_sentences(
                [each.application.stage for each in situations],
                verdicts,
                self.by_subject,
            ),
        )

    def _list_closed(self, situations: Sequence[Situation]) -> pl.DataFrame:
        lists = self._program.plan.lists
        rows = [
            (place, stance, *map(bool, closed))
            for place, situation in enumerate(situations)
            for stance, *closed in list_closed(
                Rows(
                    members={},
                    open_lists={
                        Stance.CLAIMED: situation.open_claimed,
                        Stance.PROVEN: situation.open_proven,
                    },
                    absent=situation.absent,
                ),
                lists,
            )
        ]
        return pl.DataFrame(rows, schema=self._program.lists_schema(), orient="row")

    def _bind(self, situations: Sequence[Situation]) -> pl.DataFrame:
        """Look up the parameters and givens of each case; None where none is set."""
        names = self._program.plan.names
        rows = []
        for place, situation in enumerate(situations):
            application = situation.application
            bound = bound_parameters(self.catalogue, application, self.as_of)
            givens = givens_of(application, self.as_of)
            rows.append(
                (
                    place,
                    *(givens[n] if n in givens else bound.get(n) for n in names),
                )
            )
        return pl.DataFrame(rows, schema=self._program.values_schema(), orient="row")


def say_sentences(
    stages: Sequence[str],
    verdicts: Mapping[str, pl.DataFrame],
    criteria: Mapping[str, Sequence[Criterion]],
) -> pl.DataFrame:
    """Say the two sentences of each case, as `judge.verdict` does, from columns.

    `stages` has the stage of each case; `verdicts` and `criteria` go by subject.
    """
    flags = pl.concat(
        [
            frame.select("case", *_flag_rows(criteria[subject]))
            for subject, frame in verdicts.items()
        ]
    )
    counted = [f"count_{verdict.value}" for verdict in Verdict]
    by_case = flags.group_by("case", maintain_order=True).agg(
        *(pl.col(name).any() for name in flags.columns if name.startswith("any_")),
        *(pl.col(name).all() for name in flags.columns if name.startswith("all_")),
        *(pl.col(name).sum() for name in counted),
    )
    cases = pl.DataFrame(
        {
            "case": range(len(stages)),
            "after": [is_after_licence(stage) for stage in stages],
        },
        schema={"case": pl.Int64, "after": pl.Boolean},
    )
    joined = cases.join(by_case, on="case", how="left", maintain_order="left")
    return joined.select("case", *_write_sentences(), *counted)


# Rows of what is known


def _build_frame(
    program: PolarsProgram, subject: str, situations: Sequence[Situation]
) -> pl.DataFrame:
    """Two rows for each member: what is claimed and what is proven of it."""
    places: dict[tuple[int, Subject], int] = {}
    for place, situation in enumerate(situations):
        for member in situation.subjects:
            if member.type == subject:
                places.setdefault((place, member), 2 * len(places))
    length = 2 * len(places)
    facts = program.plan.facts[subject]
    agreements = program.plan.agreements[subject]
    columns: dict[str, list[object]] = {
        "case": [place for place, _ in places for _ in Stance],
        "id": [member.id for _, member in places for _ in Stance],
        "stance": [stance.value for _ in places for stance in Stance],
        **{fact: [None] * length for fact in facts},
        **{f"agree__{fact}": [None] * length for fact in agreements},
    }
    read, agreed = frozenset(facts), frozenset(agreements)
    after = {stance: place for place, stance in enumerate(Stance)}
    for place, situation in enumerate(situations):
        for (member, fact), found in situation.resolved.items():
            if member.type != subject or (place, member) not in places:
                continue
            row = places[place, member]
            said, shown = row + after[Stance.CLAIMED], row + after[Stance.PROVEN]
            if fact in read:
                columns[fact][said] = _encode(found.claimed)
                columns[fact][shown] = _encode(found.proven)
            if fact in agreed:
                columns[f"agree__{fact}"][said] = found.agree_claimed
                columns[f"agree__{fact}"][shown] = found.agree_proven
    return pl.DataFrame(columns, schema=program.schema(subject))


def _encode(value: Value | None) -> object:
    """Encode a value as a column holds it; what has a type of its own stays."""
    if isinstance(value, bool | date | str) or value is None:
        return value
    return encode_value(value)


def _list_nobody(
    program: PolarsProgram, subject: str, situations: Sequence[Situation]
) -> pl.DataFrame:
    """A row for each case that has no member of a type of subject."""
    empty = [
        place
        for place, situation in enumerate(situations)
        if not any(member.type == subject for member in situation.subjects)
    ]
    schema = program.schema(subject)
    columns: dict[str, list[object]] = {
        name: [None] * len(empty) for name in schema.names()
    }
    columns["case"] = [*empty]
    columns["id"] = [NOBODY] * len(empty)
    columns["stance"] = [Stance.PROVEN.value] * len(empty)
    return pl.DataFrame(columns, schema=schema)


# From truths to verdicts


def _pair_stances(truths: pl.DataFrame, criteria: Sequence[Criterion]) -> pl.DataFrame:
    """The verdict on each criterion of each member, from both its rows."""
    claimed = truths.filter(pl.col("stance") == Stance.CLAIMED.value)
    proven = truths.filter(pl.col("stance") == Stance.PROVEN.value)
    said = claimed.select(pl.col(each.id).alias(f"said:{each.id}") for each in criteria)
    both = pl.concat([proven, said], how="horizontal")
    return both.select(
        "case",
        "id",
        *(_write_verdict(each.id).cast(VERDICTS).alias(each.id) for each in criteria),
    )


def _write_verdict(rule: str) -> pl.Expr:
    """As `law.verdict.verdict_of`, once the criterion applies."""

    def word(verdict: Verdict) -> pl.Expr:
        return pl.lit(verdict.value)

    proven, claimed = pl.col(rule), pl.col(f"said:{rule}")
    return (
        pl.when(~pl.col(APPLIES + rule))
        .then(word(Verdict.NOT_APPLICABLE))
        .when(proven)
        .then(word(Verdict.MET))
        .when(~proven & claimed)
        .then(word(Verdict.CONTRADICTED))
        .when(~proven)
        .then(word(Verdict.UNMET))
        .when(claimed)
        .then(word(Verdict.UNPROVEN))
        .when(~claimed)
        .then(word(Verdict.UNMET))
        .otherwise(word(Verdict.UNDETERMINED))
    )


def _ask_nobody(truths: pl.DataFrame, criteria: Sequence[Criterion]) -> pl.DataFrame:
    """Unknown, where a criterion could apply and nobody is there to ask."""
    return truths.select(
        "case",
        "id",
        *(
            pl.when(~pl.col(APPLIES + each.id))
            .then(pl.lit(Verdict.NOT_APPLICABLE.value))
            .otherwise(pl.lit(Verdict.UNDETERMINED.value))
            .cast(VERDICTS)
            .alias(each.id)
            for each in criteria
        ),
    )


# From verdicts to sentences


def _flag_rows(criteria: Sequence[Criterion]) -> list[pl.Expr]:
    """What each row of verdicts says for or against the sentences of its case."""

    def some(chosen: Iterable[Criterion], *verdicts: Verdict) -> pl.Expr:
        words = [verdict.value for verdict in verdicts]
        found = [pl.col(each.id).is_in(words) for each in chosen]
        return pl.any_horizontal(found) if found else pl.lit(value=False)

    def every(chosen: Iterable[Criterion], *verdicts: Verdict) -> pl.Expr:
        words = [verdict.value for verdict in verdicts]
        found = [pl.col(each.id).is_in(words) for each in chosen]
        return pl.all_horizontal(found) if found else pl.lit(value=True)

    asked = [verdict for verdict in Verdict if verdict is not Verdict.NOT_APPLICABLE]
    groups: dict[str, list[Criterion]] = {
        stage: [each for each in criteria if is_asked_for(each.standing, stage)]
        for stage in (_ASKED_BEFORE, _ASKED_AFTER)
    }
    for route in Route:
        groups[route.value] = [
            each
            for each in criteria
            if each.long_term is not None
            and each.long_term.route is route
            and each.long_term.weight is Weight.CORE
        ]
    flags: dict[str, pl.Expr] = {}
    for name, chosen in groups.items():
        flags[f"any_asked_{name}"] = some(chosen, *asked)
        flags[f"any_bad_{name}"] = some(chosen, *_BAD)
        flags[f"any_unmet_{name}"] = some(chosen, Verdict.UNMET)
        flags[f"any_contradicted_{name}"] = some(chosen, Verdict.CONTRADICTED)
        flags[f"all_met_{name}"] = every(chosen, Verdict.MET, Verdict.NOT_APPLICABLE)
    vetoes = [e for e in criteria if e.long_term is not None and e.long_term.veto]
    flags["any_veto"] = some(vetoes, *_BAD)
    for verdict in Verdict:
        met = [(pl.col(each.id) == verdict.value) for each in criteria]
        flags[f"count_{verdict.value}"] = pl.sum_horizontal(met).cast(pl.Int64)
    return [expression.alias(name) for name, expression in flags.items()]


def _write_sentences() -> list[pl.Expr]:
    col = pl.col

    def first(name: str, failing: str, done: str, still: str) -> pl.Expr:
        return (
            pl.when(col(f"any_bad_{name}"))
            .then(pl.lit(failing))
            .when(col(f"any_asked_{name}") & col(f"all_met_{name}"))
            .then(pl.lit(done))
            .otherwise(pl.lit(still))
        )

    def complete(route: Route) -> pl.Expr:
        return col(f"any_asked_{route.value}") & col(f"all_met_{route.value}")

    before = first(
        _ASKED_BEFORE,
        Readiness.NOT_READY.value,
        Readiness.READY.value,
        Readiness.OPEN.value,
    )
    licensed = first(
        _ASKED_AFTER,
        Compliance.BREACHED.value,
        Compliance.IN_ORDER.value,
        Compliance.OPEN.value,
    )
    contradicted = pl.any_horizontal(
        col(f"any_contradicted_{route.value}") for route in Route
    )
    unmet = pl.all_horizontal(col(f"any_unmet_{route.value}") for route in Route)
    doubtful = col("any_veto") | contradicted | unmet
    able, standing = complete(Route.ABILITY), complete(Route.STANDING)
    state = (
        pl.when(doubtful)
        .then(pl.lit(LongTermState.IN_DOUBT.value))
        .when(able | standing)
        .then(pl.lit(LongTermState.SHOWN.value))
        .otherwise(pl.lit(LongTermState.OPEN.value))
    )
    route = (
        pl.when(~doubtful & able)
        .then(pl.lit(Route.ABILITY.value))
        .when(~doubtful & standing)
        .then(pl.lit(Route.STANDING.value))
    )
    return [
        pl.when(~col("after")).then(before).alias("readiness"),
        pl.when(col("after")).then(licensed).alias("compliance"),
        state.alias("long_term"),
        route.alias("route"),
    ]
