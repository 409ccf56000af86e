"""What the report counts and draws, for pages: the same figures, with links onward.

Nothing is counted or drawn here a second time: `CasePage` is the report's own page, and
differs in where its links go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup, escape

from changqing.latest import Latest
from changqing.report.counting import format_key
from changqing.report.model import CaseReport, ErrandView, EvidenceView, FindingView
from changqing.report.page import Page
from changqing.text import Language
from changqing_web.cases import list_tabs
from changqing_web.language import page_language
from changqing_web.templatetags.drawing import DrawnRows
from changqing_web.walls import Here

_TERM_DAYS = 5 * 365
_PAGES: Final = 24
"""Pages kept ready in a process: a case, a language, and what somebody may open."""


@dataclass(frozen=True, kw_only=True)
class CasePage(Page):
    """The report's page, its links leading to the pages of the case.

    `addresses` holds those that this person may open; what leads elsewhere is text.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)

    def link_evidence(self, number: str) -> Markup:
        """Link an evidence number to it where it is listed."""
        link = self._links.get(number)
        if link is None:
            link = self._links[number] = self._make_evidence_link(number)
        return link

    def _make_evidence_link(self, number: str) -> Markup:
        address = self.addresses.get("evidence")
        if number not in self.numbers or address is None:
            return escape(number)
        return Markup('<a class="ev" href="{}?{}#records">{}</a>').format(
            address, urlencode({"q": number}), number
        )

    def find_last_day(self, number: str) -> date | None:
        """Find the last day on which a piece of evidence counts.

        None where it has none.
        """
        row = self._evidence_by_number.get(number)
        return None if row is None else row.valid_until

    @cached_property
    def _links(self) -> dict[str, Markup]:
        """The links made so far: one piece of evidence stands in many rows."""
        return {}

    @cached_property
    def drawings(self) -> DrawnRows:
        """The rows of its findings that were drawn so far, all but the open one."""
        return Latest(most=len(self.findings) or 1)

    @cached_property
    def _evidence_by_number(self) -> Mapping[str, EvidenceView]:
        return {row.number: row for row in self.report.evidence if row.number}

    def link_criterion(self, criterion: str) -> Markup:
        """Link a criterion's title to its row."""
        finding = self._first_of_criterion.get(criterion)
        if finding is None:
            return escape(criterion)
        title = self.say(finding.title)
        address = self.addresses.get("findings")
        if address is None:
            return escape(title)
        return Markup('<a href="{}?{}#{}">{}</a>').format(
            address,
            urlencode({"open": format_key(finding)}),
            self.make_anchor(finding),
            title,
        )

    def link_errand(self, errand: str) -> Markup:
        """Link an errand's title to it; empty when it is not to be done."""
        planned = self.errands_by_name.get(errand)
        if planned is None:
            return Markup("")
        title = self.say(planned.title)
        address = self.addresses.get("errands")
        if address is None:
            return escape(title)
        return Markup('<a href="{}#errand-{}">{}</a>').format(address, errand, title)

    @cached_property
    def _first_of_criterion(self) -> Mapping[str, FindingView]:
        # The last of a criterion is put in first, so that its first one stays.
        return {finding.criterion: finding for finding in reversed(self.findings)}

    @cached_property
    def errands_by_name(self) -> Mapping[str, ErrandView]:
        """What is to be done, by the name of the errand."""
        return {planned.errand: planned for planned in self.report.errands}


def make_case_page(here: Here, report: CaseReport) -> CasePage:
    """Make the report's page of a case, in the language of the page.

    Made once for a result that pages share, so that what is counted and drawn from it
    is counted and drawn once.
    """
    addresses = tuple((tab.code, tab.url) for tab in list_tabs(here))
    return _build_page(_Same(report), page_language(), addresses)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A report by its identity."""

    report: CaseReport

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.report is other.report

    def __hash__(self) -> int:
        return id(self.report)


@lru_cache(maxsize=_PAGES)
def _build_page(
    same: _Same, language: Language, addresses: tuple[tuple[str, str], ...]
) -> CasePage:
    page = CasePage.of(same.report, language)
    return replace(page, addresses=dict(addresses))


def draw_until_bar(until: date | None, today: date) -> Markup:
    """Draw how much of five years is proven; the day beside it says the same."""
    if until is None:
        return Markup("")
    share = min(1.0, max(0.0, (until - today).days / _TERM_DAYS))
    near = " near" if (until - today).days <= 90 else ""
    return Markup(
        '<svg class="until{}" width="62" height="9" aria-hidden="true">'
        '<rect class="u-all" x="0.5" y="0.5" width="61" height="8"/>'
        '<rect class="u-proven" width="{:.1f}" height="9"/></svg>'
    ).format(near, max(2.0, 62 * share))
