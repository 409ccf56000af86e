"""What a saved text of a law says of the catalogue, on the terminal and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypedDict

from changqing.cli.sheet import Sheet
from changqing.law.model import Catalogue
from changqing.law.read_text import Agreement, StatedAmount, StatementRead, TextRead
from changqing.law.said import say_article, say_period
from changqing.text import Language, Text

_VERSION: Final = 1
_SHOWN: Final = 120
_MARKS: Final = {
    Agreement.CONFIRMED: ("✓", "green"),
    Agreement.CONTRADICTED: ("✗", "red"),
    Agreement.NO_ARTICLE: ("✗", "red"),
    Agreement.TO_READ: ("·", ""),
}


def show_law_text(
    catalogue: Catalogue, text_read: TextRead, language: Language
) -> None:
    """Show a text article by article, with the statements that rest on each."""
    sheet = Sheet(language)
    sheet.print_line(
        catalogue.instruments[text_read.instrument].title.say(language), style="bold"
    )
    counted = Counter(statement.agreement for statement in text_read.statements)
    sheet.print_line(
        sheet.join(
            f"{agreement.text.say(language)} {counted[agreement]}"
            for agreement in Agreement
        ),
        style="dim",
    )
    for article, words in text_read.articles.items():
        statements = text_read.select_article(article)
        if statements:
            sheet.print_heading(say_article(article).say(language))
            short = words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
            sheet.print_line(short, indent=2, style="dim")
            _show_statements(sheet, statements)
    if text_read.without_article:
        sheet.print_heading(
            sheet.t(
                "没有写条号，或文中没有那一条", "No article, or one not in the text"
            )
        )
        _show_statements(sheet, text_read.without_article)
    sheet.print_gap()
    sheet.print_line(_ONLY_NUMBERS.say(language), style="dim")


def _show_statements(sheet: Sheet, statements: Iterable[StatementRead]) -> None:
    language = sheet.language
    for statement in statements:
        mark, style = _MARKS[statement.agreement]
        name = f"{statement.name}{sheet.colon}{statement.says.say(language)}"
        sheet.print_line(f"{mark} {name}", indent=2, style=style)
        if statement.agreement is Agreement.CONTRADICTED:
            differ = sheet.t(
                "目录说{ours}，条文是{theirs}", "Catalogue {ours}; text {theirs}"
            )
            difference = differ.format(
                ours=_say_amounts(sheet, statement.missing),
                theirs=_say_amounts(sheet, statement.instead),
            )
            sheet.print_line(difference, indent=4, style=style)
        elif not statement.cites_article and statement.articles:
            places = sheet.join(
                say_article(a).say(language) for a in statement.articles
            )
            maybe = sheet.t("可能在", "May stand in")
            sheet.print_line(f"{maybe}{sheet.colon}{places}", indent=4, style="dim")


def _say_amounts(sheet: Sheet, amounts: Iterable[StatedAmount]) -> str:
    return sheet.join(
        say_period(amount.number, amount.unit).say(sheet.language) for amount in amounts
    )


class AmountData(TypedDict):
    """A number with its unit."""

    number: int
    unit: str


class StatementData(TypedDict):
    """What the catalogue says, and whether the text agrees."""

    kind: str
    id: str
    says: str
    articles: Sequence[str]
    agreement: str
    missing: Sequence[AmountData]
    instead: Sequence[AmountData]


class ArticleData(TypedDict):
    """An article, and what the catalogue rests on it."""

    article: str
    text: str
    statements: Sequence[StatementData]


class LawTextData(TypedDict):
    """A text of law, held against the catalogue."""

    version: int
    instrument: str
    title: str
    articles: Sequence[ArticleData]
    without_article: Sequence[StatementData]


def make_law_text_data(
    catalogue: Catalogue, text_read: TextRead, language: Language
) -> LawTextData:
    """Make data of it: `articles` with `text` and `statements`, then the rest."""
    return {
        "version": _VERSION,
        "instrument": text_read.instrument,
        "title": catalogue.instruments[text_read.instrument].title.say(language),
        "articles": [
            {
                "article": article,
                "text": words,
                "statements": [
                    _encode_statement(statement, language)
                    for statement in text_read.select_article(article)
                ],
            }
            for article, words in text_read.articles.items()
        ],
        "without_article": [
            _encode_statement(statement, language)
            for statement in text_read.without_article
        ],
    }


def _encode_statement(statement: StatementRead, language: Language) -> StatementData:
    return {
        "kind": statement.kind,
        "id": statement.name,
        "says": statement.says.say(language),
        "articles": list(statement.articles),
        "agreement": statement.agreement.value,
        "missing": [_encode_amount(amount) for amount in statement.missing],
        "instead": [_encode_amount(amount) for amount in statement.instead],
    }


def _encode_amount(amount: StatedAmount) -> AmountData:
    return {"number": amount.number, "unit": amount.unit}


_ONLY_NUMBERS: Final = Text(
    "只比对天数、月数、金额、比例等数字；文字是否相符，由人对照条文读。",
    "Days, months, amounts and shares alone are compared; whether the words agree is "
    "for a person to read beside the article.",
)
