"""`changqing look`: which looks are due, and what a saved page proves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from changqing.cli.look_folder import file_folder, tell_filed
from changqing.cli.look_page import (
    FactOfSubject,
    encode_page,
    file_page,
    find_look,
    read_page_bytes,
    show_page,
)
from changqing.cli.look_screenshot import (
    encode_screenshot,
    photograph,
    show_screenshot,
)
from changqing.cli.shared import (
    NOT_YET,
    READY,
    Day,
    find_own_key_path,
    language_option,
    open_terminal,
    print_json,
    program,
    read_clock,
    say_help,
)
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from changqing.law.kinds.fact import Fact
    from changqing.law.kinds.look import GuidedLook


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "look",
        help=say_help(
            language,
            "人工查看：列出该去哪里查什么；查到后把保存的页面读成证据，写进项目。",
            "Guided looks: list what to look up where; read a page you saved, and add "
            "what it proves to the case.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.argument("what", required=False)
    @click.option(
        "--page",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(
            language,
            "保存的页面：网页、文本或PDF，或导出的表格（CSV、Excel）。",
            "The page you saved: HTML, text or PDF, or a table exported (CSV, Excel).",
        ),
    )
    @click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=say_help(
            language,
            "一次记下一个文件夹里保存的页面，文件名以查看的名称开头，如filing_lookup-2.html。",
            "File every page saved in this folder, each named after its look, such as "
            "filing_lookup-2.html.",
        ),
    )
    @click.option(
        "--screenshot",
        metavar="URL|SERVICE",
        help=say_help(
            language,
            "用Chromium打开网址或本项目的服务，截图存进证据（要装screenshot这一组）。",
            "Show an address or a service of the case in Chromium, and keep a picture "
            "in the evidence (extra `screenshot`).",
        ),
    )
    @click.option("--by", help=say_help(language, "谁查看的。", "Who looked."))
    @click.option(
        "--on",
        type=Day(),
        help=say_help(language, "哪天查看的，默认今天。", "The day; today by default."),
    )
    @click.option(
        "--subject",
        help=say_help(
            language,
            "只看一个对象，如 service:site。",
            "Of one subject only, such as service:site.",
        ),
    )
    @click.option(
        "--says",
        multiple=True,
        metavar="FACT=VALUE@PLACE",
        help=say_help(
            language,
            "页面上由人判断的事实，以及页面上的哪句话说明它；可写多次。",
            "A fact that a person judges, and the words of the page that show it; may "
            "be given again.",
        ),
    )
    @click.option(
        "--dry-run",
        is_flag=True,
        help=say_help(language, "只显示，不写入。", "Show only; write nothing."),
    )
    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help=say_help(
            language,
            "列出全部查看，而不只是本项目需要的。",
            "List every look, not only those the case needs.",
        ),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=say_help(language, "以JSON输出。", "Print JSON."),
    )
    @language_option(language)
    def look(
        *,
        case: Path,
        what: str | None,
        page: Path | None,
        folder: Path | None,
        screenshot: str | None,
        by: str | None,
        on: datetime | None,
        subject: str | None,
        says: tuple[str, ...],
        dry_run: bool,
        everything: bool,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.day import beijing_day

        if screenshot is not None:
            others = (what, page, folder, by, on, subject, says, dry_run, everything)
            if any(others):
                raise CaseError(Issue(text=_SCREENSHOT_ALONE))
            return _photograph_page(
                case, screenshot, as_json=as_json, language=language
            )
        day = beijing_day(read_clock()) if on is None else on.date()
        if folder is not None:
            if page is not None or what is not None or says or not by:
                raise CaseError(Issue(text=_FOLDER_ALONE))
            if day > beijing_day(read_clock()):
                raise CaseError(Issue(text=_TO_COME))
            filed = file_folder(
                case, folder, by=by, on=day, subject=subject, dry_run=dry_run
            )
            return tell_filed(case, filed, as_json=as_json, language=language)
        if page is None:
            return _list_looks(
                case, what, everything=everything, as_json=as_json, language=language
            )
        if what is None or by is None:
            raise CaseError(Issue(text=_INCOMPLETE))
        if day > beijing_day(read_clock()):
            raise CaseError(Issue(text=_TO_COME))
        return _take_page(
            case,
            what,
            page=page,
            by=by,
            on=day,
            subject=subject,
            says=says,
            dry_run=dry_run,
            as_json=as_json,
            language=language,
        )


# Which looks are due


def _list_looks(
    folder: Path,
    what: str | None,
    *,
    everything: bool,
    as_json: bool,
    language: Language,
) -> int:
    from changqing.judge.assess import find_judge
    from changqing.judge.due_looks import find_due_looks
    from changqing.law.compiled import load_compiled
    from changqing.law.lookup import find_settled
    from changqing.readers.saved_page import DueRecord
    from changqing.run import run

    catalogue = load_compiled()
    outcome = run(
        folder,
        judge=find_judge(catalogue),
        clock=read_clock,
        key=find_own_key_path(),
        offline=True,
    )
    due = {look.look.id: look for look in find_due_looks(outcome.assessment, catalogue)}
    if everything or what is not None:
        looks = catalogue.looks if what is None else {what: find_look(catalogue, what)}
        due = {
            name: due.get(name) or DueRecord(look=look, settles=())
            for name, look in looks.items()
        }
    if as_json:
        listed: list[DueLookData] = [
            {
                **_look_data(record.look, language),
                "settles": [
                    {"subject": str(subject), "fact": fact.id}
                    for subject, fact in record.settles
                ],
                "can_settle": [
                    f"{fact.subject}.{fact.id}"
                    for fact in find_settled(catalogue, record.look.id)
                ],
            }
            for record in due.values()
        ]
        data: LooksData = {"looks": listed}
        print_json(data)
        return READY
    console = open_terminal()
    if not due:
        console.print(_NONE_DUE.say(language))
        return READY
    labels = outcome.situation.labels
    for due_record in due.values():
        settles = [
            (labels.get(subject, Text(str(subject), str(subject))), fact)
            for subject, fact in due_record.settles
        ]
        _print_look(console, due_record.look, settles, language)
    console.print(
        Text(
            zh=f"查到并保存后运行：{program()} look {folder} <名称> --page <文件> "
            "--by <姓名>",
            en=f"Once saved, run: {program()} look {folder} <name> --page <file> "
            "--by <who looked>",
        ).say(language),
        markup=False,
        soft_wrap=True,
    )
    return READY


class LookData(TypedDict):
    """A guided look: where to look up what, and what to keep."""

    id: str
    title: str
    where: str
    address: str | None
    steps: Sequence[str]
    keep: str
    grade: str


class DueLookData(LookData):
    """A look, what of the case it would settle, and what it can settle at all."""

    settles: Sequence[FactOfSubject]
    can_settle: Sequence[str]


class LooksData(TypedDict):
    """The looks that are due, or all of them."""

    looks: Sequence[DueLookData]


def _look_data(look: GuidedLook, language: Language) -> LookData:
    return {
        "id": look.id,
        "title": look.title.say(language),
        "where": look.where.say(language),
        "address": look.address,
        "steps": [step.say(language) for step in look.steps],
        "keep": look.keep.say(language),
        "grade": look.grade.code,
    }


def _print_look(
    console: Console,
    look: GuidedLook,
    settles: Sequence[tuple[Text, Fact]],
    language: Language,
) -> None:
    console.print(f"{look.title.say(language)}  {look.id}", style="bold", markup=False)
    where = look.where.say(language)
    address = "" if look.address is None else f"  {look.address}"
    console.print(f"  {where}{address}", markup=False, soft_wrap=True)
    for number, step in enumerate(look.steps, start=1):
        console.print(f"  {number}. {step.say(language)}", markup=False, soft_wrap=True)
    keep = Text(zh=f"保存：{look.keep.zh}", en=f"Keep: {look.keep.en}")
    console.print(f"  {keep.say(language)}", markup=False, soft_wrap=True)
    if settles:
        joint = "；" if language is Language.ZH else "; "
        facts = joint.join(
            f"{label.say(language)} {fact.label.say(language)}"
            for label, fact in settles
        )
        settled = Text(zh=f"可以说明：{facts}", en=f"Would settle: {facts}")
        console.print(f"  {settled.say(language)}", markup=False, soft_wrap=True)
    console.print()


# A picture of a page


def _photograph_page(
    folder: Path, what: str, *, as_json: bool, language: Language
) -> int:

    screenshot = photograph(
        folder,
        what,
        key=find_own_key_path(),
        clock=read_clock,
    )
    if as_json:
        print_json(encode_screenshot(screenshot))
    else:
        show_screenshot(open_terminal(), screenshot, language)
    return READY


# What a saved page proves


def _take_page(
    folder: Path,
    what: str,
    *,
    page: Path,
    by: str,
    on: date,
    subject: str | None,
    says: Sequence[str],
    dry_run: bool,
    as_json: bool,
    language: Language,
) -> int:
    taken_page = file_page(
        folder,
        what,
        page=page,
        content=read_page_bytes(page),
        by=by,
        on=on,
        subject=subject,
        says=says,
        dry_run=dry_run,
    )
    if as_json:
        print_json(encode_page(taken_page, language))
    else:
        show_page(open_terminal(), taken_page, language)
    return READY if taken_page.found else NOT_YET


_NONE_DUE = Text(
    zh="本项目没有等着人工查看才能说明的事。用 --all 看全部查看。",
    en="Nothing in this case waits for a guided look. See all with --all.",
)
_INCOMPLETE = Text(
    zh="写明查了什么、保存的页面和谁查的："
    "look 项目 filing_lookup --page 文件 --by 姓名",
    en="say what was looked up, the saved page and who looked: "
    "look CASE filing_lookup --page FILE --by NAME",
)
_FOLDER_ALONE = Text(
    zh="一次记下一个文件夹：look 项目 --folder 文件夹 --by 姓名；"
    "不写查看的名称、--page和--says",
    en="to file a folder: look CASE --folder FOLDER --by NAME, without a look, --page "
    "and --says",
)
_SCREENSHOT_ALONE = Text(
    zh="截图单独做：look 项目 --screenshot 网址或服务，此外只可加--json",
    en="a screenshot is taken by itself: look CASE --screenshot URL|SERVICE, with "
    "--json at most",
)
_TO_COME = Text(zh="--on 是将来的一天", en="the day of --on is still to come")
