"""The processes of `serve`: one that prepares, then pages and background work.

On Linux each is a fork of the first, so what all of them load is loaded once, in time
and in memory. The first therefore loads, starts and waits, and nothing else: no thread,
no connection, nothing of which a fork would have half. Elsewhere each begins anew.
"""

from __future__ import annotations

import multiprocessing
import runpy
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

_ENDING: Final = 30.0  # seconds in which a process may end what it is doing
_A_WHILE: Final = 0.2  # seconds between looks at whether somebody asked us to stop

_NEEDED: Final = (
    *("changqing_web.urls", "changqing_web.work.every", "changqing_web.examples"),
    *("gunicorn.app.wsgiapp", "huey.consumer"),
)
_FORKS: Final = sys.platform == "linux"
_CONTEXT: Final[ForkContext | SpawnContext] = (
    multiprocessing.get_context("fork")
    if _FORKS
    else multiprocessing.get_context("spawn")
)


class Stop:
    """Whether this process was told to stop; listens from when it is made."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._hear_signals)

    def _hear_signals(self, *_: object) -> None:
        self.asked = True


def load_what_all_need() -> None:
    """Load what pages and background work need, where those are forks of it."""
    if not _FORKS:
        return
    for module in _NEEDED:
        import_module(module)


def start_process(name: str, work: Callable[..., None], *given: object) -> BaseProcess:
    """Start a process that does `work`, a function of a module, and ends with it."""
    process = _CONTEXT.Process(target=_begin, args=(name, work, *given), name=name)
    process.start()
    return process


def stop_process(process: BaseProcess) -> None:
    """End a process, at once where it does not end by itself."""
    process.terminate()
    process.join(_ENDING)
    if process.is_alive():
        process.kill()
        process.join()


def prepare_apart(stop: Stop, prepare: Callable[..., str], *given: object) -> str:
    """Let another process prepare, and give what it found; "" where we were stopped.

    Raises what `prepare` raised for a person to mend; ends with the process otherwise.
    """
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = start_process("changqing-setup", _send_prepared, sender, prepare, *given)
    sender.close()
    with receiver:
        while not receiver.poll(_A_WHILE):
            if stop.asked:
                stop_process(process)
                return ""
        try:
            found = receiver.recv()
        except EOFError:  # it said what was wrong, in a way that nobody foresaw
            process.join()
            sys.exit(process.exitcode or 1)
    process.join()
    if isinstance(found, Exception):
        raise found
    return str(found)


def run_program(arguments: list[str]) -> None:
    """Run a program of Python in this process: its module, and what it is given."""
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def _begin(name: str, work: Callable[..., None], *given: object) -> None:
    # What the first process hears is not said to this one.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(OSError):  # Linux alone shows a name of 15 letters, as in `ps -e`
        Path("/proc/self/comm").write_text(name, "utf-8")
    import django

    django.setup()  # nothing is done where it was set up before the fork
    try:
        work(*given)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _send_prepared(
    sender: Connection, prepare: Callable[..., str], *given: object
) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from changqing.errors import ChangqingError

    try:
        sender.send(prepare(*given))
    except (ChangqingError, ImproperlyConfigured) as error:
        sender.send(error)
