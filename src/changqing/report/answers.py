"""A finding in one line: what decided each answer, and by what proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from changqing.report.reading import Reading
from changqing.report.words import GRADES
from changqing.text import Language, Text

Side = Literal["claimed", "proven"]
_GRADES: Final = list(GRADES)
_MANY: Final = {
    True: Text("{n}项均符合", "all {n} hold"),
    False: Text("{n}项不符合", "{n} fail"),
    None: Text("{n}项未知", "{n} unknown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Both answers in a few words, and the weakest proof that decided."""

    claimed: str
    proven: str
    grade: str
    evidence: str


def answers(finding: Reading) -> Answers:
    """What the line of a finding shows; empty where nothing was asked."""
    said = {side: _said(finding, side) for side in ("claimed", "proven")}
    proof = _weakest(finding, "proven") or _weakest(finding, "claimed")
    return Answers(
        claimed=said["claimed"],
        proven=said["proven"],
        grade="" if proof is None else proof.code("grade"),
        evidence="" if proof is None else proof.code("evidence"),
    )


def _said(finding: Reading, side: Side) -> str:
    """The value where one comparison decided; else how many did.

    The value comes first: a narrow column may cut what follows. Of a comparison that
    must not hold it is said what was compared: "yes" beside "No paper was found false"
    would tell the opposite.
    """
    decided = _deciding(finding, side)
    if not decided:
        return ""
    if len(decided) > 1:
        many = _MANY[finding.truth(side)].say(finding.language)
        return many.format(n=len(decided))
    (term,) = decided
    answer = term.part(side)
    value = answer.say("brief") or answer.say("value")
    label = term.say("label")
    named = label == finding.say("title") or value.startswith(label)
    alone = len(finding.parts("terms")) == 1
    if (
        named
        or answer.say("brief")
        or (alone and not _is_denied(finding, side, answer))
    ):
        return value
    return (
        f"{value}（{label}）"
        if finding.language is Language.ZH
        else f"{value} ({label})"
    )


def _is_denied(finding: Reading, side: Side, answer: Reading) -> bool:
    """Whether the criterion asks for the opposite of its one comparison."""
    known = answer.truth("holds")
    return known is not None and known is not finding.truth(side)


def _deciding(finding: Reading, side: Side) -> Sequence[Reading]:
    """What settles this answer; where the two differ, what settles both, if anything.

    So that "yes" and "no" to the same comparison stand beside each other.
    """
    terms = finding.parts("terms")
    decided = [term for term in terms if term.part(side).truth("decides")]
    if finding.truth("claimed") is finding.truth("proven"):
        return decided
    both = [
        term
        for term in terms
        if term.part("claimed").truth("decides")
        and term.part("proven").truth("decides")
    ]
    return both or decided


def _weakest(finding: Reading, side: Side) -> Reading | None:
    proofs = [term.part(side) for term in _deciding(finding, side)]
    graded = [
        proof
        for proof in proofs
        if proof.code("grade") in _GRADES and proof.truth("holds") is not None
    ]
    return min(graded, key=lambda p: _GRADES.index(p.code("grade")), default=None)
