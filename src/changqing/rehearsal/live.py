"""The live life of an example: a copy that counts from today, and its world.

The copy's dates are moved by whole days, its site, names, certificate and registration
are served on 127.0.0.1, and the case is run against them as any case is against the
real network. Recorded evidence stays behind: what the copy proves was looked at now.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from changqing.case.folder import EVIDENCE_FOLDER, REMADE_FOLDER
from changqing.casework.files import SUMMARY
from changqing.day import beijing_day
from changqing.errors import CaseError
from changqing.net.model import NetSettings
from changqing.rehearsal.authority import make_authority
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_rdap, serve_redirect, serve_site
from changqing.rehearsal.mail import serve_mail
from changqing.yamlfile.read import read
from changqing.yamlfile.shape import validate

WORLD_FILE = "world.yaml"
RECORDED_ON = date(2026, 11, 24)
"""The day the examples were written for and their recorded life is fixed at."""

_DAY = re.compile(
    rb"(?<![0-9-])20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![0-9-])"
)
_REGISTRY = "registry.example"
_SHIFTED = frozenset({".yaml", ".md", ".txt", ".html", ".xml", ".json", ".csv"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Certificate(_Strict):
    not_before: date
    not_after: date


class WhatIf(_Strict):
    """The one fact that the rehearsal changes to show what hangs on it."""

    subject: str
    fact: str
    value: bool | int | date | str


class World(_Strict):
    """What the outside says of an example's site."""

    host: str
    names: Mapping[str, Mapping[Literal["A", "AAAA", "NS", "MX"], list[str]]]
    registration: Mapping[str, JsonValue]
    certificate: _Certificate
    what_if: WhatIf
    knocked_days: int = Field(default=0, ge=0, le=90)
    """On how many days before the first look it was tried whether the site answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalStage:
    """A copy that is being served: run it with these settings of the door."""

    folder: Path
    settings: NetSettings
    world: World


def copy_for(example: Path, folder: Path, *, today: date) -> World:
    """Write a copy of `example` whose dates count from `today`; returns its world.

    Every ISO date in its texts moves by the same number of days. Evidence is not
    copied. Raises CaseError when `world.yaml` is missing or wrong.
    """
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(
        example,
        folder,
        ignore=shutil.ignore_patterns(
            EVIDENCE_FOLDER, REMADE_FOLDER, SUMMARY, "report*"
        ),
    )
    shift = today - RECORDED_ON
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in _SHIFTED:
            _move_dates(path, shift)
    return read_world(folder)


def read_world(folder: Path) -> World:
    """Read what stands around the example in `folder`."""
    return validate(read(folder / WORLD_FILE, error=CaseError), World, error=CaseError)


@contextmanager
def stage(example: Path, folder: Path, *, now: datetime) -> Iterator[RehearsalStage]:
    """Copy an example and serve its world, from a thread, until the block ends."""
    copy_for(example, folder, today=beijing_day(now))
    with serve_folder(folder, now=now) as staged:
        yield staged


@contextmanager
def serve_folder(folder: Path, *, now: datetime) -> Iterator[RehearsalStage]:
    """Serve the world of the case in `folder` as it is, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    world = _serve_stage(folder, now)
    try:
        yield asyncio.run_coroutine_threadsafe(world.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(
            world.__aexit__(None, None, None), loop
        ).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@asynccontextmanager
async def _serve_stage(folder: Path, now: datetime) -> AsyncIterator[RehearsalStage]:
    """Everything answers under its own name and usual port, on this machine alone."""
    world = read_world(folder)
    authority = make_authority(now=now)
    context = authority.issue(
        world.host,
        not_before=_place_at_noon(world.certificate.not_before),
        not_after=_place_at_noon(world.certificate.not_after),
    )
    domain = str(world.registration.get("ldhName", world.host)).lower()
    zone: dict[tuple[str, str], Sequence[str]] = {
        (name, kind): values
        for name, kinds in world.names.items()
        for kind, values in kinds.items()
    }
    zone[_REGISTRY, "A"] = ["127.0.0.1"]
    mail = [
        value.split()[-1].rstrip(".")
        for (_, kind), values in zone.items()
        if kind == "MX"
        for value in values
    ]
    zone.update({(host, "A"): ["127.0.0.1"] for host in mail})
    async with (
        serve_site(folder / "site", context=context) as site,
        serve_redirect(f"https://{world.host}") as plain,
        serve_rdap({domain: world.registration}) as registry,
        serve_mail() as letters,
        serve_dns(zone) as nameserver,
    ):
        ports = {
            **{(host, 25): letters for host in mail},
            (world.host, 443): site.port,
            (world.host, 80): plain.port,
            (_REGISTRY, 80): registry.port,
        }
        yield RehearsalStage(
            folder=folder,
            world=world,
            settings=NetSettings(
                nameservers=(nameserver,),
                opened=frozenset(ports),
                ports=ports,
                trust=(authority.pem,),
                controls=(f"http://{_REGISTRY}/",),
                rdap={domain.rpartition(".")[2]: f"http://{_REGISTRY}/"},
                pause_seconds=0.0,
                own_time=True,
            ),
        )


def _place_at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def _move_dates(path: Path, shift: timedelta) -> None:
    """Move every ISO date; bytes that are not text of the file's encoding stay."""
    content = path.read_bytes()

    def move(match: re.Match[bytes]) -> bytes:
        try:
            day = date.fromisoformat(match.group().decode("ascii"))
        except ValueError:
            return match.group()
        return (day + shift).isoformat().encode("ascii")

    path.write_bytes(_DAY.sub(move, content))
