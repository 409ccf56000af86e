"""What every reference page is made with: headings, tables, citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from changqing.law.kinds.law import LawValue
from changqing.law.kit import Citation, InForce
from changqing.law.law import fill
from changqing.law.model import Catalogue
from changqing.law.said import say_article
from changqing.text import Language, Text

READ_WORDS: Final[Mapping[str, Text]] = {
    "full": Text("全文已读", "read in full"),
    "partial": Text("只读到部分条文", "read in part"),
    "secondary-only": Text("只见他人转述", "seen only in accounts of others"),
    "none": Text("未读到文本", "text not seen"),
}
"""How far an instrument was read."""
_LATEST: Final = date.max
"""The day of a page that is of no day: what has no end yet."""
_MADE: Final = Text(
    "本页由判据目录生成，请改目录中的文件，不要改本页。",
    "Made from the catalogue. Change its files, not this page.",
)


class Pages:
    """Pages of one catalogue in one language."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self.catalogue = catalogue
        self.language = language

    def say(self, zh: str, en: str) -> str:
        """Pick one of the two, in the language of the pages."""
        return zh if self.language is Language.ZH else en

    @property
    def colon(self) -> str:
        """What stands between a label and what it labels."""
        return self.say("：", ": ")

    def join(self, parts: Iterable[str]) -> str:
        """Join a list in one line."""
        return self.say("、", ", ").join(parts)

    def write_top(self, title: str) -> Iterator[str]:
        """Write the heading of a page, and that nobody writes it by hand."""
        yield f"# {title}"
        yield ""
        yield f"<!-- {_MADE.say(self.language)} -->"
        yield ""

    def fill(self, text: Text, *, own: Mapping[str, LawValue] | None = None) -> str:
        """Fill in the numbers of a text, of what is meant to stay in force."""
        filled = fill(self.catalogue, text, on=_LATEST, own=own)
        return filled.say(self.language)

    def write_citation(self, citation: Citation) -> str:
        """Write where a rule stands, and how sure we are of it."""
        language = self.language
        instrument = self.catalogue.instruments[citation.instrument]
        reference = instrument.title.say(language)
        if language is Language.ZH and instrument.issuer is not None:
            reference = f"《{reference}》"
        if citation.article is not None:
            article = say_article(citation.article).say(language)
            reference += article if language is Language.ZH else f", {article}"
        confidence = citation.badge.say(language)
        reference += self.say(f"【{confidence}】", f" [{confidence}]")
        if citation.says is not None:
            reference += self.say("：", " – ") + citation.says.say(language)
        return reference

    def format_force(self, force: InForce) -> str:
        """Format the days in force."""
        if force.end is None:
            return self.say(f"{force.start}起", f"since {force.start}")
        return self.say(f"{force.start}至{force.end}", f"{force.start} to {force.end}")


def write_table_head(names: Sequence[str]) -> Iterator[str]:
    """Write the first two lines of a table."""
    yield write_row(names)
    yield "| " + " | ".join("---" for _ in names) + " |"


def write_row(cells: Sequence[str]) -> str:
    """Write one line of a table."""
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return "| " + " | ".join(escaped) + " |"
