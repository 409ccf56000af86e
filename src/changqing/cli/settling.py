"""Settling what was read in a terminal: a key a look, and what needs none.

Shared by `changqing read` and `changqing new --from`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.shared import ask, find_own_key_path, read_clock
from changqing.cli.sheet import Sheet
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.papers.accept import Decision
    from changqing.papers.settle import ReadPaper, Settlement

_TRIES: Final = 10


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

    take_sure = any(
        settlement.in_bulk for about in papers for settlement in about.settlements
    )
    if take_sure and singly:
        take_sure = _ask_for_sure(case, papers, sheet)
    count = 0

    def write(about: ReadPaper, decisions: Sequence[Decision]) -> int:
        if decisions:
            settle_paper(
                case,
                about.paper,
                about.reading,
                decisions,
                by=by,
                key=find_own_key_path(),
                now=read_clock(),
            )
        return sum(decision.value is not None for decision in decisions)

    for about in papers:
        decisions: list[Decision] = []
        if take_sure:
            decisions = [
                Decision(settlement=settlement, value=settlement.value)
                for settlement in about.settlements
                if settlement.in_bulk
            ]
        try:
            if singly:
                decisions += _ask_singly(case, about, sheet)
        except _EnoughError as enough:
            decisions += enough.args[0]
            singly = False
        count += write(about, decisions)
    if singly:
        for about, decisions in _ask_unasked(case, papers, sheet):
            count += write(about, decisions)
    if not quiet:
        sheet.print_gap()
        sheet.print_line(
            sheet.t(f"写入{count}项。", f"Values written: {count}."), style="bold"
        )
    return count


def _ask_for_sure(case: Case, papers: Sequence[ReadPaper], sheet: Sheet) -> bool:
    """Show what was read surely, and ask whether all of it is taken."""
    sure = {
        about.paper.id: [
            settlement
            for settlement in about.settlements
            if settlement.in_bulk and settlement.follows is None
        ]
        for about in papers
    }
    count = sum(len(settlements) for settlements in sure.values())
    sheet.print_heading(
        sheet.t(
            f"这{count}项读得确实：有校验位、合计，或者两处一致",
            f"{count} were read surely: by check digit, sum or two places",
        )
    )
    for about in papers:
        if sure[about.paper.id]:
            _show_title(case, about, sheet)
        for settlement in sure[about.paper.id]:
            show_value(case, settlement, sheet)
    answer = ask(sheet.t("回车全部写入，X都不写", "Enter takes them all, X none"))
    return answer.strip().casefold() != "x"


def _ask_unasked(
    case: Case, papers: Sequence[ReadPaper], sheet: Sheet
) -> Iterator[tuple[ReadPaper, list[Decision]]]:
    """Offer, in one look at the end, what no criterion reads: documents print it."""
    from changqing.papers.open_settlements import list_unasked

    offered = [(about, list_unasked([about])) for about in papers]
    offered = [(about, unasked) for about, unasked in offered if unasked]
    count = sum(len(unasked) for _, unasked in offered)
    if not count:
        return
    sheet.print_heading(
        sheet.t(
            f"还读到{count}项，没有判据要看，文书里会印",
            f"{count} more were read; no criterion asks for them, documents print them",
        )
    )
    for about, unasked in offered:
        _show_title(case, about, sheet)
        for settlement in unasked:
            show_value(case, settlement, sheet)
    try:
        key = _ask_key(
            sheet.t(
                "回车全部采用 · E逐项看 · X或Q先不管",
                "Enter accept them all · E one by one · X or Q leave them",
            )
        )
    except _EnoughError:
        return
    for about, unasked in offered if key != "x" else ():
        decisions: list[Decision] = []
        try:
            for settlement in unasked:
                decisions += (
                    _ask_one(case, about, settlement, sheet)
                    if key == "e"
                    else _make_decision(about, settlement, take=True)
                )
        except _EnoughError:
            yield about, decisions
            return
        yield about, decisions


def _show_title(case: Case, about: ReadPaper, sheet: Sheet) -> None:
    kind = case.catalogue.materials[about.paper.kind].label.say(sheet.language)
    sheet.print_gap()
    sheet.print_title(kind, about.paper.file.path)


def _ask_singly(case: Case, about: ReadPaper, sheet: Sheet) -> list[Decision]:
    """Ask about each value that is not sure; Q stops, with what was answered so far."""
    from changqing.papers.open_settlements import group_by_look, list_open

    groups = group_by_look(list_open([about]))
    if groups:
        _show_title(case, about, sheet)
    decisions: list[Decision] = []
    try:
        for group in groups:
            decisions += _ask_group(case, about, group, sheet)
    except _EnoughError as enough:
        raise _EnoughError([*decisions, *enough.args[0]]) from None
    return decisions


def _ask_group(
    case: Case, about: ReadPaper, group: Sequence[Settlement], sheet: Sheet
) -> list[Decision]:
    if len(group) == 1:
        return _ask_one(case, about, group[0], sheet)
    for settlement in group:
        show_value(case, settlement, sheet)
    key = _ask_key(
        sheet.t(
            f"回车采用这{len(group)}项 · E逐项看 · X都不采用 · Q先停",
            f"Enter accept these {len(group)} · E one by one · X reject all · Q stop",
        )
    )
    if key == "e":
        return [
            decision
            for settlement in group
            for decision in _ask_one(case, about, settlement, sheet)
        ]
    return [
        decision
        for settlement in group
        for decision in _make_decision(about, settlement, take=key != "x")
    ]


def _ask_one(
    case: Case, about: ReadPaper, settlement: Settlement, sheet: Sheet
) -> list[Decision]:
    from changqing.papers.accept import Decision

    show_value(case, settlement, sheet)
    if settlement.state.value == "unfound":
        words = ask(_POINT.say(sheet.language)).strip()
        if not words:
            return []
        return [Decision(settlement=settlement, value=settlement.value, words=words)]
    key = _ask_key(_say_keys(settlement, sheet))
    if key == "e":
        edited = _edit_value(settlement, sheet)
        return [] if edited is None else [edited]
    if key != "x" and settlement.value is None:
        return []
    return _make_decision(about, settlement, take=key != "x")


def _ask_key(question: str) -> str:
    """The key that a person pressed; _EnoughError for Q, and where nobody is there."""
    try:
        key = ask(question).strip().casefold()
    except (click.Abort, EOFError):
        key = "q"
    if key == "q":
        raise _EnoughError([])
    return key


def _make_decision(
    about: ReadPaper, settlement: Settlement, *, take: bool
) -> list[Decision]:
    """Take a value with the elements that go with it, or refuse it."""
    from changqing.papers.accept import Decision

    if not take:
        return [Decision(settlement=settlement, value=None)]
    going = [
        follower
        for follower in about.settlements
        if follower.follows == settlement.name
    ]
    return [
        Decision(settlement=follower, value=follower.value)
        for follower in (settlement, *going)
    ]


def _say_keys(settlement: Settlement, sheet: Sheet) -> str:
    if settlement.value is None:
        return sheet.t(
            "E填上 · X不采用 · 回车跳过 · Q先停",
            "E type · X reject · Enter skip · Q stop",
        )
    if settlement.state.value == "conflict":
        return sheet.t(
            "回车以材料为准，项目里的也改 · E修改 · X不采用 · Q先停",
            "Enter the paper is right, correct the case · E edit · X reject · Q stop",
        )
    return sheet.t(
        "回车采用 · E修改 · X不采用 · Q先停",
        "Enter accept · E edit · X reject · Q stop",
    )


def _edit_value(settlement: Settlement, sheet: Sheet) -> Decision | None:
    """What stands there, as a person types it, with the words that say it."""
    from changqing.case.values import NotAValueError, parse_value
    from changqing.papers.accept import Decision

    for _ in range(_TRIES):
        typed = ask(sheet.t("材料上写的是", "The paper says")).strip()
        if not typed:
            return None
        try:
            value = parse_value(settlement.fact, spell_typed(settlement, typed)).value
        except NotAValueError as wrong:
            hint = wrong.text if wrong.hint is None else wrong.hint
            sheet.print_line(
                f"{wrong.text.say(sheet.language)}。{hint.say(sheet.language)}"
            )
            continue
        words = ask(
            sheet.t("原话（不填由程序去找）", "Its words (empty: the program looks)")
        )
        return Decision(settlement=settlement, value=value, words=words.strip() or None)
    return None


def spell_typed(settlement: Settlement, typed: str) -> object:
    """Spell what was typed as the case file has it.

    Sets in a row, whole numbers as such.
    """
    from changqing.rules.types import Kind

    if settlement.fact.type.kind is Kind.SET:
        return [part for part in typed.replace("、", ",").split(",") if part.strip()]
    return int(typed) if typed.isdecimal() and settlement.fact.unit != "fen" else typed


# What is shown of a value


def show_value(case: Case, settlement: Settlement, sheet: Sheet) -> None:
    """Show one value that was read, with its words and why it is asked about."""
    mark, style = _MARKS[settlement.state.value]
    sheet.print_line(
        f"{mark} {describe_value(case, settlement, sheet)}", indent=2, style=style
    )
    for line in _explain_value(settlement, sheet):
        sheet.print_line(line, indent=4, style="dim")


def describe_value(case: Case, settlement: Settlement, sheet: Sheet) -> str:
    """Say a value that was read: whose, what, and what it is."""
    from changqing.judge.words import say_value

    label = settlement.fact.label.say(sheet.language)
    alone = case.services[0].subject if len(case.services) == 1 else None
    members = case.list_members()
    names = {
        member.subject: member.name for member in members if member.subject != alone
    }
    whose = names.get(settlement.subject, "")
    value = sheet.t("看不定", "cannot be told")
    if settlement.value is not None:
        value = say_value(settlement.value, settlement.fact).say(sheet.language)
    return f"{whose + ' ' if whose else ''}{label}{sheet.colon}{value}"


def _explain_value(settlement: Settlement, sheet: Sheet) -> Iterator[str]:
    """The words of the paper, by what the value is sure, and what the case says."""
    from changqing.judge.words import say_value

    parts = [sheet.t(f"第{settlement.page}页", f"page {settlement.page}")]
    if settlement.words:
        parts.append(f"“{settlement.words[:_MOST_WORDS]}”")
    parts += sorted(check.text.say(sheet.language) for check in settlement.checks)
    if not settlement.checks and settlement.confidence:
        parts.append(
            sheet.t(f"把握{settlement.confidence}%", f"{settlement.confidence}% sure")
        )
    if settlement.key:
        parts.append(sheet.t("关键点", "key point"))
    yield " · ".join(parts)
    if settlement.why is not None:
        yield settlement.why.say(sheet.language)
    if settlement.state.value == "conflict":
        claimed = say_value(settlement.claimed, settlement.fact).say(sheet.language)
        yield sheet.t(f"项目里写的是{claimed}", f"the case says {claimed}")
    if settlement.rejected:
        yield sheet.t(
            "您没有采用，两处仍不一致：改项目，或者换材料",
            "you did not take it, and the two still differ: correct the case, or "
            "replace the paper",
        )


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
