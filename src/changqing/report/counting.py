"""Counting findings: what holds, what blocks, what waits for proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from changqing.judge.model import Aim
from changqing.report import words
from changqing.report.reading import Reading
from changqing.text import Text

CLAIMED_HOLDS = ("met", "unproven", "contradicted")
CLAIMED_FAILS = ("undetermined", "unmet")
_AIMS = frozenset(Aim)
_BLOCKING_VERDICTS = ("contradicted", "unmet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many criteria hold as claimed, how many are proven, out of how many."""

    claimed: int
    proven: int
    total: int

    @property
    def apart(self) -> int:
        """The distance: what is claimed and not proven."""
        return max(0, self.claimed - self.proven)

    @classmethod
    def of(cls, counted: Reading, verdicts: Iterable[str]) -> Tally:
        """The figures as `counted`; where a figure is missing, from the verdicts."""
        seen = Counter(verdicts)
        claimed = sum(seen[verdict] for verdict in CLAIMED_HOLDS)
        total = claimed + sum(seen[verdict] for verdict in CLAIMED_FAILS)
        given = (counted.number(key) for key in ("claimed", "proven", "total"))
        figures = zip(given, (claimed, seen["met"], total), strict=True)
        claimed, proven, total = (b if a is None else a for a, b in figures)
        return cls(claimed=claimed, proven=proven, total=total)


def asked(findings: Iterable[Reading]) -> list[Reading]:
    """Without those that licence, scope, region or stage rule out for everybody."""
    return [finding for finding in findings if finding.data.get("asked") is not False]


def blocking(findings: Iterable[Reading]) -> list[Reading]:
    """The findings that decide against the first sentence, contradictions first."""
    blocks = [
        finding
        for finding in findings
        if finding.truth("required") and finding.code("verdict") in _BLOCKING_VERDICTS
    ]
    return sorted(blocks, key=urgency)


def awaited(findings: Iterable[Reading]) -> int:
    """How many of what the first sentence rests on still lack proof."""
    return sum(
        finding.truth("required") is True
        and finding.code("verdict") in ("undetermined", "unproven")
        for finding in findings
    )


def unnamed_cautions(read: Reading) -> list[Reading]:
    """The cautions that stand neither among what blocks nor among the doubts."""
    named = {
        _point(each)
        for each in (
            *blocking(read.parts("findings")),
            *read.part("long_term").parts("doubts"),
        )
    }
    return [each for each in read.parts("cautions") if _point(each) not in named]


def _point(each: Reading) -> tuple[str, str, str]:
    subject = each.part("subject")
    return each.code("criterion"), subject.code("type"), subject.code("id")


def errand_groups(read: Reading) -> list[tuple[Text, list[Reading]]]:
    """The errands that are needed, by aim; then those that are only advised."""
    licensed = bool(read.code("compliance"))
    by_aim: dict[Aim, list[Reading]] = {aim: [] for aim in Aim}
    advised = []
    for errand in read.parts("errands"):
        if errand.truth("required") is False:
            advised.append(errand)
        else:
            aim = errand.code("aim")
            by_aim[Aim(aim) if aim in _AIMS else Aim.ACT].append(errand)
    found = [
        (aim.text if licensed else _before_handing_in(aim), each)
        for aim, each in by_aim.items()
    ]
    beside = words.NOT_NEEDED[licensed]
    found.append((Text(f"{beside.zh}的", f"Errands that {beside.en}"), advised))
    return [
        (title, sorted(group, key=lambda errand: errand.code("start") or "9"))
        for title, group in found
        if group
    ]


def _before_handing_in(aim: Aim) -> Text:
    return Text(f"递交前{aim.text.zh}", f"Before handing in: {aim.text.en.lower()}")


def urgency(finding: Reading) -> int:
    """Where a finding stands in the order of every list."""
    verdicts = list(words.VERDICTS)
    verdict = finding.code("verdict")
    return verdicts.index(verdict) if verdict in verdicts else len(verdicts)


def verdicts(findings: Iterable[Reading]) -> list[str]:
    """The verdicts alone."""
    return [finding.code("verdict") for finding in findings]


def key_points_missing(read: Reading) -> list[tuple[str, list[Reading]]]:
    """The key points not shown, under a title for each route, the gravest first."""
    points = read.part("long_term").parts("open")
    found = []
    for code, route in words.ROUTES.items():
        missing = [point for point in points if point.code("route") == code]
        if missing:
            title = Text(
                f"凭{route.zh}，关键点还缺{len(missing)}项",
                f"By {route.en}, key points still to be proven: {len(missing)}",
            )
            found.append((title.say(read.language), sorted(missing, key=urgency)))
    return found
