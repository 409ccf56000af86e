"""What a release says of itself: what is in it, and what has changed.

    python -m tests.packaging.release FOLDER

Writes `sbom.json` (CycloneDX 1.6: every library that the product and its extras need, at
the locked version, with its licence, and what verify.html holds) and `CHANGES.md` (the
section of this version). Part of `make release`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from changqing import __version__
from tests.packaging.verify_page import PYODIDE

ROOT: Final = Path(__file__).resolve().parents[2]
_LISTER: Final = "cyclonedx-bom==7.5.0"
_HERE: Final[Mapping[str, str]] = {}
_WINDOWS: Final[Mapping[str, str]] = {
    "os_name": "nt",
    "platform_system": "Windows",
    "sys_platform": "win32",
}
_ROOT_PART: Final = "root-component"


class NoReleaseError(Exception):
    """What a release needs could not be had; in both languages."""


def read_changes(text: str, version: str) -> str:
    """Give the section of a version of the changelog, without its heading.

    Raises NoReleaseError where there is none.
    """
    heading = re.compile(rf"^## {re.escape(version)}(?=\s).*\n", re.MULTILINE)
    found = heading.search(text)
    if found is None:
        raise NoReleaseError(
            f"CHANGELOG.md里没有{version}这一节 / CHANGELOG.md has no section {version}"
        )
    following = re.search(r"^## ", text[found.end() :], re.MULTILINE)
    end = len(text) if following is None else found.end() + following.start()
    return text[found.end() : end].strip() + "\n"


def list_parts(environment: Path) -> dict[str, Any]:
    """List everything that an environment holds, as CycloneDX, by its own tool.

    Raises NoReleaseError where the tool cannot be had or does not answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "sbom.json"
        done = subprocess.run(
            [
                *(str(Path(sys.executable).parent / "uv"), "tool", "run"),
                *("--from", _LISTER, "cyclonedx-py", "environment"),
                *(str(environment), "--pyproject", str(ROOT / "pyproject.toml")),
                *("--output-reproducible", "--mc-type", "application"),
                *("--spec-version", "1.6", "--output-file", str(listed)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoReleaseError(
                "没有做sbom.json：取不到或运行不了列清单的工具 / sbom.json was not made: "
                f"{_LISTER} cannot be had or run. {done.stderr.strip()[-500:]}"
            )
        bill: dict[str, Any] = json.loads(listed.read_text(encoding="utf-8"))
    return bill


def find_needed(
    product: str = "changqing[all]", *, system: Mapping[str, str] = _HERE
) -> frozenset[str]:
    """Find the names of all that an installed product needs, with its extras.

    Args:
        product: Its name, with the extras.
        system: Where it runs, as markers name that; here by default. What is not
            installed here is named, and not followed.
    """
    passed: set[tuple[str, str]] = set()
    waiting = [Requirement(product)]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        for extra in ("", *asked.extras):
            if (name, extra) in passed:
                continue
            passed.add((name, extra))
            try:
                needs = map(Requirement, distribution(name).requires or ())
            except PackageNotFoundError:
                continue
            waiting += [
                need
                for need in needs
                if need.marker is None
                or need.marker.evaluate({**system, "extra": extra})
            ]
    return frozenset(name for name, _ in passed)


def list_windows_parts(lock: str) -> list[dict[str, Any]]:
    """List what the product needs on Windows alone, at the versions of the lock file.

    It is not installed where a release is made: its licence is not read, and not given.
    """
    needed = find_needed(system=_WINDOWS) - find_needed()
    return [
        {
            "bom-ref": f"{name}=={version}",
            "description": "on Windows alone",
            "name": name,
            "purl": f"pkg:pypi/{name}@{version}",
            "type": "library",
            "version": version,
        }
        for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock, re.MULTILINE)
        if name in needed
    ]


def select_needed(
    bill: dict[str, Any], names: Collection[str], version: str
) -> dict[str, Any]:
    """Leave of a bill the parts with these names, and add Pyodide and Windows' own.

    The tools that make and test the product stand in the same environment, and the bill
    follows the extras of a library that nobody asked for.
    """
    kept = [
        each for each in bill["components"] if canonicalize_name(each["name"]) in names
    ]
    needed = {_ROOT_PART, *(each["bom-ref"] for each in kept)}
    whole = {**bill["metadata"]["component"], "version": version}
    page = {
        "bom-ref": f"pyodide=={PYODIDE}",
        "description": "CPython in WebAssembly; inside verify.html alone",
        "licenses": [{"license": {"acknowledgement": "declared", "id": "MPL-2.0"}}],
        "name": "pyodide",
        "purl": f"pkg:npm/pyodide@{PYODIDE}",
        "type": "library",
        "version": PYODIDE,
    }
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    windows = list_windows_parts(lock)
    return {
        **bill,
        "metadata": {**bill["metadata"], "component": whole},
        "components": [
            *kept,
            page,
            *windows,
        ],
        "dependencies": [
            *(
                {
                    "ref": each["ref"],
                    "dependsOn": sorted(needed & {*each.get("dependsOn", ())}),
                }
                for each in bill["dependencies"]
                if each["ref"] in needed
            ),
            *({"ref": each["bom-ref"]} for each in (page, *windows)),
        ],
    }


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def main(*, folder: Path) -> None:
    """Write both files; say so, and exit 1, where one cannot be made."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        changes = read_changes(
            (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), __version__
        )
        (folder / "CHANGES.md").write_text(changes, encoding="utf-8")
        bill = select_needed(list_parts(Path(sys.prefix)), find_needed(), __version__)
    except NoReleaseError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    written = json.dumps(bill, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "sbom.json").write_text(f"{written}\n", encoding="utf-8")
    click.echo(f"{folder / 'sbom.json'}: {len(bill['components'])} parts")


if __name__ == "__main__":
    main()
