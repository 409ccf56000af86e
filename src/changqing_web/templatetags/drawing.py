"""Rows of long lists, drawn once and kept for as long as they look the same."""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Sequence
from functools import cache
from typing import Final

from django import template
from django.db.models import Model
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from changqing.latest import Latest

DrawnRows = Latest[Hashable, tuple[str, ...]]
"""Rows by all that they are drawn from, each cut where the address of a page goes."""
_ADDRESS: Final = f"address-{secrets.token_hex(16)}"
"""Stands in a row that is kept for the query of the page, which nobody can guess."""

register = template.Library()


class _KeptRow(template.Node):
    """What `{% kept_row %}` becomes: a template takes most of the time of a page."""

    def __init__(
        self, nodes: NodeList, rows: FilterExpression, key: FilterExpression
    ) -> None:
        self._nodes = nodes
        self._rows = rows
        self._key = key

    def render(self, context: template.Context) -> SafeString:
        """Draw the row, or give what was drawn before."""
        rows: DrawnRows = self._rows.resolve(context)
        key: Hashable | None = self._key.resolve(context)
        if key is None:
            return self._nodes.render(context)
        parts = rows.find(key)
        if parts is None:
            with context.push(way=_ADDRESS):
                parts = tuple(self._nodes.render(context).split(_ADDRESS))
            rows.keep(key, parts)
        if len(parts) == 1:
            return mark_safe(parts[0])  # noqa: S308 - as the template drew it
        way = conditional_escape(str(context.get("way", "")))
        return mark_safe(way.join(parts))  # noqa: S308 - as the template drew it


@register.tag(name="kept_row")
def keep_row(parser: Parser, token: Token) -> _KeptRow:
    """Draw a row once for a key: `{% kept_row rows key %}…{% endkept_row %}`.

    `rows` are the `DrawnRows` to keep it in. `key` has to hold all that is drawn but
    `way`, the beginning of a query; where it is None nothing is kept.
    """
    name, *arguments = token.split_contents()
    if len(arguments) != 2:
        raise template.TemplateSyntaxError(
            f"{name} takes where to keep a row, and by what"
        )
    nodes = parser.parse((f"end{name}",))
    parser.delete_first_token()
    rows, key = map(parser.compile_filter, arguments)
    return _KeptRow(nodes, rows, key)


@register.filter
def drawing_key(row: Model, drawn_for: Hashable) -> Hashable:
    """Make the key by which the drawing of a database row is kept: all its values.

    `drawn_for` is what else it depends on: the language, the day, who looks.
    """
    return drawn_for, repr([getattr(row, name) for name in _list_values(type(row))])


@cache
def _list_values(model: type[Model]) -> Sequence[str]:
    return [field.attname for field in model._meta.concrete_fields]
