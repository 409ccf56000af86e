"""Which runs over a register a workspace has, and the one that a page is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.http import Http404

from changqing.errors import CaseError
from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue
from changqing.screening.screen import PLAN_FILE, RUN_FILE, ScreenRun, read_run
from changqing_web.errors import list_issues
from changqing_web.index import catalogue
from changqing_web.models import Workspace
from changqing_web.register.place import find_runs_folder

RunStamp = tuple[int, int]
"""Which file `run.json` is: another run may be put where one was."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRun:
    """A finished run of a workspace by the name of its folder."""

    name: str
    run: ScreenRun

    @property
    def as_of(self) -> date:
        """The day for which it was judged."""
        return self.run.as_of

    @property
    def is_by_other_law(self) -> bool:
        """Whether it went by other rules than cases here are judged by."""
        return self.run.catalogue != catalogue().digest


@dataclass(frozen=True, slots=True, kw_only=True)
class RunList:
    """The runs of a workspace, newest first.

    `problems` says of each folder that cannot be shown why; `misnamed` counts those
    with names that no address takes.
    """

    runs: tuple[ShownRun, ...]
    problems: tuple[tuple[str, str], ...]
    misnamed: int


def list_runs(workspace: Workspace) -> RunList:
    """List the finished runs, and what cannot be shown."""
    root = find_runs_folder(workspace)
    runs: list[ShownRun] = []
    problems: list[tuple[str, str]] = []
    misnamed = 0
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if not (path / PLAN_FILE).exists() and not (path / RUN_FILE).exists():
            continue
        if not _NAME.fullmatch(path.name):
            misnamed += 1
            continue
        try:
            runs.append(ShownRun(name=path.name, run=read_run(path)))
        except CaseError as error:
            why = " ".join(list_issues(error))
            problems.append((path.name, why.removeprefix(path.name).lstrip()))
    runs.sort(key=lambda shown_run: (shown_run.as_of, shown_run.name), reverse=True)
    return RunList(runs=tuple(runs), problems=tuple(problems), misnamed=misnamed)


def find_run(workspace: Workspace, name: str) -> ShownRun:
    """Find a run by its name. Http404 where this workspace has no finished one."""
    folder = find_runs_folder(workspace) / name
    if not _NAME.fullmatch(name) or not (folder / RUN_FILE).is_file():
        raise Http404
    return ShownRun(name=name, run=read_run(folder))


def stamp_run(shown_run: ShownRun) -> RunStamp:
    """Tell the state of a run, under which what was counted stays in memory."""
    file_stat = (shown_run.run.folder / RUN_FILE).stat()
    return file_stat.st_mtime_ns, file_stat.st_size


def find_catalogue(run: ScreenRun) -> Catalogue:
    """Find the law by which a run was judged.

    The shipped one, or a folder of its own.
    """
    return catalogue() if run.law is None else _load_law(run.law)


@lru_cache(maxsize=2)
def _load_law(law: Path) -> Catalogue:
    return load_compiled(law)
