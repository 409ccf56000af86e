"""A saved text of a law, held against what the catalogue says of it, by article.

What a statement says in numbers (days, months, amounts, shares) is looked for in the
articles that it cites. Words are left to a person: the article is shown beside them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Final

from changqing.law.kit import Citation, InForce
from changqing.law.law import find_law_number, say_law
from changqing.law.model import Catalogue
from changqing.text import Text, WordedEnum

_ARTICLE: Final = re.compile(
    r"^[\s#*>·•+–—-]*第([〇零一二三四五六七八九十百]{1,7}|\d{1,3})条(?:[\s*：:]|(?=\S))",
    re.MULTILINE,
)
_RUN_ON: Final = re.compile(
    r"(?:(?<=[。；])|(?<=[ 　]))(?=第[〇零一二三四五六七八九十百]{1,7}条[ 　])"
)
"""Where an article begins in a text that was saved without its line breaks."""
_CITED: Final = re.compile(r"\d+")
_DIGITS: Final = {digit: n for n, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_SCALES: Final = {"十": 10, "百": 100, "千": 1_000}
_BIG: Final = {"万": 10_000, "亿": 100_000_000}
_NUMBER: Final = r"([\d,，.]+[万亿]?|[〇零一二两三四五六七八九十百千万亿]+)"
_AMOUNTS: Final = (
    # (unit, a pattern with the number as its group, by what the number is multiplied)
    ("basis_points", re.compile(rf"百分之{_NUMBER}"), 100),
    ("basis_points", re.compile(rf"{_NUMBER}\s*[%％]"), 100),
    ("fen", re.compile(rf"{_NUMBER}\s*元"), 100),
    ("days", re.compile(rf"{_NUMBER}\s*(?:个?工作)?[日天]"), 1),
    ("months", re.compile(rf"{_NUMBER}\s*个?月"), 1),
    ("years", re.compile(rf"{_NUMBER}\s*年"), 1),
    ("hours", re.compile(rf"{_NUMBER}\s*个?小时"), 1),
)
_FAMILIES: Final = {"working_days": "days"}
"""Units that an article writes alike: what days they are stands elsewhere."""
_BLOCKS: Final = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4"})
_UNSEEN: Final = frozenset({"script", "style"})


class Agreement(WordedEnum):
    """What a text says of a statement."""

    CONFIRMED = "confirmed", Text("数字相符", "numbers agree")
    CONTRADICTED = "contradicted", Text("数字不符", "numbers differ")
    NO_ARTICLE = "no_article", Text("文中没有这一条", "no such article in the text")
    TO_READ = "to_read", Text("由人读", "for a person to read")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAmount:
    """A number with the unit in which statements are compared."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRead:
    """A statement of the catalogue, and what the text says of it.

    `kind` is `law`, `parameter`, `criterion` or `classification`. `articles` are those
    it cites; of one that cites none, those in which all its numbers stand. `missing`
    are its amounts that the text has not, `instead` those of the same unit it has.
    """

    kind: str
    name: str
    says: Text
    articles: tuple[str, ...]
    agreement: Agreement
    missing: tuple[StatedAmount, ...] = ()
    instead: tuple[StatedAmount, ...] = ()
    cites_article: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRead:
    """A text by article, and all statements that rest on its instrument."""

    instrument: str
    articles: Mapping[str, str]
    statements: tuple[StatementRead, ...]

    def select_article(self, article: str) -> tuple[StatementRead, ...]:
        """Select the statements that cite an article."""
        return tuple(
            statement
            for statement in self.statements
            if statement.cites_article and article in statement.articles
        )

    @property
    def without_article(self) -> tuple[StatementRead, ...]:
        """The statements that cite no article, or one that the text has not."""
        return tuple(
            statement
            for statement in self.statements
            if not statement.cites_article
            or not set(statement.articles) & set(self.articles)
        )


