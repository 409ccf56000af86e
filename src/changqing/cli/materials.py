"""`changqing materials`: which papers are asked for, and who asks."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.padding import Padding
from rich.table import Table

from changqing.cli._shared import (
    READY,
    clock,
    language_option,
    said,
    terminal,
)
from changqing.cli._wrap import wrap
from changqing.text import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from changqing.catalogue import Asked, Catalogue
    from changqing.guide import Checklist, Listed

_WIDTH = 100
_INDENT = 4
_GAP = 2


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "materials",
        help=said(
            language,
            "列出一次申请、年报、变更或延续要交的材料：写明什么、收什么、谁要求。",
            "List the papers of an application, report, amendment or renewal: what "
            "each must show, what is accepted, who asks.",
        ),
    )
    @click.option(
        "--licence",
        required=True,
        help=said(language, "业务代码，如B25。", "Business class, such as B25."),
    )
    @click.option(
        "--scope",
        help=said(
            language,
            "intra_province 省内，cross_province 跨地区。",
            "intra_province or cross_province.",
        ),
    )
    @click.option(
        "--region",
        help=said(
            language,
            "省级代码（GB/T 2260前两位），如51；不写只列全国的要求。",
            "Province, two digits of GB/T 2260, such as 51; without it the national "
            "list.",
        ),
    )
    @click.option(
        "--stage",
        default="apply",
        help=said(
            language,
            "apply 申请（默认），annual_report 年报，amend 变更，renew 延续，"
            "operate 持证经营，stop 停业注销。",
            "apply (the default), annual_report, amend, renew, operate or stop.",
        ),
    )
    @click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        help=said(language, "按这一天的要求。", "As asked for on this day."),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=said(language, "以JSON输出。", "Print JSON."),
    )
    @language_option(language)
    def materials(
        *,
        licence: str,
        scope: str | None,
        region: str | None,
        stage: str,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.catalogue import load_compiled
        from changqing.evidence import BEIJING
        from changqing.guide import checklist

        now = clock().astimezone(BEIJING) if as_of is None else as_of
        catalogue = load_compiled()
        known = _Given(catalogue, language)
        code = known.licence(licence)
        found = checklist(
            catalogue,
            licence=code,
            scope=known.scope(code, scope),
            region=known.region(region),
            stage=known.stage(stage),
            on=now.date(),
        )
        _print(catalogue, found, language, as_json=as_json)
        return READY


class _Given:
    """What was typed, if there is such a thing; `click.UsageError` otherwise."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._catalogue = catalogue
        self._language = language

    def licence(self, typed: str) -> str:
        code = typed.upper()
        self._among("--licence", code, self._catalogue.licences)
        return code

    def scope(self, licence: str, typed: str | None) -> str:
        possible = self._catalogue.licences[licence].scopes
        if typed is None and len(possible) == 1:
            return possible[0]
        if typed is None:
            raise self._wrong(
                f"{licence}要写明--scope：{'、'.join(possible)}",
                f"say --scope for {licence}: {' or '.join(possible)}",
            )
        if typed not in possible:
            raise self._wrong(
                f"{licence}没有--scope {typed}，可以写：{'、'.join(possible)}",
                f"{licence} has no --scope {typed}; write {' or '.join(possible)}",
            )
        return typed

    def region(self, typed: str | None) -> str | None:
        if typed is not None and not re.fullmatch(r"[1-8][0-9]", typed):
            raise self._wrong(
                f"--region {typed}不是省级代码，应为两位数字，如51",
                f"--region {typed} is no province; write two digits, such as 51",
            )
        return typed

    def stage(self, typed: str) -> str:
        from changqing.catalogue import STAGES

        self._among("--stage", typed, STAGES)
        return typed

    def _among(self, option: str, typed: str, known: Collection[str]) -> None:
        if typed not in known:
            raise self._wrong(
                f"没有{option} {typed}，可以写：{'、'.join(known)}",
                f"there is no {option} {typed}; write one of {', '.join(known)}",
            )

    def _wrong(self, zh: str, en: str) -> click.UsageError:
        return click.UsageError(
            Text(zh=zh, en=en).say(self._language), click.get_current_context()
        )


def _print(
    catalogue: Catalogue, found: Checklist, language: Language, *, as_json: bool
) -> None:
    from changqing.guide import checklist_data

    national = _national(catalogue, found)
    if as_json:
        if national is not None:
            click.echo(national.say(language), err=True)
        data = checklist_data(catalogue, found, language)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    _Page(catalogue, found, language).show(national)


def _national(catalogue: Catalogue, found: Checklist) -> Text | None:
    """What to say when a region was named and asks for nothing of its own."""
    if found.region is None or found.local:
        return None
    region = catalogue.regions.get(found.region)
    if region is None:
        return Text(
            zh=f"没有收录地区{found.region}，以下是全国的要求，当地另有要求的以当地为准。",
            en=f"Region {found.region} is not on record; this is the national list. "
            "Ask there for anything more.",
        )
    return Text(
        zh=f"没有收录{region.label.zh}自己的要求，以下是全国的要求；"
        f"当地另有要求的，向{region.authority.zh}确认。",
        en=f"Nothing that {region.label.en} asks of its own is on record; this is the "
        f"national list. Ask the {region.authority.en} for anything more.",
    )


