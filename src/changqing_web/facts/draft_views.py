"""草稿: where forms send what is typed, until it is handed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from changqing.text import Text
from changqing_web.facts import drafts
from changqing_web.language import page_language
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute


def save_draft(request: HttpRequest, here: Here) -> HttpResponse:
    """Keep what is typed in a form of a case; `drop` forgets it."""
    form = request.POST.get("form", "")
    if request.POST.get("drop"):
        drafts.drop_draft(here, form)
        return HttpResponse(status=204)
    draft = (
        drafts.save_draft(here, form, drafts.Typed.from_post(request.POST))
        if form
        else None
    )
    if draft is None:
        answer = Text(
            zh="草稿没有保存：内容太多。请提交，已填内容还在本页。",
            en="The draft was not saved: it is too long. Hand it in; what is typed is "
            "still on this page.",
        )
        return JsonResponse({"said": answer.say(page_language())}, status=413)
    return JsonResponse(
        {"said": drafts.say_when_kept(draft.saved_at).say(page_language())}
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/draft/",
        view=save_draft,
        name="draft",
        least=Role.RESPONDENT,
        methods=("POST",),
    ),
)
