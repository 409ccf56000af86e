"""`report.html`: one file that needs nothing beside it, on screen, phone and paper."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from changqing.report import charts, marks
from changqing.report.model import CaseReport
from changqing.report.page import Page
from changqing.report.words import drop_controls
from changqing.text import Language


def render_report(report: CaseReport, language: Language) -> str:
    """Render the whole report in one language.

    Same report, same bytes. Whatever it holds is escaped, and what could steer the
    writing is dropped.
    """
    page = Page.of(report, language)
    template = _environment().get_template("report.html.j2")
    return drop_controls(template.render(page=page, style=_style(page)))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("changqing.report"),
        autoescape=True,
        optimized=False,  # folding constants costs more than one page gains by it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "glyph": marks.glyph,
        "grade_steps": marks.grade_steps,
        "key_cell": charts.key_cell,
        "state_glyph": marks.state_glyph,
        "symbols": marks.SYMBOLS,
    }
    return environment


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """The style of the report, as it stands in each file."""
    return (files("changqing.report") / "static" / "report.css").read_text("utf-8")


def _style(page: Page) -> Markup:
    """The stylesheet, and the running foot with the applicant's name in it."""
    left = page.t(
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
        f"@page{{@bottom-left{{content:{_css_string(left)}}}"
        f"@bottom-right{{content:{right}}}}}"
    )
    return Markup(stylesheet() + foot)


def _css_string(text: str) -> str:
    """A CSS string that ends neither itself nor the style element around it."""
    return (
        '"'
        + "".join(
            char if char.isalnum() and not char.isascii() else f"\\{ord(char):x} "
            for char in text
        )
        + '"'
    )
