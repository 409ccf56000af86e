"""Telling people what is due and what lapsed: by mail, robots and calendar, once."""

from changqing.notices._digest import Channel, Digest, digests
from changqing.notices._due import AHEAD, EVER, due_notices
from changqing.notices._outbox import Failure, Notice, Outbox, notice_id

__all__ = [
    "AHEAD",
    "EVER",
    "Channel",
    "Digest",
    "Failure",
    "Notice",
    "Outbox",
    "digests",
    "due_notices",
    "notice_id",
]
