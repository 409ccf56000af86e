"""What a newer program made of a case that an earlier one had assessed.

Once what was typed beside a paper proved as much as the paper; now it proves nothing
until it is read there. The first assessment by the newer rule may come to another state
with nothing changed in the world: the summary of the case keeps that it was so, until
the state changes again. Nobody is alerted of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from changqing.casework.files import read_summary
from changqing.jsondata import Json, JsonObject
from changqing.report.words import LONG_TERM, name_state
from changqing.text import Text

GRADING: Final = 2
"""By which rule a summary was made: 2, a paper proves what was read in it.

Summaries of before, by which it proved what was typed beside it, do not say.
"""
_STATES: Final = ("readiness", "compliance", "long_term")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeTurn:
    """How the state of a case turned on the day of its first assessment since.

    `before` and `after` are the two sentences, by code.
    """

    on: date
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]

    @property
    def text(self) -> Text:
        """What turned, and that the world did not."""
        old, new = _name_states(self.before), _name_states(self.after)
        return Text(
            zh=f"程序更新后按新规则重判（{self.on}）：由“{old.zh}”变为“{new.zh}”。"
            "填在材料旁、没有在材料里读到的值改算未核对；变的是规则，不是公司的情况。"
            "读取材料后再评估。",
            en=f"Judged again by the rules of a newer program ({self.on}): from "
            f"“{old.en}” to “{new.en}”. Values typed beside a paper and not read in it "
            "count as not checked now; the rules changed, not the company. Read the "
            "papers and assess again.",
        )

    def encode(self) -> dict[str, Json]:
        """Write it as plain JSON, for a summary."""
        return {
            "on": self.on.isoformat(),
            "before": dict(self.before),
            "after": dict(self.after),
        }


def _name_states(states: Mapping[str, str | None]) -> Text:
    first = name_state(states["readiness"], states["compliance"])
    parts = [first, LONG_TERM.get(states["long_term"] or "")]
    texts = [part for part in parts if part is not None]
    return Text(
        zh="，".join(part.zh for part in texts), en=", ".join(part.en for part in texts)
    )


def select_states(summary: JsonObject) -> dict[str, str | None]:
    """Select the two sentences of a summary, by code."""
    codes = {name: summary.get(name) for name in _STATES}
    return {name: None if code is None else str(code) for name, code in codes.items()}


def find_turn(
    before: JsonObject,
    after: JsonObject,
    *,
    on: date,
    unread: bool,
) -> UpgradeTurn | None:
    """Find whether the newer rule turned the state of a case, now or before.

    `before` is the summary that stood there, `after` the new one; `unread` whether
    anything typed from its papers was not read in them. None where it did not, or where
    the state has changed since.
    """
    states = select_states(after)
    if before.get("grading") == GRADING:
        turn_before = decode_turn(before.get("upgrade"))
        return (
            turn_before
            if turn_before is not None and turn_before.after == states
            else None
        )
    old = select_states(before)
    if not unread or not any(old.values()) or old == states:
        return None
    return UpgradeTurn(on=on, before=old, after=states)


def decode_turn(written: object) -> UpgradeTurn | None:
    """Make what `encode` wrote; None for anything else."""
    if not isinstance(written, dict):
        return None
    try:
        return UpgradeTurn(
            on=date.fromisoformat(str(written["on"])),
            before=select_states(written["before"]),
            after=select_states(written["after"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def find_upgrade(folder: Path) -> UpgradeTurn | None:
    """Find what a newer program turned in a case, while its state is what it made."""
    return decode_turn(read_summary(folder).get("upgrade"))
