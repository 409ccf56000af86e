"""Papers as people send them: checked, kept whole, listed in the case; or refused."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest
from django.utils import timezone

from changqing.case import edit
from changqing.case.edit import CaseData
from changqing.case.values import NotAValueError, parse_date
from changqing.disk import Disk
from changqing.errors import CaseError, ChangqingError
from changqing.jsondata import JsonObject
from changqing.plainfile import open_plain
from changqing.text import Text, both
from changqing.yamlfile.plain import Writable
from changqing_web.errors import list_issues
from changqing_web.facts.fact_field import say_mistake
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.limits import is_over_limit
from changqing_web.papers import intake
from changqing_web.record import add_case_event
from changqing_web.walls import Here

MOST: Final = 120  # files
WITHIN: Final = 600  # seconds
TOO_MANY: Final = Text(
    zh="上传太频繁，十分钟后再试。已传的文件没有丢失。",
    en="Too many uploads; try again in ten minutes. Nothing sent is lost.",
)
TYPED: Final = ("kind", "issued_on", "valid_until", "replaces")
"""What is typed beside a file."""
_DAYS: Final = ("issued_on", "valid_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPaper:
    """A paper that was taken in: its id and kind, and the file as it lies there."""

    paper: str
    kind: str
    taken: intake.Taken
    before: JsonObject | None
    """What the case file said of the paper whose place it took."""

    @property
    def replaced(self) -> str | None:
        """The file whose place it took."""
        return None if self.before is None else str(self.before.get("file"))

    @property
    def said(self) -> Text:
        """That it was taken, and under which digest."""
        label = catalogue().materials[self.kind].label
        digest = self.taken.digest[:12]
        return Text(
            zh=f"已收《{label.zh}》，摘要{digest}",
            en=f"{label.en} taken, digest {digest}",
        )


@contextmanager
def keep_on_disk(file: UploadedFile[Any]) -> Iterator[Path]:
    """Keep an uploaded file where another process can open it, as long as needed."""
    if isinstance(file, TemporaryUploadedFile):  # Django wrote it, for it is large
        yield Path(file.temporary_file_path())
        return
    with NamedTemporaryFile(prefix="changqing-") as temporary:
        for chunk in file.chunks():
            temporary.write(chunk)
        temporary.flush()
        yield Path(temporary.name)


class UploadError(Exception):
    """A file that was not taken: why, by the field that is to be put right."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("the file was not taken")
        self.errors = dict(errors)


def read_typed(request: HttpRequest) -> dict[str, str]:
    """Read what was typed beside the files of a request."""
    return {name: request.POST.get(name, "").strip() for name in TYPED}


def is_by_script(request: HttpRequest) -> bool:
    """Tell whether a script sends the file and wants to be told in JSON."""
    return request.headers.get("Accept") == "application/json"


def is_over_upload_limit(here: Here) -> bool:
    """Tell whether this person sends more than anybody would."""
    return is_over_limit(
        f"upload:{here.user.pk or here.name}", most=MOST, seconds=WITHIN
    )


def list_kinds() -> list[tuple[str, Text]]:
    """List the kinds of papers, in the order in which an application lists them."""
    materials = catalogue().materials.values()
    ordered = sorted(materials, key=lambda m: (m.order is None, m.order or 0, m.id))
    return [(material.id, material.label) for material in ordered]


def guess_kind(name: str) -> str:
    """Guess the kind of paper from a file's name: its label or a title of such papers.

    The longest that it contains decides; none where two kinds are called that.
    """
    stem = _fold_name(Path(name).stem)
    longest, codes = 0, set[str]()
    for code, material in catalogue().materials.items():
        recognition = material.recognition
        for title in (
            material.label.zh,
            *(() if recognition is None else recognition.titles),
        ):
            length = len(title) if _fold_name(title) in stem else 0
            if length > longest:
                longest, codes = length, {code}
            elif length and length == longest:
                codes.add(code)
    return codes.pop() if len(codes) == 1 else ""


