"""`changqing relook`: every look of a bundle once more, from the reader's own desk."""

from __future__ import annotations

from pathlib import Path

import click

from changqing.cli.shared import READY, clock, language_option, say_help, working
from changqing.text import Language, Text

DIFFERS = 1


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "relook",
        help=say_help(
            language,
            "先核验封包，再从自己这里把里面的每次查看重做一遍，列出不同之处。"
            "0没有不同，1有不同、未能查看或没有可重看的，2不是封包，4封包被改动过。",
            "Check a bundle, then repeat every look in it from your own desk and list "
            "what differs. 0 nothing differs, 1 something does, could not be seen or "
            "there is nothing to look at, 2 no bundle, 4 tampered with.",
        ),
    )
    @click.argument("bundle", type=click.Path(path_type=Path, dir_okay=False))
    @language_option(language)
    def repeat(*, bundle: Path, lang: str | None) -> int:
        from changqing.judge.words import say_value
        from changqing.law.compiled import load_compiled
        from changqing.net.model import NetSettings
        from changqing.sealing import verify
        from changqing.sealing.apart import main_apart
        from changqing.sealing.relook import relook

        catalogue = load_compiled()
        code = main_apart(["--lang", language.value], [str(bundle)], catalogue)
        if code not in (READY, verify.UNSURE):
            return code
        with working(str(bundle)):
            found = relook(bundle, catalogue, net=NetSettings(), clock=clock)
        if not found:
            click.echo(_NOTHING.say(language))
            return DIFFERS
        for each in found:
            if not each.differs and not each.unseen:
                continue
            fact = catalogue.facts.get((each.subject.type, each.fact))
            name = Text(each.fact, each.fact) if fact is None else fact.label
            then = say_value(each.then, fact)
            now = (
                Text(zh="未能查看", en="could not be seen")
                if each.unseen
                else say_value(each.now, fact)
            )
            day = each.seen_at.date().isoformat()
            click.echo(
                Text(
                    zh=f"  {each.subject.id} {name.zh}：{day}为{then.zh}，现在{now.zh}",
                    en=f"  {each.subject.id} {name.en}: {then.en} on {day}, "
                    f"now {now.en}",
                ).say(language)
            )
        differ = sum(each.differs for each in found)
        unseen = sum(each.unseen for each in found)
        click.echo(
            Text(
                zh=f"重看{len(found)}项，{differ}项不同，{unseen}项未能查看",
                en=f"{len(found)} looked at again, {differ} differ, {unseen} could not "
                "be seen",
            ).say(language)
        )
        return DIFFERS if differ or unseen else READY


_NOTHING = Text(
    zh="没有可以重看的：封包里没有查看网站的记录。封包前先不带--offline评估一次。",
    en="Nothing could be looked at again: the bundle holds no look at a site. Assess "
    "without --offline before sealing.",
)
