"""Questions put to a loaded catalogue: words, numbers, what is in force."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, get_args

from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.look import GUIDED
from changqing.law.kinds.material import list_satisfying_kinds
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kit import Scope, Stage
from changqing.law.model import Catalogue
from changqing.rules.expression import Expression
from changqing.rules.sqlite import SqliteProgram, compile_sqlite
from changqing.rules.types import Kind, Value, ValueType, Vocabulary
from changqing.text import Text

STAGES: Final[tuple[str, ...]] = get_args(Stage)
_UNDER_LICENCE: Final = frozenset({"operate", "annual_report"})
SCOPES: Final[tuple[str, ...]] = get_args(Scope)
EXAMPLE_GIVENS: Final[Mapping[str, Value]] = {
    "licence": "B25",
    "scope": "intra_province",
    "region": "33",
    "stage": "apply",
    "as_of": date(2026, 11, 24),
    "submit_on": date(2026, 12, 24),
    "report_year": 2025,
}
"""What an example is given where it says nothing."""

_SHORTEST: Final = 3  # characters of a name that is told by its beginning
_PERMIT: Final = re.compile(r"(?:经营)?(?:许可)?证$")
MINISTRY_DECIDES: Final = "fie_approver_ministry"
"""The fact of law by which applications with foreign capital go to the ministry."""
FOREIGN_ROUTE: Final = "foreign_route_taken"
"""The fact of an applicant that applies as one with foreign capital."""
APPLIES: Final = "applies:"
"""Prefix of the rule id of a criterion's `applies`; its test has the bare id."""


@keep_by_catalogue
def list_kinds_for(catalogue: Catalogue, kind: str) -> tuple[str, ...]:
    """List the kinds of paper that do for what is asked; a case asks that often."""
    return tuple(list_satisfying_kinds(catalogue.materials, kind))


def find_authority(
    catalogue: Catalogue, code: str, *, scope: str, region: str | None, foreign: bool
) -> Text:
    """Find who decides on an application: the province's administration by name.

    With foreign capital the ministry does, whatever the coverage, for those licences
    of which the catalogue says so.
    """
    licence = catalogue.licences[code]
    if foreign and MINISTRY_DECIDES in licence.foreign:
        return licence.approver.get("cross_province") or licence.approver[scope]
    if scope == "intra_province" and region is not None:
        return catalogue.regions[region].authority
    return licence.approver[scope]


def is_after_licence(stage: str) -> bool:
    """Tell whether nothing is applied for: duties decide, and nothing is handed in."""
    return stage in _UNDER_LICENCE


def find_licence(catalogue: Catalogue, named: str) -> str | None:
    """Find the code of a licence by the code or by what people call it.

    That is a short name, or the beginning of the name in which no other begins: B25,
    ICP, EDI许可证, 呼叫中心, 呼叫中心业务许可证, B25信息服务业务.
    """
    name = _PERMIT.sub("", unicodedata.normalize("NFKC", named).strip()).casefold()
    for code, licence in catalogue.licences.items():
        short = {code.casefold(), *(alias.casefold() for alias in licence.known_as)}
        for label in (licence.label.zh, licence.label.en):  # as lists print it
            short |= {f"{code}{joint}{label}".casefold() for joint in ("", " ")}
        if name in short:
            return code
    if len(name) < _SHORTEST:
        return None
    matching = [
        code
        for code, licence in catalogue.licences.items()
        if licence.label.zh.startswith(name)
        or (name.isascii() and licence.label.en.casefold().startswith(name))
    ]
    return matching[0] if len(matching) == 1 else None


@keep_by_catalogue
def list_vocabulary(catalogue: Catalogue) -> Vocabulary:
    """List every name an expression may use, by subject."""
    facts: dict[str, dict[str, ValueType]] = {}
    for (subject, name), fact in catalogue.facts.items():
        facts.setdefault(subject, {})[name] = fact.type
    return Vocabulary(
        facts=facts,
        parameters={
            name: parameter.type for name, parameter in catalogue.parameters.items()
        },
        givens=list_given_types(
            frozenset(catalogue.licences), frozenset(catalogue.regions)
        ),
    )


def list_given_types(
    licences: frozenset[str], regions: frozenset[str]
) -> Mapping[str, ValueType]:
    """List the types of what a case gives: licence, scope, region, stage and days."""
    return {
        "licence": ValueType(Kind.CATEGORY, licences),
        "scope": ValueType(Kind.CATEGORY, frozenset(SCOPES)),
        "region": ValueType(Kind.CATEGORY, regions),
        "stage": ValueType(Kind.CATEGORY, frozenset(STAGES)),
        "as_of": ValueType(Kind.DATE),
        "submit_on": ValueType(Kind.DATE),
        "report_year": ValueType(Kind.NUMBER),
    }


def find_parameter_value(
    catalogue: Catalogue,
    name: str,
    *,
    licence: str,
    scope: str,
    region: str,
    on: date,
) -> ParameterValue | None:
    """Find the value in force on a day, a region's own before the national one.

    None when nothing is said; a value whose number is None says that no rule decides.
    """
    return choose_value(
        catalogue.parameters[name], licence=licence, scope=scope, region=region, on=on
    )


def choose_value(
    parameter: Parameter, *, licence: str, scope: str, region: str, on: date
) -> ParameterValue | None:
    """Choose a value as `find_parameter_value` does, for a parameter in hand."""
    national: ParameterValue | None = None
    for value in parameter.values:
        if value.licences and licence not in value.licences:
            continue
        if value.scopes and scope not in value.scopes:
            continue
        if not value.in_force.covers(on):
            continue
        if value.region == region:
            return value
        if value.region is None and national is None:
            national = value
    return national


def select_in_force(catalogue: Catalogue, on: date) -> Mapping[str, Criterion]:
    """Select the criteria in force on a day, in catalogue order."""
    return {
        name: criterion
        for name, criterion in catalogue.criteria.items()
        if criterion.in_force.covers(on)
    }


def list_expressions(catalogue: Catalogue) -> Mapping[str, Expression]:
    """List expressions by rule id: `<criterion>` its test, `applies:<criterion>`."""
    expressions: dict[str, Expression] = {}
    for name, criterion in catalogue.criteria.items():
        expressions[name] = criterion.test
        expressions[APPLIES + name] = criterion.applies
    return expressions


def load_sqlite_program(catalogue: Catalogue) -> SqliteProgram:
    """Load the SQLite text of all rules; without compiling if the cache holds it."""
    if catalogue.program is not None:
        return SqliteProgram.from_data(catalogue.program)
    return compile_sqlite(
        list_expressions(catalogue), vocabulary=list_vocabulary(catalogue)
    )


def find_settled(catalogue: Catalogue, look: str) -> Iterator[Fact]:
    """Find the facts a guided look can settle, of any subject, in their order."""
    source = f"{GUIDED}{look}"
    return (fact for fact in catalogue.facts.values() if source in fact.sources)


def list_looks_for(fact: Fact) -> tuple[str, ...]:
    """List the guided looks that settle a fact."""
    return tuple(
        source.removeprefix(GUIDED)
        for source in fact.sources
        if source.startswith(GUIDED)
    )
