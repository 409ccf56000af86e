"""What was made lately is found again, and only that."""

from __future__ import annotations

from changqing.latest import Latest


def test_what_nobody_asked_for_longest_goes_first() -> None:
    latest: Latest[str, int] = Latest(most=2)
    latest.keep("a", 1)
    latest.keep("b", 2)
    assert latest.find("a") == 1
    latest.keep("c", 3)
    assert latest.find("b") is None
    assert (latest.find("a"), latest.find("c")) == (1, 3)


def test_a_thing_is_made_once() -> None:
    latest: Latest[str, list[int]] = Latest(most=1)
    made = latest.find_or_make("a", list)
    assert latest.find_or_make("a", list) is made
    latest.keep("b", [])
    assert latest.find_or_make("a", list) is not made
