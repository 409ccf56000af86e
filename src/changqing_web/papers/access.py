"""Who got to see a paper about a person: noted before its bytes are given out.

Nothing here changes or removes a line, and no page or operation of the API does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from changqing.casework.events import Journal
from changqing.casework.personal import PersonalPaper, find_personal
from changqing.text import Text
from changqing_web.index import catalogue
from changqing_web.models import Link, PaperAccess
from changqing_web.walls import Here

WAYS: Final = {
    PaperAccess.Way.VIEW: Text(zh="在页面查看", en="looked at on the page"),
    PaperAccess.Way.DOWNLOAD: Text(zh="下载", en="downloaded"),
    PaperAccess.Way.FOLDER: Text(
        zh="随项目文件夹一起导出", en="taken with the whole folder"
    ),
    PaperAccess.Way.BUNDLE: Text(zh="在含个人材料的封存包里", en="in a bundle"),
}
_VIA: Final = {
    "": Text(zh="登录", en="signed in"),
    Link.Purpose.TOKEN: Text(zh="接口令牌", en="API token"),
    Link.Purpose.REVIEW: Text(zh="审阅链接", en="review link"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPaper:
    """One file of a paper about a person that is given out."""

    paper: str
    kind: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLine:
    """One access as pages show it."""

    access: PaperAccess
    paper: Text
    way: Text
    via: Text


def note_access(here: Here, way: PaperAccess.Way, papers: Iterable[GivenPaper]) -> None:
    """Note that the person who is here gets these files."""
    link, now = here.link, timezone.now()
    PaperAccess.objects.bulk_create(
        [
            PaperAccess(
                workspace=here.workspace,
                case=here.row.folder,
                paper=paper.paper[:120],
                kind=paper.kind,
                digest=paper.digest,
                way=way,
                at=now,
                actor=here.name,
                link=None if link is None else link.pk,
                via="" if link is None else link.purpose,
                label="" if link is None else link.label,
            )
            for paper in papers
        ],
        batch_size=500,
    )


def list_personal_files(here: Here, *, copies: bool) -> list[GivenPaper]:
    """List every file of papers about persons in the case, with its digest.

    With `copies` also those that were handed in and kept beside the casework.
    """
    papers = find_personal(catalogue(), here.folder)
    given_papers = [
        GivenPaper(paper=paper.id, kind=paper.kind, digest=digest)
        for paper in papers
        for name in paper.files
        if (digest := compute_file_digest(here.folder / name))
    ]
    if copies:
        given_papers += _list_handed_in(here.folder, papers)
    return list(dict.fromkeys(given_papers))


def _list_handed_in(
    folder: Path, papers: Sequence[PersonalPaper]
) -> Iterable[GivenPaper]:
    kinds = {personal_paper.id: personal_paper.kind for personal_paper in papers}
    journal = Journal(folder)
    for event in journal.list_entries():
        for paper, digest in event.papers.items():
            if paper in kinds and journal.find_handed_in_path(digest).is_file():
                yield GivenPaper(paper=paper, kind=kinds[paper], digest=digest)


def compute_file_digest(path: Path) -> str:
    """Compute the SHA-256 of a file; empty where there is none to read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def list_accesses(here: Here) -> QuerySet[PaperAccess]:
    """List the accesses of the case, or of the whole workspace, newest first."""
    every = PaperAccess.objects.filter(workspace=here.workspace)
    return every if here.case is None else every.filter(case=here.row.folder)


def format_accesses(accesses: Iterable[PaperAccess]) -> list[AccessLine]:
    """Say accesses in words."""
    materials = catalogue().materials
    return [
        AccessLine(
            access=access,
            paper=materials[access.kind].label
            if access.kind in materials
            else Text(access.paper, access.paper),
            way=WAYS[PaperAccess.Way(access.way)],
            via=_VIA.get(access.via, Text(access.via, access.via)),
        )
        for access in accesses
    ]
