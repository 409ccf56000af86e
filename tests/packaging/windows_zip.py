"""Make one zip that is unpacked on a Windows desk and started by a double click.

    python -m tests.packaging.windows_zip FOLDER

FOLDER holds the wheel of this version (`make release`). What it needs comes from the
package index as wheels for 64-bit Windows, at the locked versions and digests, so that
the desk needs no network; Python itself must be there. It was not tried on Windows.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from changqing import __version__

ROOT: Final = Path(__file__).resolve().parents[2]
STARTER: Final = ROOT / "packaging" / "windows" / "启动长青.bat"
PYTHON: Final = "3.13"
_CLOCK: Final = (1980, 1, 1, 0, 0, 0)


class NoZipError(Exception):
    """What goes into the zip could not be had; in both languages."""


def fetch_wheels(folder: Path) -> None:
    """Fetch the wheels for Windows into `folder`. NoZipError where one cannot be had."""
    with tempfile.TemporaryDirectory() as made:
        listed = Path(made) / "requirements.txt"
        _run(
            *(str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet"),
            *(str(ROOT / "pyproject.toml"), "--extra", "all"),
            *("--python-platform", "windows", "--python-version", PYTHON),
            *("--constraints", str(ROOT / "requirements.lock"), "--generate-hashes"),
            *("--no-emit-index-url", "--output-file", str(listed)),
        )
        _run(
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--platform", "win_amd64", "--python-version", PYTHON),
            *("--implementation", "cp", "--only-binary", ":all:", "--require-hashes"),
            *("--requirement", str(listed), "--dest", str(folder)),
        )


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoZipError(
            "没有做Windows的压缩包：取不到所需的包 / the zip for Windows was not made: "
            f"what it needs cannot be had. {done.stderr.strip()[-500:]}"
        )


def write_zip(target: Path, wheels: Iterable[Path], own: Path) -> None:
    """Write the zip: the starter, what it installs, and the wheels, stored as they are.

    Raises NoZipError for a wheel that Windows cannot use, or where our own is missing.
    """
    top = f"changqing-{__version__}-windows"
    starter = STARTER.read_text(encoding="utf-8").replace("{{python}}", PYTHON)
    texts = {
        # cmd.exe reads lines that end as its own do.
        STARTER.name: "\r\n".join(starter.split("\n")).encode(),
        "requirements.txt": f"changqing[all]=={__version__}\r\n".encode(),
    }
    if not own.is_file():
        raise NoZipError(f"先运行make release：没有{own.name} / run make release first")
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in texts.items():
            archive.writestr(zipfile.ZipInfo(f"{top}/{name}", _CLOCK), content)
        for wheel in sorted({*wheels, own}):
            if not wheel.stem.endswith(("-any", "-win_amd64")):
                raise NoZipError(f"{wheel.name}不能用在Windows上 / is not for Windows")
            entry = zipfile.ZipInfo(f"{top}/wheels/{wheel.name}", _CLOCK)
            archive.writestr(entry, wheel.read_bytes())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def main(*, folder: Path) -> None:
    """Make the zip beside the wheel; say so, and exit 1, where it cannot be made."""
    own = folder / f"changqing-{__version__}-py3-none-any.whl"
    target = folder / f"changqing-{__version__}-windows.zip"
    try:
        with tempfile.TemporaryDirectory() as fetched:
            fetch_wheels(Path(fetched))
            write_zip(target, Path(fetched).glob("*.whl"), own)
    except NoZipError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"{target}: {target.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
