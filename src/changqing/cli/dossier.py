"""`changqing dossier`: the papers of an application, written, listed, edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.dossier_case import assess_recorded, write_documents
from changqing.cli.dossier_check import add_check
from changqing.cli.dossier_choose import add_choose
from changqing.cli.dossier_schedule import add_schedule
from changqing.cli.dossier_stamp import add_stamp
from changqing.cli.dossier_word import add_letterhead, add_take
from changqing.cli.help_page import TranslatedGroup
from changqing.cli.shared import (
    READY,
    as_of_option,
    json_option,
    language_option,
    open_terminal,
    print_json,
    program,
    say_help,
    working,
)
from changqing.documents.made import PORTAL_LIMITS, VOLUME
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.documents.document import Document
    from changqing.documents.package import DossierText
    from changqing.run import Outcome


class _WriteUnlessSaid(TranslatedGroup):
    """A case with options alone is a wish to have its dossier written.

    `check CASE` is taken for `CASE check`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] == ["check"] and args[1:2] and not Path("check").is_dir():
            args = [args[1], "check", *args[2:]]
        case = 0
        while case < len(args) and args[case].startswith("-"):
            case += 2 if args[case] == "--lang" else 1
        after = args[case + 1 : case + 2] or ["--"]
        if case < len(args) and after[0].startswith("-"):
            args = [*args[: case + 1], "write", *args[case + 1 :]]
        return super().parse_args(ctx, args)


