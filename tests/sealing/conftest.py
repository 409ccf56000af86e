"""One example sealed twice: as it is handed out, and with everything in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.evidence.ledger.note import load_key
from tests.sealing.drawn_case import make_drawn_case, read_case_papers
from tests.sealing.sealed_bundle import Sealed, changqing, copied


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sealing")


def _sealed(desk: Path, name: str, *options: str) -> Sealed:
    case = desk / "newly-registered"
    if not case.exists():
        copied("newly-registered", desk)
    done = changqing("seal", case, "-o", desk / name, *options, config=desk / "config")
    assert done.returncode == 0, done.stderr
    key = load_key(desk / "config" / "changqing" / "signing-key")
    return Sealed(case=case, bundle=desk / name, key=key)


@pytest.fixture(scope="session")
def sealed(desk: Path) -> Sealed:
    return _sealed(desk, "bundle.zip")


@pytest.fixture(scope="session")
def full(desk: Path) -> Sealed:
    return _sealed(desk, "full.zip", "--full")


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case two of whose papers are PDF, read."""
    folder = make_drawn_case(tmp_path_factory.mktemp("drawn") / "case")
    read_case_papers(folder)
    return folder
