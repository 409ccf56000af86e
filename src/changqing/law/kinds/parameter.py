"""Parameters: numbers set by law, by a province or by reported practice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from changqing.law.entry import NOT_IN_FILE, YamlEntry
from changqing.law.kinds.fact import make_type
from changqing.law.kit import (
    BothLanguages,
    Citations,
    Id,
    InForce,
    LicenceRef,
    OtherWays,
    ParameterRef,
    RegionCode,
    ScopeName,
    Standing,
)
from changqing.rules.types import Kind, ValueType
from changqing.yamlfile.values import MadeBy, NotEmpty, Whole, Words

_NUMBER: Final = ValueType(Kind.NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue(YamlEntry):
    """One dated value for some licences and scopes (empty: all).

    `region` is the one in whose file it stands; None in the parameter's own. A `value`
    of None says that no rule decides.
    """

    licences: tuple[LicenceRef, ...] = ()
    scopes: tuple[ScopeName, ...] = ()
    in_force: InForce
    value: Whole | None
    standing: Standing
    citations: Citations
    note: BothLanguages | None = None
    region: str | None = field(default=None, metadata=NOT_IN_FILE)


ParameterValues = Annotated[tuple[ParameterValue, ...], NotEmpty]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(YamlEntry):
    """`parameters/<id>.yaml`, and after them the values of the regions' files.

    `asks` has the questions it answers.
    """

    id: Id
    label: BothLanguages
    type: Annotated[ValueType, MadeBy(make_type, Literal["number"])] = _NUMBER
    unit: Words | None = None
    values: ParameterValues
    asks: OtherWays = field(default_factory=OtherWays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(YamlEntry):
    """`regions/<code>.yaml`: a province, by its two digits of GB/T 2260.

    `parameters` are its own values, which go before the national ones.
    """

    code: RegionCode
    label: BothLanguages
    authority: BothLanguages
    parameters: Mapping[ParameterRef, ParameterValues] = field(default_factory=dict)
