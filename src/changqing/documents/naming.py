"""How documents call those whom a fact is about, and write what it says."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from changqing.case.normalise import write_phone
from changqing.case.subjects import Subject
from changqing.judge.model import Situation
from changqing.judge.words import say_value
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.parameter import Region
from changqing.law.model import Catalogue
from changqing.report.words import long_day
from changqing.rules.types import Value
from changqing.text import Language

_ADDRESS: Final = re.compile(r"^https?://|/+$")
_SAME_PROVINCE: Final = "same_province"
_MEMBERS: Final = frozenset({"service", "person", "holder", "resource"})


def name_subject(situation: Situation, catalogue: Catalogue, subject: Subject) -> str:
    """Name a subject: a service by its name, else by its kind and its domain."""
    label = situation.labels.get(subject)
    called = subject.id if label is None else label.zh
    if subject.type != "service" or _best(situation, subject, "name") is not None:
        return called
    kinds = catalogue.facts["service", "kind"].value_labels
    kind = kinds.get(str(_best(situation, subject, "kind")))
    where = _best(situation, subject, "domain") or _ADDRESS.sub("", called)
    return f"{'' if kind is None else kind.zh}{where}"


def name_one_of_several(
    situation: Situation, catalogue: Catalogue, subject: Subject
) -> str:
    """Name a member of a list of which the case has several; else nothing."""
    if subject.type not in _MEMBERS:
        return ""
    several = sum(one.type == subject.type for one in situation.subjects) > 1
    return name_subject(situation, catalogue, subject) if several else ""


def _best(situation: Situation, subject: Subject, fact: str) -> object:
    found = situation.resolved.get((subject, fact))
    return None if found is None else found.best


def write_value(
    value: Value, fact: Fact, *, short: bool, region: Region | None = None
) -> str:
    """Write a value as a document prints it; `short`: days as a table has them.

    What is in the same province is in the `region` of the application.
    """
    if value == _SAME_PROVINCE and region is not None:
        return f"{region.label.zh}内"
    if isinstance(value, date):
        return value.isoformat() if short else long_day(value, Language.ZH)
    if fact.text_kind == "phone" and isinstance(value, str):
        return write_phone(value)
    return say_value(value, fact).zh
