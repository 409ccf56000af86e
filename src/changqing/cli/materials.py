"""`changqing materials`: which papers are asked for, and who asks."""

from __future__ import annotations

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
    region_option,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.guide.materials import Checklist, ListedMaterial
    from changqing.law.kinds.material import MaterialRequest
    from changqing.law.model import Catalogue


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "materials",
        help=say_help(
            language,
            "列出一次申请、年报、变更或延续要交的材料：写明什么、收什么、谁要求。",
            "List the papers of an application, report, amendment or renewal: what "
            "each must show, what is accepted, who asks.",
        ),
    )
    @click.option(
        "--licence",
        required=True,
        help=say_help(
            language,
            "业务代码或者简称，如B25、ICP。",
            "Class or name, such as B25 or ICP.",
        ),
    )
    @click.option(
        "--scope",
        help=say_help(
            language,
            "intra_province 省内，cross_province 跨地区。",
            "intra_province or cross_province.",
        ),
    )
    @region_option(language, "；不写只列全国的要求", "; without it the national list")
    @click.option(
        "--stage",
        default="apply",
        help=say_help(
            language,
            "apply 申请（默认），annual_report 年报，amend 变更，renew 延续，"
            "operate 持证经营，stop 停业注销。",
            "apply (the default), annual_report, amend, renew, operate or stop.",
        ),
    )
    @click.option(
        "--all",
        "every",
        is_flag=True,
        help=say_help(
            language,
            "义务、实务和备查的也逐条列出。",
            "List duties, practice and what is kept at hand in full as well.",
        ),
    )
    @as_of_option(language, "按这一天的要求。", "As asked for on this day.")
    @json_option(language)
    @language_option(language)
    def materials(
        *,
        licence: str,
        scope: str | None,
        region: str | None,
        stage: str,
        every: bool,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.guide.materials import make_checklist
        from changqing.law.compiled import load_compiled

        catalogue = load_compiled()
        options = GivenOptions(catalogue, language)
        code = options.parse_licence(licence)
        checklist = make_checklist(
            catalogue,
            licence=code,
            scope=_choose_scope(catalogue, options, code, scope),
            region=options.parse_any_region(region),
            stage=options.parse_stage(stage),
            on=choose_day(as_of),
        )
        _print_materials(catalogue, checklist, language, every=every, as_json=as_json)
        return READY


def _choose_scope(
    catalogue: Catalogue, options: GivenOptions, licence: str, typed: str | None
) -> str:
    """The scope typed, or the only one there is."""
    possible = catalogue.licences[licence].scopes
    if typed is not None:
        return options.parse_scope(licence, typed)
    if len(possible) > 1:
        raise options.make_error(
            f"{licence}要写明--scope：{'、'.join(possible)}",
            f"say --scope for {licence}: {' or '.join(possible)}",
        )
    return possible[0]


def _print_materials(
    catalogue: Catalogue,
    checklist: Checklist,
    language: Language,
    *,
    every: bool,
    as_json: bool,
) -> None:
    from changqing.guide.materials import make_checklist_data

    national = _word_national(catalogue, checklist)
    if as_json:
        if national is not None:
            click.echo(national.say(language), err=True)
        print_json(make_checklist_data(catalogue, checklist, language))
        return
    _MaterialsSheet(catalogue, checklist, language, every=every).show(national)


def _word_national(catalogue: Catalogue, checklist: Checklist) -> Text | None:
    """What to say when a region was named and asks for nothing of its own."""
    if checklist.region is None or checklist.local:
        return None
    region = catalogue.regions.get(checklist.region)
    if region is None:
        return Text(
            zh=f"没有收录地区{checklist.region}，以下是全国的要求，"
            "当地另有要求的以当地为准。",
            en=f"Region {checklist.region} is not on record; this is the national "
            "list. Ask there for anything more.",
        )
    return Text(
        zh=f"没有收录{region.label.zh}自己的要求，以下是全国的要求；"
        f"当地另有要求的，向{region.authority.zh}确认。",
        en=f"Nothing that {region.label.en} asks of its own is on record; this is the "
        f"national list. Ask the {region.authority.en} for anything more.",
    )


class _MaterialsSheet:
    """The list for a person, in eighty columns or more.

    What the law asks comes first, then what the authority’s guide adds, a block a
    paper; duties, practice and what is kept at hand are named alone, unless `every`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        checklist: Checklist,
        language: Language,
        *,
        every: bool,
    ) -> None:
        self._catalogue = catalogue
        self._found = checklist
        self._language = language
        self._every = every
        self._sheet = Sheet(language)

    def show(self, national: Text | None) -> None:
        from changqing.guide.materials import group_papers

        sheet, language = self._sheet, self._language
        groups = group_papers(self._catalogue, self._found)
        self._print_head()
        if not groups:
            sheet.print_line(_NONE.say(language))
            return
        if national is not None:
            sheet.print_line(national.say(language), style="yellow")
        number = 1
        for group, papers in groups:
            title, count = group.text.capitalised.say(language), len(papers)
            sheet.print_heading(sheet.t(f"{title}（{count}种）", f"{title} ({count})"))
            for listed in papers:
                if group.is_brief and not self._every:
                    self._print_name(listed)
                else:
                    sheet.print_gap()
                    self._print_paper(number, listed)
                    number += 1
        sheet.print_gap()
        if not self._every:
            sheet.print_line(_FOLDED.say(language))
        sheet.print_line(_NO_AUTHORITY.say(language), style="dim")

    def _print_head(self) -> None:
        from changqing.law.words import SCOPE_WORDS, STAGE_WORDS

        checklist, language, t = self._found, self._language, self._sheet.t
        region = self._catalogue.regions.get(checklist.region or "")
        label = self._catalogue.licences[checklist.licence].label.say(language)
        parts = [
            f"{checklist.licence} {label}",
            SCOPE_WORDS[checklist.scope].say(language),
            t("全国", "nationwide") if region is None else region.label.say(language),
            STAGE_WORDS[checklist.stage].say(language),
        ]
        self._sheet.print_line(" · ".join(parts), style="bold")
        count = len(checklist.papers)
        counted = t(
            f"截至{checklist.on}，要交的共{count}种。",
            f"As of {checklist.on}, kinds of paper to hand in: {count}.",
        )
        self._sheet.print_line(counted, style="dim")

    def _print_name(self, listed: ListedMaterial) -> None:
        """A paper by its name, and in a few words what it must be."""
        from changqing.law.law import fill

        catalogue, language = self._catalogue, self._language
        self._sheet.print_title(listed.material.label.say(language), listed.material.id)
        requirement = fill(catalogue, listed.asked[0].requirement, on=self._found.on)
        self._sheet.print_line(requirement.say(language), indent=4, style="dim")

    def _print_paper(self, number: int, listed: ListedMaterial) -> None:
        sheet, t = self._sheet, self._sheet.t
        material = listed.material
        sheet.print_title(
            material.label.say(self._language), material.id, number=number
        )
        requests = listed.asked if self._every else listed.binding
        for request in requests:
            self._show_asked(request)
        if left_out := len(listed.asked) - len(requests):
            more = t(f"另有实务要求{left_out}条", f"more from practice: {left_out}")
            self._print_rows([(t("实务", "Practice"), more)], style="dim")
        facts, criteria = len(listed.facts), len(listed.criteria)
        backed = t(
            f"{facts}项事实、{criteria}项判据", f"facts: {facts}; criteria: {criteria}"
        )
        issuer = material.issuer.says.say(self._language)
        rows = [(t("出具方", "Issued by"), issuer), (t("用来证明", "Backs"), backed)]
        self._print_rows(rows, style="dim")

    def _show_asked(self, request: MaterialRequest) -> None:
        from changqing.law.cited import say_citation
        from changqing.law.law import fill

        language, catalogue, t = self._language, self._catalogue, self._sheet.t

        def say(text: Text) -> str:
            return fill(catalogue, text, on=self._found.on).say(language)

        rows = [(self._format_standing(request), say(request.requirement))]
        for label, texts in (
            (t("可以", "Accepted"), request.accepts),
            (t("不收", "Refused"), request.refuses),
        ):
            if texts:
                rows.append((label, "\n".join(say(text) for text in texts)))
        if request.note is not None:
            rows.append((t("说明", "Note"), say(request.note)))
        self._print_rows(rows)
        sources = [
            say_citation(catalogue, citation).say(language)
            for citation in request.citations
        ]
        self._print_rows(
            [(t("来源", "Source"), "\n".join(dict.fromkeys(sources)))], style="dim"
        )

    def _format_standing(self, request: MaterialRequest) -> str:
        """How binding it is, and whether it is asked there alone."""
        word = _ASKED[request.standing.value]
        if request.regions:
            word = Text(zh=f"当地{word.zh}", en=f"Local {word.en.lower()}")
        return word.say(self._language)

    def _print_rows(self, rows: list[tuple[str, str]], *, style: str = "") -> None:
        width = 9 if self._language is Language.ZH else 15
        self._sheet.print_rows(rows, label_width=width, indent=4, style=style)


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
_FOLDED = Text(
    zh="义务、实务和备查的只列名称；逐条看加--all。",
    en="Duties, practice and what is kept are named alone; --all lists them in full.",
)
_NO_AUTHORITY = Text(
    zh="“法定”出自法规，“公布”出自机关公开的指南，“义务”是其他法律或以后阶段的要求，"
    "“实务”只是代办机构的说法。以上不代表任何机关的意见。",
    en="“By law” stands in law, “Published” in an authority’s guide; a “Duty” belongs "
    "to another law or a later stage; “Practice” is what agencies say. No authority’s "
    "opinion.",
)
