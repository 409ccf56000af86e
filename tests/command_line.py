"""The command line, run in the process of the tests: half of each run was starting it."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from changqing.cli.main import main


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run_command(
    words: Sequence[str | Path],
    *,
    settings: Mapping[str, str],
    alone: bool = False,
    folder: Path | None = None,
    mixed: bool = False,
) -> Done:
    """Run `changqing` with `words` as from a shell that has no terminal and no input.

    Args:
        words: What follows the name of the program.
        settings: Variables of its environment.
        alone: Whether it has these variables and no others.
        folder: Where it is run; the working directory by default.
        mixed: Whether errors go where the output goes, in their order.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code: str | int | None = None
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        for name in list(os.environ) if alone else ():
            patch.delenv(name)
        for name, value in settings.items():
            patch.setenv(name, value)
        if folder is not None:
            stack.enter_context(contextlib.chdir(folder))
        patch.setattr(sys, "stdin", io.StringIO())
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(out if mixed else err))
        try:
            main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    assert isinstance(code, int)
    return Done(code, *said)
