"""Which classes of business a case certainly needs a licence for, by what it offers.

The same rules answer `changqing classify` and a case that is assessed, so that the two
can never differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from changqing.catalogue import Catalogue, Need, Outcome
from changqing.evidence import Source, SourceKind
from changqing.expression import Value
from changqing.guide._classify import Answered, Classifier

CLASSIFICATION: Final = Source(kind=SourceKind.DERIVED, name="classification")
"""Where a fact comes from that follows from the classification of what is offered."""

_ACTIVITY_OF_ITEM: Final = {
    "publishing_delivery": "information",
    "search": "search",
    "community": "community",
    "instant_interaction": "messaging",
    "protection_processing": "protection",
    "mobile_messages": "text_messages",
}
_DEALING: Final = frozenset({"ordering", "payment"})


def find_needed_classes(
    catalogue: Catalogue, offers: Sequence[Answered], *, on: date
) -> frozenset[str]:
    """Classify each of `offers` by the rules in force on a day; join what is needed.

    An offer is its answers by question, as `Classifier` takes them. What the answers
    leave in doubt is not among them, so more may be needed but never less. Numbers (95,
    96, 106) are no classes of business and are left out.
    """
    classifier = Classifier(catalogue, on=on)
    return frozenset(
        licence
        for offer in offers
        for ruled in classifier.classify(offer).ruled
        if ruled.rule.outcome is Outcome.LICENCE
        and ruled.need is Need.NEEDED
        and (licence := ruled.rule.licence) is not None
        and not licence.startswith("N")
    )


def read_offer(
    applicant: Mapping[str, Value | None],
    services: Sequence[Mapping[str, Value | None]],
) -> Answered:
    """Tell from the facts of a case what it offers, by question.

    Silence stays silence: what the facts do not say may still be offered.
    """
    activities: set[str] = set()
    items = applicant.get("offered_items")
    if isinstance(items, frozenset):
        activities |= {_ACTIVITY_OF_ITEM[i] for i in items if i in _ACTIVITY_OF_ITEM}
    for service in services:
        functions = service.get("functions_offered")
        if (
            isinstance(functions, frozenset)
            and "merchant_entry" in functions
            and functions & _DEALING
        ):
            activities.add("marketplace")
    earns = {
        payer
        for payer, fact in (("users", "charges_users"), ("others", "third_parties_pay"))
        if applicant.get(fact) is True
    }
    return {
        "activities": frozenset(activities) if activities else None,
        "earns": frozenset(earns) if earns else None,
    }
