"""Clocks, actors and bounds in words."""

from __future__ import annotations

from typing import Final

from changqing.law.kinds.procedure import Bound, Clock, Days, Direction
from changqing.text import Text

_UNSET: Final = Text("没有规定天数", "no number is set")


def say_clock(
    clock: Clock, *, base: Text, long: Text | None = None, until: Text | None = None
) -> Text:
    """Say a clock in words: how `long` it runs from `base`, or `until` which day.

    `base` names the day the clock starts from. Neither `long` nor `until`, though the
    clock has an amount: no number is set.
    """
    if clock.amount is None:
        return _word_same_day(clock.bound, base)
    if until is not None:
        return _word_named_day(clock.bound, base, until)
    if long is None:
        return Text(f"从{base.zh}算，{_UNSET.zh}", f"from {base.en}: {_UNSET.en}")
    backwards = clock.direction is Direction.BEFORE
    words = (_word_span_before if backwards else _word_span_after)(
        clock.bound, base, long
    )
    if clock.days is Days.UNSTATED:
        return Text(
            f"{words.zh}（没有写明是不是工作日）",
            f"{words.en} (working days or not: not said)",
        )
    return words


def _word_same_day(bound: Bound, base: Text) -> Text:
    match bound:
        case Bound.LATEST:
            return Text(f"不晚于{base.zh}", f"no later than {base.en}")
        case Bound.EARLIEST:
            return Text(f"{base.zh}以后", f"not before {base.en}")
        case Bound.EXPECTED:
            return Text(f"{base.zh}当天", f"on {base.en}")


def _word_named_day(bound: Bound, base: Text, day: Text) -> Text:
    match bound:
        case Bound.LATEST:
            return Text(
                f"{base.zh}之后，不晚于{day.zh}", f"after {base.en}, by {day.en}"
            )
        case Bound.EARLIEST:
            return Text(
                f"{base.zh}之后，{day.zh}起", f"after {base.en}, from {day.en} on"
            )
        case Bound.EXPECTED:
            return Text(
                f"{base.zh}之后，{day.zh}前后", f"after {base.en}, about {day.en}"
            )


def _word_span_before(bound: Bound, base: Text, long: Text) -> Text:
    match bound:
        case Bound.LATEST:
            return Text(
                f"最晚在{base.zh}前{long.zh}",
                f"no later than {long.en} before {base.en}",
            )
        case Bound.EARLIEST:
            return Text(
                f"最早在{base.zh}前{long.zh}",
                f"no earlier than {long.en} before {base.en}",
            )
        case Bound.EXPECTED:
            return Text(f"{base.zh}前约{long.zh}", f"about {long.en} before {base.en}")


def _word_span_after(bound: Bound, base: Text, long: Text) -> Text:
    match bound:
        case Bound.LATEST:
            return Text(
                f"自{base.zh}起{long.zh}内", f"within {long.en} after {base.en}"
            )
        case Bound.EARLIEST:
            return Text(
                f"自{base.zh}起满{long.zh}以后", f"not before {long.en} after {base.en}"
            )
        case Bound.EXPECTED:
            return Text(f"自{base.zh}起约{long.zh}", f"about {long.en} after {base.en}")
