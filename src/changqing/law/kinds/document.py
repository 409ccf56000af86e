"""Templates of the documents of an application, as their front matter has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from changqing.law.entry import NOT_IN_FILE, YamlEntry
from changqing.law.kit import Id
from changqing.yamlfile.values import CheckedBy, Count, Flag, Refusal, Words


def _check_number(value: str) -> None:
    if not re.search(r"\d", value):
        raise Refusal("写法不对", "is not written as it must be")


def _check_digest(value: str) -> None:
    if not re.search(r"[0-9a-f]{64}", value):
        raise Refusal("写法不对", "is not written as it must be")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTemplate(YamlEntry):
    """One file of `documents/`, or the applicant's own copy of it.

    `number` is the place among the papers of an application (6), an annex has its own
    behind it (6-2). `materials` are the papers it stands for, `needs` the boolean fact
    of the applicant without which it is left out, as it is where a set fact of `unless`
    holds nothing but the values named there. One with `when` is written only where that
    boolean fact is known to be so, or the company has it. `licences` names those it is
    written for, none named: all; for another it is written where the company has it, or
    `needs` is known to be so. `titles` says what it is called for some of them.
    One that is `internal` is not handed in. `made_from` is the digest of the template
    an own copy was made from. `line` is where the body begins in the file.
    """

    id: Id
    number: Annotated[str, CheckedBy(_check_number)] | None = None
    title: Words
    order: Count
    materials: tuple[Id, ...] = ()
    needs: Id | None = None
    when: Id | None = None
    unless: Mapping[Id, tuple[Id, ...]] = field(default_factory=dict)
    licences: tuple[Words, ...] = ()
    titles: Mapping[Words, Words] = field(default_factory=dict)
    signature: Flag = False
    internal: Flag = False
    made_from: Annotated[str, CheckedBy(_check_digest)] | None = None
    body: str = field(default="", metadata=NOT_IN_FILE)
    digest: str = field(default="", metadata=NOT_IN_FILE)
    path: str = field(default="", metadata=NOT_IN_FILE)
    line: int = field(default=1, metadata=NOT_IN_FILE)

    def name_for(self, licence: str) -> str:
        """Name it as it is called in an application for a licence."""
        return self.titles.get(licence, self.title)
