"""`changqing watch`: look again, and say what lapsed since last time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from changqing.cli.help_page import TranslatedCommand
from changqing.cli.shared import (
    MISUSED,
    NOT_YET,
    READY,
    UNFINISHED,
    find_own_key_path,
    json_option,
    language_option,
    print_json,
    read_clock,
    say_help,
)
from changqing.cli.watch_shown import (
    encode_standing,
    print_standing_counts,
    say_length,
    show_standing,
)
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.watch.standing import WatchStanding
    from changqing.watch.watch import Round

_EVERY: Final = re.compile(r"(\d{1,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_MOMENT: Final = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]


class _Watch(TranslatedCommand):
    """`watch CASE question …` leads to the test questions of one case."""

    question: click.Group

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand over to the test questions when they are meant."""
        if args[1:2] == ["question"]:
            return self.question.make_context(
                f"{info_name} {args[0]} question",
                args[2:],
                parent,
                obj=Path(args[0]),
                **extra,
            )
        return super().make_context(info_name, args, parent, **extra)


def add(group: click.Group, language: Language) -> None:
    """Add the command and the test questions below it."""

    @group.command(
        "watch",
        cls=_Watch,
        help=say_help(
            language,
            "监测：按时再看一遍，说出上次以来什么异常了、什么恢复了。\n\n"
            "CASE是项目，或者装着许多项目的文件夹。"
            "测试提问：watch CASE question --help。",
            "Watch: look again on a schedule and say what went wrong and what "
            "recovered since last time.\n\nCASE is a case, or a folder of cases. Test "
            "questions: watch CASE question --help.",
        ),
    )
    @click.argument(
        "cases",
        metavar="CASE...",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path, file_okay=False, exists=True),
    )
    @click.option(
        "--once",
        is_flag=True,
        help=say_help(
            language,
            "只看一遍就结束，交给cron用。",
            "One round and no more, for cron.",
        ),
    )
    @click.option(
        "--every",
        metavar="2h",
        help=say_help(
            language,
            "多久看一次，如30m、2h、1d，默认2h。同--once一起写时，没到时候的项目这次不看。",
            "How often, such as 30m, 2h or 1d; 2h by default. With --once, a case "
            "that is not due yet is left alone.",
        ),
    )
    @click.option(
        "--at-once",
        type=click.IntRange(1, 200),
        default=16,
        show_default=True,
        help=say_help(language, "同时看几个网站。", "So many sites at a time."),
    )
    @click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "排班放在这个文件夹；用Redis或PostgreSQL时设CHANGQING_QUEUE。",
            "The folder of the schedule; for Redis or PostgreSQL set CHANGQING_QUEUE.",
        ),
    )
    @click.option(
        "--shard",
        "written",
        default="1/1",
        metavar="K/N",
        help=say_help(
            language,
            "分成N份，只看第K份；默认全看。",
            "Of N shares only the Kth; all by default.",
        ),
    )
    @click.option(
        "--observer",
        default="",
        metavar="NAME",
        help=say_help(
            language,
            "本机是哪一个观察者，写在项目的watch/settings.yaml里；默认只有一个，不用写。",
            "Which observer this machine is, of those that watch/settings.yaml of a "
            "case names; by default there is one alone.",
        ),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_context
    def watch_cases(
        context: click.Context,
        *,
        cases: tuple[Path, ...],
        once: bool,
        every: str | None,
        at_once: int,
        state: Path | None,
        written: str,
        observer: str,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.shard import parse_shard
        from changqing.watch.lease import LeaseHolder

        interval = _parse_interval(every, context, language)
        how = replace(
            _make_round(cases, at_once, interval),
            due_only=not once or every is not None,
            spread=not once,
            shard=parse_shard(written),
            holder=LeaseHolder(observer=_check_name(observer, context, language)),
        )
        if once:
            return _watch_once(cases, how, language, as_json=as_json)
        return _keep_looking(cases, how, language, state, as_json=as_json)

    command = group.commands["watch"]
    if isinstance(command, _Watch):
        command.question = _make_question_group(language)


def _parse_interval(
    every: str | None, context: click.Context, language: Language
) -> timedelta:
    from changqing.watch.watch import EVERY

    if every is None:
        return EVERY
    match = _EVERY.fullmatch(every)
    if match is None or int(match[1]) == 0:
        raise click.UsageError(
            say_help(
                language,
                f"--every {every}看不懂，应如30m、2h、1d",
                f"--every {every} is not understood; write 30m, 2h or 1d",
            ),
            context,
        )
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _check_name(observer: str, context: click.Context, language: Language) -> str:
    from changqing.watch.settings import OBSERVER_NAME

    if observer and not re.fullmatch(OBSERVER_NAME, observer):
        raise click.UsageError(
            say_help(
                language,
                f"--observer {observer}不能用：只能有文字、数字、_和-，最多32个",
                f"--observer {observer} will not do: letters, digits, _ and - alone, "
                "32 at most",
            ),
            context,
        )
    return observer


def _group_folders(paths: Sequence[Path]) -> Mapping[Path, list[Path]]:
    """The cases that are named, or stand in a folder that is, by that folder."""
    from changqing.case.folder import CASE_FILE

    by_folder: dict[Path, list[Path]] = {}
    for path in dict.fromkeys(paths):
        if (path / CASE_FILE).is_file():
            by_folder.setdefault(path.resolve().parent, []).append(path)
            continue
        inside = sorted(file.parent for file in path.glob(f"*/{CASE_FILE}"))
        if not inside:
            raise CaseError(Issue(text=_NO_CASE, path=str(path)))
        by_folder.setdefault(path.resolve(), []).extend(inside)
    return {home: list(dict.fromkeys(cases)) for home, cases in by_folder.items()}


def _look_once(paths: Sequence[Path], how: Round) -> Iterator[WatchStanding]:
    """One round; the notices of a case go to the folder that it stands in."""
    from changqing.notices.outbox import Outbox
    from changqing.watch.watch import watch

    for home, cases in _group_folders(paths).items():
        yield from watch(cases, replace(how, hand=Outbox(home).add))


def _make_round(paths: Sequence[Path], at_once: int, every: timedelta) -> Round:
    from changqing.law.compiled import load_compiled
    from changqing.notices.outbox import Outbox
    from changqing.watch.watch import Round

    first, *_ = _group_folders(paths)
    return Round(
        catalogue=load_compiled(),
        clock=read_clock,
        key=find_own_key_path(),
        hand=Outbox(first).add,
        person=lambda case: find_case_owner(case.path) or case.name,
        at_once=at_once,
        every=every,
    )


def find_case_owner(folder: Path) -> str | None:
    """Find who looks after a case at an agency's desk; None where nobody was named."""
    from changqing.agency.desk import DeskJournal, find_owner

    return find_owner(DeskJournal(folder).list_notes())


def _watch_once(
    paths: Sequence[Path], how: Round, language: Language, *, as_json: bool
) -> int:
    """Watch each case once and print how it stands; gives the exit code."""
    if not as_json:
        how = replace(how, tell=lambda standing: show_standing(standing, language))
    watch_standings = list(_look_once(paths, how))
    if as_json:
        print_json(
            {
                "cases": [
                    encode_standing(watch_standing, language)
                    for watch_standing in watch_standings
                ]
            }
        )
    elif len(watch_standings) > 1:
        print_standing_counts(watch_standings, language)
    problems = [
        watch_standing.problem
        for watch_standing in watch_standings
        if watch_standing.problem is not None
    ]
    if problems:
        bad_input = all(problem.exit_code == MISUSED for problem in problems)
        return MISUSED if bad_input else UNFINISHED
    return (
        NOT_YET
        if any(watch_standing.open for watch_standing in watch_standings)
        else READY
    )


def _keep_looking(
    paths: Sequence[Path],
    how: Round,
    language: Language,
    state: Path | None,
    *,
    as_json: bool,
) -> int:
    from changqing.watch.schedule import QUEUE, keep_looking, open_queue

    _group_folders(paths)  # what is wrong with them is said before anything starts
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    share = "" if how.shard.count == 1 else how.shard.name
    share = "-".join(filter(None, (share, how.holder.observer)))
    queue = open_queue(os.environ.get(QUEUE), state or home / "changqing", share=share)

    def tell(standing: WatchStanding) -> None:
        if not standing.looked and standing.problem is None:
            return
        if as_json:
            print_json(encode_standing(standing, language))
        else:
            show_standing(standing, language)

    def look() -> None:
        for _ in _look_once(paths, replace(how, tell=tell)):
            pass

    click.echo(
        Text(
            zh=f"监测已开始，每{say_length(how.every).zh}看一次；按Ctrl+C结束",
            en=f"Watching, every {say_length(how.every).en}; Ctrl+C ends it",
        ).say(language),
        err=True,
    )
    keep_looking(queue, look)
    return READY


def _make_question_group(language: Language) -> click.Group:
    """The test questions of a case."""

    @click.group(
        "question",
        help=say_help(
            language,
            "测试提问：自己向申请人公布的渠道提一个问题，把发出和答复记下来。长青不替你发。",
            "Test questions: ask something by a channel that the applicant publishes, "
            "and record question and reply. Changqing sends nothing.",
        ),
    )
    @language_option(language)
    def question(lang: str | None) -> None:
        pass

    moment = click.DateTime(_MOMENT)
    when = say_help(
        language,
        "北京时间，如“2026-11-24 10:30”，默认现在。",
        "Beijing time, such as '2026-11-24 10:30'; now by default.",
    )

    @question.command(
        "send",
        help=say_help(language, "记下发出的问题。", "Record a question as sent."),
    )
    @click.option(
        "--channel",
        required=True,
        help=say_help(language, "哪个渠道。", "By which channel."),
    )
    @click.option(
        "--by", required=True, help=say_help(language, "谁提的。", "Who asked.")
    )
    @click.option(
        "--text", default="", help=say_help(language, "问了什么。", "What was asked.")
    )
    @click.option("--on", type=moment, help=when)
    @language_option(language)
    @click.pass_obj
    def send_one(
        folder: Path,
        *,
        channel: str,
        by: str,
        text: str,
        on: datetime | None,
        lang: str | None,
    ) -> int:
        from changqing.watch.question import send

        now = read_clock()
        name = send(
            _open_case(folder),
            channel=channel,
            by=by,
            text=text,
            sent_at=_place_in_beijing(on, now),
            now=now,
        )
        click.echo(
            Text(
                zh=f"已记下{name}。有了答复再记：question reply --question {name}",
                en=f"Recorded as {name}. When the reply is there: question reply "
                f"--question {name}",
            ).say(language)
        )
        return READY

    @question.command(
        "reply",
        help=say_help(
            language,
            "记下答复；留下页面或截图，用时就是实测，否则是自述。",
            "Record the reply; with a kept page its time is observed, else it is "
            "your word.",
        ),
    )
    @click.option(
        "--question", "name", help=say_help(language, "哪个问题。", "Which one.")
    )
    @click.option("--on", type=moment, help=when)
    @click.option(
        "--page",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help=say_help(
            language, "留下的页面、邮件或截图。", "The page, mail or picture."
        ),
    )
    @language_option(language)
    @click.pass_obj
    def reply_one(
        folder: Path,
        *,
        name: str | None,
        on: datetime | None,
        page: Path | None,
        lang: str | None,
    ) -> int:
        from changqing.watch.question import reply

        now = read_clock()
        question = reply(
            _open_case(folder),
            id=name,
            on=_place_in_beijing(on, now),
            page=None if page is None else page.read_bytes(),
            key=find_own_key_path(),
            now=now,
        )
        spent = say_length((question.replied_at or now) - question.sent_at)
        click.echo(
            Text(
                zh=f"{question.id}：{spent.zh}得到答复，"
                + ("页面已存" if question.page else "没有留页面，记为自述"),
                en=f"{question.id}: answered after {spent.en}; "
                + ("the page is kept" if question.page else "no page: it is your word"),
            ).say(language)
        )
        return READY

    return question


def _open_case(folder: Path) -> Any:
    from changqing.law.compiled import load_compiled
    from changqing.papers.open import open_case

    return open_case(folder, load_compiled())


def _place_in_beijing(typed: datetime | None, now: datetime) -> datetime:
    from changqing.day import BEIJING

    return now if typed is None else typed.replace(tzinfo=BEIJING)


_NO_CASE: Final = Text(
    zh="里面没有项目（没有case.yaml）", en="holds no case (no case.yaml)"
)
