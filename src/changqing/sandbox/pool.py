"""Run a function in a child process with limits of time, memory and output.

The child is a fresh interpreter (as `multiprocessing` calls it, spawned): nothing of
the parent's threads, locks or connections is in it, and Windows can do the same. It is
kept for the next call, so that a call costs a few milliseconds, and replaced after
`_MOST_CALLS`, after anything that went beyond a limit, and when it ends by itself.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Final, ParamSpec, TypeVar

from changqing.errors import ChangqingError, GivenUpError, Issue
from changqing.text import Text

P = ParamSpec("P")
T = TypeVar("T")
LENGTH: Final = struct.Struct(">Q")  # before each message, both ways
MEMORY: Final = "memory"  # what a child answers when it could get no more
_MOST_CALLS: Final = 200
_PREPARING: Final = 120.0  # seconds in which a child must be ready
_EXPECTED: Final = (ChangqingError, OSError, ValueError)
"""What functions raise of what they were given. After anything else, such as an import
that a limit broke off, the child may be left half made, and is replaced."""
_shared: dict[tuple[int, str], Pool] = {}
_making = threading.Lock()
_GROUPS: Final = hasattr(os, "killpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one call may take.

    `memory` counts beyond what the child has when the call begins; `output` is of any
    one file. What a platform cannot limit, it does not: everywhere the child is killed
    after `seconds`.
    """

    seconds: float
    processor: float | None = None  # seconds; None: as many as `seconds`
    memory: int
    output: int


READING: Final = Limits(seconds=8, memory=768 << 20, output=0)
"""For the words or cells of one file that somebody sent."""


