"""What was read in the papers of a case, as the pages list it to be settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.http import Http404
from django.utils import timezone

from changqing.case.model import Case, Paper
from changqing.evidence.ledger.note import Checkpoint
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings
from changqing.judge.words import say_value
from changqing.latest import Latest
from changqing.masks import mask_numbers
from changqing.papers.accept import find_rejected
from changqing.papers.open import open_case
from changqing.papers.open_settlements import (
    group_by_look,
    is_asked,
    list_unasked,
)
from changqing.papers.read import list_unread
from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    SettlementState,
    list_settlements,
)
from changqing.rules.types import Value
from changqing.text import Text
from changqing_web.index import catalogue
from changqing_web.walls import Here

_ORDER: Final = (
    SettlementState.CONFLICT,
    SettlementState.UNSURE,
    SettlementState.UNFOUND,
    SettlementState.NEW,
    SettlementState.SURE,
    SettlementState.SETTLED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePapers:
    """The papers of a case as they were read, and those that were not."""

    case: Case
    read: tuple[ReadPaper, ...]
    unread: tuple[Paper, ...]
    rejected: frozenset[tuple[str, object, str]]

    def find(self, paper: str) -> ReadPaper:
        """Find the reading of a paper; 404 where it was not read."""
        for about in self.read:
            if about.paper.id == paper:
                return about
        raise Http404

    def list_left(self, about: ReadPaper) -> list[Settlement]:
        """List what a person is still asked about, in the order to settle it in."""
        return sorted(
            (
                settlement
                for settlement in about.settlements
                if settlement.state is not SettlementState.SETTLED
                and settlement.follows is None
                and is_asked(settlement)
                and not self.is_rejected(about, settlement)
            ),
            key=lambda unsettled: (_ORDER.index(unsettled.state), not unsettled.key),
        )

    def list_waiting(self) -> list[tuple[ReadPaper, list[Settlement]]]:
        """List the papers of which something is left, those in conflict first."""
        waiting = [
            (about, unsettled)
            for about in self.read
            if (unsettled := self.list_left(about))
        ]
        return sorted(waiting, key=lambda entry: not _has_conflict(entry[1]))

    def count_waiting(self) -> int:
        """Count the values that wait for a person, over all papers."""
        return sum(len(unsettled) for _, unsettled in self.list_waiting())

    def list_looks(self, about: ReadPaper) -> list[list[Settlement]]:
        """List what is left of a paper, together what one look settles."""
        return group_by_look(self.list_left(about))

    def list_unasked(self, about: ReadPaper) -> list[Settlement]:
        """List what was read of a paper for its documents alone."""
        return [
            settlement
            for settlement in list_unasked([about])
            if not self.is_rejected(about, settlement)
        ]

    def is_rejected(self, about: ReadPaper, settlement: Settlement) -> bool:
        """Tell whether it was refused or taken back, and is not asked about again."""
        key = (about.paper.file.digest, settlement.subject, settlement.fact.id)
        return key in self.rejected


def _has_conflict(settlements: Sequence[Settlement]) -> bool:
    return any(
        settlement.state is SettlementState.CONFLICT for settlement in settlements
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A paper in the list of those that were read."""

    about: ReadPaper
    label: Text
    left: int
    conflicts: int
    bulk: int

    @property
    def warnings(self) -> list[Text]:
        """What is odd about the paper as a whole."""
        warnings = []
        if self.about.problem is not None:
            problem = self.about.problem.text
            warnings.append(
                Text(
                    zh=f"读不出：{problem.zh}，请重新扫描后更换文件",
                    en=f"It cannot be read: {problem.en}. Scan it again and replace "
                    "the file",
                )
            )
        if self.about.another is not None:
            warnings.append(
                Text(
                    zh=f"是“{self.about.another}”的，不是本公司的",
                    en=f"It is of “{self.about.another}”, not of this company",
                )
            )
        if self.about.looks_like is not None:
            kind = catalogue().materials[self.about.looks_like].label
            warnings.append(
                Text(zh=f"看起来是《{kind.zh}》", en=f"It looks like: {kind.en}")
            )
        return warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleRow:
    """A value that a paper shows, as the page lists it."""

    settlement: Settlement
    about: str
    lit: bool
    rejected: bool

    @property
    def may_take(self) -> bool:
        """Whether the value may be taken as it is."""
        return may_take_value(self.settlement)

    @property
    def value(self) -> Text | None:
        """What was read; personal numbers in part."""
        settlement = self.settlement
        return (
            None
            if settlement.value is None
            else _say_masked(settlement.value, settlement)
        )

    @property
    def other_value(self) -> Text | None:
        """What the case says, where that is something else."""
        settlement = self.settlement
        if (
            settlement.state is not SettlementState.CONFLICT
            or settlement.claimed is None
        ):
            return None
        return _say_masked(settlement.claimed, settlement)

    @property
    def words(self) -> str:
        """The words of the paper that say it."""
        return mask_numbers(self.settlement.words)

    @property
    def checks(self) -> list[Text]:
        """By what it was found to be read right."""
        return [check.text for check in sorted(self.settlement.checks)]


