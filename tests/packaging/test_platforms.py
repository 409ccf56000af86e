"""No module needs at load what Windows lacks. Simulated: no Windows is at hand."""

from __future__ import annotations

import subprocess
import sys

import pytest

_TRY = """
import builtins, importlib, os, pkgutil, sys

_LACKING = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty", "uvloop"}
_import = builtins.__import__

def without(name, globals=None, *rest, **named):
    given = globals or {}
    ours = str(given.get("__name__", "")).startswith("changqing")
    if ours and name.partition(".")[0] in _LACKING:
        raise ImportError(name + " is asked for by " + given["__name__"])
    return _import(name, globals, *rest, **named)

builtins.__import__ = without
for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "geteuid"):
    delattr(os, name)  # what was loaded before has its own use of them
if "web" in sys.argv:
    import django
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.web.web_settings"
    django.setup()
count = 0
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(package.__path__, sys.argv[1] + "."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
        count += 1
print(count)
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("package", "least", "more"),
    [("changqing", 300, ()), ("changqing_web", 90, ("web",))],
)
def test_every_module_is_loaded_without_what_windows_lacks(
    package: str, least: int, more: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TRY, package, *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert int(done.stdout) > least


def test_a_case_is_written_without_what_windows_lacks() -> None:
    code = """
import os, sys
from pathlib import Path
import tempfile
for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
    delattr(os, name)
from changqing.disk import Disk, only_writer
from changqing.errors import BusyError
from changqing.evidence.ledger.memory import Memory, Seen
folder = Path(tempfile.mkdtemp())
with only_writer(folder / "lock"):
    Disk().replace(folder / "a" / "b", b"c")
    try:
        with only_writer(folder / "lock"):
            raise SystemExit("held twice")
    except BusyError:
        pass
assert (folder / "a" / "b").read_bytes() == b"c"
print("written")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("written\n", "")
