"""Dependencies: their licences, and that an audit never passes for what it is not."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import Distribution, distribution
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.audit import NO_DATA, ROOT, base_of, locked, main, reviewed

PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|ISC|Unlicense|Zlib", re.IGNORECASE
)


# -- licences


def core_distributions() -> dict[str, Distribution]:
    """All that is installed with the core, without any extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    left = [Requirement(one) for one in project["project"]["dependencies"]]
    found: dict[str, Distribution] = {}
    while left:
        asked = left.pop()
        name = canonicalize_name(asked.name)
        if asked.marker is not None and not asked.marker.evaluate({"extra": ""}):
            continue
        if name not in found:
            found[name] = distribution(name)
            left += [Requirement(one) for one in found[name].requires or ()]
    return found


def licence_of(one: Distribution) -> str:
    """What a package says of its licence: by expression, by class, or in words."""
    told = one.metadata
    classes = [
        each.rpartition(" :: ")[2]
        for each in told.get_all("Classifier") or ()
        if each.startswith("License :: ")
    ]
    expressions, words = told.get_all("License-Expression"), told.get_all("License")
    said = [*(expressions or ()), *classes, *(words or ())]
    return next((each.splitlines()[0] for each in said if each.strip()), "")


def test_no_dependency_of_the_core_is_under_the_gpl() -> None:
    taken = {str(one["package"]) for one in reviewed("licences")}
    found = {name: licence_of(one) for name, one in core_distributions().items()}
    strange = {n: said for n, said in found.items() if not PERMISSIVE.search(said)}
    gpl = {n for n, said in found.items() if re.search("GPL|General Public", said)}
    assert {n for n in gpl if not re.search("LGPL|Lesser", found[n])} == set()
    assert strange.keys() == taken, strange
    assert all(one["reason"] and one["licence"] for one in reviewed("licences"))


# -- advisories


class Index(BaseHTTPRequestHandler):
    """A package index: what it answers stands in its server."""

    def do_GET(self) -> None:
        answers = self.server.answers  # type: ignore[attr-defined]
        status, body = answers.get(self.path, answers.get("*", (404, b"")))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def index(answers: dict[str, tuple[int, bytes]]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    server.answers = answers  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(*advisories: object) -> tuple[int, bytes]:
    return 200, json.dumps({"vulnerabilities": list(advisories)}).encode()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "lock"
    names = ["alpha", "beta", "gamma", "delta"]
    text = "".join(
        f"{n}==1.0 ; os_name == 'nt' \\\n    --hash=sha256:00\n" for n in names
    )
    path.write_text(text, encoding="utf-8")
    return path


def run(address: str, lock: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--index", address, "--lock", str(lock)])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def test_a_known_weakness_is_named_and_fails(lock: Path) -> None:
    weak = {"id": "PYSEC-1", "aliases": ["CVE-1"], "summary": "s", "fixed_in": ["1.1"]}
    gone = {"id": "PYSEC-2", "withdrawn": "2026-01-01"}
    answers = {"*": told(), "/pypi/delta/1.0/json": told(weak, gone)}
    with index(answers) as address:
        code, said = run(address, lock)
    assert code == 1
    assert "delta 1.0: PYSEC-1 CVE-1: s" in said
    assert "1.1" in said
    assert "PYSEC-2" not in said


def test_nothing_known_passes_and_says_how_many_were_asked(lock: Path) -> None:
    with index({"*": told()}) as address:
        code, said = run(address, lock)
    assert code == 0
    assert "4 of 4 releases answered for" in said


@pytest.mark.parametrize(
    "answer",
    [(404, b""), (200, b"{}"), (200, b"<html>"), (200, b'{"vulnerabilities": 3}')],
)
def test_without_data_that_is_said_and_nothing_passes_for_audited(
    lock: Path, answer: tuple[int, bytes]
) -> None:
    with index({"*": answer}) as address:
        code, said = run(address, lock)
    assert (code, said.splitlines()) == (0, list(NO_DATA))


def test_an_index_that_is_not_there_is_no_good_news(lock: Path) -> None:
    code, said = run("http://127.0.0.1:9/simple", lock)
    assert (code, said.splitlines()) == (0, list(NO_DATA))


def test_what_got_no_answer_is_named(lock: Path) -> None:
    with index({"*": told(), "/pypi/beta/1.0/json": (500, b"")}) as address:
        code, said = run(address, lock)
    assert code == 0
    assert "3 of 4" in said
    assert "no answer for: beta 1.0" in said


def test_the_lock_is_read_whole_and_the_interface_found_beside_the_index() -> None:
    releases = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    names = {release.name for release in releases}
    assert {"click", "django", "uv"} <= names
    assert len(releases) > 100
    for address in ("https://a.example/x/simple/", "https://a.example/x/simple"):
        assert base_of(address) == "https://a.example/x/pypi"
