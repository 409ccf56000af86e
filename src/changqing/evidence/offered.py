"""Which classes of licence the offers of a case call for, by the classification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.classification import (
    Classification,
    ClassificationOutcome,
    Need,
    decide_need,
)
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, SqliteProgram, compile_sqlite
from changqing.rules.types import Value

_OFFER: Final = "offer"
_ACTIVITY_OF_ITEM: Final = {
    "publishing_delivery": "information",
    "search": "search",
    "community": "community",
    "instant_interaction": "messaging",
    "protection_processing": "protection",
    "mobile_messages": "text_messages",
}
_DEALING: Final = frozenset({"ordering", "payment"})


def read_offer(values_said: Iterable[tuple[str, Value]]) -> Mapping[str, Value]:
    """Read from facts of applicant and services what a case offers, by question.

    For a case that lists no offers. Only what is certain is read: silence stays
    silence, and what the facts do not say may be offered all the same.
    """
    activities: set[str] = set()
    earns: set[str] = set()
    for fact, value in values_said:
        if fact == "offered_items" and isinstance(value, frozenset):
            activities |= {
                _ACTIVITY_OF_ITEM[item] for item in value if item in _ACTIVITY_OF_ITEM
            }
        if (
            fact == "functions_offered"
            and isinstance(value, frozenset)
            and "merchant_entry" in value
            and value & _DEALING
        ):
            activities.add("marketplace")
        if fact == "charges_users" and value is True:
            earns.add("users")
        if fact == "third_parties_pay" and value is True:
            earns.add("others")
    offer = {"activities": frozenset(activities), "earns": frozenset(earns)}
    return {question: answer for question, answer in offer.items() if answer}


def find_needed_classes(
    offers: Iterable[Mapping[str, Value]], catalogue: Catalogue, on: date
) -> tuple[frozenset[str], frozenset[str]]:
    """Find the classes that some offer surely needs, and those that none rules out.

    Each offer is what is said of it, by fact. A class is told by the rules of the
    classification that are in force on the day; where one of them is open, the class is
    possible and no more.
    """
    rules, program = _compile_rules(catalogue, on)
    members = [
        MemberRow(id=str(place), stance=Stance.CLAIMED, values=facts)
        for place, facts in enumerate(offers)
    ]
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
        licence, need = rules[name].licence, decide_need(rules[name].outcome, truth)
        if licence is not None and need is not Need.NOT_NEEDED:
            possible.add(licence)
            if need is Need.NEEDED:
                needed.add(licence)
    return frozenset(needed), frozenset(possible)


@keep_by_catalogue
def _compile_rules(
    catalogue: Catalogue, on: date
) -> tuple[Mapping[str, Classification], SqliteProgram]:
    """Compile the rules of the classification in force that lead to a licence."""
    rules = {
        name: rule
        for name, rule in catalogue.classification.items()
        if rule.outcome is ClassificationOutcome.LICENCE and rule.in_force.covers(on)
    }
    tests = {name: rule.test for name, rule in rules.items()}
    return rules, compile_sqlite(tests, vocabulary=list_vocabulary(catalogue))
