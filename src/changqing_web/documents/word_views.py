"""A document edited in Word and handed back, and the company's own Word template."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from changqing.documents.document import Document, DocumentEdition, digest_document
from changqing.documents.documents import write_documents
from changqing.documents.letterhead import (
    LETTERHEAD,
    SHARED_LETTERHEAD,
    set_letterhead,
)
from changqing.documents.word_compare import compare_word
from changqing.documents.word_read import MOST_BYTES
from changqing.documents.word_taken import (
    find_steps,
    give_up_word,
    load_taken,
    read_blocks_of,
    take_word,
)
from changqing.errors import ChangqingError
from changqing.law.documents import load_documents
from changqing.text import Text
from changqing_web.cases import make_case_context
from changqing_web.documents.views import (
    ONE,
    SAMPLE,
    check_document,
    redirect_to_documents,
)
from changqing_web.documents.written import load_writings
from changqing_web.errors import list_issues
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute, find_cases_folder


def show_word_file(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Show how the Word file in force differs from our draft; a POST takes another."""
    check_document(name)
    if request.method == "POST":
        return _take_word_file(request, here, name)
    if name not in find_steps(here.folder):
        return redirect_to_documents(here, "dossier_document", name)
    return _render_page(request, here, name)


def _take_word_file(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Put a file in force as it is, or say why it is refused."""
    file = request.FILES.get("word")
    if file is None:
        messages.warning(request, t("选择一个Word文件", "choose a Word file"))
        return redirect_to_documents(here, "dossier_document", name)
    content = file.read(MOST_BYTES + 1)
    try:
        read_blocks_of(content)
        draft = _compose_draft(here, name)
        step = take_word(
            here.folder,
            name,
            content,
            on=timezone.localdate(),
            by=here.name,
            draft=digest_document(draft),
        )
    except ChangqingError as error:
        return _render_page(request, here, name, errors=list_issues(error), status=422)
    title = load_documents()[name].title
    add_case_event(
        here,
        "dossier",
        Text(f"《{title}》改用上传的Word", f"{name}: the Word file handed back counts"),
        document=name,
        digest=step.digest,
    )
    refresh_case(here.workspace, here.row.folder)
    message = t(
        "收下了，以后递交这一份。",
        "Taken: this is the one handed in from now on.",
    )
    messages.success(request, message)
    return redirect_to_documents(here, "dossier_word", name)


def return_to_draft(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Go back to our draft; the file stays in the case."""
    check_document(name)
    step = give_up_word(here.folder, name, on=timezone.localdate(), by=here.name)
    if step is not None:
        title = load_documents()[name].title
        add_case_event(
            here,
            "dossier",
            Text(f"《{title}》改回系统草稿", f"{name}: back to our draft"),
            document=name,
        )
        refresh_case(here.workspace, here.row.folder)
        messages.success(request, t("已改回系统草稿。", "Back to our draft."))
    return redirect_to_documents(here, "dossier_document", name)


def change_letterhead(request: HttpRequest, here: Here) -> HttpResponse:
    """Set the company's own Word template for the case, or for all; or remove it."""
    file = request.FILES.get("template")
    shared = bool(request.POST.get("shared")) and here.may(Role.OWNER)
    content = None if file is None else file.read(MOST_BYTES + 1)
    if content is None and not request.POST.get("remove"):
        messages.warning(request, t("选择一个Word文件", "choose a Word file"))
        return redirect_to_documents(here, "dossier")
    folder = find_cases_folder(here.workspace) if shared else here.folder
    try:
        set_letterhead(folder, SHARED_LETTERHEAD if shared else LETTERHEAD, content)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.warning(request, line)
        return redirect_to_documents(here, "dossier")
    event_text = (
        Text("不再用自己的Word模板", "The company's Word template is used no more")
        if content is None
        else Text("定了自己的Word模板", "The company's Word template was set")
    )
    add_case_event(here, "dossier", event_text, shared=shared)
    messages.success(request, t("已保存，以后生成的Word用它。", "Kept for Word files."))
    return redirect_to_documents(here, "dossier")


def _compose_draft(here: Here, name: str) -> Document:
    """What we write ourselves, as the copy to hand in."""
    outcome = load_writings(here).outcome
    (draft,) = write_documents(
        outcome.case,
        outcome.situation,
        outcome.assessment,
        outcome.outlook.endurance,
        catalogue(),
        only=[name],
        edition=DocumentEdition.CLEAN,
        with_words=False,
    )
    return draft


def _render_page(
    request: HttpRequest,
    here: Here,
    name: str,
    *,
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    more: dict[str, object] = {
        "title": load_documents()[name].title,
        "name": name,
        "errors": errors,
    }
    if not errors:
        draft = _compose_draft(here, name)
        word_taken = load_taken(here.folder)[name]
        more |= {
            "compared": compare_word(draft, word_taken.blocks),
            "step": word_taken.step,
            "draft_changed": word_taken.step.draft != digest_document(draft),
        }
    return render(
        request,
        "documents/word.html",
        make_case_context(here, "dossier", **more),
        status=status,
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/dossier/letterhead",
        view=change_letterhead,
        name="dossier_letterhead",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{ONE}word/",
        view=show_word_file,
        name="dossier_word",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample=SAMPLE,
    ),
    PageRoute(
        path=f"{ONE}word/back",
        view=return_to_draft,
        name="dossier_word_back",
        least=Role.EDITOR,
        methods=("POST",),
        sample=SAMPLE,
    ),
)
