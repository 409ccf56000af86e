"""Compose documents of which the applicant has copies of its own, in a child process.

A template is a program: a loop in it can run for days, and one line can ask for all the
memory there is. Ours do neither; what somebody edited runs within `LIMITS`.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import pickle
import time
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
from changqing.errors import CaseError, GivenUpError
from changqing.judge.model import Assessment, Situation
from changqing.latest import Latest
from changqing.law.documents import load_documents
from changqing.law.model import Catalogue
from changqing.outlook.endurance import Endurance
from changqing.plainfile import read_plain
from changqing.sandbox.pool import Limits, get_shared_pool

LIMITS: Final = Limits(seconds=10, processor=4, memory=768 << 20, output=0)
_MOST: Final = 3  # cases whose facts stay ready, here and in the child
_PAUSES: Final = {"processor": 600.0, "memory": 600.0, "time": 60.0}
"""Seconds for which copies that went beyond a limit are not tried again, by reason.

What took all its processor time or memory would do so again. Time may have run out
because others were busy; a child that died, or none free, says nothing of the copies.
"""


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
class _Refusal:
    """Why copies were given up, and until when that is not tried again."""

    error: GivenUpError
    until: float  # of the monotonic clock


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """Facts as they travel; `key` names them to a child that has them already."""

    facts: Facts
    key: str
    content: bytes


_packed: OrderedDict[tuple[object, ...], _Packed] = OrderedDict()
_unpacked: OrderedDict[str, Facts] = OrderedDict()
_given_up: Final[Latest[tuple[object, ...], _Refusal]] = Latest(most=64)
_lock = Lock()
_numbers = itertools.count()


def has_own_copies(folder: Path) -> bool:
    """Tell whether the folder of a case holds text that somebody may have edited."""
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
    pause in typing: they are sent once. Raises GivenUpError when a limit is reached,
    and at once where the same copies of the same case reached it a while ago: a page
    and its parts ask for the documents several times over, in both editions.
    """
    name = _name_copies(facts, edition, inserts)
    refusal = None if name is None else _given_up.find(name)
    if refusal is not None and time.monotonic() < refusal.until:
        raise GivenUpError(*refusal.error.issues, reason=refusal.error.reason)
    try:
        return _compose_within_limits(
            facts, only=only, inserts=inserts, edition=edition, words=words
        )
    except GivenUpError as error:
        pause = _PAUSES.get(error.reason)
        if name is not None and pause is not None:
            refusal = _Refusal(error=error, until=time.monotonic() + pause)
            _given_up.keep(name, refusal)
        raise


def _name_copies(
    facts: Facts, edition: DocumentEdition, inserts: Mapping[str, str]
) -> tuple[object, ...] | None:
    """Name the copies that an edition runs by their bytes, with what they are written
    from.

    None where one cannot be read: composing says what is wrong with it.
    """
    left_out = (
        {template.id for template in load_documents().values() if template.internal}
        if edition is DocumentEdition.CLEAN
        else set[str]()
    )
    digest = hashlib.sha256()
    try:
        for path in sorted((facts.case.path / OWN_FOLDER).glob("*.md")):
            if path.stem in left_out:
                continue
            content = read_plain(path, inside=facts.case.path)
            digest.update(f"{path.name}\n{len(content)}\n".encode())
            digest.update(content)
    except (CaseError, OSError):
        return None
    digest.update(repr(sorted(inserts.items())).encode())
    as_of, rules = facts.situation.as_of, facts.catalogue.digest
    return (digest.digest(), facts.case.digest, as_of, rules, LIMITS)


def _compose_within_limits(
    facts: Facts,
    *,
    only: frozenset[str],
    inserts: Mapping[str, str],
    edition: DocumentEdition,
    words: Mapping[str, Sequence[WordBlock]],
) -> tuple[Document, ...]:
    packed = _pack_facts(facts)
    arguments = (packed.key, facts.case.path, only, dict(inserts), edition, dict(words))
    pool = get_shared_pool()
    composed = pool.run(LIMITS, _compose_in_child, None, *arguments)
    if composed is None:
        composed = pool.run(LIMITS, _compose_in_child, packed.content, *arguments)
    return composed or ()


def _pack_facts(facts: Facts) -> _Packed:
    """Pickle facts, or find them pickled: known by the very objects they consist of."""
    parts = (facts.situation, facts.assessment, facts.endurance, facts.catalogue)
    name = (facts.case.digest, *map(id, parts))
    with _lock:
        packed_facts = _packed.get(name)
        if packed_facts is None:
            packed_facts = _Packed(
                facts=facts,  # keeps the objects, and with them their ids
                key=f"{os.getpid()}-{next(_numbers)}",
                content=pickle.dumps(facts),
            )
            _packed[name] = packed_facts
            while len(_packed) > _MOST:
                _packed.popitem(last=False)
        return packed_facts


def _compose_in_child(
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
