"""`changqing ask`: a question in a person's own words."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import click
from rich.padding import Padding

from changqing.cli._shared import (
    NOT_YET,
    READY,
    clock,
    language_option,
    said,
    terminal,
)
from changqing.text import Language, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from changqing.catalogue import Catalogue
    from changqing.guide import Answer, Reply


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "ask",
        help=said(
            language,
            "用自己的话提问：直接回答，附依据；答不了的照直说。",
            "Ask in your own words: a direct answer with its sources, or a plain no.",
        ),
    )
    @click.argument("question", nargs=-1, required=True)
    @click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        help=said(language, "按这一天的法规回答。", "Answer by the law of this day."),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=said(language, "以JSON输出。", "Print JSON."),
    )
    @language_option(language)
    def ask(
        *,
        question: tuple[str, ...],
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        day = clock().date() if as_of is None else as_of.date()
        return _ask(" ".join(question), on=day, as_json=as_json, language=language)


def _ask(question: str, *, on: date, as_json: bool, language: Language) -> int:
    from changqing.catalogue import load_compiled
    from changqing.guide import Questions

    catalogue = load_compiled()
    reply = Questions(catalogue).ask(question, on=on)
    if as_json:
        data = _data(reply, catalogue, language)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _show(reply, catalogue, language)
    return READY if reply.answers else NOT_YET


def _data(
    reply: Reply, catalogue: Catalogue, language: Language
) -> Mapping[str, object]:
    from changqing.catalogue import citation_data

    return {
        "answers": [
            {
                "topic": answer.topic.id,
                "title": answer.topic.title.say(language),
                "answer": answer.answer.say(language),
                "differs": None
                if answer.differs is None
                else answer.differs.say(language),
                "citations": [
                    citation_data(catalogue, each, language)
                    for each in answer.citations
                ],
                "confidence": answer.certainty.value,
                "score": answer.score,
            }
            for answer in reply.answers
        ],
        "nearest": [
            {"topic": topic.id, "title": topic.title.say(language), "score": score}
            for topic, score in reply.nearest
        ],
    }


def _show(reply: Reply, catalogue: Catalogue, language: Language) -> None:
    console = terminal()
    if not reply.answers:
        console.print(_UNKNOWN.say(language))
    for answer in reply.answers:
        console.print()
        _show_answer(answer, catalogue, language)
    if reply.nearest:
        console.print()
        heading = _NEAREST if reply.answers else _PERHAPS
        console.print(heading.say(language), style="bold")
        for topic, _ in reply.nearest:
            console.print(f"  · {topic.title.say(language)}")
    console.print()
    console.print(_NO_AUTHORITY.say(language), style="dim")


def _show_answer(answer: Answer, catalogue: Catalogue, language: Language) -> None:
    from changqing.catalogue import CERTAINTY_WORDS, say_citation

    console = terminal()
    console.print(answer.topic.title.say(language), style="bold")
    console.print()
    console.print(Padding(answer.answer.say(language), (0, 2)))
    if answer.differs is not None:
        differs = f"{_DIFFERS.say(language)}{answer.differs.say(language)}"
        console.print(Padding(differs, (1, 2, 0, 2)))
    console.print()
    console.print(Padding(CERTAINTY_WORDS[answer.certainty].say(language), (0, 2)))
    for each in answer.citations:
        line = say_citation(catalogue, each).say(language)
        console.print(Padding(f"· {line}", (0, 2)))


_UNKNOWN = Text(
    zh="没有收录这个问题的答案：它不在许可事务之内，或者还没有核到依据。",
    en="No answer on record: the question is outside licensing, or no source for it "
    "has been found yet.",
)
_PERHAPS = Text(zh="最接近的问题", en="The nearest questions")
_NEAREST = Text(zh="相近的问题", en="Questions near it")
_DIFFERS = Text(zh="因地区而异：", en="Depends on the region: ")
_NO_AUTHORITY = Text(
    zh="以上按所列依据整理，不代表任何机关的意见。",
    en="Put together from the sources listed; no authority's opinion.",
)
