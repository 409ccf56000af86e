"""申报材料: each document with its state, text and marks; edited and made here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
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

from changqing.assessment import say_value
from changqing.catalogue import CATALOGUE_ROOT, Fact, load_documents
from changqing.dossier import (
    GRADES,
    Document,
    copy_to_edit,
    source_name,
    upload_name,
)
from changqing.errors import ChangqingError
from changqing.evidence import (
    Conflict,
    Disk,
    Record,
    SourceKind,
    beijing_day,
    only_writer,
)
from changqing.text import Text
from changqing_web import drafts, jobs
from changqing_web.cases import context
from changqing_web.drafts import Typed
from changqing_web.index import catalogue
from changqing_web.language import spoken, t
from changqing_web.models import Job, Role
from changqing_web.prose import document_prose
from changqing_web.record import record
from changqing_web.rendered import current, files_of
from changqing_web.walls import Here, Route
from changqing_web.written import Writings, case_of, with_own, writings

_MOST: Final = 400_000  # characters of one document
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
class Side:
    """One of the sources that differ: what it says, and where."""

    value: Text
    source: str
    place: str
    grade: Text
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Sources that differ, where the dossier says it, and the way out."""

    fact: Text
    subject: Text
    sides: tuple[Side, ...]
    said_in: tuple[Document, ...]
    fix: Text


def dossier(request: HttpRequest, here: Here) -> HttpResponse:
    """All documents in the order of the law, and what does not agree."""
    found = writings(here)
    lines = [_line(here, one) for one in found.documents]
    more: dict[str, object] = {
        "problem": found.problem and list(found.problem.lines(spoken())),
        "lines": lines,
        "counts": {code: sum(one.state == code for one in lines) for code in _STATES},
        "states": [(code, word) for code, (word, _) in _STATES.items()],
        "apart": [_apart(found, group) for group in _groups(found.conflicts)],
        "all_made": bool(lines) and all(one.made for one in lines),
        "zip": upload_name(found.outcome.case.name),
        "job": last_job(here),
        "may_edit": here.may(Role.EDITOR),
    }
    return render(request, "dossier.html", context(here, "dossier", **more))


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
        told = list(error.lines(spoken()))
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
        told = list(error.lines(spoken()))
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


def _groups(found: Sequence[Conflict]) -> list[list[Conflict]]:
    """What differs, by the fact of the subject it is about."""
    groups: dict[tuple[object, str], list[Conflict]] = {}
    for each in found:
        groups.setdefault((each.subject, each.fact), []).append(each)
    return list(groups.values())


def _apart(found: Writings, group: Sequence[Conflict]) -> Apart:
    """The sources that differ on one thing, each once, with its newest word."""
    about = group[0]
    key = (about.subject, about.fact)
    fact = catalogue().facts.get((about.subject.type, about.fact))
    told = {
        (one.source.kind, one.source.name): one
        for each in group
        for one in (each.one, each.other)
    }
    return Apart(
        fact=Text(about.fact, about.fact) if fact is None else fact.label,
        subject=found.outcome.situation.labels.get(about.subject, Text("", "")),
        sides=tuple(_side(found, one, fact) for one in told.values()),
        said_in=tuple(
            one
            for one in found.documents
            if any((s.subject, s.fact) == key for s in one.statements)
            or any((b.subject, b.fact) == key for b in one.blanks)
        ),
        fix=_fix({kind for kind, _ in told}),
    )


def _side(found: Writings, one: Record, fact: Fact | None) -> Side:
    return Side(
        value=say_value(one.value, fact),
        source=_source(found, one),
        place=(one.source.place or "") if one.source.kind is SourceKind.PAPER else "",
        grade=GRADES[one.grade.name.lower()],
        day=beijing_day(one.observed_at).isoformat(),
    )


def _fix(kinds: set[SourceKind]) -> Text:
    if SourceKind.FORM in kinds:
        return Text(
            "自述写错的，在“事实”里改；另一处写错的，换材料或重新查看。",
            "If the declaration is wrong, change it under Facts; if the other is, "
            "replace the paper or look again.",
        )
    return Text(
        "先弄清哪一处属实，再换掉或更正另一处的材料。",
        "Find out which holds, then replace or correct the other.",
    )


def _source(found: Writings, one: Record) -> str:
    match one.source.kind:
        case SourceKind.FORM:
            return t("自述", "declaration")
        case SourceKind.PAPER:
            paper = next(
                (p for p in found.outcome.case.papers if p.id == one.source.name), None
            )
            if paper is not None:
                return catalogue().materials[paper.kind].label.say(spoken())
    name = one.source.name.split()[0]
    if name in catalogue().looks:
        return catalogue().looks[name].title.say(spoken())
    known = source_name(name)
    return name if known is None else known.say(spoken())


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
            more["errors"] = list(error.lines(spoken()))
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
