"""Whom and what facts are about: the one table of the types of subjects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectType:
    """A type of subjects, by its code in facts and criteria.

    `measure` is what counts it in Chinese. Where a case has several they stand in the
    list `listed` of `case.yaml`, and a page calls them `title`. Each has an `id` of its
    own there, a kind in the field `kind_field`, of `kinds` where the catalogue does not
    say, and a name if they are `named`. A `closable` list may be said to be complete.
    """

    code: str
    text: Text
    measure: str
    title: Text
    listed: str = ""
    kind_field: str = "kind"
    kinds: tuple[str, ...] = ()
    named: bool = True
    closable: bool = True


_TYPES: Final = (
    SubjectType(
        code="applicant",
        text=Text("申请人", "applicant"),
        measure="个",
        title=Text("申请人", "Applicant"),
        closable=False,
    ),
    # The services that a case lists are the ones it is about: nothing is left to close.
    SubjectType(
        code="service",
        text=Text("服务", "service"),
        measure="项",
        listed="services",
        title=Text("网站与应用", "Services"),
        kinds=("website", "app", "mini_program"),
        named=False,
        closable=False,
    ),
    SubjectType(
        code="person",
        text=Text("人员", "person"),
        measure="名",
        listed="people",
        title=Text("人员", "People"),
        kind_field="role",
        kinds=(
            *("legal_representative", "manager", "technical", "customer_service"),
            *("content", "security", "finance", "other"),
        ),
    ),
    SubjectType(
        code="paper",
        text=Text("材料", "paper"),
        measure="份",
        listed="papers",
        title=Text("材料", "Papers"),
        named=False,
    ),
    SubjectType(
        code="holder",
        text=Text("股东", "holder"),
        measure="名",
        listed="holders",
        title=Text("股东", "Holders"),
        kinds=("person", "company", "state", "listed", "fund", "other"),
    ),
    SubjectType(
        code="offer",
        text=Text("业务项目", "offer"),
        measure="项",
        listed="offers",
        title=Text("业务项目", "Offers"),
    ),
    SubjectType(
        code="resource",
        text=Text("资源", "resource"),
        measure="项",
        listed="resources",
        title=Text("资源", "Resources"),
    ),
    SubjectType(
        code="report",
        text=Text("年报", "annual report"),
        measure="份",
        listed="reports",
        title=Text("年报", "Annual reports"),
    ),
)
SUBJECTS: Final[Mapping[str, SubjectType]] = {
    subject_type.code: subject_type for subject_type in _TYPES
}
LISTED_SUBJECTS: Final = tuple(
    subject_type.code for subject_type in _TYPES if subject_type.listed
)
"""The types of which a case may have several."""
