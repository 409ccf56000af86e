"""What words of ours mean, to stand a tap away from where they are read.

`load_terms` is all of them. The words themselves are those of `GLOSSARY.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from changqing.errors import CatalogueError
from changqing.text import Text
from changqing.yamlfile.read import read
from changqing.yamlfile.shape import validate

_FILE: Final = "terms.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedWord:
    """A word, and what it means in a sentence or two."""

    id: str
    word: Text
    means: Text


class _TermWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def say_both(self) -> Text:
        return Text(self.zh, self.en)


class _TermEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    word: _TermWords
    means: _TermWords


class _TermFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    terms: dict[str, _TermEntry]


@cache
def load_terms() -> Mapping[str, ExplainedWord]:
    """Load every term by its id, in the order of the file.

    Raises CatalogueError, with the line, where the file is not as it should be.
    """
    path = Path(__file__).with_name(_FILE)
    entries = validate(
        read(path, error=CatalogueError), _TermFile, error=CatalogueError
    )
    return MappingProxyType(
        {
            name: ExplainedWord(
                id=name, word=entry.word.say_both(), means=entry.means.say_both()
            )
            for name, entry in entries.terms.items()
        }
    )
