"""Defects: reasons for which papers come back, or a licence is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from changqing.law.entry import NOT_IN_FILE, YamlEntry
from changqing.law.kit import BothLanguages, LicenceRef, Stage, Standing
from changqing.text import Text
from changqing.yamlfile.values import NotEmpty, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect(YamlEntry):
    """One entry of `defects.yaml`, under its `code`.

    `standing` is that of the strongest criterion which detects it, `stages` where it
    occurs. No `licences` means every class of business. `words` are what a notice says
    of it: of each entry, the parts between blanks all stand in one line.
    """

    zh: Words
    en: Words
    standing: Standing
    stages: Annotated[tuple[Stage, ...], NotEmpty]
    licences: tuple[LicenceRef, ...] = ()
    words: tuple[Words, ...] = ()
    note: BothLanguages | None = None
    code: str = field(default="", metadata=NOT_IN_FILE)

    @property
    def label(self) -> Text:
        """What it is, in both languages."""
        return Text(self.zh, self.en)
