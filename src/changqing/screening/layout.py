"""How a register lies on disk: tall tables in Parquet, cases dealt out into buckets.

```
register.json             what counts: version, edition, the folder of each bucket
buckets/0007-<digest>/    cases, subjects, records, gaps, attempts, observed .parquet
```
A bucket is never changed: a new folder is written beside it, and counts once
`register.json` names it, which is replaced in one step. So a crash leaves the old
register or the new one. A case belongs to the bucket that the SHA-256 of its id says.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from changqing.disk import Disk, only_writer
from changqing.errors import CaseError, Issue
from changqing.jsondata import read_object, read_text, read_whole
from changqing.law.model import Catalogue
from changqing.screening.codec import TABLES, decode_cases, encode_cases
from changqing.screening.judging import RegisterCase
from changqing.screening.looked import carry_seen
from changqing.screening.parquet import read_file, scan_files
from changqing.text import Text

REGISTER_FILE: Final = "register.json"
VERSION: Final = 1
_BUCKETS: Final = "buckets"
_CASES_A_BUCKET: Final = 2_000
"""Half a second of each bucket is the same however many cases it has."""
_MOST_BUCKETS: Final = 1 << 13


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterHead:
    """What `register.json` says. `folders` has by bucket the folder that counts."""

    edition: str
    catalogue: str  # digest of the catalogue it was written with
    buckets: int
    cases: int
    folders: Mapping[int, str]


def choose_bucket(case: str, buckets: int) -> int:
    """Choose the bucket of a case: the same one on every machine."""
    return int.from_bytes(hashlib.sha256(case.encode()).digest()[:8]) % buckets


def count_buckets(cases: int) -> int:
    """Count the buckets for so many cases: a power of two."""
    buckets = 1
    while buckets * _CASES_A_BUCKET < cases and buckets < _MOST_BUCKETS:
        buckets *= 2
    return buckets


def read_head(register: Path) -> RegisterHead:
    """Read what a register is. CaseError where there is none, or none of ours."""
    path = register / REGISTER_FILE
    try:
        data = read_object(json.loads(path.read_bytes()))
        version = read_whole(data["version"])
        if version != VERSION:
            raise CaseError(
                Issue(
                    text=Text(
                        zh=f"登记册的格式是第{version}版，本程序只认得第{VERSION}版",
                        en=f"the register has format {version}; this program knows "
                        f"{VERSION}",
                    ),
                    path=str(path),
                    hint=Text(zh="换用新的程序", en="use a newer program"),
                )
            )
        return RegisterHead(
            edition=read_text(data["edition"]),
            catalogue=read_text(data["catalogue"]),
            buckets=read_whole(data["buckets"]),
            cases=read_whole(data["cases"]),
            folders={
                int(bucket): read_text(name)
                for bucket, name in read_object(data["folders"]).items()
            },
        )
    except FileNotFoundError as error:
        raise CaseError(
            Issue(
                text=Text(zh="这里没有登记册", en="there is no register here"),
                path=str(register),
                hint=Text(
                    zh="先建一个：changqing register make 1000 --into 文件夹",
                    en="make one first: changqing register make 1000 --into FOLDER",
                ),
            )
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _make_damage_error(path) from error


def _make_damage_error(path: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(zh="登记册读不出", en="the register cannot be read"),
            path=str(path),
            hint=Text(
                zh="从备份恢复，或者重新导入", en="restore it, or import it again"
            ),
        )
    )


def read_bucket(
    register: Path, head: RegisterHead, bucket: int, catalogue: Catalogue
) -> list[RegisterCase]:
    """Read every case of a bucket, in the order of their ids."""
    return list(iterate_bucket(register, head, bucket, catalogue))


def iterate_bucket(
    register: Path, head: RegisterHead, bucket: int, catalogue: Catalogue
) -> Iterator[RegisterCase]:
    """Read a bucket as `read_bucket` does, with one case in memory at a time."""
    tables = read_tables(register, head, bucket)
    return iterate_tables(register, head, bucket, tables, catalogue)


def read_tables(
    register: Path, head: RegisterHead, bucket: int
) -> Mapping[str, pl.DataFrame]:
    """Read the tables of a bucket, of which `codec` tells; empty ones of an empty one.

    Raises CaseError where they cannot be read.
    """
    folder = head.folders.get(bucket)
    if folder is None:
        return {name: pl.DataFrame(schema=schema) for name, schema in TABLES.items()}
    where = register / _BUCKETS / folder
    with tell_damage(register, head, bucket):
        return {name: read_file(where / f"{name}.parquet") for name in TABLES}


def iterate_tables(
    register: Path,
    head: RegisterHead,
    bucket: int,
    tables: Mapping[str, pl.DataFrame],
    catalogue: Catalogue,
) -> Iterator[RegisterCase]:
    """Read the cases out of what `read_tables` read of a bucket, or of a part of it."""
    cases = decode_cases(tables, catalogue)
    while True:
        with tell_damage(register, head, bucket):
            case = next(cases, None)
        if case is None:
            return
        yield case


@contextmanager
def tell_damage(register: Path, head: RegisterHead, bucket: int) -> Iterator[None]:
    """Tell whatever goes wrong in reading a bucket as the CaseError that it is."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError, ValueError, KeyError) as error:
        raise _make_damage_error(
            register / _BUCKETS / head.folders.get(bucket, "")
        ) from error


