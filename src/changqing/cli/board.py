"""`changqing board`: many cases in one folder, and who must act, by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.given import GivenOptions, day_of
from changqing.cli.shared import (
    READY,
    Command,
    as_of_option,
    json_option,
    language_option,
    print_json,
    say_help,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.agency.choose import Wanted
    from changqing.agency.rows import Row
    from changqing.law.model import Catalogue

_ORDERS: Final = ("day", "name", "owner", "stage", "blocking", "proven_until")
_MOST: Final = 20


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "board",
        help=say_help(
            language,
            "一个文件夹里的全部案卷：谁该办、办什么、还剩几天。",
            "All cases of a folder: who must act, on what, and how many days are left.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @filters(language)
    @click.option(
        "--sort",
        "order",
        type=click.Choice(_ORDERS),
        default="day",
        help=say_help(
            language, "按什么排序，默认按日子。", "Sort by this; by day else."
        ),
    )
    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help=say_help(
            language,
            f"每一段都列全；否则每段最多{_MOST}件，过期的除外。",
            f"List everything; else at most {_MOST} a heading, but for overdue ones.",
        ),
    )
    @as_of_option(
        language, "按这一天看，默认今天。", "As of this day; today by default."
    )
    @json_option(language)
    @language_option(language)
    def command(
        *,
        folder: Path,
        order: str,
        everything: bool,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
        **given: str | None,
    ) -> int:
        from changqing.agency.choose import Order, choose
        from changqing.agency.index import board
        from changqing.law.compiled import load_compiled

        catalogue = load_compiled()
        today = day_of(as_of)
        wanted = parse_wanted(given, catalogue, language)
        with working(say_help(language, "读取案卷…", "Reading the cases…")):
            found = board(catalogue, folder, today)
        rows = choose(found.rows, wanted, Order(order))
        if as_json:
            print_json([row_data(row, today) for row in rows])
            return READY
        sheet = _BoardSheet(Sheet(language), catalogue, today)
        sheet.show(rows, total=len(found.rows), everything=everything, order=order)
        return READY


def filters(language: Language) -> Callable[[Command], Command]:
    """The options that choose among the cases of a folder."""
    options = [
        ("owner", "只看这个人的；写-看没有人管的。", "Of this person; - for nobody’s."),
        ("stage", "只看这个阶段的，如补正。", "In this stage, such as correction."),
        ("licence", "只看这种许可证的。", "For this licence."),
        ("region", "只看这个省份的。", "Of this province."),
        (
            "text",
            "名称、信用代码、文件夹或下一件事里有这几个字的。",
            "With these words in name, credit code, folder or next thing.",
        ),
    ]

    def add_all(command: Command) -> Command:
        for name, zh, en in reversed(options):
            command = click.option(f"--{name}", help=say_help(language, zh, en))(
                command
            )
        return command

    return add_all


def parse_wanted(
    given: dict[str, str | None], catalogue: Catalogue, language: Language
) -> Wanted:
    """Parse the filter that was typed; `click.UsageError` for what does not exist."""
    from changqing.agency.choose import Wanted
    from changqing.casework.events import CaseStage

    check = GivenOptions(catalogue, language)
    stage, licence = given["stage"], given["licence"]
    by_name = {
        word: code.value for code in CaseStage for word in (code.text.zh, code.text.en)
    }
    if stage is not None:
        known = [each.value for each in CaseStage]
        stage = check.among("--stage", by_name.get(stage, stage), known)
    owner = given["owner"]
    return Wanted(
        owner="" if owner == "-" else owner,
        stage=None if stage is None else CaseStage(stage),
        licence=None if licence is None else check.licence(licence),
        region=check.region(given["region"]),
        text=given["text"] or "",
    )


def row_data(row: Row, today: date) -> dict[str, object]:
    """A row as plain JSON: every column, whatever is unknown as null."""

    def pair(text: Text | None) -> dict[str, str] | None:
        return None if text is None else {"zh": text.zh, "en": text.en}

    def day(value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "folder": row.folder,
        "name": row.name,
        "credit_code": row.credit_code,
        "licence": row.licence or None,
        "region": row.region,
        "stage": row.stage,
        "when": row.when(today),
        "next": None
        if row.next_what is None
        else {
            "day": day(row.next_day),
            "days_left": row.days_left(today),
            "provisional": row.provisional,
            "what": pair(row.next_what),
            "actor": row.actor,
        },
        "owner": row.owner,
        "readiness": row.readiness,
        "compliance": row.compliance,
        "cautions": [pair(caution) for caution in row.cautions],
        "blocking": row.blocking,
        "proven_until": day(row.proven_until),
        "assessed_on": day(row.assessed_on),
        "correction_lines": row.lines,
        "open_correction_lines": row.open_lines,
        "delete_personal_on": day(row.delete_personal_on),
        "personal": row.personal,
        "ended": row.ended,
        "broken": pair(row.broken),
    }


class _BoardSheet:
    """The board for a person."""

    def __init__(self, sheet: Sheet, catalogue: Catalogue, today: date) -> None:
        self._sheet = sheet
        self._catalogue = catalogue
        self._today = today

    def show(
        self, rows: Sequence[Row], *, total: int, everything: bool, order: str
    ) -> None:
        from changqing.agency.rows import When

        sheet = self._sheet
        sheet.line(
            sheet.t(
                f"{self._today}：共{total}件，列出{len(rows)}件",
                f"{self._today}: {total} cases, {len(rows)} of them shown",
            ),
            style="bold",
        )
        headings = [(when, _HEADINGS[when]) for when in When]
        for when, heading in headings:
            members = [row for row in rows if row.when(self._today) is when]
            if not members:
                continue
            count = sheet.t(f"（{len(members)}件）", f" ({len(members)})")
            sheet.heading(heading.say(sheet.language) + count)
            most = len(members) if everything or when is When.OVERDUE else _MOST
            for row in members[:most]:
                self._row(row)
            if len(members) > most:
                rest = len(members) - most
                sheet.line(
                    sheet.t(f"还有{rest}件，加--all列全", f"{rest} more; add --all"),
                    indent=2,
                    style="dim",
                )

    def _row(self, row: Row) -> None:

        sheet = self._sheet
        if row.broken is not None:
            sheet.title(row.folder, "")
            sheet.line(row.broken.say(sheet.language), indent=4)
            return
        stage = "" if row.stage is None else row.stage.text.say(sheet.language)
        day, style = self._day(row)
        sheet.title(row.name, f"{stage} · {row.licence}", right=(day, style))
        parts = []
        if row.next_what is not None:
            parts.append(row.next_what.say(sheet.language))
        parts.append(self._who(row))
        if row.lines:
            parts.append(
                sheet.t(
                    f"补正{row.lines}条，未办结{row.open_lines}条",
                    f"{row.open_lines} of {row.lines} correction lines open",
                )
            )
        parts.append(self._say_assessment(row))
        parts.append(row.folder)
        sheet.line(" · ".join(parts), indent=4, style="dim")
        for caution in row.cautions:
            sheet.line(
                sheet.t("提醒：", "Caution: ") + caution.say(sheet.language), indent=4
            )

    def _who(self, row: Row) -> str:
        from changqing.law.kinds.procedure import Actor

        owner = row.owner or self._sheet.t("未指派", "nobody assigned")
        if row.actor is None or row.actor is Actor.APPLICANT:
            return owner
        waits = row.actor.text.say(self._sheet.language)
        return self._sheet.t(f"等{waits}（{owner}）", f"waits for {waits} ({owner})")

    def _say_assessment(self, row: Row) -> str:
        from changqing.report.words import name_state

        sheet = self._sheet
        said = name_state(row.readiness, row.compliance)
        if said is None or row.assessed_on is None:
            return sheet.t("未评估", "not assessed")
        text = said.say(sheet.language)
        if row.blocking:
            text += sheet.t(f"，{row.blocking}项不符", f", {row.blocking} blocking")
        if row.proven_until is not None:
            text += sheet.t(
                f"，证实至{row.proven_until}", f", proven until {row.proven_until}"
            )
        return text + sheet.t(
            f"（{row.assessed_on}评估）", f" (as of {row.assessed_on})"
        )

    def _day(self, row: Row) -> tuple[str, str]:
        sheet = self._sheet
        left = row.days_left(self._today)
        if row.next_day is None or left is None:
            return "", ""
        mark = sheet.t("暂按 ", "provisional ") if row.provisional else ""
        if left < 0:
            return (
                f"{row.next_day} " + sheet.t(f"过了{-left}天", f"{_days(-left)} over"),
                "bold red",
            )
        text = sheet.t("今天", "today")
        if left:
            text = sheet.t(f"还有{left}天", f"{_days(left)} left")
        return f"{mark}{row.next_day} {text}", "bold" if left <= 7 else ""


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


_HEADINGS: Final = {
    "overdue": Text("已过期", "Overdue"),
    "today": Text("今天", "Today"),
    "week": Text("7天内", "Within 7 days"),
    "month": Text("30天内", "Within 30 days"),
    "later": Text("以后", "Later"),
    "undated": Text("定不出日子", "No day can be set"),
    "ended": Text("已结束", "Ended"),
    "unreadable": Text("读不出，要先修好", "Cannot be read: put these right first"),
}
