"""What every test shares: its needs, and that CI=true skips nothing."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.byte_code import write_byte_code
from tests.needs import NEEDS, SHARED, find_program, find_quick_disk
from tests.share import CI, examples, mark_rest_long
from tests.today import Clock

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling
    from xdist.workermanage import WorkerController

ROOT = Path(__file__).resolve().parent.parent

_WITH_SERVER = {
    "tests/web/test_web_browser_pages.py",
    "tests/web/test_web_browser_walks.py",
}
"""They share a server whose cases take longer to make than most of their tests."""
_LONGEST = (
    "tests/web/test_web_postgresql.py",
    "tests/law/test_all_in_order.py",
    *sorted(_WITH_SERVER),
    "tests/packaging/test_installed.py",
)
"""They take minutes with CI=true, few tests as some of them have."""
_HEAVY = {
    *("agency", "casework", "docs", "golden", "guide", "law", "packaging", "run"),
    *("screening", "sealing", "stories", "upgrade", "web"),
}

settings.register_profile("ci", deadline=None, max_examples=60, print_blob=True)
settings.register_profile("desk", deadline=None, max_examples=examples(100))
settings.load_profile("ci" if CI else "desk")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the folders of the tests in memory, unless somebody says where."""
    gc.disable()  # until all is imported: nearly all of it stays
    if getattr(config.option, "numprocesses", None):
        write_byte_code(config, ROOT / "tests")
    if disk := find_quick_disk():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", disk)
    # A key of their own: what a machine remembers of a folder outlives the folder, and
    # folders of tests come again.
    own = tempfile.mkdtemp(prefix="changqing-tests-", dir=disk)
    os.environ["XDG_CONFIG_HOME"] = own
    os.environ["XDG_STATE_HOME"] = own
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    if SHARED not in os.environ:  # the workers have that of who started them
        os.environ[SHARED] = tempfile.mkdtemp(prefix="changqing-shared-", dir=disk)
        atexit.register(shutil.rmtree, os.environ[SHARED], ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def day_of_the_examples() -> Iterator[None]:
    """Let commands in this process stand on the day of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("changqing.cli.shared.datetime", Clock)
        yield


@pytest.fixture(autouse=True)
def no_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which a command met what nobody foresaw.

    The command shows no traceback, and its exit code is that of an unfinished look as
    well; what it writes is a file beside its state, wherever the test has that.
    """
    yield
    trace = Path(os.environ["XDG_STATE_HOME"], "changqing", "last-fault.txt")
    if trace.is_file():
        told = trace.read_text("utf-8")
        trace.unlink()
        pytest.fail(f"a fault of ours, told to the user as one:\n{told}")


_targets = pytest.StashKey[int]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what was imported out of each later round of the garbage collector."""
    targets = sum(item.get_closest_marker("fuzz") is not None for item in session.items)
    session.config.stash[_targets] = targets
    gc.freeze()
    gc.enable()
    # Rounds are rarer than by default: tests make much and keep little.
    gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Leave what takes long to CI, and begin with the files that take longest.

    So no worker is left with one of them at the end. Files that ask for a program, or
    have tests of seconds, and those of the folders in which a file takes ten seconds or
    more come next, those with most tests first: what is left at the end is a second or
    two each.
    """
    if not CI:
        mark_rest_long(items)  # before anything shuffles them
    yield
    if not CI:
        _leave_to_ci(config, items)
    late = {*NEEDS, "long"}
    long = {item.path for item in items if late & {m.name for m in item.iter_markers()}}
    tests = Counter(item.path for item in items)
    longest = [ROOT / file for file in _LONGEST]
    items.sort(
        key=lambda item: (
            longest.index(item.path) if item.path in longest else len(longest),
            item.path not in long,
            item.path.parent.name not in _HEAVY,
            -tests[item.path],
        )
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for a browser, a server, a clock."""
    mine = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return (len(mine(0)) if mine else os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Let a file stay with one worker, but for shares that know nothing of each other.

    Files that share what takes long to make stay together.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            if file in _WITH_SERVER:
                return "server"
            return nodeid if file.endswith("_fuzz.py") else file

    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose needs are not here, before its fixtures are made."""
    for mark in item.iter_markers():
        if mark.name in NEEDS:
            find_program(mark.name)


_left = pytest.StashKey[dict[str, int]]()
"""How many tests of each folder are left to CI."""


def _leave_to_ci(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what takes long: skipped one by one, thousands cost as much as tests."""
    long = [item for item in items if item.get_closest_marker("long")]
    if not long:
        return
    items[:] = [item for item in items if not item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    folders = (item.nodeid.partition("::")[0].rpartition("/")[0] for item in long)
    left = dict(Counter(folders))
    config.stash[_left] = left
    if (sent := getattr(config, "workeroutput", None)) is not None:
        sent["left_to_ci"] = left


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Hear from a worker what it left: all leave the same."""
    if left := getattr(node, "workeroutput", {}).get("left_to_ci"):
        node.config.stash[_left] = left


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Take a run of nothing but what is left to CI for no fault."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.stash.get(
        _left, None
    ):
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(
    terminalreporter: TerminalReporter, config: pytest.Config
) -> None:
    """Say what was not tried, where, and how it is."""
    left = config.stash.get(_left, {})
    if left:
        folders = ", ".join(f"{name} {many}" for name, many in sorted(left.items()))
        terminalreporter.write_line(
            f"{sum(left.values())} tests take long and are left to .ci/run and "
            f"`CI=true make test`: {folders}"
        )


def _refuse_to_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    expected = hasattr(report, "wasxfail")
    if CI and report.skipped and not expected:
        reason = report.longrepr
        if isinstance(reason, tuple):
            reason = reason[2]
        report.outcome = "failed"
        report.longrepr = f"CI=true, and nothing may be skipped there: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    report = yield
    _refuse_to_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[
    None, pytest.CollectReport, pytest.CollectReport
]:
    report = yield
    _refuse_to_skip(report)
    return report


@pytest.fixture
def fuzz_seconds(request: pytest.FixtureRequest) -> float:
    """For how long this target is fuzzed: its share of all there is; 0 in the suite."""
    whole = float(os.environ.get("CHANGQING_FUZZ_SECONDS", "0"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return whole * workers / max(request.config.stash[_targets], 1)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The recorded pages, feeds and series that lie beside the checkout."""
    folder = ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip(f"the corpus is not beside the checkout ({folder})")
    return folder


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """One PostgreSQL for all tests of a process; the address of its first database."""
    from tests.web.web_postgresql import cluster

    with cluster() as address:
        yield address


@pytest.fixture
def postgresql(postgresql_server: str) -> Callable[[], str]:
    """Makes an empty database; its address."""
    from tests.web.web_postgresql import make_database

    return lambda: make_database(postgresql_server)
