"""Web servers for rehearsals: a folder of pages, and a registry of domains."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from changqing.jsondata import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a rehearsal server listens, on 127.0.0.1."""

    port: int
    scheme: str

    def make_url(self, host: str = "127.0.0.1", path: str = "/") -> str:
        """Make the address of `path` under a name of your choice."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def address(self) -> tuple[str, int]:
        """Return what to open in the settings of the door, when asked by number."""
        return ("127.0.0.1", self.port)


@asynccontextmanager
async def serve_app(
    app: web.Application, *, context: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Serve an aiohttp application on a free port until the block ends."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    try:
        await site.start()
        port = int(runner.addresses[0][1])
        yield Server(port=port, scheme="http" if context is None else "https")
    finally:
        await runner.cleanup()


def serve_site(
    folder: Path, *, context: ssl.SSLContext | None = None
) -> AbstractAsyncContextManager[Server]:
    """Serve the files of `folder`; `/` is its index.html. Bytes go out as they are."""
    root = folder.resolve()

    async def answer(request: web.Request) -> web.StreamResponse:
        path = (root / request.match_info["path"]).resolve()
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file() or not path.is_relative_to(root):
            raise web.HTTPNotFound
        return web.FileResponse(path)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    return serve_app(app, context=context)


def serve_redirect(target: str) -> AbstractAsyncContextManager[Server]:
    """Send whoever asks for any page to the same page under `target`."""

    async def answer(request: web.Request) -> web.StreamResponse:
        raise web.HTTPMovedPermanently(target.rstrip("/") + request.path_qs)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    return serve_app(app)


def serve_rdap(
    objects: Mapping[str, JsonObject],
    *,
    context: ssl.SSLContext | None = None,
) -> AbstractAsyncContextManager[Server]:
    """Answer RFC 9083 domain queries at `/domain/NAME` from `objects`."""

    async def answer(request: web.Request) -> web.StreamResponse:
        record = objects.get(request.match_info["name"].lower())
        if record is None:
            raise web.HTTPNotFound
        return web.json_response(record, content_type="application/rdap+json")

    app = web.Application()
    app.router.add_get("/domain/{name}", answer)
    return serve_app(app, context=context)
