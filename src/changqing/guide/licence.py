"""One licence in plain words, for a scope, a province and a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from changqing.law.cited import CitationData, make_citation_data
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.licence import Licence, SubClass
from changqing.law.kinds.parameter import ParameterValue
from changqing.law.kit import Citation, Confidence
from changqing.law.law import fill, find_law_on, say_law
from changqing.law.lookup import find_authority, find_parameter_value
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.text import Language, Text

_UNDECIDED = Text("须向受理机关确认", "to be confirmed with the authority")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceNumber:
    """A number set for the licence, as said and as the parameter has it."""

    parameter: str
    says: Text
    value: ParameterValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Who grants the licence in one scope, with what capital, for how long."""

    scope: str
    approver: Text
    capital: LicenceNumber | None
    term: LicenceNumber | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A fact of law as it stood on the day, with its numbers filled in."""

    fact: LawFact
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LicencePage:
    """All there is to say of one licence; texts have their numbers filled in."""

    licence: Licence
    on: date
    region: str | None
    definition: Text
    who_needs: Text
    not_needed_for: Text
    differs: Text
    dispute: Text | None
    granted: tuple[Granted, ...]
    law: tuple[Stated, ...]
    pre_approvals: tuple[Stated, ...]
    tests: tuple[Stated, ...]
    foreign: tuple[Stated, ...]

    @property
    def confidence(self) -> Confidence:
        """How well the source of the definition was read: the weakest counts."""
        order = list(Confidence)
        confidences = [citation.confidence for citation in self.licence.citations]
        return max(confidences, key=order.index)


def describe_licence(
    catalogue: Catalogue,
    code: str,
    *,
    on: date,
    scope: str | None = None,
    region: str | None = None,
    foreign: bool = False,
) -> LicencePage:
    """Describe the licence `code` on a day.

    `scope` and `region` leave out what is of others.
    `foreign` is set for an applicant with foreign capital.
    """
    licence = catalogue.licences[code]
    scopes = licence.scopes if scope is None else (scope,)

    def say(text: Text) -> Text:
        return fill(catalogue, text, on=on)

    def state_laws(names: Iterable[str]) -> tuple[Stated, ...]:
        facts = (find_law_on(catalogue, name, on) for name in names)
        return tuple(
            Stated(fact=fact, says=say_law(catalogue, fact, on=on))
            for fact in facts
            if (fact.scope is None or fact.scope in scopes)
            and (fact.region is None or fact.region == region)
            and (fact.in_force is None or fact.in_force.covers(on))
        )

    def find_number(name: str | None, scope: str) -> LicenceNumber | None:
        if name is None:
            return None
        parameter_value = find_parameter_value(
            catalogue, name, licence=code, scope=scope, region=region or "", on=on
        )
        if parameter_value is None:
            return None
        unit = catalogue.parameters[name].unit
        says = (
            _UNDECIDED
            if parameter_value.value is None
            else say_number(parameter_value.value, unit)
        )
        return LicenceNumber(parameter=name, says=says, value=parameter_value)

    return LicencePage(
        licence=licence,
        on=on,
        region=region,
        definition=say(licence.definition),
        who_needs=say(licence.who_needs),
        not_needed_for=say(licence.not_needed_for),
        differs=say(licence.differs),
        dispute=None if licence.dispute is None else say(licence.dispute),
        granted=tuple(
            Granted(
                scope=granted_scope,
                approver=find_authority(
                    catalogue, code, scope=granted_scope, region=region, foreign=foreign
                ),
                capital=find_number(licence.capital, granted_scope),
                term=find_number(licence.term, granted_scope),
            )
            for granted_scope in scopes
        ),
        law=state_laws(licence.law),
        pre_approvals=state_laws(licence.pre_approvals),
        tests=state_laws(licence.tests),
        foreign=state_laws(licence.foreign),
    )


class NumberData(TypedDict):
    """A number that law sets: its value and unit, in words, and its sources."""

    parameter: str
    value: object
    unit: str | None
    says: str
    standing: str
    citations: Sequence[CitationData]


class PartData(TypedDict):
    """A sub-class or a variant of a licence."""

    id: str
    label: str
    says: str


class LawData(TypedDict):
    """A fact of law, with its sources."""

    id: str
    says: str
    citations: Sequence[CitationData]


class GrantData(TypedDict):
    """Who grants a licence for a scope, and what law sets for it."""

    scope: str
    approver: str
    capital: NumberData | None
    term: NumberData | None


_OfClass = TypedDict("_OfClass", {"class": str})


class LicenceData(_OfClass):
    """One licence, in one language."""

    licence: str
    label: str
    known_as: Sequence[str]
    as_of: str
    region: str | None
    definition: str
    who_needs: str
    not_needed_for: str
    differs: str
    sub_classes: Sequence[PartData]
    variants: Sequence[PartData]
    scopes: Sequence[GrantData]
    pre_approvals: Sequence[LawData]
    tests: Sequence[LawData]
    foreign: Sequence[LawData]
    law: Sequence[LawData]
    dispute: str | None
    citations: Sequence[CitationData]
    confidence: str


class LicenceSummary(_OfClass):
    """A licence in the list of all."""

    licence: str
    label: str
    known_as: Sequence[str]
    definition: str


def make_licence_data(
    catalogue: Catalogue, page: LicencePage, language: Language
) -> LicenceData:
    """Make the page as JSON in one language."""
    licence = page.licence

    def encode_citations(citations: Iterable[Citation]) -> list[CitationData]:
        return [
            make_citation_data(catalogue, citation, language) for citation in citations
        ]

    def encode_number(number: LicenceNumber | None) -> NumberData | None:
        if number is None:
            return None
        return {
            "parameter": number.parameter,
            "value": number.value.value,
            "unit": catalogue.parameters[number.parameter].unit,
            "says": number.says.say(language),
            "standing": number.value.standing.value,
            "citations": encode_citations(number.value.citations),
        }

    def make_parts(sub_classes: Iterable[SubClass]) -> list[PartData]:
        return [
            {
                "id": part.id,
                "label": part.label.say(language),
                "says": part.says.say(language),
            }
            for part in sub_classes
        ]

    def encode_stated(statements: Iterable[Stated]) -> list[LawData]:
        return [
            {
                "id": statement.fact.id,
                "says": statement.says.say(language),
                "citations": encode_citations(statement.fact.citations),
            }
            for statement in statements
        ]

    return {
        "licence": licence.id,
        "label": licence.label.say(language),
        "known_as": list(licence.known_as),
        "class": licence.group.value,
        "as_of": page.on.isoformat(),
        "region": page.region,
        "definition": page.definition.say(language),
        "who_needs": page.who_needs.say(language),
        "not_needed_for": page.not_needed_for.say(language),
        "differs": page.differs.say(language),
        "sub_classes": make_parts(licence.sub_classes),
        "variants": make_parts(licence.variants),
        "scopes": [
            {
                "scope": grant.scope,
                "approver": grant.approver.say(language),
                "capital": encode_number(grant.capital),
                "term": encode_number(grant.term),
            }
            for grant in page.granted
        ],
        "pre_approvals": encode_stated(page.pre_approvals),
        "tests": encode_stated(page.tests),
        "foreign": encode_stated(page.foreign),
        "law": encode_stated(page.law),
        "dispute": None if page.dispute is None else page.dispute.say(language),
        "citations": encode_citations(licence.citations),
        "confidence": page.confidence.value,
    }
