"""The child process of a `Pool`: takes a call, makes it within its limits, answers."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from importlib import import_module
from typing import IO, Any, Final

from changqing.sandbox.pool import MEMORY, Limits, read_message, write_message

_LOOKED_EVERY: Final = 0.5  # seconds between two looks at whether the parent lives


def main() -> None:
    """Answer calls until the parent has no more or is gone."""
    calls, answers = _take_streams()
    parent, path, prepare = pickle.loads(read_message(calls))  # noqa: S301 - our parent
    sys.path[:] = path
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if prepare is not None:
        module, _, name = prepare.partition(":")
        getattr(import_module(module), name)()
    write_message(answers, b"ready")
    while True:
        try:
            message = read_message(calls)
        except EOFError:
            return
        write_message(answers, _answer_message(message))


def _take_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep both pipes for calls: what a function prints must not stand in an answer."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return calls, answers


def _end_with(parent: int) -> None:
    """End when the parent is gone: work that nobody waits for is not gone on with."""
    while os.getppid() == parent:
        time.sleep(_LOOKED_EVERY)
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _answer_message(message: bytes) -> bytes:
    try:
        folder, limits, function, args, kwargs = pickle.loads(message)  # noqa: S301 - our parent
        _stand_in(folder)
        _set_limits(limits)
        return pickle.dumps(("returned", function(*args, **kwargs)))
    except MemoryError:
        return pickle.dumps((MEMORY, None))
    except Exception as error:  # noqa: BLE001 - the parent raises it again
        return _encode_error(error)
    finally:
        _set_limits(None)


def _stand_in(folder: str | None) -> None:
    """Go where the parent is: the folder where the child began may be gone."""
    try:
        os.chdir(folder or os.sep)
    except OSError:
        os.chdir(os.sep)


def _encode_error(error: Exception) -> bytes:
    """Encode an exception for the parent; one that cannot travel is described."""
    try:
        answer = pickle.dumps(("raised", error))
        pickle.loads(answer)  # noqa: S301 - made a moment ago
    except Exception:  # noqa: BLE001 - any class may refuse, each in its own way
        return pickle.dumps(("raised", RuntimeError(repr(error))))
    return answer


def _set_limits(limits: Limits | None) -> None:
    """Set what the platform can limit; with None take it back as far as it goes.

    Processor time counts from the start of the process, memory is address space: both
    are set to what was used until now and what is granted.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    if limits is None:
        values: dict[int, Any] = {
            resource.RLIMIT_CPU: None,
            resource.RLIMIT_AS: None,
            resource.RLIMIT_FSIZE: None,
        }
    else:
        used = resource.getrusage(resource.RUSAGE_SELF)
        granted = limits.seconds if limits.processor is None else limits.processor
        values = {
            resource.RLIMIT_CPU: int(used.ru_utime + used.ru_stime + granted) + 2,
            resource.RLIMIT_AS: _measure_address_space() + limits.memory,
            resource.RLIMIT_FSIZE: limits.output,
            resource.RLIMIT_CORE: 0,
        }
    for name, value in values.items():
        _, hard = resource.getrlimit(name)
        soft = hard if value is None else value
        if hard != resource.RLIM_INFINITY:
            soft = hard if soft == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(name, (soft, hard))


def _measure_address_space() -> int:
    """Bytes of address space now; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123
            pages = int(stream.read().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
