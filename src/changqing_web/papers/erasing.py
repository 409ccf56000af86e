"""Papers about persons are erased: on the day set for it, or where somebody asks.

The case folder is erased by `changqing.casework.personal`; what this application keeps
beside it goes here: drafts, kept results, bundles with personal papers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from huey import crontab

from changqing.agency.index import stamp_folder
from changqing.casework.erased import Erasure
from changqing.casework.personal import (
    erase_due,
    is_erasure_under_way,
    set_deletion_day,
)
from changqing.day import find_day_start
from changqing.evidence.ledger.note import load_key
from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import find_key_path, name_result_file
from changqing_web.facts import drafts
from changqing_web.index import catalogue, refresh_case
from changqing_web.jobs import huey, work
from changqing_web.models import CaseRow, Job, Role
from changqing_web.record import add_case_event, add_case_event_for
from changqing_web.seal.bundles import forget_whole
from changqing_web.walls import PROGRAM, Here
from changqing_web.work.desk import make_desk
from changqing_web.work.set_many import set_for_each

ERASE_DUE: Final = "erase_due"
SET_DAYS: Final = "set_deletion_days"


def find_last_failure(here: Here) -> Job | None:
    """Find the last try to erase on the day, if it failed."""
    job = (
        Job.objects.filter(
            workspace=here.workspace, case=here.row.folder, kind=ERASE_DUE
        )
        .order_by("-pk")
        .first()
    )
    return job if job is not None and job.state == Job.State.FAILED else None


def forget_beside(here: Here, done: Sequence[Erasure]) -> int:
    """Forget what is kept beside the folder of papers that were erased, and record it.

    Gives how many bundles with personal papers were deleted.
    """
    labels = [catalogue().materials[erasure.kind].label for erasure in done]
    zh = "、".join(dict.fromkeys(f"《{label.zh}》" for label in labels))
    en = ", ".join(dict.fromkeys(label.en for label in labels))
    for erased in done:
        drafts.erase_drafts(here, f"paper:{erased.paper}")
    for result_file in name_result_file(here).parent.glob("*.json"):
        result_file.unlink(missing_ok=True)
    bundles = forget_whole(
        here,
        Text(
            f"抹去{zh}时删除：里面可能有它",
            f"Deleted when {en} was erased: it may have been inside",
        ),
    )
    for erased, label in zip(done, labels, strict=True):
        add_case_event(
            here,
            "erase",
            Text(
                zh=f"{'按删除日' if erased.due else ''}抹去《{label.zh}》：文件已删，"
                f"日志中{erased.entries}条只留摘要和它关于什么",
                en=f"Erased {label.en}{', its day having come' if erased.due else ''}: "
                f"the file is gone, {erased.entries} entries of the log keep their "
                "digest and what they are about",
            ),
            paper=erased.paper,
            entries=erased.entries,
            bundles=bundles,
        )
    refresh_case(here.workspace, here.row.folder)
    return bundles


@huey.periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
def erase_all_due() -> None:
    """Ask, every hour, for the erasure of the papers whose day has come."""
    begin_due(timezone.localdate())


def begin_due(today: date) -> list[Job]:
    """Begin the erasures that are due, one job a case."""
    jobs_begun = []
    for row in CaseRow.objects.select_related("workspace").iterator():
        here = Here(
            user=AnonymousUser(), workspace=row.workspace, role=Role.OWNER, case=row
        )
        if row.stamp != stamp_folder(here.folder) and here.folder.is_dir():
            here = replace(here, case=refresh_case(row.workspace, row.folder, today))
        if _is_due(here, today):
            jobs_begun.append(jobs.begin_job(here, ERASE_DUE))
    return jobs_begun


def _is_due(here: Here, today: date) -> bool:
    row = here.row
    if is_erasure_under_way(here.folder):
        return True
    board = row.board
    day = board.delete_personal_on
    if day is None or today < day:
        return False
    if board.personal:
        return True
    # What the case lists no longer is looked for once after the day.
    ended = Job.objects.filter(
        workspace=here.workspace,
        case=row.folder,
        kind=ERASE_DUE,
        state=Job.State.DONE,
        ended_at__gte=find_day_start(day),
    )
    return not ended.exists()


@work(ERASE_DUE)
def erase_case(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Erase the papers of a case whose day has come, and say what was erased."""
    here = make_desk(job)
    tell(Text("正在删除到期的个人材料", "Deleting the papers whose day has come"))
    erasures = erase_due(
        here.folder,
        catalogue=catalogue(),
        key=load_key(find_key_path()),
        now=timezone.now(),
        by=PROGRAM,
    )
    if erasures:
        forget_beside(here, erasures)
    return {
        "papers": [erasure.paper for erasure in erasures],
        "said": {
            "zh": f"按删除日抹去个人材料{len(erasures)}份。",
            "en": f"{len(erasures)} papers about persons erased, their day having "
            "come.",
        },
    }


@work(SET_DAYS)
def set_days(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Set the day of deletion of many cases, one after another."""
    day_typed = job.given.get("day")
    day = date.fromisoformat(str(day_typed)) if day_typed else None

    def set_one(here: Here) -> bool:
        return set_day(here, day, by=job.asked_by)

    return set_for_each(job, tell, set_one)


def set_day(here: Here, day: date | None, *, by: str | None = None) -> bool:
    """Set the day of one case and record who did; False where it stood so already."""
    if not set_deletion_day(here.folder, day, catalogue=catalogue()):
        return False
    zh = f"个人材料定于{day}删除" if day else "个人材料不再定删除日"
    en = (
        f"papers about persons are to be deleted on {day}"
        if day
        else "no day is set any more to delete papers about persons"
    )
    event_text = Text(zh=zh, en=en)
    add_case_event_for(
        by or here.name, here, "deletion_day", event_text, day=str(day or "")
    )
    refresh_case(here.workspace, here.row.folder)
    return True


def find_last_setting(here: Here) -> Job | None:
    """Find the last time that days were set for many cases."""
    return here.workspace.jobs.filter(kind=SET_DAYS).order_by("-pk").first()
