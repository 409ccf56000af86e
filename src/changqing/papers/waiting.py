"""What the papers of a case show and nobody has confirmed: none is asked for it again.

Such a value proves nothing yet, and all that it needs is a person who looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from changqing.case.model import Case, Paper
from changqing.case.subjects import Subject
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.reading import Reading
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.papers.accept import FactKey, find_rejected, leave_out_rejected
from changqing.papers.settle import (
    Settlement,
    SettlementState,
    Settler,
)

_WAITING = frozenset(
    {SettlementState.NEW, SettlementState.SURE, SettlementState.UNSURE}
)


class WaitingReadings:
    """What was read in the papers of one case and waits, worked out where asked for.

    A paper is looked through when first a fact is asked for that its kind can state:
    few are, of a case that is nearly done.
    """

    def __init__(self, case: Case, as_of: date) -> None:
        self._case = case
        self._settler = Settler(case, on=as_of)
        self._kept = KeptReadings(Evidence(case.path))
        self._readings: dict[str, Reading] = {}
        self._looked: set[str] = set()
        self._by_fact: Mapping[tuple[Subject, str], Mapping[str, Settlement]] = {}

    def find(self, subject: Subject, fact: str) -> Settlement | None:
        """Find what a paper says of a fact, the first paper of the case before others.

        None where none does, where it is in the case already, or was refused.
        """
        return next(iter(self._list_waiting(subject, fact).values()), None)

    def is_in(self, paper: str, subject: Subject, fact: str) -> bool:
        """Tell whether one paper, by its id, shows a fact that waits."""
        return paper in self._list_waiting(subject, fact)

    def _list_waiting(self, subject: Subject, fact: str) -> Mapping[str, Settlement]:
        """List what waits of a fact, by paper, once all that can state it are read.

        Two papers may agree on it, so that none of these is left out.
        """
        new = [
            paper
            for paper in self._case.papers
            if paper.id not in self._looked
            and _may_state(self._case.catalogue, paper, subject, fact)
        ]
        if new:
            self._looked.update(paper.id for paper in new)
            if self._read_papers(new):
                self._by_fact = self._collect_waiting()
        return self._by_fact.get((subject, fact), {})

    def _read_papers(self, papers: list[Paper]) -> bool:
        """Take up what was read in some papers; whether there was anything."""
        readings_kept = self._kept
        readings = {
            paper.file.digest: reading
            for paper in papers
            if (reading := readings_kept.get(paper.file.digest))
            or (reading := read_as_text(self._case, paper))
        }
        self._readings |= readings
        return bool(readings)

    @cached_property
    def _rejections(self) -> frozenset[FactKey]:
        return find_rejected(self._case)

    def _collect_waiting(
        self,
    ) -> Mapping[tuple[Subject, str], Mapping[str, Settlement]]:
        papers = self._settler.settle(self._readings)
        waiting: dict[tuple[Subject, str], dict[str, Settlement]] = {}
        for about in leave_out_rejected(papers, self._rejections):
            for settlement in about.settlements:
                if settlement.state in _WAITING:
                    by_paper = waiting.setdefault(
                        (settlement.subject, settlement.fact.id), {}
                    )
                    by_paper.setdefault(about.paper.id, settlement)
        return waiting


def _may_state(catalogue: Catalogue, paper: Paper, subject: Subject, fact: str) -> bool:
    """Whether a kind of paper can say a fact: by its labels and phrases, or at all."""
    key = f"{subject.type}.{fact}"
    known_fact = catalogue.facts.get((subject.type, fact))
    for kind in (paper.kind, *list_kinds_for(catalogue, paper.kind)):
        material = catalogue.materials[kind]
        if key in material.reads or fact in material.elements:
            return True
        if known_fact is not None and f"paper:{kind}" in known_fact.sources:
            return True
    return False
