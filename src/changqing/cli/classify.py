"""`changqing classify`: which licence a business needs."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.padding import Padding
from rich.text import Text as Styled

from changqing.cli._shared import (
    READY,
    clock,
    language_option,
    program,
    said,
    terminal,
)
from changqing.text import Language, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import Console

    from changqing.catalogue import Catalogue
    from changqing.expression import Value
    from changqing.guide import Classified, Ruled

_WIDTH = 100


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "classify",
        help=said(
            language,
            "答几个问题，说出这项业务要哪张许可证、不要哪张、哪里还说不准。",
            "A few questions, then which licence is needed, which not, what is open.",
        ),
    )
    @click.option(
        "--answers",
        type=click.Path(path_type=Path, allow_dash=True, dir_okay=False),
        help=said(
            language,
            "从YAML或JSON文件读回答，- 为标准输入；不再提问。",
            "Read the answers from a YAML or JSON file, - for standard input.",
        ),
    )
    @click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        help=said(language, "按这一天的法规判断。", "Judge by the law of this day."),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=said(language, "以JSON输出。", "Print JSON."),
    )
    @language_option(language)
    def classify(
        *,
        answers: Path | None,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.evidence import BEIJING

        now = clock().astimezone(BEIJING) if as_of is None else as_of
        return _classify(answers, on=now.date(), as_json=as_json, language=language)


def _classify(file: Path | None, *, on: date, as_json: bool, language: Language) -> int:
    from changqing.catalogue import load_compiled
    from changqing.guide import Classifier, ask_about, read_answers

    catalogue = load_compiled()
    classifier = Classifier(catalogue, on=on)
    if file is None:
        # What is asked must not run into the JSON.
        answers = ask_about(
            classifier,
            language,
            ask=lambda prompt: str(
                click.prompt(prompt, default="", show_default=False, err=as_json)
            ),
            tell=lambda line: click.echo(line, err=as_json),
        )
    elif str(file) == "-":
        answers = read_answers(classifier, file, text=sys.stdin.buffer.read())
    else:
        answers = read_answers(classifier, file)
    classified = classifier.classify(answers)
    if as_json:
        data = _data(classified, catalogue, language)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _show(classified, catalogue, language)
    return READY


def _data(
    classified: Classified, catalogue: Catalogue, language: Language
) -> Mapping[str, object]:
    from changqing.catalogue import Need

    return {
        **{
            key: [_ruled(each, catalogue, language) for each in classified.of(need)]
            for key, need in (
                ("needed", Need.NEEDED),
                ("not_needed", Need.NOT_NEEDED),
                ("doubtful", Need.DOUBTFUL),
                ("remarks", Need.REMARKED),
            )
        },
        "answers": {name: _plain(value) for name, value in classified.answers.items()},
        "as_of": classified.on.isoformat(),
    }


def _plain(value: Value | None) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _ruled(
    each: Ruled, catalogue: Catalogue, language: Language
) -> Mapping[str, object]:
    from changqing.catalogue import Need, citation_data

    rule = each.rule
    data: dict[str, object] = {
        "licence": rule.licence,
        "rule": rule.id,
        "title": rule.title.say(language),
        "outcome": rule.outcome.value,
        "reason": each.reason.say(language),
        "citations": [
            citation_data(catalogue, citation, language) for citation in rule.citations
        ],
        "confidence": rule.confidence.value,
        "dispute": None if rule.dispute is None else rule.dispute.say(language),
    }
    if each.need is Need.DOUBTFUL:
        data["open"] = list(each.open)
    return data


def _show(classified: Classified, catalogue: Catalogue, language: Language) -> None:
    from changqing.catalogue import NEED_WORDS, Need

    console = terminal()
    # Nothing these rules ask after is done here: their names are enough.
    far = sorted(
        (e for e in classified.ruled if e.need is Need.NOT_NEEDED and not e.near),
        key=lambda each: each.rule.licence or "~",
    )
    for need in (Need.NEEDED, Need.DOUBTFUL, Need.REMARKED, Need.NOT_NEEDED):
        found = [each for each in classified.of(need) if each not in far]
        rest = far if need is Need.NOT_NEEDED else []
        if not found and not rest and need is not Need.NEEDED:
            continue
        console.print()
        console.print(NEED_WORDS[need].say(language), style="bold")
        if not found and not rest:
            _line(console, _NOTHING.say(language), indent=2)
        for each in found:
            _show_ruled(each, console, catalogue, language)
        if rest:
            names = _listed((_name(each, language) for each in rest), language)
            said = Text(f"没有涉及：{names}", f"Not touched: {names}")
            _line(console, said.say(language), indent=2, style="dim")
    console.print()
    command = f"{program()} licence"
    said = Text(
        f"这里按列出的规则推算，不代表任何机关的意见。各张证的详情：{command}",
        f"This applies the rules listed and is no authority's opinion. About each "
        f"licence: {command}",
    )
    _line(console, said.say(language), style="dim")


def _show_ruled(
    each: Ruled, console: Console, catalogue: Catalogue, language: Language
) -> None:
    from changqing.catalogue import say_citation

    rule = each.rule
    _line(console, _name(each, language), indent=2, style="bold")
    _line(console, each.reason.say(language), indent=4)
    if each.open:
        labels = _listed(
            (catalogue.facts["offer", name].label.say(language) for name in each.open),
            language,
        )
        said = Text(f"取决于：{labels}", f"Depends on: {labels}")
        _line(console, said.say(language), indent=4)
    if rule.dispute is not None:
        dispute = rule.dispute
        said = Text(f"来源不一：{dispute.zh}", f"Sources differ: {dispute.en}")
        _line(console, said.say(language), indent=4)
    for citation in rule.citations:
        cited = say_citation(catalogue, citation)
        said = Text(f"依据：{cited.zh}", f"Basis: {cited.en}")
        _line(console, said.say(language), indent=4, style="dim")


def _line(console: Console, text: str, *, indent: int = 0, style: str = "") -> None:
    width = min(_WIDTH, console.width)
    console.print(Padding(Styled(text), (0, 0, 0, indent)), style=style, width=width)


def _listed(names: Iterable[str], language: Language) -> str:
    return ("、" if language is Language.ZH else ", ").join(names)


def _name(each: Ruled, language: Language) -> str:
    rule = each.rule
    title = rule.title.say(language)
    return title if rule.licence is None else f"{rule.licence} {title}"


_NOTHING = Text("按已知的回答，没有。", "Nothing, by the answers given.")
