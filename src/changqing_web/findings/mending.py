"""Where on the pages a finding is mended: said anew, proven by a paper, looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from changqing.case.subjects import Subject
from changqing.law.kinds.fact import Fact
from changqing.report.model import FindingView, GapView
from changqing.report.outlook_model import SubjectView
from changqing.rules.tree import Agree, Name, walk
from changqing.text import Text
from changqing_web.facts.questions import find_list_name
from changqing_web.index import catalogue
from changqing_web.walls import Here

_LOOK_AGAIN: Final = Text(
    "再看一遍网站；仍看不到的，人工打开后截图或存成PDF上传",
    "look at the site again; else open it yourself and upload a picture or PDF",
)
_AFTER: Final[Mapping[str, Text]] = {
    "not_enough_attempts": Text(
        "隔几小时再看一遍网站", "look at the site again some hours later"
    ),
    "not_looked": Text("还没有看过，请看一遍网站", "not looked yet: look at the site"),
    "not_recognised": Text(
        "人工打开网站看一看，截图或存成PDF上传",
        "open the site yourself, and upload a picture or PDF of it",
    ),
    "conflicting": Text(
        "查一查是哪一处错了，更正后再看", "find which of them is wrong and correct it"
    ),
    "expired": Text("换一份仍在有效期内的上传", "upload one that is still valid"),
    "older_than_claim": Text(
        "取一份比自述新的上传，或更正自述",
        "upload one newer than what was said, or correct that",
    ),
    "weak_grade": Text("上传能证明它的材料", "upload a paper that proves it"),
    "hidden": Text("另取一份写明的材料上传", "upload a paper that shows it"),
    "no_record": Text("上传材料，或如实填写", "upload a paper, or say what is so"),
    "list_open": Text(
        "列全之后，声明名单已列全",
        "list all of them, then say that the list is complete",
    ),
}
_BY_DIMENSION: Final = frozenset({"applicant", "service"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """Addresses of the case; empty where that is no way to mend it."""

    say: str
    prove: str
    look: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GapStep:
    """What a person can do about a gap, and where; no address: on the same page."""

    todo: Text
    address: str


def find_gap_step(here: Here, gap: GapView) -> GapStep:
    """Find the way to close one gap, by its reason."""
    todo, of = _AFTER.get(gap.reason, _LOOK_AGAIN), gap.subject
    fact = None if of is None else catalogue().facts.get((of.type, gap.fact))
    if of is None or fact is None:
        return GapStep(todo=todo, address="")
    return GapStep(
        todo=todo, address=_find_page_that_closes(here, fact, of, gap.reason)
    )


def _find_page_that_closes(here: Here, fact: Fact, of: SubjectView, reason: str) -> str:
    if reason == "list_open" and fact.subject not in {"applicant", "paper"}:
        at = [here.workspace.slug, here.row.folder, find_list_name(fact.subject)]
        return reverse("facts_list", args=at)
    kinds = list_paper_kinds([fact])
    if kinds:
        return find_upload_address(here, kinds[0])
    if reason in _AFTER and is_asked(fact):
        return find_form_address(here, fact, _make_subject(of))
    return ""


def find_mending(here: Here, finding: FindingView) -> Mending:
    """Find the ways that the facts allow which settle the finding."""
    facts = list(_list_facts(finding))
    kinds = list_paper_kinds(facts)
    facts_asked = [fact for fact in facts if is_asked(fact)]
    of = _make_subject(finding.subject)
    return Mending(
        say=find_form_address(here, facts_asked[0], of) if facts_asked else "",
        prove=find_upload_address(here, kinds[0]) if kinds else "",
        look=any(_is_seen(fact) for fact in facts),
    )


def list_paper_kinds(facts: Iterable[Fact]) -> list[str]:
    """List the kinds of paper that would say it, in order."""
    return [
        source.removeprefix("paper:")
        for fact in facts
        for source in fact.sources
        if source.startswith("paper:")
    ]


def _make_subject(of: SubjectView) -> Subject:
    return Subject(of.type, of.id or "")


def _is_seen(fact: Fact) -> bool:
    """Whether a look at the site says it, or it is reckoned from such looks."""
    return any(
        source.startswith("probe:")
        or (fact.subject == "service" and source.startswith("derived"))
        for source in fact.sources
    )


def _list_facts(finding: FindingView) -> Iterator[Fact]:
    """What the settling comparisons read, in their order, then what the others do."""
    criterion = catalogue().criteria.get(finding.criterion)
    if criterion is None:
        return
    judged = zip(criterion.test.list_judgements(), finding.terms, strict=False)
    for atom, _ in sorted(judged, key=lambda pair: not pair[1].settles):
        for node in walk(atom):
            if isinstance(node, Name | Agree):
                yield catalogue().facts[node.subject, node.fact]


def is_asked(fact: Fact) -> bool:
    """Tell whether a form asks for it."""
    return "form" in fact.sources and not fact.generated


def find_upload_address(here: Here, material: str) -> str:
    """Find where a paper of a kind is handed in."""
    address = reverse("evidence", args=[here.workspace.slug, here.row.folder])
    return f"{address}?kind={material}#upload"


def find_form_address(here: Here, fact: Fact, of: Subject) -> str:
    """Find the form that asks for a fact.

    Of a dimension, a paper, a member, or the list.
    """
    case = [here.workspace.slug, here.row.folder]
    own = fact.subject == of.type and of.id != ""
    subject = of.id if own else "self"
    place = f"?all=1#{fact.subject}.{subject}.{fact.id}"
    if fact.subject in _BY_DIMENSION:
        return reverse("facts_of", args=[*case, fact.dimension.value]) + place
    if fact.subject == "paper":
        return reverse("paper", args=[*case, subject]) if own else ""
    listed = [*case, find_list_name(fact.subject)]
    if not own:
        return reverse("facts_list", args=listed)
    return reverse("facts_member", args=[*listed, subject]) + place
