"""Run every probe of `kinds/` on a site; a failure becomes a gap here."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

from changqing.errors import NetError
from changqing.evidence.model import Attempt
from changqing.net.door import Net
from changqing.probes.attempt import make_failure
from changqing.probes.model import (
    Capture,
    LookStep,
    Probe,
    ProbeObservation,
    Site,
    SiteLook,
    report_unseen,
)


@cache
def list_probe_names() -> tuple[str, ...]:
    """List the probes there are, by file name."""
    folder = str(Path(__file__).with_name("kinds"))
    return tuple(sorted(module.name for module in pkgutil.iter_modules([folder])))


@cache
def _load_probe(name: str) -> Probe:
    return cast("Probe", importlib.import_module(f"changqing.probes.kinds.{name}"))


def read(capture: Capture) -> tuple[ProbeObservation, ...]:
    """Read what a capture shows; the same today and years later."""
    return tuple(_load_probe(capture.probe).read(capture))


def read_attempts(capture: Capture) -> Iterator[Attempt]:
    """Read the attempts that a capture holds; only some probes make any."""
    make = getattr(_load_probe(capture.probe), "read_attempts", None)
    if make is not None:
        yield from make(capture)


async def look(
    site: Site,
    net: Net,
    *,
    now: datetime,
    progress: Callable[[LookStep], None] | None = None,
    probes: Sequence[str] | None = None,
) -> SiteLook:
    """Run all probes at once, each page fetched once; never raises NetError.

    `now` is the moment of the look: nothing dated after it counts as published.
    `probes` names the ones to run, where it is not all of `list_probe_names()`.
    """
    names = list_probe_names() if probes is None else probes
    captures: dict[str, Capture] = {}
    observations: dict[str, tuple[ProbeObservation, ...]] = {}

    async def run(name: str) -> None:
        probe = _load_probe(name)
        try:
            capture = await probe.capture(site, net)
        except NetError as error:
            failure = make_failure(net, site.url, error)
            capture = Capture(probe=name, site=site, at=now, parts=(failure,))
            observed = tuple(report_unseen(probe.FACTS, failure))
        else:
            observed = await asyncio.to_thread(read, capture)
        captures[name] = capture
        observations[name] = observed
        if progress is not None:
            gaps = sum(1 for observation in observed if observation.reason is not None)
            progress(
                LookStep(
                    probe=name,
                    done=len(captures),
                    total=len(names),
                    facts=len(observed) - gaps,
                    gaps=gaps,
                )
            )

    await asyncio.gather(*(run(name) for name in names))
    return SiteLook(
        site=site,
        at=now,
        captures={name: captures[name] for name in names},
        observations={name: observations[name] for name in names},
        attempts=tuple(a for name in names for a in read_attempts(captures[name])),
    )
