"""`changqing case CASE correct | line | answer`."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.desk import Desk
from changqing.cli.given import choose_day
from changqing.cli.shared import (
    NOT_YET,
    READY,
    Day,
    as_of_option,
    find_own_key_path,
    json_option,
    language_option,
    print_json,
    program,
    read_clock,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, DocumentError, Issue, make_disk_issue
from changqing.plainfile import find_folder_around, write_plain
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.casework.events import NoticeLine
    from changqing.casework.letter import AnswerLetter
    from changqing.casework.state import CaseState

_FILES: Final = ("answer.md", "sections.md")
_PAGE: Final = "补正说明.html"


def add_correcting(command: click.Group, language: Language) -> None:
    """Add the commands that take a notice in and bring an answer out."""
    _add_correct(command, language)
    _add_line(command, language)
    _add_answer(command, language)
    _add_page(command, language)


def _add_correct(command: click.Group, language: Language) -> None:
    @command.command(
        "correct",
        help=say_help(
            language,
            "收到补正通知：拆成一条一条，按用词提出每条可能对应的退回原因、判据和材料。",
            "A correction notice came: split it into lines, and propose by its words "
            "which defect, criterion and paper each is about.",
        ),
    )
    @click.argument("notice", type=click.Path(path_type=Path, allow_dash=True))
    @click.option(
        "--on",
        type=Day(),
        help=say_help(
            language, "哪天收到，默认今天。", "The day it came; today by default."
        ),
    )
    @click.option(
        "--by", required=True, help=say_help(language, "谁收到的。", "Who received it.")
    )
    @click.option(
        "--until",
        type=Day(),
        help=say_help(
            language,
            "补正期限；不写则从通知里找。",
            "The day it sets; without this it is looked for in the notice.",
        ),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def correct(
        desk: Desk,
        *,
        notice: Path,
        on: datetime | None,
        by: str,
        until: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        due = None if until is None else until.date()
        _record_correction(
            desk, notice, on=choose_day(on), by=by, until=due, as_json=as_json
        )
        return READY


def _add_line(command: click.Group, language: Language) -> None:
    @command.command(
        "line",
        help=say_help(
            language,
            "补正的一条：确认或者改它对应什么、谁办、哪天办结、怎么答复、凭什么。"
            "不写编号则列出各条；写错的用“-”去掉，如--criterion -。",
            "A line of the correction: confirm or change what it is about, whose it "
            "is, when it was done, the answer and its proof. Without a number, all. "
            "“-” takes out what is wrong, as in --criterion -.",
        ),
    )
    @click.argument("number", type=int, required=False)
    @click.option(
        "--code",
        "codes",
        multiple=True,
        help=say_help(language, "退回原因，可重复。", "Defect; may be given again."),
    )
    @click.option("--criterion", help=say_help(language, "对应的判据。", "Criterion."))
    @click.option("--material", help=say_help(language, "对应的材料。", "Material."))
    @click.option("--owner", help=say_help(language, "谁来办。", "Whose task it is."))
    @click.option(
        "--done",
        type=Day(),
        help=say_help(language, "哪天办结。", "The day it was put right."),
    )
    @click.option("--answer", help=say_help(language, "怎么答复。", "What to answer."))
    @click.option(
        "--paper",
        help=say_help(
            language,
            "凭哪份材料：case.yaml里papers的id。",
            "The paper that proves it: its id under papers in case.yaml.",
        ),
    )
    @click.option(
        "--by",
        help=say_help(
            language,
            "谁记的，默认是办这一条的人。",
            "Who records it; by default whose task the line is.",
        ),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def line(
        desk: Desk,
        *,
        number: int | None,
        codes: tuple[str, ...],
        criterion: str | None,
        material: str | None,
        owner: str | None,
        done: datetime | None,
        answer: str | None,
        paper: str | None,
        by: str | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.casework.events import NoticeLine

        change = NoticeLine(
            number=number or 0,
            codes=codes,
            criterion=criterion,
            material=material,
            owner=owner,
            done=None if done is None else done.date(),
            answer=answer,
            paper=paper,
        )
        _settle_line(desk, change, by=by, as_json=as_json)
        return READY


def _add_answer(command: click.Group, language: Language) -> None:
    @command.command(
        "answer",
        help=say_help(
            language,
            "打印补正说明：逐条写明怎么改的、凭什么。用--out写成Word、PDF、网页和"
            "可以粘贴的文字，附上所引的材料，并把变了的部分重新出具成Word和PDF。",
            "Print the answer letter, in Chinese: line by line with its evidence. "
            "--out writes it as Word, PDF, a page and text to paste, with the papers "
            "it names, and the sections that changed as Word and PDF.",
        ),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(language, "写到这个文件夹。", "Write into this folder."),
    )
    @click.option(
        "--markdown",
        is_flag=True,
        help=say_help(language, "另写一份Markdown。", "Write it as Markdown as well."),
    )
    @language_option(language)
    @click.pass_obj
    def answer(
        desk: Desk, *, out: Path | None, markdown: bool, lang: str | None
    ) -> int:
        return _write_answer(desk, out, markdown=markdown)


def _add_page(command: click.Group, language: Language) -> None:
    @command.command(
        "page",
        help=say_help(
            language,
            "写一页HTML：走到哪一步、期限、补正逐条、与上次递交相比、补正说明。",
            "Write one HTML page: stage, clocks, the correction line by line, "
            "what changed since the last handing in, the letter.",
        ),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(
            language,
            "写到这个文件；默认项目里的casework.html。",
            "Write this file; casework.html in the case by default.",
        ),
    )
    @click.option(
        "--reasons",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=say_help(
            language,
            "把这个文件夹里各项目的补正原因数目标在各条旁。",
            "Show beside each line how often its reason came back over these cases.",
        ),
    )
    @as_of_option(
        language, "按这一天看，默认今天。", "As of this day; today by default."
    )
    @language_option(language)
    @click.pass_obj
    def page(
        desk: Desk,
        *,
        out: Path | None,
        reasons: Path | None,
        as_of: datetime | None,
        lang: str | None,
    ) -> int:
        from changqing.casework.reasons import count_reasons
        from changqing.casework.walk import write_walk_page

        opened, today = desk.opened, choose_day(as_of)
        state = desk.compute_state(today)
        under = desk.collect_running(state, today)
        content = write_walk_page(
            opened.catalogue,
            opened.case,
            state,
            today=today,
            language=desk.language,
            reasons=None
            if reasons is None
            else count_reasons(reasons).require_unchanged(),
            documents=desk.compose_documents(today),
            findings=under.findings,
            years=under.years,
        )
        path = desk.folder / "casework.html" if out is None else out
        _write_letter(path, content, desk.folder)
        return READY


def _write_letter(path: Path, text: str, case_dir: Path) -> None:
    try:
        write_plain(path, text.encode(), inside=find_folder_around(path, case_dir))
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(path))) from error
    click.echo(path)


def _record_correction(
    desk: Desk, notice: Path, *, on: date, by: str, until: date | None, as_json: bool
) -> None:
    from changqing.casework.events import Act, Event
    from changqing.casework.notice import find_due_day, read_notice
    from changqing.casework.propose import Proposer

    opened = desk.opened
    content = _read_bytes(notice)
    notice_text = read_notice(content, name=str(notice))
    proposer = Proposer(opened.catalogue, opened.case, on)
    due_day = find_due_day(notice_text.words, on) if until is None else None
    event = Event(
        act=Act.CORRECTION,
        on=on,
        by=by,
        until=until if due_day is None else due_day.day,
        lines=tuple(
            proposer.propose_line(number, text, owner=by)
            for number, text in enumerate(notice_text.lines, start=1)
        ),
    )
    recorded = desk.settle(event, read_clock(), as_json=as_json, notice=content)
    if as_json:
        return
    sheet = Sheet(desk.language)
    if due_day is not None:
        sheet.print_gap()
        zh, en = ("（暂按）", " (provisional)") if due_day.provisional else ("", "")
        sheet.print_line(
            sheet.t(
                f"补正期限{due_day.day}{zh}取自通知的文字，请检查；不对的，同一份通知加上"
                "--until再记一次。",
                f"The day set, {due_day.day}{en}, was taken from the words of the "
                "notice: check it; if it is wrong, record the same notice again with "
                "--until.",
            )
        )
    sheet.print_gap()
    _show_lines(desk, recorded.state, sheet)
    command = f"{program()} case {desk.folder} line 1 --done DAY --answer …"
    sheet.print_line(
        sheet.t(
            f"以上按用词提出，请逐条确认：{command}",
            f"These are proposals by words; confirm each: {command}",
        ),
        style="dim",
    )


def _settle_line(
    desk: Desk, change: NoticeLine, *, by: str | None, as_json: bool
) -> None:
    from changqing.casework.events import CLEARED, Act, Event, NoticeLine
    from changqing.casework.record import record
    from changqing.evidence.ledger.memory import Memory

    opened = desk.opened
    state = desk.compute_state()
    if change == NoticeLine(number=change.number):
        lines = [n for n in state.lines if change.number in (0, n.number)]
        _show_state(desk, replace(state, lines=tuple(lines)), as_json=as_json)
        return
    catalogue = opened.catalogue
    _check_among("--criterion", change.criterion, catalogue.criteria)
    _check_among("--material", change.material, catalogue.materials)
    for code in change.codes:
        _check_among("--code", code, catalogue.defects)
    owners = [
        None if change.owner == CLEARED else change.owner,
        *(line.owner for line in state.lines if line.number == change.number),
    ]
    now = read_clock()
    if change.done is not None and change.done > choose_day(None):
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"办结日{change.done}还没有到",
                    en=f"{change.done} is still to come",
                )
            )
        )
    event = Event(
        act=Act.LINE,
        on=choose_day(None),
        by=by or next(filter(None, owners), ""),
        lines=(change,),
    )
    recorded = record(
        catalogue,
        opened.case,
        event,
        now=now,
        memory=Memory.open_beside(find_own_key_path()),
    )
    if recorded.torn is not None:
        click.echo(recorded.torn.say(desk.language), err=True)
    _show_state(desk, recorded.state, as_json=as_json)


def _write_answer(desk: Desk, out: Path | None, *, markdown: bool) -> int:
    from changqing.casework.letter import answer_letter

    opened, state = desk.opened, desk.compute_state()
    today = choose_day(None)
    letter = answer_letter(opened.catalogue, opened.case, state, on=today)
    if out is not None:
        _write_answer_folder(desk, letter, state, today, out, markdown=markdown)
    elif markdown:
        click.echo(letter.render_markdown(), nl=False)
    else:
        from changqing.documents.letters import format_plain

        click.echo(format_plain(letter.make_document()), nl=False)
    if not letter.open:
        return READY
    numbers = [str(line.number) for line in letter.open]
    click.echo(
        Text(
            zh=f"第{'、'.join(numbers)}条还没有办结，这是草稿。",
            en=f"Lines {', '.join(numbers)} are open: this is a draft.",
        ).say(desk.language),
        err=True,
    )
    return NOT_YET


def _write_answer_folder(
    desk: Desk,
    letter: AnswerLetter,
    state: CaseState,
    today: date,
    out: Path,
    *,
    markdown: bool,
) -> None:
    """Write the letter, the papers it names, and what changed."""
    from changqing.casework.handed import (
        find_differences,
        list_passages,
        select_reissued,
        write_reissue,
    )

    case = desk.opened.case
    if out.resolve() == case.path.resolve():
        raise CaseError(Issue(text=_CASE_ITSELF, path=str(out)))
    documents = desk.compose_documents(today)
    differences = find_differences(case, state, list_passages(case, documents))
    reissued = write_reissue(differences)
    _write_letter(out / _PAGE, letter.write_page(), case.path)
    if markdown:
        texts = (letter.render_markdown(), reissued)
        for name, text in zip(_FILES, texts, strict=True):
            _write_letter(out / name, text, case.path)
    _write_letters(desk, letter, reissued, today, out)
    changed = {document.id for document in select_reissued(differences, documents)}
    if not changed:
        return
    from changqing.documents.document import DocumentEdition
    from changqing.documents.render import list_files, render_documents, write_files

    try:
        clean = desk.compose_documents(today, DocumentEdition.CLEAN)
        rendered = render_documents(
            [document for document in clean if document.id in changed],
            case_name=case.name,
            digest=case.digest,
            as_of=today,
        )
        paths = write_files(list_files(rendered), out, case_dir=case.path)
    except DocumentError as error:
        why = error.issues[0].say(desk.language)
        warning = Text(zh=f"没有写成Word和PDF：{why}", en=f"no Word and PDF: {why}")
        click.echo(warning.say(desk.language), err=True)
        return
    for path in sorted(paths):
        click.echo(path)


def _write_letters(
    desk: Desk, letter: AnswerLetter, reissued: str, today: date, out: Path
) -> None:
    """Write the letter and the sections that changed as Word, PDF and text to paste."""
    from changqing.documents.letters import format_plain, make_letter, render_letters
    from changqing.documents.render import write_files

    case = desk.opened.case
    letters = [letter.make_document(), make_letter("reissued", reissued)]
    files: dict[str, bytes | Path] = {
        f"附件/{name}": case.path / paper.file.path
        for name, paper in letter.name_files(desk.opened.catalogue).items()
    }
    try:
        files |= render_letters(letters, case_name=case.name, as_of=today)
    except DocumentError as error:
        why = error.issues[0].say(desk.language)
        text = Text(zh=f"没有写成Word和PDF：{why}", en=f"no Word and PDF: {why}")
        click.echo(text.say(desk.language), err=True)
        files |= {
            f"{document.file_stem}.txt": format_plain(document).encode()
            for document in letters
        }
    for path in sorted(write_files(files, out, case_dir=case.path)):
        click.echo(path)


def _show_state(desk: Desk, state: CaseState, *, as_json: bool) -> None:
    from changqing.casework.events import encode_line

    if as_json:
        print_json(
            [{**encode_line(line), "settled": line.is_settled} for line in state.lines]
        )
        return
    sheet = Sheet(desk.language)
    if not state.lines:
        sheet.print_line(sheet.t("没有补正条目。", "There are no lines to correct."))
    _show_lines(desk, state, sheet)


def _show_lines(desk: Desk, state: CaseState, sheet: Sheet) -> None:
    from changqing.casework.propose import Proposer

    catalogue, language = desk.opened.catalogue, desk.language
    proposer = Proposer(catalogue, desk.opened.case, choose_day(None))
    for line in state.lines:
        mark = (
            sheet.t("已办结", "settled") if line.is_settled else sheet.t("未办", "open")
        )
        sheet.print_title(line.text, "", number=line.number, right=(mark, "bold"))
        criterion = catalogue.criteria.get(line.criterion or "")
        material = catalogue.materials.get(line.material or "")
        codes = [
            f"{catalogue.defects[code].label.say(language)}（{code}）"
            if language is Language.ZH
            else f"{catalogue.defects[code].label.en} ({code})"
            for code in line.codes
            if code in catalogue.defects
        ]
        rows = [
            (
                sheet.t("原因", "Defect"),
                sheet.join(codes)
                or sheet.t("说不准，用--code写明", "unsure; say it with --code"),
            ),
            (
                sheet.t("判据", "Criterion"),
                ""
                if criterion is None
                else f"{criterion.title.say(language)} · {criterion.id}",
            ),
            (
                sheet.t("材料", "Paper"),
                ""
                if material is None
                else f"{material.label.say(language)} · {material.id}",
            ),
            (
                sheet.t("也可能是", "Or"),
                sheet.join(
                    f"{catalogue.criteria[name].title.say(language)} · {name}"
                    for name in proposer.find_hit(line.codes[:1]).criteria
                    if name != line.criterion
                ),
            ),
            (sheet.t("谁办", "Whose"), line.owner or ""),
            (sheet.t("办结", "Done"), line.done.isoformat() if line.done else ""),
            (sheet.t("答复", "Answer"), line.answer or ""),
            (sheet.t("证据", "Evidence"), line.paper or ""),
        ]
        sheet.print_rows([row for row in rows if row[1]], label_width=9, indent=4)


def _read_bytes(path: Path) -> bytes:
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read()
        return path.read_bytes()
    except OSError as error:
        refusal = Text(zh="读不出补正通知", en="the notice cannot be read")
        raise CaseError(make_disk_issue(path, error, refusal)) from error


def _check_among(option: str, typed: str | None, names: Collection[str]) -> None:
    from changqing.casework.events import CLEARED

    if typed is None or typed == CLEARED or typed in names:
        return
    from difflib import get_close_matches

    near = get_close_matches(typed, names, n=3, cutoff=0.4)
    hint = Text(zh=f"是否指{'、'.join(near)}", en=f"did you mean {', '.join(near)}")
    raise CaseError(
        Issue(
            text=Text(
                zh=f"目录里没有{option} {typed}",
                en=f"the catalogue has no {option} {typed}",
            ),
            hint=hint if near else None,
        )
    )


_UNWRITABLE: Final = Text(
    zh="写不进这里，用--out换一个地方",
    en="this cannot be written here; choose another place with --out",
)
_CASE_ITSELF: Final = Text(
    "补正说明不写在项目文件夹本身里，请用--out另写一个文件夹",
    "the answer is not written among the files of the case; name another folder",
)
