"""申报材料: each document with its state, text and marks; edited and made here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse

from changqing.catalogue import CATALOGUE_ROOT, load_documents
from changqing.dossier import (
    Contradiction,
    Document,
    Place,
    concerns,
    copy_to_edit,
    import_schedule,
    schedule_of,
    upload_name,
)
from changqing.errors import ChangqingError
from changqing.evidence import Disk, only_writer
from changqing.text import Text
from changqing_web import drafts, jobs
from changqing_web.cases import context
from changqing_web.drafts import Typed
from changqing_web.errors import issues_of
from changqing_web.index import catalogue
from changqing_web.language import spoken, t
from changqing_web.models import Job, Role
from changqing_web.prose import document_prose
from changqing_web.record import record
from changqing_web.rendered import current, files_of
from changqing_web.walls import Here, Route
from changqing_web.written import Writings, case_of, compared, with_own, writings

_MOST: Final = 400_000  # characters of one document
_TABLE_LIMIT: Final = 6_000_000  # bytes read of a table; the core refuses sooner
_STATES: Final = {
    "blank": (Text("空白", "Blank"), "undetermined"),
    "unsupported": (Text("无凭据", "Unsupported"), "unproven"),
    "ready": (Text("已备", "Ready"), "met"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One document in the list."""

    document: Document
    state: str
    word: Text
    glyph: str
    made: bool  # its files are of the text as it is now


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Places that cannot all be right, each once, and how to mend it."""

    label: Text
    fix: Text
    places: tuple[Place, ...]


def dossier(request: HttpRequest, here: Here) -> HttpResponse:
    """All documents in the order of the law, and what does not agree."""
    return _overview(request, here, wrong=())


def schedule(request: HttpRequest, here: Here) -> HttpResponse:
    """Take the content schedule in from a table; nothing is written of a wrong one."""
    file = request.FILES.get("table")
    suffix = "" if file is None else Path(str(file.name)).suffix.lower()
    if file is None or suffix not in {".csv", ".xlsx"}:
        told = [t("选择一个CSV或Excel文件", "choose a CSV or Excel file")]
        return _overview(request, here, wrong=told)
    try:
        with TemporaryDirectory(prefix="changqing-") as folder:
            table = Path(folder) / f"table{suffix}"
            table.write_bytes(file.read(_TABLE_LIMIT))
            with only_writer(here.folder / "evidence" / "lock"):
                count = import_schedule(table, here.folder, replace=True)
    except ChangqingError as error:
        return _overview(request, here, wrong=issues_of(error))
    record(
        here,
        "dossier",
        Text(f"导入内容更新计划{count}项", f"Content schedule imported: {count} items"),
    )
    messages.success(request, t(f"已导入{count}项。", f"{count} items imported."))
    address = reverse("dossier", args=[here.workspace.slug, here.row.folder])
    return _see_other(f"{address}#schedule")


def _overview(
    request: HttpRequest, here: Here, *, wrong: Sequence[str]
) -> HttpResponse:
    found = writings(here)
    checked = compared(here)
    lines = [_line(here, one) for one in found.documents]
    more: dict[str, object] = {
        "problem": found.problem and list(found.problem.lines(spoken())),
        "lines": lines,
        "counts": {code: sum(one.state == code for one in lines) for code in _STATES},
        "states": [(code, word) for code, (word, _) in _STATES.items()],
        "compared": checked,
        "apart": _aparts(checked.found),
        "schedule": _schedule(here, found),
        "wrong": wrong,
        "all_made": bool(lines) and all(one.made for one in lines),
        "zip": upload_name(found.outcome.case.name),
        "job": last_job(here),
        "may_edit": here.may(Role.EDITOR),
    }
    return render(
        request,
        "dossier.html",
        context(here, "dossier", **more),
        status=422 if wrong else 200,
    )


def document(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """One document: its text as it will be printed, and what it lacks."""
    found = writings(here)
    one = _of(found, name)
    more: dict[str, object] = {
        "line": _line(here, one),
        "document": one,
        "text": document_prose(one, _chart(here, one.id)),
        "blanks": one.blanks,
        "others": found.documents,
        "job": last_job(here),
        "may_edit": here.may(Role.EDITOR),
    }
    return render(request, "dossier_document.html", context(here, "dossier", **more))


def chart(request: HttpRequest, here: Here, name: str, chart: str) -> HttpResponse:
    """One of a document's drawings."""
    drawn = _of(writings(here), name).charts.get(chart)
    if drawn is None:
        raise Http404
    answer = HttpResponse(drawn, content_type="image/svg+xml")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    return answer


