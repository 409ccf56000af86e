"""The domain somebody registered, by the public suffix list of `publicsuffixlist`.

https://publicsuffix.org/list/; the part that registries keep alone, without the names
that companies add for their customers.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from publicsuffixlist import PSLFILE, PublicSuffixList

_DOTS = str.maketrans(dict.fromkeys("。．｡", "."))


@lru_cache(maxsize=64)
def _load_suffixes(top: str) -> PublicSuffixList:
    """Load what is listed below a top-level domain: all of it takes 30 ms to read."""
    ends = {top}
    if top.startswith("xn--"):  # the list has it in its own letters
        with suppress(UnicodeError):
            ends.add(top.encode("ascii").decode("idna"))
    lines = [
        line
        for line in _read_lines()
        if line.startswith("// ===") or line.rpartition(".")[2] in ends
    ]
    return PublicSuffixList(lines, accept_unknown=False, only_icann=True)


@cache
def _read_lines() -> list[str]:
    return Path(PSLFILE).read_text("utf-8").splitlines()


def find_registrable_domain(url: str) -> str | None:
    """Give the domain somebody registered, of a URL or of a bare host.

    None for an address, for a suffix itself, and for what ends in no listed suffix.
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return None
    host = host.translate(_DOTS).rstrip(".")
    suffixes = _load_suffixes(host.rpartition(".")[2])
    return suffixes.privatesuffix(host) or _find_above_wildcard(host, suffixes)


def _find_above_wildcard(host: str, suffixes: PublicSuffixList) -> str | None:
    """Give the host where `*.host` is a suffix, and it is itself below another one.

    The rule *.kobe.jp says nothing of kobe.jp, which is a name below jp; the library
    takes it for a suffix.
    """
    below, (_, _, above) = f"-.{host}", host.partition(".")
    if not above or suffixes.publicsuffix(below) != below:
        return None
    return host if suffixes.publicsuffix(above) == above else None
