"""In which cases a finding is open, and which still need a kind of paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.urls import reverse
from django.utils.http import urlencode

from changqing.judge.verdict import URGENCY
from changqing.report.words import VERDICTS
from changqing.text import Text, both
from changqing_web.finding.found import select_counted
from changqing_web.models import CaseRow, IndexedFinding, IndexedPaper
from changqing_web.walls import Here

_PLACES: Final = {verdict.value: place for place, verdict in enumerate(URGENCY)}
_NONE: Final = Text("一份也没有", "has none")
_MORE: Final = Text("有一份，还不够", "has one that does not do")


@dataclass(frozen=True, slots=True, kw_only=True)
class LackingLine:
    """A case that lacks something: how it stands, and where that is mended."""

    row: CaseRow
    state: Text
    verdict: str
    url: str


def list_open_in(here: Here, criterion: str) -> QuerySet[IndexedFinding]:
    """List where a criterion is open, the gravest first."""
    gravity = Case(
        *(When(verdict=code, then=place) for code, place in _PLACES.items()),
        default=len(_PLACES),
    )
    return (
        IndexedFinding.objects.filter(
            case__in=select_counted(here), criterion=criterion
        )
        .select_related("case", "case__workspace")
        .order_by(gravity, "case__name", "pk")
    )


def list_wanting(here: Here, kind: str) -> QuerySet[IndexedPaper]:
    """List who still needs a kind of paper, those without any first; each case once."""
    wanting = IndexedPaper.objects.filter(
        case__in=select_counted(here), kind=kind, wanted=True
    )
    first = wanting.filter(case=OuterRef("case")).order_by("pk").values("pk")[:1]
    return (
        wanting.filter(pk=Subquery(first))
        .select_related("case", "case__workspace")
        .annotate(has=Case(When(paper="", then=0), default=1))
        .order_by("has", "case__name", "pk")
    )


def make_line(indexed: IndexedFinding | IndexedPaper) -> LackingLine:
    """Make the line of a case."""
    place = [indexed.case.workspace.slug, indexed.case.folder]
    if isinstance(indexed, IndexedFinding):
        many = "" if indexed.count == 1 else f" × {indexed.count}"
        name = VERDICTS.get(indexed.verdict, both(indexed.verdict))
        return LackingLine(
            row=indexed.case,
            state=Text(f"{name.zh}{many}", f"{name.en}{many}"),
            verdict=indexed.verdict,
            url=f"{reverse('findings', args=place)}?{urlencode({'open': indexed.key})}",
        )
    if indexed.paper:
        url = reverse("paper", args=[*place, indexed.paper])
    else:
        url = f"{reverse('evidence', args=place)}#upload"
    return LackingLine(
        row=indexed.case, state=_MORE if indexed.paper else _NONE, verdict="", url=url
    )
