"""The life of a case: what happened, where it stands, and what comes next."""

from changqing.casework._dates import Due, Status, status
from changqing.casework._events import Act, Event, Journal, Line, encode
from changqing.casework._record import Recorded, record
from changqing.casework._stages import (
    ACT_NAMES,
    MATTERS,
    STAGE_NAMES,
    TRANSITIONS,
    Stage,
    State,
    advance,
    first_state,
    possible_acts,
    replay,
)

__all__ = [
    "ACT_NAMES",
    "MATTERS",
    "STAGE_NAMES",
    "TRANSITIONS",
    "Act",
    "Due",
    "Event",
    "Journal",
    "Line",
    "Recorded",
    "Stage",
    "State",
    "Status",
    "advance",
    "encode",
    "first_state",
    "possible_acts",
    "record",
    "replay",
    "status",
]