class _Page:
    """The list for a person: one block a paper, in eighty columns or more."""

    def __init__(
        self, catalogue: Catalogue, found: Checklist, language: Language
    ) -> None:
        self._catalogue = catalogue
        self._found = found
        self._language = language
        self._console: Console = terminal()
        self._width = min(_WIDTH, self._console.width)

    def show(self, national: Text | None) -> None:
        self._head()
        if not self._found.papers:
            self._line(_NONE.say(self._language))
            return
        if national is not None:
            self._line(national.say(self._language), style="yellow")
        for number, listed in enumerate(self._found.papers, start=1):
            self._console.print()
            self._paper(number, listed)
        self._console.print()
        self._line(_NO_AUTHORITY.say(self._language), style="dim")

    def _t(self, zh: str, en: str) -> str:
        return Text(zh=zh, en=en).say(self._language)

    def _line(self, line: str, *, style: str = "") -> None:
        self._console.print(wrap(line, self._width), style=style)

    def _head(self) -> None:
        from changqing.catalogue import SCOPE_WORDS, STAGE_WORDS

        found, language = self._found, self._language
        region = self._catalogue.regions.get(found.region or "")
        label = self._catalogue.licences[found.licence].label.say(language)
        parts = [
            f"{found.licence} {label}",
            SCOPE_WORDS[found.scope].say(language),
            self._t("全国", "nationwide")
            if region is None
            else region.label.say(language),
            STAGE_WORDS[found.stage].say(language),
        ]
        self._line(" · ".join(parts), style="bold")
        count = len(found.papers)
        self._line(
            self._t(
                f"截至{found.on}，共{count}种材料。",
                f"As of {found.on}, kinds of paper: {count}.",
            ),
            style="dim",
        )

    def _paper(self, number: int, listed: Listed) -> None:
        name = listed.material.label.say(self._language)
        self._console.print(
            f"{number:>2}. [bold]{name}[/bold]  [dim]{listed.material.id}[/dim]",
            width=self._width,
        )
        for asked in listed.asked:
            self._asked(asked)
        facts, criteria = len(listed.facts), len(listed.criteria)
        backed = self._t(
            f"{facts}项事实、{criteria}项判据", f"facts: {facts}; criteria: {criteria}"
        )
        self._rows([(self._t("用来证明", "Backs"), backed)], style="dim")

    def _asked(self, asked: Asked) -> None:
        from changqing.catalogue import fill, say_citation

        language, catalogue = self._language, self._catalogue

        def say(text: Text) -> str:
            return fill(catalogue, text, on=self._found.on).say(language)

        rows = [(self._whose(asked), say(asked.requirement))]
        for label, texts in (
            (self._t("可以", "Accepted"), asked.accepts),
            (self._t("不收", "Refused"), asked.refuses),
        ):
            if texts:
                rows.append((label, "\n".join(say(text) for text in texts)))
        if asked.note is not None:
            rows.append((self._t("说明", "Note"), say(asked.note)))
        self._rows(rows)
        sources = [
            say_citation(catalogue, each).say(language) for each in asked.citations
        ]
        self._rows(
            [(self._t("来源", "Source"), "\n".join(dict.fromkeys(sources)))],
            style="dim",
        )

    def _whose(self, asked: Asked) -> str:
        """How binding it is, and whether it is asked there alone."""
        word = _ASKED[asked.standing.value]
        if asked.regions:
            word = Text(zh=f"当地{word.zh}", en=f"Local {word.en.lower()}")
        return word.say(self._language)

    def _rows(self, rows: list[tuple[str, str]], *, style: str = "") -> None:
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(width=self._label_width, style="dim", overflow="fold")
        grid.add_column(overflow="fold", style=style)
        room = self._width - _INDENT - self._label_width - _GAP
        for label, text in rows:
            grid.add_row(label, wrap(text, room))
        self._console.print(Padding(grid, (0, 0, 0, _INDENT)), width=self._width)

    @property
    def _label_width(self) -> int:
        return 8 if self._language is Language.ZH else 14


_ASKED = {
    "condition": Text("法定", "By law"),
    "published": Text("公布", "Published"),
    "duty": Text("义务", "Duty"),
    "practice": Text("实务", "Practice"),
}
_NONE = Text(
    zh="没有找到这一步的材料清单，全国的和当地的都没有。请向受理机关确认。",
    en="No list of papers was found for this, national or local. Ask the authority.",
)
_NO_AUTHORITY = Text(
    zh="“法定”出自法规，“公布”出自机关公开的指南，“义务”是其他法律或以后阶段的要求，"
    "“实务”只是代办机构的说法。以上不代表任何机关的意见。",
    en="“By law” stands in law, “Published” in an authority’s guide; a “Duty” belongs "
    "to another law or a later stage; “Practice” is what agencies say. No authority’s "
    "opinion.",
)
