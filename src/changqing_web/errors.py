"""Pages for what went wrong: what, and what to do next; never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from changqing.errors import ChangqingError, DayError
from changqing.text import Language, Text
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.walls import Here

# What is said to whoever would write over what somebody else has just written.
CHECK_CHANGED: Final = Text(
    zh="别人刚改过，请检查后再试。",
    en="Somebody has just changed it: check, and try again.",
)
LOOK_AT_CHANGED: Final = Text(
    zh="别人刚改过，请看过再改", en="Somebody has just changed it; look again"
)
RETRY_CHANGED: Final = Text(
    zh="别人刚改过，请再试。", en="Somebody has just changed it; try again."
)

_WRONG_METHOD: Final = 405


class TellErrors:
    """Says what a case cannot be used for where a page did not say it itself."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; an address that only takes forms says so to who opens it."""
        answer = self._answer(request)
        if answer.status_code != _WRONG_METHOD or answer.content:
            return answer
        page = _refuse_method(request)
        page.headers["Allow"] = answer.headers["Allow"]
        return page

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Show each issue and what to do; anything else is a fault of ours."""
        if not isinstance(error, ChangqingError):
            return None
        if isinstance(error, DayError) and (here := getattr(request, "here", None)):
            return mend_days(request, here, list_issues(error), status=409)
        return _render_page(
            request,
            409,
            t("这个项目现在办不了", "This case cannot be worked on now"),
            t(
                "已记录的内容没有动，已填的内容可返回上一页找到。",
                "Nothing recorded was touched; what you typed is on the page before "
                "this one.",
            ),
            lines=list_issues(error),
        )


def mend_days(
    request: HttpRequest, here: Here, lines: list[str], *, status: int
) -> HttpResponse:
    """Show the case whose own days do not fit today, with the fields that mend it."""
    from changqing.case import edit
    from changqing_web.cases import make_case_context

    case_data = edit.read(here.folder)
    context = make_case_context(
        here,
        "case",
        lines=lines,
        version=case_data.version,
        submit_on=case_data.find_value(("application", "submit_on")),
        declared_on=case_data.find_value(("declared_on",)),
        may_edit=here.may(Role.EDITOR),
    )
    return render(request, "days.html", context, status=status)


def list_issues(error: ChangqingError, language: Language | None = None) -> list[str]:
    """List each issue by the name of its file: where it lies is nobody's business."""
    return [
        issue.name_file().say(language or page_language()) for issue in error.issues
    ]


def say_briefly(error: ChangqingError, language: Language) -> str:
    """Say what is wrong in one line, without the place of any file."""
    joint = "；" if language is Language.ZH else "; "
    return joint.join(issue.text.say(language) for issue in error.issues)


def _render_page(
    request: HttpRequest,
    status: int,
    title: str,
    explanation: str,
    *,
    lines: list[str] | None = None,
) -> HttpResponse:
    here: Here | None = getattr(request, "here", None)
    address = ""
    if here is not None and here.case is not None:
        address = reverse("case", args=[here.workspace.slug, here.case.folder])
    return render(
        request,
        "error.html",
        {
            "title": title,
            "what": explanation,
            "lines": lines or [],
            "case_url": address,
        },
        status=status,
    )


def answer_unreadable(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    """Answer more than a form may hold, or nothing that a form would send."""
    return _render_page(
        request,
        400,
        t("这次提交读不了，没有保存", "This could not be read, and was not kept"),
        t(
            "内容太多，或者不是这里的表单送来的。请返回上一页，分几次提交。",
            "It holds too much, or no form of ours sent it. Go back, and send it in "
            "several parts.",
        ),
    )


def answer_missing(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    """Answer for what is not here, or nothing that this person may know of.

    They look the same.
    """
    return _render_page(
        request,
        404,
        t("没有这个页面", "There is no such page"),
        t(
            "地址可能写错了，内容可能已删除，或者您没有权限查看。请从项目总览重新进入。",
            "The address may be wrong, the page gone, or not yours to see. Start again "
            "from the list of cases.",
        ),
    )


def _refuse_method(request: HttpRequest) -> HttpResponse:
    return _render_page(
        request,
        _WRONG_METHOD,
        t("这个地址只接收表单", "This address only takes forms"),
        t(
            "如果刚才提交时要您重新登录，那次提交没有保存，已填的在草稿里：回到那一页再提交一次。",
            "If you were asked to sign in as you sent a form, it was not kept; what "
            "you typed is kept as a draft: go back to its page and send it again.",
        ),
    )


def answer_forbidden(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was sent without its proof of origin."""
    return _render_page(
        request,
        403,
        t("这次提交没有被接受", "This was not accepted"),
        t(
            "页面放得太久，或者浏览器没有带上验证信息。请返回上一页，刷新后再提交，已填的在草稿里。",
            "The page was open too long, or the browser sent no check value. Go "
            "back, reload and send again; what you typed is kept as a draft.",
        ),
    )


def answer_fault(request: HttpRequest) -> HttpResponse:
    """Answer for a fault of ours. What was recorded before stands."""
    return _render_page(
        request,
        500,
        t("遇到没有料到的情况", "Something unforeseen happened"),
        t(
            "已记录的内容没有丢失。请稍后再试；还不行，请把时间告诉管理员。",
            "Nothing recorded is lost. Try again later; if it stays, tell the "
            "administrator at what time it was.",
        ),
    )
