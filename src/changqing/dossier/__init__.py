"""What is handed to people: the report, the summary in the terminal, the JSON.

`view` gives the JSON that the other two render, so they can never disagree. What reads
files that a person wrote is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from changqing.dossier._answers import Answers
from changqing.dossier._charts import key_cell
from changqing.dossier._document import Blank, Document, Section, Statement
from changqing.dossier._documents import copy_to_edit, documents
from changqing.dossier._marks import grade_steps
from changqing.dossier._outlook import print_outlook
from changqing.dossier._page import Page
from changqing.dossier._reading import Reading
from changqing.dossier._render import (
    Rendered,
    render_documents,
    upload,
    upload_name,
    write_dossier,
)
from changqing.dossier._report import render_report, stylesheet
from changqing.dossier._sources import source_name
from changqing.dossier._terminal import print_summary
from changqing.dossier._topic import TOPICS, print_topic
from changqing.dossier._view import Caveat, Portrait, headline, view
from changqing.dossier._words import (
    DIMENSIONS,
    GRADES,
    LONG_TERM,
    READINESS,
    STAGES,
    STANDINGS,
    VERDICTS,
    name_state,
)
from changqing.dossier.handing_in import HandingIn, compute_handing_in

if TYPE_CHECKING:
    from changqing.dossier._crosscheck import (
        Compared,
        Contradiction,
        Place,
        cross_check,
    )
    from changqing.dossier._schedule import (
        SCHEDULE_FILE,
        Concern,
        ContentSchedule,
        Kept,
        concerns,
        kept,
        schedule_of,
    )
    from changqing.dossier._schedule_import import import_schedule

__all__ = [
    "DIMENSIONS",
    "GRADES",
    "LONG_TERM",
    "READINESS",
    "SCHEDULE_FILE",
    "STAGES",
    "STANDINGS",
    "TOPICS",
    "VERDICTS",
    "Answers",
    "Blank",
    "Caveat",
    "Compared",
    "Concern",
    "ContentSchedule",
    "Contradiction",
    "Document",
    "HandingIn",
    "Kept",
    "Page",
    "Place",
    "Portrait",
    "Reading",
    "Rendered",
    "Section",
    "Statement",
    "compute_handing_in",
    "concerns",
    "copy_to_edit",
    "cross_check",
    "documents",
    "grade_steps",
    "headline",
    "import_schedule",
    "kept",
    "key_cell",
    "name_state",
    "print_outlook",
    "print_summary",
    "print_topic",
    "render_documents",
    "render_report",
    "schedule_of",
    "source_name",
    "stylesheet",
    "upload",
    "upload_name",
    "view",
    "write_dossier",
]

_HOMES = {
    "Compared": "_crosscheck",
    "Concern": "_schedule",
    "ContentSchedule": "_schedule",
    "Contradiction": "_crosscheck",
    "Kept": "_schedule",
    "Place": "_crosscheck",
    "SCHEDULE_FILE": "_schedule",
    "concerns": "_schedule",
    "cross_check": "_crosscheck",
    "import_schedule": "_schedule_import",
    "kept": "_schedule",
    "schedule_of": "_schedule",
}


def __getattr__(name: str) -> object:
    """Import a part when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(name)
    value: object = getattr(import_module(f"changqing.dossier.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
