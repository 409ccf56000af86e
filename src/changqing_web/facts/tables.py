"""People, services and holders as tables: pasted, imported, handed out again.

A row is a member of a list of the case file. An empty cell says nothing and changes
nothing; what a cell means is decided by the core, and a row with an error says which.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from changqing.case.edit import CaseData, FieldChange
from changqing.case.values import NotAValueError, parse_value, spell_value
from changqing.errors import CaseError, Issue
from changqing.jsondata import JsonObject
from changqing.judge.questions import find_turn
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Dimension
from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.report.workbook import write_workbook
from changqing.rules.types import Kind
from changqing.sheet import SheetLimits, name_limits, read_sheet_apart
from changqing.text import Language, Text
from changqing_web.facts.fact_field import say_mistake
from changqing_web.facts.questions import may_be_written
from changqing_web.facts.sheets import spell_cell

_TITLES: Final = 5  # rows that may stand above the heads


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberList:
    """One list of the case file as a table; `kind` names the field of its kind.

    A `closable` list may be said to be complete.
    """

    code: str
    subject: str
    label: Text
    kind: str
    named: bool
    closable: bool = True

    @property
    def kind_fact(self) -> str:
        """The fact that the field of its kind says: all posts of a person."""
        return "roles" if self.kind == "role" else self.kind


_ORDER: Final = ("person", "service", "holder", "offer", "resource", "report")
LISTS: Final[Mapping[str, MemberList]] = {
    subject.listed: MemberList(
        code=subject.listed,
        subject=subject.code,
        label=subject.title,
        kind=subject.kind_field,
        named=subject.named,
        closable=subject.closable,
    )
    for subject in (SUBJECTS[code] for code in _ORDER)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what every member has, or one fact."""

    code: str
    label: Text
    fact: Fact | None = None


@dataclass(slots=True, kw_only=True)
class SheetRow:
    """A row as it was read: the member it is, what it would write, what is wrong."""

    number: int
    name: str
    id: str
    fresh: bool
    values: dict[str, object] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    errors: list[Text] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSheet:
    """A table as it was read: its columns, its rows, and heads that mean nothing."""

    columns: tuple[Column, ...]
    rows: tuple[SheetRow, ...]
    unknown: tuple[str, ...]

    @property
    def broken(self) -> int:
        """How many rows have an error."""
        return sum(1 for row in self.rows if row.errors)


def list_columns(catalogue: Catalogue, listed: MemberList) -> list[Column]:
    """List every column a table of this list may have."""
    columns = [Column(code="id", label=Text(zh="编号", en="ID"))]
    if listed.named:
        columns.append(Column(code="name", label=Text(zh="姓名或名称", en="Name")))
    else:
        columns.append(Column(code="url", label=Text(zh="网址", en="Address")))
        columns.append(Column(code="name", label=Text(zh="应用名称", en="App name")))
    kind = listed.kind_fact
    kind_fact = catalogue.facts.get((listed.subject, kind))
    label = Text(zh="种类", en="Kind") if kind_fact is None else kind_fact.label
    columns.append(Column(code=listed.kind, label=label, fact=kind_fact))
    columns += [
        Column(code=fact.id, label=fact.label, fact=fact)
        for fact in sorted(
            may_be_written(catalogue, listed.subject), key=_find_column_place
        )
        if fact.id != kind
    ]
    return columns


def _find_column_place(fact: Fact) -> tuple[int, int, int]:
    """What is asked of the applicant comes first, as asked; then by dimension."""
    if fact.ask is not None:
        return (0, *find_turn(fact.ask))
    return 1, list(Dimension).index(fact.dimension), 0


def read_pasted(text: str) -> list[list[str]]:
    """Read the cells of what was copied from a spreadsheet."""
    delimiter = "\t" if "\t" in text else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise CaseError(Issue(text=_NO_TABLE, hint=_HOW)) from error
    return _bound_rows(rows)


def format_as_pasted(cells: Sequence[Sequence[str]]) -> str:
    """Format the cells as text that `pasted` reads again, whatever stands in them."""
    output = io.StringIO()
    csv.writer(output, delimiter="\t", lineterminator="\n").writerows(cells)
    return output.getvalue()


def read_workbook(content: bytes) -> list[list[str]]:
    """Read the cells of the first sheet of an Excel workbook, in a child process."""
    return _bound_rows(read_sheet_apart(content, LIMITS, spell_cell)[1])


def _bound_rows(rows: list[list[str]]) -> list[list[str]]:
    """The rows by their numbers in the sheet: empty ones stay in their places."""
    while rows and not _has_text(rows[-1]):
        rows.pop()
    if len(rows) > LIMITS.rows + 1 or any(len(row) > LIMITS.columns for row in rows):
        raise CaseError(Issue(text=name_limits(LIMITS), hint=LIMITS.hint))
    if sum(map(_has_text, rows)) < 2:
        raise CaseError(Issue(text=_NO_TABLE, hint=_HOW))
    return rows


