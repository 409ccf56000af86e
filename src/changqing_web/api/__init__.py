"""The API under `/api/v1`: the verbs of the command line, for programs of a workspace.

It is made when it is first asked for: the settings must be there before.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ninja import NinjaAPI


@cache
def api() -> NinjaAPI:
    """All operations, behind a token."""
    from changqing_web.api import (
        _cases,
        _casework,
        _correction,
        _dossier,
        _facts,
        _folders,
        _guide,
        _over_time,
    )
    from changqing_web.api._door import new_api

    made = new_api()
    for part in (
        _cases,
        _facts,
        _casework,
        _correction,
        _over_time,
        _dossier,
        _folders,
        _guide,
    ):
        made.add_router("", part.router)
    return made
