"""What a field of a row says of itself, so that every list can be made from the class.

A field is written `owner: Annotated[str | None, BoardColumn(Text("经办", "owner"))]`;
what is reckoned from several fields is a method whose `BoardColumn` stands beside the
class. The terminal, the workbook, both JSONs, the pages and the database read these and
name no column of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from changqing.law.model import Catalogue
from changqing.text import Text, WordedEnum, map_words_by_code


class Content(Enum):
    """What the values of a column are."""

    WORD = "word"
    DAY = "day"
    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSort:
    """How a list is sorted by a column; rows without a value always come last.

    `option` is what is typed after `--sort`, `query` what stands in an address; each is
    the name of the field unless another name was given out once.
    """

    option: str = ""
    query: str = ""
    descending: bool = False

    def add_name(self, name: str) -> ColumnSort:
        """Add the name of its field where no other was given."""
        return replace(self, option=self.option or name, query=self.query or name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFilter:
    """That a list can be narrowed to one value of a column.

    `place` orders the choices on a page, `help` explains the option of the command
    line. `labels` names the values in that choice alone.
    """

    place: int
    help: Text
    labels: Callable[[Catalogue], Mapping[str, Text]] | None = None


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of the board. What is not said here follows from the type of the field.

    `short` is what it is called where there is less room. `key` is its place in the
    JSON of the command line, `next.day` for one within the next step; without one it is
    the name, and None keeps it out. `listed` orders the columns of the page; None keeps
    it off. `least` is the narrowest screen, in CSS pixels, on which the page still has
    it. `judged` marks what an assessment found: a case that cannot be read says why in
    place of it. `printed` adds it to the second line of a case in the terminal.
    `labels` names codes in words, where the type does not. `length` is the most
    characters that the database keeps. `after` places what is reckoned behind a field.
    """

    label: Text
    _: KW_ONLY
    short: Text | None = None
    key: str | None = ""
    exported: bool = True
    api: bool = True
    listed: int | None = None
    least: int = 0
    judged: bool = False
    printed: bool = False
    searched: bool = False
    labels: Callable[[Catalogue], Mapping[str, Text]] | None = None
    sort: ColumnSort | None = None
    filter: ColumnFilter | None = None
    length: int = 20
    after: str = ""
    # These come from the field itself.
    name: str = ""
    content: Content = Content.WORD
    optional: bool = False
    values: type[WordedEnum] | None = None

    @property
    def is_stored(self) -> bool:
        """Whether it is a field of the row, not reckoned from others."""
        return not self.after

    @property
    def choice(self) -> Text:
        """What it is called where it is chosen, among others in one line."""
        return self.short or self.label

    @property
    def option(self) -> str:
        """How its filter is typed on the command line."""
        return f"--{self.name.replace('_', '-')}"

    def list_choices(self, catalogue: Catalogue) -> Mapping[str, Text] | None:
        """Name the values that may be chosen; None where any word may stand."""
        if self.values is not None:
            return map_words_by_code(self.values)
        name_labels = self.labels or (self.filter.labels if self.filter else None)
        return None if name_labels is None else name_labels(catalogue)


def collect_columns(
    row: type, reckoned: Mapping[str, BoardColumn] | None = None
) -> tuple[BoardColumn, ...]:
    """List the columns of a class of rows, what is reckoned behind its field."""
    columns: list[BoardColumn] = []
    for name, hint in get_type_hints(row, include_extras=True).items():
        kind, column = get_args(hint)[:2]
        columns.append(_complete_column(column, name, kind))
        columns += (
            replace(follower, name=method)
            for method, follower in (reckoned or {}).items()
            if follower.after == name
        )
    return tuple(columns)


def _complete_column(column: BoardColumn, name: str, kind: Any) -> BoardColumn:
    kinds = [arg for arg in get_args(kind) if arg is not NoneType]
    single = kinds[0] if isinstance(kind, UnionType) else kind
    is_enum = isinstance(single, type) and issubclass(single, WordedEnum)
    return replace(
        column,
        name=name,
        optional=isinstance(kind, UnionType),
        content=Content.WORD if is_enum else _CONTENTS[get_origin(single) or single],
        values=single if is_enum else None,
        sort=None if column.sort is None else column.sort.add_name(name),
    )


_CONTENTS: Final[Mapping[type, Content]] = {
    str: Content.WORD,
    date: Content.DAY,
    int: Content.NUMBER,
    bool: Content.FLAG,
    Text: Content.TEXT,
    tuple: Content.TEXTS,
}
