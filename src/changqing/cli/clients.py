"""`changqing clients`: an agency's clients, in and out, and what is done for many."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.board import BoardCommand, parse_wanted
from changqing.cli.given import choose_day
from changqing.cli.shared import (
    MISUSED,
    NOT_YET,
    READY,
    find_own_key_path,
    json_option,
    language_option,
    make_folder_type,
    print_json,
    read_clock,
    say_help,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, ChangqingError, Issue, TamperError
from changqing.text import Language, Text, count_in_english

if TYPE_CHECKING:
    from changqing.agency.outcomes import Took
    from changqing.agency.rows import BoardRow
    from changqing.documents.document import Document
    from changqing.judge.assess import Judge

RULES: Final = "rules"


def add(group: click.Group, language: Language) -> None:
    """Add the command and those below it."""

    @group.group(
        "clients",
        help=say_help(
            language,
            "代办机构的客户：导入、指派、索要材料、再查看、导出、统计结果。",
            "An agency’s clients: import, assign, ask, look again, export, outcomes.",
        ),
    )
    @language_option(language)
    def command(*, lang: str | None) -> None:
        pass

    _add_template(command, language)
    _add_import(command, language)
    _add_assign(command, language)
    _add_ask(command, language)
    _add_look(command, language)
    _add_export(command, language)
    _add_outcome(command, language)
    _add_example(command, language)


def _find_actor(by: str | None) -> str:
    try:
        return by or getpass.getuser()
    except (OSError, KeyError):
        return "?"


def _choose_rows(
    folder: Path, options: dict[str, str | None], language: Language
) -> tuple[BoardRow, ...]:
    from changqing.agency.choose import choose_rows
    from changqing.agency.index import build_board
    from changqing.law.compiled import load_compiled

    catalogue = load_compiled()
    choice = parse_wanted(options, catalogue, language)
    return choose_rows(build_board(catalogue, folder, choose_day(None)).rows, choice)


def _add_template(command: click.Group, language: Language) -> None:
    @command.command(
        "template",
        help=say_help(
            language,
            "写一份空的客户表（xlsx），填好后导入。",
            "Write an empty workbook (xlsx) of clients, to fill in and import.",
        ),
    )
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    @language_option(language)
    def template(*, file: Path, lang: str | None) -> int:
        from changqing.agency.workbook import make_template, save_workbook

        if file.exists():
            raise CaseError(Issue(text=_EXISTS, path=str(file)))
        save_workbook(make_template(language), file)
        sheet = Sheet(language)
        sheet.print_line(sheet.t(f"空表写在{file}", f"The empty workbook is {file}"))
        return READY


def _add_import(command: click.Group, language: Language) -> None:
    @command.command(
        "import",
        help=say_help(
            language,
            "把客户表读成项目。先只预览；加--write才写。",
            "Make cases of a workbook of clients. Shows a preview; --write makes them.",
        ),
    )
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    @click.option(
        "--into",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language, "项目放进这个文件夹。", "The folder the cases go into."
        ),
    )
    @click.option(
        "--write",
        is_flag=True,
        help=say_help(language, "写出没有错的行。", "Write the rows without a fault."),
    )
    @click.option(
        "--by",
        help=say_help(language, "谁办的，默认登录名。", "Who does it; you else."),
    )
    @language_option(language)
    def import_(
        *, file: Path, into: Path, write: bool, by: str | None, lang: str | None
    ) -> int:
        from changqing.agency.workbook import make_clients, read_clients
        from changqing.evidence.ledger.memory import Memory
        from changqing.law.compiled import load_compiled

        clients_read = read_clients(file, load_compiled(), into, today=choose_day(None))
        sheet = Sheet(language)
        fresh = [client for client in clients_read.clients if not client.there]
        there = len(clients_read.clients) - len(fresh)
        for client in fresh:
            sheet.print_title(client.name, f"{client.licence} · {client.folder}")
        for fault in clients_read.faults:
            sheet.print_line(fault.say(language), style="red")
        for note in clients_read.notes:
            sheet.print_line(note.say(language))
        sheet.print_line(
            sheet.t(
                f"新建{len(fresh)}家，已有{there}家不动，{len(clients_read.faults)}处要改",
                f"{len(fresh)} to make, {there} there already and left alone, "
                f"{len(clients_read.faults)} faults",
            ),
            style="bold",
        )
        if write:
            count = make_clients(
                clients_read.clients,
                into,
                by=_find_actor(by),
                now=read_clock(),
                memory=Memory.open_beside(find_own_key_path()),
            )
            sheet.print_line(
                sheet.t(
                    f"在{into}里新建了{count}家",
                    f"Made {count_in_english(count, 'case', 'cases')} in {into}",
                )
            )
        elif fresh:
            sheet.print_line(
                sheet.t("还没有写，加--write写出", "Nothing written; add --write")
            )
        return MISUSED if clients_read.faults else READY


def _add_assign(command: click.Group, language: Language) -> None:
    @command.command(
        "assign",
        cls=BoardCommand,
        language=language,
        help=say_help(
            language,
            "把筛选出的项目交给一个人，每件记一笔。",
            "Give the cases chosen to a person; recorded in each.",
        ),
    )
    @click.argument("folder", type=make_folder_type())
    @click.option(
        "--to", required=True, help=say_help(language, "交给谁。", "To whom.")
    )
    @click.option(
        "--by",
        help=say_help(language, "谁办的，默认登录名。", "Who does it; you else."),
    )
    @language_option(language)
    def assign(
        *,
        folder: Path,
        to: str,
        by: str | None,
        lang: str | None,
        **options: str | None,
    ) -> int:
        from changqing.agency.desk import Deed, DeskJournal, Note

        if not to.strip():
            raise CaseError(Issue(text=_NOBODY))
        rows = [
            row for row in _choose_rows(folder, options, language) if row.owner != to
        ]
        note = Note(deed=Deed.ASSIGN, by=_find_actor(by), to=to.strip())
        for row in rows:
            with DeskJournal(folder / row.folder) as desk:
                desk.append(note, now=read_clock())
        sheet = Sheet(language)
        sheet.print_line(
            sheet.t(
                f"{len(rows)}件交给{to}",
                f"{count_in_english(len(rows), 'case', 'cases')} given to {to}",
            )
        )
        return READY


def _add_ask(command: click.Group, language: Language) -> None:
    @command.command(
        "ask",
        cls=BoardCommand,
        language=language,
        help=say_help(
            language,
            "向客户要材料：逐项写明要什么，记进项目，文字可以直接发出去。"
            "点名项目，或者像board那样筛选；用--out给每家写一份Word、PDF和可粘贴的文字。",
            "Ask clients for papers: exactly what is lacking, recorded, ready to send. "
            "Name cases, or choose as on the board; --out writes Word, PDF and text "
            "to paste for each client.",
        ),
    )
    @click.argument("folder", type=make_folder_type())
    @click.argument("cases", nargs=-1)
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language, "每家一份，写到这个文件夹。", "Write one letter a client here."
        ),
    )
    @click.option(
        "--markdown",
        is_flag=True,
        help=say_help(language, "打印Markdown。", "Print Markdown."),
    )
    @click.option(
        "--by",
        help=say_help(language, "谁办的，默认登录名。", "Who does it; you else."),
    )
    @language_option(language)
    def ask(
        *,
        folder: Path,
        cases: tuple[str, ...],
        out: Path | None,
        markdown: bool,
        by: str | None,
        lang: str | None,
        **options: str | None,
    ) -> int:
        from changqing.agency.desk import DeskJournal
        from changqing.agency.request import (
            find_last_request,
            record_request,
            request_papers,
        )
        from changqing.casework.events import CaseStage, Journal
        from changqing.casework.stages import replay_events
        from changqing.run import run

        if not cases and not any(options.values()):
            raise click.UsageError(
                say_help(
                    language,
                    "点名项目，或者用--licence、--stage等筛选",
                    "name cases, or choose them with --licence, --stage and the like",
                )
            )
        names = cases or tuple(
            row.folder
            for row in _choose_rows(folder, options, language)
            if row.broken is None
        )
        judge = _find_agency_judge(folder)
        key = find_own_key_path()
        file_stems: set[str] = set()
        for name in names:
            place = folder / name
            outcome = run(place, judge=judge, clock=read_clock, key=key, offline=True)
            state = replay_events(
                judge.catalogue, outcome.case, Journal(place).list_events()
            )
            lines = state.open_lines if state.stage is CaseStage.CORRECTION else ()
            before = find_last_request(DeskJournal(place).list_notes())
            request = request_papers(outcome.report, lines, language, before=before)
            if out is not None:  # first: what could not be written was not asked
                letter = request.write_document()
                if letter.file_stem in file_stems:
                    letter = request.write_document(folder=place.name)
                file_stems.add(letter.file_stem)
                _write_letter(letter, request.to, out, choose_day(None))
            record_request(place, request, by=_find_actor(by), now=read_clock())
            if out is None:
                click.echo(request.markdown if markdown else request.plain)
        return READY


def _write_letter(letter: Document, client: str, out: Path, on: date) -> None:
    """Write the letter to one client as Word, PDF and text to paste."""
    from changqing.documents.letters import render_letters
    from changqing.documents.render import write_files

    files = render_letters([letter], case_name=client, as_of=on)
    for path in write_files(files, out, case_dir=out):
        click.echo(path)


def _find_agency_judge(folder: Path) -> Judge:
    """The shipped rules, and the agency's own where it has any."""
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.law.own import add_own_rules

    catalogue = load_compiled()
    rules = folder / RULES
    return find_judge(add_own_rules(catalogue, rules) if rules.is_dir() else catalogue)


