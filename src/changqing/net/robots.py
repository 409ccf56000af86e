"""What a host's robots.txt lets programs look at (RFC 9309)."""

from __future__ import annotations

from protego import Protego

from changqing.net.challenge import is_challenge
from changqing.net.failures import make_blocked, make_server_error
from changqing.net.model import Exchange

_MOST_BYTES = 500 * 1024  # no less is to be read (RFC 9309, 2.5)


def parse_robots(exchange: Exchange) -> Protego | None:
    """Read the rules of a host, None when it has none; NetError where it keeps them."""
    if is_challenge(exchange.status, exchange.headers, exchange.body):
        raise make_blocked(exchange)
    # RFC 9309, 2.3.1: a robots.txt that is not there forbids nothing, one that the
    # server fails to give forbids everything.
    if exchange.status >= 500:
        raise make_server_error(exchange.url, exchange.status)
    if exchange.status != 200:
        return None
    return Protego.parse(exchange.body[:_MOST_BYTES].decode("utf-8", "replace"))
