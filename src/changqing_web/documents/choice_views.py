"""文书里由公司自己定的事: each a question with its usual answers, or own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from changqing.case import edit
from changqing.case.edit import FieldChange, StaleError
from changqing.documents.choices import AskedChoice, list_choices, warn_of
from changqing.errors import ChangqingError
from changqing.law.documents import load_documents
from changqing.text import Text
from changqing_web.cases import make_case_context
from changqing_web.documents.in_place import OWN_WORDS, write_choice
from changqing_web.documents.written import load_writings
from changqing_web.errors import LOOK_AT_CHANGED, list_issues
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """One choice as the form has it: what is ticked, and own words."""

    asked: AskedChoice
    ticked: str
    words: str
    warnings: tuple[Text, ...]
    folded: bool


def show_choices(request: HttpRequest, here: Here) -> HttpResponse:
    """Show what the company decides, document by document, and what is decided."""
    return _render_page(request, here, typed={}, wrong=())


def save_choices(request: HttpRequest, here: Here) -> HttpResponse:
    """Write what was decided into the case; all of it, or nothing with the reason."""
    typed = {name: request.POST.get(name, "") for name in request.POST}
    changes: list[FieldChange] = []
    writings = load_writings(here)
    for asked_choice in list_choices(
        writings.outcome.case, catalogue(), writings.documents
    ):
        name = asked_choice.choice.id
        now = write_choice(typed.get(f"a.{name}", ""), typed.get(f"w.{name}", ""))
        was = write_choice(typed.get(f"was.{name}", ""), typed.get(f"wasw.{name}", ""))
        if now != was and f"was.{name}" in typed:
            changes.append(FieldChange(at=("choices", name), value=now, shown=was))
    try:
        edit.change(
            here.folder,
            changes,
            version=typed.get("version", ""),
            catalogue=catalogue(),
        )
    except StaleError:
        message = LOOK_AT_CHANGED.say(page_language())
        return _render_page(request, here, typed=typed, wrong=[message], status=409)
    except ChangqingError as error:
        return _render_page(
            request, here, typed=typed, wrong=list_issues(error), status=422
        )
    if changes:
        add_case_event(
            here,
            "dossier",
            Text(f"选定{len(changes)}项", f"{len(changes)} choices made"),
            changed=[".".join(change.at) for change in changes],
        )
        refresh_case(here.workspace, here.row.folder)
    messages.success(request, t("已保存。", "Kept."))
    address = reverse("dossier_choices", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


def _render_page(
    request: HttpRequest,
    here: Here,
    *,
    typed: Mapping[str, str],
    wrong: Sequence[str],
    status: int = 200,
) -> HttpResponse:
    fields = list(_list_fields(here, typed))
    titles = {template.id: template.title for template in load_documents().values()}
    return render(
        request,
        "documents/choices.html",
        make_case_context(
            here,
            "dossier",
            groups=[
                (titles[document], list(group))
                for document, group in groupby(
                    fields, key=lambda choice_field: choice_field.asked.choice.document
                )
            ],
            open=sum(field.asked.is_open for field in fields),
            own=OWN_WORDS,
            version=edit.read(here.folder).version,
            wrong=wrong,
            may_edit=here.may(Role.EDITOR),
        ),
        status=status,
    )


def _list_fields(here: Here, typed: Mapping[str, str]) -> Iterator[ChoiceField]:
    writings = load_writings(here)
    outcome = writings.outcome
    for asked_choice in list_choices(outcome.case, catalogue(), writings.documents):
        name, choice_made = asked_choice.choice.id, asked_choice.made
        ticked, words = "", ""
        if choice_made is not None:
            ticked, words = choice_made.answer or OWN_WORDS, choice_made.words or ""
        answer = asked_choice.answer
        yield ChoiceField(
            asked=asked_choice,
            ticked=typed.get(f"a.{name}", ticked),
            words=typed.get(f"w.{name}", words),
            warnings=()
            if answer is None
            else tuple(warn_of(answer, outcome.situation, catalogue())),
            folded=choice_made is None
            and not asked_choice.is_open
            and f"a.{name}" not in typed,
        )


_AT: Final = "w/<slug:workspace>/c/<str:case>/choices/"
ROUTES = (
    PageRoute(path=_AT, view=show_choices, name="dossier_choices", least=Role.EDITOR),
    PageRoute(
        path=f"{_AT}keep",
        view=save_choices,
        name="dossier_choices_keep",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
