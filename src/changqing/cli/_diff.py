"""Changes of law on the terminal, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from itertools import groupby
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding

from changqing.catalogue import (
    CONFIDENCE_WORDS,
    Catalogue,
    Change,
    Turn,
    citation_data,
    say_citation,
)
from changqing.text import Language, Text

_WIDTH: Final = 100
_KINDS: Final[Mapping[str, Text]] = {
    "instrument": Text("法规文件", "Instrument"),
    "law": Text("规定", "Rule of law"),
    "parameter": Text("参数", "Parameter"),
    "criterion": Text("判据", "Criterion"),
    "classification": Text("分类规则", "Rule of classification"),
    "procedure": Text("程序", "Procedure"),
    "material": Text("材料", "Material"),
}
_TURNS: Final[Mapping[Turn, Text]] = {
    Turn.AMENDED: Text("修改", "amended"),
    Turn.BEGAN: Text("新增", "new"),
    Turn.REPLACED: Text("更换", "replaced"),
    Turn.RESTATED: Text(
        "随新文本施行（未必是新规定）", "in the new text; may be no news"
    ),
    Turn.ENDED: Text("不再有效", "ended"),
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


def diff_data(
    catalogue: Catalogue,
    found: Sequence[Change],
    *,
    start: date,
    end: date,
    language: Language,
) -> dict[str, object]:
    """The changes as JSON: `from`, `to`, `changes`; texts in one language.

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
                "on": each.on.isoformat(),
                "precision": each.precision,
                "kind": each.kind.value,
                "id": each.id,
                "turn": each.turn.value,
                "title": say(each.title),
                "before": say(each.before),
                "after": say(each.after),
                "confidence": None
                if each.confidence is None
                else each.confidence.value,
                "citations": [
                    citation_data(catalogue, citation, language)
                    for citation in each.citations
                ],
                "touches": dict(_touches(each)),
            }
            for each in found
        ],
    }


def show_diff(
    catalogue: Catalogue,
    found: Sequence[Change],
    console: Console,
    *,
    start: date,
    end: date,
    language: Language,
) -> None:
    """Print the changes by day, in plain words."""

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    width = min(_WIDTH, console.width)
    if not found:
        console.print(
            say(
                f"从{start}到{end}，收录的规定没有变化。",
                f"Nothing on record changed between {start} and {end}.",
            ),
            width=width,
        )
        return
    console.print(
        say(
            f"从{start}到{end}，共{len(found)}处变化。",
            f"{len(found)} changes between {start} and {end}.",
        ),
        style="bold",
    )
    for day, same in groupby(found, key=lambda each: each.on):
        console.print()
        console.print(str(day), style="bold")
        for each in same:
            for line, style, indent in _lines(catalogue, each, language):
                padded = Padding(line, (0, 0, 0, indent), style=style)
                console.print(padded, width=width)


def _lines(
    catalogue: Catalogue, each: Change, language: Language
) -> Iterator[tuple[str, str, int]]:
    """The lines of one change: text, style, indent."""

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    colon, joint = say("：", ": "), say("；", "; ")
    known = _PRECISION.get(each.precision)
    head = [_KINDS[each.kind].say(language), _TURNS[each.turn].say(language)]
    if known is not None:
        head.append(known.say(language))
    title = each.title.say(language)
    yield f"{title}  ({' · '.join(head)})", "bold", 2
    if title != each.id:
        yield each.id, "dim", 4
    for label, text in (
        (say("原来", "Before"), each.before),
        (say("现在", "Now"), each.after),
    ):
        if text is not None and text != each.title:
            yield f"{label}{colon}{text.say(language)}", "", 4
    if each.confidence is not None:
        sure = CONFIDENCE_WORDS[each.confidence].say(language)
        yield f"{say('来源', 'Source')}{colon}{sure}", "dim", 4
    sources = dict.fromkeys(
        say_citation(catalogue, citation).say(language) for citation in each.citations
    )
    for source in sources:
        yield f"{say('来源', 'Source')}{colon}{source}", "dim", 4
    for kind, names in _touches(each):
        if names:
            label = _TOUCHED[kind].say(language)
            touches = say(f"涉及{label}", f"Touches {label}")
            titles = _titles(catalogue, kind, names, language)
            yield f"{touches}{colon}{joint.join(titles)}", "", 4


def _titles(
    catalogue: Catalogue, kind: str, names: Sequence[str], language: Language
) -> list[str]:
    """What a person calls the things of those ids; a licence goes by its code."""
    if kind == "licences":
        return list(names)
    held: Mapping[str, Any] = getattr(catalogue, kind)
    texts = (
        held[name].label if kind in _LABELLED else held[name].title for name in names
    )
    return [text.say(language) for text in texts]


def _touches(each: Change) -> Iterable[tuple[str, list[str]]]:
    touched: Any = each.touched
    for field in fields(touched):
        yield field.name, list(getattr(touched, field.name))
