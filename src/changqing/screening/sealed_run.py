"""One file of a run that anybody can recompute: what was known, what was said of it.

```
seal.json                what is sealed: day, edition, sample, digest of every file
seal.sig                 a signature over it, as a signed note has one (C2SP)
run.json                 the run that it comes from
register/                a register of the cases that are sealed
results/<table>.parquet  what the run says of them
```
Either all cases of a run are in it or a random sample, drawn with a seed that it names.
To verify it is to screen its register again by the same edition of the law and to find
every row the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.note import (
    BrokenNoteError,
    SigningKey,
    Verifier,
    verify_note,
)
from changqing.jsondata import JsonObject, read_day, read_object, read_text, read_whole
from changqing.law.model import Catalogue
from changqing.screening.layout import (
    REGISTER_FILE,
    iterate_bucket,
    read_head,
    write_register,
)
from changqing.screening.parquet import read_file
from changqing.screening.screen import (
    LEADS,
    PLAN_FILE,
    REASONS,
    RUN_FILE,
    SENTENCES,
    VERDICTS_FOLDER,
    ScreenJob,
    ScreenRun,
    run_in_process,
    scan_results,
    screen,
)
from changqing.text import Text

_SEAL: Final = "seal.json"
_SIGNATURE: Final = "seal.sig"
_REGISTER: Final = "register"
_RESULTS: Final = "results"
_VERSION: Final = 1
_SIGNER: Final = "changqing-screening"
_MOST_BYTES: Final = 8 << 30  # unpacked
_PLAIN: Final = re.compile(r"(?:[a-z0-9_-]+/)*[a-z0-9_-]+\.(?:json|sig|parquet)")
_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the same run gives the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRun:
    """What came of recomputing a sealed run; it is right where `differing` is empty.

    `differing` names the cases of which a row is not what it was, `signer` whose key
    signed: compare it with what its owner says it is.
    """

    as_of: date
    edition: str
    cases: int
    cases_of_run: int
    seed: int | None
    signer: str
    differing: tuple[str, ...]


def seal_run(
    run: ScreenRun,
    out: Path,
    catalogue: Catalogue,
    *,
    size: int | None,
    seed: int,
    key: SigningKey,
) -> int:
    """Seal a run into the file `out`: all of it, or `size` cases drawn by lot.

    Returns how many cases are in it. Raises CaseError where `out` is there already, or
    the register is no longer what was screened.
    """
    if out.exists():
        raise _make_refusal(out, "文件已经有了", "the file is there already")
    _check_register(run)
    names = scan_results(run, SENTENCES).select("case").collect()["case"].sort()
    if size is not None:
        names = names.sample(min(size, len(names)), seed=seed).sort()
    with TemporaryDirectory(dir=out.resolve().parent, prefix=".seal-") as place:
        folder = Path(place)
        _copy_cases(run, folder / _REGISTER, catalogue, frozenset(names))
        (folder / _RESULTS / VERDICTS_FOLDER).mkdir(parents=True)
        drawn_cases = pl.LazyFrame({"case": names})
        for table in _list_tables(run):
            scan_results(run, table).join(
                drawn_cases, on="case", how="semi", maintain_order="left"
            ).collect().write_parquet(folder / _RESULTS / f"{table}.parquet")
        shutil.copyfile(run.folder / RUN_FILE, folder / RUN_FILE)
        seal: JsonObject = {
            "version": _VERSION,
            "as_of": run.as_of.isoformat(),
            "edition": run.edition,
            "catalogue": run.catalogue,
            "cases": len(names),
            "cases_of_run": run.cases,
            "seed": None if size is None else seed,
            "signer": str(key.make_verifier(_SIGNER)),
            "leads_only": LEADS.zh,
            "files": {
                path.relative_to(folder).as_posix(): _digest_file(path)
                for path in _list_files(folder)
            },
        }
        body = json.dumps(seal, ensure_ascii=False, indent=1) + "\n"
        (folder / _SEAL).write_text(body, encoding="utf-8")
        signed = key.sign(body, _SIGNER)
        (folder / _SIGNATURE).write_text(signed[len(body) + 1 :], encoding="utf-8")
        packed = folder / "packed.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
            for path in _list_files(folder):
                if path != packed:
                    info = zipfile.ZipInfo(
                        path.relative_to(folder).as_posix(), _BEGINNING
                    )
                    info.compress_type = zipfile.ZIP_DEFLATED
                    with path.open("rb") as source, bundle.open(info, "w") as part:
                        shutil.copyfileobj(source, part)
        Disk().replace(out, packed.read_bytes())
    return len(names)


def verify_run(bundle: Path, catalogue: Catalogue, *, law: Path | None) -> VerifiedRun:
    """Screen the register of a sealed run again, and compare every row.

    `catalogue` is the law to go by, and `law` its folder, None where it is the shipped
    one. Raises CaseError where the file is damaged or was changed, or the run went by
    another edition of the law.
    """
    with TemporaryDirectory(prefix="changqing-verify-") as place:
        folder = Path(place)
        seal = _unpack_bundle(bundle, folder)
        try:
            verified_run = VerifiedRun(
                as_of=read_day(seal["as_of"]),
                edition=read_text(seal["edition"]),
                cases=read_whole(seal["cases"]),
                cases_of_run=read_whole(seal["cases_of_run"]),
                seed=None if seal["seed"] is None else read_whole(seal["seed"]),
                signer=read_text(seal["signer"]),
                differing=(),
            )
            digest = read_text(seal["catalogue"])
        except (KeyError, TypeError, ValueError) as error:
            raise _make_changed_error(bundle) from error
        if digest != catalogue.digest:
            raise _make_refusal(
                bundle,
                f"封存的筛查用的是另一版规定（{verified_run.edition}）",
                f"the run went by another edition of the law ({verified_run.edition})",
                "用那一版程序核验，或者用--law指明规定的文件夹",
                "verify it with that version of the program, or name the law by --law",
            )
        again = screen(
            ScreenJob(
                register=folder / _REGISTER,
                out=folder / "again",
                as_of=verified_run.as_of,
                law=law,
            ),
            map_buckets=run_in_process,
        )
        differing: set[str] = set()
        for table in _list_tables(again):
            differing |= _compare_rows(
                scan_results(again, table).collect(),
                folder / _RESULTS / f"{table}.parquet",
            )
        # What is sealed beside these was not compared, and would pass for verified.
        compared = {f"{_RESULTS}/{table}.parquet" for table in _list_tables(again)}
        beside = {n for n in read_object(seal["files"]) if n.startswith(_RESULTS)}
        if again.cases != verified_run.cases or again.edition != verified_run.edition:
            raise _make_changed_error(bundle)
        if beside - compared:
            raise _make_changed_error(bundle)
    return VerifiedRun(
        as_of=verified_run.as_of,
        edition=verified_run.edition,
        cases=verified_run.cases,
        cases_of_run=verified_run.cases_of_run,
        seed=verified_run.seed,
        signer=verified_run.signer,
        differing=tuple(sorted(differing)),
    )


def _check_register(run: ScreenRun) -> None:
    """Raise CaseError where the register is not the one that was screened."""
    try:
        plan = read_object(json.loads((run.folder / PLAN_FILE).read_bytes()))
        same = plan["register_digest"] == _digest_file(run.register / REGISTER_FILE)
    except (OSError, ValueError, KeyError, TypeError):
        same = False
    if not same:
        raise _make_refusal(
            run.register,
            "登记册已经不是筛查时的那一份",
            "the register is no longer what was screened",
            "重新筛查，再封存",
            "screen it again, and seal that run",
        )


def _copy_cases(
    run: ScreenRun, into: Path, catalogue: Catalogue, names: frozenset[str]
) -> None:
    head = read_head(run.register)
    with write_register(into, catalogue, cases=len(names)) as writer:
        for bucket in sorted(head.folders):
            writer.add(
                case
                for case in iterate_bucket(run.register, head, bucket, catalogue)
                if case.id in names
            )
    (into / "buckets" / ".lock").unlink(missing_ok=True)


def _list_tables(run: ScreenRun) -> list[str]:
    """The tables of a run: its sentences, its reasons, verdicts by type of subject."""
    subjects = sorted((run.folder / VERDICTS_FOLDER).iterdir())
    return [
        SENTENCES,
        REASONS,
        *(f"{VERDICTS_FOLDER}/{subject.name}" for subject in subjects),
    ]


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _unpack_bundle(bundle: Path, folder: Path) -> JsonObject:
    """Unpack a bundle whose every part is what its seal says, and whose seal is signed.

    Only parts of plain names are taken, and no more bytes than a bundle may have.
    """
    try:
        with zipfile.ZipFile(bundle) as packed:
            parts = packed.infolist()
            names = [part.filename for part in parts]
            if (
                len({*names}) < len(names)
                or not all(map(_PLAIN.fullmatch, names))
                or sum(part.file_size for part in parts) > _MOST_BYTES
            ):
                raise _make_changed_error(bundle)
            packed.extractall(folder)  # every name was checked
        body = (folder / _SEAL).read_text(encoding="utf-8")
        tail = (folder / _SIGNATURE).read_text(encoding="utf-8")
        seal = read_object(json.loads(body))
        verifier = Verifier.parse(read_text(seal["signer"]))
        files = read_object(seal["files"])
        right = (
            verify_note(body, tail, verifier)
            and {*names} == {_SEAL, _SIGNATURE, *files}
            and all(_digest_file(folder / name) == files[name] for name in files)
        )
    except (
        *(OSError, ValueError, KeyError, TypeError, EOFError),
        *(zipfile.BadZipFile, NotImplementedError, RuntimeError, BrokenNoteError),
    ) as error:
        raise _make_changed_error(bundle) from error
    if not right:
        raise _make_changed_error(bundle)
    return seal


def _compare_rows(again: pl.DataFrame, path: Path) -> set[str]:
    """The cases of which a row is not the same in both."""
    try:
        sealed = read_file(path) if path.exists() else again.clear()
    except pl.exceptions.PolarsError:  # signed, and yet no table
        return {*again["case"]}
    if sealed.schema != again.schema:
        return {*again["case"]}
    first, second = (
        frame.sort("case", maintain_order=True) for frame in (again, sealed)
    )
    if first.equals(second):
        return set()
    sides = [
        {
            name: part
            for (name,), part in frame.partition_by("case", as_dict=True).items()
        }
        for frame in (first, second)
    ]
    return {
        str(name)
        for name in sides[0].keys() | sides[1].keys()
        if name not in sides[0]
        or name not in sides[1]
        or not sides[0][name].equals(sides[1][name])
    }


def _digest_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _make_changed_error(bundle: Path) -> CaseError:
    return _make_refusal(
        bundle,
        "封存文件已损坏，或者被改动过",
        "the sealed run is damaged or was changed",
        "向封存的人再要一份",
        "ask whoever sealed it for another copy",
    )


def _make_refusal(
    path: Path, zh: str, en: str, hint_zh: str = "", hint_en: str = ""
) -> CaseError:
    hint = Text(zh=hint_zh, en=hint_en) if hint_zh else None
    return CaseError(Issue(text=Text(zh=zh, en=en), path=str(path), hint=hint))
