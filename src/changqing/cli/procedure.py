"""`changqing procedure`: what is done when, who acts, and what runs out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final, TypedDict

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
    from changqing.guide.procedure import DatedStep, Givens, Reckoning
    from changqing.guide.procedure_data import ProcedureData
    from changqing.law.kinds.procedure import Bound, Procedure
    from changqing.law.model import Catalogue

_MAIN: Final = "valid_until"


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "procedure",
        help=say_help(
            language,
            "一项程序的步骤和日子：谁做、最晚哪天、逾期会怎样。不写名称则列出全部程序。",
            "The steps and days of a procedure: who acts, by when, what happens then. "
            "Without a name, the list of all.",
        ),
    )
    @click.argument("name", required=False)
    @click.option(
        "--licence",
        help=say_help(
            language,
            "业务代码或者简称，如B12、CDN。",
            "Class or name, such as B12 or CDN.",
        ),
    )
    @click.option(
        "--scope",
        help=say_help(
            language,
            "intra_province 省内，cross_province 跨地区；不写时，写了省份按省内，"
            "否则按跨地区。",
            "intra_province or cross_province; without it the first with a region, "
            "else the second.",
        ),
    )
    @region_option(language, "；不写只按全国规定", "; without it the national rules")
    @click.option(
        "--valid-until",
        type=click.DateTime(["%Y-%m-%d"]),
        help=say_help(language, "许可证有效期届满日。", "The day the licence expires."),
    )
    @click.option(
        "--start",
        "starts",
        multiple=True,
        metavar="KEY=DATE",
        help=say_help(
            language,
            "已知的日子，可重复，如submitted=2026-12-01；已经做了的步骤也可以写。",
            "A day that is known, repeatable, such as submitted=2026-12-01; a step "
            "that was taken may be given too.",
        ),
    )
    @as_of_option(language, "按这一天的法规。", "By the law of this day.")
    @json_option(language)
    @language_option(language)
    def procedure(
        *,
        name: str | None,
        licence: str | None,
        scope: str | None,
        region: str | None,
        valid_until: datetime | None,
        starts: tuple[str, ...],
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.law.compiled import load_compiled

        on = choose_day(as_of)
        catalogue = load_compiled()
        if name is None:
            _list_procedures(catalogue, language, as_json=as_json)
            return READY
        options = GivenOptions(catalogue, language)
        if licence is None:
            raise options.make_error(
                "要写明--licence，如--licence B25", "say --licence, such as B25"
            )
        code = options.parse_licence(licence)
        procedures = _choose_procedures(catalogue, options, name, licence=code, on=on)
        place = _Place(
            licence=code,
            scope=_choose_scope(catalogue, options, code, typed=scope, region=region),
            region=options.parse_region(region) or "",
            on=on,
        )
        days = _collect_days(options, starts, valid_until)
        for day in days:
            options.check_known("--start", day, _list_starts(procedures))
        _show_procedures(catalogue, procedures, place, days, language, as_json=as_json)
        return READY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Who applies, and the day the law is read."""

    licence: str
    scope: str
    region: str
    on: date


def _choose_procedures(
    catalogue: Catalogue, options: GivenOptions, name: str, *, licence: str, on: date
) -> Sequence[Procedure]:
    """Choose the procedure of that id, else all of that stage which fit the licence."""
    every = catalogue.procedures
    stages = dict.fromkeys(procedure.stage for procedure in every.values())
    options.check_known("NAME", name, [*every, *(s for s in stages if s not in every)])
    if name not in every:
        return tuple(
            procedure
            for procedure in every.values()
            if procedure.stage == name
            and (not procedure.licences or licence in procedure.licences)
            and procedure.in_force.covers(on)
        )
    procedure = every[name]
    licences = procedure.licences
    if licences and licence not in licences:
        raise options.make_error(
            f"程序{name}不用于{licence}，它用于{'、'.join(licences)}",
            f"{name} is not for {licence}; it is for {', '.join(licences)}",
        )
    if not procedure.in_force.covers(on):
        start = procedure.in_force.start
        raise options.make_error(
            f"程序{name}所依据的规定自{start}起施行，--as-of {on}不在其中",
            f"{name} rests on rules in force from {start}; --as-of {on} is outside",
        )
    return (procedure,)


