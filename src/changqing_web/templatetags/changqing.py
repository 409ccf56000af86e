"""Words, days and shapes for the templates: the same everywhere, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from urllib.parse import urlencode

from django import template
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from changqing.agency.columns import BoardColumn, Content
from changqing.agency.rows import COLUMNS
from changqing.agency.tabulate import format_cell
from changqing.guide.terms import load_terms
from changqing.judge.suppose import CaseStanding
from changqing.report.means import draw_means
from changqing.report.words import name_state
from changqing.text import Text
from changqing_web.case.head import tell_deletion
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import CaseRow
from changqing_web.register.place import find_runs_folder

register = template.Library()


class _Sentence(template.Node):
    """What `{% t %}` becomes: pages hold hundreds, so each is read once."""

    def __init__(self, text: Text, values: Mapping[str, FilterExpression]) -> None:
        self._said = text
        self._values = values

    def render(self, context: template.Context) -> str:
        """Say the sentence in the language of the page, its values escaped."""
        sentence = self._said.say(page_language())
        if not self._values:
            return sentence
        values = {name: value.resolve(context) for name, value in self._values.items()}
        return conditional_escape(sentence.format(**values))


@register.tag(name="t")
def say_both(parser: Parser, token: Token) -> _Sentence:
    """Say a sentence in the language of the page: `{% t "{n}件" "{n} cases" n=2 %}`.

    Raises TemplateSyntaxError unless it is given two quoted sentences, then values.
    """
    name, *arguments = token.split_contents()
    quoted, values = arguments[:2], token_kwargs(arguments[2:], parser)
    both = [text[1:-1] for text in quoted if text[0] in "\"'" and text[0] == text[-1]]
    if len(both) != len(quoted) or len(both) != 2 or len(values) != len(arguments) - 2:
        raise template.TemplateSyntaxError(
            f"{name} takes two quoted sentences, then name=value"
        )
    return _Sentence(Text(*both), values)


class _Means(template.Node):
    """What `{% means %}` becomes: one word, or a line of them."""

    def __init__(self, terms: Sequence[str], *, line: bool) -> None:
        self._terms = terms
        self._line = line

    def render(self, context: template.Context) -> str:
        """Render the words, each with its meaning a tap away."""
        place = "line" if self._line else "head"
        words = [draw_means(name, page_language(), place=place) for name in self._terms]
        if not self._line:
            return str(words[0])
        return format_html(
            '<p class="means-line noprint"><span>{}</span>{}</p>',
            t("词语：", "Words:"),
            SafeString("".join(words)),
        )


@register.tag(name="means")
def mark_term(parser: Parser, token: Token) -> _Means:
    """Set a word that says what it means when tapped: `{% means "bundle" %}`.

    Once a page for each word: the place of its meaning has one name.
    """
    terms = _read_terms(token)
    if len(terms) != 1:
        raise template.TemplateSyntaxError("means takes one term")
    return _Means(terms, line=False)


@register.tag(name="means_line")
def list_terms(parser: Parser, token: Token) -> _Means:
    """Set a line of words that say what they mean: `{% means_line "met" "unmet" %}`."""
    return _Means(_read_terms(token), line=True)


def _read_terms(token: Token) -> Sequence[str]:
    """The terms that a tag names; TemplateSyntaxError where there is none of one."""
    name, *arguments = token.split_contents()
    terms = [term.strip("\"'") for term in arguments]
    if missing := [term for term in terms if term not in load_terms()]:
        raise template.TemplateSyntaxError(f"{name}: no term {', '.join(missing)}")
    return terms


@register.filter
def say(text: object) -> str:
    """Say a `Text`, or its JSON `{zh, en}`, in the language of the page; None is ""."""
    if isinstance(text, Text):
        return text.say(page_language())
    if isinstance(text, Mapping):
        return str(text.get(page_language().value, ""))
    return "" if text is None else str(text)


@register.filter
def choose_lines(told: Mapping[str, list[str]] | None) -> list[str]:
    """Choose lines kept in both languages by that of the page, if any were kept."""
    return (told or {}).get(page_language().value, [])


@register.filter
def weekday(day: date | None) -> str:
    """Name the day of the week: 周四, or Thu."""
    if day is None:
        return ""
    zh = "周" + "一二三四五六日"[day.weekday()]
    return t(zh, day.strftime("%a"))


@register.filter
def say_days_left(day: date | None) -> str:
    """Say how far away a day is: 剩2天, 逾期4天."""
    if day is None:
        return ""
    days = (day - timezone.localdate()).days
    if days < 0:
        return t(f"逾期{-days}天", f"{-days} d overdue")
    return t("今天", "today") if days == 0 else t(f"剩{days}天", f"in {days} d")


@register.filter
def near_day(day: date) -> str:
    """Format a day of a list: 11-26, with its year where that is not this one."""
    same = day.year == timezone.localdate().year
    return f"{day:%m-%d}" if same else day.isoformat()


@register.simple_tag
@cache
def glyph(name: str, size: int = 16) -> SafeString:
    """Draw the shape of a verdict or a readiness: `{% glyph "met" 20 %}`.

    It is hidden from screen readers: the word has to stand beside it.
    """
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
    """Make the query of this page with changes: `{% with_query page=2 sort=None %}`.

    None, or "", takes a part out.
    """
    pairs_kept = [
        (name, value)
        for name, values in context["request"].GET.lists()
        for value in values
        if name != "lang" and name not in changes
    ]
    new = [(name, value) for name, value in changes.items() if value not in (None, "")]
    return f"?{urlencode(pairs_kept + new)}"


@register.filter
def stage_name(row: CaseRow) -> str:
    """Name the stage of a case."""
    name = row.board.stage_name
    return "" if name is None else name.say(page_language())


@register.filter
def state_name(row: CaseRow | CaseStanding) -> str:
    """Say whether a case is ready, or its duties are performed."""
    if isinstance(row, CaseRow):
        name = row.board.state(timezone.localdate())
    else:
        name = name_state(row.readiness, row.compliance)
    return "" if name is None else name.say(page_language())


@register.filter
def deletion(row: CaseRow) -> Text | None:
    """Say that papers about persons are soon to go; None where they are not."""
    return tell_deletion(row, timezone.localdate())


@register.simple_tag
def label(name: str) -> str:
    """Name a column of the board: `{% label "licence" %}`."""
    return _LABELS[name].say(page_language())


@register.filter
def column_cell(row: CaseRow, column: BoardColumn) -> str | None:
    """Say what a row has in a column, in words; None where it has nothing."""
    value = format_cell(
        column, row.board, timezone.localdate(), page_language(), catalogue()
    )
    return None if value is None else str(value)


@register.filter
def templates(column: BoardColumn) -> Sequence[str]:
    """List the templates of a cell; the common one serves where a column has none."""
    return (f"board/cells/{column.name}.html", "board/cells/any.html")


@register.filter
def css(column: BoardColumn) -> str:
    """List the classes of a column; `w-1000` is hidden on screens less wide."""
    names = [f"c-{column.name}"]
    names += ["num"] if column.content is Content.NUMBER else []
    names += [f"w-{column.least}"] if column.least else []
    return " ".join(names)


@register.simple_tag(takes_context=True)
def has_register(context: template.Context) -> bool:
    """Tell whether runs over a register were put where this workspace shows them."""
    here = context.get("here")
    return here is not None and find_runs_folder(here.workspace).is_dir()


@register.inclusion_tag("_column_head.html", takes_context=True)
def column_head(
    context: template.Context, column: BoardColumn, sort: str
) -> dict[str, object]:
    """Draw the head of a column of the board, a link that sorts by it where it can."""
    by = column.sort
    return {
        "name": column.label.capitalised.say(page_language()),
        "kind": css(column),
        "address": by and with_query(context, sort=by.query, page=None),
        "chosen": by is not None and by.query == sort,
        "descending": by is not None and by.descending,
    }


_LABELS = {column.name: column.label.capitalised for column in COLUMNS}
