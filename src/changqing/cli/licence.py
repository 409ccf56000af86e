"""`changqing licence`: one licence in plain words, or the list of all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from changqing.cli.given import GivenOptions, choose_day
from changqing.cli.shared import (
    READY,
    as_of_option,
    json_option,
    language_option,
    print_json,
    program,
    region_option,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.guide.licence import LicencePage, LicenceSummary, Stated
    from changqing.law.kinds.licence import Licence
    from changqing.law.kit import Citation
    from changqing.law.model import Catalogue


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "licence",
        help=say_help(
            language,
            "说明一张许可证：是什么、谁要办、谁批、要多少资本；不写代码列出全部。",
            "Explain a licence: what it is, who needs it, who grants it; without a "
            "code list all.",
        ),
    )
    @click.argument("code", required=False)
    @click.option(
        "--scope",
        help=say_help(
            language,
            "intra_province 省内，cross_province 跨地区；不写两种都列。",
            "intra_province or cross_province; both without it.",
        ),
    )
    @region_option(language, "", "")
    @as_of_option(language, "按这一天的法规。", "By the law of this day.")
    @json_option(language)
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
        from changqing.guide.licence import describe_licence, make_licence_data
        from changqing.law.compiled import load_compiled

        catalogue = load_compiled()
        if code is None:
            _list_licences(catalogue, language, as_json=as_json)
            return READY
        options = GivenOptions(catalogue, language)
        licence = options.parse_licence(code, option="CODE")
        page = describe_licence(
            catalogue,
            licence,
            on=choose_day(as_of),
            scope=None if scope is None else options.parse_scope(licence, scope),
            region=options.parse_region(region),
        )
        if as_json:
            print_json(make_licence_data(catalogue, page, language))
        else:
            _LicenceSheet(catalogue, page, language).show()
        return READY


def _list_licences(catalogue: Catalogue, language: Language, *, as_json: bool) -> None:
    from changqing.law.kinds.licence import LicenceClass

    if as_json:
        data: list[LicenceSummary] = [
            {
                "licence": licence.id,
                "label": licence.label.say(language),
                "known_as": list(licence.known_as),
                "class": licence.group.value,
                "definition": licence.definition.say(language),
            }
            for licence in catalogue.licences.values()
        ]
        print_json(data)
        return
    sheet = Sheet(language)
    for group in LicenceClass:
        sheet.print_line(group.text.say(language), style="bold")
        rows = [
            (licence.id, _join_label(licence, language))
            for licence in catalogue.licences.values()
            if licence.group is group
        ]
        sheet.print_rows(rows, label_width=6, indent=2)
    sheet.print_line(
        sheet.t(
            f"看其中一张：{program()} licence B25。不知道要哪张：{program()} classify",
            f"About one: {program()} licence B25. Which one is needed: "
            f"{program()} classify",
        ),
        style="dim",
    )


def _join_label(licence: Licence, language: Language) -> str:
    """The name, and the short names people use."""
    label = licence.label.say(language)
    if not licence.known_as:
        return label
    names = ("、" if language is Language.ZH else ", ").join(licence.known_as)
    return Text(f"{label}（{names}）", f"{label} ({names})").say(language)


class _LicenceSheet:
    """The licence for a person."""

    def __init__(
        self, catalogue: Catalogue, page: LicencePage, language: Language
    ) -> None:
        self._catalogue = catalogue
        self._page = page
        self._language = language
        self._sheet = Sheet(language)

    def show(self) -> None:

        page, licence = self._page, self._page.licence
        sheet, language, t = self._sheet, self._language, self._sheet.t
        sheet.print_line(f"{licence.id} {_join_label(licence, language)}", style="bold")
        sheet.print_line(licence.group.text.say(language), style="dim")
        self._print_block(
            [
                (t("是什么", "What it is"), page.definition.say(language)),
                (t("谁要办", "Who needs it"), page.who_needs.say(language)),
                (t("谁不用办", "Who does not"), page.not_needed_for.say(language)),
                (t("区别", "Differs"), page.differs.say(language)),
            ]
        )
        sheet.print_line(
            self._format_citations(licence.citations), indent=2, style="dim"
        )
        if page.dispute is not None:
            sheet.print_heading(t("来源不一", "Sources differ"))
            sheet.print_line(page.dispute.say(language), indent=2)
        for heading, parts in (
            (t("分为", "Parts"), licence.sub_classes),
            (t("许可证上写作", "As granted"), licence.variants),
        ):
            if parts:
                sheet.print_heading(heading)
                for part in parts:
                    line = f"{part.label.say(language)}{sheet.colon}"
                    sheet.print_line(line + part.says.say(language), indent=2)
        self._show_grants()
        for heading, statements in (
            (t("先要别的部门同意", "Consents that come first"), page.pre_approvals),
            (t("开通前的测试", "Tests before opening"), page.tests),
            (t("外资", "Foreign capital"), page.foreign),
            (t("有关规定", "Rules"), page.law),
        ):
            self._show_stated(heading, statements)
        sheet.print_gap()
        sheet.print_line(_NO_AUTHORITY.say(language), style="dim")

    def _show_grants(self) -> None:
        from changqing.law.words import SCOPE_WORDS

        sheet, t = self._sheet, self._sheet.t
        for grant in self._page.granted:
            sheet.print_heading(SCOPE_WORDS[grant.scope].say(self._language))
            self._print_block(
                [(t("谁批", "Granted by"), grant.approver.say(self._language))]
            )
            for label, number in (
                (t("注册资本至少", "Capital at least"), grant.capital),
                (t("有效期", "Term"), grant.term),
            ):
                if number is not None:
                    self._print_block([(label, number.says.say(self._language))])
                    sources = self._format_citations(number.value.citations)
                    self._print_block([("", sources)], style="dim")
                    if number.value.note is not None:
                        note = number.value.note.say(self._language)
                        self._print_block([("", note)], style="dim")

    def _show_stated(self, heading: str, statements: Iterable[Stated]) -> None:
        sheet = self._sheet
        for place, stated in enumerate(statements):
            if not place:
                sheet.print_heading(heading)
            says = stated.says.say(self._language)
            sheet.print_rows([("·", says)], label_width=1, indent=2)
            sheet.print_line(
                self._format_citations(stated.fact.citations), indent=4, style="dim"
            )

    def _format_citations(self, citations: Iterable[Citation]) -> str:
        from changqing.law.cited import say_citation

        sources = dict.fromkeys(
            say_citation(self._catalogue, citation).say(self._language)
            for citation in citations
        )
        t = self._sheet.t
        return f"{t('依据', 'Basis')}{self._sheet.colon}{t('；', '; ').join(sources)}"

    def _print_block(self, rows: list[tuple[str, str]], *, style: str = "") -> None:
        width = 12 if self._language is Language.ZH else 16
        self._sheet.print_rows(rows, label_width=width, indent=2, style=style)


_NO_AUTHORITY = Text(
    "这里按所列的规则说明，不代表任何机关的意见。",
    "This goes by the rules listed and is no authority's opinion.",
)
