"""The life of a case: what happened, where it stands, and what comes next."""

from changqing.casework._dates import Due, Status, status
from changqing.casework._events import (
    Act,
    Event,
    Journal,
    Line,
    encode,
    encode_line,
)
from changqing.casework._letter import Letter, answer_letter
from changqing.casework._notice import due_day, read_notice, split_notice
from changqing.casework._propose import Proposer
from changqing.casework._reasons import Reason, Reasons, count_reasons
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
    "Letter",
    "Line",
    "Proposer",
    "Reason",
    "Reasons",
    "Recorded",
    "Stage",
    "State",
    "Status",
    "advance",
    "answer_letter",
    "count_reasons",
    "due_day",
    "encode",
    "encode_line",
    "first_state",
    "possible_acts",
    "read_notice",
    "record",
    "replay",
    "split_notice",
    "status",
]
