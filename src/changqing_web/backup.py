"""A copy of all that this installation is trusted with, in one file, while it runs.

Database first, then the case folders, each held still by its own lock while it is
copied. What is in a case folder and not yet in the database, the index finds again; so
the copy is never behind what people were told. Nothing that can be made again goes in:
static files, kept results, the queue (work that was under way is begun again).

The file holds papers, personal data, the secret and the signing key: keep it as you
keep the folder itself. `manifest.json`, its last member, has the digest of the others.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from changqing.case.folder import CASE_FILE, REMADE_FOLDER
from changqing.disk import only_writer
from changqing.errors import CaseError, ChangqingError, Issue
from changqing.text import Text

_FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_SECRET: Final = "secret"  # noqa: S105 - the name of its file
_KEY: Final = "signing-key"
_SQLITE: Final = "changqing.db"
_POSTGRESQL: Final = "changqing.pgdump"
_MADE: Final = "made"  # bundles and documents that were asked for
_LOCKS: Final = ("evidence/lock", "casework/lock")
_PAUSE: Final = 0.1
_CHUNK: Final = 1 << 20
_MAY_STAND: Final = frozenset({_SECRET, "static", "results", "queue.db"})


class BackupError(ChangqingError):
    """A copy could not be made, or is not what it was."""

    code = "backup"
    exit_code = 3


class UnusableError(BackupError):
    """What was asked for does not fit what is there."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """Where a database is, as Django's settings give it; empty is the usual place.

    For SQLite `name` is the path of its file.
    """

    sqlite: bool
    name: str
    host: str = ""
    port: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> DatabaseAddress:
        """Take what programs of PostgreSQL need from an entry of `DATABASES`."""
        return cls(
            sqlite=settings["ENGINE"] == "django.db.backends.sqlite3",
            name=str(settings["NAME"]),
            host=str(settings.get("HOST") or ""),
            port=str(settings.get("PORT") or ""),
            user=str(settings.get("USER") or ""),
            password=str(settings.get("PASSWORD") or ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What one installation consists of."""

    home: Path
    key: Path
    database: DatabaseAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it: how many files and cases, and what was left out, by name."""

    files: int
    cases: int
    left_out: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Into:
    """An archive that is being written, and the digests of what is in it."""

    archive: tarfile.TarFile
    digests: dict[str, list[object]] = field(default_factory=dict)

    def put(self, path: Path, name: str) -> None:
        with path.open("rb") as stream:
            about = self.archive.gettarinfo(arcname=name, fileobj=stream)
            about.uid = about.gid = 0
            about.uname = about.gname = ""
            about.mode = 0o600
            digested = _Digested(stream=stream)
            self.archive.addfile(about, digested)
        self.digests[name] = [about.size, digested.digest.hexdigest()]

    def say(self, name: str, content: bytes, when: datetime) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mode, about.mtime = len(content), 0o600, when.timestamp()
        self.archive.addfile(about, io.BytesIO(content))


@dataclass(slots=True, kw_only=True)
class _Digested:
    """A stream whose bytes are counted into a digest as they are read."""

    stream: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)

    def read(self, size: int = -1) -> bytes:
        content = self.stream.read(size)
        self.digest.update(content)
        return content


def back_up(
    installation: Installation, target: Path, *, now: datetime, wait: float = 600.0
) -> Done:
    """Write the copy to `target`, which must not be there yet; whole or not at all.

    A case that is being written is waited for, `wait` seconds for all of them.
    """
    if target.exists():
        raise UnusableError(
            Issue(
                text=Text(zh="已有这个文件", en="this file is there already"),
                path=str(target),
                hint=Text(zh="换一个名字", en="name another"),
            )
        )
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".part")
    until = time.monotonic() + wait
    try:
        with _open_private(fresh) as stream:
            result = _write_archive(installation, stream, now=now, until=until)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return result


@contextmanager
def _open_private(path: Path) -> Iterator[IO[bytes]]:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        yield stream


def _write_archive(
    installation: Installation, stream: IO[bytes], *, now: datetime, until: float
) -> Done:
    root, left_out, cases = installation.home / "cases", [], 0
    with tarfile.open(
        fileobj=stream, mode="w:gz", compresslevel=3, format=tarfile.PAX_FORMAT
    ) as archive:
        into = _Into(archive=archive)
        with tempfile.TemporaryDirectory(dir=installation.home) as folder:
            copy = Path(folder, "database")
            name = _copy_database(installation.database, copy)
            into.put(copy, name)
        for path, name in (
            (installation.home / _SECRET, _SECRET),
            (installation.key, _KEY),
        ):
            if path.is_file():
                into.put(path, name)
        for path in _list_files(installation.home / _MADE, installation.home / _MADE):
            into.put(path, path.relative_to(installation.home).as_posix())
        for place in _list_places(root):
            with ExitStack() as still:
                _hold_locks(still, place, until=until)
                cases += (place / CASE_FILE).is_file()
                for path in _list_files(place, root):
                    name = path.relative_to(installation.home).as_posix()
                    if path.is_symlink() or not path.is_file():
                        left_out.append(name)
                        continue
                    try:
                        into.put(path, name)
                    except FileNotFoundError:
                        continue  # it went between the look and the reading
        into.say(
            _MANIFEST,
            json.dumps(
                {
                    "format": _FORMAT,
                    "made_at": now.isoformat(),
                    "files": into.digests,
                },
                ensure_ascii=False,
            ).encode(),
            now,
        )
    return Done(files=len(into.digests), cases=cases, left_out=tuple(left_out))


def _list_places(root: Path) -> Iterator[Path]:
    """What is copied in one piece: each case, and what lies beside the cases."""
    if not root.is_dir():
        return
    for path in sorted(root.rglob(CASE_FILE)):
        yield path.parent
    yield root


def _list_files(place: Path, root: Path) -> Iterator[Path]:
    """The files of a case but what can be made again; of the root, those in no case."""
    for folder, below, names in os.walk(place):
        here = Path(folder)
        if place == root:
            below[:] = [
                name for name in below if not (here / name / CASE_FILE).exists()
            ]
        below[:] = sorted(set(below) - {REMADE_FOLDER})
        for name in sorted(names):
            if not (name.endswith(".new") or name == "lock"):
                yield here / name


def _hold_locks(still: ExitStack, place: Path, *, until: float) -> None:
    """Keep others from writing to a case for as long as it takes to copy it."""
    locks = [place / name for name in _LOCKS if (place / name).parent.is_dir()]
    while True:
        try:
            with ExitStack() as locks_held:
                for lock in locks:
                    locks_held.enter_context(only_writer(lock))
                still.push(locks_held.pop_all())
                return
        except CaseError as error:
            if time.monotonic() >= until:
                raise BackupError(*error.issues) from error
            time.sleep(_PAUSE)


def _copy_database(database: DatabaseAddress, target: Path) -> str:
    """A consistent copy while others write; the name says which kind it is."""
    if database.sqlite:
        source = f"file:{database.name}?mode=ro"
        with (
            closing(sqlite3.connect(source, uri=True, timeout=60)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
        return _SQLITE
    _run_tool(database, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    return _POSTGRESQL


def _run_tool(database: DatabaseAddress, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password is on no command line."""
    program = find_postgresql_tool(name)
    if program is None:
        raise BackupError(
            Issue(
                text=Text(
                    zh=f"这台机器上没有{name}", en=f"{name} is not on this machine"
                ),
                hint=Text(
                    zh="请安装PostgreSQL的客户端软件包，如postgresql-client",
                    en="install PostgreSQL's client package, e.g. postgresql-client",
                ),
            )
        )
    names = {
        "PGHOST": database.host,
        "PGPORT": database.port,
        "PGUSER": database.user,
        "PGPASSWORD": database.password,
    }
    environment = {key: value for key, value in names.items() if value}
    completed = subprocess.run(  # noqa: S603 - a program of PostgreSQL, found by its name
        [program, *arguments, f"--dbname={database.name}"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        error_lines = completed.stderr.strip().splitlines()
        last = error_lines[-1] if error_lines else str(completed.returncode)
        raise BackupError(Issue(text=Text(zh=f"{name}：{last}", en=f"{name}: {last}")))


def find_postgresql_tool(name: str) -> str | None:
    """Find a program of PostgreSQL.

    On the path, or the newest where Debian puts them.
    """
    on_path = shutil.which(name)
    if on_path is not None:
        return on_path
    every = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(every, key=lambda path: _parse_number(path.parts[-3]), default=None)
    return None if newest is None else str(newest)


def _parse_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def restore(installation: Installation, source: Path) -> Done:
    """Put a copy in place, where nothing is yet; everything is checked beforehand."""
    standing = (
        {path.name for path in installation.home.iterdir()}
        if installation.home.is_dir()
        else ()
    )
    if others := sorted(set(standing) - _MAY_STAND):
        raise UnusableError(
            Issue(
                text=Text(
                    zh=f"这里已有{others[0]}，恢复只写入空的文件夹",
                    en=f"{others[0]} is here already; a copy goes into an empty folder",
                ),
                path=str(installation.home),
                hint=Text(
                    zh="用CHANGQING_HOME指定另一个文件夹",
                    en="name another folder by CHANGQING_HOME",
                ),
            )
        )
    installation.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=installation.home) as folder:
        staged = Path(folder)
        names = _unpack(source, staged)
        _check_same_key(staged / _KEY, installation.key)
        _restore_database(staged, installation, names)
        if (staged / _KEY).is_file() and not installation.key.exists():
            installation.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(staged / _KEY, installation.key)
        for name in (_SECRET, _MADE, "cases"):
            if (staged / name).exists():
                (staged / name).replace(installation.home / name)
    cases = sum(1 for name in names if name.endswith(f"/{CASE_FILE}"))
    return Done(files=len(names), cases=cases)


def _unpack(source: Path, staged: Path) -> list[str]:
    """Unpack into a folder and compare every digest; names of what is there now."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(staged, filter="data")
        manifest = json.loads((staged / _MANIFEST).read_bytes())
        files = {
            name: (int(size), str(digest))
            for name, (size, digest) in manifest["files"].items()
        }
        is_our_format = manifest["format"] == _FORMAT
    except (
        OSError,
        EOFError,
        zlib.error,
        tarfile.TarError,
        ArithmeticError,
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise _refuse_damaged(source, Text(zh="读不完", en="cannot be read")) from error
    if not is_our_format:
        raise _refuse_damaged(
            source, Text(zh="版本不认识", en="is of an unknown edition")
        )
    names_found = {
        path.relative_to(staged).as_posix()
        for path in staged.rglob("*")
        if path.is_file()
    } - {_MANIFEST}
    if odd := sorted(names_found ^ set(files)):
        raise _refuse_damaged(
            source, Text(zh=f"{odd[0]}多或少", en=f"more or less: {odd[0]}")
        )
    for name, (size, digest) in files.items():
        path = staged / name
        if path.stat().st_size != size or _compute_digest(path) != digest:
            raise _refuse_damaged(
                source, Text(zh=f"{name}变了", en=f"{name} has changed")
            )
    return sorted(files)


def _refuse_damaged(source: Path, how: Text) -> BackupError:
    return BackupError(
        Issue(
            text=Text(
                zh=f"这份备份不能用：{how.zh}", en=f"not a usable backup: {how.en}"
            ),
            path=str(source),
            hint=Text(
                zh="什么都没有写入，请用另一份", en="nothing was written; use another"
            ),
        )
    )


def _compute_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check_same_key(staged: Path, key: Path) -> None:
    if staged.is_file() and key.exists() and staged.read_bytes() != key.read_bytes():
        raise UnusableError(
            Issue(
                text=Text(
                    zh="这里已有另一把签名密钥", en="another signing key is here"
                ),
                path=str(key),
                hint=Text(zh="先把它移到别处", en="move it away first"),
            )
        )


def _restore_database(
    staged: Path, installation: Installation, names: list[str]
) -> None:
    sqlite = installation.database.sqlite
    name = _SQLITE if sqlite else _POSTGRESQL
    if name not in names:
        raise UnusableError(
            Issue(
                text=Text(
                    zh="备份里的数据库与DATABASE_URL不是同一种",
                    en="the database in the copy is not of the kind of DATABASE_URL",
                ),
                hint=Text(
                    zh="备份自SQLite的，恢复时不要设DATABASE_URL；"
                    "备份自PostgreSQL的，指向一个空数据库",
                    en="leave DATABASE_URL unset for a copy of SQLite; let it name an "
                    "empty database for one of PostgreSQL",
                ),
            )
        )
    if sqlite:
        target = Path(installation.database.name)
        if target.exists():
            raise UnusableError(
                Issue(
                    text=Text(zh="已有数据库", en="there is a database already"),
                    path=str(target),
                )
            )
        (staged / name).replace(target)
        return
    _run_tool(
        installation.database,
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        str(staged / name),
    )
