"""Addresses that nobody reaches from another machine."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether a host, without its port, is the machine that asks (RFC 1122)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
