"""Files from which a case is to be made: kept apart until it is, or for a few days.

```
starts/<workspace>/<token>/given/      files as somebody sent them
starts/<workspace>/<token>/case/       the folder that becomes the case
starts/<workspace>/<token>/readings/   what was read, by the SHA-256 of the file
starts/<workspace>/<token>/taken.json  each file, and where it lies in the case
starts/<workspace>/<token>/shown.json  what was recognised, as the page shows it
```
Nothing of it is in the database: it is about persons, and no case guards it yet.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from pydantic import TypeAdapter

from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.evidence.reading import decode_reading, encode_reading
from changqing.guide.stage import StageProposal, propose_stage
from changqing.judge.words import say_value
from changqing.law.model import Catalogue
from changqing.masks import mask_numbers
from changqing.papers.gather import MOST_FILES, spell_path
from changqing.papers.parts import SURE
from changqing.papers.start import FoundCase, TakenFile, find_service, find_void
from changqing.readers.proposal import ProposedFact, ProposedPaper
from changqing.text import Text
from changqing_web.models import Workspace

KEPT_FOR: Final = timedelta(days=3)
MOST_BYTES: Final = 1_000_000_000
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedValue:
    """A value that a paper shows; personal numbers in part."""

    label: Text
    about: str
    value: Text
    page: int
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedPaper:
    """A paper that was recognised.

    `titled`: by its title, else by what it says. `another` is whose it is, if not the
    applicant's; `void` says why it shows nothing any more.
    """

    label: Text
    titled: bool
    values: tuple[RecognisedValue, ...]
    another: str | None
    void: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedFile:
    """What became of a file."""

    name: str
    problem: Text | None
    same_as: str | None
    papers: tuple[RecognisedPaper, ...]

    @property
    def is_taken(self) -> bool:
        """Whether the case will list a paper of it."""
        return any(paper.another is None for paper in self.papers)

    @property
    def is_strange(self) -> bool:
        """Whether it was read, and is no paper of the catalogue."""
        return not (self.papers or self.problem or self.same_as)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedStart:
    """What the files say that a first case needs; empty where none says it.

    `said` are the applicant's facts that some paper shows; `all_holders_in` is the
    paper by whose shares the holders are all there are, `owners` who of the people are;
    `holders_open` are those whose own holders are open; `proposal` is the stage that
    the licences among them suggest.
    """

    name: str
    credit_code: str
    region: str
    url: str
    domains: tuple[str, ...]
    people: tuple[str, ...]
    holders: tuple[str, ...]
    technician: bool
    said: tuple[str, ...]
    files: tuple[RecognisedFile, ...]
    all_holders_in: Text | None = None
    owners: tuple[str, ...] = ()
    holders_open: tuple[str, ...] = ()
    proposal: StageProposal | None = None

    @property
    def papers(self) -> int:
        """How many papers the case will list."""
        return sum(
            paper.another is None for file in self.files for paper in file.papers
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _TakenEntry:
    """A file that was taken, without what was read in it."""

    name: str
    file: str
    digest: str
    problem: Text | None
    same_as: str | None


_SHOWN: Final = TypeAdapter(RecognisedStart)
_TAKEN: Final = TypeAdapter(tuple[_TakenEntry, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Files that were sent to make one case of."""

    token: str
    folder: Path

    @property
    def inbox(self) -> Path:
        """Where the files lie as they were sent."""
        return self.folder / "given"

    @property
    def case(self) -> Path:
        """The folder that becomes the case."""
        return self.folder / "case"

    def list_given(self) -> list[str]:
        """List the names of the files that were sent."""
        if not self.inbox.is_dir():
            return []
        files = sorted(path for path in self.inbox.rglob("*") if path.is_file())
        return [path.relative_to(self.inbox).as_posix() for path in files]

    def keep_file(self, file: UploadedFile[Any], name: str) -> None:
        """Keep a file under its own name; the same file sent again is kept once.

        Raises CaseError for one that is empty or too large, and where there are too
        many.
        """
        _check_size(file, name)
        sizes = [path.stat().st_size for path in self.inbox.rglob("*")]
        if len(sizes) >= MOST_FILES or sum(sizes) + (file.size or 0) > MOST_BYTES:
            raise CaseError(Issue(text=_TOO_MUCH, hint=_IN_PARTS))
        self.inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.folder / f"{secrets.token_hex(8)}.new"
        sha = hashlib.sha256()
        with fresh.open("xb") as stream:
            for chunk in file.chunks():
                sha.update(chunk)
                stream.write(chunk)
        path = self.inbox / spell_path(name)
        number, plain = 1, path
        while path.exists() and _compute_digest(path) != sha.digest():
            number += 1
            path = plain.with_name(f"{plain.stem}-{number}{plain.suffix}")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.replace(path)

    def keep_found(
        self,
        taken_files: Sequence[TakenFile],
        found_case: FoundCase,
        catalogue: Catalogue,
        *,
        on: date,
    ) -> None:
        """Keep what was read in the files, and what of it the page shows on a day."""
        disk = Disk()
        for taken_file in taken_files:
            if taken_file.reading is not None:
                content = encode_reading(taken_file.reading)
                disk.replace(self.folder / "readings" / taken_file.digest, content)
        entries = tuple(
            _TakenEntry(
                name=file.name,
                file=file.file,
                digest=file.digest,
                problem=file.problem,
                same_as=file.same_as,
            )
            for file in taken_files
        )
        disk.replace(self.folder / "taken.json", _TAKEN.dump_json(entries))
        recognised_json = _SHOWN.dump_json(_make_recognised(found_case, catalogue, on))
        disk.replace(self.folder / "shown.json", recognised_json)

    def load_shown(self) -> RecognisedStart | None:
        """Load what was recognised; None while nothing was."""
        try:
            return _SHOWN.validate_json((self.folder / "shown.json").read_bytes())
        except (OSError, ValueError):
            return None

    def load_taken(self) -> list[TakenFile]:
        """Load the files as they were read."""
        entries = _TAKEN.validate_json((self.folder / "taken.json").read_bytes())
        return list(map(self._load_one, entries))

    def _load_one(self, entry: _TakenEntry) -> TakenFile:
        path = self.folder / "readings" / entry.digest
        there = path.is_file() and entry.same_as is None
        return TakenFile(
            name=entry.name,
            file=entry.file,
            digest=entry.digest,
            reading=decode_reading(path.read_bytes()) if there else None,
            problem=entry.problem,
            same_as=entry.same_as,
        )

    def forget_shown(self) -> None:
        """Forget what was recognised: there are more files."""
        (self.folder / "shown.json").unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete all of it: a case was made, or nobody wants one."""
        shutil.rmtree(self.folder, ignore_errors=True)


def count_limits() -> dict[str, int]:
    """Count how much may be sent, in MB, as the place to drop files says it."""
    return {
        "most": settings.UPLOAD_LIMIT >> 20,
        "most_at_once": settings.REQUEST_LIMIT >> 20,
    }


def begin_start(workspace: Workspace) -> Start:
    """Make a place for files that somebody sends."""
    start = _locate_start(workspace, secrets.token_hex(16))
    start.inbox.mkdir(mode=0o700, parents=True)
    return start


def find_start(workspace: Workspace, token: str) -> Start | None:
    """Find the files of this workspace that were sent under a token."""
    start = _locate_start(workspace, token)
    return start if _TOKEN.fullmatch(token) and start.folder.is_dir() else None


def list_starts(workspace: Workspace) -> list[Start]:
    """List what was sent and not made a case of yet, newest first."""
    root = Path(settings.HOME, "starts", workspace.slug)
    folders = sorted(root.glob("*"), key=lambda path: -path.stat().st_mtime)
    starts = [_locate_start(workspace, path.name) for path in folders]
    return [start for start in starts if start.list_given()]


def forget_starts(now: datetime) -> int:
    """Delete what nobody made a case of within `KEPT_FOR`. How many."""
    before = (now - KEPT_FOR).timestamp()
    count = 0
    for folder in Path(settings.HOME, "starts").glob("*/*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
            count += 1
    return count


def _locate_start(workspace: Workspace, token: str) -> Start:
    folder = Path(settings.HOME, "starts", workspace.slug, token)
    return Start(token=token, folder=folder)


def _compute_digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _check_size(file: UploadedFile[Any], name: str) -> None:
    size = file.size or 0
    most = settings.UPLOAD_LIMIT
    if name.lower().endswith(".zip"):
        most = settings.REQUEST_LIMIT
    if size == 0:
        text = Text(zh=f"“{name}”是空的", en=f"“{name}” is empty")
        raise CaseError(Issue(text=text, hint=_ANOTHER))
    if size > most:
        mega = most >> 20
        text = Text(zh=f"“{name}”超过{mega} MB", en=f"“{name}” is over {mega} MB")
        raise CaseError(Issue(text=text, hint=_SMALLER))


# What the page shows


def _make_recognised(
    found_case: FoundCase, catalogue: Catalogue, on: date
) -> RecognisedStart:
    full = found_case.all_holders_in
    return RecognisedStart(
        name=found_case.name,
        credit_code=found_case.credit_code,
        region=found_case.region,
        url=find_service(found_case),
        domains=found_case.domains,
        people=tuple(person.name for person in found_case.people),
        holders=tuple(holder.name for holder in found_case.holders),
        technician=any("technical" in person.roles for person in found_case.people),
        said=tuple(sorted(found_case.said)),
        files=tuple(
            RecognisedFile(
                name=file.taken.name,
                problem=file.taken.problem,
                same_as=file.taken.same_as,
                papers=tuple(_show_papers((*file.papers, *file.others), catalogue)),
            )
            for file in found_case.files
        ),
        all_holders_in=None
        if full is None
        else catalogue.materials[str(full.kind)].label,
        owners=tuple(sorted(found_case.owners or ())),
        holders_open=found_case.holders_open,
        proposal=propose_stage(found_case, catalogue, on=on),
    )


def _show_papers(
    papers: Sequence[ProposedPaper], catalogue: Catalogue
) -> Iterator[RecognisedPaper]:
    for paper in papers:
        values = (_show_value(fact, catalogue) for fact in paper.facts)
        yield RecognisedPaper(
            label=catalogue.materials[str(paper.kind)].label,
            titled=paper.titled,
            values=tuple(value for value in values if value is not None),
            another=paper.another,
            void=find_void(paper),
        )


def _show_value(proposed: ProposedFact, catalogue: Catalogue) -> RecognisedValue | None:
    fact = catalogue.facts.get((proposed.subject.type, proposed.fact))
    if fact is None:
        return None
    text = say_value(proposed.value, fact)
    has_name = proposed.subject.type in ("person", "holder")
    return RecognisedValue(
        label=fact.label,
        about=proposed.subject.id if has_name and proposed.subject.id else "",
        value=replace(text, zh=mask_numbers(text.zh), en=mask_numbers(text.en)),
        page=proposed.page,
        sure=proposed.confidence >= SURE,
    )


_TOO_MUCH: Final = Text(
    zh=f"文件太多或太大：一共最多{MOST_FILES}个、{MOST_BYTES // 10**6} MB",
    en=f"too much: {MOST_FILES} files and {MOST_BYTES // 10**6} MB at most",
)
_IN_PARTS: Final = Text(
    zh="只放这一家公司的材料", en="send the papers of this one company"
)
_ANOTHER: Final = Text(zh="换成有内容的文件", en="choose another file")
_SMALLER: Final = Text(zh="压缩后再传", en="make it smaller and send it again")
