"""Small servers on 127.0.0.1 that play the outside world in rehearsals."""

from changqing.rehearsal._authority import Authority, make_authority
from changqing.rehearsal._broken import Trouble, serve_broken
from changqing.rehearsal._dns import serve_dns
from changqing.rehearsal._http import (
    Server,
    serve_app,
    serve_rdap,
    serve_redirect,
    serve_site,
)
from changqing.rehearsal._live import (
    RECORDED_ON,
    Stage,
    copy_for,
    plan_ahead,
    read_world,
    served,
    stage,
)
from changqing.rehearsal._mail import serve_mail
from changqing.rehearsal._rehearse import rehearse
from changqing.rehearsal._whois import serve_whois

__all__ = [
    "RECORDED_ON",
    "Authority",
    "Server",
    "Stage",
    "Trouble",
    "copy_for",
    "make_authority",
    "plan_ahead",
    "read_world",
    "rehearse",
    "serve_app",
    "serve_broken",
    "serve_dns",
    "serve_mail",
    "serve_rdap",
    "serve_redirect",
    "serve_site",
    "serve_whois",
    "served",
    "stage",
]
