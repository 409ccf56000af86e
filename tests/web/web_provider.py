"""A provider of identities on loopback, as OpenID Connect has it; it also lies."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)

CLIENT = "changqing-test"
SECRET = "between the two of us"


@cache
def make_key(name: str) -> RSAPrivateKey:
    """A key of its own for each name; they are slow to make."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True, kw_only=True)
class Provider:
    """What it says of whoever comes, and what it was asked."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims of the ID token, over those that are right; None leaves one out."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    """What it publishes of itself, over what is right."""
    signs_with: str = "own"
    algorithm: str = "RS256"
    redirects_keys: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    """Each way to its sign-in page, with what was asked in the address."""
    refused: list[str] = field(default_factory=list)
    """Why it refused to give tokens."""

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.published,
        }

    def authorize(self, asked: Mapping[str, str]) -> str:
        """Sign somebody in without a question: the address that leads them back."""
        self.asked.append(dict(asked))
        code = f"code-{len(self.asked) - 1}"
        back = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{back}"

    def give_tokens(self, form: Mapping[str, str], authorization: str) -> Any:
        """Give tokens for a code, to who has the secret and the PKCE verifier."""
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {known}":
            self.refused.append("secret")
            return None
        asked = self.asked[int(form["code"].removeprefix("code-"))]
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (asked.get("code_challenge"), asked.get("code_challenge_method")) != (
            challenge,
            "S256",
        ):
            self.refused.append("verifier")
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "person-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            "email": "a@firm.example",
            "email_verified": True,
            **self.claims,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        key: Any = make_key(self.signs_with)
        if self.algorithm == "HS256":  # as who knows the public key alone may sign
            key = "x" * 64
        elif self.algorithm == "none":
            key = None
        token = jwt.encode(
            told, key, algorithm=self.algorithm, headers={"kid": "the-key"}
        )
        return {
            "access_token": "opens userinfo",
            "token_type": "Bearer",
            "id_token": token,
        }

    def publish_keys(self) -> dict[str, Any]:
        jwk = json.loads(
            jwt.algorithms.RSAAlgorithm.to_jwk(make_key("own").public_key())
        )
        return {"keys": [{**jwk, "kid": "the-key", "use": "sig", "alg": "RS256"}]}


@contextmanager
def serve_provider() -> Iterator[Provider]:
    """Serve a provider on this machine until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            match parts.path:
                case "/.well-known/openid-configuration":
                    self.tell(provider.describe())
                case "/authorize":
                    asked = {name: v[0] for name, v in parse_qs(parts.query).items()}
                    self.lead(provider.authorize(asked))
                case "/keys" if provider.redirects_keys:
                    self.lead(f"{provider.issuer}/other-keys")
                case "/keys" | "/other-keys":
                    self.tell(provider.publish_keys())
                case "/userinfo":
                    right = self.headers["Authorization"] == "Bearer opens userinfo"
                    self.tell(provider.userinfo if right else None)
                case _:
                    self.send_error(404)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            by = self.headers.get("Authorization", "")
            self.tell(provider.give_tokens(form, by))

        def tell(self, what: Any) -> None:
            body = json.dumps(what or {"error": "invalid_request"}).encode()
            self.send_response(200 if what else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def lead(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
