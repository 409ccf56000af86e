"""Pages put up against programs: they answer, but show nothing of the service."""

from __future__ import annotations

from collections.abc import Iterable

_LOOK_AT = 20_000  # a challenge says so early

_MARKERS = (
    b"__jsl_clearance",  # Knownsec
    b"acw_sc__v2",  # Aliyun
    b"aliyun_waf",
    b"/_guard/",  # Baidu
    b"cf-chl-",  # Cloudflare
    b"challenge-platform",
    b"_incapsula_resource",
    b"tencentwaf",
    b"sec_sdk_build",
    b"captcha.gtimg.com",
    b"geetest.com",
    b"$_ts=window['$_ts']",  # River Security
)
_PHRASES = tuple(
    phrase.encode(encoding)
    for phrase in (
        "安全验证",
        "人机验证",
        "访问验证",
        "滑动验证",
        "请完成验证",
        "浏览器安全检查",
        "访问过于频繁",
    )
    for encoding in ("utf-8", "gb18030")
)
_COOKIES = ("__jsluid", "acw_tc", "cf_clearance", "https_waf_cookie", "ydclearance")
_WALL_STATUS = frozenset({412, 521, 566, 567})
_SMALL = 4_000  # bytes; a real page with a slider in its login form is larger


def is_challenge(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> bool:
    """Tell whether the answer is a test for programs and not the page asked for."""
    head = body[:_LOOK_AT].lower()
    marked = any(marker in head for marker in _MARKERS)
    if status in _WALL_STATUS:
        cookies = " ".join(v for k, v in headers if k.lower() == "set-cookie")
        return marked or any(name in cookies for name in _COOKIES)
    if marked and (status != 200 or len(body) < _SMALL):
        return True
    worded = any(phrase in head for phrase in _PHRASES)
    return worded and len(body) < _SMALL
