"""`changqing dossier CASE schedule`: the content schedule, checked and held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.dossier_case import assess_recorded
from changqing.cli.shared import (
    NOT_YET,
    READY,
    as_of_option,
    escape_markup,
    json_option,
    language_option,
    open_terminal,
    print_json,
    say_help,
)
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.documents.schedule import Concern, ContentSchedule, Kept
    from changqing.run import Outcome


def add_schedule(command: click.Group, language: Language) -> None:
    """Add the command below `changqing dossier`."""

    @command.command(
        "schedule",
        help=say_help(
            language,
            "内容计划：查空档、休息日、缺责任人，和实际发布的节奏对照；--from 从CSV或"
            "xlsx导入。有要改的地方时退出码为1。",
            "The content schedule: gaps, days off, missing people, and its pace beside "
            "what is published; --from takes it from CSV or xlsx. Exit code 1 while "
            "something should be corrected.",
        ),
    )
    @click.option(
        "--from",
        "table",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help=say_help(
            language,
            "从这张表写出schedule.yaml。",
            "Write schedule.yaml from this table.",
        ),
    )
    @click.option(
        "--replace",
        is_flag=True,
        help=say_help(
            language, "换掉已有的schedule.yaml。", "Replace the schedule.yaml there is."
        ),
    )
    @as_of_option(
        language, "按这一天检查，默认今天。", "As of this day; today by default."
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def schedule(
        case: Path,
        *,
        table: Path | None,
        replace: bool,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.documents.schedule import find_concerns, load_schedule
        from changqing.documents.schedule_import import import_schedule

        outcome = assess_recorded(case, as_of)
        if table is not None:
            count = import_schedule(table, outcome.case.path, replace=replace)
            if not as_json:
                click.echo(_say_imported(count).say(language))
        content_schedule = load_schedule(outcome.case.path)
        if content_schedule is None:
            raise CaseError(
                Issue(
                    text=_NONE, path=str(outcome.case.path / "schedule.yaml"), hint=_HOW
                )
            )
        wrong = find_concerns(
            content_schedule, outcome.situation, outcome.case.catalogue
        )
        promises = _compare_promises(content_schedule, outcome)
        if as_json:
            print_json(_encode_schedule(content_schedule, wrong, promises))
        else:
            console = open_terminal()
            for text in _list_lines(content_schedule, wrong, promises, language):
                console.print(text, soft_wrap=True)
        late = any(promise.published is None for promise in promises or ())
        return NOT_YET if wrong or late else READY


def _compare_promises(
    schedule: ContentSchedule, outcome: Outcome
) -> Sequence[Kept] | None:
    """Compare the promised days that have passed since publication was first seen.

    None where nothing was ever observed: then nothing can be said.
    """
    from datetime import timedelta

    from changqing.day import beijing_day
    from changqing.documents.schedule import match_promises
    from changqing.evidence.observations import ObservationKind
    from changqing.run import read_history
    from changqing.watch.settings import load_settings

    observations = read_history(outcome.case.path)
    checked = [
        beijing_day(observation.at)
        for observation in observations
        if observation.kind is ObservationKind.CHECK
    ]
    if not checked:
        return None
    grace = load_settings(outcome.case.path).grace_days
    last = min(max(checked), outcome.situation.as_of) - timedelta(days=grace + 1)
    return match_promises(
        schedule.list_days(min(checked), last),
        {
            beijing_day(observation.at)
            for observation in observations
            if observation.kind is ObservationKind.PUBLICATION
        },
        grace=grace,
    )


def _list_lines(
    schedule: ContentSchedule,
    wrong: Sequence[Concern],
    promises: Sequence[Kept] | None,
    language: Language,
) -> Iterator[str]:
    yield f"[bold]{_word_summary(schedule).say(language)}[/]"
    for concern in wrong:
        yield f"  · {escape_markup(concern.text.say(language))}"
    if not wrong:
        yield f"  {_FINE.say(language)}"
    yield _word_publications(promises).say(language)
    for missed in promises or ():
        if missed.published is None:
            yield f"  · {missed.on}"


def _word_publications(promises: Sequence[Kept] | None) -> Text:
    if promises is None:
        return Text(
            "还没有发布记录可以对照。",
            "Nothing published is on record to compare with.",
        )
    late = sum(promise.published is None for promise in promises)
    if not promises:
        return Text(
            "有记录的日子里还没有到期的安排。",
            "No planned day has passed since there is a record.",
        )
    return Text(
        f"有记录以来到期{len(promises)}天，按时发布{len(promises) - late}天，"
        f"没有看到发布{late}天。",
        f"{len(promises)} planned days have passed since there is a record: "
        f"{len(promises) - late} kept, {late} without anything seen.",
    )


def _word_summary(schedule: ContentSchedule) -> Text:
    return Text(
        f"逐日{len(schedule.items)}项，逐月{len(schedule.months)}个月，"
        f"排到{schedule.until}。",
        f"{len(schedule.items)} items by day, {len(schedule.months)} months, until "
        f"{schedule.until}.",
    )


def _say_imported(count: int) -> Text:
    return Text(
        f"导入{count}项，写在schedule.yaml。",
        f"{count} items written to schedule.yaml.",
    )


class ConcernData(TypedDict):
    """Something about the plan that a reader would stumble over."""

    kind: str
    zh: str
    en: str


class KeptDay(TypedDict):
    """A promised day, and the day on which something came out for it."""

    on: str
    published: str | None


class PlannedItemData(TypedDict):
    """One item of the plan: the day, what of, who writes and who reviews it."""

    on: str
    topic: str
    column: str
    owner: str
    reviewer: str
    source: str


class PlannedMonthData(TypedDict):
    """A month that is not planned by day yet, and how many items it will have."""

    month: str
    items: int
    topic: str
    owner: str
    reviewer: str


class ScheduleData(TypedDict):
    """The plan of contents, and what came of it; `kept` null: nobody looked."""

    items: Sequence[PlannedItemData]
    months: Sequence[PlannedMonthData]
    until: str
    concerns: Sequence[ConcernData]
    kept: Sequence[KeptDay] | None


def _encode_schedule(
    schedule: ContentSchedule, wrong: Sequence[Concern], promises: Sequence[Kept] | None
) -> ScheduleData:
    return {
        "items": [
            {
                "on": item.on.isoformat(),
                "topic": item.topic,
                "column": item.column,
                "owner": item.owner,
                "reviewer": item.reviewer,
                "source": item.source,
            }
            for item in schedule.items
        ],
        "months": [
            {
                "month": month.month,
                "items": month.items,
                "topic": month.topic,
                "owner": month.owner,
                "reviewer": month.reviewer,
            }
            for month in schedule.months
        ],
        "until": schedule.until.isoformat(),
        "concerns": [
            {"kind": concern.kind, "zh": concern.text.zh, "en": concern.text.en}
            for concern in wrong
        ],
        "kept": None
        if promises is None
        else [
            {
                "on": promise.on.isoformat(),
                "published": None
                if promise.published is None
                else str(promise.published),
            }
            for promise in promises
        ],
    }


_NONE: Final = Text("还没有内容计划", "there is no content schedule yet")
_HOW: Final = Text(
    "写一份，或者用--from从CSV、xlsx导入；列：日期、题材、栏目、责任人、审核人",
    "write it, or take it from CSV or xlsx with --from; columns: date, topic, column, "
    "owner, reviewer",
)
_FINE: Final = Text("没有要改的地方。", "Nothing to correct.")
