"""Papers about persons: which a case holds, the day they go, and how they go.

`delete_personal_on` in `case.yaml` is the day from which no paper about a person is
kept. `erase_due` keeps it; whoever schedules work calls that once a day or oftener.
`erase_papers` erases some before. Both write down first what is to go, so that after a
crash the next call ends what was begun.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Final

from changqing.case import edit
from changqing.case.folder import CASE_FILE
from changqing.case.folder import EVIDENCE_FOLDER as EVIDENCE
from changqing.case.read_set_aside import SET_ASIDE
from changqing.case.set_aside import list_removals, list_set_aside
from changqing.case.values import NotAValueError, parse_date
from changqing.casework.erased import Erasure, note_erasure, read_erasures
from changqing.casework.events import Journal
from changqing.casework.files import FOLDER
from changqing.day import beijing_day
from changqing.disk import UNWRITTEN, Disk
from changqing.documents.made import remove_paper_copies
from changqing.errors import CaseError, Issue, TamperError, make_disk_issue
from changqing.evidence.ledger.erase import erase_paper, find_replaced_files
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.sync import record_changes
from changqing.jsondata import Json, JsonObject, read_list, read_object, read_text
from changqing.law.model import Catalogue
from changqing.papers.cache import forget_findings
from changqing.papers.keep_issuer_page import find_issuer_pages
from changqing.papers.open import open_case
from changqing.plainfile import read_plain
from changqing.text import Text
from changqing.yamlfile.plain import to_plain

FIELD: Final = "delete_personal_on"
_PLAN: Final = "erasing.json"
_NO_PAPERS: Final = frozenset(
    {CASE_FILE, FOLDER, EVIDENCE, "watch", "dossier", ".", "..", "/"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalPaper:
    """A paper about a person, by what the case calls it, its kind and its files.

    `file` is empty for one that the case lists no longer and of which files are left.
    `pages` are those that its issuer showed of it.
    """

    id: str
    kind: str
    file: str
    earlier: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that is or was this paper or tells of it, what counts first."""
        return (*filter(None, (self.file,)), *self.earlier, *self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ErasurePlan:
    """What is to go, as it is written down before anything goes."""

    at: datetime
    by: str
    due: bool
    papers: tuple[PersonalPaper, ...]

    def encode(self) -> bytes:
        """Write the plan as JSON."""
        plan: JsonObject = {
            "at": self.at.isoformat(timespec="seconds"),
            "by": self.by,
            "due": self.due,
            "papers": [
                {
                    "id": paper.id,
                    "kind": paper.kind,
                    "file": paper.file,
                    "earlier": paper.earlier,
                    "pages": paper.pages,
                }
                for paper in self.papers
            ],
        }
        return json.dumps(plan, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, data: bytes) -> _ErasurePlan:
        """Read the plan that `encode` wrote; ValueError, KeyError or TypeError else."""
        plan = read_object(json.loads(data))
        at = datetime.fromisoformat(read_text(plan["at"]))
        if at.tzinfo is None:
            raise ValueError(at)
        decoded = cls(
            at=at,
            by=read_text(plan["by"]),
            due=plan["due"] is True,
            papers=tuple(map(_decode_paper, read_list(plan["papers"]))),
        )
        decoded.encode()  # all of it can be written down
        return decoded


def _decode_paper(data: Json) -> PersonalPaper:
    """A paper of a plan; ValueError where it names what is no paper's file.

    A case folder may come from anybody, and a plan in it must erase nothing else.
    """
    fields = read_object(data)
    paper = PersonalPaper(
        id=read_text(fields["id"]),
        kind=read_text(fields["kind"]),
        file=read_text(fields["file"]),
        earlier=tuple(map(read_text, read_list(fields["earlier"]))),
        # A plan of before names none.
        pages=tuple(map(read_text, read_list(fields.get("pages", [])))),
    )
    parts = [PurePosixPath(name).parts for name in paper.files]
    strange = any(not part or part[0] in _NO_PAPERS for part in parts)
    if not paper.files or strange or "\x00" in "".join(paper.files):
        raise ValueError(paper.files)
    return paper


def is_personal(catalogue: Catalogue, kind: str) -> bool:
    """Tell whether papers of this kind are about a person, as the catalogue says."""
    material = catalogue.materials.get(kind)
    return material is not None and material.personal is not None


def find_listed_personal(
    catalogue: Catalogue, case_data: edit.CaseData
) -> tuple[PersonalPaper, ...]:
    """Find the papers about persons in `case.yaml`, without their earlier files."""
    return tuple(
        PersonalPaper(
            id=str(paper["id"]), kind=str(paper["kind"]), file=str(paper["file"])
        )
        for paper in case_data.list_items("papers")
        if {"id", "kind", "file"} <= paper.keys()
        and is_personal(catalogue, str(paper["kind"]))
    )


def find_personal(catalogue: Catalogue, folder: Path) -> tuple[PersonalPaper, ...]:
    """Find every paper about a person of which a case holds a file.

    Beside what `case.yaml` lists these are files that others took the place of, those
    of papers that were taken out of the list and not erased, and the pages that issuers
    showed of any of them.
    """
    case_data = edit.read(folder)
    files = {
        str(item.get("file"))
        for of in ("papers", "looks")
        for item in case_data.list_items(of)
    }
    beside = find_replaced_files(folder, listed=files)
    aside = list_set_aside(case_data)
    for listed in aside:
        name = str(listed.paper.get("id"))
        files_known = {*files, *beside.get(name, ())}
        if listed.file not in files_known and is_personal(catalogue, listed.kind):
            beside.setdefault(name, []).append(listed.file)
    pages = _find_pages(folder, case_data, listed=files)
    personal_papers = [
        PersonalPaper(
            id=paper.id,
            kind=paper.kind,
            file=paper.file,
            earlier=tuple(beside.pop(paper.id, ())),
            pages=tuple(pages.pop(paper.id, ())),
        )
        for paper in find_listed_personal(catalogue, case_data)
    ]
    others = {str(paper.get("id")) for paper in case_data.list_items("papers")}
    if names_left := [name for name in {**beside, **pages} if name not in others]:
        kinds = _find_recorded_kinds(folder)
        kinds |= {str(paper.paper.get("id")): paper.kind for paper in aside}
        personal_papers += [
            PersonalPaper(
                id=name,
                kind=kinds[name],
                file="",
                earlier=tuple(beside.get(name, ())),
                pages=tuple(pages.get(name, ())),
            )
            for name in names_left
            if is_personal(catalogue, kinds.get(name, ""))
        ]
    return tuple(personal_papers)


def _find_pages(
    folder: Path, case_data: edit.CaseData, *, listed: Container[str]
) -> dict[str, list[str]]:
    """Find by paper the pages that its issuer showed, the one that counts first.

    What `case.yaml` also names as a paper or a look, `listed`, is not among them; nor,
    of a paper that it names no longer, what another paper names as its own.
    """
    pages_kept = find_issuer_pages(folder)
    pages_named = _find_named_pages(case_data)
    papers = {str(paper.get("id")) for paper in case_data.list_items("papers")}
    pages_by_paper = {}
    for paper in {**pages_named, **pages_kept}:
        pages = dict.fromkeys((pages_named.get(paper), *pages_kept.get(paper, ())))
        pages_of_others = () if paper in papers else pages_named.values()
        pages_by_paper[paper] = [
            page
            for page in pages
            if page and page not in listed and page not in pages_of_others
        ]
    return {paper: pages for paper, pages in pages_by_paper.items() if pages}


def _find_named_pages(case_data: edit.CaseData) -> dict[str, str]:
    """Map each paper to the page of its issuer that `case.yaml` names beside it."""
    return {
        str(paper.get("id")): str(check["file"])
        for paper in case_data.list_items("papers")
        if isinstance(check := paper.get("issuer_checked"), Mapping)
        and check.get("file")
    }


def _find_recorded_kinds(folder: Path) -> dict[str, str]:
    """Map each paper that the log knows to its kind."""
    return {
        record.subject.id: str(record.value)
        for record in Evidence(folder).list_records()
        if record.subject.type == "paper"
        and record.fact == "kind"
        and record.value is not None
    }


def find_deletion_day(case_data: edit.CaseData) -> date | None:
    """Find the day from which the case keeps no papers about persons, if one is set."""
    day_typed = case_data.find_value((FIELD,))
    if day_typed is None:
        return None
    try:
        return parse_date(day_typed)
    except NotAValueError:
        return None  # whoever opens the case tells what is wrong with it


def set_deletion_day(folder: Path, day: date | None, *, catalogue: Catalogue) -> bool:
    """Set the day in `case.yaml`, or take it out; False where it stood so already.

    Raises CaseError when the file cannot be written or would not be valid.
    """
    case_data = edit.read(folder)
    if case_data.find_value((FIELD,)) == to_plain(day):
        return False
    change = edit.FieldChange(at=(FIELD,), value=day)
    edit.change(folder, [change], version=case_data.version, catalogue=catalogue)
    return True


def erase_due(
    folder: Path, *, catalogue: Catalogue, key: SigningKey, now: datetime, by: str
) -> tuple[Erasure, ...]:
    """Erase the papers about persons of a case whose day has come; none before it.

    What an earlier call began is ended first. Raises as `erase_papers`.
    """
    erasures = _resume_erasures(folder, catalogue, key)
    day = find_deletion_day(edit.read(folder))
    if day is None or beijing_day(now) < day:
        return erasures
    papers = find_personal(catalogue, folder)
    if not papers:
        return erasures
    return erasures + _begin_erasing(
        folder, papers, catalogue, key, now, by=by, due=True
    )


def erase_papers(
    folder: Path,
    names: Iterable[str],
    *,
    catalogue: Catalogue,
    key: SigningKey,
    now: datetime,
    by: str,
) -> tuple[Erasure, ...]:
    """Erase papers about persons now, by their ids.

    They leave the list of `case.yaml`; the log keeps the digests of what it said of
    them and verifies; their files go, and the copies kept of them as they were handed
    in. Raises CaseError where one is no paper about a person, or something cannot be
    written or removed (call again), TamperError where the log or the casework was
    changed.
    """
    erasures = _resume_erasures(folder, catalogue, key)
    by_id = {paper.id: paper for paper in find_personal(catalogue, folder)}
    names_asked = list(dict.fromkeys(names))
    if strange := [name for name in names_asked if name not in by_id]:
        raise CaseError(_make_unknown_paper_issue(strange, sorted(by_id)))
    papers = [by_id[name] for name in names_asked]
    return erasures + _begin_erasing(
        folder, papers, catalogue, key, now, by=by, due=False
    )


def is_erasure_under_way(folder: Path) -> bool:
    """Tell whether an erasure was begun and not ended."""
    return _plan_path(folder).exists()


def _begin_erasing(
    folder: Path,
    papers: Sequence[PersonalPaper],
    catalogue: Catalogue,
    key: SigningKey,
    now: datetime,
    *,
    by: str,
    due: bool,
) -> tuple[Erasure, ...]:
    pages_named = _find_named_pages(edit.read(folder))
    # A page may have been named beside several papers: it goes with the last of them.
    pages_kept = {
        page
        for name, page in pages_named.items()
        if name not in {personal_paper.id for personal_paper in papers}
    }
    plan = _ErasurePlan(
        at=now,
        by=by,
        due=due,
        papers=tuple(
            replace(paper, pages=tuple(p for p in paper.pages if p not in pages_kept))
            for paper in papers
        ),
    )
    disk = Disk(inside=folder)
    try:
        disk.make_folder(folder / FOLDER)
        disk.replace(_plan_path(folder), plan.encode())
    except OSError as error:
        raise _make_refusal(folder, error) from error
    return tuple(_carry_out(folder, plan, catalogue, key))


def _resume_erasures(
    folder: Path, catalogue: Catalogue, key: SigningKey
) -> tuple[Erasure, ...]:
    """End what an earlier call began."""
    path = _plan_path(folder)
    try:
        plan = _ErasurePlan.decode(read_plain(path, inside=folder))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CaseError(Issue(text=_NO_PLAN, path=str(path), hint=_REMOVE)) from error
    return tuple(_carry_out(folder, plan, catalogue, key))


def _carry_out(
    folder: Path, plan: _ErasurePlan, catalogue: Catalogue, key: SigningKey
) -> Iterator[Erasure]:
    at, papers = plan.at, plan.papers
    try:
        remove_paper_copies(folder)
    except OSError as error:
        raise _make_refusal(folder, error) from error
    _take_out(folder, papers, catalogue)
    _log_what_is_said(folder, catalogue, key, at)
    noted = {(erasure.paper, erasure.at) for erasure in read_erasures(folder)}
    for paper in papers:
        first, *earlier_files = paper.files
        entries = erase_paper(folder, key, paper.id, first, at, earlier=earlier_files)
        _forget_findings(folder)
        copies = Journal(folder).forget(paper.id)
        if (paper.id, at) in noted:
            continue
        erasure = Erasure(
            paper=paper.id,
            kind=paper.kind,
            at=at,
            by=plan.by,
            due=plan.due,
            entries=entries,
            files=len(paper.files),
            copies=copies,
        )
        note_erasure(folder, erasure)
        yield erasure
    _plan_path(folder).unlink(missing_ok=True)


def _forget_findings(folder: Path) -> None:
    """Remove what was found in papers; after their files, or it may be kept anew."""
    try:
        forget_findings(folder)
    except OSError as error:
        raise _make_refusal(folder, error) from error


def _take_out(
    folder: Path, papers: Sequence[PersonalPaper], catalogue: Catalogue
) -> None:
    """Take the papers out of the list, all at once, and what leans on one of them.

    A paper that came under the same id since is another one, and stays.
    """
    case_data = edit.read(folder)
    papers_gone = {
        paper.id
        for paper in papers
        if paper.file
        and case_data.find_value(("papers", paper.id, "file")) == paper.file
    }
    files = {file for paper in papers for file in paper.files}
    changes = list_removals(case_data, papers_gone) + [
        edit.FieldChange(at=(SET_ASIDE, listed.id), value=None)
        for listed in list_set_aside(case_data)
        if listed.file in files
    ]
    if not changes:
        return
    edit.change(folder, changes, version=case_data.version, catalogue=catalogue)


def _log_what_is_said(
    folder: Path, catalogue: Catalogue, key: SigningKey, now: datetime
) -> None:
    """Record what the case says without the papers.

    Where something else is wrong with the case, that is no reason to keep a paper.
    """
    try:
        case = open_case(folder, catalogue)
        with Store(folder, key) as store:
            record_changes(store, case, now)
    except TamperError:
        raise
    except CaseError:
        return


def _plan_path(folder: Path) -> Path:
    return folder / FOLDER / _PLAN


REACHED: Final = Text(
    zh="抹去的有：文件（连同换下的旧文件和保存的出具方页面）、证据日志中从它读出的内容、"
    "递交时留存的副本、项目里整套材料中的附件和zip。日志只留摘要和它关于什么，仍可复核。",
    en="What goes: the file, those it took the place of and the saved pages of its "
    "issuer, what the evidence log says that it says, the copies kept at handing in, "
    "and the attachments and zips of the dossier that stands in the case. The log "
    "keeps their digests and what they are about, and still verifies.",
)
NOT_REACHED: Final = (
    Text(
        zh="备份：程序够不到。此前做的备份里还有，请按备份的保存期处理。",
        en="Backups: out of reach. Those made before still hold it; let them run out.",
    ),
    Text(
        zh="已经下载、发出的文件、文件夹压缩包和含个人材料的封存包：请通知收到的人删除。",
        en="Files, zipped folders and bundles with personal papers that were "
        "downloaded or sent: ask whoever has them to delete them.",
    ),
    Text(
        zh="写到别处的整套材料（文件夹里的papers和zip里的附件）：是副本，请自己删除。",
        en="Whole dossiers written elsewhere (papers in the folder, 附件 in its zip): "
        "they are copies, delete them yourself.",
    ),
    Text(
        zh="项目里填写的人员和事实、申报文书和自改稿里写出的姓名号码、"
        "递交时留存的case.yaml和文书：不是材料，不随之删除。",
        en="People and facts as typed in the case, names and numbers written in "
        "documents of the dossier and own copies, and case.yaml and documents kept at "
        "handing in: they are no papers and stay.",
    ),
)
"""What erasing a paper does not reach, each said wherever it is offered or was done."""


def _make_unknown_paper_issue(strange: Sequence[str], ids: Sequence[str]) -> Issue:
    zh, en = "、".join(strange), ", ".join(strange)
    return Issue(
        text=Text(
            zh=f"没有叫{zh}的个人材料",
            en=f"there is no paper about a person named {en}",
        ),
        hint=Text(
            zh=f"有：{'、'.join(ids)}" if ids else "项目里没有个人材料",
            en=f"there are: {', '.join(ids)}" if ids else "the case holds none",
        ),
    )


_NO_PLAN: Final = Text(
    zh="上次抹去中断了，留下的清单读不出",
    en="an erasure was cut short, and the list it left cannot be read",
)
_REMOVE: Final = Text(
    zh="删除这个文件，再抹一次", en="remove this file and erase again"
)


def _make_refusal(folder: Path, error: OSError) -> CaseError:
    return CaseError(
        make_disk_issue(_plan_path(folder), error, UNWRITTEN, _NOTHING_ERASED)
    )


_NOTHING_ERASED: Final = Text(
    zh="检查磁盘空间和权限；什么也没有抹去",
    en="check disk space and permissions; nothing was erased",
)
