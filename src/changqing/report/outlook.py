"""The outlook in the terminal: five parts, the finding first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Line

from changqing.report.reading import Reading
from changqing.text import Language

_WIDTH = 100


def print_outlook(
    assessment: Mapping[str, object], console: Console, language: Language
) -> None:
    """Print endurance, cadence, availability, runway and recent changes in turn."""
    read = Reading(assessment, language)
    printed = _Printed(console, language)
    name = read.part("case").code("name")
    as_of = read.code("as_of")[:10]
    printed.title(name + printed.t(f"　截至{as_of}", f"  as of {as_of}"), before=False)
    ahead = read.part("outlook")
    printed.endurance(ahead.part("endurance"), read.part("headline").say("endurance"))
    for key, zh, en in (
        ("cadence", "更新节奏", "Cadence"),
        ("availability", "在线率", "Availability"),
    ):
        for found in ahead.parts(key):
            service = found.part("service").say("label")
            printed.part(printed.t(f"{zh}　{service}", f"{en}  {service}"), found)
    printed.part(printed.t("资金能用多久", "Runway"), ahead.part("runway"))
    printed.changes(ahead.parts("recent_changes"))


class _Printed:
    """Lines on one console in one language."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self._language = language
        self._width = min(_WIDTH, console.width)

    def t(self, zh: str, en: str) -> str:
        return zh if self._language is Language.ZH else en

    def line(self, text: str, style: str = "", *, indent: int = 0) -> None:
        padded = Padding(Line(text, style), (0, 0, 0, indent), expand=False)
        self._console.print(padded, width=self._width, highlight=False)

    def title(self, text: str, *, before: bool = True) -> None:
        if before:
            self._console.print()
        self.line(text, "bold")

    def part(self, title: str, found: Reading) -> None:
        self.title(title)
        words = found.sayings("words")
        for place, text in enumerate(words):
            self.line(text, "dim" if place else "", indent=2)

    def endurance(self, found: Reading, headline: str) -> None:
        self.title(self.t("续航", "Endurance"))
        for words in (
            headline,
            found.say("coverage"),
            found.part("extend_first").say("text"),
        ):
            if words:
                self.line(words, indent=2)
        rows = list(self._ends(found))
        width = max((cell_len(label) for label, _ in rows), default=0)
        for label, until in rows:
            self.line(f"{label}{' ' * (width - cell_len(label))}  {until}", indent=4)

    def _ends(self, found: Reading) -> Iterator[tuple[str, str]]:
        for kind in ("commitments", "renewals"):
            for row in found.parts(kind):
                yield row.say("label"), self._until(row)

    def _until(self, row: Reading) -> str:
        until, claimed = row.code("proven_until"), row.code("claimed_until")
        early, late = row.code("early_until"), row.code("late_until")
        if until:
            if early and early != late:
                reach = late or self.t("用不完", "no end")
                until += self.t(f"（{early}至{reach}）", f" ({early} to {reach})")
            if row.truth("renews"):
                until += self.t(
                    "，写明自动续期，但不多计", ", renews by itself, not counted"
                )
            if times := row.number("renewed_times"):
                until += self.t(f"，已连续{times}次", f", {times} running")
            return until
        if row.truth("open_ended") and not row.truth("unknown"):
            said = row.say("endless") or self.t("无固定期限", "no fixed end")
            if early:
                said += self.t(f"（最早{early}）", f" ({early} at the earliest)")
            return said
        if claimed:
            return self.t(
                f"未知（自述至{claimed}，不计入）",
                f"unknown (claimed to {claimed}, not counted)",
            )
        return self.t("未知", "unknown")

    def changes(self, found: tuple[Reading, ...]) -> None:
        self.title(self.t("递交前的变化", "Changes shortly before"))
        if not found:
            self.line(
                self.t(
                    "按所列规则，没有看到近期变化。",
                    "By the rules there is no recent change on record.",
                ),
                indent=2,
            )
        for change in found:
            self.line(f"{change.code('on')}  {change.say('text')}", indent=2)
