"""`changqing dossier CASE take` and `letterhead`: Word that comes back and goes out."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.dossier_case import assess_recorded
from changqing.cli.shared import (
    READY,
    json_option,
    language_option,
    open_terminal,
    print_json,
    read_clock,
    say_help,
)
from changqing.day import beijing_day
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.documents.document import Document
    from changqing.documents.word_compare import WordComparison
    from changqing.run import Outcome

_MOST_LINES: Final = 40  # changes that are printed


def add_take(command: click.Group, language: Language) -> None:
    """Add the command that takes a Word file back."""

    @command.command(
        "take",
        help=say_help(
            language,
            "收下改过的Word：列出和草稿、和项目里的事实有什么不同，以后就以它递交。\n\n"
            "是哪一份文书看文件名，改了名的用--document写明；--back ID 改回系统草稿。",
            "Take an edited Word file back: says what differs from our draft and from "
            "the facts of the case, and hands that file in from now on.\n\nWhich "
            "document it is follows from its name, or --document says so; --back ID "
            "goes back to our draft.",
        ),
    )
    @click.argument(
        "file",
        metavar="[FILE.docx]",
        required=False,
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
    )
    @click.option(
        "--document",
        metavar="ID",
        help=say_help(language, "是哪一份文书。", "Which document it is."),
    )
    @click.option(
        "--back",
        metavar="ID",
        help=say_help(
            language, "这一份改回系统草稿。", "Go back to our draft of this document."
        ),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def take(
        case: Path,
        *,
        file: Path | None,
        document: str | None,
        back: str | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.documents.document import digest_document
        from changqing.documents.word_compare import compare_word, find_draft
        from changqing.documents.word_taken import (
            give_up_word,
            read_blocks_of,
            take_word,
        )

        if (file is None) == (back is None):
            raise click.UsageError(_ONE.say(language))
        outcome = assess_recorded(case, None)
        on, by = beijing_day(read_clock()), getpass.getuser()
        folder = outcome.case.path
        if back is not None:
            given_up = give_up_word(folder, back, on=on, by=by)
            message = _NONE_TAKEN if given_up is None else _BACK
            click.echo(message.say(language))
            return READY
        if file is None:
            return READY
        content = file.read_bytes()
        blocks = read_blocks_of(content)
        drafts = _compose_drafts(outcome)
        draft = find_draft(drafts, document, file_name=file.name, blocks=blocks)
        compared = compare_word(draft, blocks)
        take_word(folder, draft.id, content, on=on, by=by, draft=digest_document(draft))
        if as_json:
            print_json(_encode_comparison(draft, compared))
        else:
            _tell_comparison(draft, compared, language)
        return READY


def add_letterhead(command: click.Group, language: Language) -> None:
    """Add the command that sets the company's own Word template."""

    @command.command(
        "letterhead",
        help=say_help(
            language,
            "定一份公司自己的Word模板（抬头、字体、页眉页脚），以后各份Word都用它。\n\n"
            "--all 给同一个文件夹里的各个项目一起用；--remove 不再用。",
            "Set the company's own Word template (letterhead, fonts, head and foot of "
            "the page) for the Word file of every document.\n\n--all sets it for every "
            "case in the same folder; --remove takes it away.",
        ),
    )
    @click.argument(
        "file",
        metavar="[FILE.docx]",
        required=False,
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
    )
    @click.option(
        "--all",
        "shared",
        is_flag=True,
        help=say_help(
            language, "同一个文件夹里的各个项目。", "For every case in that folder."
        ),
    )
    @click.option(
        "--remove",
        is_flag=True,
        help=say_help(language, "不再用。", "Take it away."),
    )
    @language_option(language)
    @click.pass_obj
    def letterhead(
        case: Path,
        *,
        file: Path | None,
        shared: bool,
        remove: bool,
        lang: str | None,
    ) -> int:
        from changqing.documents.letterhead import (
            LETTERHEAD,
            SHARED_LETTERHEAD,
            set_letterhead,
        )
        from changqing.law.compiled import load_compiled
        from changqing.papers.open import open_case

        if (file is None) != remove:
            raise click.UsageError(_FILE_OR_REMOVE.say(language))
        folder = open_case(case, load_compiled()).path
        content = None if file is None else file.read_bytes()
        if shared:
            set_letterhead(folder.absolute().parent, SHARED_LETTERHEAD, content)
        else:
            set_letterhead(folder, LETTERHEAD, content)
        click.echo((_REMOVED if remove else _SET).say(language))
        return READY


def _compose_drafts(outcome: Outcome) -> tuple[Document, ...]:
    """What we write ourselves, as copies to hand in."""
    from changqing.documents.document import DocumentEdition
    from changqing.documents.documents import write_documents

    return write_documents(
        outcome.case,
        outcome.situation,
        outcome.assessment,
        outcome.outlook.endurance,
        outcome.case.catalogue,
        edition=DocumentEdition.CLEAN,
        with_words=False,
    )


def _tell_comparison(
    draft: Document, compared: WordComparison, language: Language
) -> None:
    console = open_terminal()
    count, facts = len(compared.changes), len(compared.facts)
    console.print(
        Text(
            f"收下了《{draft.title}》：和草稿不同{count}处，其中{facts}处改了项目里的事实。"
            "以后递交这一份。",
            f"Taken for {draft.id}: {count} places differ from our draft, and {facts} "
            "facts of the case with them. This file is handed in from now on.",
        ).say(language),
        soft_wrap=True,
        markup=False,
    )
    for change in compared.changes[:_MOST_LINES]:
        if change.place:
            console.print(f"  {change.place}", markup=False)
        for sign, text in (("-", change.before), ("+", change.after)):
            if text is not None:
                console.print(f"    {sign} {text}", markup=False, soft_wrap=True)
    for fact in compared.facts:
        console.print(
            Text(
                f"  ! {fact.label}：项目里是{fact.said}，Word里没有这个说法。"
                "真变了就改项目，写错了就改Word。",
                f"  ! {fact.label}: the case says {fact.said}, and the Word file does "
                "not. Change the case if it is so, else the file.",
            ).say(language),
            markup=False,
            soft_wrap=True,
        )


class TextChange(TypedDict):
    """A change of the text."""

    place: str
    before: str | None
    after: str | None


class ValueInWord(TypedDict):
    """A value that the Word file has otherwise than the case."""

    place: str
    label: str
    case: str
    word: str


class WordChanges(TypedDict):
    """What an edited Word file changes."""

    document: str
    changes: Sequence[TextChange]
    facts: Sequence[ValueInWord]


def _encode_comparison(draft: Document, compared: WordComparison) -> WordChanges:
    return {
        "document": draft.id,
        "changes": [
            {"place": change.place, "before": change.before, "after": change.after}
            for change in compared.changes
        ],
        "facts": [
            {
                "place": fact.place,
                "label": fact.label,
                "case": fact.said,
                "word": fact.after,
            }
            for fact in compared.facts
        ],
    }


_ONE: Final = Text("要写明Word文件，或者--back ID", "name a Word file, or --back ID")
_FILE_OR_REMOVE: Final = Text(
    "要写明Word文件，或者--remove", "name a Word file, or --remove"
)
_NONE_TAKEN: Final = Text(
    "这一份没有收下过Word", "No Word file is in force for this document"
)
_BACK: Final = Text(
    "已改回系统草稿；收下的Word还留在项目里。",
    "Back to our draft; the Word file stays in the case.",
)
_SET: Final = Text("以后各份Word都用这个模板。", "Every Word file uses it from now on.")
_REMOVED: Final = Text("不再用这个模板。", "It is used no more.")