def add(group: click.Group, language: Language) -> None:
    """Add the command and those below it."""

    @group.group(
        "dossier",
        cls=_WriteUnlessSaid,
        subcommand_metavar="[--out DIR | --list | COMMAND …]",
        help=say_help(
            language,
            "申报材料：按次序写出各份文书，每个数字注明证据，缺的留空。\n\n"
            "changqing dossier CASE --out DIR 写出Word、PDF和一个zip；"
            "--only ID 只写一份；--list 列出各份和齐备情况。",
            "The papers of an application, in order: every figure with its evidence, "
            "blanks where something is missing.\n\n"
            "changqing dossier CASE --out DIR writes Word, PDF and one zip; --only ID "
            "writes one document; --list shows which are complete.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path, file_okay=False))
    @language_option(language)
    @click.pass_context
    def command(context: click.Context, *, case: Path, lang: str | None) -> None:
        context.obj = case

    _add_write(command, language)
    _add_edit(command, language)
    add_check(command, language)
    add_schedule(command, language)
    add_choose(command, language)
    add_take(command, language)
    add_letterhead(command, language)
    add_stamp(command, language)


def _add_write(command: click.Group, language: Language) -> None:
    @command.command(
        "write",
        help=say_help(
            language,
            "写出文书，或列出各份。",
            "Write the documents, or list them.",
        ),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(language, "写到这个文件夹。", "Write into this folder."),
    )
    @click.option(
        "--only",
        multiple=True,
        metavar="ID",
        help=say_help(
            language,
            "只写这一份，可写几次；名称见--list。",
            "Write this document alone; may be repeated; --list names them.",
        ),
    )
    @click.option(
        "--list",
        "listing",
        is_flag=True,
        help=say_help(
            language,
            "列出各份文书和齐备情况，不写文件。",
            "List the documents and what is complete; write nothing.",
        ),
    )
    @click.option(
        "--digest",
        is_flag=True,
        help=say_help(
            language,
            "在承诺书上印出封存包的摘要：先把材料和结论记下来，"
            "签字盖章以后再运行changqing seal。",
            "Print the bundle's digest on the undertaking: papers and verdicts are "
            "recorded first; sign it, then run changqing seal.",
        ),
    )
    @as_of_option(
        language, "按这一天写，默认今天。", "As of this day; today by default."
    )
    @json_option(language)
    @language_option(language)
    @click.pass_context
    def write(
        context: click.Context,
        *,
        out: Path | None,
        only: tuple[str, ...],
        listing: bool,
        digest: bool,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        if out is None and not listing:
            _open_first(context.obj)
            raise click.UsageError(
                say_help(
                    language,
                    "要写明--out文件夹，或者--list",
                    "name a folder with --out, or ask for --list",
                ),
                context,
            )
        if out is None:
            from changqing.papers.cache import leave_folders_alone

            context.with_resource(leave_folders_alone())
        inserts = _find_bound_digest(context.obj, as_of) if digest else {}
        outcome = assess_recorded(context.obj, as_of)
        writing = write_documents(outcome, only, inserts)
        files: tuple[Path, ...] = ()
        if out is not None:
            files = _write_dossier(outcome, writing, out, language, whole=not only)
        if as_json:
            print_json([_encode_document(document) for document in writing.annotated])
        elif listing or out is None:
            _show_documents(writing.annotated, language)
        else:
            _tell_written(writing.annotated, files, out, language)
        if not as_json:
            _tell_outdated(outcome.case.path, writing, language)
        if not (as_json or only) and outcome.report.handing_in is not None:
            open_terminal().print(
                outcome.report.handing_in.says.say(language), soft_wrap=True
            )
        return READY


def _open_first(case: Path) -> None:
    """Open the case: that none is there is told before what its command lacks."""
    from changqing.law.compiled import load_compiled
    from changqing.papers.open import open_case

    open_case(case, load_compiled())


def _add_edit(command: click.Group, language: Language) -> None:
    @command.command(
        "edit",
        help=say_help(
            language,
            "把一份文书的模板拷到项目的dossier文件夹，改过的以您的为准。",
            "Copy the template of a document into the case's dossier folder; your copy "
            "is then the one that counts.",
        ),
    )
    @click.argument("document", metavar="ID")
    @language_option(language)
    @click.pass_obj
    def edit(case: Path, *, document: str, lang: str | None) -> int:
        from changqing.documents.documents import copy_to_edit
        from changqing.law.compiled import load_compiled
        from changqing.papers.open import open_case

        path, is_new = copy_to_edit(open_case(case, load_compiled()), document)
        here = program()
        text = (
            Text(
                f"已写出{path}。用文本编辑器改好，再运行 "
                f"{here} dossier {case} --out 文件夹",
                f"Wrote {path}. Edit it, then run {here} dossier {case} --out DIR",
            )
            if is_new
            else Text(
                f"{path}已经有了，没有改动。要重新开始，先把它移走。",
                f"{path} is there already and was left as it is; move it away to start "
                "afresh.",
            )
        )
        click.echo(text.say(language))
        return READY


def _find_bound_digest(folder: Path, as_of: datetime | None) -> Mapping[str, str]:
    """What the undertaking prints, so that a signature and seal bind the bundle."""
    from changqing.cli.seal import digest_of

    digest = digest_of(folder, None if as_of is None else as_of.date())
    sentence = f"本承诺书所附封存包（文书除外）的SHA-256摘要：`{digest}`"
    return {"bundle_digest": sentence}


def _write_dossier(
    outcome: Outcome,
    writing: DossierText,
    out: Path,
    language: Language,
    *,
    whole: bool,
) -> tuple[Path, ...]:
    from changqing.documents.package import render_package, write_package
    from changqing.documents.render import make_upload_name

    case = outcome.case
    if out.resolve() == case.path.resolve():
        raise CaseError(Issue(text=_CASE_ITSELF, path=str(out)))
    busy = Text("正在写文书", "writing").say(language)
    with working(busy) as status:
        package = render_package(
            writing,
            case,
            outcome.situation,
            progress=lambda name: status.update(f"{busy} {name}"),
        )
    name = make_upload_name(case.name) if whole else None
    return write_package(package, out, zip_name=name, case_dir=case.path)


def _show_documents(documents: tuple[Document, ...], language: Language) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(
            column.say(language), no_wrap=column in _COLUMNS[:2], overflow="fold"
        )
    for document in documents:
        table.add_row(
            document.number or "",
            document.id,
            document.title,
            _word_state(document).say(language),
            str(len(document.unsupported) or ""),
        )
    console = open_terminal()
    console.print(table)
    console.print(_word_summary(documents).say(language))
    _warn_of_old_copies(documents, language)


def _tell_written(
    documents: tuple[Document, ...],
    files: tuple[Path, ...],
    out: Path,
    language: Language,
) -> None:
    console = open_terminal()
    if files:
        size = sum(file.stat().st_size for file in files) / 1_000_000
        console.print(
            Text(
                f"写出{len(files)}个文件（{size:.1f} MB），在{out}",
                f"Wrote {len(files)} files ({size:.1f} MB) into {out}",
            ).say(language),
            soft_wrap=True,
        )
        for folder, label in _FOLDERS.items():
            if (out / folder).is_dir():
                console.print(f"  {folder}/  {label.say(language)}", soft_wrap=True)
        for file in files:
            if file.name.startswith(VOLUME):
                line = Text(f"合订本：{file.name}", f"Bound volume: {file.name}")
            elif file.suffix == ".zip":
                line = Text(f"上传用：{file.name}", f"To upload: {file.name}")
            else:
                continue
            console.print(line.say(language), soft_wrap=True)
            if file.suffix == ".zip":
                console.print(f"  {PORTAL_LIMITS.say(language)}", soft_wrap=True)
    console.print(_word_summary(documents).say(language))
    _warn_of_old_copies(documents, language)


def _warn_of_old_copies(documents: tuple[Document, ...], language: Language) -> None:
    """A copy made from a template that has changed since is told."""
    for document in documents:
        if document.stale:
            click.echo(
                Text(
                    f"dossier/{document.id}.md 是照旧模板改的，现在的模板有更新。"
                    f"对照的办法：把它移走，再运行 edit {document.id}。",
                    f"dossier/{document.id}.md was made from an older template, and "
                    "ours has changed. To compare, move it away and run edit "
                    f"{document.id}.",
                ).say(language),
                err=True,
            )


def _tell_outdated(case_dir: Path, writing: DossierText, language: Language) -> None:
    """Say which signed copies no longer stand for their document."""
    from changqing.documents.package import find_signed

    for name in find_signed(case_dir, writing).outdated:
        document = writing.find_clean(name)
        title = name if document is None else document.title
        click.echo(
            Text(
                f"《{title}》盖章以后又改过：用的是现在的稿子，要重新签字盖章。",
                f"{title} was changed since it was signed: the text of today is used, "
                "and has to be signed again.",
            ).say(language),
            err=True,
        )


def _word_summary(documents: tuple[Document, ...]) -> Text:
    complete = sum(document.complete for document in documents)
    blanks = sum(len(document.blanks) for document in documents)
    unsupported = sum(len(document.unsupported) for document in documents)
    return Text(
        f"{len(documents)}份文书，{complete}份齐备；待补{blanks}处，只有自述{unsupported}处。",
        f"{len(documents)} documents, {complete} complete; {blanks} blanks to fill, "
        f"{unsupported} statements only declared.",
    )


def _word_state(document: Document) -> Text:
    own = document.origin == "own"
    mark = Text("，自己的稿子" if own else "", ", own copy" if own else "")
    if document.complete:
        return Text(f"齐备{mark.zh}", f"complete{mark.en}")
    count = len(document.blanks)
    return Text(f"待补{count}处{mark.zh}", f"{count} to fill{mark.en}")


class BlankData(TypedDict):
    """A blank of a document, and what it waits for."""

    section: str
    supply: str
    fact: str | None
    errand: str | None


class StatementOfDocument(TypedDict):
    """A statement of a document, and what it rests on."""

    section: str
    text: str
    subject: str
    fact: str
    grade: str
    evidence: str | None
    source: str | None


class DocumentData(TypedDict):
    """A document of the dossier."""

    id: str
    number: str | None
    title: str
    file_name: str
    origin: str
    stale: bool
    complete: bool
    blanks: Sequence[BlankData]
    statements: Sequence[StatementOfDocument]


def _encode_document(document: Document) -> DocumentData:
    return {
        "id": document.id,
        "number": document.number,
        "title": document.title,
        "file_name": document.file_name,
        "origin": document.origin,
        "stale": document.stale,
        "complete": document.complete,
        "blanks": [
            {
                "section": blank.section,
                "supply": blank.supply,
                "fact": blank.fact,
                "errand": blank.errand,
            }
            for blank in document.blanks
        ],
        "statements": [
            {
                "section": statement.section,
                "text": statement.text,
                "subject": str(statement.subject),
                "fact": statement.fact,
                "grade": statement.grade.code,
                "evidence": statement.evidence,
                "source": statement.source,
            }
            for statement in document.statements
        ],
    }


_FOLDERS: Final = {
    "clean": Text("递交用，没有任何内部标记", "to hand in, without any mark of ours"),
    "annotated": Text("批注件，公司自己看用", "annotated, for your own check"),
    "papers": Text("附件，按受理机关的次序", "attachments, in the authority's order"),
}
_COLUMNS: Final = (
    Text("编号", "No."),
    Text("名称", "Id"),
    Text("文书", "Document"),
    Text("情况", "State"),
    Text("只有自述", "Declared"),
)
_CASE_ITSELF: Final = Text(
    "文书不写在项目文件夹本身里，请用--out另写一个文件夹",
    "documents are not written among the files of the case; name another folder",
)
