"""Which addresses may be reached: public ones, and loopback where it was opened."""

from __future__ import annotations

from collections.abc import Container
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from yarl import URL

from changqing.errors import NetError
from changqing.net.failures import make_failure

_CARRIERS = tuple(
    IPv6Network(network)
    for network in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
"""IPv6 networks that carry an IPv4 address which nobody would check again.

In order: IPv4-compatible (RFC 4291), NAT64 (RFC 6052, RFC 8215), Teredo (RFC 4380) and
6to4 (RFC 3056). A gateway could take `64:ff9b::a00:1` to 10.0.0.1, inside our network.
"""

_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024  # below it stand mail, shells and file servers


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read `text` as an address, its zone (RFC 4007) left out; None for a name."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether `address` is a plain public unicast one."""
    # `is_global` alone lets through multicast, most reserved space and, below, the
    # site-local addresses of old (RFC 3879).
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address.is_site_local:
            return False
        return not any(address in network for network in _CARRIERS)
    return True


def check_address(
    text: str, *, host: str, port: int, opened: Container[tuple[str, int]]
) -> str:
    """Return the address if it may be reached; raise NetError(own_network) if not."""
    address = parse_address(text)
    if address is not None:
        if is_public(address):
            return str(address)
        # By the name that was asked for: a stranger's name that points at 127.0.0.1
        # opens nothing, whatever else is opened there.
        if address.is_loopback and (host, port) in opened:
            return str(address)
    raise make_failure(
        "own_network",
        f"{host}指向{text}，不是公网地址，未予访问",
        f"{host} points at {text}, which is not a public address; not visited",
        transient=False,
    )


def check_url(text: str, opened: Container[tuple[str, int]]) -> URL:
    """Return a web address that may be asked, without its fragment.

    Asks no name server: where its host points is for `check_address`. Raises
    NetError(unreadable) for what is no address, another scheme than http and https, a
    user or password in it, and a port below 1024 that is not 80, 443 or `opened`.
    """
    try:
        url = URL(text.strip())
        host, port = url.host, url.port
    except ValueError as error:
        raise _make_refusal(text) from error
    if url.scheme not in ("http", "https") or not host or port is None:
        raise _make_refusal(text)
    if url.user is not None or url.password is not None:
        raise _make_refusal(text)
    usual = port in _WEB_PORTS or port >= _FIRST_FREE_PORT
    if not usual and (host, port) not in opened:
        raise _make_refusal(text)
    return url.with_fragment(None)


def _make_refusal(text: str) -> NetError:
    excerpt = text[:200]
    return make_failure(
        "unreadable",
        f"{excerpt}不是可以访问的网页地址",
        f"{excerpt} is not a web address that can be visited",
        transient=False,
    )
