"""Many cases judged at once: the same situations, the same rules, columns for verdicts.

What is known of each case is resolved by the very function that assesses a single one
(`run.make_situation`) and becomes columns (`columns`). Rules run as Polars expressions
over all cases together, and the two sentences are columns as well. A differential test
holds all of it to `judge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import add, or_
from typing import Final

import polars as pl

from changqing.case.model import Case
from changqing.judge.model import (
    Compliance,
    LongTermState,
    Readiness,
    Situation,
)
from changqing.judge.verdict import is_asked_for
from changqing.law.kinds.criterion import Criterion, Route, Weight
from changqing.law.lookup import (
    APPLIES,
    is_after_licence,
    list_vocabulary,
    select_in_force,
)
from changqing.law.model import Catalogue, Verdict
from changqing.outlook.derived import DERIVED_FACTS
from changqing.rules.expression import Expression
from changqing.rules.polars import PolarsProgram, compile_polars
from changqing.rules.rows import Stance
from changqing.run import Known, list_taken_facts, make_situation
from changqing.screening.columns import KnownColumns

VERDICTS: Final = pl.Enum([verdict.value for verdict in Verdict])
NOBODY: Final = ""
"""The id in the row of a case that has no member a criterion could be asked of."""
_ASKED_BEFORE: Final = "apply"
_ASKED_AFTER: Final = "operate"
_VETO: Final = "veto"
_WEIGHTS: Final = {
    name: 1 << place
    for place, name in enumerate((_ASKED_BEFORE, _ASKED_AFTER, *Route, _VETO))
}
"""A bit for each of what a criterion may count for: one number says all of it."""
_KEYS: Final = ("case", "id", "stance")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCase:
    """One case of a register by its id, and all that is known of it."""

    id: str
    case: Case
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCases:
    """What is said of many cases; `case` is the place of a case among them, from 0.

    `given` says whose each is. `verdicts` has by type of subject a row for each member,
    and one with the id `NOBODY` for a case without any, and a column for each
    criterion: its verdict, `not_applicable` where it was not asked of the member.
    `asked` has a row for each verdict on what was: `case`, `id`, `subject`,
    `criterion`, `verdict`.
    `sentences` has a row for each case: `readiness`, `compliance`, `long_term`,
    `route`, and how many verdicts of each kind. `facts` are those spoken of, and
    `read_facts` names what a criterion reads of its own subject.
    """

    given: pl.DataFrame
    verdicts: Mapping[str, pl.DataFrame]
    asked: pl.DataFrame
    sentences: pl.DataFrame
    facts: pl.DataFrame
    read_facts: Mapping[str, Sequence[str]]


class RegisterJudge:
    """The rules of a catalogue that are in force on a day, ready for many cases."""

    def __init__(self, catalogue: Catalogue, as_of: date) -> None:
        self.catalogue = catalogue
        self.as_of = as_of
        self.criteria = select_in_force(catalogue, as_of)

    @cached_property
    def program(self) -> PolarsProgram:
        """The rules, each with whether it applies."""
        rules: dict[str, Expression] = {}
        for name, criterion in self.criteria.items():
            rules[name] = criterion.test
            rules[APPLIES + name] = criterion.applies
        return compile_polars(rules, vocabulary=list_vocabulary(self.catalogue))

    @cached_property
    def _asking(self) -> PolarsProgram:
        """Only whether a criterion can apply, for cases that have nobody to ask."""
        rules = {
            APPLIES + name: criterion.applies
            for name, criterion in self.criteria.items()
        }
        return compile_polars(rules, vocabulary=list_vocabulary(self.catalogue))

    @cached_property
    def _weights(self) -> pl.DataFrame:
        return weigh_criteria(self.criteria.values())

    @cached_property
    def by_subject(self) -> Mapping[str, Sequence[Criterion]]:
        """The criteria by the type of subject they are asked of."""
        criteria: dict[str, list[Criterion]] = {}
        for criterion in self.criteria.values():
            criteria.setdefault(criterion.subject, []).append(criterion)
        return criteria

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

    @cached_property
    def reason_facts(self) -> frozenset[tuple[str, str]]:
        """The facts of which reasons speak, by type of subject."""
        return frozenset(
            (criterion.subject, fact)
            for name, criterion in self.criteria.items()
            for fact in self.read_facts[name]
        )

    @cached_property
    def facts_read(self) -> frozenset[tuple[str, str]]:
        """The facts that rules read or reasons speak of, by type of subject."""
        plan = self.program.plan
        return self.reason_facts | {
            (subject, fact)
            for facts_by_subject in (plan.facts, plan.agreements)
            for subject, facts in facts_by_subject.items()
            for fact in facts
        }

    @cached_property
    def facts_taken(self) -> frozenset[tuple[str, str]]:
        """The facts that `resolve_case` takes by itself, by type of subject."""
        return list_taken_facts(self.catalogue, with_outlook=self._reads_outlook)

    @cached_property
    def _reads_outlook(self) -> bool:
        """Whether anything is read that only looking ahead tells."""
        return not self.facts_read.isdisjoint(DERIVED_FACTS)

    def make_columns(self) -> KnownColumns:
        """Make columns for what the rules read, with no case in them."""
        return KnownColumns(
            self.program, self.catalogue, self.as_of, explained=self.reason_facts
        )

    def judge_cases(self, cases: Iterable[RegisterCase]) -> JudgedCases:
        """Judge all `cases` on the day. A pure function of its arguments."""
        return self.judge_columns(self.collect_columns(cases))

    def collect_columns(self, cases: Iterable[RegisterCase]) -> KnownColumns:
        """Resolve what is known of each of `cases`, and let go of the case itself."""
        columns = self.make_columns()
        for case in cases:
            columns.add(case.id, case.case.name, self.resolve_case(case))
        return columns

    def resolve_case(self, case: RegisterCase) -> Situation:
        """Resolve what is known of a case, as far as rules and reasons ask."""
        return make_situation(
            case.case,
            case.known,
            self.catalogue,
            self.as_of,
            with_words=False,
            with_outlook=self._reads_outlook,
        )

    def judge_columns(self, columns: KnownColumns) -> JudgedCases:
        """Judge what is known of each case. All are of the day of this judge."""
        frames = columns.build()
        truths = self.program.evaluate_register(
            frames.members, frames.lists, frames.values
        )
        # Of nobody it is asked only whether the criterion can apply, and that reads no
        # other member: so these rows are judged apart, and never counted as members.
        unasked = self._asking.evaluate_register(
            {
                subject: _list_nobody(self._asking, subject, frames.empty[subject])
                for subject in self.by_subject
                if frames.empty[subject]
            },
            frames.lists,
            frames.values,
        )
        verdicts = {}
        for subject, criteria in self.by_subject.items():
            frame = _pair_stances(truths[subject], criteria)
            if subject in unasked:
                nobody = _ask_nobody(unasked[subject], criteria)
                frame = pl.concat([frame, nobody], rechunk=True)
                frame = frame.sort("case", maintain_order=True)
            verdicts[subject] = frame
        verdicts_asked = list_asked(verdicts)
        return JudgedCases(
            given=frames.given,
            verdicts=verdicts,
            facts=frames.facts,
            read_facts=self.read_facts,
            asked=verdicts_asked,
            sentences=say_sentences(
                frames.given["stage"].to_list(), verdicts, verdicts_asked, self._weights
            ),
        )


def say_sentences(
    stages: Sequence[str],
    verdicts: Mapping[str, pl.DataFrame],
    verdicts_asked: pl.DataFrame,
    weights: pl.DataFrame,
) -> pl.DataFrame:
    """Say the two sentences of each case, as `judge.verdict` does, from columns.

    `stages` has the stage of each case; `verdicts` go by subject, `verdicts_asked` are
    those of `JudgedCases`, `weights` what `weigh_criteria` makes of their criteria.
    """
    weight = weights["weight"].gather(verdicts_asked["criterion"].to_physical())
    by_verdict = (
        verdicts_asked.select("case", "verdict")
        .with_columns(weight)
        .group_by("case", "verdict")
        .agg(pl.len().cast(pl.Int64), pl.col("weight").bitwise_or())
    )
    none = pl.Series([0], dtype=pl.Int64).new_from_index(0, len(stages))
    # By verdict, of each case: how many there are, and the weights of their criteria.
    counts, flags = {}, {}
    for word in Verdict:
        said = by_verdict.filter(pl.col("verdict") == word.value)
        counts[word] = none.clone().scatter(said["case"], said["len"])
        flags[word] = none.clone().scatter(said["case"], said["weight"])
    every = (
        pl.concat(
            [
                frame.select("case", pl.lit(frame.width - 2, pl.Int64).alias("len"))
                for frame in verdicts.values()
            ]
        )
        .group_by("case")
        .agg(pl.col("len").sum())
    )
    counts[Verdict.NOT_APPLICABLE] = none.clone().scatter(
        every["case"], every["len"]
    ) - reduce(add, counts.values())
    is_open = reduce(or_, (flags[w] for w in Verdict if w is not Verdict.MET))
    frame = pl.DataFrame(
        {
            "case": pl.Series(range(len(stages)), dtype=pl.Int64),
            "after": pl.Series(map(is_after_licence, stages), dtype=pl.Boolean),
            "asked": is_open | flags[Verdict.MET],
            "open": is_open,
            "bad": flags[Verdict.UNMET] | flags[Verdict.CONTRADICTED],
            "unmet": flags[Verdict.UNMET],
            "contradicted": flags[Verdict.CONTRADICTED],
            **{f"count_{word.value}": counts[word] for word in Verdict},
        }
    )
    return frame.select(
        "case", *_write_sentences(), *(f"count_{word.value}" for word in Verdict)
    )


def _list_nobody(
    program: PolarsProgram, subject: str, empty: Sequence[int]
) -> pl.DataFrame:
    """A row for each case of `empty`, which have no member of a type of subject."""
    schema = program.make_schema(subject)
    return pl.DataFrame({"case": empty}, schema={"case": pl.Int64}).select(
        "case",
        pl.lit(NOBODY).alias("id"),
        pl.lit(Stance.PROVEN.value).alias("stance"),
        *(
            pl.lit(None, type_).alias(name)
            for name, type_ in list(schema.items())[len(_KEYS) :]
        ),
    )


# From truths to verdicts


def _pair_stances(truths: pl.DataFrame, criteria: Sequence[Criterion]) -> pl.DataFrame:
    """The verdict on each criterion of each member, from both its rows."""
    claimed = truths.filter(pl.col("stance") == Stance.CLAIMED.value)
    proven = truths.filter(pl.col("stance") == Stance.PROVEN.value)
    names = [criterion.id for criterion in criteria]
    verdicts = _decide_verdicts(
        applies=_stack_columns(proven, [APPLIES + name for name in names]),
        proven=_stack_columns(proven, names),
        claimed=_stack_columns(claimed, names),
    )
    return _unstack_columns(proven, names, verdicts)


def _stack_columns(frame: pl.DataFrame, names: Iterable[str]) -> pl.Series:
    """Put columns of one type below each other: to work on one costs as on many."""
    return pl.concat([frame[name] for name in names], rechunk=True)


def _unstack_columns(
    frame: pl.DataFrame, names: Sequence[str], stacked: pl.Series
) -> pl.DataFrame:
    """Put columns side by side again, beside the keys of `frame`; none is copied."""
    height = frame.height
    return frame.select("case", "id").hstack(
        [
            stacked.slice(place * height, height).alias(name)
            for place, name in enumerate(names)
        ]
    )


def _decide_verdicts(
    *, applies: pl.Series, proven: pl.Series, claimed: pl.Series
) -> pl.Series:
    """As `law.verdict.decide_verdict` of every row, once the criterion applies."""
    words = {word: pl.Series([word.value], dtype=VERDICTS) for word in Verdict}
    # From the last word to the first, which is laid over the rest. What is unknown
    # chooses nothing, and leaves what is there.
    series = words[Verdict.UNDETERMINED].new_from_index(0, len(applies))
    for mask, verdict in (
        (~claimed, Verdict.UNMET),
        (claimed, Verdict.UNPROVEN),
        (~proven, Verdict.UNMET),
        (~proven & claimed, Verdict.CONTRADICTED),
        (proven, Verdict.MET),
        (~applies, Verdict.NOT_APPLICABLE),
    ):
        series = words[verdict].zip_with(mask, series)
    return series


def _ask_nobody(truths: pl.DataFrame, criteria: Sequence[Criterion]) -> pl.DataFrame:
    """Unknown, where a criterion could apply and nobody is there to ask."""
    names = [criterion.id for criterion in criteria]
    applies = _stack_columns(truths, [APPLIES + name for name in names])
    unknown = pl.Series([None], dtype=pl.Boolean).new_from_index(0, len(applies))
    verdicts = _decide_verdicts(applies=applies, proven=unknown, claimed=unknown)
    return _unstack_columns(truths, names, verdicts)


# From verdicts to sentences


def list_asked(verdicts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """List the verdicts on all that was asked, a row for each."""
    subjects = pl.Enum(sorted(verdicts))
    criteria = pl.Enum(
        sorted(name for frame in verdicts.values() for name in frame.columns[2:])
    )
    parts = []
    for subject, frame in verdicts.items():
        names = frame.columns[2:]
        stacked = _stack_columns(frame, names)
        places = (stacked != Verdict.NOT_APPLICABLE.value).arg_true()
        member, criterion = places % frame.height, places // frame.height
        parts.append(
            pl.DataFrame(
                [
                    frame["case"].gather(member),
                    frame["id"].gather(member),
                    pl.Series("subject", [subject], subjects).new_from_index(
                        0, len(places)
                    ),
                    pl.Series("criterion", names, criteria).gather(criterion),
                    stacked.gather(places).alias("verdict"),
                ]
            )
        )
    return pl.concat(parts)


def weigh_criteria(criteria: Iterable[Criterion]) -> pl.DataFrame:
    """Tell for which sentence and on which route each criterion counts, and its veto.

    A row for each, in their order: its `weight` is the sum of those of `_WEIGHTS`.
    """
    listed = sorted(criteria, key=lambda criterion: criterion.id)
    weights = []
    for criterion in listed:
        sort = criterion.long_term
        counts_for = [
            stage
            for stage in (_ASKED_BEFORE, _ASKED_AFTER)
            if is_asked_for(criterion.standing, stage)
        ]
        if sort is not None and sort.weight is Weight.CORE:
            counts_for.append(sort.route.value)
        if sort is not None and sort.veto:
            counts_for.append(_VETO)
        weights.append(sum(_WEIGHTS[name] for name in counts_for))
    names = [criterion.id for criterion in listed]
    return pl.DataFrame(
        {"criterion": names, "weight": weights},
        schema={"criterion": pl.Enum(names), "weight": pl.Int64},
    )


def _write_sentences() -> list[pl.Expr]:
    col = pl.col

    def has(name: str, weight: str) -> pl.Expr:
        """Whether any criterion of the weight is among those of a column."""
        return (col(name) & _WEIGHTS[weight]) != 0

    def first(weight: str, failing: str, succeeded: str, still: str) -> pl.Expr:
        return (
            pl.when(has("bad", weight))
            .then(pl.lit(failing))
            .when(complete(weight))
            .then(pl.lit(succeeded))
            .otherwise(pl.lit(still))
        )

    def complete(weight: str) -> pl.Expr:
        return has("asked", weight) & ~has("open", weight)

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
    contradicted = pl.any_horizontal(has("contradicted", route) for route in Route)
    unmet = pl.all_horizontal(has("unmet", route) for route in Route)
    doubtful = has("bad", _VETO) | contradicted | unmet
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
