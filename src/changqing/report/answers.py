"""A finding in one line: what decided each answer, and by what proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from changqing.law.kit import find_grade
from changqing.report.model import FindingView, SideView, TermView
from changqing.text import Language, Text

SideName = Literal["claimed", "proven"]
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


def say_answers(finding: FindingView, language: Language) -> Answers:
    """Say the line of a finding; empty where nothing was asked."""
    proof = _find_weakest(finding, "proven") or _find_weakest(finding, "claimed")
    return Answers(
        claimed=_say_side(finding, "claimed", language),
        proven=_say_side(finding, "proven", language),
        grade=(proof and proof.grade) or "",
        evidence=(proof and proof.evidence) or "",
    )


def _pick_side(term: TermView, side: SideName) -> SideView:
    return term.claimed if side == "claimed" else term.proven


def _choose_answer(finding: FindingView, side: SideName) -> bool | None:
    return finding.claimed if side == "claimed" else finding.proven


def _say_side(finding: FindingView, side: SideName, language: Language) -> str:
    """Say the value where one comparison decided; else how many did.

    The value comes first: a narrow column may cut what follows. Of a comparison that
    must not hold it is said what was compared: "yes" beside "No paper was found false"
    would tell the opposite. So it is of a number that has no unit: "10" tells nothing.
    """
    decided = _select_deciding(finding, side)
    if not decided:
        return ""
    if len(decided) > 1:
        many = _MANY[_choose_answer(finding, side)].say(language)
        return many.format(n=len(decided))
    (term,) = decided
    answer, label = _pick_side(term, side), term.label.say(language)
    brief = "" if answer.brief is None else answer.brief.say(language)
    value = brief or answer.value.say(language)
    says_itself = label == finding.title.say(language) or value.startswith(label)
    plain = len(finding.terms) == 1 and not _is_denied(finding, side, answer)
    if says_itself or brief or (plain and not value.isdecimal()):
        return value
    return Text(f"{value}（{label}）", f"{value} ({label})").say(language)


def _is_denied(finding: FindingView, side: SideName, answer: SideView) -> bool:
    """Whether the criterion asks for the opposite of its one comparison."""
    return answer.holds is not None and answer.holds is not _choose_answer(
        finding, side
    )


def _select_deciding(finding: FindingView, side: SideName) -> Sequence[TermView]:
    """What settles this answer; where the two differ, what settles both, if anything.

    So that "yes" and "no" to the same comparison stand beside each other.
    """
    decided = [term for term in finding.terms if _pick_side(term, side).decides]
    if finding.claimed is finding.proven:
        return decided
    both = [
        term for term in finding.terms if term.claimed.decides and term.proven.decides
    ]
    return both or decided


def _find_weakest(finding: FindingView, side: SideName) -> SideView | None:
    proofs = [_pick_side(term, side) for term in _select_deciding(finding, side)]
    graded = [
        (find_grade(proof.grade), proof)
        for proof in proofs
        if proof.grade is not None and proof.holds is not None
    ]
    return min(graded, key=lambda pair: pair[0], default=(0, None))[1]
