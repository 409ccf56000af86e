"""证据: papers, what was seen, what could not be, and the log they are recorded in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.assessment import say_value
from changqing.catalogue import Material
from changqing.errors import ChangqingError
from changqing.evidence import (
    Blob,
    Disk,
    Evidence,
    NotAValueError,
    Record,
    SourceKind,
    parse_date,
)
from changqing.text import Text
from changqing_web import casefile, intake
from changqing_web.casefile import Written
from changqing_web.cases import context, document
from changqing_web.errors import issues_of
from changqing_web.index import catalogue, refresh
from changqing_web.language import spoken, t
from changqing_web.limits import limited
from changqing_web.models import Role
from changqing_web.pages.facts import log_what_is_said
from changqing_web.questions import wrong
from changqing_web.record import record
from changqing_web.walls import Here, Route

_MOST: Final = 60  # uploads
_WITHIN: Final = 600  # seconds
_ROWS: Final = 50
_VISITS: Final = 10
SANDBOX: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self' data:",
        "sandbox",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A paper in the list."""

    id: str
    material: Material | None
    kind: str
    file: str
    type: Text
    received: str
    issued: str
    until: str
    backs: int
    here: bool
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The evidence log, as it was recomputed just now."""

    size: int
    root: str
    signer: str
    fingerprint: str
    blobs: int
    erased: int
    stamped: int
    error: Sequence[str] = ()


def evidence(request: HttpRequest, here: Here) -> HttpResponse:
    """Everything the case rests on."""
    return _page(request, here)


def upload(request: HttpRequest, here: Here) -> HttpResponse:
    """Take in papers; each is kept whole and listed, or refused with its reason."""
    files = request.FILES.getlist("file")
    typed = {name: request.POST.get(name, "").strip() for name in _TYPED}
    who = here.user.pk or here.name
    if limited(f"upload:{who}", most=_MOST, seconds=_WITHIN):
        told = t(
            "上传太频繁，十分钟后再试。已传的文件没有丢失。",
            "Too many uploads; try again in ten minutes. Nothing sent is lost.",
        )
        return _page(request, here, errors={"file": told}, typed=typed, status=429)
    errors = _checked(typed)
    if not files:
        errors["file"] = t("请选择文件", "Choose a file")
    if errors:
        return _page(request, here, errors=errors, typed=typed, status=422)
    kept: list[str] = []
    refused: list[str] = []
    for file in files:
        try:
            kept.append(_take(here, file, typed))
        except casefile.StaleError:
            told = t(
                "别人刚改过案卷，请再传一次", "the case has just changed; send it again"
            )
            refused.append(f"{file.name}{t('：', ': ')}{told}")
        except ChangqingError as error:
            said = "".join(issues_of(error))
            refused.append(f"{file.name}{t('：', ': ')}{said}")
    if kept:
        _after(request, here)
    if refused:
        for name in kept:
            messages.success(request, t("已收：", "Taken: ") + name)
        return _page(
            request, here, errors={"file": "；".join(refused)}, typed=typed, status=422
        )
    messages.success(
        request,
        t(
            "已收，已计算摘要：" + "、".join(kept),
            "Taken, with its digest: " + ", ".join(kept),
        ),
    )
    if len(kept) == 1:
        address = reverse("paper", args=[here.workspace.slug, here.row.folder, kept[0]])
    else:
        address = reverse("evidence", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


_TYPED: Final = ("kind", "issued_on", "valid_until", "replaces")


def _checked(typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with what was typed beside the file."""
    errors: dict[str, str] = {}
    if typed["kind"] not in catalogue().materials:
        errors["kind"] = t("请选择这是哪种材料", "Choose which paper it is")
    for name in ("issued_on", "valid_until"):
        if typed[name]:
            try:
                parse_date(typed[name])
            except NotAValueError as error:
                errors[name] = wrong(error).say(spoken())
    if not errors and typed["issued_on"] > timezone.localdate().isoformat():
        errors["issued_on"] = t(
            "出具日期晚于今天，请核对", "It is after today; check the day"
        )
    if (
        not errors
        and typed["valid_until"]
        and typed["valid_until"] < typed["issued_on"]
    ):
        errors["valid_until"] = t(
            "有效期早于出具日期，请核对", "It is before the day of issue; check both"
        )
    return errors


