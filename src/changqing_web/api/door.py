"""Who may call: a token of one workspace, and what it is told when something is wrong.

A token does what the person who made it may do, and no more: it ends with their
membership. What it may not know of is 404, as on the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from changqing.case.edit import StaleError
from changqing.errors import (
    ChangqingError,
    GivenUpError,
    Issue,
    TamperError,
    find_exit_code,
)
from changqing.text import Text
from changqing_web.limits import is_over_limit
from changqing_web.models import CaseRow, Link, Membership, Role
from changqing_web.walls import Here

Json = dict[str, Any]
MOST_A_MINUTE: Final = 600
_FINISHED: Final = 2  # up to this exit code of an error, what was sent is at fault


class TextData(Schema):
    """The same in both languages."""

    zh: str
    en: str


class FaultData(Schema):
    """One thing that is wrong, where, and what to do."""

    text: TextData
    hint: TextData | None = None
    path: str | None = None
    line: int | None = None


class Problem(Schema):
    """Why something was not done; nothing was changed then."""

    code: str
    issues: list[FaultData]


class Clashing(Problem):
    """What others have written meanwhile, beside what was sent."""

    clashes: list[Json] = []
    version: str = ""


REFUSED: Final = {
    400: Problem,
    401: Problem,
    404: Problem,
    409: Clashing,
    422: Problem,
    429: Problem,
    503: Problem,
}


class TokenBearer(HttpBearer):
    """`Authorization: Bearer …` with the token of a workspace."""

    openapi_bearerFormat = "opaque"  # noqa: N815 - a name of OpenAPI

    def authenticate(self, request: HttpRequest, token: str) -> Here | None:
        """Find where the token leads, or None where it opens nothing."""
        link = Link.find(token, Link.Purpose.TOKEN, now=timezone.now())
        if link is None or link.workspace is None or link.user is None:
            return None
        member = Membership.objects.filter(
            workspace=link.workspace, user=link.user
        ).first()
        if member is None or not link.user.is_active:
            return None
        if is_over_limit(f"api:{link.pk}", most=MOST_A_MINUTE, seconds=60):
            raise HttpError(429, "too often")
        role = min(
            (Role(member.role), Role(link.role or Role.EDITOR)), key=lambda r: r.rank
        )
        return Here(user=link.user, workspace=link.workspace, role=role, link=link)


class DescribedApi(NinjaAPI):
    """An API that works out its description once: it takes a second of CPU."""

    @cache  # noqa: B019 - there is one API in a process, and it lives as long
    def _describe(self, path_prefix: str) -> OpenAPISchema:
        return super().get_openapi_schema(path_prefix=path_prefix)

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,
        path_params: dict[str, Any] | None = None,
    ) -> OpenAPISchema:
        """Do as Ninja does; whoever is given the description does not change it."""
        if path_prefix is None:
            path_prefix = self.get_root_path(path_params or {})
        return self._describe(path_prefix)


def make_api() -> NinjaAPI:
    """Make an API without operations: how one comes in, and how errors are told."""
    api = DescribedApi(
        title="长青 Changqing",
        version="1",
        description="The verbs of the command line, for one workspace. "
        "Texts are in the language of `?lang=`, Chinese by default.",
        docs_url=None,
        openapi_url="/openapi.json",
        auth=TokenBearer(),
        urls_namespace="api",
    )
    for kind, handler in _HANDLERS:
        api.add_exception_handler(kind, handler)
    return api


def enter_workspace(request: HttpRequest, least: Role = Role.REVIEWER) -> Here:
    """Find the workspace of the token.

    Raises Http404 where the token may do less than `least`, as if nothing were there.
    """
    here = request.auth  # type: ignore[attr-defined]
    if not isinstance(here, Here) or not here.may(least):
        raise Http404
    return here


def select_cases(here: Here) -> QuerySet[CaseRow]:
    """Select the cases that the token's owner may see: all, or those named for them."""
    rows = here.workspace.cases.all()
    if here.role in {Role.RESPONDENT, Role.REVIEWER}:
        member = Membership.objects.get(workspace=here.workspace, user=here.user.pk)
        if member.role in {Role.RESPONDENT, Role.REVIEWER}:
            rows = rows.filter(scoped=member)
    return rows


