"""Markdown as a page shows it: made by the reader of the renderers, and cleaned."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from changqing.documents.document import BLANK_HEADS
from changqing.sandbox.pool import READING, get_shared_pool

_TAGS: Final = frozenset(
    {"a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "hr"}
    | {"img", "li", "mark", "ol", "p", "pre", "strong", "sup", "table", "tbody", "td"}
    | {"th", "thead", "tr", "ul"}
)
_ATTRIBUTES: Final = {"a": {"href"}, "img": {"src", "alt"}, "th": set(), "td": set()}
_SHORT: Final = 60_000  # characters; ours have a few thousand
_PROOF: Final = re.compile(r"\^(附件\d+|E-\d+|自述|承诺|公司自定|公司自写)\^")
_OPEN: Final = re.compile(rf"(〔(?:{BLANK_HEADS})：[^〕<]{{0,500}}〕)")


@lru_cache(maxsize=1)
def _make_reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def render_prose(
    markdown: str, chart: Callable[[str], str] = lambda _: ""
) -> SafeString:
    """Render a text as HTML; `chart` gives the address of a drawing by its name.

    A long one is rendered in a child process: brackets alone, in the length that a
    document may have, take seconds. GivenUpError when a limit ends that.
    """
    body = re.sub(
        r"\(chart:([a-z_]+)\)", lambda match: f"({chart(match[1])})", markdown
    )
    short = len(body) <= _SHORT
    clean = (
        _render_markdown(body)
        if short
        else get_shared_pool().run(READING, _render_markdown, body)
    )
    return mark_safe(clean)  # noqa: S308 - cleaned


def _render_markdown(body: str) -> str:
    """Clean HTML of Markdown."""
    html = _make_reader().render(body)
    html = _PROOF.sub(r"<sup>\1</sup>", html)
    html = _OPEN.sub(r"<mark>\1</mark>", html)
    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={name: set(allowed) for name, allowed in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noreferrer nofollow",
    )
