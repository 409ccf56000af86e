"""What a case has in writing, as its pages read it: judged, and its dossier composed.

Composed again only when something it rests on has changed; two processes that do so
write nothing, and come to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.case.model import Case
from changqing.casework.events import Journal
from changqing.casework.stages import replay_events
from changqing.casework.state import CaseState
from changqing.documents.crosscheck import Compared, cross_check
from changqing.documents.document import Document
from changqing.documents.package import DossierText, find_signed, write_editions
from changqing.errors import ChangqingError, GivenUpError
from changqing.latest import Latest
from changqing.papers.open import open_case
from changqing.report.handing_in import HandingIn, compute_handing_in
from changqing.run import Outcome
from changqing_web.cases import judge_case
from changqing_web.index import catalogue
from changqing_web.stamp import compute_stamp
from changqing_web.walls import Here


@dataclass(frozen=True, slots=True, kw_only=True)
class Writings:
    """A case judged today, with its dossier in both editions.

    `problem` says why the dossier could not be composed; nothing is written then.
    """

    outcome: Outcome
    writing: DossierText
    problem: ChangqingError | None

    @property
    def documents(self) -> tuple[Document, ...]:
        """The annotated copies, which show what every word rests on."""
        return self.writing.annotated

    def find_document(self, name: str) -> Document | None:
        """Find the document of this name."""
        return next(
            (document for document in self.documents if document.id == name), None
        )


_kept: Final[Latest[str, Writings]] = Latest(most=4)
_compared: Final[Latest[str, Compared]] = Latest(most=4)


def load_writings(here: Here) -> Writings:
    """Load the case as it is now; raise ChangqingError when it cannot be judged."""
    return _kept.find_or_make(compute_stamp(here), lambda: _write_documents(here))


def compare_case(here: Here) -> Compared:
    """Compare what the case says of itself, each place with the others."""

    def compare() -> Compared:
        writings = load_writings(here)
        outcome = writings.outcome
        return cross_check(outcome.case, outcome.situation, writings.documents)

    return _compared.find_or_make(compute_stamp(here), compare)


def find_left_before_handing_in(here: Here) -> HandingIn | None:
    """Find what is left before handing in, as the overview of the case says it too."""
    writings = load_writings(here)
    return compute_handing_in(
        writings.outcome.assessment,
        writings.documents,
        apart=compare_case(here).apart,
        signed=find_signed(here.folder, writings.writing).current,
        broken=writings.problem is not None,
    )


def read_case(here: Here) -> Case:
    """Read the case as its folder says now; raises CaseError."""
    return open_case(here.folder, catalogue())


def replay_case(here: Here, case: Case, on: date) -> CaseState:
    """Compute what the events up to a day add up to."""
    events = [e for e in Journal(here.folder).list_events() if e.on <= on]
    return replay_events(catalogue(), case, events)


def _write_documents(here: Here) -> Writings:
    outcome = judge_case(here)
    problem: ChangqingError | None = None
    writing = DossierText(clean=(), annotated=(), papers={})
    try:
        writing = write_editions(
            outcome.case,
            outcome.situation,
            outcome.assessment,
            outcome.outlook.endurance,
            catalogue(),
            annotated=lambda: outcome.maker.documents,
        )
    except ChangqingError as error:
        if isinstance(error, GivenUpError) and error.reason == "busy":
            raise  # a moment later it may be composed: nothing to be remembered
        problem = error
    return Writings(
        outcome=outcome,
        writing=writing,
        problem=problem,
    )
