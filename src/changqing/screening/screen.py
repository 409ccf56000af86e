"""A run over a register: each bucket judged by itself, and what came of it kept.

```
run.json                     the mark that the run is finished, with every digest
plan.json                    what is run: day, edition, digests of register and buckets
done/0007.json               that a bucket is finished, with the digests of its files
verdicts/<subject>/0007.parquet   a row for each member, a column for each criterion
sentences/0007.parquet       a row for each case
reasons/0007.parquet         a row for each verdict that is not met
counts/criterion/0007.parquet     reasons counted; added up in counts/criterion.parquet
```
Each file is written beside its name and renamed, the mark of a bucket after its files,
`run.json` last. Killed at any moment, a run goes on where it stopped; without
`run.json` nothing of it counts. Edition, day and register stand in every file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import polars as pl

from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.jsondata import (
    Json,
    JsonObject,
    read_day,
    read_object,
    read_text,
    read_whole,
)
from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue
from changqing.screening.bucket_columns import collect_bucket
from changqing.screening.counts import (
    COUNTS_FOLDER,
    GROUPS,
    KEYS,
    CountKey,
    add_up,
    count_reasons,
    name_dimensions,
)
from changqing.screening.judging import JudgedCases, RegisterJudge
from changqing.screening.layout import (
    REGISTER_FILE,
    digest_bucket,
    read_head,
    write_frame,
)
from changqing.screening.parquet import scan_files
from changqing.screening.reasons import list_reasons
from changqing.text import Text

RUN_FILE: Final = "run.json"
PLAN_FILE: Final = "plan.json"
SENTENCES: Final = "sentences"
REASONS: Final = "reasons"
VERDICTS_FOLDER: Final = "verdicts"
_DONE: Final = "done"
_VERSION: Final = 1
LEADS: Final = Text(
    zh="这里列出的是线索，不是认定。每一条都要由人看过项目、听过企业的说明，才能处理。",
    en="These are leads, not findings of fact. Each takes a person who looks at the "
    "case and hears the company before anything follows from it.",
)
"""Stands on everything that comes out of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenJob:
    """What is run: which register, on which day, by which law, and where it goes to.

    `law` is a folder with another edition of the law; None is the shipped one.
    """

    register: Path
    out: Path
    as_of: date
    law: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketDone:
    """That a bucket is finished: its number of cases, the digests of its files."""

    bucket: int
    cases: int
    files: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRun:
    """A finished run, as `run.json` tells it."""

    folder: Path
    register: Path
    as_of: date
    edition: str
    catalogue: str
    cases: int
    buckets: tuple[int, ...]
    law: Path | None


BucketMap = Callable[[ScreenJob, Sequence[int]], Iterable[BucketDone]]
"""Runs `screen_bucket` for each bucket, in any order, anywhere."""


def screen(
    job: ScreenJob,
    *,
    map_buckets: BucketMap,
    tell: Callable[[BucketDone, int], None] = lambda _done, _all: None,
    disk: Disk | None = None,
) -> ScreenRun:
    """Screen a register, or go on with a run that stopped.

    `tell` is called after each bucket, with the number of all. Raises CaseError where
    the folder holds another run, where there is no register, or where the register was
    changed meanwhile.
    """
    used = Disk() if disk is None else disk
    judge = _find_judge(job)
    head = read_head(job.register)
    if not head.folders:
        raise _make_empty_error(job.register)
    plan: dict[str, Json] = {
        "version": _VERSION,
        "register": str(job.register.resolve()),
        "register_digest": _digest_file(job.register / REGISTER_FILE),
        "as_of": job.as_of.isoformat(),
        "edition": judge.catalogue.edition,
        "catalogue": judge.catalogue.digest,
        "law": None if job.law is None else str(job.law.resolve()),
        "leads_only": LEADS.zh,
    }
    path = job.out / PLAN_FILE
    if path.exists():
        try:
            same = json.loads(path.read_bytes()) == plan
        except ValueError:
            same = False
        if not same:
            raise _make_other_run_error(job.out)
    elif job.out.exists() and any(job.out.iterdir()):
        raise _make_other_run_error(job.out)
    else:
        used.replace(path, _write_json(plan))
    buckets = sorted(head.folders)
    finished = {
        bucket: bucket_done
        for bucket in buckets
        if (bucket_done := _read_done(job.out, bucket)) is not None
    }
    for bucket_done in finished.values():
        tell(bucket_done, len(buckets))
    waiting = [bucket for bucket in buckets if bucket not in finished]
    try:
        for bucket_done in map_buckets(job, waiting):
            finished[bucket_done.bucket] = bucket_done
            tell(bucket_done, len(buckets))
    except CaseError as error:
        # A bucket that another state of the register has no more is not damaged.
        if _digest_file(job.register / REGISTER_FILE) != plan["register_digest"]:
            raise _make_replaced_error(job.register) from error
        raise
    if _digest_file(job.register / REGISTER_FILE) != plan["register_digest"]:
        raise _make_replaced_error(job.register)
    run: dict[str, Json] = {
        **plan,
        "cases": sum(bucket_done.cases for bucket_done in finished.values()),
        "buckets": buckets,
        "files": {
            **{
                name: digest
                for bucket in buckets
                for name, digest in finished[bucket].files.items()
            },
            **_add_up_counts(job, judge, buckets, used),
        },
    }
    used.replace(job.out / RUN_FILE, _write_json(run))
    return read_run(job.out)


