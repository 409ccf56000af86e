"""Notices put together: one digest a person and a sending, by day; and how it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Final, Protocol

from changqing.notices.outbox import Notice
from changqing.text import Language, Text

_CUT: Final = Text(zh="……余下的见看板", en="… the rest is on the board")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one person is told at once; `notices` in the order of their days."""

    person: str
    on: date
    notices: tuple[Notice, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The notices told in it."""
        return tuple(notice.id for notice in self.notices)

    @property
    def title(self) -> Text:
        """How many things of how many cases."""
        count, cases = len(self.notices), len({n.case for n in self.notices})
        counted = "1 thing" if count == 1 else f"{count} things"
        of = "1 case" if cases == 1 else f"{cases} cases"
        return Text(
            zh=f"长青 {self.on}：{cases}个项目，{count}件事",
            en=f"Changqing {self.on}: {counted} in {of}",
        )

    def split(self, language: Language, most_bytes: int | None) -> tuple[Digest, ...]:
        """Split it into as many digests as it takes for each to fit.

        Only a single notice that is too long by itself still does not.
        """
        parts: list[Digest] = []
        for notice in self.notices:
            if parts:
                longer = replace(parts[-1], notices=(*parts[-1].notices, notice))
                if most_bytes is None or longer.measure_size(language) <= most_bytes:
                    parts[-1] = longer
                    continue
            parts.append(replace(self, notices=(notice,)))
        return tuple(parts)

    def measure_size(self, language: Language) -> int:
        """Count the bytes of its title and text."""
        return len(
            f"{self.title.say(language)}\n\n{self.format_text(language)}".encode()
        )

    def format_message(self, language: Language, most_bytes: int) -> str:
        """Format person, title and text as one message, for a group of readers."""
        head = f"{self.person} · {self.title.say(language)}\n\n"
        return head + self.format_text(
            language, most_bytes=most_bytes - len(head.encode())
        )

    def format_text(self, language: Language, *, most_bytes: int | None = None) -> str:
        """Format plain text by day and case.

        What does not fit is left out, and said so.
        """
        lines: list[str] = []
        for day, of_day in groupby(self.notices, key=lambda notice: notice.day):
            lines += [] if not lines else [""]
            lines.append(f"{day}" if day >= self.on else _say_passed(day).say(language))
            for notice in of_day:
                lines.append(f"· {notice.case}：{notice.title.say(language)}")
                if language is Language.EN:
                    lines[-1] = f"· {notice.case}: {notice.title.say(language)}"
                body = notice.body.say(language)
                lines += [f"  {line}" for line in body.splitlines()]
        return _fit_lines(lines, _CUT.say(language), most_bytes)


class Channel(Protocol):
    """A way to a person."""

    @property
    def name(self) -> str:
        """What the outbox knows it by."""
        ...

    @property
    def most_bytes(self) -> int | None:
        """How much one message may hold; None: as much as there is."""
        ...

    def send(self, digest: Digest) -> None:
        """Send, or raise NetError with the reason in both languages."""
        ...


def make_digests(notices: Iterable[Notice], on: date) -> tuple[Digest, ...]:
    """Make one digest a person, in the order of names."""
    ordered = sorted(notices, key=lambda n: (n.person, n.day, n.case, n.kind, n.id))
    return tuple(
        Digest(person=person, on=on, notices=tuple(of_person))
        for person, of_person in groupby(ordered, key=lambda notice: notice.person)
    )


def _say_passed(day: date) -> Text:
    return Text(zh=f"{day}（已过）", en=f"{day} (passed)")


def _fit_lines(lines: list[str], cut: str, most_bytes: int | None) -> str:
    text = "\n".join(lines)
    if most_bytes is None or len(text.encode()) <= most_bytes:
        return text
    room = most_bytes - len(cut.encode()) - 1
    fitting: list[str] = []
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        fitting.append(line)
    return "\n".join([*fitting, cut])
