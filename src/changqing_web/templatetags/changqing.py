"""Words, days and shapes for the templates: the same everywhere, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from changqing.casework import STAGE_NAMES, Stage
from changqing.dossier import READINESS
from changqing.text import Text
from changqing_web.language import spoken, t

register = template.Library()


@register.simple_tag(name="t")
def say_both(zh: str, en: str, **values: object) -> str:
    """A sentence in the language of the page: `{% t "案件" "Cases" %}`."""
    sentence = t(zh, en)
    return sentence.format(**values) if values else sentence


@register.filter
def say(text: object) -> str:
    """A `Text`, or its JSON `{zh, en}`, in the language of the page."""
    if isinstance(text, Text):
        return text.say(spoken())
    if isinstance(text, Mapping):
        return str(text.get(spoken().value, ""))
    return "" if text is None else str(text)


@register.filter
def weekday(day: date | None) -> str:
    """周四, or Thu."""
    if day is None:
        return ""
    zh = "周" + "一二三四五六日"[day.weekday()]
    return t(zh, day.strftime("%a"))


@register.filter
def left(day: date | None) -> str:
    """How far away a day is: 剩2天, 逾期4天."""
    if day is None:
        return ""
    days = (day - timezone.localdate()).days
    if days < 0:
        return t(f"逾期{-days}天", f"{-days} d overdue")
    return t("今天", "today") if days == 0 else t(f"剩{days}天", f"in {days} d")


@register.simple_tag
def glyph(name: str, size: int = 16) -> SafeString:
    """The shape of a verdict or a readiness; the word stands beside it."""
    return format_html(
        '<svg class="glyph v-{}" width="{}" height="{}" aria-hidden="true">'
        '<use href="#v-{}"/></svg>',
        name,
        size,
        size,
        name,
    )


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The query of this page with some of it changed; None takes a part out."""
    query = context["request"].GET.copy()
    query.pop("lang", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def stage_name(code: str) -> str:
    """A stage in words."""
    return STAGE_NAMES[Stage(code)].say(spoken()) if code else ""


@register.filter
def readiness_name(code: str) -> str:
    """Whether it is ready, in words."""
    return READINESS[code].say(spoken()) if code in READINESS else code
