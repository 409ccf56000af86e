"""What was promised in the plans, beside what was seen since, at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from changqing.cli.sheet import Sheet

if TYPE_CHECKING:
    from changqing.casework.annual_data import PromiseData

_STYLES: Final = {"kept": "green", "broken": "red", "recorded": "yellow"}


def show_promises(sheet: Sheet, promises: Sequence[PromiseData]) -> None:
    """Print a line a promise: since when, what was seen, and which record is due."""
    t = sheet.t
    if promises:
        sheet.print_heading(t("说了什么，做到没有", "What was promised, and kept"))
    for promise in promises:
        sheet.print_title(
            promise["promised"],
            "",
            right=(promise["state_name"], _STYLES.get(promise["state"], "bold")),
        )
        since, document = promise["since"], promise["document"]
        on = promise["on"]
        when = "" if on is None else t(f"（{on}）", f" ({on})")
        sheet.print_line(
            t(
                f"自{since}起（{document}）；{promise['seen']}{when}",
                f"since {since} ({document}); {promise['seen']}{when}",
            ),
            indent=2,
        )
        if promise["due"]:
            record, due = promise["asks_for"], promise["due"]
            over = t("，已过", ", passed") if promise["overdue"] else ""
            sheet.print_line(
                t(
                    f"要交：{record}，{due}前{over}",
                    f"to supply: {record} by {due}{over}",
                ),
                indent=2,
                style="red" if promise["overdue"] else "dim",
            )
