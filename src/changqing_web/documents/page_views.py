"""One document as the page that is handed in, filled in and written on where it stands.

What is kept goes into the case as from any other form: facts, choices, and the
company's own text. Each keeping can be taken back, which is a further step.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange, StaleError
from changqing.disk import Disk
from changqing.errors import ChangqingError
from changqing.law.documents import load_documents
from changqing.plainfile import check_plain, read_plain
from changqing.text import Text
from changqing_web.cases import load_report, make_case_context
from changqing_web.documents.in_place import Changes, PageWriter, read_changes
from changqing_web.documents.views import (
    ONE,
    SAMPLE,
    check_document,
    find_last_job,
    make_chart_address,
    make_line,
    redirect_to_documents,
    select_document,
)
from changqing_web.documents.ways import list_lacks
from changqing_web.documents.written import load_writings
from changqing_web.errors import list_issues
from changqing_web.facts import drafts
from changqing_web.facts.drafts import Typed
from changqing_web.facts.said import settle_changes
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_MOST_STEPS: Final = 20  # that can be taken back


def show_document(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Show one document as it prints, with its fields in place; a POST saves them."""
    if request.method == "POST":
        return _save_changes(request, here, name)
    draft = drafts.load_draft(here, f"dossier:{name}")
    if draft is None or not draft[0].get_one("version"):
        return _render_page(request, here, name)
    typed, at = draft
    sent_changes = _read_changes(here, name, typed)
    case_data = edit.read(here.folder)
    sent_changes.tell_clashes(_find_clashes(sent_changes.wanted, case_data))
    return _render_page(request, here, name, sent_changes=sent_changes, restored=at)


def _read_changes(here: Here, name: str, typed: Typed) -> Changes:
    case = load_writings(here).outcome.case
    return read_changes(typed, name, case, edit.read(here.folder))


def _find_clashes(
    changes: Sequence[FieldChange], case_data: CaseData
) -> list[edit.Clash]:
    """What somebody else has written since a draft was typed."""
    return [
        edit.Clash(
            at=change.at, mine=change.value, theirs=case_data.find_value(change.at)
        )
        for change in changes
        if case_data.find_value(change.at) not in (change.shown, change.value)
    ]


