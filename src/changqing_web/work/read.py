"""The job that reads the papers of a case which nobody has read yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.urls import reverse
from django.utils import timezone

from changqing.case.model import Case
from changqing.evidence.reading import Reading
from changqing.jsondata import JsonObject
from changqing.papers.open import open_case
from changqing.papers.open_settlements import list_open
from changqing.papers.read import Progress, list_unread, read_papers
from changqing.papers.settle import list_settlements
from changqing.text import Text
from changqing_web import cases
from changqing_web.index import catalogue
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.work.desk import make_desk

_ROUNDS: Final = 20


@work("read")
def read_case_papers(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Read page after page, keep what was read as evidence, and judge again."""
    here = make_desk(job)

    def tell_page(name: str, done: int, total: int) -> None:
        tell(
            Text(
                zh=f"正在读《{name}》，第{done}页，共{total}页",
                en=f"Reading {name}, page {done} of {total}",
            )
        )

    case, readings = _read_folder(here.folder, tell_page)
    for _ in range(_ROUNDS):  # papers may come while others are read
        if not list_unread(case):
            break
        case, readings = _read_folder(here.folder, tell_page)
    papers = list_settlements(case, readings, on=timezone.localdate())
    open_count = len(list_open(papers))
    cases.assess(here)
    return {
        "said": {
            "zh": f"读过{len(papers)}份材料，{open_count}个值待您确认。",
            "en": f"{len(papers)} papers read, {open_count} values for you to settle.",
        },
        "next": reverse("reading", args=[here.workspace.slug, here.row.folder]),
    }


def _read_folder(
    folder: Path, progress: Progress
) -> tuple[Case, Mapping[str, Reading]]:
    case = open_case(folder, catalogue())
    readings = read_papers(
        case, key=cases.find_key_path(), clock=timezone.now, progress=progress
    )
    return open_case(folder, catalogue()), readings
