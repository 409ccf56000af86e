"""The jobs that read files which somebody dropped, and make a case of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone
from huey import crontab
from pydantic import TypeAdapter

from changqing.case.folder import REMADE_FOLDER
from changqing.errors import CaseError, ChangqingError, Issue
from changqing.guide.from_papers import start_case
from changqing.guide.interview import InterviewAnswers
from changqing.jsondata import JsonObject
from changqing.papers.gather import gather_files
from changqing.papers.open_settlements import list_open
from changqing.papers.settle import list_settlements
from changqing.papers.start import (
    FoundCase,
    drop_unlisted,
    sort_files,
    take_files,
)
from changqing.text import Language, Text
from changqing_web import cases
from changqing_web.index import catalogue, refresh_case
from changqing_web.jobs import huey, work
from changqing_web.models import Job, Role
from changqing_web.new.starts import Start, find_start, forget_starts
from changqing_web.record import add_case_event_for
from changqing_web.walls import Here, find_cases_folder

READ_START: Final = "read_start"
MAKE_START: Final = "make_start"
_ANSWERS: Final = TypeAdapter(InterviewAnswers)


def encode_answers(answers: InterviewAnswers) -> Any:
    """Write answers as plain JSON, for a job."""
    return _ANSWERS.dump_python(answers, mode="json")


@huey.periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
def forget_untaken() -> None:
    """Delete, every hour, files of which nobody made a case."""
    forget_starts(timezone.now())


@work(READ_START, each=True)
def read_start(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Read what was sent, page after page, and tell what it is."""
    start = _find_start(job)
    names_seen: dict[str, None] = {}

    def tell_page(name: str, page: int, pages: int) -> None:
        names_seen.setdefault(name)
        tell(
            Text(
                zh=f"第{len(names_seen)}个文件：{name}，读到第{page}页，共{pages}页",
                en=f"File {len(names_seen)}: {name}, page {page} of {pages}",
            )
        )

    taken_files = take_files(gather_files(start.inbox), start.case, tell_page)
    tell(Text(zh="正在辨认各是什么材料", en="Telling which papers they are"))
    found_case = sort_files(taken_files, catalogue())
    today = timezone.localdate()
    start.keep_found(taken_files, found_case, catalogue(), on=today)
    return {
        "said": {
            "zh": f"读了{len(taken_files)}个文件。",
            "en": f"{len(taken_files)} files read.",
        },
        "next": reverse("start_papers", args=[job.workspace.slug, start.token]),
    }


@work(MAKE_START, each=True)
def make_start(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Make the case of what was read and answered, and judge it once."""
    start = _find_start(job)
    answers = _ANSWERS.validate_python(job.given["answers"])
    language = Language(str(job.given["language"]))
    tell(Text(zh="正在建立项目", en="Making the case"))
    found_case = sort_files(start.load_taken(), catalogue())
    folder = _find_free_folder(
        job, found_case.credit_code or answers.facts["credit_code"]
    )
    _write_case(job, start, found_case, answers, folder=folder, language=language)
    start.remove()
    here = Here(
        user=AnonymousUser(),
        workspace=job.workspace,
        role=Role.EDITOR,
        case=refresh_case(job.workspace, folder),
    )
    add_case_event_for(
        job.asked_by,
        here,
        "new",
        Text(
            f"从材料新建项目：{here.row.name}，{answers.licence}",
            f"New case from papers: {here.row.name}, {answers.licence}",
        ),
    )
    tell(Text(zh="正在评估", en="Assessing"))
    cases.assess(here)
    return {
        "said": _say_made(here),
        "next": reverse("reading", args=[job.workspace.slug, folder]),
        "folder": folder,
    }


def _find_start(job: Job) -> Start:
    start = find_start(job.workspace, str(job.given["start"]))
    if start is None:
        raise CaseError(Issue(text=_GONE, hint=_SEND_AGAIN))
    return start


def _find_free_folder(job: Job, code: str) -> str:
    """A name of a folder that no case has."""
    first_choice = code.lower() or f"case-{timezone.localdate():%Y%m%d}"
    root, name, number = find_cases_folder(job.workspace), first_choice, 1
    while (root / name).exists():
        number += 1
        name = f"{first_choice}-{number}"
    return name


def _write_case(
    job: Job,
    start: Start,
    found_case: FoundCase,
    answers: InterviewAnswers,
    *,
    folder: str,
    language: Language,
) -> None:
    """Make the folder of a case out of what was read; an error leaves all as it was.

    What the case does not list stays among what was sent until the case is there.
    """
    root = find_cases_folder(job.workspace)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = root / folder
    shutil.copytree(start.case, target, ignore=shutil.ignore_patterns(REMADE_FOLDER))
    try:
        drop_unlisted(found_case, target)
        start_case(
            target,
            found_case,
            answers,
            catalogue(),
            key=cases.find_key_path(),
            now=timezone.now(),
            language=language,
        )
    except (ChangqingError, OSError):
        shutil.rmtree(target, ignore_errors=True)
        raise


def _say_made(here: Here) -> dict[str, str]:
    """How much is left to settle in the new case."""
    from changqing.evidence.ledger.recorded import Evidence
    from changqing.evidence.readings import KeptReadings
    from changqing.papers.open import open_case

    case = open_case(here.folder, catalogue())
    readings = KeptReadings(Evidence(here.folder))
    papers = list_settlements(case, readings, on=timezone.localdate())
    open_count = len(list_open(papers))
    return {
        "zh": f"项目建好了，列入{len(case.papers)}份材料，{open_count}个值待您确认。",
        "en": f"The case is there with {len(case.papers)} papers; {open_count} values "
        "wait "
        "for you.",
    }


_GONE: Final = Text(zh="这些文件已经不在了", en="these files are gone")
_SEND_AGAIN: Final = Text(zh="重新上传", en="send them again")
