"""Licences: what each class of business is, who needs it, who grants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from changqing.law.kit import Citation
from changqing.law.parts import Data, citations_of, maybe_text, text_of
from changqing.text import Text, WordedEnum


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SubClass:
    """A part of a class of business, or a form in which it is granted."""

    id: str
    label: Text
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A business class or a number resource one can apply for.

    `known_as` are the short names people use, such as ICP. Texts may have
    `{fact.value}` places; ask `fill`. `capital` and `term` name
    parameters; None where the law states none for it. `law`, `pre_approvals`, `tests`
    and `foreign` name facts of law: those that govern it, the consents that come
    first, what is tested before opening, the limits on foreign capital. `dispute`
    says where sources contradict one another.
    """

    id: str
    label: Text
    group: LicenceClass
    definition: Text
    who_needs: Text
    not_needed_for: Text
    differs: Text
    scopes: tuple[str, ...]
    approver: Mapping[str, Text]
    citations: tuple[Citation, ...]
    known_as: tuple[str, ...] = ()
    sub_classes: tuple[SubClass, ...] = ()
    variants: tuple[SubClass, ...] = ()
    capital: str | None = None
    term: str | None = None
    law: tuple[str, ...] = ()
    pre_approvals: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    dispute: Text | None = None


def licence_of(data: Data) -> Licence:
    """One file of `licences/`."""
    return Licence(
        id=data["id"],
        label=text_of(data["label"]),
        group=LicenceClass(data["class"]),
        definition=text_of(data["definition"]),
        who_needs=text_of(data["who_needs"]),
        not_needed_for=text_of(data["not_needed_for"]),
        differs=text_of(data["differs"]),
        scopes=tuple(data["scopes"]),
        approver={scope: text_of(said) for scope, said in data["approver"].items()},
        citations=citations_of(data["citations"]),
        known_as=tuple(data.get("known_as") or ()),
        sub_classes=_sub_classes(data, "sub_classes"),
        variants=_sub_classes(data, "variants"),
        capital=data.get("capital"),
        term=data.get("term"),
        law=tuple(data.get("law") or ()),
        pre_approvals=tuple(data.get("pre_approvals") or ()),
        tests=tuple(data.get("tests") or ()),
        foreign=tuple(data.get("foreign") or ()),
        dispute=maybe_text(data, "dispute"),
    )


def _sub_classes(data: Data, name: str) -> tuple[SubClass, ...]:
    return tuple(
        SubClass(
            id=each["id"], label=text_of(each["label"]), says=text_of(each["says"])
        )
        for each in data.get(name) or ()
    )