def _add_look(command: click.Group, language: Language) -> None:
    @command.command(
        "look",
        cls=BoardCommand,
        language=language,
        help=say_help(
            language,
            "逐件再查看、再评估；今天评估过的跳过，所以中断了可以接着来。",
            "Look at and assess one case after another. Those assessed today are "
            "passed over, so that it can be resumed.",
        ),
    )
    @click.argument("folder", type=make_folder_type())
    @click.option(
        "--offline",
        is_flag=True,
        help=say_help(
            language, "不查看网站，不写入证据。", "Look at nothing, write no evidence."
        ),
    )
    @click.option(
        "--limit",
        type=click.IntRange(min=1),
        help=say_help(
            language, "这次最多评估几件。", "Assess at most so many this time."
        ),
    )
    @language_option(language)
    def look(
        *,
        folder: Path,
        offline: bool,
        limit: int | None,
        lang: str | None,
        **options: str | None,
    ) -> int:
        from changqing.run import keep_summary, run

        today = choose_day(None)
        rows = [
            row for row in _choose_rows(folder, options, language) if row.broken is None
        ]
        waiting = [row for row in rows if row.assessed_on != today]
        due = waiting if limit is None else waiting[:limit]
        judge = _find_agency_judge(folder)
        key = find_own_key_path()
        wrong = 0
        for row in due:
            try:
                place = folder / row.folder
                outcome = run(
                    place, judge=judge, clock=read_clock, key=key, offline=offline
                )
                keep_summary(place, outcome)
            except TamperError:
                raise
            except ChangqingError as error:
                wrong += 1
                for line in error.lines(language):
                    click.echo(f"{row.folder} {line}", err=True)
        sheet = Sheet(language)
        assessed, remaining = len(due) - wrong, len(waiting) - len(due)
        sheet.print_line(
            sheet.t(
                f"评估了{assessed}件，未能评估{wrong}件，"
                f"今天已评估的{len(rows) - len(waiting)}件，还剩{remaining}件",
                f"{assessed} assessed, {wrong} could not be, "
                f"{len(rows) - len(waiting)} were today already, {remaining} left",
            )
        )
        return NOT_YET if wrong or remaining else READY


