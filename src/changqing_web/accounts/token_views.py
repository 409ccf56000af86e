"""接口: tokens of the API, each of one workspace, and a plain list of operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from changqing.text import Text
from changqing_web.api.chinese import IN_CHINESE
from changqing_web.api.routes import build_api
from changqing_web.language import t
from changqing_web.models import Link, Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_DAYS: Final = (30, 90, 365)
_LONGEST_NUMBER: Final = 18  # digits that every database takes
_ROLES: Final = (Role.REVIEWER, Role.EDITOR, Role.OWNER)


def show_tokens(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the tokens that are open; a POST makes one, or withdraws one.

    The secret of a new one is shown in the answer to that POST and never again.
    """
    match request.POST.get("do") if request.method == "POST" else None:
        case None:
            return _render_page(request, here)
        case "make":
            return _make_token(request, here)
        case "withdraw":
            return _withdraw_token(request, here)
        case _:
            raise Http404


def _list_open_tokens(here: Here) -> QuerySet[Link]:
    return Link.objects.filter(
        workspace=here.workspace,
        purpose=Link.Purpose.TOKEN,
        withdrawn_at=None,
        expires_at__gt=timezone.now(),
    )


def _make_token(request: HttpRequest, here: Here) -> HttpResponse:
    days, role = request.POST.get("days", ""), request.POST.get("role", "")
    if days not in map(str, _DAYS) or role not in _ROLES:
        raise Http404
    label = " ".join(request.POST.get("label", "").split())[:120]
    _, secret = Link.make(
        Link.Purpose.TOKEN,
        expires_at=timezone.now() + timedelta(days=int(days)),
        workspace=here.workspace,
        user=here.user,
        role=role,
        label=label or t("没有写用途", "no purpose given"),
    )
    add_case_event(here, "token", Text(zh="开了接口令牌", en="made a token of the API"))
    return _render_page(request, here, secret=secret, role=role)


def _withdraw_token(request: HttpRequest, here: Here) -> HttpResponse:
    number = request.POST.get("token", "")
    if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        raise Http404
    token = _list_open_tokens(here).filter(pk=int(number)).first()
    if token is None:
        raise Http404
    token.withdrawn_at = timezone.now()
    token.save(update_fields=["withdrawn_at"])
    add_case_event(
        here,
        "token_withdrawn",
        Text(
            zh=f"收回接口令牌（{token.label}）",
            en=f"withdrew a token of the API ({token.label})",
        ),
    )
    messages.success(
        request,
        t("令牌已收回，不再有效。", "The token is withdrawn and opens nothing."),
    )
    return redirect("tokens", workspace=here.workspace.slug)


def _choose_example(here: Here, role: str) -> str:
    """An operation that a token of this role may call: one that reads lists nothing."""
    case = here.workspace.cases.order_by("name").first()
    if role != Role.REVIEWER or case is None:
        return "cases"
    return f"cases/{case.folder}"


def _render_page(
    request: HttpRequest, here: Here, *, secret: str = "", role: str = ""
) -> HttpResponse:
    schema = build_api().get_openapi_schema(path_prefix="/api/v1/")
    return render(
        request,
        "accounts/tokens.html",
        {
            "section": "tokens",
            "secret": secret,
            "example": request.build_absolute_uri(
                f"/api/v1/{_choose_example(here, role)}"
            ),
            "tokens": _list_open_tokens(here).select_related("user").order_by("-pk"),
            "days": _DAYS,
            "roles": _ROLES,
            "operations": [
                (method.upper(), path, _describe_operation(operation))
                for path, methods in schema["paths"].items()
                for method, operation in methods.items()
            ],
        },
    )


def _describe_operation(operation: Mapping[str, str]) -> Text:
    """The first sentence of its description, and the same in Chinese."""
    english = operation["description"].partition("\n\n")[0]
    return Text(zh=IN_CHINESE[operation["operationId"]], en=english)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/api/",
        view=show_tokens,
        name="tokens",
        least=Role.OWNER,
        methods=("GET", "POST"),
    ),
)
