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
            relooked = relook(bundle, catalogue, net=NetSettings(), clock=read_clock)
        sites_same = _show_looks(relooked, catalogue, language)
        papers_same = _reread_papers(bundle, catalogue, language)
        return READY if sites_same and papers_same else DIFFERS


def _show_looks(
    relooked: Sequence[Relooked], catalogue: Catalogue, language: Language
) -> bool:
    """Show what is seen otherwise than it was; whether nothing is."""
    from changqing.judge.words import say_value

    if not relooked:
        click.echo(_NOTHING.say(language))
        return False
    for looked_fact in relooked:
        if not looked_fact.differs and not looked_fact.unseen:
            continue
        fact = catalogue.facts.get((looked_fact.subject.type, looked_fact.fact))
        name = Text(looked_fact.fact, looked_fact.fact) if fact is None else fact.label
        then = say_value(looked_fact.then, fact)
        now = (
            Text(zh="未能查看", en="could not be seen")
            if looked_fact.unseen
            else say_value(looked_fact.now, fact)
        )
        day = looked_fact.seen_at.date().isoformat()
        click.echo(
            Text(
                zh=f"  {looked_fact.subject.id} {name.zh}：{day}为{then.zh}，现在"
                f"{now.zh}",
                en=f"  {looked_fact.subject.id} {name.en}: {then.en} on {day}, now "
                f"{now.en}",
            ).say(language)
        )
    differ = sum(looked_fact.differs for looked_fact in relooked)
    unseen = sum(looked_fact.unseen for looked_fact in relooked)
    click.echo(
        Text(
            zh=f"重看{len(relooked)}项，{differ}项不同，{unseen}项未能查看",
            en=f"{len(relooked)} looked at again, {differ} differ, {unseen} could not "
            "be seen",
        ).say(language)
    )
    return not differ and not unseen


def _reread_papers(bundle: Path, catalogue: Catalogue, language: Language) -> bool:
    """Read the papers again and show what became of their values; whether all is so."""
    from changqing.sealing.relook_papers import reread_papers

    sheet = Sheet(language)
    with working(str(bundle)) as status:

        def report(name: str, pages_read: int, total: int) -> None:
            words = sheet.t(
                f"重读{name}：第{pages_read}页，共{total}页",
                f"reading {name} again: page {pages_read} of {total}",
            )
            status.update(replace_controls(words))

        reread = reread_papers(bundle, catalogue, progress=report)
    if reread.papers:
        _show_papers(reread, catalogue, sheet)
    return reread.is_same


_WIDEST_NAME = 24


def _show_papers(reread: RereadPapers, catalogue: Catalogue, sheet: Sheet) -> None:
    """Show in one table what became of the values of each paper."""
    from changqing.sealing.relook_papers import RereadState

    language = sheet.language
    sheet.print_heading(sheet.t("重读材料", "Papers read again"))
    states = [state for state in RereadState if reread.count(state)]
    for paper in reread.papers:
        parts = [
            f"{state.text.say(language)} {number}"
            for state in states
            if (number := paper.count(state))
        ]
        if paper.problem is not None:
            parts.append(paper.problem.text.say(language))
        if paper.changed:
            parts.append(
                sheet.t(
                    f"读取结果有{paper.changed}处文字不同（当时{paper.reader_then}，"
                    f"现在{paper.reader}）",
                    f"{paper.changed} pieces of text read otherwise (then "
                    f"{paper.reader_then}, now {paper.reader})",
                )
            )
        sheet.print_rows(
            [(paper.name, sheet.t("；", "; ").join(parts) or "–")],
            label_width=max(
                _WIDEST_NAME,
                *(len(reread_paper.name) for reread_paper in reread.papers),
            ),
            indent=2,
        )
        for value in paper.values:
            if value.state is not RereadState.SAME:
                sheet.print_line(_say_value(value, reread, catalogue, sheet), indent=4)
    counts = [f"{state.text.say(language)} {reread.count(state)}" for state in states]
    total = sum(len(paper.values) for paper in reread.papers)
    sheet.print_line(
        sheet.t(
            f"重读{len(reread.papers)}份材料的{total}个值："
            f"{'，'.join(counts) or '没有'}",
            f"{total} values of {len(reread.papers)} papers read again: "
            f"{', '.join(counts) or 'none'}",
        )
    )
    if reread.withheld:
        sheet.print_line(
            sheet.t(
                f"隐去的{reread.withheld}份材料不在包里，没有重读",
                f"{reread.withheld} withheld papers are not in it and were not read",
            )
        )
    if not reread.is_same:
        sheet.print_line(
            sheet.t(
                "结论没有改动。不同之处请对照材料核实，再在项目里改正并重新评估。",
                "No verdict was changed. Check what differs against the papers, put it "
                "right in the case and assess again.",
            )
        )


def _say_value(
    value: RereadValue, reread: RereadPapers, catalogue: Catalogue, sheet: Sheet
) -> str:
    from changqing.judge.words import say_value

    language = sheet.language
    fact = catalogue.facts.get((value.subject.type, value.fact))
    label = value.fact if fact is None else fact.label.say(language)
    whose = reread.names.get(value.subject, value.subject.id)
    then = say_value(value.then, fact).say(language)
    sentence = f"{whose} {label}{sheet.colon}{then}{sheet.t('，', ', ')}"
    sentence += value.state.text.say(language)
    if value.now is not None:
        now = say_value(value.now, fact).say(language)
        sentence += sheet.t(f"，现在读作{now}", f", read as {now} now")
    return sentence + (sheet.t(f"（“{value.words}”）", f" (“{value.words}”)")) * bool(
        value.words
    )


_NOTHING = Text(
    zh="没有可以重看的：封存包里没有查看网站的记录。封存前先不带--offline评估一次。",
    en="Nothing could be looked at again: the bundle holds no look at a site. Assess "
    "without --offline before sealing.",
)
