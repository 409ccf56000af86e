"""Reading the papers of a case: what is unread is read and kept as evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

from changqing.case.model import Case, Paper
from changqing.errors import GivenUpError
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import Reading, ReadingProblem
from changqing.evidence.readings import KeptReadings, keep_readings
from changqing.evidence.text_reading import is_text_paper
from changqing.readers.capture import capture_paper_apart
from changqing.text import Text

Progress = Callable[[str, int, int], None]
"""Called with the name of a file, how many of its pages were read, and of how many."""


def list_unread(case: Case) -> tuple[Paper, ...]:
    """List the papers of which no reading is kept, each file once."""
    readings = KeptReadings(Evidence(case.path))
    unread = {
        paper.file.digest: paper
        for paper in case.papers
        if paper.file.digest not in readings
    }
    return tuple(unread.values())


def read_papers(
    case: Case,
    *,
    key: Path,
    clock: Callable[[], datetime],
    progress: Progress,
) -> Mapping[str, Reading]:
    """Read every paper that nobody has read yet, and give all readings of the case.

    A reading is kept as soon as it is made: who stops in between loses one paper. One
    that failed for want of a component is not kept, for it may be installed tomorrow.
    Gives them by the SHA-256 of the paper. Raises CaseError and TamperError, and
    GivenUpError where every child that could read stays busy.
    """
    failed: dict[str, Reading] = {}
    for paper in list_unread(case):
        reading = read_and_keep(case, paper, key=key, clock=clock, progress=progress)
        if reading is not None and reading.problem is ReadingProblem.NO_READER:
            failed[paper.file.digest] = reading
    readings = KeptReadings(Evidence(case.path))
    digests = dict.fromkeys(paper.file.digest for paper in case.papers)
    return {
        **failed,
        **{digest: readings[digest] for digest in digests if digest in readings},
    }


def read_unread(
    case: Case,
    *,
    key: Path,
    clock: Callable[[], datetime],
    progress: Callable[[Text], None],
) -> bool:
    """Read what nobody has read yet before a case is assessed; whether any was read.

    Text is left out: it is read as it is recorded. Where every child that could read
    stays busy the rest waits for the next time.
    """
    unread = [
        paper for paper in list_unread(case) if not is_text_paper(paper.file.path)
    ]
    any_read = False
    for paper in unread:

        def tell(name: str, pages_read: int, total: int) -> None:
            progress(
                Text(
                    zh=f"读取{name}：第{pages_read}页，共{total}页",
                    en=f"reading {name}: page {pages_read} of {total}",
                )
            )

        try:
            reading = read_and_keep(case, paper, key=key, clock=clock, progress=tell)
        except GivenUpError:
            break
        if reading is not None and reading.problem is ReadingProblem.NO_READER:
            progress(_say_reader_missing(PurePosixPath(paper.file.path).name))
        elif reading is not None:
            any_read = True
    return any_read


def _say_reader_missing(name: str) -> Text:
    return Text(
        zh=f"{name}没有读：{NO_READER_HINT.zh}",
        en=f"{name} was not read: {NO_READER_HINT.en}",
    )


NO_READER_HINT: Final = Text(
    zh="本机没有装读它的组件，请安装：pip install 'changqing[papers]'",
    en="its reader is not installed: pip install 'changqing[papers]'",
)


def read_and_keep(
    case: Case,
    paper: Paper,
    *,
    key: Path,
    clock: Callable[[], datetime],
    progress: Progress,
) -> Reading | None:
    """Read a paper and keep what was read; None where its file changed meanwhile.

    Nobody is kept from writing to the case while its pages are being read. What failed
    for want of a component is not kept.
    """
    reading = read_one(case, paper, progress)
    if reading is not None and reading.problem is not ReadingProblem.NO_READER:
        with Store(case.path, load_key(key)) as store:
            keep_readings(store, [reading], clock())
    return reading


def read_one(case: Case, paper: Paper, progress: Progress) -> Reading | None:
    """Read a paper of the case; None where its file changed since the case was read."""
    content = case.read_file(paper.file.path)
    if hashlib.sha256(content).hexdigest() != paper.file.digest:
        return None
    name = PurePosixPath(paper.file.path).name
    return capture_paper_apart(
        content,
        name,
        progress=lambda pages_read, total: progress(name, pages_read, total),
    )
