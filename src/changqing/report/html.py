"""`report.html`: one file that needs nothing beside it, on screen, phone and paper."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from changqing.report import charts, marks
from changqing.report.build_one_page import build_one_page
from changqing.report.means import draw_means, read_means_stylesheet
from changqing.report.model import CaseReport
from changqing.report.one_page_rows import speak_one_page
from changqing.report.page import Page
from changqing.report.screenshots import ScreenshotView
from changqing.report.words import drop_controls
from changqing.templates import keep_compiled
from changqing.text import Language

NO_CROPS: Final[Mapping[str, bytes]] = MappingProxyType({})


def render_report(
    report: CaseReport,
    language: Language,
    *,
    crops: Mapping[str, bytes] = NO_CROPS,
    screenshots: Sequence[ScreenshotView] = (),
) -> str:
    """Render the whole report in one language, the one page first.

    `crops` are pictures (JPEG) of the places in papers, by the number of the evidence.
    Same report, same bytes. Whatever it holds is escaped, and what could steer the
    writing is dropped.
    """
    page = Page.of(report, language)
    template = _make_environment().get_template("report.html.j2")
    rendered = template.render(
        page=page,
        style=_render_style(page),
        spoken=speak_one_page(build_one_page(report), language),
        draw=marks.draw_code,
        crops={number: _embed_picture(crop) for number, crop in crops.items()},
        screenshots=[
            (view.taken, _encode_picture(view.picture)) for view in screenshots
        ],
    )
    return drop_controls(rendered)


def _encode_picture(picture: bytes | None) -> str | None:
    return None if picture is None else _embed_picture(picture)


def render_one_page(
    page: Page,
    *,
    draw: Callable[[str, int], Markup],
    crops: Mapping[str, str] = MappingProxyType({}),
) -> Markup:
    """Render the one page alone, to stand on another page.

    `draw` gives the shape of a verdict or state at a size, `crops` the address of the
    picture of a place by the number of the evidence.
    """
    template = _make_environment().get_template("one_page.html.j2")
    rendered = template.render(
        page=page,
        spoken=speak_one_page(build_one_page(page.report), page.language),
        draw=draw,
        crops=crops,
    )
    return Markup(drop_controls(rendered))


def _embed_picture(crop: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(crop).decode()}"


@lru_cache(maxsize=1)
def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("changqing.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    keep_compiled(environment)
    environment.globals |= {
        "glyph": marks.draw_glyph,
        "means": draw_means,
        "grade_steps": marks.grade_steps,
        "key_cell": charts.draw_key_cell,
        "state_glyph": marks.state_glyph,
        "symbols": marks.SYMBOLS,
    }
    return environment


@lru_cache(maxsize=1)
def read_stylesheet() -> str:
    """Read the style of the report, which is written into each file."""
    return (files("changqing.report") / "static" / "report.css").read_text("utf-8")


@lru_cache(maxsize=1)
def read_one_page_stylesheet() -> str:
    """Read the style of the one page, here as on the web."""
    return (files("changqing.report") / "static" / "one_page.css").read_text("utf-8")


def _render_style(page: Page) -> Markup:
    """The stylesheet, and the running foot with the applicant's name in it."""
    foot_left = page.t(
        "{name}　长期服务能力评估报告　截至{day}",
        "{name}, long-term service capability, as of {day}",
        name=page.applicant,
        day=page.report.as_of.isoformat(),
    )
    right = page.t(
        '"第" counter(page) "页，共" counter(pages) "页"',
        '"Page " counter(page) " of " counter(pages)',
    )
    foot = (
        f"@page{{@bottom-left{{content:{_quote_css(foot_left)}}}"
        f"@bottom-right{{content:{right}}}}}"
    )
    return Markup(
        read_stylesheet() + read_one_page_stylesheet() + read_means_stylesheet() + foot
    )


def _quote_css(text: str) -> str:
    """A CSS string that ends neither itself nor the style element around it."""
    return (
        '"'
        + "".join(
            char if char.isalnum() and not char.isascii() else f"\\{ord(char):x} "
            for char in text
        )
        + '"'
    )
