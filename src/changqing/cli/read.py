"""`changqing read`: what the papers of a case say, and what is left to settle."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
    ask,
    clock,
    json_option,
    language_option,
    own_key,
    plain,
    print_json,
    say_help,
    spell_command,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.papers.accept import Decision
    from changqing.papers.read import Progress
    from changqing.papers.settle import ReadPaper, Settlement

VERSION: Final = 1
_TRIES: Final = 10


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "read",
        help=say_help(
            language,
            "读取案件的材料，列出读到了什么；拿不准的、与所填不符的，逐项问人。",
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
        return _read(
            case,
            accept=accept == "sure",
            undo=undo,
            by=by or getpass.getuser(),
            as_json=as_json,
            language=language,
        )


def _read(
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
        return _undo(case, undo, by=by, sheet=sheet)
    interactive = not accept and not as_json and sys.stdin.isatty()
    with report_pages(sheet) as progress:
        papers = collect(case, progress)
    if as_json and not accept:
        print_json(read_data(case, papers, language))
        return READY if not _list_open(papers) else NOT_YET
    if not as_json:
        show_papers(case, papers, sheet, values=not interactive)
    if accept or interactive:
        settle_all(case, papers, sheet, by=by, singly=interactive, quiet=as_json)
        case = open_case(folder, load_shipped())
        papers = collect(case, None)
    if as_json:
        print_json(read_data(case, papers, language))
    else:
        _show_left(folder, papers, sheet, interactive=interactive)
    return READY if not _list_open(papers) else NOT_YET


def collect(
    case: Case, progress: Progress | None, *, declared: bool = True
) -> tuple[ReadPaper, ...]:
    """Read what is unread, and list what is to be settled, refused values left out.

    See `list_settlements` for what is `declared`.
    """
    from changqing.day import beijing_day
    from changqing.papers.accept import find_rejected
    from changqing.papers.read import read_papers
    from changqing.papers.settle import list_settlements

    readings = read_papers(
        case, key=own_key(), clock=clock, progress=progress or _be_silent
    )
    on = case.as_of or beijing_day(clock())
    rejected = find_rejected(case)
    return tuple(
        replace(
            about,
            settlements=tuple(
                each
                for each in about.settlements
                if (about.paper.file.digest, each.subject, each.fact.id) not in rejected
            ),
        )
        for about in list_settlements(case, readings, on=on, declared=declared)
    )


@contextmanager
def report_pages(sheet: Sheet) -> Iterator[Progress]:
    """Show, while papers are read, which page of which file it is."""
    with working(sheet.t("读取材料", "reading papers")) as status:

        def report(name: str, done: int, total: int) -> None:
            words = sheet.t(
                f"读取{name}：第{done}页，共{total}页",
                f"reading {name}: page {done} of {total}",
            )
            status.update(plain(words))

        yield report


def _be_silent(name: str, done: int, total: int) -> None:
    del name, done, total


def _list_open(papers: Sequence[ReadPaper]) -> list[Settlement]:
    from changqing.papers.settle import list_open

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
        count = sheet.t(f"{pages}页", f"{pages} pages")
        sheet.gap()
        sheet.title(kind, about.paper.file.path, right=(count, "dim"))
        for remark in _remark_on(case, about, sheet):
            sheet.line(remark, indent=2, style="yellow")
        settled = sum(each.state.value == "settled" for each in about.settlements)
        if settled:
            sheet.line(
                sheet.t(
                    f"{settled}项已写在案件里，材料上读到的相同",
                    f"{settled} in the case already, and read alike",
                ),
                indent=2,
                style="dim",
            )
        for each in about.settlements if values else ():
            if each.state.value != "settled" and each.follows is None:
                _show_one(case, each, sheet)


def _remark_on(case: Case, about: ReadPaper, sheet: Sheet) -> Iterator[str]:
    """What has to be said of the paper as a whole."""
    from changqing.evidence.reading import ReadingProblem
    from changqing.law.subjects import SUBJECTS

    materials = case.catalogue.materials
    if about.problem is ReadingProblem.NO_READER:
        yield sheet.t(
            "本机没有装读它的组件，请安装：pip install 'changqing[papers]'",
            "its reader is not installed: pip install 'changqing[papers]'",
        )
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
            f"it looks like this kind of paper: {kind}; mend its kind in case.yaml "
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
            f"{SUBJECTS[each.type].text.say(sheet.language)} {each.id}"
            for each in about.unlisted[:_MOST_NAMES]
        )
        more = len(about.unlisted) - _MOST_NAMES
        names += sheet.t(f"等{len(about.unlisted)}名", ", …") if more > 0 else ""
        yield sheet.t(
            f"还写到案件里没有列的：{names}",
            f"it also names, and the case does not list: {names}",
        )


def _show_one(case: Case, each: Settlement, sheet: Sheet) -> None:
    mark, style = _MARKS[each.state.value]
    sheet.line(f"{mark} {describe(case, each, sheet)}", indent=2, style=style)
    for line in _explain(each, sheet):
        sheet.line(line, indent=4, style="dim")


def describe(case: Case, each: Settlement, sheet: Sheet) -> str:
    """Say a value that was read: whose, what, and what it is."""
    from changqing.judge.words import say_value

    label = each.fact.label.say(sheet.language)
    alone = case.services[0].subject if len(case.services) == 1 else None
    members = case.list_members()
    names = {one.subject: one.name for one in members if one.subject != alone}
    whose = names.get(each.subject, "")
    value = sheet.t("看不定", "cannot be told")
    if each.value is not None:
        value = say_value(each.value, each.fact).say(sheet.language)
    return f"{whose + ' ' if whose else ''}{label}{sheet.colon}{value}"


def _explain(each: Settlement, sheet: Sheet) -> Iterator[str]:
    """The words of the paper, by what the value is sure, and what the case says."""
    from changqing.judge.words import say_value

    parts = [sheet.t(f"第{each.page}页", f"page {each.page}")]
    if each.words:
        parts.append(f"“{each.words[:_MOST_WORDS]}”")
    parts += sorted(check.text.say(sheet.language) for check in each.checks)
    if not each.checks and each.confidence:
        parts.append(sheet.t(f"把握{each.confidence}%", f"{each.confidence}% sure"))
    if each.key:
        parts.append(sheet.t("关键点", "key point"))
    yield " · ".join(parts)
    if each.why is not None:
        yield each.why.say(sheet.language)
    if each.state.value == "conflict":
        said = say_value(each.claimed, each.fact).say(sheet.language)
        yield sheet.t(f"案件里写的是{said}", f"the case says {said}")


def _show_left(
    folder: Path, papers: Sequence[ReadPaper], sheet: Sheet, *, interactive: bool
) -> None:
    left, unread = (
        _list_open(papers),
        [each for each in papers if each.problem is not None],
    )
    sheet.gap()
    if not left:
        sheet.line(sheet.t("没有要确认的了。", "Nothing is left to settle."))
    else:
        counted = sheet.join(
            sheet.t(f"{words.zh}{count}项", f"{words.en}: {count}")
            for words, count in _count_states(left)
        )
        sheet.line(
            sheet.t(
                f"还有{len(left)}项要确认：{counted}。",
                f"Left to settle: {len(left)} ({counted}).",
            ),
            style="bold",
        )
        if not interactive:
            sheet.line(
                sheet.t(
                    "在终端里运行下面这条，逐项按回车、E或X：",
                    "Run this in a terminal, and press Enter, E or X:",
                )
            )
            click.echo(f"  {spell_command('read', folder)}")
    if unread:
        names = sheet.join(each.paper.file.path for each in unread)
        sheet.line(sheet.t(f"读不出的：{names}", f"Could not be read: {names}"))
    sheet.line(sheet.t("要看结论，运行：", "For the verdict, run:"))
    click.echo(f"  {spell_command('assess', folder)}")


def _count_states(left: Iterable[Settlement]) -> list[tuple[Text, int]]:
    from collections import Counter

    counted = Counter(each.state for each in left)
    return [(state.text, count) for state, count in counted.items()]


# Settling


class _EnoughError(Exception):
    """The person wants to stop; what was settled is kept."""


def settle_all(
    case: Case,
    papers: Sequence[ReadPaper],
    sheet: Sheet,
    *,
    by: str,
    singly: bool,
    quiet: bool = False,
) -> int:
    """Write what needs no look, then ask about the rest where a person is there.

    Gives how many values were written. What was settled is written paper by paper, and
    kept by who stops in between.
    """
    from changqing.papers.accept import Decision, settle_paper

    take_sure = any(each.in_bulk for about in papers for each in about.settlements)
    if take_sure and singly:
        take_sure = _ask_for_sure(case, papers, sheet)
    count = 0
    for about in papers:
        decisions: list[Decision] = []
        if take_sure:
            decisions = [
                Decision(settlement=each, value=each.value)
                for each in about.settlements
                if each.in_bulk
            ]
        try:
            if singly:
                decisions += _ask_singly(case, about, sheet)
        except _EnoughError as enough:
            decisions += enough.args[0]
            singly = False
        if decisions:
            settle_paper(
                case,
                about.paper,
                about.reading,
                decisions,
                by=by,
                key=own_key(),
                now=clock(),
            )
            count += sum(each.value is not None for each in decisions)
    if not quiet:
        sheet.gap()
        sheet.line(
            sheet.t(f"写入{count}项。", f"Values written: {count}."), style="bold"
        )
    return count


def _ask_for_sure(case: Case, papers: Sequence[ReadPaper], sheet: Sheet) -> bool:
    """Show what was read surely, and ask whether all of it is taken."""
    sure = {
        about.paper.id: [
            each for each in about.settlements if each.in_bulk and each.follows is None
        ]
        for about in papers
    }
    count = sum(len(each) for each in sure.values())
    sheet.heading(
        sheet.t(
            f"这{count}项读得确实：有校验位、合计，或者两处一致",
            f"{count} were read surely: by check digit, sum or two places",
        )
    )
    for about in papers:
        if sure[about.paper.id]:
            _show_title(case, about, sheet)
        for each in sure[about.paper.id]:
            _show_one(case, each, sheet)
    answer = ask(sheet.t("回车全部写入，X都不写", "Enter takes them all, X none"))
    return answer.strip().casefold() != "x"


def _show_title(case: Case, about: ReadPaper, sheet: Sheet) -> None:
    kind = case.catalogue.materials[about.paper.kind].label.say(sheet.language)
    sheet.gap()
    sheet.title(kind, about.paper.file.path)


def _ask_singly(case: Case, about: ReadPaper, sheet: Sheet) -> list[Decision]:
    """Ask about each value that is not sure; Q stops, with what was answered so far."""
    from changqing.papers.settle import group_by_look

    groups = group_by_look(about)
    if groups:
        _show_title(case, about, sheet)
    found: list[Decision] = []
    try:
        for group in groups:
            found += _ask_group(case, about, group, sheet)
    except _EnoughError as enough:
        raise _EnoughError([*found, *enough.args[0]]) from None
    return found


def _ask_group(
    case: Case, about: ReadPaper, group: Sequence[Settlement], sheet: Sheet
) -> list[Decision]:
    if len(group) == 1:
        return _ask_one(case, about, group[0], sheet)
    for each in group:
        _show_one(case, each, sheet)
    key = _ask_key(
        sheet.t(
            f"回车采用这{len(group)}项 · E逐项看 · X都不采用 · Q先停",
            f"Enter accept these {len(group)} · E one by one · X reject all · Q stop",
        )
    )
    if key == "e":
        return [
            decision
            for each in group
            for decision in _ask_one(case, about, each, sheet)
        ]
    return [
        decision for each in group for decision in _decide(about, each, take=key != "x")
    ]


def _ask_one(
    case: Case, about: ReadPaper, each: Settlement, sheet: Sheet
) -> list[Decision]:
    from changqing.papers.accept import Decision

    _show_one(case, each, sheet)
    if each.state.value == "unfound":
        words = ask(_POINT.say(sheet.language)).strip()
        if not words:
            return []
        return [Decision(settlement=each, value=each.value, words=words)]
    key = _ask_key(_say_keys(each, sheet))
    if key == "e":
        edited = _edit(each, sheet)
        return [] if edited is None else [edited]
    if key != "x" and each.value is None:
        return []
    return _decide(about, each, take=key != "x")


def _ask_key(question: str) -> str:
    """The key that a person pressed; _EnoughError for Q, and where nobody is there."""
    try:
        key = ask(question).strip().casefold()
    except (click.Abort, EOFError):
        key = "q"
    if key == "q":
        raise _EnoughError([])
    return key


def _decide(about: ReadPaper, each: Settlement, *, take: bool) -> list[Decision]:
    """Take a value with the elements that go with it, or refuse it."""
    from changqing.papers.accept import Decision

    if not take:
        return [Decision(settlement=each, value=None)]
    going = [other for other in about.settlements if other.follows == each.name]
    return [Decision(settlement=other, value=other.value) for other in (each, *going)]


def _say_keys(each: Settlement, sheet: Sheet) -> str:
    if each.value is None:
        return sheet.t(
            "E填上 · X不采用 · 回车跳过 · Q先停",
            "E type · X reject · Enter skip · Q stop",
        )
    if each.state.value == "conflict":
        return sheet.t(
            "回车以材料为准，案件里的也改 · E修改 · X不采用 · Q先停",
            "Enter the paper is right, mend the case · E edit · X reject · Q stop",
        )
    return sheet.t(
        "回车采用 · E修改 · X不采用 · Q先停",
        "Enter accept · E edit · X reject · Q stop",
    )


def _edit(each: Settlement, sheet: Sheet) -> Decision | None:
    """What stands there, as a person types it, with the words that say it."""
    from changqing.case.values import NotAValueError, parse_value
    from changqing.papers.accept import Decision

    for _ in range(_TRIES):
        typed = ask(sheet.t("材料上写的是", "The paper says")).strip()
        if not typed:
            return None
        try:
            value = parse_value(each.fact, spell_typed(each, typed)).value
        except NotAValueError as wrong:
            hint = wrong.text if wrong.hint is None else wrong.hint
            sheet.line(f"{wrong.text.say(sheet.language)}。{hint.say(sheet.language)}")
            continue
        words = ask(
            sheet.t("原话（不填由程序去找）", "Its words (empty: the program looks)")
        )
        return Decision(settlement=each, value=value, words=words.strip() or None)
    return None


def spell_typed(each: Settlement, typed: str) -> object:
    """What was typed as the case file has it: sets in a row, whole numbers as such."""
    from changqing.rules.types import Kind

    if each.fact.type.kind is Kind.SET:
        return [part for part in typed.replace("、", ",").split(",") if part.strip()]
    return int(typed) if typed.isdecimal() and each.fact.unit != "fen" else typed


# Taking back


def _undo(case: Case, name: str, *, by: str, sheet: Sheet) -> int:
    from changqing.papers.accept import take_back

    paper_id, _, rest = name.partition("/")
    told, _, fact_id = rest.rpartition(".")
    paper = next((each for each in case.papers if each.id == paper_id), None)
    subject = next(
        (each for each in case.subjects() if told in (str(each), each.type)), None
    )
    fact = (
        None if subject is None else case.catalogue.facts.get((subject.type, fact_id))
    )
    if paper is None or subject is None or fact is None:
        raise CaseError(Issue(text=_NO_SUCH, hint=_NAMED))
    done = take_back(case, paper, subject, fact, by=by, key=own_key(), now=clock())
    sheet.line(
        sheet.t("已撤回。", "Taken back.")
        if done
        else sheet.t("案件里没有写这一项。", "The case did not say this.")
    )
    return READY if done else NOT_YET


_NO_SUCH: Final = Text(zh="没有这一项", en="there is no such value")
_NAMED: Final = Text(
    zh="写成 材料的id/applicant.事实 或 材料的id/person:人员的id.事实",
    en="write PAPER/applicant.FACT or PAPER/person:ID.FACT, by their ids",
)


# As data


def read_data(
    case: Case, papers: Sequence[ReadPaper], language: Language
) -> dict[str, object]:
    """Give everything that was read, for another program."""
    from changqing.case.values import spell_for_file

    def plain_value(each: Settlement, value: object) -> object:
        spelled = spell_for_file(each.fact, value)  # type: ignore[arg-type]
        return spelled.isoformat() if hasattr(spelled, "isoformat") else spelled

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
                "unlisted": [str(each) for each in about.unlisted],
                "values": [
                    {
                        "name": each.name,
                        "subject": str(each.subject),
                        "fact": each.fact.id,
                        "label": each.fact.label.say(language),
                        "state": each.state.value,
                        "state_name": each.state.text.say(language),
                        "value": plain_value(each, each.value),
                        "claimed": plain_value(each, each.claimed),
                        "page": each.page,
                        "box": None
                        if each.box is None
                        else [
                            *(each.box.left, each.box.top),
                            *(each.box.right, each.box.bottom),
                        ],
                        "words": each.words,
                        "confidence": each.confidence,
                        "checks": sorted(check.value for check in each.checks),
                        "key": each.key,
                        "why": None if each.why is None else each.why.say(language),
                    }
                    for each in about.settlements
                ],
            }
            for about in papers
        ],
        "left": len(_list_open(papers)),
        "unread": [each.paper.id for each in papers if each.problem is not None],
    }


_POINT: Final = Text(
    zh="照抄材料上说这话的原文，不填就跳过",
    en="copy the words of the paper that say so; empty to skip",
)
_MARKS: Final = {
    "sure": ("✓", "green"),
    "unsure": ("?", "yellow"),
    "conflict": ("≠", "red"),
    "new": ("+", ""),
    "unfound": ("?", "yellow"),
}
_MOST_WORDS: Final = 60
_MOST_NAMES: Final = 5
