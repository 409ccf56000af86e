"""What papers of the case say and nobody has confirmed: no blank asks for it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.documents.naming import write_value
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.papers.accept import find_rejected, leave_out_rejected
from changqing.papers.settle import Settlement, SettlementState, list_settlements

_WAITING = frozenset(
    {SettlementState.NEW, SettlementState.SURE, SettlementState.UNSURE}
)


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
        """As the place in a document says it where the value will stand."""
        read = f"已从《{self.title}》{self.place}读到"
        return f"{read}“{self.text}”，待确认" if self.text else f"{read}，待确认"


class WaitingReadings:
    """What was read in the papers of one case and waits, worked out where asked for."""

    def __init__(self, case: Case, as_of: date) -> None:
        self._case = case
        self._as_of = as_of

    def find(self, subject: Subject, fact: str) -> WaitingValue | None:
        """Find what a paper says of a fact, the first paper of the case before others.

        None where none does, where it is in the case already, or was refused.
        """
        return self._values.get((subject, fact))

    def find_element(self, kinds: Collection[str], element: str) -> WaitingValue | None:
        """Find a paper of one of these kinds that states an element."""
        for paper in self._case.papers:
            if paper.kind in kinds:
                found = self.find(paper.subject, element)
                if found is not None:
                    return found
        return None

    @cached_property
    def _values(self) -> Mapping[tuple[Subject, str], WaitingValue]:
        case = self._case
        kept = KeptReadings(Evidence(case.path))
        readings = {
            paper.file.digest: reading
            for paper in case.papers
            if (reading := kept.get(paper.file.digest) or read_as_text(case, paper))
            is not None
        }
        papers = list_settlements(case, readings, on=self._as_of)
        found: dict[tuple[Subject, str], WaitingValue] = {}
        for about in leave_out_rejected(papers, find_rejected(case)):
            material = case.catalogue.materials[about.paper.kind]
            for each in about.settlements:
                if each.state in _WAITING:
                    found.setdefault(
                        (each.subject, each.fact.id),
                        WaitingValue(
                            name=each.name,
                            title=material.label.zh,
                            place=each.place,
                            text="" if material.personal else _write(each),
                        ),
                    )
        return found


def _write(settlement: Settlement) -> str:
    if settlement.value is None or settlement.element:
        return ""
    return write_value(settlement.value, settlement.fact, short=True)
