"""Annotations for single values of a file: what it must be, and what is made of it.

pydantic asks them for a schema where files are read. This module imports nothing of it,
so that classes with these annotations can be used where no file is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

from changqing.text import Text

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_LARGEST: Final = 9_000_000_000_000_000
"""The largest whole number that both SQLite and JSON readers keep exactly."""


class Refusal(ValueError):  # noqa: N818 - refuses an author, reports no fault of ours
    """What a validator raises to refuse a value in its own words.

    The name of the field comes before the words: `{field} {words}`. A validator of a
    whole mapping says with `at` which of its fields is to blame.
    """

    def __init__(self, zh: str, en: str, *, at: str = "") -> None:
        super().__init__(en)
        self.words = Text(zh, en)
        self.at = at


@dataclass(frozen=True, slots=True)
class CheckedBy:
    """A value for which `refuse` raises no Refusal."""

    refuse: Callable[[Any], object]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Ask `refuse` after the value was found to be of its type."""
        from pydantic_core import core_schema

        def check(value: Any) -> Any:
            self.refuse(value)
            return value

        return core_schema.no_info_after_validator_function(check, handler(source))


@dataclass(frozen=True, slots=True)
class MadeBy:
    """A value that `make` makes of what the file says, a `written`; Refusal if not."""

    make: Callable[[Any], Any]
    written: Any = Any

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate what is written, and make the value of it."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            self.make, handler.generate_schema(self.written)
        )


@dataclass(frozen=True, slots=True)
class Exactly:
    """A number or boolean of the very type, within bounds.

    Without it pydantic takes "1" for a number and "yes" for a boolean.
    """

    ge: int | None = None
    le: int | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Bound the schema of the type itself."""
        schema: dict[str, Any] = {**handler(source), "strict": True}
        for name in self.__slots__:
            if getattr(self, name) is not None:
                schema[name] = getattr(self, name)
        return schema


def _check_words(value: str) -> None:
    if not value.strip():
        raise Refusal("不能为空", "must not be empty")


def _check_day(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Refusal(
                f"没有 {value} 这一天", f"is {value}, which is no day"
            ) from None
    raise Refusal(
        "应为日期，写作 2026-11-24 这样", "must be a day, written like 2026-11-24"
    )


Words = Annotated[str, CheckedBy(_check_words)]
"""Text that says something."""

Day = Annotated[date, MadeBy(_check_day)]
"""A day written YYYY-MM-DD."""

Flag = Annotated[bool, Exactly()]
"""True or false, and no word for it."""

Whole = Annotated[int, Exactly(ge=-_LARGEST, le=_LARGEST)]
"""A whole number."""

Count = Annotated[int, Exactly(ge=0, le=_LARGEST)]
"""A whole number, not negative."""

Positive = Annotated[int, Exactly(ge=1)]
"""A whole number from 1."""


def _check_not_empty(value: Sized) -> None:
    if not value:
        raise Refusal("不能为空", "must not be empty")


NotEmpty: Final = CheckedBy(_check_not_empty)
"""For a list or mapping that has something in it."""
