"""`changqing look`: which looks are due, and what a saved page proves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
    Day,
    clock,
    language_option,
    print_json,
    program,
    say_help,
    terminal,
)
from changqing.errors import CaseError, Issue
from changqing.plainfile import open_plain
from changqing.rules.types import encode_plain
from changqing.text import Language, Text
from changqing.yamlfile.plain import Writable

if TYPE_CHECKING:
    from rich.console import Console

    from changqing.case.model import Case
    from changqing.case.page import ReadPage
    from changqing.case.subjects import Subject
    from changqing.judge.model import Assessment
    from changqing.law.kinds.fact import Fact
    from changqing.law.kinds.look import GuidedLook
    from changqing.law.model import Catalogue
    from changqing.readers.saved_page import PageReading, PageValue
    from changqing.rules.types import Value


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
            "保存的页面：网页、文本或PDF。",
            "The page you saved: HTML, text or PDF.",
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
            "列出全部查看，而不只是本案需要的。",
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

        day = beijing_day(clock()) if on is None else on.date()
        if folder is not None:
            if page is not None or what is not None or says or not by:
                raise CaseError(Issue(text=_FOLDER_ALONE))
            if day > beijing_day(clock()):
                raise CaseError(Issue(text=_TO_COME))
            filed = _file_folder(
                case, folder, by=by, on=day, subject=subject, dry_run=dry_run
            )
            return _tell_filed(case, filed, as_json=as_json, language=language)
        if page is None:
            return _list(
                case, what, everything=everything, as_json=as_json, language=language
            )
        if what is None or by is None:
            raise CaseError(Issue(text=_INCOMPLETE))
        if day > beijing_day(clock()):
            raise CaseError(Issue(text=_TO_COME))
        return _take(
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


def _list(
    folder: Path,
    what: str | None,
    *,
    everything: bool,
    as_json: bool,
    language: Language,
) -> int:
    from changqing.evidence.ledger.note import default_key_path
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.law.lookup import find_settled
    from changqing.readers.saved_page import DueRecord, due_looks
    from changqing.run import run

    catalogue = load_compiled()
    outcome = run(
        folder,
        judge=find_judge(catalogue),
        clock=clock,
        key=default_key_path(os.environ, Path.home()),
        offline=True,
    )
    due = {
        look.look.id: look
        for look in due_looks(catalogue, _list_unproven(outcome.assessment))
    }
    if everything or what is not None:
        chosen = (
            catalogue.looks if what is None else {what: _find_look(catalogue, what)}
        )
        due = {
            name: due.get(name) or DueRecord(look=each, settles=())
            for name, each in chosen.items()
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
    console = terminal()
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


def _list_unproven(assessment: Assessment) -> Iterator[tuple[Subject, str]]:
    """What is not proven yet, of all that open findings ask, in their order."""
    from changqing.law.model import Verdict

    situation = assessment.situation
    for finding in assessment.findings:
        if finding.verdict not in (Verdict.UNDETERMINED, Verdict.UNPROVEN):
            continue
        for subject_type, fact in sorted(finding.criterion.test.facts):
            for subject in situation.subjects:
                own = finding.subject if finding.subject is not None else subject
                if subject.type != subject_type or (
                    own.type == subject_type and own != subject
                ):
                    continue
                known = situation.resolved.get((subject, fact))
                if known is None or known.proven is None:
                    yield subject, fact


def _find_look(catalogue: Catalogue, what: str) -> GuidedLook:
    found = catalogue.looks.get(what)
    if found is None:
        names = ", ".join(catalogue.looks)
        raise CaseError(
            Issue(
                text=Text(zh=f"没有“{what}”这种查看", en=f"there is no look “{what}”"),
                hint=Text(zh=f"可选：{names}", en=f"it may be: {names}"),
            )
        )
    return found


class LookData(TypedDict):
    """A guided look: where to look up what, and what to keep."""

    id: str
    title: str
    where: str
    address: str | None
    steps: Sequence[str]
    keep: str
    grade: str


class FactOfSubject(TypedDict):
    """A fact of a subject."""

    subject: str
    fact: str


class DueLookData(LookData):
    """A look, what of the case it would settle, and what it can settle at all."""

    settles: Sequence[FactOfSubject]
    can_settle: Sequence[str]


class LooksData(TypedDict):
    """The looks that are due, or all of them."""

    looks: Sequence[DueLookData]


class RecordedValue(FactOfSubject):
    """A value that a saved page shows."""

    value: object
    place: str
    words: str | None
    grade: str
    not_shown: str | None


class UnclearValue(FactOfSubject):
    """A fact for which the page shows several values."""

    values: Sequence[object]


class LookedData(TypedDict):
    """What a saved page showed, and the file in the case that keeps it."""

    look: str
    file: str | None
    recorded: Sequence[RecordedValue]
    unclear: Sequence[UnclearValue]
    not_read: Sequence[FactOfSubject]
    beside: Mapping[str, str]


class FiledPageData(TypedDict):
    """A file of a folder: what was taken of it, or why nothing was."""

    page: str
    taken: LookedData | None
    why: Sequence[str]


class FiledData(TypedDict):
    """What became of the pages of a folder."""

    pages: Sequence[FiledPageData]


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
    kept = Text(zh=f"保存：{look.keep.zh}", en=f"Keep: {look.keep.en}")
    console.print(f"  {kept.say(language)}", markup=False, soft_wrap=True)
    if settles:
        joint = "；" if language is Language.ZH else "; "
        facts = joint.join(
            f"{label.say(language)} {fact.label.say(language)}"
            for label, fact in settles
        )
        wanted = Text(zh=f"可以说明：{facts}", en=f"Would settle: {facts}")
        console.print(f"  {wanted.say(language)}", markup=False, soft_wrap=True)
    console.print()


# What a saved page proves


def _take(
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
    taken = _file_page(
        folder,
        what,
        page=page,
        content=_read_page_bytes(page),
        by=by,
        on=on,
        subject=subject,
        says=says,
        dry_run=dry_run,
    )
    if as_json:
        print_json(taken.encode(language))
    else:
        taken.show(terminal(), language)
    return READY if taken.found else NOT_YET


@dataclass(frozen=True, slots=True, kw_only=True)
class _TakenPage:
    """A saved page that was read, and the file in the case that keeps it."""

    case: Case
    look: GuidedLook
    reading: PageReading
    found: Sequence[PageValue]
    written: str | None

    def encode(self, language: Language) -> LookedData:
        """Encode it for another program."""
        return _encode_look(self.look, self.reading, self.found, self.written, language)

    def show(self, console: Console, language: Language) -> None:
        """Show it to a person."""
        _show(console, self.case, self.reading, self.found, self.written, language)


def _file_page(
    folder: Path,
    what: str,
    *,
    page: Path,
    content: bytes,
    by: str,
    on: date,
    subject: str | None,
    says: Sequence[str],
    dry_run: bool,
) -> _TakenPage:
    """Read the `content` of a saved page, and file it unless `dry_run`."""
    from changqing.case.page import UnreadablePageError, read_page
    from changqing.law.compiled import load_compiled
    from changqing.papers.open import open_case
    from changqing.readers.saved_page import read_saved_page

    catalogue = load_compiled()
    look = _find_look(catalogue, what)
    case = open_case(folder, catalogue)
    try:
        rows = read_page(content)
    except UnreadablePageError as error:
        raise CaseError(
            Issue(text=error.text, path=str(page), hint=_SAVE_AGAIN)
        ) from error
    only = None if subject is None else _find_subject(case, subject)
    reading = read_saved_page(rows, look, case, only=only)
    found = _merge_values(reading.found, _parse_said(rows, look, case, says, only))
    written = None
    if found and not dry_run:
        written = _write(case, look, content, page, found, by=by, on=on)
    return _TakenPage(
        case=case, look=look, reading=reading, found=found, written=written
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _FiledPage:
    """A file of a folder: what was taken of it, or why nothing was."""

    name: str
    taken: _TakenPage | None = None
    why: Sequence[Text] = ()


def _file_folder(
    case: Path,
    folder: Path,
    *,
    by: str,
    on: date,
    subject: str | None,
    dry_run: bool,
) -> list[_FiledPage]:
    """File the pages of a folder, each by itself: one that cannot be keeps none back.

    A page whose very bytes the case has of that look is not filed again. No link is
    followed out of the folder, which somebody else may have filled.
    """
    from changqing.law.compiled import load_compiled
    from changqing.papers.open import open_case

    catalogue = load_compiled()
    kept = {(look.what, look.file.digest) for look in open_case(case, catalogue).looks}
    filed = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or (path.is_dir() and not path.is_symlink()):
            continue
        what = _name_look(path.stem, catalogue.looks)
        if what is None:
            filed.append(_FiledPage(name=path.name, why=(_WHICH_LOOK,)))
            continue
        try:
            content = _read_page_bytes(path, inside=folder)
            known = what, hashlib.sha256(content).hexdigest()
            if known in kept:
                filed.append(_FiledPage(name=path.name, why=(_FILED_BEFORE,)))
                continue
            taken = _file_page(
                case,
                what,
                page=path,
                content=content,
                by=by,
                on=on,
                subject=subject,
                says=(),
                dry_run=dry_run,
            )
        except CaseError as error:
            why = tuple(issue.text for issue in error.issues)
            filed.append(_FiledPage(name=path.name, why=why))
        else:
            filed.append(_FiledPage(name=path.name, taken=taken))
            if taken.found:
                kept.add(known)
    return filed


def _name_look(stem: str, looks: Mapping[str, GuidedLook]) -> str | None:
    """Find the look after which a file is named; the longest name counts."""
    for what in sorted(looks, key=len, reverse=True):
        rest = stem.removeprefix(what)
        if rest != stem and not rest[:1].isalpha():
            return what
    return None


def _tell_filed(
    case: Path, filed: Sequence[_FiledPage], *, as_json: bool, language: Language
) -> int:
    """Say what became of each file of a folder."""
    left = [page for page in filed if page.taken is None or not page.taken.found]
    if as_json:
        data: FiledData = {
            "pages": [
                {
                    "page": page.name,
                    "taken": None
                    if page.taken is None
                    else page.taken.encode(language),
                    "why": [text.say(language) for text in page.why],
                }
                for page in filed
            ]
        }
        print_json(data)
    else:
        console = terminal()
        for filed_page in filed:
            console.print(filed_page.name, style="bold", markup=False, soft_wrap=True)
            if filed_page.taken is not None:
                filed_page.taken.show(console, language)
            for text in filed_page.why:
                console.print(f"  {text.say(language)}", markup=False, soft_wrap=True)
    return NOT_YET if left or not filed else READY


def _read_page_bytes(page: Path, *, inside: Path | None = None) -> bytes:
    """Read a saved page, or one byte more than may be read of it.

    Of the folder `inside` only plain files are read; else what the user named.
    """
    from changqing.case.page import MAX_PAGE_BYTES

    try:
        with (
            page.open("rb")
            if inside is None
            else open_plain(page, inside=inside) as stream
        ):
            return stream.read(MAX_PAGE_BYTES + 1)
    except OSError as error:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"读不出这个文件（{error.strerror}）",
                    en=f"the file cannot be read ({error.strerror})",
                ),
                path=str(page),
            )
        ) from error


def _find_subject(case: Case, written: str) -> Subject:
    named = {str(subject): subject for subject in case.subjects()} | {
        "applicant": case.subjects()[0]
    }
    if written not in named:
        listed = "、".join(named)
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"“{written}”不在本案中", en=f"“{written}” is not in the case"
                ),
                hint=Text(zh=f"可选：{listed}", en=f"it may be: {listed}"),
            )
        )
    return named[written]


def _parse_said(
    rows: ReadPage,
    look: GuidedLook,
    case: Case,
    says: Sequence[str],
    only: Subject | None,
) -> list[PageValue]:
    from changqing.readers.saved_page import say_so

    found = []
    for each in says:
        name, equals, rest = each.partition("=")
        value, _, place = rest.partition("@")
        if not equals or not value.strip():
            raise CaseError(Issue(text=_UNSAID))
        found.append(
            say_so(
                rows,
                look,
                case,
                only,
                name=name.strip(),
                written=value.strip(),
                place=place.strip(),
            )
        )
    return found


def _merge_values(
    read: Sequence[PageValue], by_hand: Sequence[PageValue]
) -> list[PageValue]:
    """What a person says replaces what was read of the same."""
    found = {(value.subject, value.fact.id): value for value in (*read, *by_hand)}
    return list(found.values())


def _write(
    case: Case,
    look: GuidedLook,
    content: bytes,
    page: Path,
    found: Sequence[PageValue],
    *,
    by: str,
    on: date,
) -> str:
    from changqing.case.edit import add_look, keep_page

    file = keep_page(case.path, content, what=look.id, on=on, named=page.name)
    item: dict[str, Writable] = {
        "id": look.id,
        "what": look.id,
        "on": on,
        "by": by,
        "file": file,
    }
    if look.address is not None:
        item["url"] = look.address
    item["backs"] = [_write_back(value) for value in found]
    add_look(case.path, item)
    return file


def _write_back(each: PageValue) -> dict[str, Writable]:
    line: dict[str, Writable] = {"fact": each.fact.id}
    if each.subject.type != "applicant":
        line["subject"] = str(each.subject)
    line["value"] = _encode_value(each.fact, each.value, each.raw)
    if each.place:
        line["place"] = each.place
    return line


def _encode_value(fact: Fact, value: Value, raw: str) -> Writable:
    """Return a value as `case.yaml` has it."""
    from changqing.rules.types import Kind

    match value:
        case bool() | date():
            return value
        case frozenset():
            return sorted(value)
        case int():
            return raw if fact.unit in ("fen", "basis_points") else value
        case _:
            return value if fact.type.kind is Kind.CATEGORY else raw


def _encode_look(
    look: GuidedLook,
    reading: PageReading,
    found: Sequence[PageValue],
    written: str | None,
    language: Language,
) -> LookedData:
    return {
        "look": look.id,
        "file": written,
        "recorded": [
            {
                "subject": str(page_value.subject),
                "fact": page_value.fact.id,
                "value": encode_plain(page_value.value),
                "place": page_value.place,
                "words": page_value.backed.words,
                "grade": page_value.backed.grade.code,
                "not_shown": None
                if page_value.backed.why is None
                else page_value.backed.why.say(language),
            }
            for page_value in found
        ],
        "unclear": [
            {
                "subject": str(subject),
                "fact": fact.id,
                "values": [encode_plain(value.value) for value in values],
            }
            for subject, fact, values in reading.unclear
        ],
        "not_read": [
            {"subject": str(subject), "fact": fact.id}
            for subject, fact in reading.unread
        ],
        "beside": {title.say(language): words for title, words in reading.beside},
    }


def _show(
    console: Console,
    case: Case,
    reading: PageReading,
    found: Sequence[PageValue],
    written: str | None,
    language: Language,
) -> None:
    from changqing.judge.words import say_value

    names = {member.subject: member.name for member in case.list_members()}
    for page_value in found:
        name, grade = (
            names.get(page_value.subject, case.name),
            page_value.backed.grade.text,
        )
        value = say_value(page_value.value, page_value.fact)
        line = Text(
            zh=f"{name} {page_value.fact.label.zh}：{value.zh}（{grade.zh}）",
            en=f"{name}, {page_value.fact.label.en}: {value.en} ({grade.en})",
        )
        console.print(line.say(language), markup=False, soft_wrap=True)
        if page_value.backed.words is not None:
            quoted = Text(
                zh=f"  页面上写的：{page_value.backed.words}",
                en=f"  The page says: {page_value.backed.words}",
            )
            console.print(
                quoted.say(language), style="dim", markup=False, soft_wrap=True
            )
        else:
            why = page_value.backed.why or _UNSEEN
            console.print(f"  {why.say(language)}", markup=False, soft_wrap=True)
    for title, words in reading.beside:
        console.print(
            Text(zh=f"{title.zh}：{words}", en=f"{title.en}: {words}").say(language),
            style="dim",
            markup=False,
            soft_wrap=True,
        )
    for _, fact, values in reading.unclear:
        several = " / ".join(dict.fromkeys(value.words for value in values))
        unclear = Text(
            zh=f"“{fact.label.zh}”在页面上有不止一种说法，没有记录：{several}",
            en=f"the page says more than one thing of “{fact.label.en}”, which was not "
            f"recorded: {several}",
        )
        console.print(unclear.say(language), markup=False)
    if written is not None:
        done = Text(
            zh=f"已保存为{written}，已写进case.yaml。",
            en=f"Kept as {written}, and added to case.yaml.",
        )
        console.print(done.say(language), markup=False)
    elif not found:
        names_of = ", ".join(dict.fromkeys(fact.id for _, fact in reading.unread))
        nothing = Text(
            zh="页面上没有读出可以记录的内容，没有写入。由人判断的，用 "
            f"--says 事实=值@页面上的话 写明；可选：{names_of}",
            en="Nothing to record was read from the page, and nothing was written. "
            f"What a person judges is given with --says FACT=VALUE@WORDS: {names_of}",
        )
        console.print(nothing.say(language), markup=False)


_NONE_DUE = Text(
    zh="本案没有等着人工查看才能说明的事。用 --all 看全部查看。",
    en="Nothing in this case waits for a guided look. See all with --all.",
)
_UNSEEN = Text(zh="页面上没有", en="not in the page")
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
_WHICH_LOOK = Text(
    zh="看不出是哪一种查看，没有记录：文件名以查看的名称开头，名称见look --all",
    en="not filed: name the file after its look; look --all names them",
)
_FILED_BEFORE = Text(
    zh="这一页已经记在项目里，没有再记", en="this page is in the case already"
)
_TO_COME = Text(zh="--on 是将来的一天", en="the day of --on is still to come")
_UNSAID = Text(
    zh="--says 写成 事实=值@页面上的话",
    en="write --says as FACT=VALUE@WORDS OF THE PAGE",
)
_SAVE_AGAIN = Text(
    zh="在浏览器里另存为“网页，仅HTML”，或存成文本、PDF",
    en="save it from the browser as “Web page, HTML only”, or as text or PDF",
)
