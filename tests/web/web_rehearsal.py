"""Settings of a server whose looks go to a rehearsal on this machine; else as installed."""

from __future__ import annotations

import json
import os
from typing import Final

from changqing.net.model import NetSettings
from changqing_web.settings import *  # noqa: F403

_DOOR: Final = "REHEARSAL_DOOR"


def lead_to(net: NetSettings) -> dict[str, str]:
    """The environment in which a server looks through `net`."""
    door = {
        "nameservers": net.nameservers,
        "ports": [[*pair, port] for pair, port in net.ports.items()],
        "trust": net.trust,
        "controls": net.controls,
        "rdap": dict(net.rdap),
    }
    return {"DJANGO_SETTINGS_MODULE": __name__, _DOOR: json.dumps(door)}


def _read_door(text: str) -> NetSettings:
    door = json.loads(text)
    ports = {(host, port): real for host, port, real in door["ports"]}
    return NetSettings(
        nameservers=tuple(door["nameservers"]),
        opened=frozenset(ports),
        ports=ports,
        trust=tuple(door["trust"]),
        controls=tuple(door["controls"]),
        rdap=door["rdap"],
        pause_seconds=0.0,
        own_time=True,
    )


NET = _read_door(os.environ[_DOOR]) if _DOOR in os.environ else None
