"""A document of the dossier in the applicant's own words: edited beside its preview.

What is edited is the text. The lines above it, by which the program knows a template,
are kept as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changqing.disk import Disk, only_writer
from changqing.documents.documents import copy_to_edit
from changqing.errors import ChangqingError
from changqing.law.documents import load_documents
from changqing.law.folders import CATALOGUE_ROOT
from changqing.plainfile import check_plain, read_plain
from changqing.text import Text
from changqing_web import drafts
from changqing_web.cases import context
from changqing_web.drafts import Typed
from changqing_web.errors import issues_of
from changqing_web.language import spoken, t
from changqing_web.models import Role
from changqing_web.pages.dossier import ONE, SAMPLE, chart_of, known_document, seen
from changqing_web.prose import document_prose
from changqing_web.record import record
from changqing_web.walls import Here, Route
from changqing_web.written import case_of, with_own

_MOST: Final = 400_000  # characters of one document
_FENCE: Final = "---\n"


def edit(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """The applicant's own copy of a document; it counts from when it is kept."""
    known_document(name)
    now = _text(here.folder, name)
    form = f"dossier:{name}"
    if request.method == "POST":
        return _keep(request, here, name, form)
    kept = drafts.load(here, form)
    text, base, restored = now, _digest(now), ""
    if kept is not None and (written := kept[0].one("text")):
        mine = _whole(now, written)
        if mine != now:
            text, base = mine, kept[0].one("base") or base
            restored = drafts.said(kept[1]).say(spoken())
    return _editor(request, here, name, text=text, base=base, restored=restored)


def _keep(request: HttpRequest, here: Here, name: str, form: str) -> HttpResponse:
    typed = Typed.of(request.POST)
    drafts.save(here, form, typed)
    text = _whole(_text(here.folder, name), typed.one("text"))
    base = typed.one("base")
    if len(text) > _MOST:
        told = [t("文书太长，没有保存", "the document is too long and was not kept")]
        return _editor(request, here, name, text=text, base=base, errors=told, code=422)
    try:
        with_own(here, name, text)
        theirs = _write(here, name, text, base)
    except ChangqingError as error:
        told = issues_of(error)
        return _editor(request, here, name, text=text, base=base, errors=told, code=422)
    if theirs is not None:
        return _editor(
            request,
            here,
            name,
            text=text,
            base=_digest(theirs),
            theirs=theirs,
            code=409,
        )
    drafts.drop(here, form)
    title = load_documents()[name].title
    record(
        here,
        "dossier",
        Text(zh=f"改了《{title}》", en=f"Edited {name}"),
        document=name,
        digest=_digest(text),
    )
    messages.success(
        request,
        t(
            "已保存，以后以您的稿子为准。",
            "Kept: from now on your copy counts.",
        ),
    )
    return seen(here, "dossier_document", name)


def _write(here: Here, name: str, text: str, base: str) -> str | None:
    """Keep the text; gives what others have kept since, and writes nothing then."""
    with only_writer(here.folder / "evidence" / "lock", inside=here.folder):
        now = _text(here.folder, name)
        if _digest(now) != base and now != text:
            return now
        path, _ = copy_to_edit(case_of(here), name)
        Disk(inside=here.folder).replace(path, text.encode())
    return None


def preview(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """The document as it would read with the text that is being typed."""
    known_document(name)
    text = _whole(_text(here.folder, name), request.POST.get("text", "")[:_MOST])
    try:
        made = with_own(here, name, text)
        shown = document_prose(made, chart_of(here, name))
    except ChangqingError as error:
        told = issues_of(error)
        return render(request, "_dossier_preview.html", {"errors": told})
    return render(
        request,
        "_dossier_preview.html",
        {"text": shown, "blanks": made.blanks, "document": made},
    )


def back_to_ours(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Give up the own copy; it is moved aside, not deleted."""
    known_document(name)
    path = _own(here.folder, name)
    if check_plain(path, inside=here.folder):
        content = read_plain(path, inside=here.folder)
        aside = path.with_name(f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.bak")
        Disk(inside=here.folder).replace(aside, content)
        path.unlink()
        record(
            here,
            "dossier",
            Text(zh=f"{name}.md改回系统模板", en=f"{name}.md: back to our template"),
            document=name,
            kept=aside.name,
        )
        messages.success(
            request,
            t(
                f"已改回；您的稿子留在{aside.name}。",
                f"Done; yours is kept in {aside.name}.",
            ),
        )
    return seen(here, "dossier_document", name)


def _editor(
    request: HttpRequest,
    here: Here,
    name: str,
    *,
    text: str,
    base: str,
    restored: str = "",
    theirs: str | None = None,
    errors: Sequence[str] = (),
    code: int = 200,
) -> HttpResponse:
    more: dict[str, object] = {
        "title": load_documents()[name].title,
        "name": name,
        "text": _body(text),
        "base": base,
        "restored": restored,
        "theirs": None if theirs is None else _body(theirs),
        "errors": errors,
        "form_name": f"dossier:{name}",
        "own": _own(here.folder, name).is_file(),
    }
    if not errors:
        try:
            made = with_own(here, name, text)
            more["shown"] = document_prose(made, chart_of(here, name))
            more["blanks"], more["document"] = made.blanks, made
        except ChangqingError as error:
            more["errors"] = issues_of(error)
    return render(
        request, "dossier_edit.html", context(here, "dossier", **more), status=code
    )


def _own(folder: Path, name: str) -> Path:
    return folder / "dossier" / f"{name}.md"


def _text(folder: Path, name: str) -> str:
    """The own copy, else what it would be made from."""
    try:
        return read_plain(_own(folder, name), inside=folder).decode()
    except OSError:
        template = load_documents()[name]
        content = (CATALOGUE_ROOT / template.path).read_text(encoding="utf-8")
        head, mark, body = content.partition("\n---\n")
        return f"{head}\nmade_from: {template.digest}{mark}{body}"


def _body(text: str) -> str:
    """The text without the lines above it; all of it where there are none."""
    head, mark, body = text.partition(f"\n{_FENCE}")
    return body if mark and head.startswith(_FENCE) else text


def _whole(now: str, typed: str) -> str:
    """What was typed, below the lines that stand above the text now."""
    typed = typed.replace("\r\n", "\n")
    body = _body(now)
    if typed.startswith(_FENCE) or body == now:
        return typed
    return now.removesuffix(body) + typed


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


ROUTES = (
    Route(
        path=f"{ONE}edit/",
        view=edit,
        name="dossier_edit",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample=SAMPLE,
    ),
    Route(
        path=f"{ONE}preview/",
        view=preview,
        name="dossier_preview",
        least=Role.EDITOR,
        methods=("POST",),
        sample=SAMPLE,
    ),
    Route(
        path=f"{ONE}ours/",
        view=back_to_ours,
        name="dossier_ours",
        least=Role.EDITOR,
        methods=("POST",),
        sample=SAMPLE,
    ),
)
