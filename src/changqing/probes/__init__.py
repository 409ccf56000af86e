"""Looks at a live service; one file each, found by scanning this folder."""

from changqing.probes._engine import look, probe_names, read
from changqing.probes._evidence import Evidence, to_evidence
from changqing.probes._model import (
    Capture,
    Control,
    Failure,
    Look,
    Observation,
    Progress,
    Site,
)

__all__ = [
    "Capture",
    "Control",
    "Evidence",
    "Failure",
    "Look",
    "Observation",
    "Progress",
    "Site",
    "look",
    "probe_names",
    "read",
    "to_evidence",
]