def _choose_scope(
    catalogue: Catalogue,
    options: GivenOptions,
    licence: str,
    *,
    typed: str | None,
    region: str | None,
) -> str:
    """The scope typed, else the likely one: a province named means that one alone."""
    if typed is not None:
        return options.parse_scope(licence, typed)
    possible = catalogue.licences[licence].scopes
    likely = "cross_province" if region is None else "intra_province"
    return likely if likely in possible else possible[0]


def _collect_days(
    options: GivenOptions, starts: Sequence[str], valid_until: datetime | None
) -> Mapping[str, date]:
    """The days given, by what is counted from them."""
    days: dict[str, date] = {}
    if valid_until is not None:
        days[_MAIN] = valid_until.date()
    for start in starts:
        name, _, day_text = start.partition("=")
        try:
            day = datetime.strptime(day_text, "%Y-%m-%d").date()  # noqa: DTZ007
        except ValueError:
            raise options.make_error(
                f"--start {start}应写成KEY=DATE，如submitted=2026-12-01",
                f"--start {start} must be KEY=DATE, such as submitted=2026-12-01",
            ) from None
        if days.setdefault(name, day) != day:
            raise options.make_error(f"{name}给了两个日子", f"{name} is given twice")
    return days


def _list_starts(procedures: Sequence[Procedure]) -> Collection[str]:
    """All that some procedure counts from."""
    return {
        name: None
        for procedure in procedures
        for name in (*procedure.starts, *(step.id for step in procedure.steps))
    }


class ProcedureSummary(TypedDict):
    """A procedure in the list of all."""

    id: str
    stage: str
    title: str
    starts: Mapping[str, str]
    licences: Sequence[str]


def _list_procedures(
    catalogue: Catalogue, language: Language, *, as_json: bool
) -> None:
    from changqing.law.lookup import STAGES
    from changqing.law.words import STAGE_WORDS

    every = sorted(
        catalogue.procedures.values(),
        key=lambda procedure: STAGES.index(procedure.stage),
    )
    if as_json:
        data: list[ProcedureSummary] = [
            {
                "id": procedure.id,
                "stage": procedure.stage,
                "title": procedure.title.say(language),
                "starts": {k: v.say(language) for k, v in procedure.starts.items()},
                "licences": list(procedure.licences),
            }
            for procedure in every
        ]
        print_json(data)
        return
    sheet = Sheet(language)
    for stage, same in groupby(every, key=lambda procedure: procedure.stage):
        sheet.print_line(STAGE_WORDS[stage].say(language), style="bold")
        for procedure in same:
            sheet.print_rows(
                [(procedure.id, procedure.title.say(language))],
                label_width=24,
                indent=2,
            )
            counted = sheet.t("从哪天算起", "counted from") + sheet.colon
            names = sheet.join(procedure.starts)
            sheet.print_rows(
                [("", counted + names)], label_width=24, indent=2, style="dim"
            )
    example = f"{program()} procedure renew --licence B12 --valid-until 2027-05-01"
    sheet.print_gap()
    sheet.print_line(
        sheet.t(f"看一项程序：{example}", f"To see one: {example}"), style="dim"
    )


def _show_procedures(
    catalogue: Catalogue,
    procedures: Sequence[Procedure],
    place: _Place,
    days: Mapping[str, date],
    language: Language,
    *,
    as_json: bool,
) -> None:
    from changqing.guide.procedure import Givens, date_steps
    from changqing.guide.procedure_data import make_procedure_data

    page = _ProcedureSheet(catalogue, place, language)
    procedure_data: list[ProcedureData] = []
    for procedure in procedures:
        names = {*procedure.starts, *(step.id for step in procedure.steps)}
        givens = Givens(
            licence=place.licence,
            scope=place.scope,
            region=place.region,
            as_of=place.on,
            days={name: day for name, day in days.items() if name in names},
        )
        steps = date_steps(catalogue, procedure, givens)
        if as_json:
            procedure_data.append(
                make_procedure_data(catalogue, procedure, steps, givens, language)
            )
        else:
            page.print_procedure(procedure, steps, givens)
    if as_json:
        print_json(procedure_data)
    else:
        page.print_end()


