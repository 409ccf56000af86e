"""Where on the pages a finding is mended: said anew, proven by a paper, looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from changqing.catalogue import Fact
from changqing.dossier import Page, Reading
from changqing.expression import Agree, Name, walk
from changqing_web.index import catalogue
from changqing_web.questions import listed_in
from changqing_web.walls import Here

_BY_DIMENSION: Final = frozenset({"applicant", "service"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """Addresses of the case; empty where that is no way to mend it."""

    say: str
    prove: str
    look: bool


def mending(here: Here, page: Page, finding: Reading) -> Mending:
    """The ways that the facts allow which settle the finding."""
    facts = list(_facts(page, finding))
    kinds = [
        source.removeprefix("paper:")
        for fact in facts
        for source in fact.sources
        if source.startswith("paper:")
    ]
    case = [here.workspace.slug, here.row.folder]
    asked = [fact for fact in facts if "form" in fact.sources and not fact.generated]
    return Mending(
        say=_said_at(case, asked[0], finding.part("subject")) if asked else "",
        prove=f"{reverse('evidence', args=case)}?kind={kinds[0]}#upload"
        if kinds
        else "",
        look=any(_is_seen(fact) for fact in facts),
    )


def _is_seen(fact: Fact) -> bool:
    """Whether a look at the site says it, or it is reckoned from such looks."""
    return any(
        source.startswith("probe:")
        or (fact.subject == "service" and source.startswith("derived"))
        for source in fact.sources
    )


def _facts(page: Page, finding: Reading) -> Iterator[Fact]:
    """What the settling comparisons read, in their order, then what the others do."""
    criterion = catalogue().criteria.get(finding.code("criterion"))
    if criterion is None:
        return
    judged = zip(criterion.test.judgements(), finding.parts("terms"), strict=False)
    for atom, _ in sorted(judged, key=lambda pair: not page.settles(pair[1])):
        for node in walk(atom):
            if isinstance(node, Name | Agree):
                yield catalogue().facts[node.subject, node.fact]


def _said_at(case: list[str], fact: Fact, of: Reading) -> str:
    """The form that asks for a fact: of a dimension, a paper, a member, or the list."""
    own = fact.subject == of.code("type") and of.code("id") != ""
    subject = of.code("id") if own else "self"
    place = f"?all=1#{fact.subject}.{subject}.{fact.id}"
    if fact.subject in _BY_DIMENSION:
        return reverse("facts_of", args=[*case, fact.dimension.value]) + place
    if fact.subject == "paper":
        return reverse("paper", args=[*case, subject]) if own else ""
    listed = [*case, listed_in(fact.subject)]
    if not own:
        return reverse("facts_list", args=listed)
    return reverse("facts_member", args=[*listed, subject]) + place