def _take(here: Here, file: UploadedFile[Any], typed: Mapping[str, str]) -> str:
    """Keep one file and list it; gives the paper's id. Listed, or not there at all."""
    kind, today = typed["kind"], timezone.localdate()
    taken = intake.take(here.folder, file, stem=f"{kind}-{today}", disk=Disk())
    path = here.folder / taken.path
    try:
        written = casefile.read(here.folder)
        _not_here_yet(here.folder, written, taken)
        old = written.at(("papers", typed["replaces"])) if typed["replaces"] else None
        before = old if isinstance(old, dict) and old.get("kind") == kind else None
        name = (
            str(before["id"]) if before else casefile.free_id(written, "papers", kind)
        )
        item: dict[str, object] = {
            "id": name,
            "kind": kind,
            "file": taken.path,
            "received_on": today,
        }
        for field in ("issued_on", "valid_until"):
            if typed[field]:
                item[field] = parse_date(typed[field])
        casefile.put(here.folder, "papers", item, catalogue=catalogue(), shown=before)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    label = catalogue().materials[kind].label
    record(
        here,
        "upload",
        Text(
            zh=f"上传《{label.zh}》{taken.path}，{taken.size}字节，"
            f"摘要{taken.digest[:12]}…",
            en=f"Uploaded {label.en} {taken.path}, {taken.size} bytes, "
            f"digest {taken.digest[:12]}…",
        ),
        paper=name,
        path=taken.path,
        digest=taken.digest,
        size=taken.size,
        replaced=None if before is None else before.get("file"),
    )
    return name


def _not_here_yet(folder: Path, written: Written, taken: intake.Taken) -> None:
    """Refuse bytes that a paper of the case has already."""
    for one in written.items("papers"):
        path = folder / str(one.get("file"))
        try:
            if path.stat().st_size != taken.size or one.get("file") == taken.path:
                continue
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            continue
        if digest == taken.digest:
            raise ChangqingError.of(
                Text(
                    zh=f"这份文件已经收过（{one.get('id')}），没有再收",
                    en=f"this very file is here as {one.get('id')}; it was not taken",
                )
            )


def _after(request: HttpRequest, here: Here) -> None:
    try:
        log_what_is_said(here)
    except ChangqingError as error:
        for line in issues_of(error):
            messages.warning(request, line)
    refresh(here.workspace, here.row.folder)


