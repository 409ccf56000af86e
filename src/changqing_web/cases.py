"""A case as its pages read it: judged as of today, and kept until it changes."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from changqing.disk import Disk
from changqing.documents.schedule import SCHEDULE_FILE
from changqing.evidence.ledger.intent import INTENT_FILE
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import find_default_key_path
from changqing.judge.assess import Judge, find_judge
from changqing.latest import Latest
from changqing.program import stamp_program
from changqing.report.model import CaseReport
from changqing.report.parse import dump_report, parse_report
from changqing.run import Outcome, keep_summary, run
from changqing.text import Text
from changqing_web.case.head import count_behind_tab, list_head_facts, tell_deletion
from changqing_web.index import catalogue, refresh_case
from changqing_web.models import Role
from changqing_web.record import add_case_event_for
from changqing_web.stamp import compute_stamp
from changqing_web.walls import PROGRAM, Here


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A page of a case, as the row of tabs names it."""

    code: str
    name: Text
    url: str
    count: int | None = None


_JUDGING: Final = Lock()
_judged: Final[Latest[str, Outcome]] = Latest(most=4)
_read: Final[Latest[str, CaseReport]] = Latest(most=24)
"""Results held ready in a process, some 5 MB each."""


def get_judge() -> Judge:
    """Get the rules in force, ready once a thread: a judge is not for two at once."""
    return find_judge(catalogue())


def find_key_path() -> Path:
    """Find the key with which this installation signs what it records."""
    return find_default_key_path(os.environ, Path.home())


def open_case_memory() -> Memory:
    """Open what this installation remembers of the cases it has seen."""
    return Memory.open_beside(find_key_path())


def judge_case(here: Here, *, as_of: date | None = None) -> Outcome:
    """Judge the folder as it is now, without a look at the site.

    A page that follows what was just saved shares what saving has found.
    """
    if as_of is not None:
        return _judge_folder(here, as_of)
    return _judged.find_or_make(compute_stamp(here), lambda: _judge_folder(here, None))


def _judge_folder(here: Here, as_of: date | None) -> Outcome:
    outcome = run(
        here.folder,
        judge=get_judge(),
        clock=timezone.now,
        key=find_key_path(),
        as_of=as_of,
        offline=True,
    )
    # Kept for other threads, who have another judge: all of it is made here.
    _ = outcome.report
    return outcome


def load_report(here: Here) -> CaseReport:
    """Load the report of a case as of today; judge again only when something changed.

    Pages share what comes back.
    """
    result_file = name_result_file(here)
    report = _read_result(result_file)
    if report is None:
        with _JUDGING:  # whoever asks at the same moment waits, and reads the same
            report = _read_result(result_file) or _keep_result(here, judge_case(here))
    return report


def _read_result(path: Path) -> CaseReport | None:
    """A result that was kept, unless it cannot be read."""
    try:
        return _read.find_or_make(
            _name_file(path), lambda: parse_report(path.read_bytes())
        )
    except (OSError, ValueError):
        return None


def _name_file(path: Path) -> str:
    stamp = path.stat()
    return f"{path}:{stamp.st_ino}:{stamp.st_mtime_ns}"


def assess(here: Here) -> CaseReport:
    """Judge anew, keep the result beside the database and its sum in the folder."""
    return _keep_result(
        here, _judged.keep(compute_stamp(here), _judge_folder(here, None))
    )


def _keep_result(here: Here, outcome: Outcome) -> CaseReport:
    report = replace(outcome.report, evidence_notices=outcome.notices)
    turn = keep_summary(here.folder, outcome)
    if turn is not None:
        add_case_event_for(PROGRAM, here, "upgrade", turn.text)
    refresh_case(here.workspace, here.row.folder)
    result_file = name_result_file(here)
    result_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in result_file.parent.glob("*.json"):
        old.unlink(missing_ok=True)
    Disk().replace(result_file, dump_report(report))
    # Whoever reads the file would come to the same report.
    return _read.keep(_name_file(result_file), report)


def name_result_file(here: Here) -> Path:
    """Name a result by all that it depends on: files, log, day, rules and program."""
    folder = here.folder
    case = _find_change_time(folder / "case.yaml")
    evidence = folder / "evidence"
    log_time = "-".join(
        _find_change_time(evidence / name) for name in ("log/checkpoint", INTENT_FILE)
    )
    own = _digest_change_times(folder / "dossier" / "*.md", folder / SCHEDULE_FILE)
    by = f"{catalogue().digest[:12]}-{stamp_program()[:8]}"
    place = settings.HOME / "results" / here.workspace.slug / here.row.folder
    return Path(place) / f"{timezone.localdate()}-{case}-{log_time}-{own}-{by}.json"


def _digest_change_times(*patterns: Path) -> str:
    """Which files there are and when they changed, in a few characters."""
    files = sorted(
        path for pattern in patterns for path in pattern.parent.glob(pattern.name)
    )
    if not files:
        return "none"
    listing = "\n".join(f"{file.name} {_find_change_time(file)}" for file in files)
    return hashlib.sha256(listing.encode()).hexdigest()[:8]


def _find_change_time(path: Path) -> str:
    try:
        return str(path.stat().st_mtime_ns)
    except OSError:
        return "none"


def make_case_context(here: Here, section: str, **more: object) -> dict[str, object]:
    """Collect what the head of every page of a case shows.

    What only a result can tell is left out while none is kept; none is made for it.
    """
    row = here.row
    report = _read_result(name_result_file(here))
    return {
        "section": section,
        "today": timezone.localdate(),
        "deletion": tell_deletion(row, timezone.localdate())
        if here.role is not Role.REVIEWER
        else None,
        "facts_line": list_head_facts(row, report),
        "stage_name": row.board.stage_name or Text("", ""),
        "case_tabs": [
            replace(tab, count=count_behind_tab(report, tab.code))
            for tab in list_tabs(here)
        ],
        **more,
    }


def list_tabs(here: Here) -> list[Tab]:
    """List the pages of a case that this person may open, in order."""
    from changqing_web.walls import collect_routes

    routes = {r.name: r for r in collect_routes()}
    return [
        Tab(
            code=code,
            name=name,
            url=reverse(code, args=[here.workspace.slug, here.row.folder]),
        )
        for code, name in TABS.items()
        if code in routes
        and (least := routes[code].least) is not None
        and here.may(least)
        and here.role not in routes[code].hidden_from
        and _ONLY_FOR.get(code, here.role) == here.role
    ]


TABS = {
    "case": Text(zh="总览", en="Overview"),
    "findings": Text(zh="结论", en="Findings"),
    "facts": Text(zh="事实", en="Facts"),
    "evidence": Text(zh="证据", en="Evidence"),
    "errands": Text(zh="要办的事", en="Tasks"),
    "dossier": Text(zh="申报材料", en="Dossier"),
    "casework": Text(zh="办理", en="Casework"),
    "events": Text(zh="记录", en="Log"),
    "answers": Text(zh="请您提供", en="Asked of you"),
    "review_sheet": Text(zh="审查一页", en="Review sheet"),
    "review_dossier": Text(zh="申报材料", en="Dossier"),
    "seal": Text(zh="封存与核验", en="Seal and verify"),
}
"""The names of the tabs; each is shown once a route of that name is there."""
_ONLY_FOR = {
    "answers": Role.RESPONDENT,
    "review_sheet": Role.REVIEWER,
    "review_dossier": Role.REVIEWER,
    "seal": Role.REVIEWER,
}
"""Tabs of one role; others come to these pages by another way."""
