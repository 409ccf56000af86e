"""Why somebody who comes from the provider is not let in, in words for them."""

from __future__ import annotations

import logging
from enum import Enum
from typing import Final

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render

from changqing.text import Text
from changqing_web.language import page_language
from changqing_web.oidc.configuration import get_oidc

_AWAY: Final = 503
_REFUSED: Final = 403


class SignInRefusal(Enum):
    """A reason, and what to do next."""

    STATE = Text(
        "这次登录已经用过、已经过期，或者不是从这个浏览器开始的。请回到登录页重新登录。",
        "This sign-in was used already, has expired, or was not begun in this browser. "
        "Begin again on the sign-in page.",
    )
    CANCELLED = Text(
        "您在登录方那里取消了登录。", "You cancelled the sign-in at the provider."
    )
    PROVIDER = Text(
        "登录方拒绝了这次登录。请重试；一直这样，请告诉管理员。",
        "The provider refused this sign-in. Try again; tell your administrator if it "
        "stays so.",
    )
    AWAY = Text(
        "现在联系不上登录方。请过几分钟重试，或用密码登录。",
        "The provider cannot be reached now. Try again in some minutes, or sign in "
        "with your password.",
    )
    ISSUER = Text(
        "登录方自称的地址和这里配置的不一样，没有采信。请管理员核对"
        "CHANGQING_OIDC_ISSUER，要和登录方公布的issuer一字不差。",
        "The provider calls itself by another address than the one configured here, so "
        "it was not believed. Your administrator is to compare CHANGQING_OIDC_ISSUER "
        "with the issuer that the provider publishes, letter by letter.",
    )
    TOKEN = Text(
        "登录方的答复没有通过核对（签名、期限、对象或一次性标记不符），没有采信。"
        "请重新登录；一直这样，请告诉管理员。",
        "The provider’s answer did not pass the check (signature, time, audience or "
        "one-time mark), so it was not believed. Sign in again; tell your "
        "administrator if it stays so.",
    )
    NO_ADDRESS = Text(
        "登录方没有给出邮箱，认不出是哪个账号。请管理员让登录方提供email。",
        "The provider named no mail address, so your account cannot be found. Your "
        "administrator is to let it pass on the e-mail address.",
    )
    UNVERIFIED = Text(
        "登录方没有确认过您的邮箱，不能凭它登录。请先在登录方那里确认邮箱。",
        "The provider has not verified your mail address, so it cannot sign you in. "
        "Verify it at the provider first.",
    )
    UNPROVEN_HERE = Text(
        "这里有这个邮箱的账号，但邮箱在这里没有确认过，不能凭它登录。请用密码登录。",
        "There is an account with this mail address, but the address was never "
        "confirmed here, so it cannot sign you in. Sign in with your password.",
    )
    ANOTHER = Text(
        "这个邮箱的账号已经绑定了登录方的另一个用户。如果都是您，请用密码登录，"
        "在“账号”里解除绑定后再试。",
        "The account with this mail address belongs to another user of the provider. "
        "If both are you, sign in with your password, disconnect it under Account, and "
        "try again.",
    )
    UNKNOWN = Text(
        "这里没有这个邮箱的账号。请向工作区的负责人要一个邀请链接，先新建账号。",
        "There is no account with this mail address. Ask the owner of a workspace for "
        "an invitation, and make your account first.",
    )

    def __init__(self, text: Text) -> None:
        self.text = text


def refuse(request: HttpRequest, refusal: SignInRefusal) -> ImmediateHttpResponse:
    """Make the page that says why not, to be raised.

    The log has the reason and no name.
    """
    logging.getLogger(__name__).warning("OIDC sign-in refused: %s", refusal.name)
    page = render(
        request,
        "account/oidc_refused.html",
        {"why": refusal.text.say(page_language()), "provider": get_oidc().label},
        status=_AWAY if refusal is SignInRefusal.AWAY else _REFUSED,
    )
    page.headers["Cache-Control"] = "no-store"
    return ImmediateHttpResponse(page)
