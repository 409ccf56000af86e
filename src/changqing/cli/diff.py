"""Changes of law on the terminal, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from itertools import groupby
from typing import Any, Final, TypedDict

from changqing.cli.sheet import Sheet
from changqing.law.cited import CitationData, make_citation_data, say_citation
from changqing.law.diff import Change
from changqing.law.model import Catalogue
from changqing.text import Language, Text

_KINDS: Final[Mapping[str, Text]] = {
    "instrument": Text("法规文件", "Instrument"),
    "law": Text("规定", "Rule of law"),
    "parameter": Text("参数", "Parameter"),
    "criterion": Text("判据", "Criterion"),
    "classification": Text("分类规则", "Rule of classification"),
    "procedure": Text("程序", "Procedure"),
    "material": Text("材料", "Material"),
}


_TOUCHED: Final[Mapping[str, Text]] = {
    "criteria": Text("判据", "criteria"),
    "procedures": Text("程序", "procedures"),
    "materials": Text("材料", "materials"),
    "parameters": Text("参数", "parameters"),
    "classification": Text("分类规则", "rules of classification"),
    "licences": Text("许可证", "licences"),
    "topics": Text("问答", "topics"),
}
_LABELLED: Final = ("materials", "parameters")
_PRECISION: Final[Mapping[str, Text]] = {
    "month": Text("只知道到月", "known to the month"),
    "year": Text("只知道到年", "known to the year"),
}


class ChangeOfLaw(TypedDict):
    """A change: when, of what, and which entries it touches."""

    on: str
    precision: str
    kind: str
    id: str
    turn: str
    title: str
    before: str | None
    after: str | None
    confidence: str | None
    citations: Sequence[CitationData]
    touches: Mapping[str, Sequence[str]]


_FromTo = TypedDict("_FromTo", {"from": str, "to": str})


class DiffData(_FromTo):
    """What changed in law between two days."""

    changes: Sequence[ChangeOfLaw]


def make_diff_data(
    catalogue: Catalogue,
    changes: Sequence[Change],
    *,
    start: date,
    end: date,
    language: Language,
) -> DiffData:
    """Make the changes as JSON: `from`, `to`, `changes`; texts in one language.

    A change: `on`, `precision`, `kind`, `id`, `turn`, `title`, `before`, `after`,
    `confidence`, `citations` and `touches`, which names ids by kind.
    """

    def say(text: Text | None) -> str | None:
        return None if text is None else text.say(language)

    return {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "changes": [
            {
                "on": change.on.isoformat(),
                "precision": change.precision,
                "kind": change.kind.value,
                "id": change.id,
                "turn": change.turn.value,
                "title": change.title.say(language),
                "before": say(change.before),
                "after": say(change.after),
                "confidence": None
                if change.confidence is None
                else change.confidence.value,
                "citations": [
                    make_citation_data(catalogue, citation, language)
                    for citation in change.citations
                ],
                "touches": dict(_list_touched(change)),
            }
            for change in changes
        ],
    }


def show_diff(
    catalogue: Catalogue,
    changes: Sequence[Change],
    *,
    start: date,
    end: date,
    language: Language,
) -> None:
    """Print the changes by day, in plain words."""
    sheet = Sheet(language)
    if not changes:
        sheet.print_line(
            sheet.t(
                f"从{start}到{end}，收录的规定没有变化。",
                f"Nothing on record changed between {start} and {end}.",
            )
        )
        return
    sheet.print_line(
        sheet.t(
            f"从{start}到{end}，共{len(changes)}处变化。",
            f"{len(changes)} changes between {start} and {end}.",
        ),
        style="bold",
    )
    for day, changes_of_day in groupby(changes, key=lambda change: change.on):
        sheet.print_heading(str(day))
        for change in changes_of_day:
            _show_change(catalogue, change, sheet)


def _show_change(catalogue: Catalogue, change: Change, sheet: Sheet) -> None:
    """One change: what it is, what was and is said, who says so, what it touches."""
    language = sheet.language
    precision = _PRECISION.get(change.precision)
    head = [_KINDS[change.kind].say(language), change.turn.text.say(language)]
    if precision is not None:
        head.append(precision.say(language))
    title = change.title.say(language)
    aside = " · ".join(head)
    sheet.print_line(sheet.t(f"{title}（{aside}）", f"{title} ({aside})"), indent=2)
    if title != change.id:
        sheet.print_line(change.id, indent=4, style="dim")
    for label, text in (
        (sheet.t("原来", "Before"), change.before),
        (sheet.t("现在", "Now"), change.after),
    ):
        if text is not None and text != change.title:
            sheet.print_line(f"{label}{sheet.colon}{text.say(language)}", indent=4)
    sources = [] if change.confidence is None else [change.confidence.text]
    sources += [say_citation(catalogue, citation) for citation in change.citations]
    for source in dict.fromkeys(source.say(language) for source in sources):
        label = sheet.t("来源", "Source")
        sheet.print_line(f"{label}{sheet.colon}{source}", indent=4, style="dim")
    for kind, names in _list_touched(change):
        if names:
            label = _TOUCHED[kind].say(language)
            touches = sheet.t(f"涉及{label}", f"Touches {label}")
            titles = sheet.t("；", "; ").join(
                _list_titles(catalogue, kind, names, language)
            )
            sheet.print_line(f"{touches}{sheet.colon}{titles}", indent=4)


def _list_titles(
    catalogue: Catalogue, kind: str, names: Sequence[str], language: Language
) -> list[str]:
    """What a person calls the things of those ids; a licence goes by its code."""
    if kind == "licences":
        return list(names)
    entries, word = getattr(catalogue, kind), "label" if kind in _LABELLED else "title"
    texts: Iterator[Text] = (getattr(entries[name], word) for name in names)
    return [text.say(language) for text in texts]


def _list_touched(change: Change) -> Iterable[tuple[str, list[str]]]:
    touched: Any = change.touched
    for field in fields(touched):
        yield field.name, list(getattr(touched, field.name))
