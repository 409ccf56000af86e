"""Facts of law and of practice: what a rule says, and the numbers it says it with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Final, Literal

from changqing.law.entry import ExactlyOne, Fault, YamlEntry, make_file_names
from changqing.law.kit import (
    BothLanguages,
    Citations,
    Id,
    InForce,
    LawRef,
    LicenceRef,
    OtherWays,
    ParameterRef,
    RegionCode,
    RegionRef,
    Scope,
    Unit,
)
from changqing.text import Text
from changqing.yamlfile.values import CheckedBy, Count, Day, MadeBy, Refusal, Words

PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?\}")
"""Where a text has a value filled in: `{name}`, or `{fact.name}` from elsewhere."""


def _check_month_day(value: str) -> None:
    if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", value):
        raise Refusal("应写成 03-31 这样的月和日", "must be month and day, like 03-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class LawValue(YamlEntry):
    """One value a rule states: a number, a parameter's value, a day, or words.

    All None: the rule is known to state no number. `licence`, `scope` and `region` say
    which value of the parameter; what is not named is taken as it comes first.
    """

    __pydantic_config__: ClassVar = make_file_names(day="date")

    number: Count | None = None
    unit: Unit | None = None
    parameter: ParameterRef | None = None
    licence: Words | None = None
    scope: Scope | None = None
    region: RegionCode | None = None
    day: Day | None = None
    month_day: Annotated[str, CheckedBy(_check_month_day)] | None = None  # MM-DD
    words: BothLanguages | None = None


OneLawValue = Annotated[
    LawValue, ExactlyOne(("number", "parameter", "date", "month_day", "words"))
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial(YamlEntry):
    """What people believe and the fact denies: 自动续期, and what is so instead.

    `words` are those in which a statement of it stands, in either language.
    """

    says: BothLanguages
    words: OtherWays


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFact(YamlEntry):
    """`law/<topic>/<id>.yaml`: one fact in our own words, dated and cited.

    `says` and `note` have `{name}` where a value of `values` is filled in; ask
    `say_law`. Empty `licences` and no `scope` or `region`: everywhere. `asks` has the
    questions it answers; the first in each language is the one it is listed under.
    `denies` has what is often taken for settled and is not so.
    """

    id: Id
    topic: Id
    licences: tuple[LicenceRef, ...] = ()
    scope: Scope | None = None
    region: RegionRef | None = None
    says: BothLanguages
    values: Mapping[Id, OneLawValue] = field(default_factory=dict)
    # says that no national rule exists
    no_rule: Annotated[bool, MadeBy(bool, Literal[True])] = False
    citations: Citations
    in_force: InForce | None = None
    succeeds: LawRef | None = None
    note: BothLanguages | None = None
    asks: OtherWays = field(default_factory=OtherWays)
    denies: tuple[Denial, ...] = ()

    def find_faults(self) -> Iterator[Fault]:
        """Find values that a text fills in and are not there, or in one language."""
        used = {
            language: {place[1] for place in PLACE.finditer(text)}
            for language, text in (("zh", self.says.zh), ("en", self.says.en))
        }
        for language, names in used.items():
            for missing in sorted(names - set(self.values)):
                yield Fault(
                    ("says", language),
                    Text(
                        f"用了 {{{missing}}}，但 values 中没有",
                        f"uses {{{missing}}}, which is not in values",
                    ),
                )
        for unsaid in sorted(used["zh"] ^ used["en"]):
            yield Fault(
                ("says",),
                Text(
                    f"{{{unsaid}}} 只在一种语言里用到",
                    f"{{{unsaid}}} is used in one language only",
                ),
                Text("两种语言应说同样的数", "both languages must state the number"),
            )
