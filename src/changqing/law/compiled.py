"""The catalogue from a cache: plain JSON, keyed by the bytes of texts and code.

One file per catalogue folder: a line that says for what it was made, one that names its
parts, then each of them on a line of its own, read when it is first asked for. A
stamp of sizes and times answers at once whether anything was touched; if so, the bytes
decide. What cannot be read, written or trusted costs time, never an error. A wheel
brings such a file along (`write_shipped`), so that the first command need not make it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar, cast

from changqing.disk import find_user_cache
from changqing.errors import RuleError
from changqing.jsondata import Json, JsonObject, encode_compactly, read_list, read_text
from changqing.law.build import PartBuilder
from changqing.law.folders import CATALOGUE_ROOT
from changqing.law.kind_folders import WITH_RULES, revive_entries
from changqing.law.lookup import list_expressions, list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.expression import Expression
from changqing.rules.sqlite import compile_sqlite

_FORMAT: Final = 4
_MOST_KEPT: Final = 4
"""Files of one name; those of two or three versions side by side all stay."""
_OF_KEY: Final = 16
_RULES_OF: Final = "rules of "
_PROGRAM: Final = "program"
Kept = TypeVar("Kept")
_MOST_BYTES: Final = 50_000_000
_PACKAGE: Final = Path(__file__).parent.parent
SHIPPED: Final = Path(__file__).with_name("compiled.json")
"""Only in what was installed from a wheel."""
# What reads, parses and compiles the texts: with other code, the same texts may give
# another catalogue, so it is part of the key.
_CODE: Final = ("law", "rules", "yamlfile", "text.py", "errors.py")
_UNREADABLE: Final = (
    AttributeError,
    IndexError,
    KeyError,
    OSError,
    RecursionError,
    RuleError,
    TypeError,
    ValueError,
)


@cache
def load_shipped() -> Catalogue:
    """Load the catalogue of this package once a process."""
    return load_compiled()


def load_compiled(root: Path | None = None, cache_dir: Path | None = None) -> Catalogue:
    """Load a catalogue from the cache, or from its texts when anything has changed.

    Args:
        root: The folder with its texts; None for the one that ships with the package.
        cache_dir: Where the cache stands; None for the user's own cache folder. A
            cache that cannot be read or written only costs time.

    Returns:
        What `load.load` gives, with the SQLite program of its rules (see
        `load_sqlite_program`).

    Raises:
        CatalogueError: As `load.load`, when the texts have to be read.
    """
    global _latest
    if root is not None or cache_dir is not None:
        return _load_catalogue(root or CATALOGUE_ROOT, cache_dir)
    stamp, (before, latest) = _compute_stamp(CATALOGUE_ROOT.absolute()), _latest
    if latest is None or stamp != before:
        latest = _load_catalogue(CATALOGUE_ROOT, cache_dir)
        _latest = (stamp, latest)
    return latest


_latest: tuple[str, Catalogue | None] = ("", None)
"""The shipped catalogue as this process loaded it, by the stamp of what it is of."""


def _load_catalogue(root: Path, cache_dir: Path | None) -> Catalogue:
    """Load what was kept of a catalogue, or shipped; else compile and keep it."""
    root = root.absolute()
    folder = find_user_cache() if cache_dir is None else cache_dir
    if folder is None:
        return _read_shipped(root, _compute_digest(root))[0] or _compile(root)[0]
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    file = folder / f"catalogue-{name}.json"
    stamp = _compute_stamp(root)
    head, payload = _read_cache(file)
    digest = ""
    if head:
        if head.get("stamp") != stamp:
            digest = _compute_digest(root)
        if digest in {"", head.get("bytes")}:
            catalogue = _revive_catalogue(root, head, payload)
            if catalogue is not None:
                if digest:
                    _keep_compiled(file, {**head, "stamp": stamp}, payload)
                return catalogue
    # Taken before the texts are read: an edit in between makes it stale, not wrong.
    digest = digest or _compute_digest(root)
    catalogue, head, payload = _read_shipped(root, digest)
    if catalogue is None:
        catalogue, head, payload = _compile_to_keep(root, digest)
    _keep_compiled(file, {**head, "stamp": stamp}, payload)
    return catalogue


def write_shipped(file: Path) -> None:
    """Write the catalogue of this package as its wheel carries it.

    Raises:
        CatalogueError: As `load.load`.
        OSError: The file cannot be written.
    """
    root = CATALOGUE_ROOT.absolute()
    _, head, payload = _compile_to_keep(root, _compute_digest(root))
    file.write_bytes(json.dumps(head).encode() + b"\n" + payload)


def _read_shipped(
    root: Path, digest: str
) -> tuple[Catalogue | None, dict[str, Json], bytes]:
    """Read what came with the package, if it was made of these very bytes."""
    if root == CATALOGUE_ROOT.absolute():
        head, payload = _read_cache(SHIPPED)
        if head.get("bytes") == digest:
            return _revive_catalogue(root, head, payload), head, payload
    return None, {}, b""


def _compile_to_keep(
    root: Path, digest: str
) -> tuple[Catalogue, dict[str, Json], bytes]:
    """Compile a catalogue; its head and payload are what a file of it holds."""
    catalogue, parts = _compile(root)
    index = {
        "edition": catalogue.edition,
        "digest": catalogue.digest,
        "parts": list(parts),
    }
    payload = b"\n".join(map(encode_compactly, (index, *parts.values())))
    head: dict[str, Json] = {
        "format": _FORMAT,
        "bytes": digest,
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return catalogue, head, payload


def load_kept(
    name: str,
    key: str,
    make: Callable[[], Kept],
    cache_dir: Path | None = None,
) -> Kept:
    """Load what was made from a catalogue and kept under a key, or make and keep it.

    Args:
        name: What the file is called; the few of a name used last are kept, so that
            two versions of the program do not take each other's away.
        key: A digest of everything it is made of; with another one it is made anew.
        make: Makes it, of what JSON can hold.
        cache_dir: As for `load_compiled`.
    """
    folder = find_user_cache() if cache_dir is None else cache_dir
    if folder is None:
        return make()
    file = folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:_OF_KEY]}.json"
    head, payload = _read_cache(file)
    if head.get("key") == key:
        with contextlib.suppress(*_UNREADABLE):
            if head["sha256"] == hashlib.sha256(payload).hexdigest():
                value_kept = cast("Kept", json.loads(payload))
                with contextlib.suppress(OSError):  # no right to write there
                    os.utime(file)  # the time of use decides which files go
                return value_kept
    value = make()
    payload = encode_compactly(value)
    digest = hashlib.sha256(payload).hexdigest()
    _keep_compiled(file, {"format": _FORMAT, "key": key, "sha256": digest}, payload)
    _remove_least_used(folder, name)
    return value


def _remove_least_used(folder: Path, name: str) -> None:
    """Leave the few files of a name that were used last, and no more."""
    used: list[tuple[float, Path]] = []
    for file in folder.glob(f"{name}*.json"):
        with contextlib.suppress(OSError):  # another process may be tidying, too
            used.append((file.stat().st_mtime, file))
    for _, file in sorted(used, reverse=True)[_MOST_KEPT:]:
        with contextlib.suppress(OSError):
            file.unlink()


def _compile(root: Path) -> tuple[Catalogue, dict[str, Json]]:
    from changqing.law.load import load_sources

    loaded = load_sources(root)
    catalogue, folders = loaded.catalogue, loaded.sources.folders
    program = compile_sqlite(
        list_expressions(catalogue), vocabulary=list_vocabulary(catalogue)
    )
    parts: dict[str, Json] = {
        **folders,
        **{
            _RULES_OF + folder: {
                name: {
                    field: rule.to_data() for field, rule in list_rules(entry).items()
                }
                for name, entry in getattr(catalogue, folder).items()
            }
            for folder in WITH_RULES
        },
        _PROGRAM: program.to_data(),
    }
    return replace(catalogue, program=program.to_data()), parts


def list_rules(entry: Any) -> Mapping[str, Expression]:
    """List the rules of an entry, by field."""
    return {
        field: getattr(entry, field)
        for field in ("applies", "test")
        if hasattr(entry, field)
    }


def _revive_catalogue(
    root: Path, head: dict[str, Json], payload: bytes
) -> Catalogue | None:
    """Make the catalogue that was kept; its parts are read when asked for."""
    if head.get("sha256") != hashlib.sha256(payload).hexdigest():
        return None
    index_line, *lines = payload.split(b"\n")
    try:
        index = json.loads(index_line)
        names = [read_text(name) for name in read_list(index["parts"])]
        folders = _KeptFolders(dict(zip(names, lines, strict=True)))
        return Catalogue.defer(
            _PartLoader(root, folders).load,
            edition=read_text(index["edition"]),
            digest=read_text(index["digest"]),
        )
    except _UNREADABLE:
        return None


class _KeptFolders(dict[str, Mapping[str, Any]]):
    """The entries of folders, read from their lines as each is asked for."""

    def __init__(self, lines: Mapping[str, bytes]) -> None:
        super().__init__()
        self._lines = lines

    def __missing__(self, folder: str) -> Mapping[str, Any]:
        """Read a folder, with the rules of its entries where they have some."""
        data = self.read(folder)
        if folder in WITH_RULES:
            # An entry whose rules were not kept is none of the catalogue.
            data = {
                name: {**data[name], **_read_rules(rule_data)}
                for name, rule_data in self.read(_RULES_OF + folder).items()
            }
        entries = self[folder] = revive_entries(folder, data)
        return entries

    def read(self, part: str) -> Any:
        """Read a part as it was kept."""
        return json.loads(self._lines[part])


class _PartLoader:
    """Loads the parts of a catalogue one by one, whoever asks and how many at once."""

    def __init__(self, root: Path, folders: _KeptFolders) -> None:
        self._root = root
        self._folders = folders
        self._parts = PartBuilder(folders)
        self._loaded: dict[str, object] = {}
        self._alone = RLock()

    def load(self, name: str) -> object:
        """Load a part; from the texts where what was kept is none."""
        with self._alone:
            if name not in self._loaded:
                try:
                    self._loaded[name] = (
                        self._folders.read(_PROGRAM)
                        if name == _PROGRAM
                        else self._parts.build_part(name)
                    )
                except _UNREADABLE:
                    self._loaded[name] = getattr(_compile(self._root)[0], name)
            return self._loaded[name]


def _read_rules(rule_data: JsonObject) -> Mapping[str, Expression]:
    return {field: Expression.defer(rule) for field, rule in rule_data.items()}


def _read_cache(file: Path) -> tuple[dict[str, Json], bytes]:
    """Read head and payload of a cache file; an empty head when none is to use."""
    try:
        # What is longer is cut here, fails its digest, and is compiled anew.
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES)
        line, _, payload = content.partition(b"\n")
        head = json.loads(line)
    except _UNREADABLE:
        return {}, b""
    if not isinstance(head, dict) or head.get("format") != _FORMAT:
        return {}, b""
    return head, payload


def _keep_compiled(file: Path, head: dict[str, Json], payload: bytes) -> None:
    """Write the whole file or nothing; a folder we may not write in is no fault."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=file.stem, dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(json.dumps(head).encode() + b"\n" + payload)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)


