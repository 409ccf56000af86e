"""Every criterion of the catalogue is judged alike by SQLite and by Polars."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from changqing.judge.assess import bound_parameters, list_givens, make_rows
from changqing.law.lookup import list_expressions, list_vocabulary
from changqing.rules.polars import PolarsProgram, compile_polars
from tests.judge.assessment_world import JUDGE, World, worlds
from tests.share import examples
from tests.shipped import CATALOGUE

POLARS: PolarsProgram = compile_polars(
    list_expressions(CATALOGUE), vocabulary=list_vocabulary(CATALOGUE)
)


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(worlds)
def test_both_engines_say_the_same_of_every_criterion(world: World) -> None:
    situation = world.situation()
    application, as_of = situation.application, situation.as_of
    rows = make_rows(situation)
    by_sqlite = JUDGE.evaluate_rules(rows, application, as_of)
    by_polars = POLARS.evaluate(
        rows,
        parameters=bound_parameters(CATALOGUE, application, as_of),
        givens=list_givens(application, as_of),
    )
    assert dict(by_polars) == dict(by_sqlite)
    assert {rule for rule, _, _ in by_sqlite} >= {
        name
        for name, criterion in CATALOGUE.criteria.items()
        if criterion.subject == "applicant"
    }
