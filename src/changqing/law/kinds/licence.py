"""Licences: what each class of business is, who needs it, who grants it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from changqing.law.entry import YamlEntry, make_file_names
from changqing.law.kit import (
    BothLanguages,
    Citations,
    FilledText,
    Id,
    LawRef,
    ParameterRef,
    Scope,
    ScopeName,
)
from changqing.text import Text, WordedEnum
from changqing.yamlfile.values import CheckedBy, NotEmpty, Refusal, Words


class LicenceClass(WordedEnum):
    """Where a licence stands in the classification."""

    FIRST = "first", Text("第一类增值电信业务", "First class of value-added services")
    SECOND = (
        "second",
        Text("第二类增值电信业务", "Second class of value-added services"),
    )
    BASIC_MANAGED = (
        "basic_managed",
        Text(
            "比照增值业务管理的基础电信业务",
            "Basic services managed like value-added ones",
        ),
    )
    NUMBERS = "numbers", Text("码号资源", "Number resources")


def _check_code(value: str) -> None:
    if not re.fullmatch(r"[AB][0-9]{2}(-[0-9])?|N[0-9]{2,3}", value):
        raise Refusal("应为 B25 这样的业务代码", "must be a business class like B25")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubClass(YamlEntry):
    """A part of a class of business, or a form in which it is granted."""

    id: Id
    label: BothLanguages
    says: FilledText


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(YamlEntry):
    """`licences/<id>.yaml`: a business class or number resource one can apply for.

    `known_as` are the short names people use, such as ICP. `capital` and `term` are
    None where the law states none for it. `law` are the facts of law that govern it,
    `pre_approvals` the consents that come first, `tests` what is tested before opening,
    `foreign` the limits on foreign capital. `dispute` says where sources contradict one
    another.
    """

    __pydantic_config__: ClassVar = make_file_names(group="class")

    id: Annotated[str, CheckedBy(_check_code)]
    label: BothLanguages
    known_as: tuple[Words, ...] = ()
    group: LicenceClass
    definition: FilledText
    who_needs: FilledText
    not_needed_for: FilledText
    differs: FilledText
    sub_classes: tuple[SubClass, ...] = ()
    variants: tuple[SubClass, ...] = ()
    scopes: Annotated[tuple[Scope, ...], NotEmpty]
    approver: Mapping[ScopeName, BothLanguages]
    capital: ParameterRef | None = None
    term: ParameterRef | None = None
    law: Annotated[tuple[LawRef, ...], NotEmpty]
    pre_approvals: tuple[LawRef, ...] = ()
    tests: tuple[LawRef, ...] = ()
    foreign: tuple[LawRef, ...] = ()
    dispute: FilledText | None = None
    citations: Citations

    def check(self) -> None:
        """Refuse a scope of which it is not said who approves."""
        if set(self.approver) != set(self.scopes):
            raise Refusal(
                "应与 scopes 一一对应",
                "must name who approves each scope",
                at="approver",
            )