def decode_text(content: bytes) -> str:
    """Decode a saved text, in UTF-8 or as Windows in Chinese saves it.

    Raises UnicodeDecodeError for what is neither.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def extract_text(source: str) -> str:
    """Extract the words of a saved page, or give back what is plain text already."""
    if not re.search(r"<(?:html|body|p|div)\b", source, re.IGNORECASE):
        return source
    words = _PageWords()
    words.feed(source)
    return "".join(words.parts)


class _PageWords(HTMLParser):
    """The words of a page, a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a line at a block, and leave out what is not shown."""
        if tag in _BLOCKS:
            self.parts.append("\n")
        self._unseen += tag in _UNSEEN

    def handle_endtag(self, tag: str) -> None:
        """See what is shown again."""
        self._unseen -= tag in _UNSEEN and self._unseen > 0

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._unseen:
            self.parts.append(data)


def split_articles(text: str) -> Mapping[str, str]:
    """Split a law into its articles, by number; a table of contents is passed over."""
    text = _RUN_ON.sub("\n", text)
    matches = list(_ARTICLE.finditer(text))
    articles: dict[str, str] = {}
    for place, match in enumerate(matches):
        end = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        number = str(parse_numeral(match[1]))
        words = " ".join(text[match.end() : end].split())
        if len(words) > len(articles.get(number, "")):
            articles[number] = words
    return articles


def parse_numeral(written: str) -> int:
    """Parse a whole number written in characters or digits: 二百〇五 is 205."""
    if written.isdecimal():
        return int(written)
    total = part = digit = 0
    for character in written:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _SCALES:
            part += (digit or 1) * _SCALES[character]
            digit = 0
        else:
            total += (part + digit) * _BIG[character]
            part = digit = 0
    return total + part + digit


def find_amounts(text: str) -> frozenset[StatedAmount]:
    """Find what a text says in days, months, years, hours, money and shares."""
    return frozenset(_list_amounts(text))


def _list_amounts(text: str) -> Iterator[StatedAmount]:
    for unit, pattern, times in _AMOUNTS:
        for match in pattern.finditer(text):
            number = _parse_number(match[1])
            if number is not None:
                yield StatedAmount(number=int(number * times), unit=unit)


def _parse_number(numeral: str) -> Decimal | None:
    plain = numeral.replace(",", "").replace("，", "").strip(".")
    scale = _BIG.get(plain[-1:], 1)
    if plain[:1].isdecimal():
        digits = plain.rstrip("万亿")
        return Decimal(digits) * scale if re.fullmatch(r"\d+(\.\d+)?", digits) else None
    return Decimal(parse_numeral(plain))


def find_instrument(catalogue: Catalogue, text: str) -> str | None:
    """Find the instrument whose title stands first at the head of a text.

    Other laws are named there too: what it rests on, and what amended it.
    """
    head = "".join(text.split())[:600]
    titles_found = [
        (head.index(title), -len(title), instrument.id)
        for instrument in catalogue.instruments.values()
        if (title := re.sub(r"（.*?）|\s", "", instrument.title.zh)) in head
    ]
    return min(titles_found)[-1] if titles_found else None


def read_law(catalogue: Catalogue, instrument: str, text: str, *, on: date) -> TextRead:
    """Hold a text against every statement that rests on an instrument on a day."""
    articles = split_articles(text)
    amounts = {number: find_amounts(words) for number, words in articles.items()}
    return TextRead(
        instrument=instrument,
        articles=articles,
        statements=tuple(
            _read_statement(statement, amounts)
            for statement in _list_statements(catalogue, instrument, on)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    kind: str
    name: str
    says: Text
    articles: tuple[str, ...]
    amounts: tuple[StatedAmount, ...]
    elsewhere: bool  # whether other instruments are cited as well


def _list_statements(
    catalogue: Catalogue, instrument: str, on: date
) -> Iterator[_Statement]:
    """List what the catalogue says by an instrument that is in force on a day."""
    for fact in catalogue.law.values():
        if _is_cited(instrument, fact.citations, fact.in_force, on):
            numbers = [
                find_law_number(catalogue, v, on=on) for v in fact.values.values()
            ]
            says = say_law(catalogue, fact, on=on)
            yield _build_statement(
                "law", fact.id, says, instrument, fact.citations, numbers
            )
    for parameter in catalogue.parameters.values():
        for value in parameter.values:
            if _is_cited(instrument, value.citations, value.in_force, on):
                yield _build_statement(
                    *("parameter", parameter.id, parameter.label, instrument),
                    value.citations,
                    [(value.value, parameter.unit)],
                )
    for criterion in catalogue.criteria.values():
        if _is_cited(instrument, criterion.citations, criterion.in_force, on):
            cited = criterion.citations
            yield _build_statement(
                "criterion", criterion.id, criterion.title, instrument, cited
            )
    for rule in catalogue.classification.values():
        if _is_cited(instrument, rule.citations, rule.in_force, on):
            cited = rule.citations
            yield _build_statement(
                "classification", rule.id, rule.title, instrument, cited
            )


def _is_cited(
    instrument: str, citations: Iterable[Citation], force: InForce | None, on: date
) -> bool:
    return any(citation.instrument == instrument for citation in citations) and (
        force is None or force.covers(on)
    )


def _build_statement(
    kind: str,
    name: str,
    says: Text,
    instrument: str,
    citations: tuple[Citation, ...],
    numbers: Iterable[tuple[int | None, str | None]] = (),
) -> _Statement:
    own_citations = [
        citation for citation in citations if citation.instrument == instrument
    ]
    cited = dict.fromkeys(
        article_match[0]
        for heading in own_citations
        if heading.article is not None
        and (article_match := _CITED.match(heading.article))
    )
    return _Statement(
        kind=kind,
        name=name,
        says=says,
        articles=tuple(cited),
        amounts=tuple(
            dict.fromkeys(
                StatedAmount(number=number, unit=_FAMILIES.get(unit, unit))
                for number, unit in numbers
                if number is not None and unit is not None
            )
        ),
        elsewhere=len(own_citations) < len(citations)
        or len(cited) < len(own_citations),
    )


def _read_statement(
    statement: _Statement, amounts: Mapping[str, frozenset[StatedAmount]]
) -> StatementRead:
    """Hold a statement against the articles that it cites."""
    units = {unit for unit, *_ in _AMOUNTS}
    amounts_asked = tuple(
        amount for amount in statement.amounts if amount.unit in units
    )
    here = [number for number in statement.articles if number in amounts]
    stated_amounts: frozenset[StatedAmount] = frozenset().union(
        *(amounts[n] for n in here)
    )
    missing = tuple(amount for amount in amounts_asked if amount not in stated_amounts)
    instead: tuple[StatedAmount, ...] = ()
    articles = statement.articles
    if not statement.articles:
        # Where its numbers stand together, so that a person may give it the article.
        articles = tuple(
            n for n, has in amounts.items() if amounts_asked and {*amounts_asked} <= has
        )
        agreement, missing = Agreement.TO_READ, ()
    elif not here:
        agreement, missing = Agreement.NO_ARTICLE, ()
    elif amounts_asked and not missing:
        agreement = Agreement.CONFIRMED
    else:
        instead = tuple(
            sorted(
                {a for a in stated_amounts if a.unit in {m.unit for m in missing}}
                - {*amounts_asked},
                key=lambda amount: (amount.unit, amount.number),
            )
        )
        # What stands in another text too is no contradiction of this one.
        contradicts = bool(instead) and not statement.elsewhere
        agreement = Agreement.CONTRADICTED if contradicts else Agreement.TO_READ
    return StatementRead(
        kind=statement.kind,
        name=statement.name,
        says=statement.says,
        articles=articles,
        agreement=agreement,
        missing=missing,
        instead=instead,
        cites_article=bool(statement.articles),
    )
