"""The domain somebody registered, by the public suffix list that tldextract bundles.

Only its data is used: to import tldextract is to import an HTTP client, which would be
a third of the time of an offline run, and the door to the network is elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import idna

_DOTS = str.maketrans(dict.fromkeys("。．｡", "."))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suffixes:
    """Suffixes as listed, those below which each label is one, and exceptions."""

    listed: frozenset[str]
    wild: frozenset[str]
    excepted: frozenset[str]

    def length(self, labels: list[str]) -> int:
        """How many of the last labels are the suffix; 0 when none is listed."""
        for start in range(len(labels)):
            name, parent = ".".join(labels[start:]), ".".join(labels[start + 1 :])
            if name in self.excepted:
                return len(labels) - start - 1
            if name in self.listed or parent in self.wild:
                return len(labels) - start
        return 0


@cache
def _suffixes() -> _Suffixes:
    found = find_spec("tldextract")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("tldextract")
    snapshot = Path(found.origin).with_name(".tld_set_snapshot")
    ours, _, _ = snapshot.read_text("utf-8").partition("// ===END ICANN DOMAINS===")
    rules = [
        line.strip()
        for line in ours.splitlines()
        if line.strip() and not line.startswith("//")
    ]
    return _Suffixes(
        listed=frozenset(rule for rule in rules if rule[0] not in "*!"),
        wild=frozenset(rule[2:] for rule in rules if rule[0] == "*"),
        excepted=frozenset(rule[1:] for rule in rules if rule[0] == "!"),
    )


def registrable_domain(url: str) -> str | None:
    """The domain somebody registered, of a URL or of a bare host.

    None for an address, for a suffix itself, and for what ends in no listed suffix.
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return None
    labels = host.translate(_DOTS).rstrip(".").split(".")
    length = _suffixes().length([_spoken(label) for label in labels])
    if not all(labels) or not 0 < length < len(labels):
        return None
    return ".".join(labels[-length - 1 :])


def _spoken(label: str) -> str:
    """A label as the list writes it, not as name servers do."""
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except idna.IDNAError:
        return label