class Pool:
    """At most so many children; each runs one function at a time.

    Args:
        most: How many children there are at once.
        prepare: `module:function`, called once in each child before anything else.
        patience: Seconds to wait for a free child; who waits longer is refused.
    """

    def __init__(
        self, *, most: int, prepare: str | None = None, patience: float = 5.0
    ) -> None:
        self._prepare = prepare
        self._patience = patience
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []

    def run(
        self,
        limits: Limits,
        function: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Call a function of a module in a child, and return what it returns.

        Its arguments, its result and what it raises travel pickled. Raises what it
        raises, and GivenUpError when a limit ends it, when its process dies, or when
        every child stays busy.
        """
        if not self._free.acquire(timeout=self._patience):
            raise GivenUpError(Issue(text=_BUSY), reason="busy")
        try:
            call = (_find_folder(), limits, function, args, kwargs)
            return self._run_call(limits, call)  # type: ignore[no-any-return]
        finally:
            self._free.release()

    def _run_call(self, limits: Limits, call: object) -> Any:
        message = pickle.dumps(call)
        child = self._take_child()
        try:
            outcome, value = child.call(message, limits)
        except BaseException:
            # Whatever broke the talk off may have left half an answer in the pipe,
            # which the next caller would read as theirs.
            child.kill()
            raise
        if outcome == MEMORY:
            child.kill()
            raise GivenUpError(Issue(text=_explain_too_much(limits)), reason="memory")
        odd = outcome == "raised" and not isinstance(value, _EXPECTED)
        if child.calls < _MOST_CALLS and not odd:
            with self._lock:
                self._idle.append(child)
        else:
            child.kill()
        if outcome == "raised":
            raise value
        return value

    def _take_child(self) -> _Child:
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return _Child(self._prepare)
            if child.alive:
                return child
            child.kill()

    def close(self) -> None:
        """End the children that have nothing to do."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.kill()


def _find_folder() -> str | None:
    """Where this process stands, for the relative paths that it sends along."""
    try:
        return os.getcwd()  # noqa: PTH109 - as a string that travels
    except FileNotFoundError:  # it was removed since
        return None


def get_shared_pool(
    name: str = "", *, prepare: str | None = None, patience: float = 5.0
) -> Pool:
    """Get the pool of this process for files and texts that strangers wrote.

    A process that was forked has one of its own. Two children are enough: who waits
    long is refused, and what else this process does goes on. What takes seconds (a
    paper read page by page) has a pool of another name, so that nobody waits for it;
    `prepare` and `patience` are those of a `Pool`, and count for the first who asks.
    """
    with _making:
        pool = _shared.get((os.getpid(), name))
        if pool is None:
            # After a fork the parent's pools stand here too. Their pipes lead to the
            # parent's children: two processes talking on them would read each other's
            # answers.
            for stale_key in [key for key in _shared if key[0] != os.getpid()]:
                del _shared[stale_key]
            pool = Pool(most=2, prepare=prepare, patience=patience)
            _shared[os.getpid(), name] = pool
            atexit.register(pool.close)
    return pool


class _Child:
    """One process, in a group of its own: what it starts ends with it."""

    def __init__(self, prepare: str | None) -> None:
        self.calls = 0
        self._ready = False
        self._process = subprocess.Popen(
            # -P: a module in the working folder is none of ours.
            [sys.executable, "-P", "-m", "changqing.sandbox.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        begin = pickle.dumps((os.getpid(), sys.path, prepare))
        self._send(begin)

    @property
    def alive(self) -> bool:
        """Whether it waits for the next call."""
        return self._process.poll() is None

    def call(self, message: bytes, limits: Limits) -> tuple[str, Any]:
        """Have one call made; GivenUpError when a limit or a crash ends the process."""
        self.calls += 1
        if not self._ready:  # what it imports counts on nobody's time
            self._talk_within(_PREPARING, self._receive_message)
            self._ready = True

        def ask() -> bytes:
            self._send(message)
            return self._receive_message()

        answer = self._talk_within(limits.seconds, ask, limits.processor)
        return pickle.loads(answer)  # type: ignore[no-any-return] # noqa: S301 - our own child

    def _talk_within(
        self,
        seconds: float,
        work: Callable[[], bytes],
        processor: float | None = None,
    ) -> bytes:
        """Talk with it for so long; then it is killed, which ends the talk."""
        over = threading.Event()

        def end() -> None:
            over.set()
            self.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            return work()
        except (OSError, EOFError, ValueError) as error:
            # ValueError: `end` closed the stream before it was written to or read.
            if isinstance(error, ValueError) and not over.is_set():
                raise
            if over.is_set():
                raise GivenUpError(
                    Issue(text=_explain_too_long(seconds)), reason="time"
                ) from error
            granted = seconds if processor is None else processor
            if self._is_spent():
                text = _explain_too_busy(granted)
                raise GivenUpError(Issue(text=text), reason="processor") from error
            raise GivenUpError(Issue(text=_DIED), reason="died") from error
        finally:
            timer.cancel()

    def _is_spent(self) -> bool:
        """Whether the system ended it for the processor time that it took."""
        number = getattr(signal, "SIGXCPU", None)  # Windows has none
        with suppress(subprocess.TimeoutExpired):
            ended = self._process.wait(timeout=1)
            return number is not None and ended == -number
        return False

    def kill(self) -> None:
        """End it and whatever it started, now."""
        if self._process.poll() is None:
            if _GROUPS:
                with suppress(ProcessLookupError):  # it ended a moment ago
                    os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was not sent yet has no reader
                    stream.close()

    def _send(self, message: bytes) -> None:
        stream = self._process.stdin
        if stream is not None:
            write_message(stream, message)

    def _receive_message(self) -> bytes:
        stream = self._process.stdout
        if stream is None:
            raise EOFError
        return read_message(stream)


def write_message(stream: IO[bytes], message: bytes) -> None:
    """Write a message and its length before it."""
    stream.write(LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def read_message(stream: IO[bytes]) -> bytes:
    """Read a whole message; EOFError where it breaks off."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    message = stream.read(length)
    if len(message) < length:
        raise EOFError
    return message


_BUSY: Final = Text(
    zh="正在处理别的文件，请过一会儿再试",
    en="other files are being worked on; try again in a moment",
)
_DIED: Final = Text(
    zh="超过了限制，中途停下，没有做完",
    en="it went beyond its limits, was stopped and not finished",
)


def _explain_too_long(seconds: float) -> Text:
    return Text(
        zh=f"用的时间太长（超过{seconds:g}秒），没有做完",
        en=f"it took too long (over {seconds:g} seconds) and was not finished",
    )


def _explain_too_busy(seconds: float) -> Text:
    return Text(
        zh=f"计算太多（处理器时间超过{seconds:g}秒），没有做完",
        en=f"it computed too much (over {seconds:g} seconds of processor time) and was "
        "not finished",
    )


def _explain_too_much(limits: Limits) -> Text:
    size = limits.memory >> 20
    return Text(
        zh=f"用的内存太多（超过{size} MB），没有做完",
        en=f"it took too much memory (over {size} MB) and was not finished",
    )
