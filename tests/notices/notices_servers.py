"""A mail server and three robots on loopback that check what is sent to them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "SECkey-of-the-robot"
TOKEN = "token-in-the-address"


@dataclass(slots=True)
class MailBox:
    """A small SMTP server; `says` replaces what it answers to a command."""

    context: ssl.SSLContext | None = None
    says: dict[str, str] = field(default_factory=dict)
    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    async def talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 box")
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            answer = self.says.get(verb, "250 fine")
            if verb == "EHLO":
                say("250-box")
                say("250-AUTH PLAIN")
                say("250 SMTPUTF8")
            elif verb == "AUTH":
                self.logins.append(line)
                say(self.says.get(verb, "235 welcome"))
            elif verb == "DATA" and answer.startswith("250"):
                say("354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                self.got.append(message_from_bytes(content[:-5], policy=policy.default))
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                break
            else:
                say(answer)
            await writer.drain()
        writer.close()


@contextmanager
def mail_box(
    context: ssl.SSLContext | None = None, says: dict[str, str] | None = None
) -> Iterator[MailBox]:
    """The server, in a thread of its own."""
    box = MailBox(context=context, says=says or {})
    started = threading.Event()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(box.talk, "127.0.0.1", 0, ssl=context)
        box.port = server.sockets[0].getsockname()[1]
        started.set()
        async with server:
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(5)
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(5)
        loop.close()


class Robots(ThreadingHTTPServer):
    """`/wecom`, `/dingtalk` and `/feishu`; `refuses` is what they say instead of yes."""

    refuses: tuple[int, dict[str, object]] | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Robot)
        self.texts: list[str] = []

    @property
    def port(self) -> int:
        """Where they listen."""
        return int(self.server_address[1])

    def url(self, kind: str) -> str:
        """Address of one, with its secret."""
        return f"http://127.0.0.1:{self.port}/{kind}?access_token={TOKEN}"


class _Robot(BaseHTTPRequestHandler):
    server: Robots

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        data = json.loads(self.rfile.read(length))
        where = urlsplit(self.path)
        asked = {name: each[0] for name, each in parse_qs(where.query).items()}
        kind = where.path.removeprefix("/")
        ok: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
        if kind == "feishu":
            stamp = data["timestamp"]
            fine = data["sign"] == signed(f"{stamp}\n{KEY}", "")
            text, ok = data["content"]["text"], {"code": 0, "msg": "success"}
        else:
            stamp = asked.get("timestamp", "")
            fine = kind == "wecom" or asked["sign"] == signed(KEY, f"{stamp}\n{KEY}")
            text = data["text"]["content"]
        status, said = 200, ok if fine else {"errcode": 310000, "errmsg": "bad sign"}
        if self.server.refuses is not None:
            status, said = self.server.refuses
        elif fine and asked["access_token"] == TOKEN:
            self.server.texts.append(text)
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def signed(key: str, text: str) -> str:
    """HMAC-SHA256 in base64."""
    made = hmac.digest(key.encode(), text.encode(), hashlib.sha256)
    return base64.b64encode(made).decode()


@contextmanager
def robots() -> Iterator[Robots]:
    """The robots, in a thread of their own."""
    with Robots() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(5)