def _say_masked(value: Value, settlement: Settlement) -> Text:
    text = say_value(value, settlement.fact)
    return Text(zh=mask_numbers(text.zh), en=mask_numbers(text.en))


def load_papers(here: Here) -> CasePapers:
    """Load the papers of a case with all that was read in them."""
    case = open_case(here.folder, catalogue())
    recorded = KeptReadings(Evidence(here.folder))
    digests = {paper.file.digest for paper in case.papers}
    readings = {digest: recorded[digest] for digest in digests if digest in recorded}
    return CasePapers(
        case=case,
        read=list_settlements(case, readings, on=timezone.localdate()),
        unread=list_unread(case),
        rejected=find_rejected(case),
    )


_COUNTS: Final[Latest[tuple[Path, str, Checkpoint | None, date], int]] = Latest(most=64)


def count_waiting(here: Here) -> int:
    """Count the values that wait for a person, once a state of the case and its log."""
    case, log = open_case(here.folder, catalogue()), Evidence(here.folder)
    key = (
        here.folder.resolve(),
        case.digest,
        log.read_checkpoint(),
        timezone.localdate(),
    )
    return _COUNTS.find_or_make(key, lambda: load_papers(here).count_waiting())


def make_read_row(papers: CasePapers, about: ReadPaper) -> ReadRow:
    """Make the row of a paper, with how much of it is left to settle."""
    unsettled = papers.list_left(about)
    conflict = SettlementState.CONFLICT
    return ReadRow(
        about=about,
        label=name_paper(about.paper),
        left=len(unsettled),
        # Not to take what the paper says mends neither: the two differ still.
        conflicts=sum(
            settlement.state is conflict and settlement.follows is None
            for settlement in about.settlements
        ),
        bulk=sum(settlement.in_bulk for settlement in unsettled),
    )


def make_settle_row(
    papers: CasePapers, about: ReadPaper, settlement: Settlement, *, lit: bool = False
) -> SettleRow:
    """Make the row of a value, with whom it is about by name."""
    names: Mapping[object, str] = {
        member.subject: member.name for member in papers.case.list_members()
    }
    return SettleRow(
        settlement=settlement,
        about=names.get(settlement.subject, ""),
        lit=lit,
        rejected=papers.is_rejected(about, settlement),
    )


def name_paper(paper: Paper) -> Text:
    """Name the kind of a paper."""
    return catalogue().materials[paper.kind].label


def list_bulk(papers: CasePapers, about: ReadPaper) -> list[Settlement]:
    """List what is left of a paper and may be taken together."""
    return [settlement for settlement in papers.list_left(about) if settlement.in_bulk]


def may_take_value(settlement: Settlement) -> bool:
    """Tell whether there is something to take: what was typed was not read."""
    return (
        settlement.value is not None and settlement.state is not SettlementState.UNFOUND
    )
