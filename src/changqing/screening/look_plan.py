"""Which sites of a register are looked at, and by whom: a host has one shard alone.

A site belongs to the share of its registrable domain, so that no site and no registry's
record is asked for by two machines.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from changqing.case.model import APP_KINDS
from changqing.probes.model import Site
from changqing.screening.layout import RegisterHead, read_tables
from changqing.shard import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSite:
    """A site of a register, and the case that it is a service of."""

    case: str
    site: Site

    @property
    def key(self) -> tuple[str, str, str]:
        """What its looks are known by: another address is looked at anew."""
        return (self.case, self.site.id, self.site.url)


def list_sites(register: Path, head: RegisterHead, shard: Shard) -> list[RegisterSite]:
    """List the sites of a share. Raises CaseError where a bucket cannot be read.

    In the order of a digest of their addresses: those of one host lie far apart, and
    the same ones come first on every run.
    """
    register_sites: list[RegisterSite] = []
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
            site = Site.from_url(name, url)
            if shard.owns(site.domain):
                register_sites.append(RegisterSite(case=case, site=site))
    return sorted(register_sites, key=_order_apart)


def _order_apart(register_site: RegisterSite) -> bytes:
    return hashlib.sha256("\n".join(register_site.key).encode()).digest()
