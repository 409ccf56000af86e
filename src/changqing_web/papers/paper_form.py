"""The form of a paper: its days, what it proves and where, what it must state."""

from __future__ import annotations

from dataclasses import dataclass, field

from changqing.text import Text
from changqing.yamlfile.plain import to_plain
from changqing_web.facts.fact_field import FactField
from changqing_web.language import page_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed:
    """The words that the file points at, and for what: another value loses them."""

    words: str
    place: str
    value: object = True

    def keep_for(self, place: str, value: object) -> dict[str, str]:
        """Give the words as the file has them, while they are about the same."""
        same = (self.place, self.value) == (place, to_plain(value))
        return {"words": self.words} if same else {}


def find_pointed(item: object) -> Pointed | None:
    """Find what words the file points at in one of its entries, and for what."""
    if not isinstance(item, dict) or not isinstance(item.get("words"), str):
        return None
    place, value = str(item.get("place") or ""), item.get("value", True)
    return Pointed(words=item["words"], place=place, value=to_plain(value))


@dataclass(slots=True, kw_only=True)
class Back:
    """One thing the paper may prove: a value, and where in the paper it stands."""

    about: FactField
    whose: str
    place: str = ""
    pointed: Pointed | None = None
    errors: list[Text] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ElementState:
    """One element the paper must state: where, or that it is not there."""

    code: str
    label: Text
    place: str = ""
    absent: bool = False
    pointed: Pointed | None = None


@dataclass(slots=True, kw_only=True)
class PaperForm:
    """A paper with what is typed about it."""

    days: dict[str, str]
    facts: list[FactField]
    backs: list[Back]
    states: list[ElementState]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def trouble(self) -> list[tuple[str, str]]:
        """What is wrong, each with the field it is at."""
        lines = [(f"f-{name}", message) for name, message in self.errors.items()]
        for fact in self.facts:
            lines += [(fact.name, e.say(page_language())) for e in fact.errors]
        for back in self.backs:
            lines += [(back.about.name, e.say(page_language())) for e in back.errors]
            lines += [
                (back.about.name, e.say(page_language())) for e in back.about.errors
            ]
        return lines
