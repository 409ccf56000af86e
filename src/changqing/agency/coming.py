"""The dates ahead of many cases, and who is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from changqing.agency.desk import DeskJournal, find_owner
from changqing.law.model import Catalogue
from changqing.notices.due import list_due_notices

if TYPE_CHECKING:
    from changqing.casework.dates import CaseDue
    from changqing.notices.outbox import Notice
    from changqing.notices.settings import NoticeSettings


def collect_dues(folder: Path, catalogue: Catalogue, on: date) -> tuple[CaseDue, ...]:
    """Collect the dates ahead of a case on a day; errors as of opening it."""
    from changqing.casework.dates import compute_status
    from changqing.casework.events import Journal
    from changqing.casework.stages import replay_events
    from changqing.papers.open import open_case

    case = open_case(folder, catalogue)
    events = [event for event in Journal(folder).list_events() if event.on <= on]
    return compute_status(
        catalogue, case, replay_events(catalogue, case, events), on
    ).dues


def collect_due_notices(
    dues: Mapping[Path, Sequence[CaseDue]], settings: NoticeSettings, on: date
) -> tuple[Notice, ...]:
    """Collect what is to be told of the dates of cases.

    Who looks after a case is told, if the settings know them; else whom they name.
    """
    folders_by_name = {folder.resolve().name: folder for folder in dues}

    def find_person(case: str) -> str:
        owner = find_owner(DeskJournal(folders_by_name[case]).list_notes())
        is_known = owner is not None and owner in settings.people
        return owner if is_known and owner else settings.find_person(case)

    cases = [(folder.resolve().name, case_dues) for folder, case_dues in dues.items()]
    return list_due_notices(cases, find_person, on)