def _add_export(command: click.Group, language: Language) -> None:
    @command.command(
        "export",
        cls=BoardCommand,
        language=language,
        help=say_help(
            language, "把看板写成工作簿（xlsx）。", "Write the board as xlsx."
        ),
    )
    @click.argument("folder", type=make_folder_type())
    @click.option(
        "-o",
        "--out",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(language, "写到这个文件。", "The file to write."),
    )
    @language_option(language)
    def export(
        *, folder: Path, out: Path, lang: str | None, **options: str | None
    ) -> int:
        from changqing.agency.workbook import export_rows, save_workbook
        from changqing.law.compiled import load_compiled

        rows = _choose_rows(folder, options, language)
        content = export_rows(rows, choose_day(None), language, load_compiled())
        save_workbook(content, out)
        sheet = Sheet(language)
        sheet.print_line(
            sheet.t(
                f"{len(rows)}件写在{out}",
                f"{count_in_english(len(rows), 'case is', 'cases are')} in {out}",
            )
        )
        return READY


def _add_outcome(command: click.Group, language: Language) -> None:
    @command.command(
        "outcome",
        help=say_help(
            language,
            "首次申请的结果：一次受理还是退回补正、用了几天，都写明件数。",
            "What came of first applications: taken at once or returned, after how "
            "many days, each with its n.",
        ),
    )
    @click.argument("folder", type=make_folder_type())
    @json_option(language)
    @language_option(language)
    def outcome(*, folder: Path, as_json: bool, lang: str | None) -> int:
        from dataclasses import asdict

        from changqing.agency.index import list_case_folders
        from changqing.agency.outcomes import count_outcomes

        outcomes = count_outcomes(folder / name for name in list_case_folders(folder))
        if as_json:
            print_json(asdict(outcomes))
            _refuse_altered(folder, outcomes.altered)
            return READY
        sheet = Sheet(language)
        sheet.print_title(
            sheet.t("首次申请的结果", "First applications"),
            sheet.t(
                f"{outcomes.cases}件中递交过{outcomes.handed_in}件",
                f"{outcomes.handed_in} handed in, of {outcomes.cases} cases",
            ),
        )
        rows = [
            (sheet.t("一次受理", "At once"), outcomes.at_once),
            (sheet.t("退回补正", "Returned"), outcomes.returned),
            (sheet.t("不予受理许可", "Refused"), outcomes.refused),
            (sheet.t("撤回", "Withdrawn"), outcomes.withdrawn),
            (sheet.t("尚无结果", "Waiting"), outcomes.waiting),
        ]
        said_rows = [
            (label, _format_count(sheet, n, outcomes.handed_in)) for label, n in rows
        ]
        said_rows += [
            (
                sheet.t("递交到受理", "To acceptance"),
                _print_took(sheet, outcomes.to_acceptance),
            ),
            (sheet.t("递交到决定", "To grant"), _print_took(sheet, outcomes.to_grant)),
            (sheet.t("答复补正", "Answering"), _print_took(sheet, outcomes.answering)),
        ]
        sheet.print_rows(said_rows, label_width=14, indent=2)
        _refuse_altered(folder, outcomes.altered)
        return READY


