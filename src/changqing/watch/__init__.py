"""Looking again on a schedule: what lapsed since last time, told once."""

from changqing.watch._journal import Entry, State, Watchbook, What
from changqing.watch._machine import advance, after_gap
from changqing.watch._model import (
    FOLDER,
    LAPSE_WORDS,
    THREE,
    BlindTime,
    Incident,
    Lapse,
    Question,
    Reading,
    Sight,
    Watched,
)
from changqing.watch._question import REPLY_FACT, reply, send
from changqing.watch._schedule import QUEUE, keep_looking, queue_at
from changqing.watch._settings import Rule, Settings, settings_of, shipped_settings
from changqing.watch._signs import Schedule
from changqing.watch._watch import AT_ONCE, EVERY, Round, Standing, watch

__all__ = [
    "AT_ONCE",
    "EVERY",
    "FOLDER",
    "LAPSE_WORDS",
    "QUEUE",
    "REPLY_FACT",
    "THREE",
    "BlindTime",
    "Entry",
    "Incident",
    "Lapse",
    "Question",
    "Reading",
    "Round",
    "Rule",
    "Schedule",
    "Settings",
    "Sight",
    "Standing",
    "State",
    "Watchbook",
    "Watched",
    "What",
    "advance",
    "after_gap",
    "keep_looking",
    "queue_at",
    "reply",
    "send",
    "settings_of",
    "shipped_settings",
    "watch",
]
