"""What a person typed for licence, scope, region and stage, held against the catalogue.

People know a licence by its short name and a province by its name, so both are taken
for the code. What is not on record ends in `click.UsageError`, which lists what is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from changqing.cli.shared import read_clock
from changqing.text import Language, Text, WordedEnum

if TYPE_CHECKING:
    from changqing.law.model import Catalogue


def choose_day(typed: datetime | None) -> date:
    """Choose the day typed, else today in Beijing, where the law is made."""
    from changqing.day import beijing_day

    return beijing_day(read_clock()) if typed is None else typed.date()


class GivenOptions:
    """What was typed, as the catalogue has it; `click.UsageError` otherwise."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._catalogue = catalogue
        self._language = language

    def parse_licence(self, typed: str, *, option: str = "--licence") -> str:
        """Parse the code of a licence, typed as such or by a name it goes by."""
        from changqing.law.lookup import find_licence

        code = find_licence(self._catalogue, typed) or typed
        return self.check_known(option, code, self._catalogue.licences)

    def parse_scope(self, licence: str, typed: str) -> str:
        """Parse one of the scopes of the licence, typed as such or in words."""
        from changqing.law.words import SCOPE_WORDS

        possible = self._catalogue.licences[licence].scopes
        scope = _find_by_words(typed, SCOPE_WORDS)
        if scope not in possible:
            raise self.make_error(
                f"{licence}没有--scope {typed}，可以写：{'、'.join(possible)}",
                f"{licence} has no --scope {typed}; write {' or '.join(possible)}",
            )
        return scope

    def parse_region(self, typed: str | None) -> str | None:
        """Parse the code of a province on record, typed as such or by its name."""
        if typed is None:
            return None
        return self.check_known(
            "--region", self._find_region_code(typed), self._catalogue.regions
        )

    def parse_any_region(self, typed: str | None) -> str | None:
        """Parse the code of a province, on record or not."""
        if typed is None:
            return None
        code = self._find_region_code(typed)
        if not re.fullmatch(r"[1-8][0-9]", code):
            raise self.make_error(
                f"--region {typed}不是省级地区，应为两位数字或者名称，如51、四川",
                f"--region {typed} is no province; write two digits or a name, such "
                "as 51 or Sichuan",
            )
        return code

    def parse_stage(self, typed: str) -> str:
        """Parse a stage in the life of a licence, typed as such or in words."""
        from changqing.law.lookup import STAGES
        from changqing.law.words import STAGE_WORDS

        return self.check_known("--stage", _find_by_words(typed, STAGE_WORDS), STAGES)

    def parse_member(self, kind: type[WordedEnum], typed: str, *, option: str) -> str:
        """Parse the code of a member of an enum, typed as such or in words."""
        words = {member.value: member.text for member in kind}
        return self.check_known(option, _find_by_words(typed, words), words)

    def check_known(self, option: str, typed: str, names: Collection[str]) -> str:
        """Give what was typed, if it is one of those known."""
        if typed not in names:
            raise self.make_error(
                f"没有{option} {typed}，可以写：{'、'.join(names)}",
                f"there is no {option} {typed}; write one of {', '.join(names)}",
            )
        return typed

    def make_error(self, zh: str, en: str) -> click.UsageError:
        """Make the error to raise when it is wrong otherwise."""
        return click.UsageError(
            Text(zh=zh, en=en).say(self._language), click.get_current_context()
        )

    def _find_region_code(self, typed: str) -> str:
        regions = self._catalogue.regions.items()
        return _find_by_words(typed, {code: region.label for code, region in regions})


def _find_by_words(typed: str, words: Mapping[str, Text]) -> str:
    from changqing.case.values import find_codes

    codes = find_codes(typed, words)
    return codes[0] if len(codes) == 1 else typed