def enter_case(request: HttpRequest, case: str, least: Role = Role.REVIEWER) -> Here:
    """Find a case of the token's workspace by its folder.

    Raises Http404 for any other, and where the token may do less than `least`.
    """
    here = enter_workspace(request, least)
    row = None if "\x00" in case else select_cases(here).filter(folder=case).first()
    if row is None:
        raise Http404
    return replace(here, case=row)


def clean_word(value: str) -> str:
    """Take out of a word of a query what no database keeps."""
    return value.replace("\x00", "")


def answer_problem(
    status: int, code: str, *issues: Issue, **more: object
) -> HttpResponse:
    """Say what is wrong, in both languages; `more` are further keys of the answer."""
    faults = [
        {
            "text": _encode_text(issue.text),
            "hint": None if issue.hint is None else _encode_text(issue.hint),
            "path": issue.path,
            "line": issue.line,
        }
        for issue in (issue.name_file() for issue in issues)
    ]
    data = {"code": code, "issues": faults, **more}
    return JsonResponse(
        data, status=status, content_type="application/json; charset=utf-8"
    )


def _encode_text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _answer_error(request: HttpRequest, error: ChangqingError) -> HttpResponse:
    if isinstance(error, TamperError):
        return answer_problem(409, error.code, *error.issues, clashes=[], version="")
    status = 422 if find_exit_code(error) <= _FINISHED else 503
    if isinstance(error, GivenUpError):  # that file or text, but for a busy moment
        status = 503 if error.reason == "busy" else 422
    return answer_problem(status, error.code, *error.issues)


def _answer_clash(request: HttpRequest, error: StaleError) -> HttpResponse:
    return answer_problem(
        409,
        "stale",
        Issue(text=_STALE),
        clashes=[
            {"at": list(clash.at), "mine": clash.mine, "theirs": clash.theirs}
            for clash in error.clashes
        ],
        version=error.now.version,
    )


def _answer_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer_problem(404, "missing", Issue(text=_MISSING))


def _answer_bad_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return answer_stranger()


def answer_stranger() -> HttpResponse:
    """Say that the token opens nothing."""
    answer = answer_problem(401, "token", Issue(text=_STRANGER))
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def answer_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say that it is too often, or that the request cannot be read."""
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        answer = answer_problem(429, "too_often", Issue(text=_TOO_OFTEN))
        answer.headers["Retry-After"] = "60"
        return answer
    message = Text("读不懂这个请求", "the request cannot be read")
    return answer_problem(error.status_code, "request", Issue(text=message))


def _answer_malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    issues = [
        Issue(
            text=Text(
                f"{'.'.join(map(str, fault['loc']))}不符合格式：{fault['msg']}",
                f"{'.'.join(map(str, fault['loc']))} has not the right shape: "
                f"{fault['msg']}",
            )
        )
        for fault in error.errors
    ]
    return answer_problem(422, "shape", *issues)


_MISSING: Final = Text("没有，或者这个令牌无权知道", "not there, or not for this token")
_STRANGER: Final = Text(
    "令牌不对、已到期或已收回", "the token is wrong, expired or withdrawn"
)
_STALE: Final = Text(
    "这段时间别人改过同一处，没有写", "others changed the same; nothing was written"
)
_TOO_OFTEN: Final = Text("一分钟内次数太多", "too often within a minute")

Handler = Callable[[HttpRequest, Any], HttpResponse]
_HANDLERS: Final[tuple[tuple[type[Exception], Handler], ...]] = (
    (ChangqingError, _answer_error),
    (StaleError, _answer_clash),
    (Http404, _answer_missing),
    (AuthenticationError, _answer_bad_token),
    (ValidationError, _answer_malformed),
    (HttpError, answer_http_error),
)
