"""A word with its meaning a tap, a key or a hover away, on a page and in the report.

The meaning is a `popover`, which browsers open by themselves: it works under a strict
content policy, by keyboard and by touch, and in a file without scripts. Readers of the
screen hear it as the description of the word.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from markupsafe import Markup

from changqing.guide.terms import load_terms
from changqing.text import Language


def draw_means(name: str, language: Language, *, place: str) -> Markup:
    """Draw the word of a term; `place` tells it from the same word elsewhere.

    KeyError where there is no such term.
    """
    term = load_terms()[name]
    return Markup(
        '<span class="means"><button type="button" popovertarget="{at}"'
        ' aria-describedby="{at}">{word}</button>'
        '<span class="means-text" id="{at}" popover>{means}</span></span>'
    ).format(
        at=f"means-{place}-{name}",
        word=term.word.say(language),
        means=term.means.say(language),
    )


@lru_cache(maxsize=1)
def read_means_stylesheet() -> str:
    """Read the style of the means, the same on the web and in the report."""
    return (files("changqing.report") / "static" / "means.css").read_text("utf-8")