def _has_text(row: Sequence[str]) -> bool:
    return any(cell.strip() for cell in row)


def parse_members(
    cells: Sequence[Sequence[str]],
    catalogue: Catalogue,
    listed: MemberList,
    case_data: CaseData,
) -> MemberSheet:
    """Parse what a table says, row by row; an error stays with its row."""
    columns = list_columns(catalogue, listed)
    top, heads = _find_heads(cells, _map_heads(columns, listed))
    unknown = tuple(
        head.strip()
        for head, column in zip(cells[top], heads, strict=True)
        if column is None and head.strip()
    )
    members = _Members(listed, case_data)
    rows: list[SheetRow] = []
    for number, line in enumerate(cells[top + 1 :], start=top + 2):
        if not _has_text(line):
            continue
        cells_by_code = {
            column.code: cell.strip()
            for column, cell in zip(heads, line, strict=False)
            if column is not None and cell.strip()
        }
        row = members.make_row(number, cells_by_code)
        _fill_row(row, [c for c in heads if c is not None], members.find_before(row.id))
        if row.fresh and listed.named and "name" not in cells_by_code:
            row.errors.append(Text(zh="没有姓名或名称", en="there is no name"))
        if row.fresh and listed.kind not in cells_by_code:
            row.errors.append(_explain_missing(columns, listed.kind))
        rows.append(row)
    return MemberSheet(
        columns=tuple(c for c in heads if c is not None and c.code != "id"),
        rows=tuple(rows),
        unknown=unknown,
    )


def _map_heads(columns: Sequence[Column], listed: MemberList) -> dict[str, Column]:
    """The columns by what people write over them."""
    columns_by_head = {
        _fold_head(head): column
        for column in columns
        for head in (column.code, column.label.zh, column.label.en)
    }
    if listed.named:
        columns_by_head |= {
            "姓名": columns_by_head["name"],
            "名称": columns_by_head["name"],
        }
    return columns_by_head


def _fold_head(head: str) -> str:
    plain = unicodedata.normalize("NFKC", head).casefold()
    return "".join(plain.split()).strip("*:")


def _find_heads(
    cells: Sequence[Sequence[str]], by_head: Mapping[str, Column]
) -> tuple[int, list[Column | None]]:
    """Which row has the heads, and the column under each; a title may stand above."""
    for place, line in enumerate(cells[:_TITLES]):
        heads = [by_head.get(_fold_head(head)) for head in line]
        if any(column is not None for column in heads):
            return place, heads
    raise CaseError(Issue(text=_NO_HEAD, hint=_HOW))


class _Members:
    """Whom each row is about: one who is in the list, or somebody new."""

    def __init__(self, listed: MemberList, case_data: CaseData) -> None:
        self._listed = listed
        self._present = {
            str(member.get("id")): member
            for member in case_data.list_items(listed.code)
        }
        self._by_name: dict[str, list[str]] = {}
        for identity, member in self._present.items():
            name = str(member.get("name") or member.get("url"))
            self._by_name.setdefault(name, []).append(identity)
        self._rows: dict[str, int] = {}
        self._named: dict[str, int] = {}

    def find_before(self, identity: str) -> JsonObject:
        """Find what the case file says of a member; nothing of somebody new."""
        return self._present.get(identity, {})

    def make_row(self, number: int, cells: dict[str, str]) -> SheetRow:
        """Make the row of a member; two about one, or a name of two, are wrong."""
        name = cells.get("name") or cells.get("url") or ""
        same = self._by_name.get(name, [])
        identity = cells.get("id") or (same[0] if same else "") or self._make_id()
        row = SheetRow(
            number=number,
            name=name or str(self.find_before(identity).get("name") or identity),
            id=identity,
            fresh=identity not in self._present,
            said=cells,
        )
        first = self._rows.get(identity)
        if first is None and name and "id" not in cells:
            first = self._named.get(name)
        if len(same) > 1 and "id" not in cells:
            row.errors.append(_SHARED)
        elif first is not None:
            row.errors.append(_explain_duplicate(first))
        self._rows.setdefault(identity, number)
        if name:
            self._named.setdefault(name, number)
        return row

    def _make_id(self) -> str:
        number = 1
        taken_ids = self._present.keys() | self._rows.keys()
        while f"{self._listed.subject}-{number}" in taken_ids:
            number += 1
        return f"{self._listed.subject}-{number}"


def _explain_duplicate(first: int) -> Text:
    return Text(
        zh=f"与第{first}行重复；同一个的删去一行，不是同一个的在“编号”列各写一个",
        en=f"the same as row {first}; take one out, or give each an ID of its own in "
        "the column “ID”",
    )