def screen_bucket(job: ScreenJob, bucket: int) -> BucketDone:
    """Judge one bucket and write what came of it. Reads and writes Parquet alone."""
    judge = _find_judge(job)
    head = read_head(job.register)
    judged = judge.judge_columns(collect_bucket(judge, job.register, head, bucket))
    metadata = {
        **_describe_run(job, judge),
        "register_bucket": digest_bucket(head, bucket),
    }
    disk, files = Disk(), {}
    for name, frame in list_results(judged, judge.catalogue).items():
        content = write_frame(frame, metadata)
        place = f"{name}/{bucket:04d}.parquet"
        disk.replace(job.out / place, content)
        files[place] = hashlib.sha256(content).hexdigest()
    bucket_done = BucketDone(bucket=bucket, cases=judged.given.height, files=files)
    disk.replace(
        job.out / _DONE / f"{bucket:04d}.json",
        _write_json({"bucket": bucket, "cases": bucket_done.cases, "files": files}),
    )
    return bucket_done


def _describe_run(job: ScreenJob, judge: RegisterJudge) -> dict[str, str]:
    """What every file of a run says of itself."""
    return {
        "version": str(_VERSION),
        "edition": judge.catalogue.edition,
        "catalogue": judge.catalogue.digest,
        "as_of": job.as_of.isoformat(),
        "leads_only": LEADS.zh,
    }


def _add_up_counts(
    job: ScreenJob, judge: RegisterJudge, buckets: Sequence[int], disk: Disk
) -> dict[str, str]:
    """Add up what was counted in each bucket; the digests of the files by their names.

    A bucket has about as many rows of counts as reasons, all of them a hundredth.
    """
    files = {}
    for key in KEYS:
        place = f"{COUNTS_FOLDER}/{key}"
        added = add_up(
            scan_files(
                [job.out / place / f"{bucket:04d}.parquet" for bucket in buckets]
            ),
            [key, "verdict", *GROUPS],
        )
        content = write_frame(added.collect(), _describe_run(job, judge))
        disk.replace(job.out / f"{place}.parquet", content)
        files[f"{place}.parquet"] = hashlib.sha256(content).hexdigest()
    return files


def run_in_process(job: ScreenJob, buckets: Sequence[int]) -> Iterator[BucketDone]:
    """Judge one bucket after another, here."""
    for bucket in buckets:
        yield screen_bucket(job, bucket)


def run_in_pool(workers: int) -> BucketMap:
    """Judge buckets in so many processes of this machine."""

    def run(job: ScreenJob, buckets: Sequence[int]) -> Iterator[BucketDone]:
        # Not forked: a fork of a process in which Polars has threads can hang.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            futures = [pool.submit(screen_bucket, job, bucket) for bucket in buckets]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    return run


