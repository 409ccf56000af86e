"""What would make this installation unsafe or useless, found before it serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, run_checks
from django.core.exceptions import ImproperlyConfigured

from changqing_web.oidc.configuration import (
    ISSUER,
    LONGEST_ISSUER,
    SECRET,
    SIGNUP,
    OidcSettings,
    has_packages,
    is_private_address,
)

TAG: Final = "changqing"


def refuse_wrong_settings() -> None:
    """Stop what begins, with what is wrong in both languages.

    Raises ImproperlyConfigured: a setting is wrong or half made.
    """
    serious = [fault for fault in run_checks(tags=[TAG]) if fault.is_serious()]
    if serious:
        raise ImproperlyConfigured(
            "\n".join(f"{fault.id}: {fault.msg}\n  {fault.hint}" for fault in serious)
        )


def check_oidc(
    app_configs: Sequence[AppConfig] | None, **_more: Any
) -> list[CheckMessage]:
    """Tell whether the identity provider is set up whole, or not at all."""
    oidc: OidcSettings | None = settings.OIDC
    return [] if oidc is None else list(_list_faults(oidc))


def _list_faults(oidc: OidcSettings) -> Iterator[Error]:
    if oidc.secret_file:
        yield Error(
            f"{SECRET}_FILE：读不了 / cannot be read: {oidc.secret_file}",
            hint="请核对路径和权限 / look at the path and at who may read it",
            id="changqing.E002",
        )
    missing = set(oidc.missing) - ({SECRET} if oidc.secret_file else set())
    if missing:
        yield Error(
            f"用公司账号登录（OIDC）没有配置完，缺 / "
            f"signing in by OIDC is half set up, missing: {', '.join(sorted(missing))}",
            hint="请补上，或把CHANGQING_OIDC_…都去掉 / "
            "set them, or unset every CHANGQING_OIDC_…",
            id="changqing.E001",
        )
    if oidc.issuer and not is_private_address(oidc.issuer):
        yield Error(
            f"{ISSUER}要是https地址 / is to be an https address: {oidc.issuer}",
            hint="照登录方公布的issuer写 / write it as the provider publishes it",
            id="changqing.E003",
        )
    if oidc.is_too_long:
        yield Error(
            f"{ISSUER}超过{LONGEST_ISSUER}个字符 / "
            f"is longer than {LONGEST_ISSUER} characters",
            hint="请核对是否多写了 / look whether too much was written",
            id="changqing.E004",
        )
    if not oidc.is_signup_known:
        yield Error(
            f"{SIGNUP}只能是open或不设 / is open or not set: {oidc.signup}",
            hint="不设：没有账号的进不来 / not set: who has no account is not let in",
            id="changqing.E005",
        )
    if not has_packages():
        yield Error(
            "用公司账号登录要用的软件包没有安装 / "
            "the packages for signing in by OIDC are not installed",
            hint="pip install 'changqing[oidc]'",
            id="changqing.E006",
        )
