"""What the papers of a case show and nobody has confirmed: none is asked for it again.

Such a value proves nothing yet, and all that it needs is a person who looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.papers.accept import find_rejected, leave_out_rejected
from changqing.papers.settle import Settlement, SettlementState, list_settlements

_WAITING = frozenset(
    {SettlementState.NEW, SettlementState.SURE, SettlementState.UNSURE}
)


class WaitingReadings:
    """What was read in the papers of one case and waits, worked out where asked for."""

    def __init__(self, case: Case, as_of: date) -> None:
        self._case = case
        self._as_of = as_of

    def find(self, subject: Subject, fact: str) -> Settlement | None:
        """Find what a paper says of a fact, the first paper of the case before others.

        None where none does, where it is in the case already, or was refused.
        """
        return next(iter(self._by_fact.get((subject, fact), {}).values()), None)

    def is_in(self, paper: str, subject: Subject, fact: str) -> bool:
        """Whether one paper, by its id, shows a fact that waits."""
        return paper in self._by_fact.get((subject, fact), {})

    @cached_property
    def _by_fact(self) -> Mapping[tuple[Subject, str], Mapping[str, Settlement]]:
        case = self._case
        kept = KeptReadings(Evidence(case.path))
        readings = {
            paper.file.digest: reading
            for paper in case.papers
            if (reading := kept.get(paper.file.digest) or read_as_text(case, paper))
            is not None
        }
        papers = list_settlements(case, readings, on=self._as_of)
        found: dict[tuple[Subject, str], dict[str, Settlement]] = {}
        for about in leave_out_rejected(papers, find_rejected(case)):
            for each in about.settlements:
                if each.state in _WAITING:
                    by_paper = found.setdefault((each.subject, each.fact.id), {})
                    by_paper.setdefault(about.paper.id, each)
        return found
