"""Personal numbers masked in templates."""

from __future__ import annotations

from django import template

from changqing_web.masks import masked as hidden

register = template.Library()


@register.filter
def masked(text: object) -> str:
    """A text without its identity and mobile numbers."""
    return hidden(str(text))
