"""Files that are handed out: to keep, or shown apart from the page."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SANDBOX: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self' data:",
        "sandbox",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)


def make_download(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """Hand out a file under a name."""
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    return answer


def disarm_answer(answer: HttpResponseBase) -> None:
    """Let bytes of strangers run nothing in a browser, and lie in no cache."""
    answer["Content-Security-Policy"] = _SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
