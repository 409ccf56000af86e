"""Nothing lies about that leads nowhere: templates, styles, addresses and facts."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

from changqing.agency.rows import BoardRow
from changqing.law.compiled import load_compiled
from changqing_web.walls import collect_routes

SOURCE: Final = Path(__file__).resolve().parents[2] / "src"
LAW: Final = SOURCE / "changqing/law/data"
READ: Final = {".py", ".html", ".js", ".j2", ".md", ".txt"}

OF_A_LIBRARY: Final = ("account/", "socialaccount/", "mfa/", "allauth/")
"""Templates that take the place of those of a library, which calls them."""
BY_COLUMN: Final = "board/cells/"
"""Cells that the list calls by the name of their column."""
MADE_BY_A_LIBRARY: Final = frozenset({"htmx-request"})
SEEN_AND_SHOWN: Final = frozenset(
    {
        *("company_name_shown", "filing_number_shown", "licence_number_shown"),
        *("police_number_shown", "shows_company_name"),
        *("listing_developer", "listing_name", "listing_updated_on"),
    }
)
"""Facts that decide nothing: what a look or probe saw, for whoever reads it there."""


@cache
def read_source() -> str:
    """Read all code and templates as one text."""
    return "\n".join(
        path.read_text("utf-8")
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in READ and "__pycache__" not in path.parts
    )


@cache
def list_words() -> frozenset[str]:
    return frozenset(re.findall(r"[\w-]+", read_source()))


def test_every_template_is_called() -> None:
    called = set(re.findall(r"[\w/.-]+\.(?:html|txt)", read_source()))
    for path in SOURCE.glob("changqing_web/**/templates/**/*.*"):
        name = path.as_posix().partition("/templates/")[2]
        if name.startswith(BY_COLUMN):
            assert path.stem in {*BoardRow.__slots__, *dir(BoardRow), "any"}, name
        elif not name.startswith(OF_A_LIBRARY):
            assert name in called, name


def test_every_class_of_a_style_sheet_is_used() -> None:
    # A class may be put together: class="state-{{ row.state }}".
    stems = set(re.findall(r"\b([a-z]+-)(?:\{|%|\" *~)", read_source()))
    words = list_words()
    for sheet in SOURCE.glob("**/*.css"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)
        for selector in re.findall(r"([^{}]+)\{", rules):
            for name in re.findall(r"\.([A-Za-z][\w-]*)", selector):
                used = name in words or name in MADE_BY_A_LIBRARY
                assert used or name.startswith(tuple(stems)), (sheet.name, name)


def test_every_address_is_led_to() -> None:
    named = Counter(re.findall(r"""["']([\w-]+)["']""", read_source()))
    # Once it is named where it is defined; a link in a letter is put together.
    alone = {route.name for route in collect_routes() if named[route.name] < 2}
    assert alone == {"enter"}


def test_every_fact_is_read() -> None:
    """By a criterion, another entry of the catalogue, a document, or code."""
    words = set(list_words())
    for path in LAW.rglob("*.yaml"):
        if path.parent.parent.name != "facts" and path.parent.name != "looks":
            words.update(re.findall(r"\w+", path.read_text("utf-8")))
    facts = {fact.id for fact in load_compiled().facts.values() if not fact.generated}
    assert facts - words == SEEN_AND_SHOWN