def _page(
    request: HttpRequest,
    here: Here,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    written = casefile.read(here.folder)
    result = document(here)
    words = request.GET.get("q", "").strip()
    rows = [one for one in result["evidence"] if _matches(one, words)]
    page = Paginator(rows, _ROWS).get_page(request.GET.get("page"))
    listed = frozenset(
        str(one.get("file")) for of in ("papers", "looks") for one in written.items(of)
    )
    recorded = Evidence(here.folder)
    log, seen = _log(recorded), _captures(recorded)
    return render(
        request,
        "evidence.html",
        context(
            here,
            "evidence",
            papers=_papers(here, written),
            materials=_materials(),
            errors=errors or {},
            typed=typed or {"kind": request.GET.get("kind", "")},
            most=settings.UPLOAD_LIMIT // 1024 // 1024,
            unlisted=intake.unlisted(here.folder, listed),
            captures=seen,
            gaps=result["gaps"],
            log=log,
            page=page,
            words=words,
            may_upload=here.may(Role.EDITOR),
        ),
        status=status,
    )


def _matches(one: Mapping[str, object], words: str) -> bool:
    if not words:
        return True
    said = f"{one['number']} {one['label']} {one['subject']} {one['source']}"
    return words.casefold() in said.casefold()


def _materials() -> list[tuple[str, Text]]:
    known = catalogue().materials.values()
    ordered = sorted(known, key=lambda m: (m.order is None, m.order or 0, m.id))
    return [(one.id, one.label) for one in ordered]


def _papers(here: Here, written: Written) -> list[Sheet]:
    found = []
    for one in written.items("papers"):
        path = here.folder / str(one.get("file"))
        there = path.is_file()
        found.append(
            Sheet(
                id=str(one.get("id")),
                kind=str(one.get("kind")),
                material=catalogue().materials.get(str(one.get("kind"))),
                file=path.name,
                type=intake.type_of(path).label,
                received=str(one.get("received_on") or ""),
                issued=str(one.get("issued_on") or ""),
                until=str(one.get("valid_until") or ""),
                backs=len(one.get("backs") or ()),
                here=there,
                size=path.stat().st_size if there else 0,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One capture, with what was read from it."""

    digest: str
    name: str
    facts: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was captured at one time."""

    at: datetime
    seen: tuple[Seen, ...]

    @property
    def count(self) -> int:
        """How many things were seen in all."""
        return sum(len(one.facts) for one in self.seen)


def _captures(log: Evidence) -> list[Visit]:
    """What probes captured, the latest visit first, and what was read from it."""
    try:
        items = log.items()
    except ChangqingError:
        return []
    kept = {one.digest for one in items if isinstance(one, Blob)}
    visits: dict[datetime, dict[str, list[Record]]] = {}
    for one in items:
        if not isinstance(one, Record) or one.source.kind is not SourceKind.PROBE:
            continue
        if one.digest in kept:
            mine = visits.setdefault(one.observed_at, {})
            mine.setdefault(str(one.digest), []).append(one)
    latest = sorted(visits, reverse=True)[:_VISITS]
    return [
        Visit(
            at=at,
            seen=tuple(
                Seen(
                    digest=digest,
                    name=records[0].source.name,
                    facts=tuple(_read_from(records)),
                )
                for digest, records in visits[at].items()
            ),
        )
        for at in latest
    ]


def _read_from(records: Sequence[Record]) -> Iterator[tuple[Text, Text]]:
    for one in records:
        fact = catalogue().facts.get((one.subject.type, one.fact))
        if fact is not None:
            yield fact.label, say_value(one.value, fact)


def _log(kept: Evidence) -> Log | None:
    """The log's checkpoint, recomputed; None when nothing was ever recorded."""
    try:
        verified = kept.verify()
        stamped = len(kept.tokens())
    except ChangqingError as error:
        return Log(
            size=0,
            root="",
            signer="",
            fingerprint="",
            blobs=0,
            erased=0,
            stamped=0,
            error=issues_of(error),
        )
    if verified is None:
        return None
    return Log(
        size=verified.size,
        root=base64.b64encode(verified.root).decode(),
        signer=verified.signer.name,
        fingerprint=hashlib.sha256(verified.signer.public).hexdigest(),
        blobs=verified.blobs,
        erased=len(verified.withheld.entries),
        stamped=stamped,
    )


def capture(request: HttpRequest, here: Here, digest: str) -> HttpResponse:
    """The bytes a probe received, to be downloaded; nothing in them runs."""
    try:
        kept = Evidence(here.folder)
        known = any(
            isinstance(one, Blob) and one.digest == digest for one in kept.items()
        )
        if not known:
            raise Http404
        content = kept.blob(digest)
    except ChangqingError as error:
        raise Http404 from error
    return attached(content, f"{digest[:16]}.bin")


def attached(content: bytes, name: str) -> HttpResponse:
    """Bytes as a download that no browser opens in place."""
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


ROUTES = (
    Route(
        path="w/<slug:workspace>/c/<str:case>/evidence/",
        view=evidence,
        name="evidence",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
    Route(
        path="w/<slug:workspace>/c/<str:case>/evidence/upload/",
        view=upload,
        name="evidence_upload",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    Route(
        path="w/<slug:workspace>/c/<str:case>/evidence/objects/<slug:digest>/",
        view=capture,
        name="evidence_capture",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"digest": "0" * 64},
    ),
)
