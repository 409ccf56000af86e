"""Telling people what is due and what lapsed: by mail, robots and calendar, once.

Channels, settings and the calendar need what most users of the outbox do not: each is
imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from changqing.notices._digest import Channel, Digest, digests
from changqing.notices._due import AHEAD, EVER, Coming, due_notices
from changqing.notices._outbox import Failure, Notice, Outbox, notice_id

if TYPE_CHECKING:
    from changqing.notices._calendar import write_calendar
    from changqing.notices._channels import Mail, Robot, RobotKind, Secret
    from changqing.notices._deliver import Delivery, Unsent, deliver
    from changqing.notices._new_settings import write_new_settings
    from changqing.notices._settings import SETTINGS_FILE, Settings, read_settings

__all__ = [
    "AHEAD",
    "EVER",
    "SETTINGS_FILE",
    "Channel",
    "Coming",
    "Delivery",
    "Digest",
    "Failure",
    "Mail",
    "Notice",
    "Outbox",
    "Robot",
    "RobotKind",
    "Secret",
    "Settings",
    "Unsent",
    "deliver",
    "digests",
    "due_notices",
    "notice_id",
    "read_settings",
    "write_calendar",
    "write_new_settings",
]

_PLACES = {
    "write_calendar": "_calendar",
    "Mail": "_channels",
    "Robot": "_channels",
    "RobotKind": "_channels",
    "Secret": "_channels",
    "Delivery": "_deliver",
    "Unsent": "_deliver",
    "deliver": "_deliver",
    "write_new_settings": "_new_settings",
    "SETTINGS_FILE": "_settings",
    "Settings": "_settings",
    "read_settings": "_settings",
}


def __getattr__(name: str) -> object:
    """Import what is heavy only when it is asked for."""
    if name not in _PLACES:
        raise AttributeError(name)
    value: object = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
