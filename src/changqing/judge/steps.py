"""One thing to do about a finding, and the line that says it.

What is to be done is decided by `Adviser`; here it gets its words, and what one paper
or one look brings stands in one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from changqing.law.kit import QuestionGroup
from changqing.text import Text, WordedEnum


class Way(WordedEnum):
    """How one thing that is missing is settled; the first of several decides.

    Its words take the `names` of papers or lookups and `about` what they are to tell;
    where something is to be said, the question is the name.
    """

    LIST = "list", Text("写上{names}", "list {names}")
    CLOSE = (
        "close",
        Text(
            "{names}列了{about}，是不是全部？",
            "is that all on the list of {names}: {about}?",
        ),
    )
    SAY = "say", Text("{names}", "{names}")
    RECONCILE = (
        "reconcile",
        Text(
            "查一查是哪一处写错了，更正它：{about}",
            "find which of them is wrong and correct it: {about}",
        ),
    )
    LOOK = (
        "look",
        Text("打开网站，看{about}", "look at the site (for: {about})"),
    )
    LOOK_AGAIN = (
        "look_again",
        Text(
            "上次没有看清，再打开网站，看{about}",
            "the last look did not tell: look at the site again (for: {about})",
        ),
    )
    LOOK_UP = (
        "look_up",
        Text("{names}，保存页面：{about}", "{names}; save the page: {about}"),
    )
    SETTLE = (
        "settle",
        Text(
            "{names}里读到了{about}，看一眼，确认",
            "{names} shows {about}: look at what was read, and settle it",
        ),
    )
    READ = (
        "read",
        Text(
            "{names}还没有读取，先读出来，要看的是{about}",
            "read {names}, which nobody has read yet (for: {about})",
        ),
    )
    SCAN_AGAIN = (
        "scan_again",
        Text(
            "{names}看不清，请换一份清楚的，要看的是{about}",
            "{names} cannot be read: hand in a clear copy (for: {about})",
        ),
    )
    POINT_OUT = (
        "point_out",
        Text(
            "{names}里没有找到“{about}”，写了的，指出在哪一句，没写的，补写进去",
            "{names} does not seem to say “{about}”: point out where it does, or have "
            "it added",
        ),
    )
    POINT_OUT_OR_REPLACE = (
        "point_out_or_replace",
        Text(
            "{names}里没有找到“{about}”，写了的，指出在哪一句，没写的，请出具的一方"
            "写明，或换一份写明的",
            "{names} does not seem to say “{about}”: point out where it does, or have "
            "its issuer state it, or get one that does",
        ),
    )
    SEE_ORIGINAL = (
        "see_original",
        Text("请人看一眼{names}：{about}", "have somebody look at {names}: {about}"),
    )
    FETCH = (
        "fetch",
        Text(
            "{about}还没有材料证明，取来{names}",
            "nothing proves {about} yet: get {names}",
        ),
    )
    RENEW = (
        "renew",
        Text(
            "换一份仍在有效期内的{names}，证明{about}",
            "get {names} that is still valid, to prove {about}",
        ),
    )
    FETCH_NEWER = (
        "fetch_newer",
        Text(
            "取一份比自述新的{names}，证明{about}；或者更正自述",
            "get {names} newer than what was said, to prove {about}; or correct that",
        ),
    )
    HAVE = (
        "have",
        Text(
            "请补交{names}，确实没有的，写明没有",
            "hand in {names}, or say that there is none",
        ),
    )
    HAVE_FOR = (
        "have_for",
        Text(
            "请补交{names}，要看的是{about}，确实没有的，写明没有",
            "hand in {names} (for: {about}), or say that there is none",
        ),
    )
    CONFIRM = (
        "confirm",
        Text("向受理机关确认{about}", "have the authority confirm {about}"),
    )
    AWAIT = (
        "await",
        Text(
            "{names}，现在不用取，有了再放进来，证明{about}",
            "{names}: hand it in then, to prove {about}",
        ),
    )
    THEN = "then", Text("答了以后用{names}证明{about}", "then prove {about} by {names}")


_BRINGING: Final = frozenset({Way.HAVE, Way.HAVE_FOR, Way.FETCH})
"""The ways in which somebody is asked to bring a paper that is not here."""
_OF_EACH_PAPER: Final = frozenset({Way.SEE_ORIGINAL, Way.READ, Way.SCAN_AGAIN})
"""The ways in which the same may be asked of one paper after another."""
_LIST_WITH: Final = Text(
    zh="写上{names}，其中有没有{about}",
    en="list {names}; say whether there is: {about}",
)

_NOTHING: Final = Text(zh="", en="")
_LAST: Final = (len(QuestionGroup), 0)
"""After every question that has a place in the conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceStep:
    """One thing to do: how, with which papers or lookups, about which fact.

    `about` is a question where something is to be said. Steps of the same way and names
    are one line (`write_steps`).
    """

    way: Way
    about: Text
    names: Text = _NOTHING
    materials: tuple[str, ...] = ()
    look: str = ""  # the guided look that is to be made
    turn: tuple[int, int] = _LAST  # where a question comes in a conversation


