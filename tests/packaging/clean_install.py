"""An environment that has the wheel and what its extras declare, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def build_wheel(folder: Path, *, root: Path = ROOT) -> Path:
    """Build the wheel of this checkout, or of an unpacked sdist, offline."""
    return _build("wheel", folder, root)


def build_sdist(folder: Path) -> Path:
    """Build the sdist of this checkout, offline."""
    return _build("sdist", folder, ROOT)


def _build(target: str, folder: Path, root: Path) -> Path:
    command = ["hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(
        [sys.executable, "-m", *command], cwd=root, check=True, capture_output=True
    )
    (built,) = folder.glob("changqing-*")
    return built


def install(wheel: Path, folder: Path, extras: Iterable[str] = ()) -> Path:
    """Install a wheel as a registry would, from what the lock put here; its Python.

    Each package that the wheel and its extras require, and what those require, is
    linked into an environment of its own: nothing is fetched, nothing else is there.
    """
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [
            uv,
            "pip",
            "install",
            "-q",
            "--offline",
            "--no-deps",
            "--python",
            python,
            wheel,
        ],
        check=True,
    )
    (site,) = folder.glob("lib/python*/site-packages")
    (ours,) = site.glob("changqing-*.dist-info")
    for package in _required(Distribution.at(ours), extras):
        _link(package, site)
    return python


def run(
    python: Path, *arguments: object, home: Path, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `changqing` of that environment, with a home of its own; `typed` is stdin."""
    return subprocess.run(
        [python.with_name("changqing"), *map(str, arguments)],
        env=name_home(home),
        cwd=home,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def name_home(home: Path) -> dict[str, str]:
    """The environment of a new user, in Chinese."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CHANGQING_HOME": str(home / "web"),
        "LANG": "zh_CN.UTF-8",
    }


def _required(start: Distribution, extras: Iterable[str]) -> Iterable[Distribution]:
    """What a package and its extras require, directly or not."""
    found: dict[str, Distribution] = {}
    waiting = [(start, frozenset(extras))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        package, chosen = waiting.pop()
        name = canonicalize_name(package.metadata["Name"])
        if (name, chosen) in seen:
            continue
        seen.add((name, chosen))
        if package is not start:
            found[name] = package
        for text in package.requires or ():
            needed = Requirement(text)
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in (*chosen, "")
            ):
                own = canonicalize_name(needed.name) == canonicalize_name(
                    start.metadata["Name"]
                )
                waiting.append(
                    (
                        start if own else distribution(needed.name),
                        frozenset(needed.extras),
                    )
                )
    return found.values()


def _link(package: Distribution, site: Path) -> None:
    here = Path(str(package.locate_file("")))
    tops = {file.parts[0] for file in package.files or () if file.parts[0] != ".."}
    for top in tops:
        if not (site / top).exists() and (here / top).exists():
            (site / top).symlink_to(here / top)
