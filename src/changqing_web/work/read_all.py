"""The job that reads what nobody has read yet, of all cases of a workspace."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, Sum
from django.utils import timezone
from huey import crontab

from changqing.errors import ChangqingError, TamperError
from changqing.evidence.reading import ReadingProblem
from changqing.jsondata import Json, JsonObject
from changqing.papers.open import open_case
from changqing.papers.read import list_unread, read_and_keep
from changqing.text import Language, Text, count_in_english
from changqing_web import cases
from changqing_web.errors import say_briefly
from changqing_web.index import catalogue, refresh_case
from changqing_web.jobs import (
    GiveWay,
    JobStopped,
    has_others_waiting,
    huey,
    keep_progress,
    stop_if_asked,
    work,
)
from changqing_web.models import CaseRow, Job, Role, Workspace
from changqing_web.walls import Here

READ_ALL: Final = "read_all"
_STRETCH: Final = 300.0  # seconds
_COUNTING: Final = 40.0  # seconds of each minute, until all are counted


def list_waiting(workspace: Workspace) -> QuerySet[CaseRow]:
    """List the cases that have papers which nobody has read yet."""
    return workspace.cases.filter(unread_papers__gt=0, ended=False, archived=False)


def find_last_reading(workspace: Workspace) -> Job | None:
    """Find the reading of all that was asked for last."""
    return workspace.jobs.filter(kind=READ_ALL).order_by("-pk").first()


@huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
def count_unread() -> None:
    """Count, every minute, the papers of cases in which nobody has counted them yet.

    After an upgrade that is all of them; the board need not be leafed through for it.
    """
    end = time.monotonic() + _COUNTING
    uncounted = CaseRow.objects.filter(unread_papers=None, stamp="")
    for row in uncounted.select_related("workspace")[:2_000]:
        refresh_case(row.workspace, row.folder)
        if time.monotonic() > end:
            return


@work(READ_ALL, stoppable=True)
def read_all(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Read case after case, paper after paper; each is kept as soon as it is read.

    One case that cannot be read stops no other. After each paper it gives way to
    whoever waits, and every few minutes in any case. What is stopped or broken off
    goes on with what is still unread.
    """
    if not job.result:
        waiting = list_waiting(job.workspace)
        total = waiting.aggregate(sum=Sum("unread_papers"))["sum"] or 0
        progress: JsonObject = {
            "total": total,
            "done": 0,
            "cases": [],
            "failed": [],
            "wrong": [],
        }
        keep_progress(job, progress)
    passed = {*job.result["cases"], *(line["folder"] for line in job.result["wrong"])}
    end = time.monotonic() + _STRETCH
    altered: TamperError | None = None
    for row in list_waiting(job.workspace).order_by("name", "pk"):
        if row.folder in passed:
            continue
        try:
            _read_case(job, row, tell, end)
        except (GiveWay, JobStopped):
            refresh_case(job.workspace, row.folder)
            raise
        except ChangqingError as error:
            refresh_case(job.workspace, row.folder)
            lines = {
                language.value: say_briefly(error, language) for language in Language
            }
            _note_progress(
                job, "wrong", {"folder": row.folder, "name": row.name, **lines}
            )
            altered = error if isinstance(error, TamperError) else altered
    if altered is not None:
        raise altered  # the others are read; that it was altered is not passed over
    return {**job.result, "said": _say_end(job)}


def _read_case(
    job: Job, row: CaseRow, tell: Callable[[Text], None], end: float
) -> None:
    """Read the papers of one case, and judge it again."""
    here = Here(
        user=AnonymousUser(), workspace=job.workspace, role=Role.EDITOR, case=row
    )
    case = open_case(here.folder, catalogue())
    unread = list_unread(case)
    for place, paper in enumerate(unread, start=1):
        stop_if_asked(job)
        label = catalogue().materials[paper.kind].label
        number = job.result["done"] + len(job.result["failed"]) + 1
        total = max(number, job.result["total"])

        def tell_page(
            _: str,
            page: int,
            pages: int,
            number: int = number,
            total: int = total,
            label: Text = label,
        ) -> None:
            stop_if_asked(job)
            tell(
                Text(
                    zh=f"第{number}份，共{total}份：{row.name}《{label.zh}》，"
                    f"读到第{page}页，共{pages}页",
                    en=f"Paper {number} of {total}: {row.name}, {label.en}, "
                    f"page {page} of {pages}",
                )
            )

        reading = read_and_keep(
            case,
            paper,
            key=cases.find_key_path(),
            clock=timezone.now,
            progress=tell_page,
        )
        if reading is None or reading.problem is not None:
            why = None if reading is None else reading.problem
            _note_progress(job, "failed", _describe_problem(row, paper.id, label, why))
        else:
            keep_progress(job, {**job.result, "done": job.result["done"] + 1})
        # A case whose last paper is read waits for nothing more: it would not be found
        # again, and has to be judged first.
        if place < len(unread):
            _give_way_if_due(job, end)
    cases.assess(here)
    _note_progress(job, "cases", row.folder)
    _give_way_if_due(job, end)


def _give_way_if_due(job: Job, end: float) -> None:
    if has_others_waiting(job) or time.monotonic() > end:
        raise GiveWay


def _describe_problem(
    row: CaseRow, paper: str, label: Text, problem: ReadingProblem | None
) -> dict[str, str]:
    """Say which paper could not be read, and why."""
    why = _CHANGED if problem is None else problem.text
    return {
        "folder": row.folder,
        "name": row.name,
        "paper": paper,
        "zh": f"《{label.zh}》{why.zh}",
        "en": f"{label.en}: {why.en}",
    }


def _note_progress(job: Job, name: str, entry: Json) -> None:
    keep_progress(job, {**job.result, name: [*job.result[name], entry]})


def _say_end(job: Job) -> dict[str, str]:
    result = job.result
    papers_read, cases_read = result["done"], len(result["cases"])
    failed, wrong = len(result["failed"]), len(result["wrong"])
    left_zh = f"，{failed}份读不出" if failed else ""
    left_en = f", {failed} could not be read" if failed else ""
    wrong_zh = f"；{wrong}个项目打不开" if wrong else ""
    wrong_en = (
        f"; {count_in_english(wrong, 'case', 'cases')} could not be opened"
        if wrong
        else ""
    )
    return {
        "zh": f"读过{cases_read}个项目的{papers_read}份材料{left_zh}{wrong_zh}。",
        "en": f"{count_in_english(papers_read, 'paper', 'papers')} of "
        f"{count_in_english(cases_read, 'case', 'cases')} read{left_en}{wrong_en}.",
    }


_CHANGED: Final = Text("读取时文件被改动", "its file changed while it was read")
