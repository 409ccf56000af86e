"""All operations of the API.

It is made when it is first asked for: the settings must be there before.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ninja import NinjaAPI


@cache
def build_api() -> NinjaAPI:
    """Build the API of all operations, each behind a token; once a process."""
    from changqing_web.api import (
        aside,
        cases,
        casework,
        correction,
        dossier,
        facts,
        folders,
        guide,
        over_time,
    )
    from changqing_web.api.door import make_api

    api = make_api()
    for part in (
        cases,
        facts,
        aside,
        casework,
        correction,
        over_time,
        dossier,
        folders,
        guide,
    ):
        api.add_router("", part.router)
    return api