def _refuse_altered(folder: Path, altered: Sequence[str]) -> None:
    if altered:
        raise TamperError(
            *(Issue(text=_LEFT_OUT, path=str(folder / name)) for name in altered)
        )


def _format_count(sheet: Sheet, count: int, n: int) -> str:
    return sheet.t(f"{count}件（共{n}件）", f"{count} of {n}")


def _print_took(sheet: Sheet, took: Took) -> str:
    if not took.n:
        return sheet.t("没有件数，不算", "none yet (n = 0)")
    return sheet.t(
        f"中位{took.median}天，{took.least}至{took.most}天（n={took.n}）",
        f"median {took.median} days, {took.least} to {took.most} (n = {took.n})",
    )


_EXISTS = Text(
    zh="已经有这个文件，没有改动它", en="is there already, and was left as it is"
)
_LEFT_OUT = Text(
    zh="记录被改动过，没有计入", en="its records were altered; it is not counted"
)
_NOBODY = Text(zh="--to要写明交给谁", en="--to must name a person")


def _add_example(command: click.Group, language: Language) -> None:
    @command.command(
        "example",
        help=say_help(
            language,
            "造一个演示用的机构：全部虚构的客户，各个阶段都有。",
            "Make an agency to try things with: invented clients in every stage.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @click.option(
        "--clients",
        "count",
        type=click.IntRange(1, 20_000),
        default=300,
        show_default=True,
        help=say_help(language, "客户数。", "How many clients."),
    )
    @click.option(
        "--in-correction",
        type=click.IntRange(0, 20_000),
        default=40,
        show_default=True,
        help=say_help(language, "其中补正中的。", "How many of them in correction."),
    )
    @language_option(language)
    def example(
        *, folder: Path, count: int, in_correction: int, lang: str | None
    ) -> int:
        from changqing.agency.example import make_example
        from changqing.evidence.ledger.memory import Memory
        from changqing.law.compiled import load_compiled

        with working(say_help(language, "生成客户…", "Making the clients…")):
            clients_made = make_example(
                load_compiled(),
                folder,
                now=read_clock(),
                clients=count,
                in_correction=in_correction,
                memory=Memory.open_beside(find_own_key_path()),
            )
        sheet = Sheet(language)
        sheet.print_line(
            sheet.t(
                f"在{folder}里造了{clients_made}家虚构的客户。看板：changqing board "
                f"{folder}",
                f"Made {clients_made} invented clients in {folder}. "
                f"The board: changqing board {folder}",
            )
        )
        return READY
