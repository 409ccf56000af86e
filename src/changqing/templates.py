"""Jinja templates compiled once for a user, not anew in each process.

Compiling takes a tenth of a first assessment. What Jinja makes of a template is kept
in the user's cache folder by Jinja's own means (`BytecodeCache`). Since it is run, it
is read back only from a folder and a file that are the user's own and that nobody else
can write to, and only whole. What cannot be kept or trusted costs time, never an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import tempfile
from pathlib import Path
from typing import Final

import jinja2
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from changqing.disk import find_user_cache

_FOLDER: Final = "templates"
_MOST_BYTES: Final = 4_000_000
_MOST_KEPT: Final = 300
_OTHERS_WRITE: Final = 0o022
_SETTINGS: Final = (
    *("block_start_string", "variable_start_string", "comment_start_string"),
    *("trim_blocks", "lstrip_blocks", "keep_trailing_newline", "newline_sequence"),
    *("sandboxed", "line_statement_prefix", "line_comment_prefix"),
)
_UNREADABLE: Final = (EOFError, TypeError, ValueError, pickle.UnpicklingError)


def keep_compiled(environment: Environment) -> None:
    """Keep what an environment compiles of the templates that its loader gives.

    Constants are never folded (`optimized`): folding runs filters while compiling, and
    what they give is no part of the key.
    """
    environment.optimized = False
    environment.bytecode_cache = _UserCache(environment)


class _UserCache(BytecodeCache):
    """Files of this user alone.

    Jinja compares the text of a template; the key is of the rest: its name and file,
    the version of Jinja and the settings of the environment, which Jinja leaves out.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Give the key of a template; its text is compared apart."""
        autoescape = self._environment.autoescape
        escaped = autoescape(name) if callable(autoescape) else autoescape
        settings = (repr(getattr(self._environment, setting)) for setting in _SETTINGS)
        made_of = (jinja2.__version__, *settings, repr(escaped), name, repr(filename))
        key = hashlib.sha256("\0".join(made_of).encode("utf-8", "surrogatepass"))
        return key.hexdigest()[:40]

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load what was kept, where it can be trusted."""
        file = _find_file(bucket.key)
        content = None if file is None else _read_kept(file)
        if content is not None:
            with contextlib.suppress(*_UNREADABLE):
                bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where there is a place for it."""
        file = _find_file(bucket.key)
        if file is not None:
            _write_kept(file, bucket.bytecode_to_string())


def _find_file(key: str) -> Path | None:
    """Find where a template is kept; None where whose a file is cannot be told."""
    folder = find_user_cache()
    if folder is None or not hasattr(os, "geteuid"):
        return None
    return folder / _FOLDER / f"{key}.cache"


def _is_safe(status: os.stat_result) -> bool:
    """Whether something is the user's own and nobody else can write to it."""
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def _read_kept(file: Path) -> bytes | None:
    """Read what was kept; None where there is none, or none to trust."""
    try:
        if not _is_safe(file.parent.lstat()):
            return None
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as stream:
            if not _is_safe(os.fstat(handle)):
                return None
            digest, _, content = stream.read(_MOST_BYTES).partition(b"\n")
    except OSError:
        return None
    whole = hashlib.sha256(content).hexdigest().encode() == digest
    return content if whole else None


def _write_kept(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; the oldest go where there are many."""
    digest = hashlib.sha256(content).hexdigest().encode()
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)  # for the user alone
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(digest + b"\n" + content)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        there = sorted(file.parent.iterdir(), key=lambda path: path.stat().st_mtime)
        for old in there[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
