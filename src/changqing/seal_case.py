"""Seal the folder of a case: record what is new, judge what is on record, pack it.

The command line, the web's job and its API do it by `seal_case`; `seal_apart` does it
in a child process, for a page that waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final

from changqing.documents.made import holds_papers
from changqing.evidence.ledger.anchors import anchor_heads
from changqing.evidence.ledger.note import SigningKey, load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.sync import record_changes
from changqing.integrity import check_integrity
from changqing.judge.assess import Judge, find_judge
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.plainfile import find_folder_around, list_plain, read_plain
from changqing.run import Outcome, check_log_kept, conclude, find_last_day, read_log
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing.sealing.bundle import Sealed, bind, seal
from changqing.text import Text

LIMITS: Final = Limits(seconds=240, memory=3 << 30, output=1 << 30)
"""For a case of any honest size."""
Tell = Callable[[Text], None]


def seal_case(
    folder: Path,
    *,
    out: Path,
    judge: Judge,
    key: Path,
    now: datetime,
    as_of: date | None = None,
    full: bool = False,
    documents: Path | None = None,
    stamp: Callable[[bytes], bytes] | None = None,
    tell: Tell = lambda _: None,
    notice: Tell = lambda _: None,
) -> tuple[Sealed, Outcome]:
    """Write the bundle of the case in `folder` to `out`, whole or not at all.

    Args:
        folder: The case.
        out: The bundle.
        judge: The rules to judge by.
        key: The signing key, which is made when there is none.
        now: When what is new in the folder is recorded.
        as_of: The day to judge for; by default that of the case or the last record.
        full: Whether papers about persons go in.
        documents: A folder whose files are sealed too.
        stamp: Asks an authority for the time.
        tell: Hears of each step, `notice` whose evidence it is.

    Raises what `seal` raises, CaseError where the case or a document is no plain file,
    and TamperError where what was recorded is not what it was.
    """
    at = (folder, judge, key, now, as_of)
    with _record_new(*at, tell=tell, notice=notice) as (store, outcome):
        sealed = seal(
            store,
            outcome.case,
            outcome.assessment,
            headline=outcome.report.headline.sentences,
            key=load_key(key),
            out=out,
            full=full,
            documents={} if documents is None else read_documents(documents, folder),
            stamp=stamp,
        )
    return sealed, outcome


def bind_case(
    folder: Path,
    *,
    judge: Judge,
    key: Path,
    now: datetime,
    as_of: date | None = None,
    notice: Tell = lambda _: None,
) -> str:
    """Record what is given and judged, and give the digest for the undertaking."""
    at = (folder, judge, key, now, as_of)
    with _record_new(*at, tell=lambda _: None, notice=notice) as (store, outcome):
        return bind(store, outcome.case, outcome.assessment)


def seal_apart(
    folder: Path, *, out: Path, key: Path, now: datetime, full: bool, limits: Limits
) -> Sealed:
    """Seal without documents in a child process; GivenUpError when a limit ends it."""
    return get_shared_pool().run(
        limits, _seal_in_child, folder, out=out, key=key, now=now, full=full
    )


def read_documents(folder: Path, case_dir: Path) -> Mapping[str, bytes]:
    """Read the files below a folder by name, but hidden ones and what holds papers.

    The papers of the case are sealed as evidence, or withheld there; a second copy
    beside the documents would show what is withheld.

    Raises CaseError where anything in it, or on the way to it in the case, is a link or
    no plain file: it would be sealed for others to read.
    """
    around = find_folder_around(folder, case_dir)
    inside = case_dir if around == case_dir else folder
    contents = {}
    for path in list_plain(folder, inside=inside):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if not hidden and not holds_papers(name):
            contents[name.as_posix()] = read_plain(path, inside=folder)
    return contents


def _seal_in_child(
    folder: Path, *, out: Path, key: Path, now: datetime, full: bool
) -> Sealed:
    """In the child."""
    judge = find_judge(load_compiled())
    sealed, _ = seal_case(folder, out=out, judge=judge, key=key, now=now, full=full)
    return sealed


@contextmanager
def _record_new(
    folder: Path,
    judge: Judge,
    key: Path,
    now: datetime,
    as_of: date | None,
    *,
    tell: Tell,
    notice: Tell,
) -> Iterator[tuple[Store, Outcome]]:
    """Record all that is new; give the case's evidence, and what it proves."""
    case = open_case(folder, judge.catalogue)
    signing: SigningKey = load_key(key)
    check_log_kept(case.path)
    checked = check_integrity(case.path, key=key)
    for text in (*checked.notices, *checked.copies):
        notice(text)
    tell(Text("正在记录新的内容", "Recording what is new"))
    with Store(case.path, signing) as store:
        record_changes(store, case, now)
        anchor_heads(store, case.path)
        tell(Text("正在评估和封存", "Judging and sealing"))
        recorded = read_log(case, store)
        yield (
            store,
            conclude(
                case,
                recorded,
                judge=judge,
                as_of=as_of or case.as_of or find_last_day(case, recorded),
                assessed_at=None,
            ),
        )
