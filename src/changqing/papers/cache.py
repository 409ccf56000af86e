"""What was found in the papers of a case, kept beside it for the next process.

What a paper says of typed values, and what a reading proposes, follow from the reading,
the catalogue, the program, whom the case names and what was typed: from nothing else.
It takes most of the time of a first look, so it is kept in the case folder, in
`.changqing/papers/`, a file for each paper and question. A file says by a digest what
it was made from, and is passed over where that is no longer so.

No evidence rests on it and nothing seals it: it may be deleted at any time, is not
written where the folder is read-only or somebody only reads (`leave_folders_alone`),
and goes when a paper is erased. Whoever can write to a folder must not be able to make
a paper say something by it: a file counts only with a code made by a secret of this
user, which lies in their cache folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, TypeVar, cast

from changqing.case.folder import REMADE_FOLDER
from changqing.case.model import Case
from changqing.disk import find_user_cache
from changqing.errors import CaseError
from changqing.evidence.ledger.entry import encode_canonical
from changqing.evidence.reading import Reading, encode_reading
from changqing.latest import Latest
from changqing.plainfile import (
    check_folder,
    check_plain,
    list_plain,
    read_plain,
    write_plain,
)
from changqing.program import stamp_program

PLACE: Final = Path(REMADE_FOLDER, "papers")
"""In the folder of a case."""
_KEY_FILE: Final = "papers.key"
_KEY_BYTES: Final = 32
_UNUSABLE: Final = (
    AttributeError,
    CaseError,
    IndexError,
    KeyError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_Found = TypeVar("_Found")
_MAY_WRITE: Final = ContextVar("may_write", default=True)


@contextlib.contextmanager
def leave_folders_alone() -> Iterator[None]:
    """Keep nothing beside any case meanwhile: for who says that it only reads."""
    before = _MAY_WRITE.set(False)
    try:
        yield
    finally:
        _MAY_WRITE.reset(before)


class PaperCache:
    """What was found in the papers of one case, by this program and this user."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._files = {
            paper.file.digest: case.path / paper.file.path for paper in case.papers
        }
        self._folder = case.path / PLACE
        self._is_tidy = False

    def find_or_make(
        self,
        question: str,
        kind: str,
        reading: Reading,
        basis: Sequence[object],
        make: Callable[[], _Found],
    ) -> _Found:
        """Give what was kept of a paper, else make it now and keep it.

        Args:
            question: What is asked of it: a word of a file name.
            kind: The kind of paper that it is listed as.
            reading: What was read in it. Nothing is kept where its file is no longer
                there: both share a fate.
            basis: What the answer rests on beside the reading, the kind, the
                catalogue and whom the case names.
            make: Makes the answer, of what `finding_codec` can write.
        """
        secret = _load_secret(find_user_cache())
        if secret is None or not self._is_there(reading.paper):
            return make()
        from changqing.papers.finding_codec import encode_found

        try:
            digest = digest_reading(reading)
            key_parts = [
                self._basis,
                question,
                kind,
                digest,
                encode_found(tuple(basis)),
            ]
            key = hashlib.sha256(encode_canonical(key_parts)).hexdigest()
        except _UNUSABLE:  # what cannot be written down can be answered still
            return make()
        path = self._folder / f"{reading.paper}.{kind}.{question}.json"
        with contextlib.suppress(*_UNUSABLE):
            return cast("_Found", self._read_kept(path, key, secret))
        answer = make()
        if not _MAY_WRITE.get():
            return answer
        with contextlib.suppress(*_UNUSABLE):
            self._write_kept(path, key, secret, encode_found(answer))
            if not self._is_there(reading.paper):  # erased meanwhile
                path.unlink(missing_ok=True)
        return answer

    @cached_property
    def _basis(self) -> Sequence[object]:
        """What everything in it rests on: the program, the catalogue and the names."""
        from changqing.papers.compare.sought import list_case_names
        from changqing.papers.finding_codec import encode_found
        from changqing.readers.proposal import collect_names

        names = (list_case_names(self._case), collect_names(self._case))
        digest = hashlib.sha256(encode_canonical(encode_found(names))).hexdigest()
        return (stamp_program(), self._case.catalogue.digest, digest)

    def _is_there(self, paper: str) -> bool:
        """Whether a file of this SHA-256 is a paper of the case and lies there."""
        file = self._files.get(paper)
        with contextlib.suppress(CaseError):
            return file is not None and check_plain(file, inside=self._case.path)
        return False

    def _read_kept(self, path: Path, key: str, secret: bytes) -> object:
        """Read what was kept under a key; one of `_UNUSABLE` where it is not to use."""
        from changqing.papers.finding_codec import decode_found

        code, _, content = read_plain(path, inside=self._case.path).partition(b"\n")
        head, _, payload = content.partition(b"\n")
        if head.decode() != key:
            raise ValueError(key)
        if not hmac.compare_digest(code, _sign_content(secret, content)):
            raise ValueError(key)
        return decode_found(json.loads(payload))

    def _write_kept(self, path: Path, key: str, secret: bytes, answer: object) -> None:
        content = f"{key}\n{json.dumps(answer, separators=(',', ':'))}\n".encode()
        check_folder(path.parent, inside=self._case.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self._is_tidy:
            self._is_tidy = True
            self._remove_others()
        # In its place at once: half a file has no code, and nobody who copies the
        # folder meanwhile finds a file gone.
        signed = _sign_content(secret, content) + b"\n" + content
        write_plain(path, signed, inside=self._case.path)

    def _remove_others(self) -> None:
        """Remove what was found in files that are no paper of the case any more."""
        for path in list_plain(self._folder, inside=self._case.path):
            if path.name.partition(".")[0] not in self._files:
                path.unlink(missing_ok=True)


def forget_findings(folder: Path) -> None:
    """Remove all that is kept of the papers of a case; OSError and CaseError."""
    for path in list_plain(folder / PLACE, inside=folder):
        path.unlink(missing_ok=True)


def digest_reading(reading: Reading) -> str:
    """Compute the SHA-256 of a reading as evidence keeps it."""
    cached = _DIGESTS.find(id(reading))
    if cached is None or cached[0] is not reading:
        digest = hashlib.sha256(encode_reading(reading)).hexdigest()
        cached = _DIGESTS.keep(id(reading), (reading, digest))
    return cached[1]


_DIGESTS: Final[Latest[int, tuple[Reading, str]]] = Latest(most=256)


def _sign_content(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, content, hashlib.sha256).hexdigest().encode()


@lru_cache(maxsize=4)
def _load_secret(folder: Path | None) -> bytes | None:
    """Load the secret of this user, made when there is none; None where none can be."""
    if folder is None:
        return None
    path = folder / _KEY_FILE
    with contextlib.suppress(OSError):
        if not _is_secret(path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = path.with_name(f"{_KEY_FILE}.{secrets.token_hex(4)}.new")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(fresh, flags, 0o600), "wb") as stream:
                stream.write(secrets.token_bytes(_KEY_BYTES))
            fresh.replace(path)
        secret = path.read_bytes()
        return secret if len(secret) == _KEY_BYTES else None
    return None


def _is_secret(path: Path) -> bool:
    """Whether it is a secret that nobody else can read or has written."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return False
    private = os.name == "nt" or (  # Windows has no such bits
        not about.st_mode & 0o077 and about.st_uid == os.geteuid()
    )
    return about.st_size == _KEY_BYTES and private
