"""What is installed from the wheel works without what only this checkout has."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import tomllib
import urllib.error
import urllib.request
from contextlib import suppress
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from changqing.cli.main import EXTRAS
from changqing.law.compiled import load_compiled
from tests.needs import ENGINES
from tests.packaging.clean_install import (
    ROOT,
    build_sdist,
    build_wheel,
    install,
    name_home,
    run,
)

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


@pytest.mark.long
def test_a_wheel_is_built_in_an_environment_of_its_own(
    wheel: Path, tmp_path: Path
) -> None:
    """As `pip install .` does it: with what the build declares, and nothing else."""
    checkout = tmp_path / "checkout"
    shutil.unpack_archive(build_sdist(tmp_path / "sdist"), checkout, filter="data")
    (root,) = checkout.iterdir()
    uv = Path(sys.executable).with_name("uv")
    command: list[str | Path] = [
        uv,
        "build",
        "--wheel",
        "--no-config",
        "-o",
        tmp_path / "built",
        root,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    unreachable = re.search(r"(?i)failed to fetch|error sending request", done.stderr)
    if unreachable and os.environ.get("CI") != "true":
        pytest.skip("the package index, which the build needs, cannot be reached")
    assert done.returncode == 0, done.stderr
    (built,) = (tmp_path / "built").glob("*.whl")
    with ZipFile(built) as there, ZipFile(wheel) as usual:
        assert there.namelist() == usual.namelist()


@pytest.mark.long
def test_the_core_verifies_the_sealed_example(core: Path, tmp_path: Path) -> None:
    bundle = EXAMPLES / "sealed" / "bundle.zip.xz"
    done = run(core, "verify", bundle, home=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")  # its signer is not known here
    assert "已核验的都对" in done.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "typed", "code", "says"),
    [
        (("ask", "许可证多久能下来？"), "", 0, "工作日"),
        (("classify",), "16\n" + "\n" * 30, 0, "业务"),
        (
            ("materials", "--licence", "B21", "--scope", "cross_province"),
            "",
            0,
            "营业执照",
        ),
        (("procedure", "apply", "--licence", "B25"), "", 0, "受理"),
        (("new", "case"), "B25\n", 3, "许可证"),
    ],
    ids=["ask", "classify", "materials", "procedure", "new"],
)
def test_the_core_needs_no_extra_for_what_it_promises(
    core: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    typed: str,
    code: int,
    says: str,
) -> None:
    done = run(core, *arguments, home=tmp_path, typed=typed)
    assert done.returncode == code, done.stderr
    assert says in done.stdout
    assert "没有料到" not in done.stderr
    assert "pip install" not in done.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("probe", "https://www.example.cn"), "look"),
        (("rehearse",), "look"),
        (("serve",), "web"),
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
        if extra in ENGINES:
            assert package in declared[extra]
            continue
        owners = {canonicalize_name(name) for name in names.get(package, ())}
        assert owners & declared[extra], package


@pytest.mark.long
def test_every_package_of_an_extra_is_named_when_it_is_missing() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    owners = {
        canonicalize_name(name)
        for package in EXTRAS
        for name in packages_distributions().get(package, ())
    }
    for extra in {*project["optional-dependencies"]} - {"all", "web", *ENGINES}:
        for text in project["optional-dependencies"][extra]:
            name = canonicalize_name(Requirement(text).name)
            assert name in owners | _NO_MODULE, name


_NO_MODULE = {
    "changqing",  # an extra that is another and more
    "pylopdf-fonts-zh-cn",  # files, found by their place
}


@pytest.mark.long
def test_the_examples_that_were_installed_are_rehearsed(
    wheel: Path, tmp_path: Path
) -> None:
    python = install(wheel, tmp_path / "venv", ["look", "bulk"])
    done = run(python, "rehearse", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "build" / "rehearsal" / "local-life" / "report.html").is_file()


@pytest.mark.long
def test_the_catalogue_of_the_wheel_needs_no_compiling(
    core: Path, tmp_path: Path
) -> None:
    (shipped,) = core.parents[1].glob("lib/python*/site-packages/changqing/law")
    code = (
        "from changqing.law import compiled\n"
        "def fail(root): raise SystemExit('compiled anew')\n"
        "compiled._compile = fail\n"
        "print(compiled.load_compiled().digest)"
    )
    done = subprocess.run(
        [core, "-c", code],
        env=name_home(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (load_compiled().digest, "")
    text = next(shipped.glob("data/criteria/**/*.yaml"))
    text.write_bytes(text.read_bytes() + b"\n# edited\n")
    try:
        again = subprocess.run(
            [core, "-c", code], env=name_home(tmp_path / "other"), check=False
        )
    finally:
        text.write_bytes(text.read_bytes().removesuffix(b"\n# edited\n"))
    assert again.returncode == 1


@pytest.mark.long
def test_an_sdist_makes_the_same_wheel_and_can_be_set_up(
    wheel: Path, tmp_path: Path
) -> None:
    with tarfile.open(build_sdist(tmp_path / "sdist")) as packed:
        packed.extractall(tmp_path, filter="data")
    (root,) = tmp_path.glob("changqing-*")
    for name in (".ci/setup", "Makefile", "requirements.lock", "tests/conftest.py"):
        assert (root / name).read_bytes() == (ROOT / name).read_bytes()
    assert os.access(root / ".ci" / "setup", os.X_OK)
    again = build_wheel(tmp_path / "again", root=root)
    same = again.read_bytes() == wheel.read_bytes()
    assert same  # pytest would take hours to say where megabytes differ


@pytest.fixture(scope="module")
def web(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the web extra; its byte code is compiled by the first test that serves."""
    return install(wheel, tmp_path_factory.mktemp("web") / "venv", ["web"])


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_web_extra_serves_its_pages_and_all_of_it_ends_when_told(
    web: Path, tmp_path: Path, number: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        [web.with_name("changqing"), "serve", "--bind", f"127.0.0.1:{port}"],
        env=name_home(tmp_path),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        for address in ("account/login/", "api/v1/openapi.json"):
            assert _status(serving, f"http://127.0.0.1:{port}/{address}") == 200
        serving.send_signal(number)  # to it alone, as a service manager does
        said, _ = serving.communicate(timeout=60)  # its children hold the pipe, too
    finally:
        with suppress(ProcessLookupError):
            os.killpg(serving.pid, signal.SIGKILL)
    assert "Traceback" not in said
    assert serving.returncode == 0
    socket.create_server(("127.0.0.1", port)).close()


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
