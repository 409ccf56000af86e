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
    """The word for a code of one kind; an unknown code as it is."""
    said = _WORDS[kind].get(code)
    return code if said is None else said.say(page_language())


@register.filter
def verdict_name(finding: FindingView) -> str:
    """The word of a finding's verdict, by what it rests on."""
    return name_verdict(finding.verdict, finding.rests_on, vacuous=finding.vacuous).say(
        page_language()
    )


@register.filter
def grade(code: str | None) -> SafeString:
    """Three rising steps and the word of the grade; nothing where there is none."""
    return _draw_grade(code, "grade", page_language()) if code else mark_safe("")


@register.filter
def grade_group(code: str | None) -> SafeString:
    """The steps with 说了, 写了 or 证了, as first screens have it."""
    return _draw_grade(code, "grade_group", page_language()) if code else mark_safe("")


@cache
def _draw_grade(code: str, kind: str, language: Language) -> SafeString:
    said, full = _WORDS[kind].get(code), GRADES.get(code)
    return format_html(
        '<span class="grade" title="{}">{}{}</span>',
        code if full is None else full.say(language),
        grade_steps(code),
        code if said is None else said.say(language),
    )


@register.filter
def region_name(code: str) -> str:
    """A region in words."""
    region = catalogue().regions.get(code)
    return code if region is None else region.label.say(page_language())


@register.filter
def short_region(code: str) -> str:
    """A region as a column names it: 浙江, 内蒙古."""
    return _KIND_OF_REGION.sub("", region_name(code))


@register.filter
def scope_name(code: str) -> str:
    """A scope in words."""
    return SCOPE_WORDS[code].say(page_language()) if code in SCOPE_WORDS else code


@register.simple_tag(takes_context=True)
def without(context: template.Context, *names: str) -> str:
    """The query of this page with some parts taken out."""
    query = context["request"].GET.copy()
    for name in (*names, "lang"):
        query.pop(name, None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def without_filters(context: template.Context) -> str:
    """The query of the board without what narrows it."""
    return str(without(context, *NARROWING, "page"))


@register.filter
def cell(verdict: str) -> SafeString:
    """One cell of the chart, for the line that explains it."""
    return format_html("{}", draw_key_cell(verdict))


@register.filter
def article(reference: str) -> str:
    """An article as people cite it."""
    return say_article(reference).say(page_language())


@register.filter
def day(written: str | None) -> date | None:
    """A day of the case file as a date."""
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None


@register.filter
def long_day(day: date | None) -> str:
    """A day within a sentence: 2026年11月24日, 24 November 2026."""
    if day is None:
        return ""
    return t(
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    )


@register.filter
def mask_text(text: object) -> str:
    """A text of the case, without identity and mobile numbers."""
    return mask_numbers(say(text))


@register.filter
def link_evidence(text: str, page: object) -> SafeString:
    """A sentence in which evidence numbers are links, without personal numbers."""
    return format_html("{}", page.link_numbers(mask_numbers(text)))  # type: ignore[attr-defined]


@register.filter
def criterion_link(criterion: str, page: object) -> SafeString:
    """A criterion's title, a link to its row."""
    return format_html("{}", page.criterion(criterion))  # type: ignore[attr-defined]


@register.filter
def way_to(row: object, here: object) -> str:
    """The address of a finding in its case, quoted: a page may lead back to it."""
    place = [here.workspace.slug, here.row.folder]  # type: ignore[attr-defined]
    key, anchor = row.key, row.anchor  # type: ignore[attr-defined]
    address = reverse("findings", args=place)
    return quote(f"{address}?open={quote(key)}#{anchor}", safe="")


@register.filter
def errand_link(errand: str, page: object) -> SafeString:
    """An errand's title, a link to it; empty when it is not to be done."""
    return format_html("{}", page.errand(errand))  # type: ignore[attr-defined]


@register.filter
def evidence_link(number: str, page: object) -> SafeString:
    """An evidence number, a link to it where it is listed."""
    return format_html("{}", page.evidence(number))  # type: ignore[attr-defined]


@register.filter
def valid_until(number: str | None, page: object) -> date | None:
    """The last day on which a piece of evidence counts."""
    until: date | None = page.valid_until(number or "")  # type: ignore[attr-defined]
    return until


@register.filter
def evidence_links(numbers: Iterable[str], page: object) -> SafeString:
    """Evidence numbers one after the other."""
    return format_html_join(" ", "{}", ([evidence_link(n, page)] for n in numbers))


@register.filter
def clauses(sentence: str, page: object) -> SafeString:
    """A headline cut after its punctuation, so that lines break between clauses."""
    joint = t("", " ")
    parts = [
        format_html('<span class="clause">{}</span>', part)
        for part in page.clauses(sentence)  # type: ignore[attr-defined]
    ]
    return mark_safe(joint.join(parts))  # noqa: S308 - each part was escaped


@register.simple_tag
def until_bar(until: date | None, today: date) -> SafeString:
    """How much of five years is proven."""
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
