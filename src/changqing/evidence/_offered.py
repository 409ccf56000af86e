"""Which classes of licence the offers of a case call for, by the classification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from changqing.catalogue import Catalogue, Need, Outcome, need_of, vocabulary
from changqing.expression import (
    Member,
    Rows,
    SqliteEngine,
    Stance,
    Value,
    compile_sqlite,
)

_OFFER: Final = "offer"


def classes_needed(
    offers: Iterable[Mapping[str, Value]], catalogue: Catalogue, on: date
) -> tuple[frozenset[str], frozenset[str]]:
    """The classes that some offer surely needs, and those that none rules out.

    Each offer is what is said of it, by fact. A class is told by the rules of the
    classification that are in force on the day; where one of them is open, the class is
    possible and no more.
    """
    rules = {
        name: rule
        for name, rule in catalogue.classification.items()
        if rule.outcome is Outcome.LICENCE and rule.in_force.covers(on)
    }
    members = [
        Member(id=str(place), stance=Stance.CLAIMED, values=said)
        for place, said in enumerate(offers)
    ]
    program = compile_sqlite(
        {name: rule.test for name, rule in rules.items()},
        vocabulary=vocabulary(catalogue),
    )
    with SqliteEngine(program) as engine:
        truths = engine.evaluate(
            Rows(
                members={_OFFER: members},
                open_lists={stance: frozenset() for stance in Stance},
            ),
            parameters={},
            givens={},
        )
    needed: set[str] = set()
    possible: set[str] = set()
    for (name, _, _), truth in truths.items():
        licence, need = rules[name].licence, need_of(rules[name].outcome, truth)
        if licence is not None and need is not Need.NOT_NEEDED:
            possible.add(licence)
            if need is Need.NEEDED:
                needed.add(licence)
    return frozenset(needed), frozenset(possible)
