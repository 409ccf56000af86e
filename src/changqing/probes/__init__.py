"""Looks at a live service; one file each, found by scanning this folder."""

from changqing.probes._archive import replay, save
from changqing.probes._engine import look, probe_names, read
from changqing.probes._evidence import Evidence, to_evidence
from changqing.probes._many import look_at_many
from changqing.probes._model import (
    Capture,
    Control,
    Failure,
    Look,
    Observation,
    Progress,
    Site,
)
from changqing.probes._summary import plain, summary

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
    "look_at_many",
    "plain",
    "probe_names",
    "read",
    "replay",
    "save",
    "summary",
    "to_evidence",
]
