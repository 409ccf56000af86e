"""Whose measure a criterion fails by, and whether it is one of this place.

A shortage is certain where a rule sets how much is enough, or where it is known what
the province of the application wants. Elsewhere the same shortage is one by a measure
that agencies report of other places: it may matter here, and nobody has said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from changqing.case.model import Application
from changqing.case.subjects import Subject
from changqing.judge.explain import Truths
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kit import Standing, is_hearsay
from changqing.law.lookup import find_parameter_value, list_vocabulary
from changqing.law.model import Catalogue, Verdict
from changqing.law.said import say_number
from changqing.law.verdict import decide_verdict
from changqing.rules.rows import Stance
from changqing.rules.sqlite import SqliteProgram, compile_sqlite
from changqing.text import Text

_HEARSAY = Text(
    "只有个别代办这样说，受理机关没有公布",
    "single agencies say so; the authority has published nothing",
)


def say_measure(
    criterion: Criterion,
    subject: Subject,
    unset: Mapping[str, Text],
    unmeasured: Truths,
) -> Text | None:
    """Say whose measure alone a criterion fails by, of which it is known that it fails.

    `unset` are the measures that no rule of the place sets, `unmeasured` the truths as
    if nobody had set them. None where it fails whatever they are. A demand that single
    agencies report of single provinces is itself such a measure.
    """
    names = sorted(criterion.test.parameters & unset.keys())
    if not names:
        return _HEARSAY if is_reported_demand(criterion) else None
    verdict = decide_verdict(
        claimed=unmeasured.get((criterion.id, subject.id, Stance.CLAIMED)),
        proven=unmeasured.get((criterion.id, subject.id, Stance.PROVEN)),
    )
    if verdict in (Verdict.UNMET, Verdict.CONTRADICTED):
        return None
    texts = dict.fromkeys(unset[name] for name in names)
    return Text("；".join(t.zh for t in texts), "; ".join(t.en for t in texts))


def is_reported_demand(criterion: Criterion) -> bool:
    """Whether only single agencies say that certain provinces demand it."""
    return (
        criterion.standing is Standing.PRACTICE
        and "region" in criterion.applies.givens
        and is_hearsay(criterion.citations)
    )


def find_unset_measures(
    catalogue: Catalogue, application: Application, as_of: date
) -> Mapping[str, Text]:
    """Find the numbers that an application is held against and nobody has set here.

    By parameter, with what is known of them in words.
    """
    measures: dict[str, Text] = {}
    for name, parameter in catalogue.parameters.items():
        value = find_parameter_value(
            catalogue,
            name,
            licence=application.licence,
            scope=application.scope,
            region=application.region,
            on=as_of,
        )
        if value is not None and value.value is not None and not value.settles:
            measures[name] = _describe(parameter, value)
    return measures


@keep_by_catalogue
def compile_measured(catalogue: Catalogue) -> SqliteProgram:
    """Compile the tests that hold a fact against a number which only practice sets."""
    doubted = {
        name
        for name, parameter in catalogue.parameters.items()
        if not all(value.settles for value in parameter.values)
    }
    tests = {
        name: criterion.test
        for name, criterion in catalogue.criteria.items()
        if not criterion.test.parameters.isdisjoint(doubted)
    }
    return compile_sqlite(tests, vocabulary=list_vocabulary(catalogue))


def _describe(parameter: Parameter, value: ParameterValue) -> Text:
    """Say how much is asked for, and that the authority has published none."""
    if value.least is not None and value.most is not None:
        most = say_number(value.most, parameter.unit)
        return Text(
            f"各地要求{value.least}至{most.zh}，受理机关没有公布",
            f"places ask for {value.least} to {most.en}; "
            "the authority has published none",
        )
    number = say_number(value.value or 0, parameter.unit)
    return Text(
        f"{number.zh}是实务中的说法，受理机关没有公布",
        f"{number.en} is what is said in practice; the authority has published none",
    )
