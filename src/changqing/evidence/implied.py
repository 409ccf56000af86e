"""What follows from what a case says: a claim for what it leaves unsaid.

Every implied fact is one rule in `_RULES`: a function of what is said, which gives
True, False or a value where that follows, and None where it does not. What is not said
is None throughout, and `either` of nothing is None: no rule can read silence as a no.
What would excuse a company, and what would accuse it, has to be said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.offered import find_needed_classes, read_offer
from changqing.law.model import Catalogue
from changqing.rules.types import Value

_ENDLESS: Final = {
    "id_valid_until": "id_no_expiry",
    "lease_until": "lease_open_ended",
    "hosting_until": "hosting_open_ended",
}
"""The boolean that says of something that it has no end, by the fact of its end."""


def either(answers: Iterable[bool | None]) -> bool | None:
    """Tell whether any answer is yes, by Kleene's logic; of no answers, None.

    >>> either([None, True]), either([None, False]), either([False]), either([])
    (True, None, False, None)
    """
    known = list(answers)
    if any(known):
        return True
    return None if None in known or not known else False


class SaidFacts:
    """What a case says, by fact; None for what it does not say."""

    def __init__(self, case: Case, catalogue: Catalogue) -> None:
        self.case = case
        self.catalogue = catalogue
        self._values: dict[tuple[Subject, str], list[Value]] = {}
        for statement in case.list_statements():
            if statement.value is not None:
                key = (statement.subject, statement.fact)
                self._values.setdefault(key, []).append(statement.value)

    def find(self, subject: Subject, fact: str) -> Value | None:
        """Find the first value that is said of a fact."""
        return next(iter(self._values.get((subject, fact), ())), None)

    def ask(self, subject: Subject, fact: str) -> bool | None:
        """Tell whether a fact is said to be so: yes where anything said says so."""
        values = self._values.get((subject, fact), ())
        return either(value for value in values if isinstance(value, bool))

    def deny(self, subject: Subject, fact: str) -> bool | None:
        """Tell whether a fact is said not to be so."""
        answer = self.ask(subject, fact)
        return None if answer is None else not answer

    def is_given(self, subject: Subject, fact: str) -> bool | None:
        """Give True where a fact has a value; never False, for it may have one."""
        return True if (subject, fact) in self._values else None

    def list_given(self) -> Iterator[tuple[Subject, str]]:
        """List every fact of which anything is said."""
        yield from self._values

    def list_values(self) -> Iterator[tuple[str, Value]]:
        """List every value that is said, with its fact."""
        for (_, fact), values in self._values.items():
            for value in values:
                yield fact, value

    @cached_property
    def offers(self) -> _Offers:
        """What the offers call for."""
        return _classify_offers(self)


def imply_facts(
    case: Case, catalogue: Catalogue
) -> Iterator[tuple[Subject, str, Value]]:
    """List what follows from what a case says, where it does not say it itself.

    A day of leaving, or one false paper, tells more than a no that is said beside it.
    """
    said = SaidFacts(case, catalogue)
    for subject, fact in list(said.list_given()):
        if fact in _ENDLESS and not said.is_given(subject, _ENDLESS[fact]):
            yield subject, _ENDLESS[fact], False
    subjects = {
        "applicant": [APPLICANT],
        "person": [person.subject for person in case.people],
    }
    for (subject_type, fact), rule in _RULES.items():
        for subject in subjects[subject_type]:
            value = rule(said, subject)
            if value is not None and (
                not said.is_given(subject, fact)
                or (value is True and said.ask(subject, fact) is False)
            ):
                yield subject, fact, value


def list_implied_facts() -> frozenset[tuple[str, str | None]]:
    """List the facts that rules imply, by type of subject."""
    return frozenset(_RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offers:
    """What the offers of a case call for; None for what does not follow."""

    described: bool | None = None
    fits_licence: bool | None = None
    needs_other: bool | None = None
    others: frozenset[str] | None = None


def _classify_offers(said: SaidFacts) -> _Offers:
    """Find what the offers call for beside what is applied for, by classification.

    That nothing else is needed follows only where offers are listed, each is described
    and none may belong to another class: what is not described may.
    """
    case = said.case
    facts_by_offer = [
        {fact.fact: fact.value for fact in offer.facts if fact.value is not None}
        for offer in case.offers
    ]
    described = [facts for facts in facts_by_offer if "activities" in facts]
    offers: Sequence[Mapping[str, Value]] = described or [
        read_offer(said.list_values())
    ]
    if not any("activities" in offer for offer in offers):
        return _Offers()
    needed, possible = find_needed_classes(offers, said.catalogue, case.declared_on)
    licence = case.application.licence
    others = needed - {licence}
    settled = described and (licence in needed or licence not in possible)
    complete = described and len(described) == len(facts_by_offer)
    alone = complete and not possible - {licence}
    return _Offers(
        described=True if described else None,
        fits_licence=licence in needed if settled else None,
        needs_other=True if others else False if alone else None,
        others=others or None,
    )


def _find_leaving(said: SaidFacts, person: Subject) -> bool | None:
    """A day of leaving says yes, and so does who is not employed; nothing says no."""
    days = (said.is_given(person, fact) for fact in ("left_on", "leaves_on"))
    return either([*days, said.deny(person, "still_employed"), None])


def _find_false_paper(said: SaidFacts, _: Subject) -> bool | None:
    """Yes by one paper, and no by the word about every one that is listed."""
    return either(said.ask(paper.subject, "found_false") for paper in said.case.papers)


def _find_licence_held(said: SaidFacts, _: Subject) -> bool | None:
    """Who says that there is no licence to show says that none is held."""
    absent = said.case.list_absent_kinds(said.case.declared_on)
    return False if "existing_licence" in absent else None


def _find_match_on_site(said: SaidFacts, _: Subject) -> bool | None:
    differs = said.find(APPLICANT, "onsite_differs_in")
    return None if differs is None else not differs


def _find_visit(said: SaidFacts, _: Subject) -> bool | None:
    result = ("onsite_matches", "onsite_differs_in", "onsite_visited_on")
    return either(said.is_given(APPLICANT, fact) for fact in result)


_RULES: Final[
    Mapping[tuple[str, str], Callable[[SaidFacts, Subject], Value | None]]
] = {
    ("person", "leaves_on"): lambda said, person: said.find(person, "left_on"),
    ("person", "leaving"): _find_leaving,
    ("applicant", "holds_telecom_licence"): _find_licence_held,
    ("applicant", "paper_found_false"): _find_false_paper,
    ("applicant", "offers_described"): lambda said, _: said.offers.described,
    ("applicant", "offer_fits_licence"): lambda said, _: said.offers.fits_licence,
    ("applicant", "needs_other_class"): lambda said, _: said.offers.needs_other,
    ("applicant", "other_classes_needed"): lambda said, _: said.offers.others,
    ("applicant", "onsite_matches"): _find_match_on_site,
    ("applicant", "onsite_visited"): _find_visit,
}
"""How each implied fact follows, by type of subject and name."""
