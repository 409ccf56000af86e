"""Pictures of pages: what a browser shows, and where it cannot reach."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from changqing.errors import NetError
from changqing.net.model import NetSettings
from changqing.probes.screenshot import (
    BrowserProgram,
    TakenPicture,
    take_picture,
)
from tests.needs import find_program

pytestmark = [pytest.mark.browser, pytest.mark.long]


@dataclass(slots=True, kw_only=True)
class Served:
    """A server on loopback, its pages by path, and what it was asked for."""

    port: int = 0
    pages: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def serve(pages: Mapping[str, bytes]) -> Iterator[Served]:
    told = Served(pages=dict(pages))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            if to := told.moved.get(self.path):
                self.send_response(302)
                self.send_header("Location", to)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            page = told.pages.get(self.path)
            self.send_response(404 if page is None else 200)
            kind = "image/svg+xml" if self.path.endswith(".svg") else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(page or b"")))
            self.end_headers()
            self.wfile.write(page or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def program() -> BrowserProgram:
    """The tests run as root in a machine of their own."""
    return BrowserProgram(path=find_program("browser"), sandboxed=os.geteuid() != 0)


def _opened(*served: Served) -> NetSettings:
    places = frozenset(("127.0.0.1", each.port) for each in served)
    return NetSettings(opened=places, pause_seconds=0.0, controls=())


def _open_picture(taken: TakenPicture) -> Image.Image:
    return Image.open(io.BytesIO(taken.png)).convert("RGB")


_RED = b"<body style='margin:0;background:rgb(200,0,0)'><img src='/green.svg'>"
_GREEN = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>"
    b"<rect width='100' height='100' fill='rgb(0,160,0)'/></svg>"
)


def test_a_page_is_shown_with_its_pictures(program: BrowserProgram) -> None:
    with serve({"/": _RED, "/green.svg": _GREEN}) as site:
        taken = take_picture(site.url, program, _opened(site))
    shown = _open_picture(taken)
    assert shown.size == (1280, 800)
    assert shown.getpixel((50, 50)) == (0, 160, 0)
    assert shown.getpixel((600, 600)) == (200, 0, 0)
    assert taken.shown == site.url
    assert taken.browser.startswith("Chromium ")
    assert not taken.personal


def test_a_long_page_is_shown_to_its_foot_and_one_without_end_is_cut(
    program: BrowserProgram,
) -> None:
    pages = {
        "/": b"<body style='margin:0'><div style='height:2000px'></div>",
        "/long": b"<body style='margin:0'><div style='height:90000px'></div>",
    }
    with serve(pages) as site:
        assert (
            _open_picture(take_picture(site.url, program, _opened(site))).height == 2000
        )
        cut = take_picture(f"{site.url}long", program, _opened(site))
    assert _open_picture(cut).height == 8000


def test_nothing_of_our_own_network_is_reached_from_a_page(
    program: BrowserProgram,
) -> None:
    with serve({"/": b"secret", "/a.svg": _GREEN}) as inside, serve({}) as site:
        page = f"""<body><img src="{inside.url}a.svg">
          <iframe src="http://localhost:{inside.port}/"></iframe>
          <iframe src="http://[::1]:{inside.port}/"></iframe>
          <script>fetch("{inside.url}f", {{mode: "no-cors"}});
          new WebSocket("ws://127.0.0.1:{inside.port}/w");
          new RTCPeerConnection({{iceServers: [{{urls:
            "turn:127.0.0.1:{inside.port}?transport=tcp", username: "a",
            credential: "b"}}]}}).createDataChannel("x");
          </script>"""
        leads = f"<script>location = '{inside.url}'</script>"
        site.pages = {"/": page.encode(), "/leads": leads.encode()}
        site.moved = {"/moved.svg": f"{inside.url}a.svg"}
        site.pages["/moves"] = b"<body><img src='/moved.svg'>"
        for path in ("", "leads", "moves"):
            take_picture(f"{site.url}{path}", program, _opened(site))
        assert "/moved.svg" in site.asked
        assert inside.asked == []
        # The very same page, where what is asked may be: the ways in are ways in.
        take_picture(site.url, program, _opened(site, inside))
        assert {"/a.svg", "/f", "/w"} <= set(inside.asked)


def test_a_page_that_redirects_inside_is_refused_in_words(
    program: BrowserProgram,
) -> None:
    with serve({"/": b"secret"}) as inside, serve({}) as site:
        site.moved = {"/": inside.url}
        with pytest.raises(NetError) as refused:
            take_picture(site.url, program, _opened(site))
        assert refused.value.reason == "own_network"
        assert inside.asked == []


def test_where_robots_are_kept_out_no_picture_is_taken(program: BrowserProgram) -> None:
    pages = {"/": _RED, "/robots.txt": b"User-agent: *\nDisallow: /\n"}
    with serve(pages) as site:
        with pytest.raises(NetError) as refused:
            take_picture(site.url, program, _opened(site))
        assert refused.value.reason == "robots"
        assert site.asked == ["/robots.txt"]


_NUMBER = "身份证号 11010519491231002X"


@pytest.mark.parametrize(
    "page",
    [
        _NUMBER,
        f"<iframe srcdoc='{_NUMBER}'></iframe>",
        f"<input size=40 value='{_NUMBER}'>",
        "<p></p><script>document.querySelector('p').attachShadow({mode: 'open'})"
        f".innerHTML = '{_NUMBER}'</script>",
        f"<script>setTimeout(() => document.body.append('{_NUMBER}'), 300)</script>",
    ],
    ids=["text", "frame", "field", "component", "late"],
)
def test_a_page_that_shows_a_citizens_number_is_marked(
    program: BrowserProgram, page: str
) -> None:
    with serve({"/": f"<meta charset=utf-8><body>{page}".encode()}) as site:
        assert take_picture(site.url, program, _opened(site)).personal


def test_a_page_that_writes_itself_an_endless_address_is_refused(
    program: BrowserProgram,
) -> None:
    page = b"<script>history.replaceState(0, '', '/?' + 'a'.repeat(9000))</script>"
    with serve({"/": page}) as site:
        with pytest.raises(NetError) as refused:
            take_picture(site.url, program, _opened(site))
        assert refused.value.reason == "too_large"


def test_no_browser_and_no_profile_are_left(
    program: BrowserProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="shot") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        with serve({"/": _RED}) as site:
            take_picture(site.url, program, _opened(site))
        assert not [*Path(folder).iterdir()]
    running = subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True, check=True
    )
    assert folder not in running.stdout
