"""What if some errands were done: tried on the case as it was judged last."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.utils import timezone

from changqing.judge.model import Assessment
from changqing.judge.suppose import Supposed, try_remedies
from changqing.run import run
from changqing_web.cases import find_key_path, get_judge, name_result_file
from changqing_web.walls import Here


def suppose_remedies(here: Here, criteria: Iterable[str]) -> Supposed:
    """Try the remedies of these criteria."""
    assessment = _assess_folder(name_result_file(here), here.folder)
    return try_remedies(get_judge(), assessment, criteria)


@lru_cache(maxsize=4)
def _assess_folder(result_file: Path, folder: Path) -> Assessment:
    """The judgement of a folder; `result_file` names all that it depends on."""
    return run(
        folder,
        judge=get_judge(),
        clock=timezone.now,
        key=find_key_path(),
        offline=True,
    ).assessment
