"""`changqing notices`: who is told what of which case, and by which way."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, TypedDict

import click

from changqing.cli.given import choose_day
from changqing.cli.shared import (
    READY,
    UNFINISHED,
    Command,
    as_of_option,
    json_option,
    language_option,
    print_json,
    program,
    read_clock,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, ChangqingError, Issue, NetError, say_reason
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.casework.dates import CaseDue
    from changqing.notices.digest import Digest
    from changqing.notices.outbox import Notice
    from changqing.notices.settings import NoticeSettings

SETTINGS = "notices.yaml"


def add(group: click.Group, language: Language) -> None:
    """Add the command and those below it."""
    cases = click.argument(
        "cases",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="CASE...",
    )

    @group.group(
        "notices",
        help=say_help(
            language,
            "通知：按人、按天汇总各项目的到期事项，用邮件、企业微信、钉钉、飞书发出，"
            "或写成日历文件。密钥只在环境变量或单独的文件里。",
            "Notices: what is due in the cases, by person and day, sent by mail, "
            "WeCom, DingTalk or Feishu, or written as a calendar. Secrets stay in "
            "environment variables or files of their own.",
        ),
    )
    @language_option(language)
    def notices(*, lang: str | None) -> None:
        pass

    @notices.command(
        "new",
        help=say_help(
            language,
            "写一份可以直接读的设置，照里面的说明改。",
            "Write settings that can be read as they are, with what to change in them.",
        ),
    )
    @_make_settings_option(language)
    @language_option(language)
    def new(*, settings: Path, lang: str | None) -> int:
        from changqing.notices.new_settings import write_new_settings

        write_new_settings(settings, language)
        check = f"{program()} notices check"
        if settings != Path(SETTINGS):
            check += f" --settings {quote(str(settings))}"
        click.echo(
            Text(
                zh=f"已写好{settings}：照里面的说明改，再看{check}",
                en=f"Written: {settings}. Change it as it says; then {check}",
            ).say(language)
        )
        return READY

    @notices.command(
        "check",
        help=say_help(
            language,
            "查看设置：谁由哪些渠道通知；不发任何东西。",
            "Read the settings: who is told by what. Sends nothing.",
        ),
    )
    @_make_settings_option(language)
    @language_option(language)
    def check(*, settings: Path, lang: str | None) -> int:
        _show_settings(_read_notice_settings(settings), Sheet(language))
        return READY

    @notices.command(
        "test",
        help=say_help(
            language, "向一个人试发一条消息。", "Send one test message to a person."
        ),
    )
    @click.argument("person")
    @click.option(
        "--by",
        help=say_help(
            language,
            "只用这个渠道；默认各试一次。",
            "By this channel only; else by each.",
        ),
    )
    @_make_settings_option(language)
    @language_option(language)
    def test(*, person: str, by: str | None, settings: Path, lang: str | None) -> int:
        return _try_out(settings, person, by, Sheet(language))

    @notices.command(
        "digest",
        help=say_help(
            language,
            "显示要发的汇总，不发、不记。",
            "Show what would be sent; sends and records nothing.",
        ),
    )
    @cases
    @_make_settings_option(language)
    @as_of_option(language, "按这一天；默认今天。", "As of this day; by default today.")
    @json_option(language)
    @language_option(language)
    def digest(
        *,
        cases: Sequence[Path],
        settings: Path,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        _show_digest(
            cases, settings, choose_day(as_of), Sheet(language), as_json=as_json
        )
        return READY

    @notices.command(
        "send",
        help=say_help(
            language,
            "发出还没有发过的；发过的记在设置文件旁的notices文件夹，不重发，"
            "没发出的下次再发。",
            "Send what was not sent before. What was sent is written down in the "
            "folder notices beside the settings; what failed is tried again next time.",
        ),
    )
    @cases
    @_make_settings_option(language)
    @language_option(language)
    def send(*, cases: Sequence[Path], settings: Path, lang: str | None) -> int:
        return _send_notices(cases, settings, Sheet(language))

    @notices.command(
        "calendar",
        help=say_help(
            language,
            "把各项目的日子写成日历文件（ICS），手机和电脑的日历都能订阅。",
            "Write the dates of the cases as a calendar file (ICS) to subscribe to.",
        ),
    )
    @cases
    @click.option(
        "-o",
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        required=True,
        help=say_help(language, "写到这个文件。", "Write this file."),
    )
    @as_of_option(language, "按这一天；默认今天。", "As of this day; by default today.")
    @language_option(language)
    def calendar(
        *, cases: Sequence[Path], out: Path, as_of: datetime | None, lang: str | None
    ) -> int:
        _write_calendar(cases, out, choose_day(as_of), Sheet(language))
        return READY


def _make_settings_option(language: Language) -> Callable[[Command], Command]:
    return click.option(
        "--settings",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path(SETTINGS),
        show_default=True,
        help=say_help(language, "通知设置文件。", "The file of settings."),
    )


def _read_notice_settings(path: Path) -> NoticeSettings:
    from changqing.notices.settings import read_settings

    if not path.exists():
        new = f"{program()} notices new"
        hint = Text(zh=f"先写一份：{new}", en=f"write them first: {new}")
        raise CaseError(Issue(text=_NO_SETTINGS, path=str(path), hint=hint))
    return read_settings(path, environment=os.environ, clock=read_clock)


def _show_settings(settings: NoticeSettings, sheet: Sheet) -> None:
    sheet.print_line(
        sheet.t("设置可用，没有发出任何东西。", "The settings work; nothing was sent.")
    )
    sheet.print_heading(sheet.t("通知谁", "Who is told"))
    for name, channels in settings.people.items():
        sheet.print_rows([(name, sheet.join(channels))], label_width=12, indent=2)
    sheet.print_heading(sheet.t("哪个项目归谁", "Whose case it is"))
    other = sheet.t("其他", "all others")
    for case, who in (*settings.cases.items(), (other, settings.otherwise)):
        sheet.print_rows([(case, who)], label_width=12, indent=2)


def _try_out(path: Path, person: str, by: str | None, sheet: Sheet) -> int:
    from changqing.day import beijing_day
    from changqing.notices.digest import Digest
    from changqing.notices.outbox import Notice

    settings = _read_notice_settings(path)
    channels = settings.people.get(person)
    if channels is None:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"people 中没有{person}",
                    en=f"{person} is not listed under people",
                ),
                path=str(path),
            )
        )
    if by is not None and by not in channels:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"{person}没有{by}这个渠道", en=f"{person} is not told by {by}"
                ),
                path=str(path),
            )
        )
    today = beijing_day(read_clock())
    notice = Notice(
        id="test",
        case=sheet.t("试发", "Test"),
        person=person,
        day=today,
        kind="test",
        title=Text(zh="长青能用这个渠道通知你", en="Changqing can reach you this way"),
        body=Text(zh="不用做什么。", en="Nothing is to be done."),
    )
    code = READY
    for name in channels if by is None else (by,):
        try:
            settings.channels[name].send(
                Digest(person=person, on=today, notices=(notice,))
            )
        except NetError as error:
            code = UNFINISHED
            for line in error.lines(sheet.language):
                click.echo(f"{name}{sheet.colon}{line}", err=True)
        else:
            sheet.print_line(f"{name}{sheet.colon}{sheet.t('已发出', 'sent')}")
    return code


def _list_coming_dues(
    folders: Sequence[Path], on: date
) -> dict[Path, tuple[CaseDue, ...]]:
    """The dates ahead of each case, by its folder."""
    from changqing.agency.coming import collect_dues
    from changqing.law.compiled import load_compiled

    catalogue = load_compiled()
    return {folder: collect_dues(folder, catalogue, on) for folder in folders}


def _list_due_notices(
    folders: Sequence[Path], settings: NoticeSettings, on: date
) -> tuple[Notice, ...]:
    from changqing.agency.coming import collect_due_notices

    return collect_due_notices(_list_coming_dues(folders, on), settings, on)


def _show_digest(
    folders: Sequence[Path], path: Path, on: date, sheet: Sheet, *, as_json: bool
) -> None:
    from changqing.notices.digest import make_digests

    digests = make_digests(
        _list_due_notices(folders, _read_notice_settings(path), on), on
    )
    if as_json:
        print_json([_make_digest_data(digest, sheet.language) for digest in digests])
        return
    if not digests:
        sheet.print_line(sheet.t("近期没有到期的事。", "Nothing is due soon."))
    for digest in digests:
        sheet.print_heading(f"{digest.person} · {digest.title.say(sheet.language)}")
        for line in digest.format_text(sheet.language).splitlines():
            deeper = len(line) - len(line.lstrip())
            sheet.print_line(line.strip(), indent=2 + deeper)


class NoticeData(TypedDict):
    """One thing that is due."""

    id: str
    case: str
    day: str
    kind: str
    title: str
    body: str


class DigestData(TypedDict):
    """What one person is told on a day."""

    person: str
    on: str
    notices: Sequence[NoticeData]


def _make_digest_data(digest: Digest, language: Language) -> DigestData:
    return {
        "person": digest.person,
        "on": digest.on.isoformat(),
        "notices": [
            {
                "id": notice.id,
                "case": notice.case,
                "day": notice.day.isoformat(),
                "kind": notice.kind,
                "title": notice.title.say(language),
                "body": notice.body.say(language),
            }
            for notice in digest.notices
        ],
    }


def _send_notices(folders: Sequence[Path], path: Path, sheet: Sheet) -> int:
    from changqing.day import beijing_day
    from changqing.notices.deliver import deliver_pending
    from changqing.notices.outbox import Outbox

    settings, now = _read_notice_settings(path), read_clock()
    outbox = Outbox(path.parent)
    outbox.add(_list_due_notices(folders, settings, beijing_day(now)), now)
    delivery = deliver_pending(outbox, settings, now)
    for name, count in delivery.sent.items():
        sheet.print_line(
            f"{name}{sheet.colon}{sheet.t(f'已发{count}件', f'{count} told')}"
        )
    if not delivery.sent and not delivery.unsent:
        sheet.print_line(sheet.t("没有新的通知。", "Nothing new to tell."))
    waiting = len(outbox.list_failures()) - sum(
        digest.notices for digest in delivery.unsent
    )
    if waiting:
        sheet.print_line(
            sheet.t(
                f"先前没发出的{waiting}件，稍后再试。",
                f"{waiting} could not be sent before; to be tried again later.",
            )
        )
    for unsent in delivery.unsent:
        why = unsent.why.say(sheet.language)
        click.echo(
            sheet.t(
                f"{unsent.channel} → {unsent.person}：{unsent.notices}件没有发出，"
                f"下次再发：{why}",
                f"{unsent.channel} → {unsent.person}: {unsent.notices} not sent, to be "
                f"tried again: {why}",
            ),
            err=True,
        )
    return UNFINISHED if delivery.unsent else READY


def _write_calendar(folders: Sequence[Path], out: Path, on: date, sheet: Sheet) -> None:
    from changqing.notices.calendar import write_calendar
    from changqing.notices.due import EVER, list_due_notices

    dues = [
        (f.resolve().name, case_dues)
        for f, case_dues in _list_coming_dues(folders, on).items()
    ]
    notices = list_due_notices(dues, lambda _: "", on, ahead=EVER)
    content = write_calendar(notices, sheet.language, read_clock())
    try:
        out.write_bytes(content)
    except OSError as error:
        reason = say_reason(error)
        raise ChangqingError(
            Issue(
                text=Text(
                    zh=f"写不下（{reason.zh}）", en=f"cannot be written ({reason.en})"
                ),
                path=str(out),
            )
        ) from error
    count = content.count(b"BEGIN:VEVENT")
    sheet.print_line(
        sheet.t(f"{count}个日子写到了{out}。", f"{count} dates were written to {out}.")
    )


_NO_SETTINGS = Text(zh="还没有通知设置", en="there are no settings of notices yet")
