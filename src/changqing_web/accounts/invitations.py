"""What an invitation says before anybody follows it: who, what for, until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.errors import ChangqingError
from changqing_web.models import CaseRow, Link, Role, Workspace
from changqing_web.walls import find_cases_folder

_FOLLOWED: Final = re.compile(r"/join/([^/]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who invites whom to what. `request` is what was asked of the client last."""

    workspace: Workspace
    by: str
    role: Role
    case: CaseRow | None
    until: datetime
    request: Note | None


def describe_invitation(link: Link) -> Invitation | None:
    """Tell what an invitation is; None for a link that is none."""
    if link.workspace is None or link.role not in Role.values:
        return None
    role = Role(link.role)
    is_asked = role is Role.RESPONDENT and link.case is not None
    return Invitation(
        workspace=link.workspace,
        by=link.made_by,
        role=role,
        case=link.case,
        until=link.expires_at,
        request=_find_request(link) if is_asked else None,
    )


def find_invitation(address: str) -> Invitation | None:
    """Find the invitation that an address leads to, while somebody may follow it."""
    followed = _FOLLOWED.fullmatch(address)
    if followed is None:
        return None
    link = Link.find(followed[1], Link.Purpose.INVITE, now=timezone.now())
    if link is None or link.used_at is not None:
        return None
    return describe_invitation(link)


def _find_request(link: Link) -> Note | None:
    if link.workspace is None or link.case is None:
        return None
    folder = find_cases_folder(link.workspace) / link.case.folder
    try:
        notes = DeskJournal(folder).list_notes()
    except ChangqingError:  # the page of the case tells what is wrong with it
        return None
    return next((n for n in reversed(notes) if n.deed is Deed.ASK), None)
