"""`changqing ask`: a question in a person's own words."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from changqing.cli.given import choose_day
from changqing.cli.shared import (
    NOT_YET,
    READY,
    as_of_option,
    json_option,
    language_option,
    print_json,
    program,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.guide.ask import GuideAnswer, GuideReply
    from changqing.law.model import Catalogue


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "ask",
        help=say_help(
            language,
            "用自己的话提问：直接回答，附依据；答不了的照直说。",
            "Ask in your own words: a direct answer with its sources, or a plain no.",
        ),
    )
    @click.argument("question", nargs=-1, required=True)
    @as_of_option(language, "按这一天的法规回答。", "Answer by the law of this day.")
    @json_option(language)
    @language_option(language)
    def ask(
        *,
        question: tuple[str, ...],
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        words = " ".join(question)
        return _answer_question(
            words, on=choose_day(as_of), as_json=as_json, language=language
        )


def _answer_question(
    question: str, *, on: date, as_json: bool, language: Language
) -> int:
    from changqing.guide.ask import Questions
    from changqing.law.compiled import load_compiled

    catalogue = load_compiled()
    reply = Questions(catalogue).ask(question, on=on)
    if as_json:
        from changqing.guide.reply_data import reply_data

        print_json(reply_data(catalogue, reply, language))
    else:
        _show_reply(reply, catalogue, language)
    return READY if reply.answers or reply.of_case else NOT_YET


def _show_reply(reply: GuideReply, catalogue: Catalogue, language: Language) -> None:
    sheet = Sheet(language)
    for told in filter(None, (reply.elsewhere, reply.of_case)):
        sheet.print_line(told.say(language))
    if not (reply.answers or reply.of_case):
        if reply.elsewhere is None:
            sheet.print_line(_UNKNOWN.say(language))
            sheet.print_line(reply.ask.say(language))
        commands = f"{program()} {sheet.join(('licence', 'materials', 'procedure'))}"
        by = sheet.t(
            "按业务和省份查条件、材料和日子",
            "Conditions, papers and days by licence and province",
        )
        sheet.print_line(by + sheet.colon + commands)
    tier = None
    for answer in reply.answers:
        if answer.tier.value != "sure" and answer.tier is not tier:
            sheet.print_gap()
            also = _ALSO if tier is not None else answer.tier.text
            sheet.print_line(also.say(language), style="bold")
        tier = answer.tier
        _show_answer(answer, catalogue, sheet)
    for part in reply.unanswered:
        sheet.print_gap()
        sheet.print_line(f"{_UNANSWERED.say(language)}{part}")
    if reply.nearest and not reply.of_case:
        sheet.print_heading((_NEAREST if reply.answers else _PERHAPS).say(language))
        for topic, _ in reply.nearest:
            sheet.print_rows(
                [("·", topic.title.say(language))], label_width=1, indent=2
            )
    sheet.print_gap()
    sheet.print_line(
        sheet.t(
            f"以上按{reply.on.isoformat()}的规定整理，列明依据，不代表任何机关的意见。",
            f"By the law of {reply.on.isoformat()}, put together from the sources "
            "listed; no authority's opinion.",
        ),
        style="dim",
    )


def _show_answer(answer: GuideAnswer, catalogue: Catalogue, sheet: Sheet) -> None:
    from changqing.law.cited import say_citation

    language = sheet.language
    if answer.asked is not None:
        sheet.print_line(f"{_ASKED.say(language)}{answer.asked}")
    sheet.print_heading(answer.title.say(language))
    sheet.print_gap()
    if answer.premise is not None:
        sheet.print_line(answer.premise.say(language), indent=2)
        sheet.print_gap()
    if answer.short is not None:
        sheet.print_line(answer.short.say(language), indent=2)
        sheet.print_gap()
    sheet.print_line(answer.answer.say(language), indent=2)
    if answer.differs is not None:
        sheet.print_gap()
        differs = f"{_DIFFERS.say(language)}{answer.differs.say(language)}"
        sheet.print_line(differs, indent=2)
    sheet.print_gap()
    sheet.print_line(answer.certainty.text.say(language), indent=2)
    # Two facts may rest on one article.
    sources = dict.fromkeys(
        say_citation(catalogue, citation) for citation in answer.citations
    )
    lines = [source.say(language) for source in sources]
    if answer.unfound is not None:
        lines.append(f"{_UNFOUND.say(language)}{answer.unfound.say(language)}")
    sheet.print_rows((("·", line) for line in lines), label_width=1, indent=2)


_UNKNOWN = Text(
    zh="没有收录这个问题的答案：它不在许可事务之内，或者还没有核到依据。",
    en="No answer on record: the question is outside licensing, or no source for it "
    "has been found yet.",
)
_ASKED = Text(zh="您问：", en="You ask: ")
_UNANSWERED = Text(zh="这一问没有收录答案：", en="No answer on record to this part: ")
_PERHAPS = Text(zh="最接近的问题", en="The nearest questions")
_NEAREST = Text(zh="相近的问题", en="Questions near it")
_DIFFERS = Text(zh="因地区而异：", en="Depends on the region: ")
_UNFOUND = Text(zh="查过，没有找到：", en="Looked for in vain: ")
_ALSO = Text(zh="也可能是", en="Or perhaps")
