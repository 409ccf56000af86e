"""`changqing classify`: which licence a business needs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, TypedDict

import click

from changqing.cli.given import choose_day
from changqing.cli.shared import (
    READY,
    as_of_option,
    json_option,
    language_option,
    print_json,
    program,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.rules.types import encode_plain
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.guide.classify import Classified, Ruled
    from changqing.law.cited import CitationData
    from changqing.law.model import Catalogue


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "classify",
        help=say_help(
            language,
            "答几个问题，说出这项业务要哪张许可证、不要哪张、哪里还说不准。",
            "A few questions, then which licence is needed, which not, what is open.",
        ),
    )
    @click.option(
        "--answers",
        type=click.Path(path_type=Path, allow_dash=True, dir_okay=False),
        help=say_help(
            language,
            "从YAML或JSON文件读回答，- 为标准输入；不再提问。",
            "Read the answers from a YAML or JSON file, - for standard input.",
        ),
    )
    @as_of_option(language, "按这一天的法规判断。", "Judge by the law of this day.")
    @json_option(language)
    @language_option(language)
    def classify(
        *,
        answers: Path | None,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        on = choose_day(as_of)
        return _classify_service(answers, on=on, as_json=as_json, language=language)


class RuledData(TypedDict):
    """What a rule says of the business; `open` names what it still depends on."""

    licence: str | None
    rule: str
    title: str
    outcome: str
    reason: str
    citations: Sequence[CitationData]
    confidence: str
    dispute: str | None
    open: NotRequired[Sequence[str]]


class ClassifiedData(TypedDict):
    """Which licences a business needs, by the answers given."""

    needed: Sequence[RuledData]
    not_needed: Sequence[RuledData]
    doubtful: Sequence[RuledData]
    remarks: Sequence[RuledData]
    answers: Mapping[str, object]
    as_of: str


def _classify_service(
    file: Path | None, *, on: date, as_json: bool, language: Language
) -> int:
    from changqing.guide.classify import Classifier
    from changqing.guide.classify_answers import ask_about, read_answers
    from changqing.law.compiled import load_compiled

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
        print_json(_encode_classified(classified, catalogue, language))
    else:
        _show_licences(classified, catalogue, language)
    return READY


def _encode_classified(
    classified: Classified, catalogue: Catalogue, language: Language
) -> ClassifiedData:
    from changqing.law.kinds.classification import Need

    def encode_rules(need: Need) -> list[RuledData]:
        return [
            _encode_ruled(e, catalogue, language) for e in classified.list_ruled(need)
        ]

    return {
        "needed": encode_rules(Need.NEEDED),
        "not_needed": encode_rules(Need.NOT_NEEDED),
        "doubtful": encode_rules(Need.DOUBTFUL),
        "remarks": encode_rules(Need.REMARKED),
        "answers": {
            name: encode_plain(value) for name, value in classified.answers.items()
        },
        "as_of": classified.on.isoformat(),
    }


def _encode_ruled(ruled: Ruled, catalogue: Catalogue, language: Language) -> RuledData:
    from changqing.law.cited import make_citation_data
    from changqing.law.kinds.classification import Need

    rule = ruled.rule
    data: RuledData = {
        "licence": rule.licence,
        "rule": rule.id,
        "title": rule.title.say(language),
        "outcome": rule.outcome.value,
        "reason": ruled.reason.say(language),
        "citations": [
            make_citation_data(catalogue, citation, language)
            for citation in rule.citations
        ],
        "confidence": rule.confidence.value,
        "dispute": None if rule.dispute is None else rule.dispute.say(language),
    }
    if ruled.need is Need.DOUBTFUL:
        data["open"] = list(ruled.open)
    return data


def _show_licences(
    classified: Classified, catalogue: Catalogue, language: Language
) -> None:
    from changqing.law.kinds.classification import Need

    sheet = Sheet(language)
    # Nothing these rules ask after is done here: their names are enough.
    far = sorted(
        (e for e in classified.ruled if e.need is Need.NOT_NEEDED and not e.near),
        key=lambda ruled: ruled.rule.licence or "~",
    )
    for need in (Need.NEEDED, Need.DOUBTFUL, Need.REMARKED, Need.NOT_NEEDED):
        touched = [ruled for ruled in classified.list_ruled(need) if ruled not in far]
        untouched_rules = far if need is Need.NOT_NEEDED else []
        if not touched and not untouched_rules and need is not Need.NEEDED:
            continue
        sheet.print_heading(need.text.say(language))
        if not touched and not untouched_rules:
            sheet.print_line(_NOTHING.say(language), indent=2)
        for ruled in touched:
            _show_ruled(ruled, sheet, catalogue)
        if untouched_rules:
            names = sheet.join(_name_rule(ruled, language) for ruled in untouched_rules)
            untouched = sheet.t(f"没有涉及：{names}", f"Not touched: {names}")
            sheet.print_line(untouched, indent=2, style="dim")
    sheet.print_gap()
    command = f"{program()} licence"
    sheet.print_line(
        sheet.t(
            f"这里按列出的规则推算，不代表任何机关的意见。各张证的详情：{command}",
            f"This applies the rules listed and is no authority's opinion. About each "
            f"licence: {command}",
        ),
        style="dim",
    )


def _show_ruled(ruled: Ruled, sheet: Sheet, catalogue: Catalogue) -> None:
    from changqing.law.cited import say_citation

    rule, language = ruled.rule, sheet.language
    sheet.print_line(_name_rule(ruled, language), indent=2, style="bold")
    sheet.print_line(ruled.reason.say(language), indent=4)
    if ruled.open:
        facts = catalogue.facts
        labels = (facts["offer", name].label.say(language) for name in ruled.open)
        depends = sheet.t("取决于", "Depends on") + sheet.colon
        sheet.print_line(depends + sheet.join(labels), indent=4)
    if rule.dispute is not None:
        differ = sheet.t("来源不一", "Sources differ") + sheet.colon
        sheet.print_line(differ + rule.dispute.say(language), indent=4)
    for citation in rule.citations:
        basis = sheet.t("依据", "Basis") + sheet.colon
        cited = say_citation(catalogue, citation).say(language)
        sheet.print_line(basis + cited, indent=4, style="dim")


def _name_rule(ruled: Ruled, language: Language) -> str:
    rule = ruled.rule
    title = rule.title.say(language)
    return title if rule.licence is None else f"{rule.licence} {title}"


_NOTHING = Text("按已知的回答，没有。", "Nothing, by the answers given.")
