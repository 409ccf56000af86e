"""`changqing read`: what the papers of a case say, and what is left to settle."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.orders import replace_controls
from changqing.cli.settling import settle_all, show_value
from changqing.cli.shared import (
    NOT_YET,
    READY,
    find_own_key_path,
    json_option,
    language_option,
    print_json,
    read_clock,
    say_help,
    spell_command,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.jsondata import Json
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.papers.read import Progress
    from changqing.papers.settle import ReadPaper, Settlement
    from changqing.rules.types import Value

VERSION: Final = 1


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "read",
        help=say_help(
            language,
            "读取项目的材料，列出读到了什么；拿不准的、与所填不符的，逐项问人。",
            "Read the papers of a case, say what they show, and ask about what is "
            "unsure or differs.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.option(
        "--accept",
        type=click.Choice(["sure"]),
        help=say_help(
            language,
            "不问人，只写入有校验位、合计或两处一致的值；关键点仍由人逐项确认。",
            "Ask nobody; take only values with a check digit, a sum or two agreeing "
            "places. Key points stay for a person.",
        ),
    )
    @click.option(
        "--undo",
        metavar="NAME",
        help=say_help(
            language,
            "撤回一个已写入的值，名称见清单，如licence/applicant.name。",
            "Take back a value, by its name in the list, such as "
            "licence/applicant.name.",
        ),
    )
    @click.option(
        "--by",
        help=say_help(
            language,
            "确认人，默认是登录的用户。",
            "Who confirms; the user who is logged in, where it is not said.",
        ),
    )
    @json_option(language)
    @language_option(language)
    def read(
        *,
        case: Path,
        accept: str | None,
        undo: str | None,
        by: str | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        return _read_papers(
            case,
            accept=accept == "sure",
            undo=undo,
            by=by or getpass.getuser(),
            as_json=as_json,
            language=language,
        )


def _read_papers(
    folder: Path,
    *,
    accept: bool,
    undo: str | None,
    by: str,
    as_json: bool,
    language: Language,
) -> int:
    from changqing.law.compiled import load_shipped
    from changqing.papers.open import open_case

    sheet = Sheet(language)
    case = open_case(folder, load_shipped())
    if undo is not None:
        return _undo_decision(case, undo, by=by, sheet=sheet)
    interactive = not accept and not as_json and sys.stdin.isatty()
    with report_pages(sheet) as progress:
        papers = collect(case, progress)
    if as_json and not accept:
        print_json(make_read_data(case, papers, language))
        return READY if not _list_open(papers) else NOT_YET
    if not as_json:
        show_papers(case, papers, sheet, values=not interactive)
    if accept or interactive:
        settle_all(case, papers, sheet, by=by, singly=interactive, quiet=as_json)
        case = open_case(folder, load_shipped())
        papers = collect(case, None)
    if as_json:
        print_json(make_read_data(case, papers, language))
    else:
        _show_left(folder, papers, sheet, interactive=interactive)
        _offer_issuers(case, folder, sheet)
    return READY if not _list_open(papers) else NOT_YET


def collect(
    case: Case, progress: Progress | None, *, declared: bool = True
) -> tuple[ReadPaper, ...]:
    """Read what is unread, and list what is to be settled, refused values left out.

    See `list_settlements` for what is `declared`.
    """
    from changqing.day import beijing_day
    from changqing.papers.accept import find_rejected, leave_out_rejected
    from changqing.papers.read import read_papers
    from changqing.papers.settle import list_settlements

    readings = read_papers(
        case, key=find_own_key_path(), clock=read_clock, progress=progress or _be_silent
    )
    on = case.as_of or beijing_day(read_clock())
    papers = list_settlements(case, readings, on=on, declared=declared)
    return leave_out_rejected(papers, find_rejected(case))


@contextmanager
def report_pages(sheet: Sheet) -> Iterator[Progress]:
    """Show, while papers are read, which page of which file it is."""
    with working(sheet.t("读取材料", "reading papers")) as status:

        def report(name: str, pages_read: int, total: int) -> None:
            words = sheet.t(
                f"读取{name}：第{pages_read}页，共{total}页",
                f"reading {name}: page {pages_read} of {total}",
            )
            status.update(replace_controls(words))

        yield report


def _be_silent(name: str, pages_read: int, total: int) -> None:
    del name, pages_read, total


def _list_open(papers: Sequence[ReadPaper]) -> list[Settlement]:
    from changqing.papers.open_settlements import list_open

    return list_open(papers)


# What is shown


def show_papers(
    case: Case, papers: Sequence[ReadPaper], sheet: Sheet, *, values: bool = True
) -> None:
    """Show per paper what was read surely, what is unsure, differs, or is new.

    Without `values`, which are about to be asked about, what is to be said of it alone.
    """
    for about in papers:
        kind = case.catalogue.materials[about.paper.kind].label.say(sheet.language)
        pages = len(about.reading.pages)
        count = sheet.t(f"{pages}页", f"{pages} page{'s' * (pages != 1)}")
        sheet.print_gap()
        sheet.print_title(kind, about.paper.file.path, right=(count, "dim"))
        for remark in _remark_on(case, about, sheet):
            sheet.print_line(remark, indent=2, style="yellow")
        settled = sum(
            settlement.state.value == "settled" for settlement in about.settlements
        )
        if settled:
            sheet.print_line(
                sheet.t(
                    f"{settled}项已写在项目里，材料上读到的相同",
                    f"{settled} in the case already, and read alike",
                ),
                indent=2,
                style="dim",
            )
        for settlement in about.settlements if values else ():
            if settlement.state.value != "settled" and settlement.follows is None:
                show_value(case, settlement, sheet)


def _remark_on(case: Case, about: ReadPaper, sheet: Sheet) -> Iterator[str]:
    """What has to be said of the paper as a whole."""
    from changqing.evidence.reading import ReadingProblem
    from changqing.law.subjects import SUBJECTS
    from changqing.papers.read import NO_READER_HINT

    materials = case.catalogue.materials
    if (
        about.problem is ReadingProblem.NO_READER
        and about.paper.file.path.lower().endswith(_HEIC)
    ):
        yield sheet.t(
            "读手机的HEIC照片要另装：pip install pillow-heif；或在手机里存成JPEG",
            "to read photographs in HEIC: pip install pillow-heif; or save it as JPEG",
        )
    elif about.problem is ReadingProblem.NO_READER:
        yield NO_READER_HINT.say(sheet.language)
    elif about.problem is not None:
        why = about.problem.text.say(sheet.language)
        yield sheet.t(
            f"读不出：{why}。请重新扫描，或换成原件的电子版",
            f"could not be read: {why}. Scan it again, or use the original file",
        )
    if about.another is not None:
        yield sheet.t(
            f"这是{about.another}的材料，不是本公司的",
            f"this is a paper of {about.another}, not of the applicant",
        )
    if about.looks_like is not None:
        kind = materials[about.looks_like].label.say(sheet.language)
        yield sheet.t(
            f"看起来是{kind}；种类写错的，请在case.yaml里改",
            f"it looks like this kind of paper: {kind}; correct its kind in case.yaml "
            "if so",
        )
    if about.beside:
        kinds = sheet.join(
            f"{materials[kind].label.say(sheet.language)}"
            + sheet.t(f"（第{page}页起）", f" (from page {page})")
            for kind, page in about.beside
        )
        yield sheet.t(
            f"同一个文件里还有：{kinds}；各写一条papers才算",
            f"in the same file: {kinds}; each needs an entry of its own in papers",
        )
    if about.unlisted:
        names = sheet.join(
            f"{SUBJECTS[subject.type].text.say(sheet.language)} {subject.id}"
            for subject in about.unlisted[:_MOST_NAMES]
        )
        more = len(about.unlisted) - _MOST_NAMES
        names += sheet.t(f"等{len(about.unlisted)}名", ", …") if more > 0 else ""
        yield sheet.t(
            f"还写到项目里没有列的：{names}",
            f"it also names, and the case does not list: {names}",
        )


def _offer_issuers(case: Case, folder: Path, sheet: Sheet) -> None:
    """Say that papers carry codes that their issuers answer, and nobody asked yet."""
    from changqing.papers.issuer_page import IssuerAnswer, list_offered_checks

    open_ = {
        check.paper.id
        for check in list_offered_checks(case)
        if check.result.answer is not IssuerAnswer.AGREES
    }
    if open_:
        command = spell_command("issuer", folder)
        sheet.print_line(
            sheet.t(
                f"{len(open_)}份材料带出具方可核验的码：打开出具方的页面，保存，加进来；"
                f"见 {command}",
                f"{len(open_)} papers carry a code that their issuer answers: open the "
                f"issuer’s page, save it, add it; see {command}",
            )
        )


def _show_left(
    folder: Path, papers: Sequence[ReadPaper], sheet: Sheet, *, interactive: bool
) -> None:
    open_settlements, unread = (
        _list_open(papers),
        [paper for paper in papers if paper.problem is not None],
    )
    sheet.print_gap()
    if not open_settlements:
        sheet.print_line(sheet.t("没有要确认的了。", "Nothing is left to settle."))
    else:
        counted = sheet.join(
            sheet.t(f"{words.zh}{count}项", f"{words.en}: {count}")
            for words, count in _count_states(open_settlements)
        )
        sheet.print_line(
            sheet.t(
                f"还有{len(open_settlements)}项要确认：{counted}。",
                f"Left to settle: {len(open_settlements)} ({counted}).",
            ),
            style="bold",
        )
        if not interactive:
            sheet.print_line(
                sheet.t(
                    "在终端里运行下面这条，逐项按回车、E或X：",
                    "Run this in a terminal, and press Enter, E or X:",
                )
            )
            click.echo(f"  {spell_command('read', folder)}")
    if unread:
        names = sheet.join(read_paper.paper.file.path for read_paper in unread)
        sheet.print_line(sheet.t(f"读不出的：{names}", f"Could not be read: {names}"))
    sheet.print_line(sheet.t("要看结论，运行：", "For the verdict, run:"))
    click.echo(f"  {spell_command('assess', folder)}")


def _count_states(open_settlements: Iterable[Settlement]) -> list[tuple[Text, int]]:
    from collections import Counter

    counted = Counter(settlement.state for settlement in open_settlements)
    return [(state.text, count) for state, count in counted.items()]


# Taking back


def _undo_decision(case: Case, name: str, *, by: str, sheet: Sheet) -> int:
    from changqing.papers.accept import take_back

    paper_id, _, subject_and_fact = name.partition("/")
    subject_text, _, fact_id = subject_and_fact.rpartition(".")
    paper = next((paper for paper in case.papers if paper.id == paper_id), None)
    subject = next(
        (
            subject
            for subject in case.list_subjects()
            if subject_text in (str(subject), subject.type)
        ),
        None,
    )
    fact = (
        None if subject is None else case.catalogue.facts.get((subject.type, fact_id))
    )
    if paper is None or subject is None or fact is None:
        raise CaseError(Issue(text=_NO_SUCH, hint=_NAMED))
    is_taken_back = take_back(
        case, paper, subject, fact, by=by, key=find_own_key_path(), now=read_clock()
    )
    sheet.print_line(
        sheet.t("已撤回。", "Taken back.")
        if is_taken_back
        else sheet.t("项目里没有写这一项。", "The case did not say this.")
    )
    return READY if is_taken_back else NOT_YET


_NO_SUCH: Final = Text(zh="没有这一项", en="there is no such value")
_NAMED: Final = Text(
    zh="写成 材料的id/applicant.事实 或 材料的id/person:人员的id.事实",
    en="write PAPER/applicant.FACT or PAPER/person:ID.FACT, by their ids",
)


# As data


class PageOfKind(TypedDict):
    """Another paper in the same file, and its page."""

    kind: str
    page: int


class ReadValue(TypedDict):
    """A value that was read, where it stands, and what became of it.

    `box` is left, top, right and bottom, in shares of the page.
    """

    name: str
    subject: str
    fact: str
    label: str
    state: str
    state_name: str
    value: object
    claimed: object
    page: int | None
    box: Sequence[float] | None
    words: str | None
    confidence: float | None
    checks: Sequence[str]
    key: bool
    rejected: bool
    why: str | None


class ReadPaperData(TypedDict):
    """A paper, and what was read in it."""

    id: str
    file: str
    kind: str
    kind_name: str
    reader: str
    reader_version: str
    pages: int
    problem: str | None
    looks_like: str | None
    another: str | None
    beside: Sequence[PageOfKind]
    unlisted: Sequence[str]
    values: Sequence[ReadValue]


class ReadData(TypedDict):
    """What was read in the papers of a case; `left` are still to be settled."""

    version: int
    papers: Sequence[ReadPaperData]
    left: int
    unread: Sequence[str]


def make_read_data(
    case: Case, papers: Sequence[ReadPaper], language: Language
) -> ReadData:
    """Give everything that was read, for another program."""
    from changqing.case.values import spell_for_file
    from changqing.yamlfile.plain import to_plain

    def encode_value(settlement: Settlement, value: Value | None) -> Json:
        return to_plain(spell_for_file(settlement.fact, value))

    return {
        "version": VERSION,
        "papers": [
            {
                "id": about.paper.id,
                "file": about.paper.file.path,
                "kind": about.paper.kind,
                "kind_name": case.catalogue.materials[about.paper.kind].label.say(
                    language
                ),
                "reader": about.reading.reader,
                "reader_version": about.reading.version,
                "pages": len(about.reading.pages),
                "problem": None if about.problem is None else about.problem.value,
                "looks_like": about.looks_like,
                "another": about.another,
                "beside": [{"kind": kind, "page": page} for kind, page in about.beside],
                "unlisted": [str(subject) for subject in about.unlisted],
                "values": [
                    {
                        "name": settlement.name,
                        "subject": str(settlement.subject),
                        "fact": settlement.fact.id,
                        "label": settlement.fact.label.say(language),
                        "state": settlement.state.value,
                        "state_name": settlement.state.text.say(language),
                        "value": encode_value(settlement, settlement.value),
                        "claimed": encode_value(settlement, settlement.claimed),
                        "page": settlement.page,
                        "box": None
                        if settlement.box is None
                        else [
                            *(settlement.box.left, settlement.box.top),
                            *(settlement.box.right, settlement.box.bottom),
                        ],
                        "words": settlement.words,
                        "confidence": settlement.confidence,
                        "checks": sorted(check.value for check in settlement.checks),
                        "key": settlement.key,
                        "rejected": settlement.rejected,
                        "why": None
                        if settlement.why is None
                        else settlement.why.say(language),
                    }
                    for settlement in about.settlements
                ],
            }
            for about in papers
        ],
        "left": len(_list_open(papers)),
        "unread": [paper.paper.id for paper in papers if paper.problem is not None],
    }


_HEIC: Final = (".heic", ".heif")
_MOST_NAMES: Final = 5
