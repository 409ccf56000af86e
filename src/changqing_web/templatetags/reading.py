"""Words and marks of an assessment for the pages that show one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Final
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from changqing.law.said import say_article
from changqing.law.words import SCOPE_WORDS
from changqing.masks import mask_numbers
from changqing.report.charts import draw_key_cell
from changqing.report.marks import grade_steps
from changqing.report.model import FindingView
from changqing.report.words import (
    DIMENSIONS,
    GRADE_GROUPS,
    GRADES,
    LONG_TERM,
    STANDINGS,
    VERDICTS,
    name_verdict,
)
from changqing.text import Language
from changqing_web.board.columns import NARROWING
from changqing_web.case.charts import draw_until_bar as drawn_until
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.templatetags.changqing import say

register = template.Library()
_KIND_OF_REGION: Final = re.compile(r"(省|市|(壮族|回族|维吾尔)?自治区)$")
_WORDS = {
    "dimension": DIMENSIONS,
    "standing": STANDINGS,
    "verdict": VERDICTS,
    "grade": GRADES,
    "grade_group": GRADE_GROUPS,
    "long_term": LONG_TERM,
}


@register.filter
def word(code: str, kind: str) -> str:
    """Say the word for a code: `{{ fact.grade|word:"grade" }}`.

    `kind` is a key of `_WORDS`; a code that is not known is shown as it is.
    """
    label = _WORDS[kind].get(code)
    return code if label is None else label.say(page_language())


@register.filter
def verdict_name(finding: FindingView) -> str:
    """Name a finding's verdict by what it rests on: 已证实, 已写明."""
    return name_verdict(finding.verdict, finding.rests_on, vacuous=finding.vacuous).say(
        page_language()
    )


@register.filter
def grade(code: str | None) -> SafeString:
    """Draw a grade as three rising steps beside its word; nothing for None."""
    return _draw_grade(code, "grade", page_language()) if code else mark_safe("")


@register.filter
def grade_group(code: str | None) -> SafeString:
    """Draw the steps with 说了, 写了 or 证了, as the first screens have it."""
    return _draw_grade(code, "grade_group", page_language()) if code else mark_safe("")


@cache
def _draw_grade(code: str, kind: str, language: Language) -> SafeString:
    label, full = _WORDS[kind].get(code), GRADES.get(code)
    return format_html(
        '<span class="grade" title="{}">{}{}</span>',
        code if full is None else full.say(language),
        grade_steps(code),
        code if label is None else label.say(language),
    )


@register.filter
def region_name(code: str) -> str:
    """Name a region by its code; a code that is not known is shown as it is."""
    region = catalogue().regions.get(code)
    return code if region is None else region.label.say(page_language())


@register.filter
def short_region(code: str) -> str:
    """Name a region as a column has room for it: 浙江, 内蒙古."""
    return _KIND_OF_REGION.sub("", region_name(code))


@register.filter
def scope_name(code: str) -> str:
    """Name a scope of a licence; a code that is not known is shown as it is."""
    return SCOPE_WORDS[code].say(page_language()) if code in SCOPE_WORDS else code


@register.simple_tag(takes_context=True)
def without(context: template.Context, *names: str) -> str:
    """Make the query of this page without some parts: `{% without "page" "q" %}`."""
    query = context["request"].GET.copy()
    for name in (*names, "lang"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def without_filters(context: template.Context) -> str:
    """Make the query of the board without all that narrows it."""
    return str(without(context, *NARROWING, "page"))


@register.filter
def cell(verdict: str) -> SafeString:
    """Draw one cell of the chart for the line that explains it."""
    return format_html("{}", draw_key_cell(verdict))


@register.filter
def article(reference: str) -> str:
    """Say an article as people cite it: `{{ "6(4)"|article }}` is 第六条第（四）项."""
    return say_article(reference).say(page_language())


@register.filter
def day(written: str | None) -> date | None:
    """Parse a day of the case file; None for what is none."""
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None


@register.filter
def long_day(day: date | None) -> str:
    """Say a day within a sentence: 2026年11月24日, 24 November 2026."""
    if day is None:
        return ""
    return t(
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    )


@register.filter
def mask_text(text: object) -> str:
    """Say a text of the case without identity and mobile numbers."""
    return mask_numbers(say(text))


@register.filter
def link_evidence(text: str, page: object) -> SafeString:
    """Make links of the evidence numbers in a sentence, and mask personal numbers.

    `page` is the `CasePage` that knows which numbers this person may open.
    """
    return format_html("{}", page.link_numbers(mask_numbers(text)))  # type: ignore[attr-defined]


@register.filter
def criterion_link(criterion: str, page: object) -> SafeString:
    """Name a criterion by its title, a link to its row where the person may open it."""
    return format_html("{}", page.link_criterion(criterion))  # type: ignore[attr-defined]


@register.filter
def way_to(row: object, here: object) -> str:
    """Make the address of a finding, quoted to stand as `?next=` in another address."""
    place = [here.workspace.slug, here.row.folder]  # type: ignore[attr-defined]
    key, anchor = row.key, row.anchor  # type: ignore[attr-defined]
    address = reverse("findings", args=place)
    return quote(f"{address}?open={quote(key)}#{anchor}", safe="")


@register.filter
def errand_link(errand: str, page: object) -> SafeString:
    """Name an errand by its title, a link to it; empty when it is not to be done."""
    return format_html("{}", page.link_errand(errand))  # type: ignore[attr-defined]


@register.filter
def evidence_link(number: str, page: object) -> SafeString:
    """Make an evidence number a link to where it is listed."""
    return format_html("{}", page.link_evidence(number))  # type: ignore[attr-defined]


@register.filter
def valid_until(number: str | None, page: object) -> date | None:
    """Find the last day on which a piece of evidence counts; None where it has none."""
    until: date | None = page.find_last_day(number or "")  # type: ignore[attr-defined]
    return until


@register.filter
def evidence_links(numbers: Iterable[str], page: object) -> SafeString:
    """Make links of evidence numbers, one after the other."""
    return format_html_join(" ", "{}", ([evidence_link(n, page)] for n in numbers))


@register.filter
def clauses(sentence: str, page: object) -> SafeString:
    """Cut a headline after its punctuation, so that lines break between clauses."""
    joint = t("", " ")
    parts = [
        format_html('<span class="clause">{}</span>', part)
        for part in page.split_clauses(sentence)  # type: ignore[attr-defined]
    ]
    return mark_safe(joint.join(parts))  # noqa: S308 - each part was escaped


@register.simple_tag
def until_bar(until: date | None, today: date) -> SafeString:
    """Draw how much of the next five years is proven."""
    return format_html("{}", drawn_until(until, today))


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