def _save_changes(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Write what was typed into the case: all of it, or nothing with the reason."""
    check_document(name)
    typed = Typed.from_post(request.POST)
    form = f"dossier:{name}"
    drafts.save_draft(here, form, typed)
    sent_changes = _read_changes(here, name, typed)
    if sent_changes.is_wrong:
        error_lines = [text.say(page_language()) for text in sent_changes.wrong]
        return _render_page(
            request,
            here,
            name,
            sent_changes=sent_changes,
            errors=error_lines,
            status=422,
        )
    before = load_report(here)
    try:
        edit.change(
            here.folder,
            sent_changes.wanted,
            version=typed.get_one("version"),
            catalogue=catalogue(),
        )
    except StaleError as stale:
        sent_changes.tell_clashes(stale.clashes)
        error_lines = [
            t(
                "别人刚改过同样的地方。两边的都在下面，再保存一次就按您的。",
                "Somebody has just changed the same. Both stand below; keep again to "
                "have yours.",
            )
        ]
        return _render_page(
            request,
            here,
            name,
            sent_changes=sent_changes,
            errors=error_lines,
            status=409,
        )
    except ChangqingError as error:
        error_lines = list_issues(error)
        return _render_page(
            request,
            here,
            name,
            sent_changes=sent_changes,
            errors=error_lines,
            status=422,
        )
    drafts.drop_draft(here, form)
    if not sent_changes.wanted:
        messages.info(request, t("没有改动。", "Nothing was changed."))
        return redirect_to_documents(here, "dossier_document", name)
    _push_step(here, name, sent_changes.wanted)
    title = load_documents()[name].title
    count = len(sent_changes.wanted)
    add_case_event(
        here,
        "dossier",
        Text(f"在《{title}》里改了{count}处", f"Changed {count} places in {name}"),
        document=name,
        changed=[".".join(change.at) for change in sent_changes.wanted],
    )
    done_text = t(f"已保存{count}处。", f"{count} kept.")
    _judge_changes(
        request, here, sent_changes.wanted, before=before, done_text=done_text
    )
    return redirect_to_documents(here, "dossier_document", name)


def _judge_changes(
    request: HttpRequest,
    here: Here,
    changes: Sequence[FieldChange],
    *,
    before: object,
    done_text: str,
) -> None:
    """Judge again where a fact was said; else only what is written has changed."""
    if any(change.at[0] not in {"choices", "own_text"} for change in changes):
        settle_changes(request, here, before, done=done_text)  # type: ignore[arg-type]
        return
    refresh_case(here.workspace, here.row.folder)
    messages.success(request, done_text)


# ── taking back ──────────────────────────────────────────────────────────────────────


def _push_step(here: Here, name: str, changes: Sequence[FieldChange]) -> None:
    """Remember how to take back what was just kept."""
    back = [
        {"at": change.at, "value": change.shown, "shown": change.value}
        for change in changes
    ]
    steps = [
        *_load_steps(here, name),
        json.dumps(back, ensure_ascii=False, default=str),
    ]
    data = {"steps": steps[-_MOST_STEPS:]}
    if drafts.save_draft(here, f"undo:{name}", Typed(data)) is None:  # too long to keep
        drafts.drop_draft(here, f"undo:{name}")


def _load_steps(here: Here, name: str) -> list[str]:
    draft = drafts.load_draft(here, f"undo:{name}")
    return [] if draft is None else draft[0].get_all("steps")


def undo_changes(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Take back what this person kept last on this page, unless others changed it."""
    check_document(name)
    steps = _load_steps(here, name)
    if not steps:
        return redirect_to_documents(here, "dossier_document", name)
    back = [
        FieldChange(at=tuple(load["at"]), value=load["value"], shown=load["shown"])
        for load in json.loads(steps[-1])
    ]
    before = load_report(here)
    try:
        edit.change(here.folder, back, version="", catalogue=catalogue())
    except StaleError:
        message = t(
            "没有撤销：别人后来又改过同样的地方。",
            "Not taken back: somebody has changed the same since.",
        )
        messages.warning(request, message)
        return redirect_to_documents(here, "dossier_document", name)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.warning(request, line)
        return redirect_to_documents(here, "dossier_document", name)
    drafts.save_draft(here, f"undo:{name}", Typed({"steps": steps[:-1]}))
    title = load_documents()[name].title
    add_case_event(
        here,
        "dossier",
        Text(
            f"撤销在《{title}》里的上一次改动", f"Took back the last change in {name}"
        ),
        document=name,
        changed=[".".join(change.at) for change in back],
    )
    done_text = t("已撤销上一次保存。", "What was kept last is taken back.")
    _judge_changes(request, here, back, before=before, done_text=done_text)
    return redirect_to_documents(here, "dossier_document", name)


def return_to_draft(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Give up the own copy; it is moved aside, not deleted."""
    check_document(name)
    path = here.folder / "dossier" / f"{name}.md"
    if check_plain(path, inside=here.folder):
        content = read_plain(path, inside=here.folder)
        aside = path.with_name(f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.bak")
        Disk(inside=here.folder).replace(aside, content)
        path.unlink()
        add_case_event(
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
    # Another copy may be one that cannot be read either.
    if load_writings(here).find_document(name) is None:
        return redirect_to_documents(here, "dossier")
    return redirect_to_documents(here, "dossier_document", name)


# ── the page ─────────────────────────────────────────────────────────────────────────


def _render_page(
    request: HttpRequest,
    here: Here,
    name: str,
    *,
    sent_changes: Changes | None = None,
    restored: datetime | None = None,
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    writings = load_writings(here)
    document = select_document(writings, name)
    case_data = edit.read(here.folder)
    writer = PageWriter(
        document,
        writings.outcome.case,
        writings.outcome.situation,
        case_data,
        chart=make_chart_address(here, document.id),
        sent=sent_changes,
    )
    pages = writer.write_sections()
    blanks, unsupported = list_lacks(here, document, placed=writer.placed)
    at = writings.documents.index(document)
    return render(
        request,
        "documents/document.html",
        make_case_context(
            here,
            "dossier",
            line=make_line(here, writings, document),
            document=document,
            pages=pages,
            cited=writer.list_cited(),
            version=case_data.version,
            blanks=blanks,
            unsupported=unsupported,
            before=writings.documents[at - 1] if at else None,
            after=writings.documents[at + 1]
            if at + 1 < len(writings.documents)
            else None,
            job=find_last_job(here),
            may_edit=here.may(Role.EDITOR),
            errors=errors,
            restored=""
            if restored is None
            else drafts.say_when_kept(restored).say(page_language()),
            form_name=f"dossier:{name}",
            steps=len(_load_steps(here, name)),
            choices_url=reverse(
                "dossier_choices", args=[here.workspace.slug, here.row.folder]
            ),
        ),
        status=status,
    )


ROUTES = (
    PageRoute(
        path=ONE,
        view=show_document,
        name="dossier_document",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample=SAMPLE,
    ),
    PageRoute(
        path=f"{ONE}undo/",
        view=undo_changes,
        name="dossier_undo",
        least=Role.EDITOR,
        methods=("POST",),
        sample=SAMPLE,
    ),
    PageRoute(
        path=f"{ONE}ours/",
        view=return_to_draft,
        name="dossier_ours",
        least=Role.EDITOR,
        methods=("POST",),
        sample=SAMPLE,
    ),
)
