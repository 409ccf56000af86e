"""Compose documents of which the applicant has copies of its own, in a child process.

A template is a program: a loop in it can run for days, and one line can ask for all the
memory there is. Ours do neither; what somebody edited runs within `LIMITS`.
"""

from __future__ import annotations

import itertools
import os
import pickle
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Final

from changqing.case.model import Case
from changqing.documents.attachments import Attachments
from changqing.documents.compose import compose
from changqing.documents.document import Document, DocumentEdition
from changqing.documents.needed import OWN_FOLDER
from changqing.documents.word_read import WordBlock
from changqing.judge.model import Assessment, Situation
from changqing.law.model import Catalogue
from changqing.outlook.endurance import Endurance
from changqing.sandbox.pool import Limits, shared_pool

LIMITS: Final = Limits(seconds=10, processor=4, memory=768 << 20, output=0)
_MOST: Final = 3  # cases whose facts stay ready, here and in the child


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that documents are composed from, but for the folder of their copies."""

    case: Case
    situation: Situation
    assessment: Assessment
    endurance: Endurance
    catalogue: Catalogue
    attachments: Attachments


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """Facts as they travel; `key` names them to a child that has them already."""

    facts: Facts
    key: str
    content: bytes


_packed: OrderedDict[tuple[object, ...], _Packed] = OrderedDict()
_unpacked: OrderedDict[str, Facts] = OrderedDict()
_lock = Lock()
_numbers = itertools.count()


def has_own_copies(folder: Path) -> bool:
    """Whether the folder of a case holds text that somebody may have edited."""
    return any((folder / OWN_FOLDER).glob("*.md"))


def compose_apart(
    facts: Facts,
    *,
    only: frozenset[str],
    inserts: Mapping[str, str],
    edition: DocumentEdition,
    words: Mapping[str, Sequence[WordBlock]],
) -> tuple[Document, ...]:
    """Compose as `compose` does, within limits.

    The facts of a case are megabytes, and a preview asks for the same again with each
    pause in typing: they are sent once. Raises GivenUpError when a limit is reached.
    """
    packed = _pack(facts)
    asked = (packed.key, facts.case.path, only, dict(inserts), edition, dict(words))
    pool = shared_pool()
    composed = pool.run(LIMITS, _compose, None, *asked)
    if composed is None:
        composed = pool.run(LIMITS, _compose, packed.content, *asked)
    return composed or ()


def _pack(facts: Facts) -> _Packed:
    """Pickle facts, or find them pickled: known by the very objects they consist of."""
    parts = (facts.situation, facts.assessment, facts.endurance, facts.catalogue)
    name = (facts.case.digest, *map(id, parts))
    with _lock:
        found = _packed.get(name)
        if found is None:
            found = _Packed(
                facts=facts,  # keeps the objects, and with them their ids
                key=f"{os.getpid()}-{next(_numbers)}",
                content=pickle.dumps(facts),
            )
            _packed[name] = found
            while len(_packed) > _MOST:
                _packed.popitem(last=False)
        return found


def _compose(
    content: bytes | None,
    key: str,
    path: Path,
    only: frozenset[str],
    inserts: Mapping[str, str],
    edition: DocumentEdition,
    words: Mapping[str, Sequence[WordBlock]],
) -> tuple[Document, ...] | None:
    """In the child: compose, or give None where it does not have the facts."""
    if content is not None:
        _unpacked[key] = pickle.loads(content)  # noqa: S301 - packed by our parent
        while len(_unpacked) > _MOST:
            _unpacked.popitem(last=False)
    facts = _unpacked.get(key)
    if facts is None:
        return None
    return compose(
        replace(facts.case, path=path),
        facts.situation,
        facts.assessment,
        facts.endurance,
        facts.catalogue,
        facts.attachments,
        only=only,
        inserts=inserts,
        edition=edition,
        words=words,
    )
