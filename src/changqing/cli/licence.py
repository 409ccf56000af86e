"""`changqing licence`: one licence in plain words, or the list of all."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

import click
from rich.padding import Padding
from rich.table import Table
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
    from rich.console import Console

    from changqing.catalogue import Catalogue, Citation, Licence
    from changqing.guide import LicenceNumber, LicencePage, Stated

_WIDTH = 100


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "licence",
        help=said(
            language,
            "说明一张许可证：是什么、谁要办、谁批、要多少资本；不写代码列出全部。",
            "Explain a licence: what it is, who needs it, who grants it; without a "
            "code list all.",
        ),
    )
    @click.argument("code", required=False)
    @click.option(
        "--scope",
        help=said(
            language,
            "intra_province 省内，cross_province 跨地区；不写两种都列。",
            "intra_province or cross_province; both without it.",
        ),
    )
    @click.option(
        "--region",
        help=said(
            language,
            "省级代码（GB/T 2260前两位），如51。",
            "Province, two digits of GB/T 2260, such as 51.",
        ),
    )
    @click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        help=said(language, "按这一天的法规。", "By the law of this day."),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=said(language, "以JSON输出。", "Print JSON."),
    )
    @language_option(language)
    def licence(
        *,
        code: str | None,
        scope: str | None,
        region: str | None,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.catalogue import load_compiled
        from changqing.evidence import BEIJING
        from changqing.guide import licence_named

        now = clock().astimezone(BEIJING) if as_of is None else as_of
        catalogue = load_compiled()
        if code is None:
            return _list(catalogue, language, as_json=as_json)
        known = licence_named(catalogue, code) or code.upper()
        _among("CODE", known, catalogue.licences, language)
        if scope is not None:
            _among("--scope", scope, catalogue.licences[known].scopes, language)
        if region is not None:
            _among("--region", region, catalogue.regions, language)
        return _show(
            catalogue,
            (known, scope, region),
            language,
            on=now.date(),
            as_json=as_json,
        )


def _among(option: str, typed: str, known: Collection[str], language: Language) -> None:
    if typed not in known:
        raise click.UsageError(
            Text(
                f"没有{option} {typed}，可以写：{'、'.join(known)}",
                f"there is no {option} {typed}; write one of {', '.join(known)}",
            ).say(language),
            click.get_current_context(),
        )


def _list(catalogue: Catalogue, language: Language, *, as_json: bool) -> int:
    from changqing.catalogue import LICENCE_CLASS_WORDS, LicenceClass

    if as_json:
        data = [
            {
                "licence": each.id,
                "label": each.label.say(language),
                "known_as": list(each.known_as),
                "class": each.group.value,
                "definition": each.definition.say(language),
            }
            for each in catalogue.licences.values()
        ]
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return READY
    console = terminal()
    for group in LicenceClass:
        console.print(LICENCE_CLASS_WORDS[group].say(language), style="bold")
        rows = [
            (each.id, _label(each, language))
            for each in catalogue.licences.values()
            if each.group is group
        ]
        _rows(console, rows, label_width=6)
    console.print(
        Text(
            f"看其中一张：{program()} licence B25。不知道要哪张：{program()} classify",
            f"About one: {program()} licence B25. Which one is needed: "
            f"{program()} classify",
        ).say(language),
        style="dim",
    )
    return READY


def _label(licence: Licence, language: Language) -> str:
    """The name, and the short names people use."""
    label = licence.label.say(language)
    if not licence.known_as:
        return label
    names = ("、" if language is Language.ZH else ", ").join(licence.known_as)
    return Text(f"{label}（{names}）", f"{label} ({names})").say(language)


def _show(
    catalogue: Catalogue,
    asked: tuple[str, str | None, str | None],
    language: Language,
    *,
    on: date,
    as_json: bool,
) -> int:
    from changqing.guide import describe_licence, licence_data

    code, scope, region = asked
    page = describe_licence(catalogue, code, on=on, scope=scope, region=region)
    if as_json:
        data = licence_data(catalogue, page, language)
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        _Page(catalogue, page, language).show()
    return READY


class _Page:
    """The licence for a person."""

    def __init__(
        self, catalogue: Catalogue, page: LicencePage, language: Language
    ) -> None:
        self._catalogue = catalogue
        self._page = page
        self._language = language
        self._console = terminal()

    def show(self) -> None:
        from changqing.catalogue import LICENCE_CLASS_WORDS

        page, licence = self._page, self._page.licence
        label = _label(licence, self._language)
        self._console.print(f"{licence.id} {label}", style="bold")
        self._console.print(
            LICENCE_CLASS_WORDS[licence.group].say(self._language), style="dim"
        )
        self._block(
            [
                (self._t("是什么", "What it is"), page.definition.say(self._language)),
                (self._t("谁要办", "Who needs it"), page.who_needs.say(self._language)),
                (
                    self._t("谁不用办", "Who does not"),
                    page.not_needed_for.say(self._language),
                ),
                (self._t("区别", "Differs"), page.differs.say(self._language)),
            ]
        )
        self._line(self._cited(licence.citations), style="dim")
        for heading, parts in (
            (self._t("分为", "Parts"), licence.sub_classes),
            (self._t("许可证上写作", "As granted"), licence.variants),
        ):
            if parts:
                self._heading(heading)
                for part in parts:
                    line = f"{part.label.say(self._language)}{self._colon}"
                    self._line(line + part.says.say(self._language))
        self._granted()
        for heading, found in (
            (
                self._t("先要别的部门同意", "Consents that come first"),
                page.pre_approvals,
            ),
            (self._t("开通前的测试", "Tests before opening"), page.tests),
            (self._t("外资", "Foreign capital"), page.foreign),
            (self._t("有关规定", "Rules"), page.law),
        ):
            self._stated(heading, found)
        if page.dispute is not None:
            self._heading(self._t("来源不一", "Sources differ"))
            self._line(page.dispute.say(self._language))
        self._console.print()
        self._console.print(_NO_AUTHORITY.say(self._language), style="dim")

    def _granted(self) -> None:
        from changqing.catalogue import SCOPE_WORDS

        for each in self._page.granted:
            self._heading(SCOPE_WORDS[each.scope].say(self._language))
            rows = [
                (self._t("谁批", "Granted by"), each.approver.say(self._language)),
            ]
            for label, number in (
                (self._t("注册资本至少", "Capital at least"), each.capital),
                (self._t("有效期", "Term"), each.term),
            ):
                if number is not None:
                    rows.append((label, self._number(number)))
            self._block(rows)

    def _number(self, number: LicenceNumber) -> str:
        from changqing.catalogue import say_citation

        sources = self._joined(
            say_citation(self._catalogue, each).say(self._language)
            for each in number.value.citations
        )
        return f"{number.says.say(self._language)}  {sources}"

    def _stated(self, heading: str, found: Iterable[Stated]) -> None:
        for place, each in enumerate(found):
            if not place:
                self._heading(heading)
            cited = self._cited(each.fact.citations)
            _rows(
                self._console,
                [
                    ("·", each.says.say(self._language)),
                    ("", Styled(cited, style="dim")),
                ],
                label_width=1,
            )

    def _cited(self, citations: Iterable[Citation]) -> str:
        from changqing.catalogue import say_citation

        joined = self._joined(
            say_citation(self._catalogue, each).say(self._language)
            for each in citations
        )
        return f"{self._t('依据', 'Basis')}{self._colon}{joined}"

    def _joined(self, said: Iterable[str]) -> str:
        return self._t("；", "; ").join(dict.fromkeys(said))

    def _heading(self, text: str) -> None:
        self._console.print()
        self._console.print(text, style="bold")

    def _line(self, text: str, *, style: str = "") -> None:
        width = min(_WIDTH, self._console.width)
        self._console.print(Padding(text, (0, 0, 0, 2)), style=style, width=width)

    def _block(self, rows: list[tuple[str, str]]) -> None:
        _rows(self._console, rows, label_width=self._label_width)

    def _t(self, zh: str, en: str) -> str:
        return Text(zh, en).say(self._language)

    @property
    def _colon(self) -> str:
        return self._t("：", ": ")

    @property
    def _label_width(self) -> int:
        return 12 if self._language is Language.ZH else 16


def _rows(
    console: Console,
    rows: Iterable[tuple[str, str | Styled]],
    *,
    label_width: int,
) -> None:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=label_width, style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    for label, text in rows:
        grid.add_row(label, Styled(text) if isinstance(text, str) else text)
    width = min(_WIDTH, console.width)
    console.print(Padding(grid, (0, 0, 0, 2)), width=width)


_NO_AUTHORITY = Text(
    "这里按所列的规则说明，不代表任何机关的意见。",
    "This goes by the rules listed and is no authority's opinion.",
)
