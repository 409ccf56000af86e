"""`/mcp`: the tools of `changqing mcp` over HTTP, for the cases that a token may read.

Each message is answered by itself (streamable HTTP without sessions), so that any
process of the server answers any of them. A token's walls are those of the API; papers
and bundles are not given out here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja.errors import HttpError

from changqing import __version__
from changqing.errors import Issue
from changqing.text import Text
from changqing_web.api.door import (
    TokenBearer,
    answer_http_error,
    answer_problem,
    answer_stranger,
    select_cases,
)
from changqing_web.cases import judge_case
from changqing_web.index import catalogue
from changqing_web.language import page_language
from changqing_web.models import CaseRow
from changqing_web.walls import Here

if TYPE_CHECKING:
    from changqing.run import Outcome

_MOST_BYTES: Final = 1 << 20
_ADDRESS: Final = "/mcp"
_PASSED: Final = ("Accept", "Content-Type", "MCP-Protocol-Version")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCases:
    """The cases that a token may read, looked up before the protocol's loop runs."""

    here: Here
    rows: Mapping[str, CaseRow]
    at_work: Sequence[str]
    """The folders that were not put away."""

    def list_names(self) -> Sequence[str]:
        """List the cases that are at work, by folder."""
        return self.at_work

    def assess(self, name: str) -> Outcome:
        """Judge a case as it is now; any other is told as one that never was."""
        from changqing.assistant import make_missing_case_error

        row = self.rows.get(name)
        if row is None:
            raise make_missing_case_error()
        return judge_case(replace(self.here, case=row))


@csrf_exempt
@require_POST
def answer_assistant(request: HttpRequest) -> HttpResponse:
    """Answer one message of the Model Context Protocol."""
    try:
        import mcp  # noqa: F401 - the web application is whole without it
    except ImportError:
        return answer_problem(501, "mcp", Issue(text=_NOT_INSTALLED))
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    try:
        here = (
            TokenBearer().authenticate(request, secret.strip())
            if kind.lower() == "bearer"
            else None
        )
    except HttpError as error:
        return answer_http_error(request, error)
    if here is None:
        return answer_stranger()
    try:
        too_large = len(request.body) > _MOST_BYTES
    except RequestDataTooBig:
        too_large = True
    if too_large:
        return answer_problem(413, "large", Issue(text=_TOO_LARGE))
    rows = select_cases(here)
    cases = TokenCases(
        here=here,
        rows={row.folder: row for row in rows},
        at_work=sorted(rows.filter(archived=False).values_list("folder", flat=True)),
    )
    # As bytes, which they were: whoever calls may write anything there.
    headers = {
        name.encode(): request.headers[name].encode("latin-1", "replace")
        for name in _PASSED
        if name in request.headers
    }
    status, kind, content = asyncio.run(_send_message(cases, headers, request.body))
    return HttpResponse(content, status=status, content_type=kind)


async def _send_message(
    cases: TokenCases, headers: Mapping[bytes, bytes], message: bytes
) -> tuple[int, str, bytes]:
    """Hand a message to the server of the SDK: its status, media type and answer."""
    import httpx2
    from mcp.server.transport_security import TransportSecuritySettings

    from changqing.assistant import ReadingDesk, make_server

    desk = ReadingDesk(
        catalogue=catalogue(),
        cases=cases,
        bundles=None,
        clock=timezone.now,
        language=page_language(),
    )
    app = make_server(desk, __version__).streamable_http_app(
        streamable_http_path=_ADDRESS,
        json_response=True,
        stateless_http=True,
        # Who calls has brought a token, and Django has looked at the host.
        transport_security=TransportSecuritySettings(
            enable_dns_rebinding_protection=False
        ),
    )
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://changqing") as client,
    ):
        answer = await client.post(_ADDRESS, content=message, headers=headers)
    return answer.status_code, answer.headers.get("Content-Type", ""), answer.content


_NOT_INSTALLED: Final = Text(
    "这台服务器没有装mcp组件：pip install 'changqing[mcp]'",
    "this server lacks the extra mcp: pip install 'changqing[mcp]'",
)
_TOO_LARGE: Final = Text("一条消息最多1 MB", "a message has 1 MB at most")
PATTERNS: Final[list[URLPattern]] = [path("mcp", answer_assistant, name="mcp")]
"""Outside the table of pages, as the API: whoever asks brings a token."""
