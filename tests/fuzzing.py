"""Any bytes at all into a parser: only the errors it declares, and never for long.

A target is a test marked `fuzz` that calls `fuzz` with what reads, seeds that are well
formed, and the errors that reading may end in. Its examples are the seeds with a few
places cut, doubled, filled with odd pieces, or grown; of JSON the values are changed
too, so that what is read behind its shape is reached.

In the suite each target has a few examples. `make fuzz` divides `CHANGQING_FUZZ_SECONDS`
among all targets (`fuzz_seconds` in tests/conftest.py).
"""

from __future__ import annotations

import gc
import json
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from changqing.errors import ChangqingError

Read = Callable[[bytes], object]
SLOWEST: Final = 1.0  # seconds of CPU for one example
_MOST_MEMORY: Final = 600 << 20  # bytes that all examples of a target may add
_LONGEST: Final = 200_000  # bytes of one example
FEW: Final = 8

ODD: Final = (
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r\n", b"\n", b"\t"),
    *(b"'", b'"', b"`", b"\\", b"\\u0000", b"\\ud800", b"%s", b"%00", b"{{", b"}}"),
    *(b"[", b"]", b"{", b"}", b"(", b")", b"<", b">", b"&", b"*a", b"&a ", b"<<: "),
    *(b"null", b"true", b"NaN", b"Infinity", b"-0", b"1e999", b"0x10", b"010", b"~"),
    *(b"9" * 40, b"9" * 5000, b"-1", b"18446744073709551616", b"0.1", b"1_000"),
    *(b"2026-02-30", b"0000-00-00", b"9999-12-31", b"10000-01-01", b"2026-01-01T25"),
    *(b"1970-01-01T00:00:00+99:99", b"9999-12-31T23:59:59Z", b"0001-01-01T00:00:00Z"),
    *(
        "\u202e".encode(),
        "１２３".encode(),
        "²".encode(),
        "長青".encode(),
        "İ".encode(),
    ),
    *(b"../", b"/etc/passwd", b"C:\\", b"http://[::1", b"//", b"a" * 3000, b"\x1f\x8b"),
    *(b"[" * 3000, b'{"a":' * 3000, b"(" * 3000, b"- " * 3000, b"<a>" * 2000),
)
"""Pieces that careless readers stumble over."""
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 10**30, -(10**30), 1.5, 1e308, "", "x", "-1", "0"),
    *("2026-02-30", "9999-12-31", "9999-12-31T23:59:59+00:00", "2026-01-01T00:00:00"),
    *(
        "0001-01-01T00:00:00+14:00",
        "\x00",
        "\ud800",
        "２０２６",
        "²",
        "../x",
        "9" * 5000,
    ),
    *([], {}, [[]], [None], {"": None}, [1, "a", {}], {"a": {"b": []}}, ["a"] * 200),
)
"""Values that fit no place in a record."""

_PLACES = st.integers(min_value=0, max_value=10_000)
_EDITS = st.lists(
    st.tuples(
        st.sampled_from(("put", "cut", "copy", "odd", "flip", "end", "join")),
        _PLACES,
        st.integers(min_value=0, max_value=64),
        st.sampled_from(ODD),
    ),
    max_size=6,
)
_CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("value", "drop", "key", "twice")),
        _PLACES,
        st.sampled_from(VALUES),
    ),
    min_size=1,
    max_size=4,
)


def edited(content: bytes, edits: Sequence[tuple[str, int, int, bytes]]) -> bytes:
    """The bytes with each edit made, one after another."""
    for kind, place, length, odd in edits:
        at = place * len(content) // 10_000
        part = content[at : at + length]
        match kind:
            case "put":
                content = content[:at] + odd + content[at:]
            case "cut":
                content = content[:at] + content[at + length :]
            case "copy":
                content = content[:at] + part * 20 + content[at:]
            case "odd":
                content = content[:at] + odd + content[at + length :]
            case "flip" if at < len(content):
                flipped = content[at] ^ (1 << length % 8)
                content = content[:at] + bytes([flipped]) + content[at + 1 :]
            case "end":
                content = content[:at]
            case "join":
                content = content[at:] + content[:at]
    return content[:_LONGEST]


def changed(data: Any, changes: Sequence[tuple[str, int, Any]]) -> Any:
    """Plain data with a few of its places changed; what was given stays as it is."""
    data = json.loads(json.dumps(data))
    for kind, place, value in changes:
        places = list(_places(data))
        if not places:
            return deepcopy(value)
        holder, key = places[place % len(places)]
        value = deepcopy(value)  # what one example holds, no other changes
        match kind:
            case "drop":
                del holder[key]
            case "key" if isinstance(holder, dict):
                holder[str(value)] = holder.pop(key)
            case "twice" if isinstance(holder, list):
                holder.append(holder[key])
            case _:
                holder[key] = value
    return data


def _places(data: Any) -> Iterable[tuple[Any, Any]]:
    """Every place in the data: what holds it, and by which key."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield data, key
            yield from _places(value)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield data, number
            yield from _places(value)


def fuzz(
    read: Read,
    seeds: Iterable[bytes],
    seconds: float,
    *,
    declared: tuple[type[Exception], ...] = (ChangqingError,),
    slowest: float = SLOWEST,
    few: int = FEW,
) -> None:
    """Read the seeds, and what becomes of them by edits, for so many seconds.

    `few` is how many examples the suite reads, less where one takes long.
    """
    whole = list(seeds)
    _run(
        st.builds(lambda at, edits: edited(whole[at], edits), _indices(whole), _EDITS)
        | st.binary(max_size=200),
        read,
        whole,
        seconds,
        declared,
        slowest,
        few,
    )


def fuzz_json(
    read: Callable[[Any], object],
    seeds: Iterable[Any],
    seconds: float,
    *,
    declared: tuple[type[Exception], ...] = (ChangqingError,),
    slowest: float = SLOWEST,
    few: int = FEW,
) -> None:
    """As `fuzz`, for data that was read already: its values are changed, not bytes."""
    whole = list(seeds)
    strategy = st.builds(
        lambda at, changes: changed(whole[at], changes), _indices(whole), _CHANGES
    )
    _run(strategy, read, whole, seconds, declared, slowest, few)


def _indices(whole: Sequence[Any]) -> st.SearchStrategy[int]:
    return st.integers(min_value=0, max_value=len(whole) - 1)


def _run(
    strategy: st.SearchStrategy[Any],
    read: Callable[[Any], object],
    whole: Sequence[Any],
    seconds: float,
    declared: tuple[type[Exception], ...],
    slowest: float,
    few: int,
) -> None:
    def once(content: Any) -> None:
        gc.disable()  # garbage of others is not this example's time
        began = time.process_time()
        try:
            read(content)
        except declared:
            pass
        except BaseException:
            note(f"{repr(content)[:2000]}")
            raise
        finally:
            spent = time.process_time() - began
            gc.enable()
        if spent >= slowest:
            note(f"{repr(content)[:2000]}")
        assert spent < slowest, f"took {spent:.1f} s"

    for seed in whole:  # loads what reading needs; a seed is well formed
        read(seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ends = time.monotonic() + seconds

    @settings(
        max_examples=few,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(content=strategy)
    def some(content: Any) -> None:
        once(content)

    some()
    while time.monotonic() < ends:
        some()
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    assert added < _MOST_MEMORY, f"{added >> 20} MB more than before"
