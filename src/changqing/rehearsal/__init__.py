"""Small servers on 127.0.0.1 that play the outside world in rehearsals."""

from changqing.rehearsal._authority import Authority, make_authority
from changqing.rehearsal._dns import serve_dns
from changqing.rehearsal._http import Server, serve_app, serve_rdap, serve_site

__all__ = [
    "Authority",
    "Server",
    "make_authority",
    "serve_app",
    "serve_dns",
    "serve_rdap",
    "serve_site",
]
