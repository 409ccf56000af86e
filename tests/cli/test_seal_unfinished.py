"""A dossier that is not finished is sealed when a person at the terminal says so."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from changqing.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples"


class _Terminal(io.StringIO):
    """What a person types at a terminal."""

    def isatty(self) -> bool:
        return True


def _seal(case: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["seal", str(case), "-o", str(out), "--lang", "zh"])
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().out


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return Path(shutil.copytree(EXAMPLES / "contradictory", tmp_path / "case"))


def test_a_terminal_is_asked_and_no_means_no_bundle(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = tmp_path / "bundle.zip"
    monkeypatch.setattr("sys.stdin", _Terminal("n\n"))

    code, said = _seal(case, bundle, capsys)

    assert code == 1
    assert "递交前还差" in said
    assert "仍要封存" in said
    assert not bundle.exists()


@pytest.mark.long
def test_without_a_terminal_it_seals_and_says_so_first(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = tmp_path / "bundle.zip"
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    code, said = _seal(case, bundle, capsys)

    assert code == 0
    assert bundle.exists()
    sealed = next(at for at, line in enumerate(said.splitlines()) if "已封好" in line)
    assert any("递交前还差" in line for line in said.splitlines()[:sealed])
