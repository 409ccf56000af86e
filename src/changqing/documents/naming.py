"""How documents call those whom a fact is about, and write what it says."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from changqing.case.subjects import Subject
from changqing.documents.document import DocumentEdition
from changqing.documents.markup import escape
from changqing.evidence.model import GapReason, Resolved
from changqing.evidence.tolerance import Sameness, compare_for
from changqing.judge.model import Situation
from changqing.judge.words import say_value
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.parameter import Region
from changqing.law.kit import Citation
from changqing.law.model import Catalogue
from changqing.law.said import say_article
from changqing.report.words import say_long_day
from changqing.rules.types import Kind, Value
from changqing.text import Language

_ADDRESS: Final = re.compile(r"^https?://|/+$")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_SAME_PROVINCE: Final = "same_province"
_MEMBERS: Final = frozenset({"service", "person", "holder", "resource"})


def name_subject(situation: Situation, catalogue: Catalogue, subject: Subject) -> str:
    """Name a subject: a service by its name, else by its kind and its domain."""
    label = situation.labels.get(subject)
    called = subject.id if label is None else widen_brackets(label.zh)
    if subject.type != "service" or situation.find_best(subject, "name") is not None:
        return called
    kinds = catalogue.facts["service", "kind"].value_labels
    kind = kinds.get(str(situation.find_best(subject, "kind")))
    where = situation.find_best(subject, "domain") or _ADDRESS.sub("", called)
    return f"{'' if kind is None else kind.zh}{where}"


def name_one_of_several(
    situation: Situation, catalogue: Catalogue, subject: Subject
) -> str:
    """Name a member of a list of which the case has several; else nothing."""
    if subject.type not in _MEMBERS:
        return ""
    several = sum(other.type == subject.type for other in situation.subjects) > 1
    return name_subject(situation, catalogue, subject) if several else ""


def write_value(
    value: Value, fact: Fact, *, short: bool, region: Region | None = None
) -> str:
    """Write a value as a document prints it; `short`: days as a table has them.

    What is in the same province is in the `region` of the application.
    """
    if value == _SAME_PROVINCE and region is not None:
        return f"{region.label.zh}内"
    if isinstance(value, date):
        return value.isoformat() if short else say_long_day(value, Language.ZH)
    text = say_value(value, fact).zh
    return widen_brackets(text) if fact.type.kind is Kind.TEXT else text


def widen_brackets(text: str) -> str:
    """Set brackets in Chinese as licence and register do; values keep half width.

    A pair is set in full width where Chinese stands in it or right before it, pairs
    inside others as well.
    """
    letters, opened = list(text), list[int]()
    for at, letter in enumerate(text):
        if letter == "(":
            opened.append(at)
        elif letter == ")" and opened:
            start = opened.pop()
            if _HAN.search(text, max(start - 1, 0), at):
                letters[start], letters[at] = "（", "）"
    return "".join(letters)


def name_article(
    catalogue: Catalogue, citation: Citation, edition: DocumentEdition
) -> tuple[str, str]:
    """Name what asks for something: the text of law, and its article.

    How sure it is stands in our copy alone.
    """
    title = catalogue.instruments[citation.instrument].title.zh
    quoted_title = title if "《" in title else f"《{title}》"
    article = say_article(citation.article or "").zh
    if edition is DocumentEdition.CLEAN:
        return quoted_title, article
    return quoted_title, f"{article}（{citation.badge.zh}）"


def write_doubt(resolved_fact: Resolved, fact: Fact, *, short: bool) -> str:
    """Write what has to be looked at again before a value is handed in, if anything."""
    if (
        resolved_fact.proven is not None
        and resolved_fact.claimed is not None
        and resolved_fact.claimed != resolved_fact.proven
        and resolved_fact.claimed_by is not None
        and compare_for(fact, resolved_fact.claimed, resolved_fact.proven)
        is Sameness.DIFFERENT
    ):
        claimed = escape(write_value(resolved_fact.claimed, fact, short=short))
        return f"〔须核实：自述为{claimed}〕"
    if resolved_fact.gap is GapReason.CONFLICTING:
        return "〔须核实：几份证据说法不一〕"
    return ""
