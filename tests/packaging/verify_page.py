"""Make verify.html: the published verify.py, run by Python in a browser, in one file.

    python -m tests.packaging.verify_page OUTPUT [--pyodide TARBALL]

Pyodide is CPython in WebAssembly. Its package comes through npm at the version and with
the digest named here. Part of `make release`; a page weighs megabytes and is not kept in
the repository.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import click

from changqing import __version__
from changqing.sealing import verify

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = ROOT / "packaging" / "verify-page"
KEPT: Final = ROOT / "build" / "pyodide"
PYODIDE: Final = "314.0.7"
TARBALL: Final = f"pyodide-{PYODIDE}.tgz"
_SHA256: Final = "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0"
_MEMBERS: Final = {
    "loader": "package/pyodide.js",
    "module": "package/pyodide.asm.mjs",
    "wasm": "package/pyodide.asm.wasm",
    "library": "package/python_stdlib.zip",
}
_SECONDS: Final = 300


class NoPyodideError(Exception):
    """The package could not be had; both languages in one line."""


def fetch_pyodide(folder: Path = KEPT) -> Path:
    """Give the package of Pyodide, fetched through npm unless it lies in `folder`.

    Raises NoPyodideError where npm is missing or cannot have it, and where what came
    is not what was published.
    """
    path = folder / TARBALL
    if not path.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise NoPyodideError(
                f"没有做verify.html：这里没有npm，取不到{TARBALL} / verify.html was not "
                f"made: npm, which fetches {TARBALL}, is not here"
            )
        folder.mkdir(parents=True, exist_ok=True)
        asked = [npm, "pack", f"pyodide@{PYODIDE}", "--silent"]
        try:
            done = subprocess.run(
                [*asked, "--pack-destination", str(folder)],
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
            said = done.stderr.strip()[-500:]
        except subprocess.TimeoutExpired:
            said = f"{_SECONDS} s"
        if not path.is_file():
            raise NoPyodideError(
                f"没有做verify.html：npm取不到pyodide {PYODIDE} / verify.html was not "
                f"made: npm cannot have pyodide {PYODIDE}. {said}"
            )
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256:
        raise NoPyodideError(
            f"没有做verify.html：{path}不是所发布的，删掉重取 / verify.html was not made: "
            f"{path} is not what was published; delete it and try again"
        )
    return path


def build_page(tarball: Path) -> str:
    """Write the page around the package and the verify.py at hand."""
    verifier = Path(verify.__file__).read_bytes()
    with tarfile.open(tarball) as package:
        held = {name: _read(package, member) for name, member in _MEMBERS.items()}
        info = json.loads(_read(package, "package/pyodide-lock.json"))["info"]
    held["module"] = _make_plain(held["module"])
    held["verifier"] = verifier
    script, style = (
        (SOURCES / name).read_text(encoding="utf-8") for name in ("page.js", "page.css")
    )
    worker = (SOURCES / "worker.js").read_text(encoding="utf-8")
    worker = worker.replace("{{info}}", json.dumps(info))
    parts = [
        f'<script type="text/plain" id="{name}">{_pack(content)}</script>'
        for name, content in held.items()
    ]
    parts.append(f'<script type="text/plain" id="worker">{worker}</script>')
    values = {
        "policy": _write_policy(script, style),
        "style": style,
        "version": __version__,
        "verifier": hashlib.sha256(verifier).hexdigest(),
        "pyodide": PYODIDE,
        "parts": "\n".join(parts),
        "script": script,
    }
    page = (SOURCES / "page.html").read_text(encoding="utf-8")
    for name, value in values.items():
        page = page.replace(f"{{{{{name}}}}}", value)
    return page


def _read(package: tarfile.TarFile, member: str) -> bytes:
    stream = package.extractfile(member)
    assert stream is not None
    return stream.read()


def _make_plain(module: bytes) -> bytes:
    """Make a plain script of the one module: from a disk no page may import modules.

    `import.meta.url` says where parts are fetched from; here they are handed over.
    """
    ending = b"export default _createPyodideModule;"
    if module.count(ending) != 1:
        raise NoPyodideError(
            f"没有做verify.html：不认识这一版Pyodide / verify.html was not made: this "
            f"edition of Pyodide ({PYODIDE}) is built in another way"
        )
    plain = module.replace(b"import.meta.url", b'"memory:/"')
    return plain.replace(ending, b"self._createPyodideModule = _createPyodideModule;")


def _pack(content: bytes) -> str:
    """Compressed with no day in it, so that the same parts make the same page."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def _write_policy(script: str, style: str) -> str:
    """Only the page's own script may run, and nothing may be fetched from anywhere."""

    def name(text: str) -> str:
        digest = hashlib.sha256(text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {name(script)} blob: 'wasm-unsafe-eval'",
            "worker-src blob:",
            f"style-src {name(style)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@click.command()
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--pyodide",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The package, where npm cannot fetch it.",
)
def main(*, output: Path, pyodide: Path | None) -> None:
    """Make the page; say so, and exit 1, where the package cannot be had."""
    try:
        if pyodide is not None:
            KEPT.mkdir(parents=True, exist_ok=True)
            shutil.copy(pyodide, KEPT / TARBALL)
        page = build_page(fetch_pyodide())
    except NoPyodideError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8", newline="\n")
    click.echo(f"{output}: {output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
