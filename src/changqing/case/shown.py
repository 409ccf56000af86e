"""What a saved page shows of a case, and whether it shows what was said of it.

Reading a page and checking what somebody says of it are one thing: what is said is
found if reading finds it too. Pure functions of the page and of what is sought.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from changqing.case.normalise import NotThisKindError, normalise
from changqing.case.page import Field, ReadPage, Row, squeeze
from changqing.case.values import NotAValueError, find_numbers, parse_value
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.look import GuidedLook, LookReading, ShownBy, YesNoWords
from changqing.law.kit import Grade
from changqing.rules.types import Kind, Value
from changqing.text import Text

MAX_WORDS: Final = 200
"""Characters of a row that are kept as the words a value was read from."""

_DATE: Final = re.compile(
    r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)"
)
_FILING: Final = re.compile(r"icp[备備证證](?:案?号?)?\d{5,}")
_PARTS: Final = re.compile(r"[:：,，;；、|/\s]+")
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_LINK: Final = re.compile(r"https?://\S*")
_CODE: Final = re.compile(r"[A-Za-z]{2,}(?:[ _-][A-Za-z]+)*")
_LONGEST_PERSON: Final = 4  # characters of a name in Han script
_EXACT: Final = frozenset({"company_name", "person"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """By what a page about one subject of a case is known.

    `names` are those of the subject itself; `marks` whatever else tells that the page
    is about this case: numbers, the applicant's name. `stated` are its texts by fact.
    """

    applicant: str
    names: tuple[str, ...]
    domains: tuple[str, ...]
    marks: tuple[str, ...]
    stated: Mapping[str, tuple[str, ...]]

    def narrow_to_look(self, look: GuidedLook | None) -> Sought:
        """Narrow it to one look, which may be of another whom the subject names."""
        if look is None or not look.seeks:
            return self
        names = [name for fact in look.seeks for name in self.stated.get(fact, ())]
        return replace(self, names=tuple(names), domains=(), marks=())

    def is_in(self, page: ReadPage) -> bool:
        """Tell whether anything that tells the subject's case stands in the page."""
        return self.own_in(page) or _is_named(page, self.marks)

    def own_in(self, page: ReadPage) -> bool:
        """Tell whether a name or domain of the subject itself stands in the page."""
        return self.has_domain_on(page) or _is_named(page, self.names)

    def has_domain_on(self, page: ReadPage) -> bool:
        """Tell whether a domain of the subject, or one below it, stands in the page."""
        return any(
            _has_domain(row.words, domain)
            for row in page.rows
            for domain in self.domains
        )

    def is_row_of(self, row: Row) -> bool:
        """Tell whether a row of a list names the subject itself."""
        return any(_has_domain(row.words, domain) for domain in self.domains) or any(
            _has_name(row, name) for name in self.names if len(name) > 1
        )

    def is_of_other(self, row: Row) -> bool:
        """Tell whether a row names domains, where the subject is known by others."""
        is_named = bool(self.domains or self.names)
        return is_named and any(_DOMAIN.fullmatch(cell.strip()) for cell in row.cells)

    def list_marks(self) -> tuple[str, ...]:
        """List what to look for in a page, the subject's own first."""
        return (*self.domains, *self.names, *self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownValue:
    """A value that a page shows: as written, the words around it, and their label."""

    value: Value
    raw: str
    words: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backed:
    """What a statement about a saved page is worth; `why` when it is not found there.

    `words` are those of the page that say it.
    """

    grade: Grade
    words: str | None
    why: Text | None


def find_shown(
    page: ReadPage, fact: Fact, reading: LookReading, sought: Sought
) -> list[ShownValue]:
    """Find every value of a fact that the page shows, once, in the page's order."""
    shown_values: dict[Value, ShownValue] = {}
    for value in _read_values(page, fact, reading, sought):
        shown_values.setdefault(value.value, value)
    return list(shown_values.values())


def check_backing(
    page: ReadPage,
    fact: Fact,
    look: GuidedLook | None,
    sought: Sought,
    *,
    value: Value,
    place: str,
) -> Backed:
    """Tell whether the page shows `value`, and how well that proves it.

    Found by a program, or printed beside the words of `place`: the grade of the look.
    Judged by a person from words at `place` that stand in the page: observed. Anything
    else nobody found there: it proves nothing. A number or day that stands anywhere
    else in the page is about something else.
    """
    sought = sought.narrow_to_look(look)
    reading = None if look is None else look.reads.get(fact.id)
    full = Grade.OBSERVED if look is None else look.grade
    if full is Grade.ATTESTED and not sought.is_in(page):
        return Backed(grade=Grade.TRANSCRIBED, words=None, why=_ANOTHER)
    if reading is not None:
        shown_values = find_shown(page, fact, reading, sought)
        if fact.type.kind is Kind.BOOLEAN:
            shown_values = shown_values if len(shown_values) == 1 else []
        for shown_value in shown_values:
            if shown_value.value == value:
                return Backed(grade=full, words=shown_value.words, why=None)
        if shown_values or fact.type.kind is Kind.BOOLEAN:
            why = (
                _describe_other_words(fact, shown_values)
                if shown_values
                else _describe_absent(fact)
            )
            return Backed(grade=Grade.TRANSCRIBED, words=None, why=why)
    others = _list_rows_of_others(page, reading, sought, place)
    if (row := _find_quoted_row(page, fact, value, place, others)) is not None:
        judged = fact.type.kind in _JUDGED and not _stands_in_row(row, fact, value)
        grade = min(full, Grade.OBSERVED) if judged else full
        return Backed(grade=grade, words=_quote_row(row), why=None)
    return Backed(grade=Grade.TRANSCRIBED, words=None, why=_describe_absent(fact))


_JUDGED: Final = frozenset({Kind.BOOLEAN, Kind.CATEGORY, Kind.SET})
"""Types whose value a page seldom prints, so that a person reads it from its words."""


def _is_named(page: ReadPage, names: Iterable[str]) -> bool:
    long_names = [name for name in names if len(name) > 1]
    return any(_has_name(row, name) for row in page.rows for name in long_names)


def _has_name(row: Row, name: str) -> bool:
    """Whether a row names somebody, and not only somebody whose name is longer.

    A code stands apart from other letters and digits, a person's name from any; a
    company's may stand in a sentence, but not in the name of its branch.
    """
    squeezed = squeeze(name)
    if squeezed not in squeeze(row.words):  # most rows name nobody
        return False
    cells = [squeeze(cell) for cell in row.cells]
    word = re.escape(squeezed)
    if squeezed.isascii():
        pattern = rf"(?<![a-z0-9]){word}(?![a-z0-9])"
    elif len(squeezed) > _LONGEST_PERSON:
        pattern = rf"{word}(?!\w{{0,12}}分公司)"
    else:
        pattern = rf"(?<!\w){word}(?!\w)"
        cells = [squeeze(part) for cell in row.cells for part in _PARTS.split(cell)]
    return any(re.search(pattern, cell) for cell in cells)


# Reading


def _read_values(
    page: ReadPage, fact: Fact, reading: LookReading, sought: Sought
) -> Iterator[ShownValue]:
    """Read a fact out of the labelled fields, or the words, that a look names."""
    fields = [
        (field.label, field.value, field.row)
        for field in _leave_out_others(
            [field for field in page.find_fields(reading.labels) if field.value],
            sought,
            by=reading.by,
        )
    ]
    match reading.by:
        case ShownBy.CODES:
            for label, text, row in fields:
                codes = _split_codes(text)
                if codes:
                    yield _make_shown_value(row, value=codes, raw=text, place=label)
        case ShownBy.VALUE | ShownBy.FIRST_DAY | ShownBy.LAST_DAY:
            for label, text, row in fields:
                value = _parse_shown_value(fact, reading.by, text)
                if value is not None:
                    yield _make_shown_value(row, value=value, raw=text, place=label)
        case ShownBy.APPLICANT:
            for label, text, row in fields:
                name = _parse_name(text)
                if name is not None:
                    mine = name == _parse_name(sought.applicant)
                    yield _make_shown_value(row, value=mine, raw=text, place=label)
        case ShownBy.NUMBER:
            yield from _read_filings(page, reading, fields)
        case ShownBy.DOMAIN:
            yield from _find_domains(page, reading, sought, fields)
        case ShownBy.WORDS:
            rows = [row for _, _, row in fields] or page.rows
            yield from _read_words(rows, reading.words, sought.names)


_Fields = Sequence[tuple[str, str, Row]]


def _leave_out_others(
    fields: Sequence[Field], sought: Sought, *, by: ShownBy
) -> Iterator[Field]:
    """Leave out the rows of a list that are about another than the subject.

    An account lists every domain of a company: where a row names the subject, the
    others are not about it, and a row with other domains alone never is. Whether a
    filing has the domain is told by what else it lists.
    """
    listed = {field.row for field in fields if field.listed}
    own = {row for row in listed if sought.is_row_of(row)}
    for field in fields:
        others = field.listed and field.row not in own
        if others and (
            own or (by is not ShownBy.DOMAIN and sought.is_of_other(field.row))
        ):
            continue
        yield field


def _make_shown_value(row: Row, *, value: Value, raw: str, place: str) -> ShownValue:
    """Make what is shown under a label: the label and what stands there."""
    words = f"{place} {raw}" if place and raw != row.words else row.words
    return ShownValue(value=value, raw=raw, words=words[:MAX_WORDS], place=place)


def _parse_shown_value(fact: Fact, by: ShownBy, text: str) -> Value | None:
    """Parse a shown value as its fact has it; of several days the first or last."""
    match fact.type.kind:
        case Kind.DATE:
            days = _find_days(text)
            if not days or (by is ShownBy.VALUE and len(days) > 1):
                return None
            return days[0] if by is ShownBy.FIRST_DAY else days[-1]
        case Kind.SET:
            members = [part for part in _PARTS.split(text) if part]
            allowed = fact.type.values
            if allowed is not None:
                members = [part for part in members if part in allowed]
            return frozenset(members) or None
        case _:
            try:
                return parse_value(fact, text).value
            except NotAValueError:
                return None


def _split_codes(text: str) -> frozenset[str]:
    """`clientHold`, `client hold` and `Client-Hold (https://…)` are one code."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _LINK.sub(",", text))
    return frozenset(
        "_".join(re.split(r"[ _-]+", code.lower())) for code in _CODE.findall(spaced)
    )


def _find_days(text: str) -> list[date]:
    days = []
    for year, month, day in _DATE.findall(unicodedata.normalize("NFKC", text)):
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return days


def _parse_name(text: str) -> str | None:
    try:
        name = normalise("company_name", text)
    except NotThisKindError:
        return None
    return name if isinstance(name, str) else None


def _read_filings(
    page: ReadPage, reading: LookReading, fields: _Fields
) -> Iterator[ShownValue]:
    under = [field for field in fields if _is_filing(field[1])]
    if not fields:
        under = [("", row.words, row) for row in page.rows if _is_filing(row.words)]
    for label, text, row in under:
        yield _make_shown_value(row, value=True, raw=text, place=label)
    if not under:
        yield from _read_words(page.rows, reading.words, ())


def _is_filing(text: str) -> bool:
    return _FILING.search(squeeze(text)) is not None


def _find_domains(
    page: ReadPage, reading: LookReading, sought: Sought, fields: _Fields
) -> Iterator[ShownValue]:
    """Find the domain that was sought; another in its place says that it is not."""
    if not sought.domains:
        return
    if not any(_is_filing(row.words) for row in page.rows) and any(
        True for _ in _read_words(page.rows, reading.words, ())
    ):
        return  # a page that found nothing repeats the domain that was searched for
    with_domain = [field for field in fields if _DOMAIN.search(field[1])]
    for label, text, row in with_domain:
        if any(_has_domain(text, domain) for domain in sought.domains):
            yield _make_shown_value(row, value=True, raw=text, place=label)
            return
    for label, text, row in with_domain:
        yield _make_shown_value(row, value=False, raw=text, place=label)
        return
    if any(_is_filing(row.words) for row in page.rows):
        for row in page.rows:
            if any(_has_domain(row.words, domain) for domain in sought.domains):
                yield _make_shown_value(row, value=True, raw=row.words, place="")
                return


def _has_domain(text: str, domain: str) -> bool:
    pattern = rf"(?<![a-z0-9-]){re.escape(domain)}(?![a-z0-9-]|\.[a-z0-9])"
    return re.search(pattern, text, re.IGNORECASE) is not None


def _read_words(
    rows: Iterable[Row], words: YesNoWords | None, names: Sequence[str]
) -> Iterator[ShownValue]:
    """Read the words in rows that name the subject; where none does, in any row."""
    if words is None:
        return
    by_word = {squeeze(word): value for word, value in words.list_words()}
    longest = sorted(by_word, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest)))
    telling = [
        (row, words_found) for row in rows if (words_found := _find_all(pattern, row))
    ]
    mine = [
        (row, row_words)
        for row, row_words in telling
        if any(_has_name(row, name) for name in names)
    ]
    for row, row_words in mine or telling:
        for word in row_words:
            yield _make_shown_value(
                row, value=by_word[word], raw=row.words, place=row.cells[0]
            )


def _find_all(pattern: re.Pattern[str], row: Row) -> list[str]:
    return pattern.findall(squeeze(row.words))


# Checking


def _list_rows_of_others(
    page: ReadPage, reading: LookReading | None, sought: Sought, place: str
) -> Collection[Row]:
    """List the rows below headings that are about another than the subject."""
    if reading is None or reading.by is ShownBy.DOMAIN:
        return ()
    # Apart: a name in the row itself, taken for a heading, would end the list above it.
    fields = list(page.find_fields(reading.labels))
    if squeeze(place):
        fields += page.find_fields([place])
    listed = [field for field in fields if field.listed]
    own_rows = {field.row for field in _leave_out_others(listed, sought, by=reading.by)}
    return {field.row for field in listed} - own_rows


def _find_quoted_row(
    page: ReadPage, fact: Fact, value: Value, place: str, others: Collection[Row]
) -> Row | None:
    """Find the row with the words of `place`, and with the value if pages print it.

    A row below a heading of these words counts as well; of a text that comes without
    words of the page, any row that has it; but none of `others`.
    """
    squeezed = squeeze(place)
    # A name, a domain or the number of a licence is itself wherever it stands.
    if not squeezed and fact.type.kind is not Kind.TEXT:
        return None
    judged = fact.type.kind in _JUDGED
    for row in page.rows:
        if row in others or squeezed not in squeeze(row.words):
            continue
        if judged or _stands_in_row(row, fact, value):
            return row
    for field in () if judged or not squeezed else page.find_fields([place]):
        if field.row in others:
            continue
        if _stands_in_row(Row(cells=(field.value,)), fact, value):
            return field.row
    return None


def _stands_in_row(row: Row, fact: Fact, value: Value) -> bool:
    match value:
        case bool():
            return False
        case date():
            return value in _find_days(row.words)
        case int():
            return value in find_numbers(fact, row.words)
        case frozenset():
            text = squeeze(row.words)
            return bool(value) and all(squeeze(member) in text for member in value)
        case str() if fact.text_kind in _EXACT:
            parts = [*row.cells, *(p for cell in row.cells for p in _PARTS.split(cell))]
            return any(_parse_name(part) == value for part in parts if part)
        case str() if fact.type.kind is Kind.TEXT:
            if fact.text_kind == "domain":
                return _has_domain(row.words, value)
            return squeeze(value) in squeeze(row.words) or any(
                _is_same_value(fact, cell, value) for cell in row.cells
            )
        case _:
            return False


def _is_same_value(fact: Fact, cell: str, value: str) -> bool:
    try:
        return parse_value(fact, cell).value == value
    except NotAValueError:
        return False


def _quote_row(row: Row) -> str:
    return row.words[:MAX_WORDS]


# What is said of it


_ANOTHER: Final = Text(
    zh="保存的页面上没有本项目的名称、域名或号码，不能确定查的是它，只算未核对",
    en="no name, domain or number of the case stands in the saved page, so it may be "
    "about somebody else, and proves nothing",
)


def _describe_absent(fact: Fact) -> Text:
    return Text(
        zh=f"保存的页面上找不到所说的“{fact.label.zh}”，只算未核对；"
        "请核对页面，或用 place 写明它在页面上的原话",
        en=f"what is said of “{fact.label.en}” is not found in the saved page and "
        "proves nothing; check the page, or quote its words as the place",
    )


def _describe_other_words(fact: Fact, shown_values: Sequence[ShownValue]) -> Text:
    words = "；".join(dict.fromkeys(row.words for row in shown_values[:3]))
    return Text(
        zh=f"所说的“{fact.label.zh}”与保存的页面不符，页面上写的是“{words}”",
        en=f"what is said of “{fact.label.en}” is not what the saved page says, which "
        f"is “{words}”",
    )
