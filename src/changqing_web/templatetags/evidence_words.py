"""Words of evidence in templates: what papers are called, personal numbers masked."""

from __future__ import annotations

from django import template

from changqing.masks import mask_numbers as hidden
from changqing_web.index import catalogue
from changqing_web.language import page_language

register = template.Library()


@register.filter
def mask(text: object) -> str:
    """Mask a text without its identity and mobile numbers."""
    return hidden(str(text))


@register.filter
def material_name(code: str) -> str:
    """Name a kind of paper; an unknown kind as it is."""
    material = catalogue().materials.get(code)
    return code if material is None else material.label.say(page_language())