def _explain_missing(columns: Iterable[Column], code: str) -> Text:
    label = next(column.label for column in columns if column.code == code)
    return Text(zh=f"没有{label.zh}", en=f"there is no {label.en.lower()}")


def _fill_row(row: SheetRow, columns: Sequence[Column], before: JsonObject) -> None:
    for column in columns:
        cell = row.said.get(column.code)
        if cell is None or column.code == "id":
            continue
        try:
            value = parse_cell(column, cell)
        except NotAValueError as error:
            mistake = say_mistake(error)
            row.errors.append(
                Text(
                    zh=f"{column.label.zh}：{mistake.zh}",
                    en=f"{column.label.en}: {mistake.en}",
                )
            )
            continue
        row.values[column.code] = value
        if before.get(column.code) != value:
            row.changed.add(column.code)


def parse_cell(column: Column, cell: str) -> object:
    """Parse what a cell means, as the case file has it; raises NotAValueError."""
    fact = column.fact
    if fact is None:
        return cell
    if fact.type.kind is not Kind.TEXT:
        cell = unicodedata.normalize("NFKC", cell)
    value: object = cell
    match fact.type.kind:
        case Kind.NUMBER if fact.unit == "basis_points" and not cell.endswith("%"):
            value = f"{cell}%"
        case Kind.NUMBER if fact.unit not in ("fen", "basis_points"):
            bare = cell.replace(",", "")
            value = int(bare) if bare.isdecimal() else cell
        case Kind.BOOLEAN:
            value = {"1": True, "0": False}.get(cell, cell)
        case Kind.SET:
            parts = cell.replace("、", ",").replace("，", ",").split(",")
            value = [part.strip() for part in parts if part.strip()]
    value = spell_value(fact, value)
    parse_value(fact, value)
    if column.code == "role" and isinstance(value, list) and len(value) == 1:
        return value[0]  # as people write it who have one post only
    return value


def list_changes(
    sheet: MemberSheet, listed: MemberList, written: CaseData
) -> list[FieldChange]:
    """List what to write for the rows that say anything new."""
    changes: list[FieldChange] = []
    for row in sheet.rows:
        if row.fresh:
            item = {"id": row.id, **row.values}
            changes.append(
                FieldChange(at=(listed.code, row.id), value=item, shown=None)
            )
            continue
        changes += [
            FieldChange(
                at=(listed.code, row.id, code),
                value=row.values[code],
                shown=written.find_value((listed.code, row.id, code)),
            )
            for code in sorted(row.changed)
        ]
    return changes


def write_template(
    catalogue: Catalogue,
    listed: MemberList,
    written: CaseData,
    language: Language,
    codes: frozenset[str],
) -> bytes:
    """Write a workbook to fill in: the columns that matter, and what is known."""
    columns = [
        column
        for column in list_columns(catalogue, listed)
        if column.fact is None or column.code in codes or column.code == listed.kind
    ]
    heads = [column.label.say(language) for column in columns]
    rows = (
        [
            show_cell(column, item.get(column.code), language) or None
            for column in columns
        ]
        for item in written.list_items(listed.code)
    )
    return write_workbook(listed.label.say(language), heads, rows, fixed=1)


def show_cell(column: Column, value: object, language: Language) -> str:
    """Show a value as a cell shows it, and as `parse_cell` reads it again."""
    from changqing_web.facts.fact_field import say_answer

    if value is None:
        return ""
    fact = column.fact
    if fact is not None and (isinstance(value, bool | list) or fact.value_labels):
        return say_answer(fact, value).say(language)
    return str(value)


def list_cells(
    columns: Sequence[Column], item: JsonObject, language: Language
) -> Iterator[tuple[Column, str]]:
    """List a member of the list, cell by cell."""
    for column in columns:
        yield column, show_cell(column, item.get(column.code), language)


_NO_TABLE: Final = Text(zh="读不出表格", en="no table can be read from it")
_NO_HEAD: Final = Text(
    zh="第一行没有认得的列名", en="the first row has no head that is known"
)
_SHARED: Final = Text(
    zh="项目里不止一个叫这个名字，请在“编号”列写明是哪一个",
    en="more than one is called that in the case; say which in the column “ID”",
)
_HOW: Final = Text(
    zh="第一行写列名，其后每行一人或一项；可先下载模板",
    en="put heads in the first row and one member in each row below; a template can be "
    "downloaded",
)
LIMITS: Final = SheetLimits(
    rows=2_000,
    columns=80,
    packed=20 * 1024 * 1024,
    unpacked=100_000_000,
    hint=Text(
        f"{_HOW.zh}；太大的分成几份", f"{_HOW.en}; import a large table in parts"
    ),
)