def _walk_files(folder: str, ending: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(ending):
                    yield entry
                elif "." not in entry.name and entry.is_dir():
                    yield from _walk_files(entry.path, ending)
    except OSError:
        return


def _list_inputs(root: Path) -> Iterable[os.DirEntry[str]]:
    """Every file the catalogue is made of: its texts and our code."""
    yield from _walk_files(str(root), ".yaml")
    yield from (entry for entry in os.scandir(_PACKAGE) if entry.name in _CODE)
    for name in _CODE:
        if not name.endswith(".py"):
            yield from _walk_files(str(_PACKAGE / name), ".py")


def _compute_stamp(root: Path) -> str:
    """Sizes and times of all inputs: enough to see that somebody touched them."""
    lines: list[str] = []
    for entry in _list_inputs(root):
        # With the time of change, which no program can set: unpacking and copying may
        # give an altered file the size and the time of writing that it had before.
        about = entry.stat()
        lines.append(
            f"{entry.path}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ctime_ns}"
        )
    lines.sort()
    return hashlib.sha256(os.fsencode("\n".join(lines))).hexdigest()


def _compute_digest(root: Path) -> str:
    """SHA-256 of the bytes of all inputs and their places, wherever they lie."""
    places: dict[str, Path] = {}
    for entry in _list_inputs(root):
        file = Path(entry.path)
        if file.is_file():
            # Texts first: those that ship lie inside the package.
            texts = file.is_relative_to(root)
            place = file.relative_to(root if texts else _PACKAGE).as_posix()
            places[f"{'texts' if texts else 'code'}/{place}"] = file
    total = hashlib.sha256()
    for place, file in sorted(places.items()):
        total.update(os.fsencode(place) + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