def edit(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """The applicant's own copy of a document; it counts from when it is kept."""
    _known(name)
    now = _text(here.folder, name)
    form = f"dossier:{name}"
    if request.method == "POST":
        return _keep(request, here, name, form)
    kept = drafts.load(here, form)
    text, base, restored = now, _digest(now), ""
    if kept is not None and kept[0].one("text") not in ("", now):
        typed, at = kept
        text, base = typed.one("text"), typed.one("base") or base
        restored = drafts.said(at).say(spoken())
    return _editor(request, here, name, text=text, base=base, restored=restored)


def _keep(request: HttpRequest, here: Here, name: str, form: str) -> HttpResponse:
    typed = Typed.of(request.POST)
    drafts.save(here, form, typed)
    text = typed.one("text").replace("\r\n", "\n")
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
    return _seen(here, "dossier_document", name)


def _write(here: Here, name: str, text: str, base: str) -> str | None:
    """Keep the text; gives what others have kept since, and writes nothing then."""
    with only_writer(here.folder / "evidence" / "lock"):
        now = _text(here.folder, name)
        if _digest(now) != base and now != text:
            return now
        path, _ = copy_to_edit(case_of(here), name)
        Disk().replace(path, text.encode())
    return None


def preview(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """The document as it would read with the text that is being typed."""
    _known(name)
    text = request.POST.get("text", "").replace("\r\n", "\n")[:_MOST]
    try:
        made = with_own(here, name, text)
    except ChangqingError as error:
        told = issues_of(error)
        return render(request, "_dossier_preview.html", {"errors": told})
    shown = document_prose(made, _chart(here, name))
    return render(
        request, "_dossier_preview.html", {"text": shown, "blanks": made.blanks}
    )


def back_to_ours(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Give up the own copy; it is moved aside, not deleted."""
    _known(name)
    path = _own(here.folder, name)
    if path.is_file():
        content = path.read_bytes()
        aside = path.with_name(f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.bak")
        Disk().replace(aside, content)
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
    return _seen(here, "dossier_document", name)


def make(request: HttpRequest, here: Here) -> HttpResponse:
    """Write the documents as Word and PDF, in the background: all, or one."""
    only = [name for name in request.POST.getlist("only") if name in load_documents()]
    job = jobs.begin(here, "dossier", only=only)
    record(
        here,
        "dossier",
        Text(
            zh=f"生成文书{'、'.join(only) or '（全套）'}",
            en=f"Writing {', '.join(only) or 'all documents'}",
        ),
        job=job.pk,
    )
    if len(only) == 1:
        return _seen(here, "dossier_document", only[0])
    address = reverse("dossier", args=[here.workspace.slug, here.row.folder])
    return _see_other(address)


def file(request: HttpRequest, here: Here, file: str) -> HttpResponse | FileResponse:
    """One of the files that were made, as a download."""
    names = {
        name: path for path in files_of(here.folder) if (name := path.name) == file
    }
    path = names.get(file)
    if path is None:
        raise Http404
    answer = FileResponse(
        path.open("rb"), content_type="application/octet-stream", as_attachment=True
    )
    answer.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(file)}"
    )
    return answer


def last_job(here: Here) -> Job | None:
    """The last time documents were asked for."""
    return (
        Job.objects.filter(
            workspace=here.workspace, case=here.row.folder, kind="dossier"
        )
        .select_related("workspace")
        .order_by("-pk")
        .first()
    )


# What is shown


def _line(here: Here, one: Document) -> Line:
    state = "blank" if one.blanks else "unsupported" if one.unsupported else "ready"
    word, glyph = _STATES[state]
    return Line(
        document=one, state=state, word=word, glyph=glyph, made=current(here, one)
    )


def _aparts(found: Sequence[Contradiction]) -> list[Apart]:
    """Contradictions about the same thing stand together."""
    groups: dict[tuple[str, str], list[Contradiction]] = {}
    for each in found:
        groups.setdefault((each.check, each.label.zh), []).append(each)
    return [
        Apart(
            label=group[0].label,
            fix=group[0].fix,
            places=tuple(
                dict.fromkeys(
                    place for each in group for place in (each.one, each.other)
                )
            ),
        )
        for group in groups.values()
    ]


def _schedule(here: Here, found: Writings) -> dict[str, object]:
    """The content schedule of the case, and what a reader would stumble over."""
    try:
        told = schedule_of(here.folder)
    except ChangqingError as error:
        return {"errors": issues_of(error)}
    if told is None:
        return {}
    return {
        "told": told,
        "concerns": concerns(told, found.outcome.situation, catalogue()),
    }


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
        "text": text,
        "base": base,
        "restored": restored,
        "theirs": theirs,
        "errors": errors,
        "form_name": f"dossier:{name}",
        "own": _own(here.folder, name).is_file(),
    }
    if not errors:
        try:
            made = with_own(here, name, text)
            more["shown"] = document_prose(made, _chart(here, name))
            more["blanks"] = made.blanks
        except ChangqingError as error:
            more["errors"] = issues_of(error)
    return render(
        request, "dossier_edit.html", context(here, "dossier", **more), status=code
    )


def _of(found: Writings, name: str) -> Document:
    one = found.document(name)
    if one is None:
        raise Http404
    return one


def _known(name: str) -> None:
    if name not in load_documents():
        raise Http404


def _own(folder: Path, name: str) -> Path:
    return folder / "dossier" / f"{name}.md"


def _text(folder: Path, name: str) -> str:
    """The own copy, else what it would be made from."""
    try:
        return _own(folder, name).read_text(encoding="utf-8")
    except OSError:
        template = load_documents()[name]
        content = (CATALOGUE_ROOT / template.path).read_text(encoding="utf-8")
        head, mark, body = content.partition("\n---\n")
        return f"{head}\nmade_from: {template.digest}{mark}{body}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _chart(here: Here, document: str) -> Callable[[str], str]:
    def address(name: str) -> str:
        return reverse(
            "dossier_chart",
            args=[here.workspace.slug, here.row.folder, document, name],
        )

    return address


def _seen(here: Here, route: str, name: str) -> HttpResponse:
    return _see_other(reverse(route, args=[here.workspace.slug, here.row.folder, name]))


def _see_other(address: str) -> HttpResponse:
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer


_AT: Final = "w/<slug:workspace>/c/<str:case>/dossier/"
_ONE: Final = f"{_AT}<slug:name>/"
_SAMPLE: Final[dict[str, object]] = {"name": "emergency"}
ROUTES = (
    Route(path=_AT, view=dossier, name="dossier", least=Role.EDITOR),
    Route(
        path=f"{_AT}make",
        view=make,
        name="dossier_make",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    Route(
        path=f"{_AT}schedule",
        view=schedule,
        name="dossier_schedule",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    Route(
        path=f"{_AT}files/<str:file>",
        view=file,
        name="dossier_file",
        least=Role.EDITOR,
        sample={"file": "a.pdf"},
    ),
    Route(
        path=_ONE,
        view=document,
        name="dossier_document",
        least=Role.EDITOR,
        sample=_SAMPLE,
    ),
    Route(
        path=f"{_ONE}edit/",
        view=edit,
        name="dossier_edit",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample=_SAMPLE,
    ),
    Route(
        path=f"{_ONE}preview/",
        view=preview,
        name="dossier_preview",
        least=Role.EDITOR,
        methods=("POST",),
        sample=_SAMPLE,
    ),
    Route(
        path=f"{_ONE}ours/",
        view=back_to_ours,
        name="dossier_ours",
        least=Role.EDITOR,
        methods=("POST",),
        sample=_SAMPLE,
    ),
    Route(
        path=f"{_ONE}charts/<slug:chart>.svg",
        view=chart,
        name="dossier_chart",
        least=Role.EDITOR,
        sample={"name": "company_profile", "chart": "organisation"},
    ),
)
