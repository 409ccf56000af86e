"""The list of evidence at the end of a report: each source once, with what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from changqing.report.model import EvidenceView
from changqing.report.sources import say_place
from changqing.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One record, and the place in its source where it stands.

    `about` is whom it is about; empty where that is the paper itself.
    """

    item: EvidenceView
    place: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceGroup:
    """Records of one source that follow one another, its name and digest said once."""

    source: str
    digest: str | None
    rows: tuple[EvidenceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLists:
    """The records that a report points to, and those that decide nothing in it."""

    cited: tuple[EvidenceGroup, ...]
    others: tuple[EvidenceGroup, ...]

    @property
    def count(self) -> int:
        """How many decide nothing."""
        return sum(len(group.rows) for group in self.others)


def list_evidence(
    items: Iterable[EvidenceView], cited: Set[str], language: Language
) -> EvidenceLists:
    """Part the records by whether their number is among `cited`, and group both."""
    pointed_to: list[EvidenceView] = []
    others: list[EvidenceView] = []
    for item in items:
        (pointed_to if item.number in cited else others).append(item)
    return EvidenceLists(
        cited=tuple(_group_by_source(pointed_to, language)),
        others=tuple(_group_by_source(others, language)),
    )


def _split_source(item: EvidenceView, language: Language) -> tuple[str, str]:
    """The name of a source, and the place in it: 材料：《营业执照》 and 第1条."""
    source, place = item.source.say(language), say_place(item.place)
    for joint in ("，", ", "):
        if place and source.endswith(joint + place):
            return source.removesuffix(joint + place), place
    return source, "" if place in source else place


def _group_by_source(
    items: Iterable[EvidenceView], language: Language
) -> Iterator[EvidenceGroup]:
    """Put what one source says under it, sources in the order of their first number."""
    rows: dict[tuple[str, str | None], list[EvidenceRow]] = {}
    for item in items:
        source, place = _split_source(item, language)
        whom = None if item.subject is None else item.subject.name
        about = "" if whom is None else whom.say(language)
        about = "" if about and about in source else about
        row = EvidenceRow(item=item, place=place, about=about)
        rows.setdefault((source, item.digest), []).append(row)
    for (source, digest), members in rows.items():
        yield EvidenceGroup(source=source, digest=digest, rows=tuple(members))
