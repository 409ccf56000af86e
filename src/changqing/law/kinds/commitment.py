"""Commitments: what the service rests on, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from changqing.law.entry import YamlEntry
from changqing.law.kit import BothLanguages, Id, SubjectName
from changqing.yamlfile.values import Count, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment(YamlEntry):
    """`commitments/<id>.yaml`: one thing, and the facts that say until when.

    `until` is a date fact; `open_ended` a boolean one: it has no end, which is said as
    `endless`; `renews` another: it goes on by itself unless given up. `detail` is a
    text fact shown beside the label. `grace_days` after the end of a renewal its
    successor usually shows. `only` is the kind of subject that rests on it; None: any.
    `when_known`: of a subject of which nobody has said an end, none is asked for.
    """

    id: Id
    label: BothLanguages
    subject: SubjectName
    until: Words
    kind: Literal["commitment", "renewal"]
    open_ended: Words | None = None
    endless: BothLanguages | None = None
    renews: Words | None = None
    detail: Words | None = None
    grace_days: Count = 0
    only: Words | None = None
    when_known: bool = False
