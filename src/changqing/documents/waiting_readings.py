"""What papers of the case say and nobody has confirmed: no blank asks for it again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.documents.naming import write_value
from changqing.papers.settle import Settlement
from changqing.papers.waiting import WaitingReadings

_LONGEST: Final = 60
"""Characters of a value that are shown; the place says where the rest stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingValue:
    """A value that was read in a paper and waits for a person to confirm it.

    `name` is that by which it is confirmed, as `changqing read` takes it. `text` is the
    value as a document prints it; empty where it was not read clearly, and where the
    paper is about a person.
    """

    name: str
    title: str
    place: str
    text: str

    @property
    def sentence(self) -> str:
        """As the place in a document says it where the value will stand.

        That it is to be confirmed the head of the blank says already.
        """
        source = f"已从《{self.title}》{self.place}读到"
        excerpt = self.text[:_LONGEST] + ("……" if self.text[_LONGEST:] else "")
        return f"{source}“{excerpt}”" if excerpt else source


@dataclass(frozen=True, slots=True)
class WaitingValues:
    """What was read in the papers of one case and waits, as documents print it."""

    case: Case
    readings: WaitingReadings

    def find(self, subject: Subject, fact: str) -> WaitingValue | None:
        """Find what a paper says of a fact; see `WaitingReadings.find`."""
        settlement = self.readings.find(subject, fact)
        return None if settlement is None else self._make_waiting_value(settlement)

    def find_element(self, kinds: Collection[str], element: str) -> WaitingValue | None:
        """Find a paper of one of these kinds that states an element."""
        for paper in self.case.papers:
            if paper.kind in kinds:
                waiting_value = self.find(paper.subject, element)
                if waiting_value is not None:
                    return waiting_value
        return None

    def _make_waiting_value(self, settlement: Settlement) -> WaitingValue:
        (kind,) = (
            paper.kind for paper in self.case.papers if paper.id == settlement.paper
        )
        material = self.case.catalogue.materials[kind]
        return WaitingValue(
            name=settlement.name,
            title=material.label.zh,
            place=settlement.place,
            text="" if material.personal else _write_waiting(settlement),
        )


def _write_waiting(settlement: Settlement) -> str:
    if settlement.value is None or settlement.element:
        return ""
    return write_value(settlement.value, settlement.fact, short=True)
