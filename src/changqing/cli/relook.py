"""`changqing relook`: every look and every paper of a bundle once more.

The looks are repeated from the reader's own desk, the papers read by the reader that is
installed here. What differs is told; no verdict changes by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli.orders import replace_controls
from changqing.cli.shared import (
    READY,
    language_option,
    read_clock,
    say_help,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.law.model import Catalogue
    from changqing.sealing.relook import Relooked
    from changqing.sealing.relook_papers import RereadPapers, RereadValue

DIFFERS = 1


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "relook",
        help=say_help(
            language,
            "先核验封存包，再从自己这里把里面的每次查看重做一遍，把材料重读一遍，列出不同之处；"
            "结论不因此改动。"
            "0没有不同，1有不同、未能查看或没有可重看的，2不是封存包，4封存包被改动过。",
            "Check a bundle, then repeat every look in it from your own desk, read its "
            "papers again and list what differs; no verdict changes by it. 0 nothing "
            "differs, 1 something does, could not be seen or there is nothing to look "
            "at, 2 no bundle, 4 tampered with.",
        ),
    )
    @click.argument("bundle", type=click.Path(path_type=Path, dir_okay=False))
    @language_option(language)
    def repeat(*, bundle: Path, lang: str | None) -> int:
        from changqing.law.compiled import load_compiled
        from changqing.net.model import NetSettings
        from changqing.sealing import verify
        from changqing.sealing.apart import run_verify_apart
        from changqing.sealing.relook import relook

        catalogue = load_compiled()
        code = run_verify_apart(["--lang", language.value], [str(bundle)], catalogue)
        if code not in (READY, verify.UNSURE):
            return code
        with working(str(bundle)):
            found = relook(bundle, catalogue, net=NetSettings(), clock=read_clock)
        seen = _show_looks(found, catalogue, language)
        read = _reread_papers(bundle, catalogue, language)
        return READY if seen and read else DIFFERS


def _show_looks(
    found: Sequence[Relooked], catalogue: Catalogue, language: Language
) -> bool:
    """Show what is seen otherwise than it was; whether nothing is."""
    from changqing.judge.words import say_value

    if not found:
        click.echo(_NOTHING.say(language))
        return False
    for looked in found:
        if not looked.differs and not looked.unseen:
            continue
        fact = catalogue.facts.get((looked.subject.type, looked.fact))
        name = Text(looked.fact, looked.fact) if fact is None else fact.label
        then = say_value(looked.then, fact)
        now = (
            Text(zh="未能查看", en="could not be seen")
            if looked.unseen
            else say_value(looked.now, fact)
        )
        day = looked.seen_at.date().isoformat()
        click.echo(
            Text(
                zh=f"  {looked.subject.id} {name.zh}：{day}为{then.zh}，现在{now.zh}",
                en=f"  {looked.subject.id} {name.en}: {then.en} on {day}, now {now.en}",
            ).say(language)
        )
    differ = sum(looked.differs for looked in found)
    unseen = sum(looked.unseen for looked in found)
    click.echo(
        Text(
            zh=f"重看{len(found)}项，{differ}项不同，{unseen}项未能查看",
            en=f"{len(found)} looked at again, {differ} differ, {unseen} could not "
            "be seen",
        ).say(language)
    )
    return not differ and not unseen


def _reread_papers(bundle: Path, catalogue: Catalogue, language: Language) -> bool:
    """Read the papers again and show what became of their values; whether all is so."""
    from changqing.sealing.relook_papers import reread_papers

    sheet = Sheet(language)
    with working(str(bundle)) as status:

        def report(name: str, done: int, total: int) -> None:
            words = sheet.t(
                f"重读{name}：第{done}页，共{total}页",
                f"reading {name} again: page {done} of {total}",
            )
            status.update(replace_controls(words))

        read = reread_papers(bundle, catalogue, progress=report)
    if read.papers:
        _show_papers(read, catalogue, sheet)
    return read.is_same


_WIDEST_NAME = 24


def _show_papers(read: RereadPapers, catalogue: Catalogue, sheet: Sheet) -> None:
    """Show in one table what became of the values of each paper."""
    from changqing.sealing.relook_papers import RereadState

    language = sheet.language
    sheet.print_heading(sheet.t("重读材料", "Papers read again"))
    states = [state for state in RereadState if read.count(state)]
    for paper in read.papers:
        told = [
            f"{state.text.say(language)} {number}"
            for state in states
            if (number := paper.count(state))
        ]
        if paper.problem is not None:
            told.append(paper.problem.text.say(language))
        if paper.changed:
            told.append(
                sheet.t(
                    f"读取结果有{paper.changed}处文字不同（当时{paper.reader_then}，"
                    f"现在{paper.reader}）",
                    f"{paper.changed} pieces of text read otherwise (then "
                    f"{paper.reader_then}, now {paper.reader})",
                )
            )
        sheet.print_rows(
            [(paper.name, sheet.t("；", "; ").join(told) or "–")],
            label_width=max(
                _WIDEST_NAME, *(len(reread_paper.name) for reread_paper in read.papers)
            ),
            indent=2,
        )
        for value in paper.values:
            if value.state is not RereadState.SAME:
                sheet.print_line(_say_value(value, read, catalogue, sheet), indent=4)
    counts = [f"{state.text.say(language)} {read.count(state)}" for state in states]
    total = sum(len(paper.values) for paper in read.papers)
    sheet.print_line(
        sheet.t(
            f"重读{len(read.papers)}份材料的{total}个值：{'，'.join(counts) or '没有'}",
            f"{total} values of {len(read.papers)} papers read again: "
            f"{', '.join(counts) or 'none'}",
        )
    )
    if read.withheld:
        sheet.print_line(
            sheet.t(
                f"隐去的{read.withheld}份材料不在包里，没有重读",
                f"{read.withheld} withheld papers are not in it and were not read",
            )
        )
    if not read.is_same:
        sheet.print_line(
            sheet.t(
                "结论没有改动。不同之处请对照材料核实，再在项目里改正并重新评估。",
                "No verdict was changed. Check what differs against the papers, put it "
                "right in the case and assess again.",
            )
        )


def _say_value(
    value: RereadValue, read: RereadPapers, catalogue: Catalogue, sheet: Sheet
) -> str:
    from changqing.judge.words import say_value

    language = sheet.language
    fact = catalogue.facts.get((value.subject.type, value.fact))
    label = value.fact if fact is None else fact.label.say(language)
    whose = read.names.get(value.subject, value.subject.id)
    then = say_value(value.then, fact).say(language)
    said = f"{whose} {label}{sheet.colon}{then}{sheet.t('，', ', ')}"
    said += value.state.text.say(language)
    if value.now is not None:
        now = say_value(value.now, fact).say(language)
        said += sheet.t(f"，现在读作{now}", f", read as {now} now")
    return said + (sheet.t(f"（“{value.words}”）", f" (“{value.words}”)")) * bool(
        value.words
    )


_NOTHING = Text(
    zh="没有可以重看的：封存包里没有查看网站的记录。封存前先不带--offline评估一次。",
    en="Nothing could be looked at again: the bundle holds no look at a site. Assess "
    "without --offline before sealing.",
)
