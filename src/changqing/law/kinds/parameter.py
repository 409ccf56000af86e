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
    is_hearsay,
)
from changqing.rules.types import Kind, ValueType
from changqing.yamlfile.values import MadeBy, NotEmpty, Refusal, Whole, Words

_NUMBER: Final = ValueType(Kind.NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue(YamlEntry):
    """One dated value for some licences and scopes (empty: all).

    `region` is the one in whose file it stands; None in the parameter's own. A `value`
    of None says that no rule decides. Sources that differ say between `least` and
    `most`.
    """

    licences: tuple[LicenceRef, ...] = ()
    scopes: tuple[ScopeName, ...] = ()
    in_force: InForce
    value: Whole | None
    standing: Standing
    citations: Citations
    least: Whole | None = None
    most: Whole | None = None
    note: BothLanguages | None = None
    region: str | None = field(default=None, metadata=NOT_IN_FILE)

    def check(self) -> None:
        """Refuse half a range, and a value that lies outside it."""
        if self.least is None and self.most is None:
            return
        if self.least is None or self.most is None or self.least >= self.most:
            raise Refusal(
                "least 和 most 要一起写，least 较小",
                "needs both least and most, least being the smaller",
                at="least",
            )
        if self.value is not None and not self.least <= self.value <= self.most:
            raise Refusal(
                "应在 least 和 most 之间",
                "must lie between least and most",
                at="value",
            )

    @property
    def settles(self) -> bool:
        """Whether it is a measure of the place where it is used.

        A rule is one everywhere. What agencies report is one of the province that they
        report it of, unless nothing but single agencies say so.
        """
        return self.standing is not Standing.PRACTICE or (
            self.region is not None and not is_hearsay(self.citations)
        )


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