class _ProcedureSheet:
    """Procedures for a person: one block a step."""

    def __init__(self, catalogue: Catalogue, place: _Place, language: Language) -> None:
        self._catalogue = catalogue
        self._place = place
        self._language = language
        self._sheet = Sheet(language)
        self._reckoned: Mapping[str, Bound] = {}

    def _t(self, zh: str, en: str) -> str:
        return self._sheet.t(zh, en)

    def print_procedure(
        self, procedure: Procedure, steps: Sequence[DatedStep], givens: Givens
    ) -> None:
        from changqing.law.law import fill

        sheet, language = self._sheet, self._language
        sheet.print_title(procedure.title.say(language), procedure.id)
        sheet.print_line(self._format_where(), style="dim")
        if procedure.about is not None:
            about = fill(self._catalogue, procedure.about, on=givens.as_of)
            sheet.print_line(about.say(language))
        for name, label in procedure.starts.items():
            day = givens.days.get(name) or f"--start {name}=…"
            sheet.print_line(f"{label.say(language)}{sheet.colon}{day}", style="dim")
        self._reckoned = {
            step.step.id: step.bound
            for step in steps
            if step.day is not None and step.bound is not None and not step.taken
        }
        for number, step in enumerate(steps, start=1):
            sheet.print_gap()
            self._print_step(number, step)
        sheet.print_gap()

    def _format_where(self) -> str:
        from changqing.law.words import SCOPE_WORDS

        place, language = self._place, self._language
        region = self._catalogue.regions.get(place.region)
        label = self._catalogue.licences[place.licence].label.say(language)
        return " · ".join(
            [
                f"{place.licence} {label}",
                SCOPE_WORDS[place.scope].say(language),
                self._t("只按全国规定", "national rules alone")
                if region is None
                else region.label.say(language),
                self._t(f"按{place.on}的法规", f"by the law of {place.on}"),
            ]
        )

    def _print_step(self, number: int, step: DatedStep) -> None:
        from changqing.law.cited import say_citation

        language = self._language
        actor = step.step.actor.text.say(language)
        standing = step.step.standing.text.say(language)
        self._sheet.print_title(
            step.step.title.say(language),
            f"{actor} · {standing} · {step.step.id}",
            number=number,
            right=self._format_day(step),
        )
        rows = [(self._t("做什么", "What"), step.does.say(language))]
        rows += [
            (self._t("期限", "When"), self._format_clock(reckoning))
            for reckoning in step.reckonings
        ]
        if not step.reckonings:
            unset = self._t("没有规定期限", "No rule sets a time")
            rows.append((self._t("期限", "When"), unset))
        rows += [
            (self._t("提示", "Note"), remark) for remark in self._list_remarks(step)
        ]
        if step.runs_out is not None:
            rows.append((self._t("逾期", "Then"), step.runs_out.say(language)))
        self._print_rows(rows)
        sources = [
            say_citation(self._catalogue, citation).say(language)
            for citation in step.citations
        ]
        if sources:
            text = "\n".join(dict.fromkeys(sources))
            self._print_rows([(self._t("来源", "Source"), text)], style="dim")

    def _format_day(self, step: DatedStep) -> tuple[str, str]:
        """The day of a step, how it stands on the day asked about, and its style."""
        from changqing.law.kinds.procedure import Actor, Bound

        if step.day is None or step.bound is None:
            return "", ""
        if step.taken:
            if step.late:
                late = self._t(f"已办 {step.day}，晚了", f"done {step.day}, late")
                return late, "red"
            return self._t(f"已办 {step.day}", f"done {step.day}"), ""
        word = step.bound.text.say(self._language)
        day = f"{word} {step.day}"
        if step.provisional:
            day += self._t("（暂按）", " (provisional)")
        passed = (
            step.bound is Bound.LATEST
            and step.day < self._place.on
            and step.step.actor is not Actor.AUTHORITY
        )
        if passed:
            return day + self._t(" 已过", " passed"), "red"
        return day, "bold"

    def _format_clock(self, reckoning: Reckoning) -> str:
        from changqing.law.kit import Standing

        said_so = reckoning.words.say(self._language)
        if reckoning.standing in (Standing.PUBLISHED, Standing.PRACTICE):
            word = reckoning.standing.text.say(self._language)
            said_so += self._t(f"（{word}）", f" ({word})")
        if reckoning.day is not None:
            said_so += self._t(f"：{reckoning.day}", f": {reckoning.day}")
            if reckoning.provisional:
                said_so += self._t("（暂按）", " (provisional)")
            base = self._reckoned.get(reckoning.clock.start)
            if base is not None:
                said_so += _RECKONED[base.value].say(self._language)
        other = reckoning.by_working_days
        if other is not None:
            said_so += self._t(
                f"\n若按工作日计：{other.day}", f"\nby working days: {other.day}"
            )
            if other.provisional:
                said_so += self._t("（暂按）", " (provisional)")
        for text in (reckoning.because, reckoning.note):
            if text is not None:
                said_so += f"\n{text.say(self._language)}"
        return said_so

    def _list_remarks(self, step: DatedStep) -> Sequence[str]:
        remarks: list[str] = []
        if step.at_odds:
            remarks.append(
                self._t(
                    f"两处规定对不上：一处要到{step.opens}才可以办，另一处"
                    f"{step.limit}就截止。按较早的办，并向受理机关确认。",
                    f"Two rules do not fit: one opens on {step.opens}, the other "
                    f"closes on {step.limit}. Keep to the earlier and ask the "
                    "authority.",
                )
            )
        office = step.office_day
        if office is not None:
            provisional = office.provisional
            remarks.append(
                self._t(
                    f"{step.limit}不上班，此前最后一个工作日是{office.day}"
                    f"{'（暂按）' if provisional else ''}。",
                    f"{step.limit} is a day off; the last working day before is "
                    f"{office.day}{' (provisional)' if provisional else ''}.",
                )
            )
        return remarks

    def _print_rows(self, rows: Sequence[tuple[str, str]], *, style: str = "") -> None:
        self._sheet.print_rows(rows, label_width=7, indent=4, style=style)

    def print_end(self) -> None:
        self._sheet.print_line(_COUNTED.say(self._language), style="dim")
        self._sheet.print_line(_NO_AUTHORITY.say(self._language), style="dim")


_RECKONED: Final[Mapping[str, Text]] = {
    "latest": Text("（按上一步的最晚之日推算）", " (from the last day of that step)"),
    "earliest": Text(
        "（按上一步的最早之日推算）", " (from the first day of that step)"
    ),
    "expected": Text(
        "（按上一步的预计之日推算）", " (from the day expected of that step)"
    ),
}
_COUNTED: Final = Text(
    zh="起算的那天不算在内；没有写明是自然日还是工作日的按自然日，另列工作日的算法。"
    "“暂按”：放假安排还没有公布，日子可能变动。步骤接着步骤的，按上一步的日子推算；"
    "知道实际的日子，用--start 步骤=日期写上。",
    en="The day counted from is not included. Where a rule does not say which days, "
    "calendar days are taken and working days shown beside. Provisional: the holidays "
    "are not announced yet. A step after a step is worked out from that one’s day; "
    "give the real one with --start STEP=DATE.",
)
_NO_AUTHORITY: Final = Text(
    zh="以上按所列规定推算，不代表任何机关的意见。",
    en="Worked out by the rules listed; no authority’s opinion.",
)
