"""Changes shortly before filing that a reader will ask about: dated, never judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from changqing.law.entry import YamlEntry
from changqing.law.kit import BothLanguages, ExampleRow, Id, Rule, SubjectName
from changqing.yamlfile.values import CheckedBy, Day, Flag, Refusal, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentExample(YamlEntry):
    """What is known on a day, and whether the rule speaks (null: cannot tell)."""

    as_of: Day
    known: ExampleRow
    then: Flag | None


def _check_pair(examples: tuple[RecentExample, ...]) -> None:
    if len(examples) < 2:
        raise Refusal("不能为空", "must not be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentChange(YamlEntry):
    """`recent_changes/<id>.yaml`: a rule over the facts of one subject.

    `says` has `{fact}` places for facts of the subject, `{name}` for its name and
    `{as_of}`; `dated` is the date fact on whose day the change was, None where only
    the proof has a day.
    """

    id: Id
    subject: SubjectName
    test: Rule
    says: BothLanguages
    dated: Words | None = None
    examples: Annotated[tuple[RecentExample, ...], CheckedBy(_check_pair)]
