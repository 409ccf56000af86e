"""Which sites of a register are looked at, and by whom: a host has one shard alone.

The shard of a site is found by the SHA-256 of its registrable domain. So whoever looks
needs to ask nobody, and no site is asked by two machines at once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Final

import polars as pl

from changqing.case.model import APP_KINDS
from changqing.errors import CaseError, Issue
from changqing.probes.model import Site
from changqing.screening.layout import RegisterHead, read_tables
from changqing.text import Text

MOST_SHARDS: Final = 4_096
_SHARD: Final = re.compile(r"(\d{1,4})/(\d{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Share `number` of `count` of all sites, counted from 1."""

    number: int = 1
    count: int = 1

    @property
    def folder(self) -> str:
        """The name of the folder of its journal."""
        return f"{self.number}-of-{self.count}"

    def owns(self, site: Site) -> bool:
        """Whether this share looks at the site."""
        key = hashlib.sha256(site.domain.encode()).digest()[:8]
        return int.from_bytes(key) % self.count == self.number - 1

    def overlaps(self, other: Shard) -> bool:
        """Whether a site can belong to both."""
        return (self.number - other.number) % gcd(self.count, other.count) == 0

    def split(self, workers: int) -> list[Shard]:
        """Split the share into so many, which are shares of all sites themselves."""
        return [
            Shard(number=self.number + place * self.count, count=self.count * workers)
            for place in range(workers)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSite:
    """A site of a register, and the case that it is a service of."""

    case: str
    site: Site

    @property
    def key(self) -> tuple[str, str, str]:
        """What its looks are known by: another address is looked at anew."""
        return (self.case, self.site.id, self.site.url)


def parse_shard(written: str) -> Shard:
    """Parse `3/16`. CaseError where it is no share."""
    found = _SHARD.fullmatch(written)
    number, count = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= count <= MOST_SHARDS:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"--shard {written}看不懂",
                    en=f"--shard {written} is not understood",
                ),
                hint=Text(
                    zh="写成 3/16 的样子：分成16份，看第3份",
                    en="write it like 3/16: the third of sixteen shares",
                ),
            )
        )
    return Shard(number=number, count=count)


def list_sites(register: Path, head: RegisterHead, shard: Shard) -> list[RegisterSite]:
    """List the sites of a share. Raises CaseError where a bucket cannot be read.

    In the order of a digest of their addresses: those of one host lie far apart, and
    the same ones come first on every run.
    """
    found: list[RegisterSite] = []
    for bucket in sorted(head.folders):
        rows = (
            read_tables(register, head, bucket)["subjects"]
            .filter(
                (pl.col("type") == "service")
                & pl.col("url").is_not_null()
                & (pl.col("url") != "")
                & ~pl.col("kind").is_in(sorted(APP_KINDS)).fill_null(value=False)
            )
            .select("case", "id", "url")
        )
        for case, name, url in rows.iter_rows():
            site = Site.of(name, url)
            if shard.owns(site):
                found.append(RegisterSite(case=case, site=site))
    return sorted(found, key=_order_apart)


def _order_apart(found: RegisterSite) -> bytes:
    return hashlib.sha256("\n".join(found.key).encode()).digest()
