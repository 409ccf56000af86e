"""What is installed from the wheel works without what only this checkout has."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from changqing.cli.main import EXTRAS
from tests.packaging.clean_install import ROOT, build_wheel, install, run

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(wheel, tmp_path_factory.mktemp("core") / "venv")


@pytest.mark.long
def test_the_core_assesses_an_example_that_has_a_history(
    core: Path, tmp_path: Path
) -> None:
    given = ("--as-of", "2026-11-24", "--out", tmp_path / "out")
    done = run(core, "assess", EXAMPLES / "local-life", *given, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "这里没有装Polars，读不出来" in done.stdout.replace("\n", "")
    assert (tmp_path / "out" / "report.html").is_file()


def test_the_core_verifies_the_sealed_example(core: Path, tmp_path: Path) -> None:
    bundle = EXAMPLES / "sealed" / "bundle.zip.xz"
    done = run(core, "verify", bundle, home=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")  # its signer is not known here
    assert "已核验的都对" in done.stdout


@pytest.mark.long
def test_the_core_answers_a_question(core: Path, tmp_path: Path) -> None:
    done = run(core, "ask", "许可证多久能下来？", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("probe", "https://www.example.cn"), "probe"),
        (("clients", "template", "t.xlsx"), "office"),
    ],
)
def test_a_command_that_lacks_a_package_names_the_extra(
    arguments: tuple[str, ...], extra: str, core: Path, tmp_path: Path
) -> None:
    done = run(core, *arguments, home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"pip install 'changqing[{extra}]'" in done.stderr


def test_the_named_extras_are_those_that_install_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {
        extra: {canonicalize_name(Requirement(text).name) for text in texts}
        for extra, texts in project["optional-dependencies"].items()
    }
    names = packages_distributions()
    for package, extra in EXTRAS.items():
        owners = {canonicalize_name(name) for name in names.get(package, ())}
        assert owners & declared[extra], package


@pytest.mark.long
def test_the_web_extra_serves_its_pages(wheel: Path, tmp_path: Path) -> None:
    python = install(wheel, tmp_path / "venv", ["web"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        [python, "-m", "changqing_web", "serve", "--bind", f"127.0.0.1:{port}"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "CHANGQING_HOME": str(tmp_path / "web"),
        },
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for address in ("account/login/", "api/v1/openapi.json"):
            assert _status(serving, f"http://127.0.0.1:{port}/{address}") == 200
    finally:
        serving.terminate()
        said, _ = serving.communicate(timeout=30)
    assert "Traceback" not in said


def _status(serving: subprocess.Popen[str], address: str) -> int:
    """What the server answers once it is up; 0 when it died before."""
    until = time.monotonic() + 240  # compiles every module of its environment first
    while serving.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.2)
    return 0