def list_results(judged: JudgedCases, catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """List the tables that come of a bucket, by the folder each goes to."""
    names = judged.given.select("case", "name")
    companies = judged.given.select("company", "licence", "scope", "region", "stage")

    def add_names(frame: pl.DataFrame) -> pl.DataFrame:
        joined = frame.join(names, on="case", how="left", maintain_order="left")
        columns = [name for name in frame.columns if name != "case"]
        return joined.select(pl.col("name").alias("case"), *columns)

    sentences = pl.concat([add_names(judged.sentences), companies], how="horizontal")
    reasons = add_names(list_reasons(judged))
    dimensions = name_dimensions(catalogue)
    return {
        SENTENCES: sentences,
        REASONS: reasons,
        **{
            f"{COUNTS_FOLDER}/{key}": count_reasons(
                reasons.lazy(), sentences.lazy(), key, dimensions
            ).collect()
            for key in KEYS
        },
        **{
            f"{VERDICTS_FOLDER}/{subject}": add_names(frame)
            for subject, frame in judged.verdicts.items()
        },
    }


def read_run(folder: Path) -> ScreenRun:
    """Read a finished run. CaseError where it is not finished, or no run at all."""
    path = folder / RUN_FILE
    try:
        data = read_object(json.loads(path.read_bytes()))
        buckets = data["buckets"]
        law = data["law"]
        return ScreenRun(
            folder=folder,
            register=Path(read_text(data["register"])),
            as_of=read_day(data["as_of"]),
            edition=read_text(data["edition"]),
            catalogue=read_text(data["catalogue"]),
            cases=read_whole(data["cases"]),
            buckets=tuple(
                map(read_whole, buckets if isinstance(buckets, list) else ())
            ),
            law=None if law is None else Path(read_text(law)),
        )
    except FileNotFoundError as error:
        has_begun = (folder / PLAN_FILE).exists()
        raise CaseError(
            Issue(
                text=Text(zh="这次筛查还没有做完", en="this run is not finished")
                if has_begun
                else Text(zh="这里没有筛查结果", en="there is no run here"),
                path=str(folder),
                hint=Text(
                    zh="再用同一条changqing screen命令，会接着做"
                    if has_begun
                    else "先筛查：changqing screen 登记册 --as-of 日期 --out 文件夹",
                    en="give the same changqing screen command again; it goes on"
                    if has_begun
                    else "screen first: changqing screen REGISTER --as-of DAY --out "
                    "FOLDER",
                ),
            )
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaseError(
            Issue(
                text=Text(zh="筛查结果读不出", en="the run cannot be read"),
                path=str(path),
                hint=Text(zh="重新筛查", en="screen again"),
            )
        ) from error


def scan_results(run: ScreenRun, name: str) -> pl.LazyFrame:
    """Scan one table of a run over all its buckets."""
    if not run.buckets:
        raise _make_empty_error(run.register)
    return scan_files(
        [run.folder / name / f"{bucket:04d}.parquet" for bucket in run.buckets]
    )


def scan_counts(run: ScreenRun, key: CountKey, catalogue: Catalogue) -> pl.LazyFrame:
    """Scan the counts of a run; count its reasons where it was made without."""
    path = run.folder / COUNTS_FOLDER / f"{key}.parquet"
    if path.exists():
        return scan_files([path])
    return count_reasons(
        scan_results(run, REASONS),
        scan_results(run, SENTENCES),
        key,
        name_dimensions(catalogue),
    )


@lru_cache(maxsize=2)
def _find_cached_judge(law: Path | None, as_of: date) -> RegisterJudge:
    return RegisterJudge(load_compiled(law), as_of)


def _find_judge(job: ScreenJob) -> RegisterJudge:
    """Find the judge of this process for a job; half a second is in making one."""
    return _find_cached_judge(job.law, job.as_of)


def _read_done(out: Path, bucket: int) -> BucketDone | None:
    """Read that a bucket is finished, where its files still are what was written."""
    try:
        data = read_object(
            json.loads((out / _DONE / f"{bucket:04d}.json").read_bytes())
        )
        files = {
            name: read_text(digest)
            for name, digest in read_object(data["files"]).items()
        }
        if any(_digest_file(out / name) != digest for name, digest in files.items()):
            return None
        if not {f"{COUNTS_FOLDER}/{key}/{bucket:04d}.parquet" for key in KEYS} <= {
            *files
        }:
            return None  # by a program that did not count
        return BucketDone(bucket=bucket, cases=read_whole(data["cases"]), files=files)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it is judged again


def _digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_json(data: JsonObject) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _make_empty_error(register: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(zh="登记册是空的", en="the register is empty"),
            path=str(register),
            hint=Text(zh="先把项目收进来", en="take cases into it first"),
        )
    )


def _make_replaced_error(register: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(
                zh="筛查期间登记册有了改动，这次的结果不能用",
                en="the register was changed during the run, which cannot be used",
            ),
            path=str(register),
            hint=Text(
                zh="换一个--out文件夹，重新筛查",
                en="screen again with another folder for --out",
            ),
        )
    )


def _make_other_run_error(out: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(
                zh="这个文件夹里是另一次筛查，或者放着别的东西",
                en="this folder holds another run, or something else",
            ),
            path=str(out),
            hint=Text(zh="换一个文件夹", en="choose another folder"),
        )
    )
