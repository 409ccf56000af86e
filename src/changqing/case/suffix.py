"""The domain somebody registered, by the public suffix list of `publicsuffixlist`.

https://publicsuffix.org/list/; the part that registries keep alone, without the names
that companies add for their customers.
"""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

_DOTS = str.maketrans(dict.fromkeys("。．｡", "."))


@cache
def _load_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def find_registrable_domain(url: str) -> str | None:
    """Give the domain somebody registered, of a URL or of a bare host.

    None for an address, for a suffix itself, and for what ends in no listed suffix.
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return None
    host = host.translate(_DOTS).rstrip(".")
    return _load_suffixes().privatesuffix(host) or _find_above_wildcard(host)


def _find_above_wildcard(host: str) -> str | None:
    """Give the host where `*.host` is a suffix, and it is itself below another one.

    The rule *.kobe.jp says nothing of kobe.jp, which is a name below jp; the library
    takes it for a suffix.
    """
    suffixes, below, (_, _, above) = _load_suffixes(), f"-.{host}", host.partition(".")
    if not above or suffixes.publicsuffix(below) != below:
        return None
    return host if suffixes.publicsuffix(above) == above else None
