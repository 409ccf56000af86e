"""Jinja templates compiled once for a user, not anew in each process.

What Jinja makes of a template is Python text, and making it takes a tenth of a first
assessment. It is kept in the user's cache folder by a digest of everything it is made
of: template, name, version of Jinja, settings of the environment. Since it is run, it
is read back only from a folder and a file that are the user's own and that nobody else
can write to, and only whole. What cannot be kept or trusted costs time, never an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2 import Environment
from jinja2.sandbox import ImmutableSandboxedEnvironment

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


class _Keeping(Environment):
    """Compiles as Jinja does, unless it was done before.

    Constants are never folded (`optimized`): folding runs filters while compiling, and
    what they give is no part of the key.
    """

    def compile(
        self,
        source: Any,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,  # noqa: FBT001, FBT002 - Jinja's own signature
        defer_init: bool = False,  # noqa: FBT001, FBT002
    ) -> Any:
        """Compile a template; TemplateSyntaxError where it is wrong."""
        if raw:
            return super().compile(
                source, name, filename, raw=True, defer_init=defer_init
            )
        file = self._find_file(source, name, defer_init=defer_init)
        if file is None:
            return super().compile(source, name, filename, defer_init=defer_init)
        text = _read(file)
        if text is None:
            text = super().compile(
                source, name, filename, raw=True, defer_init=defer_init
            )
            _write(file, text)
        return self._compile(text, filename or "<template>")

    def _find_file(
        self, source: object, name: str | None, *, defer_init: bool
    ) -> Path | None:
        """Find where the text of a template is kept; None where nothing can be."""
        folder = find_user_cache()
        if folder is None or not isinstance(source, str) or not hasattr(os, "geteuid"):
            return None
        escaped = (
            self.autoescape(name) if callable(self.autoescape) else self.autoescape
        )
        settings = [repr(getattr(self, setting)) for setting in _SETTINGS]
        made_of = (
            *(
                jinja2.__version__,
                *settings,
                *sorted(self.filters),
                *sorted(self.tests),
            ),
            *(repr(escaped), repr(name), repr(defer_init), self.undefined.__name__),
            source,
        )
        key = hashlib.sha256("\0".join(made_of).encode("utf-8", "surrogatepass"))
        return folder / _FOLDER / f"{key.hexdigest()[:40]}.txt"


class KeepingEnvironment(_Keeping):
    """An environment for templates of our own."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"optimized": False})


class KeepingSandbox(_Keeping, ImmutableSandboxedEnvironment):
    """A sandbox for templates that others wrote."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"optimized": False})


def _is_safe(status: os.stat_result) -> bool:
    """Whether something is the user's own and nobody else can write to it."""
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def _read(file: Path) -> str | None:
    """Read a kept text; None where there is none, or none to trust."""
    try:
        if not _is_safe(file.parent.lstat()):
            return None
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as stream:
            if not _is_safe(os.fstat(handle)):
                return None
            content = stream.read(_MOST_BYTES)
        digest, _, text = content.partition(b"\n")
        if hashlib.sha256(text).hexdigest().encode() != digest:
            return None
        return text.decode("utf-8", "surrogatepass")
    except (OSError, ValueError):
        return None


def _write(file: Path, text: str) -> None:
    """Keep a text whole or not at all; the oldest go where there are many."""
    content = text.encode("utf-8", "surrogatepass")
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
        there = sorted(file.parent.glob("*.txt"), key=lambda kept: kept.stat().st_mtime)
        for old in there[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