def _fold_name(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def keep_paper(
    here: Here,
    file: UploadedFile[Any],
    typed: Mapping[str, str],
    *,
    kinds: frozenset[str] | None = None,
) -> TakenPaper:
    """Keep one file, list it, and tell so; UploadError leaves nothing behind.

    With `kinds` papers of other kinds are refused.
    """
    kind = typed["kind"] or guess_kind(file.name or "")
    errors = _check_typed(kind, typed)
    if not errors and kinds is not None and kind not in kinds:
        label = catalogue().materials[kind].label
        errors["kind"] = t(
            f"没有请您提供《{label.zh}》；要交别的材料，请告诉经办人",
            f"{label.en} is not asked of you; to hand in another paper, tell whoever "
            "asked you",
        )
    if errors:
        raise UploadError(errors)
    try:
        paper = _list_paper(here, file, {**typed, "kind": kind})
    except edit.StaleError as error:
        message = t(
            "别人刚改过项目，请再传一次", "the case has just changed; send it again"
        )
        raise UploadError({"file": message}) from error
    except ChangqingError as error:
        raise UploadError({"file": " ".join(list_issues(error))}) from error
    _record_paper(here, paper)
    return paper


def _check_typed(kind: str, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with what was typed beside the file."""
    errors: dict[str, str] = {}
    if kind not in catalogue().materials:
        errors["kind"] = t(
            "文件名看不出是哪种材料，请选择",
            "The file's name does not say which paper it is: choose",
        )
    for name in _DAYS:
        if typed[name]:
            try:
                parse_date(typed[name])
            except NotAValueError as error:
                errors[name] = say_mistake(error).say(page_language())
    issued, until = (typed[name] for name in _DAYS)
    if not errors and issued > timezone.localdate().isoformat():
        errors["issued_on"] = t(
            "出具日期晚于今天，请检查", "It is after today; check the day"
        )
    if not errors and until and until < issued:
        errors["valid_until"] = t(
            "有效期早于出具日期，请检查", "It is before the day of issue; check both"
        )
    return errors


def _list_paper(
    here: Here, file: UploadedFile[Any], typed: Mapping[str, str]
) -> TakenPaper:
    """Listed, or not there at all."""
    kind, today = typed["kind"], timezone.localdate()
    stem = intake.find_stem(file.name or "") or f"{kind}-{today}"
    taken_file = intake.take_file(
        here.folder, file, stem=stem, disk=Disk(inside=here.folder)
    )
    try:
        case_data = edit.read(here.folder)
        _refuse_duplicate(here.folder, case_data, taken_file)
        old = (
            case_data.find_value(("papers", typed["replaces"]))
            if typed["replaces"]
            else None
        )
        before = old if isinstance(old, dict) and old.get("kind") == kind else None
        name = (
            str(before["id"])
            if before
            else edit.find_free_id(case_data, "papers", kind)
        )
        item: dict[str, Writable] = {
            "id": name,
            "kind": kind,
            "file": taken_file.path,
            "received_on": today,
        }
        for field in _DAYS:
            if typed[field]:
                item[field] = parse_date(typed[field])
        edit.set_item(here.folder, "papers", item, catalogue=catalogue(), shown=before)
    except BaseException:
        (here.folder / taken_file.path).unlink(missing_ok=True)
        raise
    return TakenPaper(paper=name, kind=kind, taken=taken_file, before=before)


def _record_paper(here: Here, paper: TakenPaper) -> None:
    label, file = catalogue().materials[paper.kind].label, paper.taken
    replaces = paper.replaced is not None
    add_case_event(
        here,
        "upload",
        Text(
            zh=f"{'更换' if replaces else '上传'}《{label.zh}》{file.path}，"
            f"{file.size}字节，摘要{file.digest[:12]}…",
            en=f"{'Replaced' if replaces else 'Uploaded'} {label.en} "
            f"{file.path}, {file.size} bytes, digest {file.digest[:12]}…",
        ),
        paper=paper.paper,
        path=file.path,
        digest=file.digest,
        size=file.size,
        replaced=paper.replaced,
    )


def _refuse_duplicate(
    folder: Path, case_data: CaseData, taken_file: intake.Taken
) -> None:
    """Refuse bytes that a paper of the case has already."""
    for paper in case_data.list_items("papers"):
        path = folder / str(paper.get("file"))
        try:
            if (
                path.stat().st_size != taken_file.size
                or paper.get("file") == taken_file.path
            ):
                continue
            with open_plain(path, inside=folder) as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except (OSError, CaseError):
            continue
        if digest == taken_file.digest:
            material = catalogue().materials.get(str(paper.get("kind")))
            title = both(path.name) if material is None else material.label
            raise ChangqingError.of(
                Text(
                    zh=f"这份文件已经收过，就是《{title.zh}》（{path.name}），没有再收",
                    en=f"this very file is here as “{title.en}” ({path.name}); it was "
                    "not taken",
                )
            )
