"""What the report counts and draws, for pages: the same figures, with links onward.

Nothing is counted or drawn here a second time: `CasePage` is the report's own page, and
differs in where its links go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from markupsafe import Markup, escape

from changqing.dossier import Page, Reading
from changqing_web.cases import Json, tabs
from changqing_web.language import spoken
from changqing_web.walls import Here

_TERM_DAYS = 5 * 365


@dataclass(frozen=True, kw_only=True)
class CasePage(Page):
    """The report's page, its links leading to the pages of the case.

    `addresses` holds those that this person may open; what leads elsewhere is text.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)

    def evidence(self, number: str) -> Markup:
        """An evidence number, a link to it where it is listed."""
        address = self.addresses.get("evidence")
        if number not in self.numbers or address is None:
            return escape(number)
        return Markup('<a class="ev" href="{}?{}#records">{}</a>').format(
            address, urlencode({"q": number}), number
        )

    def criterion(self, criterion: str) -> Markup:
        """A criterion's title, a link to its row."""
        address = self.addresses.get("findings")
        for finding in self.findings:
            if finding.code("criterion") != criterion:
                continue
            title = finding.say("title", criterion)
            if address is None:
                return escape(title)
            return Markup('<a href="{}?{}#{}">{}</a>').format(
                address,
                urlencode({"open": key_of(finding)}),
                self.anchor(finding),
                title,
            )
        return escape(criterion)

    def errand(self, errand: str) -> Markup:
        """An errand's title, a link to it; empty when it is not to be done."""
        address = self.addresses.get("errands")
        for each in self.read.parts("errands"):
            if errand and each.code("errand") == errand:
                title = each.say("title", errand)
                if address is None:
                    return escape(title)
                return Markup('<a href="{}#errand-{}">{}</a>').format(
                    address, errand, title
                )
        return Markup("")


def key_of(finding: Reading) -> str:
    """By which name a finding is addressed: its criterion, and of whom."""
    criterion, of = finding.code("criterion"), finding.part("subject")
    if of.code("type") in ("", "applicant") or not of.code("id"):
        return criterion
    return f"{criterion}@{of.code('type')}:{of.code('id')}"


def page_of(here: Here, document: Json) -> CasePage:
    """The report's page of a case, in the language of the page."""
    page = CasePage.of(Reading(document, spoken()))
    return replace(page, addresses={tab.code: tab.url for tab in tabs(here)})


def until_bar(until: date | None, today: date) -> Markup:
    """How much of five years is proven; the day beside it says the same."""
    if until is None:
        return Markup("")
    share = min(1.0, max(0.0, (until - today).days / _TERM_DAYS))
    near = " near" if (until - today).days <= 90 else ""
    return Markup(
        '<svg class="until{}" width="62" height="9" aria-hidden="true">'
        '<rect class="u-all" x="0.5" y="0.5" width="61" height="8"/>'
        '<rect class="u-proven" width="{:.1f}" height="9"/></svg>'
    ).format(near, max(2.0, 62 * share))
