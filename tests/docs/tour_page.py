"""Pages whose commands are run: what they show, and what really comes out.

`python -m tests.docs.tour_page` writes today's output into every page (`make docs`).

A ```console block holds commands after `$ ` and their output. A line `…` stands for any
number of lines left out. Days and sizes of `make run` count from today, so they are
compared by their shape.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.command_line import run_command
from tests.shipped import KEPT

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ("README.md", "README.zh-CN.md", "docs/tour.md", "docs/tour.zh-CN.md")
LEFT_OUT = "…"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROGRAM = ".venv/bin/changqing "
_OF_A_SHELL = re.compile(r"[;&|<>$`*]")
_MOVING = re.compile(r"\d{4}-\d\d-\d\d|\d{4}年\d{1,2}月\d{1,2}日|\d+ ?kB|\d+ requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One command of a page and the lines shown below it."""

    command: str
    lines: tuple[str, ...]


def shown(page: str) -> list[Shown]:
    """Every command of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [each for block in _BLOCK.findall(text) for each in _split(block)]


def _split(block: str) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, *lines = part.rstrip("\n").split("\n")
        yield Shown(command=command, lines=tuple(lines))


def live(command: str) -> bool:
    """Whether the output counts from today."""
    return command.startswith("make run")


@cache
def desk() -> Path:
    """A folder with the examples and the program, as in a fresh checkout."""
    folder = Path(tempfile.mkdtemp(prefix="changqing-tour-"))
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / ".venv" / "bin").mkdir(parents=True)
    program = folder / ".venv" / "bin" / "changqing"
    program.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c '
        "'from changqing.cli.main import main; main()' \"$@\"\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    return folder


def forget_desk() -> None:
    """Remove the folder and what was printed in it."""
    shutil.rmtree(desk())
    desk.cache_clear()
    output.cache_clear()


@cache
def output(command: str) -> tuple[str, ...]:
    """What `command` prints, line by line, on a terminal of 88 columns."""
    if live(command):
        language = re.search(r"lang=(\w+)", command)
        option = f" --lang {language[1]}" if language else ""
        command = f".venv/bin/changqing rehearse{option}"
    settings = {
        "COLUMNS": "88",
        "HOME": str(desk() / "home"),
        "LANG": "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT / "src"),
        **KEPT,
    }
    if command.startswith(_PROGRAM) and not _OF_A_SHELL.search(command):
        words = shlex.split(command)[1:]
        said = run_command(
            words, settings=settings, alone=True, folder=desk(), mixed=True
        ).stdout
        return _lines(said)
    ran = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=desk(),
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return _lines(ran.stdout)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in text.strip("\n").split("\n"))


def same(each: Shown) -> bool:
    """Whether the command still prints what the page shows."""
    real, lines = output(each.command), each.lines
    if live(each.command):
        real = tuple(_MOVING.sub("·", line) for line in real)
        lines = tuple(_MOVING.sub("·", line) for line in lines)
    pieces = "\n".join(lines).split(f"\n{LEFT_OUT}")
    pattern = r"(?:\n.*)*".join(re.escape(piece) for piece in pieces)
    return re.fullmatch(pattern, "\n".join(real)) is not None


def renewed(text: str) -> str:
    """A page with today's output; what it leaves out stays left out."""

    def block(found: re.Match[str]) -> str:
        parts = [
            "\n".join([f"$ {each.command}", *_renew(each)]).rstrip("\n")
            for each in _split(found[1])
        ]
        return "```console\n" + "\n".join(parts) + "\n```"

    return _BLOCK.sub(block, text)


def _renew(each: Shown) -> tuple[str, ...]:
    """Today's lines for the parts a page shows, each as long as it was.

    The first part is the beginning, the last the end; one between them is found by its
    first line, and goes when that line is gone.
    """
    real, lines = output(each.command), each.lines
    if LEFT_OUT not in lines:
        return real
    if same(each):
        return lines
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    first, *between, last = parts
    renewed_lines = [*real[: len(first)]]
    for part in between:
        if part and part[0] in real:
            start = real.index(part[0])
            renewed_lines += [LEFT_OUT, *real[start : start + len(part)]]
    return (*renewed_lines, LEFT_OUT, *real[len(real) - len(last) :])


def main() -> None:
    """Write today's output into every page."""
    for page in PAGES:
        path = ROOT / page
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
    forget_desk()


if __name__ == "__main__":
    main()
