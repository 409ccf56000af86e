"""Another case of the same company: what is known and its papers come along.

A licence is one case, with a dossier, clocks and a decision of its own. Company,
people, sites, plans and papers are the same, so the second case begins with them; from
then on papers are brought over where they are wanted. Evidence is no part of it: what
the papers say is read again, and sites are looked at again, each for its own record.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange
from changqing.case.folder import CASE_FILE
from changqing.case.model import Case
from changqing.case.read import read_case
from changqing.case.read_set_aside import SET_ASIDE
from changqing.disk import UNWRITTEN
from changqing.errors import CaseError, Issue, make_disk_issue
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.plainfile import digest_plain, read_plain
from changqing.text import Text
from changqing.yamlfile.edit import UnusualYamlError, set_values
from changqing.yamlfile.plain import to_plain

_LISTS: Final = frozenset({"papers", "looks", SET_ASIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPaper:
    """A paper that another case of the company has and this one has not."""

    id: str
    kind: str
    file: str


def write_another_case(
    source: Path,
    target: Path,
    *,
    licence: str,
    scope: str | None = None,
    submit_on: date,
    catalogue: Catalogue,
) -> Case:
    """Write a case of the same company for another licence, with copies of its papers.

    Without `scope` that of the source is kept where the licence has it. Raises
    CaseError, and leaves nothing behind, where the source is for the same, `target` is
    there already, or a file cannot be read or written.
    """
    source_data = edit.read(source)
    application = source_data.data.get("application")
    application_data = dict(application) if isinstance(application, Mapping) else {}
    scopes = catalogue.licences[licence].scopes
    before = str(application_data.get("scope"))
    scope_wanted = scope or (before if before in scopes else scopes[0])
    if (application_data.get("licence"), before) == (licence, scope_wanted):
        raise CaseError(Issue(text=_SAME))
    if target.exists():
        raise CaseError(Issue(text=_THERE, path=str(target)))
    application_data |= {"licence": licence, "scope": scope_wanted, "stage": "apply"}
    application_data["submit_on"] = submit_on
    if scope_wanted != before:
        application_data.pop("coverage", None)
    draft = target.with_name(f".{target.name}.new")
    try:
        text = read_plain(source / CASE_FILE, inside=source).decode()
        for file in _list_files(source_data):
            _copy_file(source / file, draft / file, inside=source)
        (draft / "documents").mkdir(parents=True, exist_ok=True)
        values = [
            (("application",), application_data),
            ((SET_ASIDE,), None),
            (("as_of",), None),
            # That list was complete for the other licence.
            (("closed", "papers"), None),
        ]
        changes = [
            value
            for value in values
            if value[1] is not None or source_data.find_value(value[0])
        ]
        (draft / CASE_FILE).write_text(set_values(text, changes, lists=_LISTS), "utf-8")
        read_case(draft, catalogue).accept(())
        draft.rename(target)
    except (OSError, UnusualYamlError) as error:
        raise _make_refusal(target, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return read_case(target, catalogue).accept(())


def list_other_papers(source: Path, here: Path) -> list[OtherPaper]:
    """List the papers of another case of which this one has not the same bytes."""
    mine = {
        _compute_digest(here, str(paper.get("file")))
        for paper in edit.read(here).list_items("papers")
    }
    return [
        OtherPaper(
            id=str(paper.get("id")),
            kind=str(paper.get("kind")),
            file=str(paper.get("file")),
        )
        for paper in edit.read(source).list_items("papers")
        if (digest := _compute_digest(source, str(paper.get("file"))))
        and digest not in mine
    ]


def bring_paper(source: Path, here: Path, paper: str, *, catalogue: Catalogue) -> str:
    """List here a paper of another case as it stands there; gives the id it has here.

    It was received when it was received there: bringing it over makes it no fresher.
    """
    item = edit.read(source).find_value(("papers", paper))
    if not isinstance(item, dict):
        raise CaseError(Issue(text=_GONE))
    case_data, kind = edit.read(here), str(item.get("kind"))
    name = edit.find_free_id(case_data, "papers", str(item.get("id")))
    file = _find_free_file(here, str(item.get("file")))
    try:
        _copy_file(source / str(item.get("file")), here / file, inside=source)
        new = {**item, "id": name, "file": file}
        new.pop("issuer_checked", None)
        changes = [FieldChange(at=("papers", name), value=to_plain(new))]
        changes += [
            edit.say_without(case_data, "absent", absent_kind, since=None)
            for absent_kind in edit.find_absences(case_data, "absent")
            if kind in list_kinds_for(catalogue, absent_kind)
        ]
        edit.change(here, changes, version=case_data.version, catalogue=catalogue)
    except OSError as error:
        (here / file).unlink(missing_ok=True)
        raise _make_refusal(here / file, error) from error
    except BaseException:
        (here / file).unlink(missing_ok=True)
        raise
    return name


def _list_files(case_data: CaseData) -> Iterator[str]:
    files: dict[str, None] = {}
    for listed in ("papers", "looks"):
        for item in case_data.list_items(listed):
            files[str(item.get("file"))] = None
            check = item.get("issuer_checked")
            if isinstance(check, Mapping) and check.get("file"):
                files[str(check["file"])] = None
    yield from files


def _copy_file(source: Path, target: Path, *, inside: Path) -> None:
    content = read_plain(source, inside=inside)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as stream:
        stream.write(content)
    target.chmod(0o600)


def _compute_digest(folder: Path, file: str) -> str:
    try:
        return digest_plain(folder / file, inside=folder)
    except (CaseError, OSError):
        return ""


def _find_free_file(folder: Path, preferred: str) -> str:
    path, number, name = Path(preferred), 1, preferred
    while (folder / name).exists():
        number += 1
        name = path.with_name(f"{path.stem}-{number}{path.suffix}").as_posix()
    return name


def _make_refusal(path: Path, error: Exception) -> CaseError:
    if isinstance(error, OSError):
        return CaseError(make_disk_issue(str(path), error, UNWRITTEN, _AS_BEFORE))
    return CaseError(Issue(text=_UNUSUAL, path=CASE_FILE))


_SAME: Final = Text(
    zh="这个项目办的就是这种许可证", en="this case is for that very licence"
)
_THERE: Final = Text(zh="已经有了，没有动它", en="is there already and was left alone")
_GONE: Final = Text(zh="那份材料已经不在了", en="that paper is not there any more")
_AS_BEFORE: Final = Text(
    zh="检查磁盘空间和权限；什么也没有留下",
    en="check disk space and permissions; nothing was left behind",
)
_UNUSUAL: Final = Text(
    zh="case.yaml的写法特殊，照着写不出另一份",
    en="case.yaml is written in a way of its own, and cannot be written again",
)
