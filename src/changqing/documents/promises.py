"""What plans promise of one thing: up-time, answers, recovery, backups, drills, notice.

Pure: the texts of plans in, places that promise otherwise than the rest out. Two plans
differ where nothing that one of them says of a thing is said by the other: a plan that
gives several figures (3 days for most, 5 for the rest) agrees with one that gives one
of these. A figure of what was, and the limit of a rule, are no promises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, TypeAlias

from changqing.case.numerals import HAN_NUMERALS, parse_han_number
from changqing.documents.cross_table import PromiseCheck
from changqing.documents.cross_text import TextLine, TextPage

Amount: TypeAlias = tuple[str, Fraction]
"""What is promised, to be compared: a unit, and how many of it."""

_SENTENCE: Final = re.compile(r"[^。；;！!？?]+")
_CLAUSE: Final = re.compile(r"[^，,（）()]+")
_PIECE: Final = re.compile(r"[^、]+")
_HEADING: Final = re.compile(
    rf"(?:第[{HAN_NUMERALS}0-9]{{1,4}}条|[（(]?[{HAN_NUMERALS}]{{1,3}}[、）)]"
    r"|[0-9]{1,2}(?:\.[0-9]{1,2})*[.、．\s])\s*(\S.{0,20})"
)
_ITEM: Final = re.compile(r"(?:[-*•]\s*)?([^：:。，]{1,12})[：:](.+)")
_ENDS: Final = ("。", "；", "：", "|")
_NUMBER: Final = rf"(?:[0-9]{{1,6}}(?:\.[0-9]{{1,6}})?|[{HAN_NUMERALS}]{{1,8}}|半)"
# Whatever may repeat has a bound: plans are files that anybody may have written.
_SHARE: Final = re.compile(
    r"(?<![0-9.])([0-9]{1,3}(?:\.[0-9]{1,6})?)\s{0,4}[%％]"
    rf"|百分之([{HAN_NUMERALS}]{{1,8}})(?:点([{HAN_NUMERALS}]{{1,8}}))?"
    rf"(?![{HAN_NUMERALS}])"
)
_TIME: Final = re.compile(
    rf"(?<![0-9.年月第每至{HAN_NUMERALS}])({_NUMBER})\s{{0,4}}个?\s{{0,4}}"
    r"(分钟|小时|工作日|天|日|周|星期|月)(?!起|[0-9])"
)
_PACE: Final = re.compile(
    rf"每\s{{0,4}}({_NUMBER})?\s{{0,4}}个?\s{{0,4}}"
    r"(分钟|小时|工作日|天|日|周|星期|月|季度?|年)"
    rf"(?:[^，。；、]{{0,14}}?(?<![0-9.{HAN_NUMERALS}])({_NUMBER})\s{{0,4}}次)?"
    rf"|(?<![0-9年月每])一?年\s{{0,4}}({_NUMBER})\s{{0,4}}次"
)
_MINUTES: Final[Mapping[str, int]] = {
    "分钟": 1,
    "小时": 60,
    "天": 1440,
    "日": 1440,
    "周": 10_080,
    "星期": 10_080,
}
_TIMES_A_YEAR: Final[Mapping[str, int]] = {
    "分钟": 525_600,
    "小时": 8_760,
    "工作日": 250,
    "天": 365,
    "日": 365,
    "周": 52,
    "星期": 52,
    "月": 12,
    "季": 4,
    "季度": 4,
    "年": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedAmount:
    """One amount as one text promises it; `kind` is what it is for, where it says."""

    page: TextPage
    line: TextLine
    kind: str
    amount: Amount
    text: str


def find_differing_promises(
    check: PromiseCheck, pages: Iterable[TextPage], not_promised: Sequence[str]
) -> Iterator[tuple[PromisedAmount, PromisedAmount]]:
    """Pair what most places promise with each place that promises another thing.

    A scan's lines are joined before (`join_broken_lines`). `not_promised` are words of
    headings and sentences that tell what was, or what others owe. What documents repeat
    from a paper is told of the paper alone, for there it is mended.
    """
    amounts = [
        amount for page in pages for amount in list_promised(check, page, not_promised)
    ]
    kinds = dict.fromkeys(amount.kind for amount in amounts)
    for kind in kinds:
        yield from _pair_amounts([amount for amount in amounts if amount.kind == kind])


def list_promised(
    check: PromiseCheck, page: TextPage, not_promised: Sequence[str]
) -> Iterator[PromisedAmount]:
    """List the amounts that one text promises of the thing that a check is about."""
    # A page is asked whole first: most name nothing of most things.
    places = dict.fromkeys(line.place for line in page.lines)
    if not (
        page.names(check.words) or any(_contains_word(at, check.words) for at in places)
    ):
        return
    for line in page.lines:
        # Most lines name nothing of it, and looking at once costs a tenth.
        if not (
            _contains_word(line.text, check.words)
            or _contains_word(line.place, check.words)
        ):
            continue
        if _contains_word(line.place, not_promised):
            continue
        for piece, kind in _list_pieces(check, line, not_promised):
            for amount, text in _AMOUNTS[check.unit](piece):
                yield PromisedAmount(
                    page=page, line=line, kind=kind, amount=amount, text=text
                )


def _pair_amounts(
    amounts: Sequence[PromisedAmount],
) -> Iterator[tuple[PromisedAmount, PromisedAmount]]:
    """Pair the amount that most plans promise with each other that is promised."""
    groups: dict[tuple[str, str | None, str], list[PromisedAmount]] = {}
    for promised in amounts:
        # A paper is one plan; what a document says rests on several, part by part.
        part = "" if promised.page.file is not None else promised.line.place
        groups.setdefault((promised.page.id, promised.page.file, part), []).append(
            promised
        )
    holds: dict[Amount, list[PromisedAmount]] = {}
    for group in groups.values():
        firsts: dict[Amount, PromisedAmount] = {}
        for promised in group:
            firsts.setdefault(promised.amount, promised)
        for amount, first in firsts.items():
            holds.setdefault(amount, []).append(first)
    if len(holds) < 2:
        return
    usual = max(holds, key=lambda amount: len(holds[amount]))
    agreeing = {
        key
        for key, group in groups.items()
        if any(promised_amount.amount == usual for promised_amount in group)
    }
    base = _choose_sources(holds[usual])[0]
    others: dict[Amount, list[PromisedAmount]] = {}
    for key, group in groups.items():
        if key not in agreeing:
            for promised in group:
                others.setdefault(promised.amount, []).append(promised)
    for same in others.values():
        for source in _choose_sources(same):
            yield base, source


def _choose_sources(amounts: Sequence[PromisedAmount]) -> list[PromisedAmount]:
    """Of places that say the same: the papers, for documents repeat them."""
    papers = [amount for amount in amounts if amount.page.file is not None]
    first: dict[tuple[str, str | None], PromisedAmount] = {}
    for paper in papers or amounts:
        first.setdefault((paper.page.id, paper.page.file), paper)
    return list(first.values())


def join_broken_lines(page: TextPage) -> TextPage:
    """Join the lines into which a scan breaks sentences, under their headings."""
    if page.is_document or any(line.number is not None for line in page.lines):
        return page
    return replace(page, lines=tuple(_join_lines(page.lines)))


def _join_lines(lines: Iterable[TextLine]) -> Iterator[TextLine]:
    heading, text, start = "", "", None
    for line in lines:
        heading_match = _HEADING.fullmatch(line.text)
        is_new = (
            heading_match is not None
            or line.text.startswith("|")
            or (start is not None and start.place != line.place)
        )
        if start is not None and (is_new or text.endswith(_ENDS)):
            yield TextLine(
                number=None, place=_join_place(start.place, heading), text=text
            )
            start, text = None, ""
        if heading_match is not None:
            heading = heading_match.group(1)
            continue
        start, text = start or line, text + line.text
    if start is not None:
        yield TextLine(number=None, place=_join_place(start.place, heading), text=text)


def _join_place(place: str, heading: str) -> str:
    return f"{place} {heading}".strip()


def _list_pieces(
    check: PromiseCheck, line: TextLine, not_promised: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """List the least parts of a line that are about the thing, and what each is for."""
    label, texts = _split_label(line)
    sentences = [
        sentence
        for text in texts
        for sentence in _SENTENCE.findall(text)
        if not _contains_word(sentence, not_promised)
    ]
    pieces = [
        piece
        for sentence in sentences
        for piece in _list_in_sentence(check, sentence, is_named=False)
    ]
    if not pieces and _contains_word(f"{label} {line.place}", check.words):
        if _contains_word(label, check.without):
            return
        pieces = [
            piece
            for sentence in sentences
            for piece in _list_in_sentence(check, sentence, is_named=True)
        ]
    yield from pieces


def _list_in_sentence(
    check: PromiseCheck, sentence: str, *, is_named: bool
) -> Iterator[tuple[str, str]]:
    """List the parts of a sentence; `is_named` where its heading names the thing."""
    if check.beside and not is_named:
        if not _contains_word(sentence, check.words):
            return
        is_named = True
    for clause in _CLAUSE.findall(sentence):
        if check.beside and not _contains_word(clause, check.beside):
            continue
        if not is_named and not _contains_word(clause, check.words):
            continue
        for piece in _PIECE.findall(clause):
            if _contains_word(piece, check.without):
                continue
            yield piece, _find_kind(check, piece)


def _split_label(line: TextLine) -> tuple[str, list[str]]:
    """Take what a row or an item of a list is about from what it says."""
    if line.text.startswith("|"):
        cells = [cell.strip() for cell in line.text.strip("|").split("|")]
        return cells[0], cells[1:]
    item = _ITEM.fullmatch(line.text)
    return ("", [line.text]) if item is None else (item[1], [item[2]])


def _find_kind(check: PromiseCheck, piece: str) -> str:
    for kind, words in check.kinds.items():
        if _contains_word(piece, words):
            return kind
    return ""


def _contains_word(text: str, words: Iterable[str]) -> bool:
    for word in words:  # noqa: SIM110 - in a generator, three times as slow
        if word in text:
            return True
    return False


def _list_shares(piece: str) -> Iterator[tuple[Amount, str]]:
    for match in _SHARE.finditer(piece):
        if match[1] is not None:
            yield ("%", Fraction(match[1])), match[0]
            continue
        whole = parse_han_number(match[2])
        parts = "".join(
            str(digit)
            for sign in match[3] or "0"
            if (digit := parse_han_number(sign)) is not None
        )
        if whole is not None and parts:
            yield ("%", Fraction(f"{whole}.{parts}")), match[0]


def _list_times(piece: str) -> Iterator[tuple[Amount, str]]:
    for match in _TIME.finditer(piece):
        number = _parse_number(match[1])
        if number is None:
            continue
        minutes = _MINUTES.get(match[2])
        if minutes is None:  # a month and a working day are no number of minutes
            yield (match[2], number), match[0]
        else:
            yield ("分钟", number * minutes), match[0]


def _list_paces(piece: str) -> Iterator[tuple[Amount, str]]:
    for match in _PACE.finditer(piece):
        if match[4] is not None:
            times = _parse_number(match[4])
            if times is not None:
                yield ("次", times), match[0]
            continue
        every = Fraction(1) if match[1] is None else _parse_number(match[1])
        times = Fraction(1) if match[3] is None else _parse_number(match[3])
        if every and times:
            yield ("次", _TIMES_A_YEAR[match[2]] * times / every), match[0]


def _parse_number(numeral: str) -> Fraction | None:
    if numeral == "半":
        return Fraction(1, 2)
    if numeral[0].isascii() and numeral[0].isdigit():
        return Fraction(numeral)
    number = parse_han_number(numeral)
    return None if number is None else Fraction(number)


_AMOUNTS: Final = {"share": _list_shares, "time": _list_times, "pace": _list_paces}