def digest_bucket(head: RegisterHead, bucket: int) -> str:
    """Tell which state of a bucket counts: its folder's name holds its digest."""
    return head.folders.get(bucket, "")


@contextmanager
def write_register(
    register: Path, catalogue: Catalogue, *, cases: int, disk: Disk | None = None
) -> Iterator[RegisterWriter]:
    """Open a register to add cases to it; made for about so many where there is none.

    What was added counts when the block ends well, and nothing of it before. Raises
    BusyError where somebody else writes to it.
    """
    used = Disk() if disk is None else disk
    used.make_folder(register / _BUCKETS)
    with only_writer(register / _BUCKETS / ".lock"):
        if (register / REGISTER_FILE).exists():
            head = read_head(register)
        else:
            head = RegisterHead(
                edition=catalogue.edition,
                catalogue=catalogue.digest,
                buckets=count_buckets(cases),
                cases=0,
                folders={},
            )
        writer = RegisterWriter(register, head, catalogue, used)
        if (register / REGISTER_FILE).exists():
            # What a crash left: a bucket out of which somebody was erased, perhaps.
            writer.remove_replaced()
        yield writer
        writer.finish()


class RegisterWriter:
    """Adds cases to a register; one of an id that is there already replaces it."""

    def __init__(
        self, register: Path, head: RegisterHead, catalogue: Catalogue, disk: Disk
    ) -> None:
        self.head = head
        self._register = register
        self._catalogue = catalogue
        self._disk = disk
        self._waiting: dict[int, list[RegisterCase]] = {}
        self._folders = dict(head.folders)
        self._counts: dict[int, int] = {}

    def add(self, cases: Iterable[RegisterCase]) -> None:
        """Add cases; a bucket is written once enough wait for it."""
        for case in cases:
            bucket = choose_bucket(case.id, self.head.buckets)
            waiting = self._waiting.setdefault(bucket, [])
            waiting.append(case)
            if len(waiting) >= 2 * _CASES_A_BUCKET:
                self._write_bucket(bucket, self._waiting.pop(bucket))

    def add_bucket(self, bucket: int, cases: Sequence[RegisterCase]) -> None:
        """Add cases that are all of one bucket, at once."""
        self._write_bucket(bucket, cases)

    def finish(self) -> None:
        """Write what waits, and make all of it count."""
        for bucket, cases in sorted(self._waiting.items()):
            self._write_bucket(bucket, cases)
        self._waiting.clear()
        total = sum(
            self._counts[bucket]
            if bucket in self._counts
            else _count_cases(self._register / _BUCKETS / folder)
            for bucket, folder in self._folders.items()
        )
        head = {
            "version": VERSION,
            "edition": self._catalogue.edition,
            "catalogue": self._catalogue.digest,
            "buckets": self.head.buckets,
            "cases": total,
            "folders": {str(b): name for b, name in sorted(self._folders.items())},
        }
        content = json.dumps(head, ensure_ascii=False, indent=1) + "\n"
        self._disk.replace(self._register / REGISTER_FILE, content.encode())
        self.remove_replaced()

    def remove_replaced(self) -> None:
        """Remove the folders of buckets that do not count any more."""
        folders_in_use = {*self._folders.values()}
        for folder in (self._register / _BUCKETS).iterdir():
            if folder.is_dir() and folder.name not in folders_in_use:
                shutil.rmtree(folder)

    def _write_bucket(self, bucket: int, cases: Sequence[RegisterCase]) -> None:
        now = RegisterHead(
            edition=self.head.edition,
            catalogue=self.head.catalogue,
            buckets=self.head.buckets,
            cases=self.head.cases,
            folders=self._folders,
        )
        cases_before = read_bucket(self._register, now, bucket, self._catalogue)
        before = {case.id: case for case in cases_before}
        whole = before | {
            case.id: _carry_looks(before[case.id], case) if case.id in before else case
            for case in cases
        }
        self.replace_bucket(
            bucket,
            encode_cases(
                [whole[name] for name in sorted(whole)], catalogue=self._catalogue
            ),
        )

    def replace_bucket(self, bucket: int, tables: Mapping[str, pl.DataFrame]) -> None:
        """Write a bucket anew, of the tables that `codec` tells of."""
        metadata = {
            "version": str(VERSION),
            "edition": self._catalogue.edition,
            "catalogue": self._catalogue.digest,
            "bucket": str(bucket),
        }
        files = {name: write_frame(frame, metadata) for name, frame in tables.items()}
        digest = hashlib.sha256(b"".join(files[name] for name in TABLES)).hexdigest()
        folder = f"{bucket:04d}-{digest[:16]}"
        where = self._register / _BUCKETS / folder
        self._disk.write_all(
            {where / f"{name}.parquet": content for name, content in files.items()}
        )
        self._folders[bucket] = folder
        self._counts[bucket] = tables["cases"].height


def _carry_looks(before: RegisterCase, case: RegisterCase) -> RegisterCase:
    carried = carry_seen((before.case, before.known), (case.case, case.known))
    return replace(case, known=carried)


def write_frame(frame: pl.DataFrame, metadata: Mapping[str, str]) -> bytes:
    """Write a table as Parquet, with what is told of it in the file itself."""
    stream = BytesIO()
    frame.write_parquet(stream, compression="zstd", metadata=dict(metadata))
    return stream.getvalue()


def _count_cases(folder: Path) -> int:
    frame = scan_files([folder / "cases.parquet"]).select(pl.len()).collect()
    return int(frame.item())