def write_steps(steps: Iterable[AdviceStep]) -> tuple[Text, ...]:
    """Write the steps in words, each question once, one line for what a paper gives."""
    lines: dict[tuple[Way, Text], list[Text]] = {}
    for step in _sort_questions(_ask_once(list(steps))):
        names = step.about if step.way is Way.SAY else step.names
        abouts = lines.setdefault((step.way, names), [])
        if step.about not in abouts:
            abouts.append(step.about)
    return tuple(
        _word_line(way, names, abouts)
        for way, names, abouts in _join_alike(
            (way, names, tuple(abouts)) for (way, names), abouts in lines.items()
        )
    )


_Line = tuple[Way, Text, tuple[Text, ...]]
"""How, with which papers, about what."""


def _join_alike(lines: Iterable[_Line]) -> Iterator[_Line]:
    """Put papers of which the same is asked into one line, where the first stood."""
    joined: dict[_Line, list[Text]] = {}
    for way, names, abouts in lines:
        alike = (way, _NOTHING if way in _OF_EACH_PAPER else names, abouts)
        joined.setdefault(alike, []).append(names)
    for (way, _, abouts), papers in joined.items():
        zh = "".join(paper.zh for paper in papers)
        en = ", ".join(paper.en for paper in papers)
        yield way, Text(zh=zh, en=en), abouts


def _sort_questions(steps: Iterable[AdviceStep]) -> Iterator[AdviceStep]:
    """Put questions in the order of a conversation; other steps keep their places."""
    listed = list(steps)
    questions = iter(
        sorted(
            (step for step in listed if step.way is Way.SAY),
            key=lambda step: step.turn,
        )
    )
    for step in listed:
        yield next(questions) if step.way is Way.SAY else step


def _ask_once(steps: Sequence[AdviceStep]) -> Iterator[AdviceStep]:
    """Ask for a paper once: for what it is to show, where one step says that.

    That it be there at all needs no line of its own then.
    """
    ways: dict[Text, set[Way]] = {}
    for step in steps:
        if step.way in _BRINGING:
            ways.setdefault(step.names, set()).add(step.way)
    for step in steps:
        ways_of_paper = (
            ways.get(step.names, set()) if step.way in _BRINGING else set[Way]()
        )
        if len(ways_of_paper) < 2:
            yield step
        elif step.way is not Way.HAVE:
            way = Way.HAVE_FOR if Way.HAVE_FOR in ways_of_paper else step.way
            yield replace(step, way=way)


def _word_line(way: Way, names: Text, abouts: Sequence[Text]) -> Text:
    if way is Way.SAY:
        return names
    text = way.text
    said_zh = (part for about in abouts for part in about.zh.split("、") if part)
    said_en = (part for about in abouts for part in about.en.split(", ") if part)
    about_zh = "、".join(dict.fromkeys(said_zh)).replace("？、", "？")
    about_en = ", ".join(dict.fromkeys(said_en)).replace("?, ", "? ")
    if way is Way.LIST and about_zh:
        text = _LIST_WITH
    return Text(
        zh=text.zh.format(names=names.zh, about=about_zh),
        en=_capitalise_sentence(text.en.format(names=names.en, about=about_en)),
    )


def _capitalise_sentence(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
