"""Where a value comes from, in words that a reader can follow."""

from __future__ import annotations

from collections.abc import Mapping

from changqing.case.subjects import Subject
from changqing.evidence.model import Record, SourceKind
from changqing.text import Text


def say_source(record: Record, labels: Mapping[Subject, Text]) -> Text:
    """Name the paper, else the kind of source and its place."""
    source = record.source
    words = source.kind.text
    if source.kind is SourceKind.FORM:
        return words
    label = labels.get(Subject("paper", source.name))
    if label is not None:
        place = f" {source.place}" if source.place else ""
        return Text(zh=label.zh + place, en=label.en + place)
    place = source.place or source.name
    return Text(zh=f"{words.zh}：{place}", en=f"{words.en}: {place}")
