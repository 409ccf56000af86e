"""监测总览: one line a case that is watched; what nobody saw is not called well."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from changqing.errors import ChangqingError
from changqing.text import Text
from changqing.watch.journal import Watchbook
from changqing.watch.model import THREE, Sight
from changqing_web.errors import list_issues
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute, find_cases_folder
from changqing_web.watching.views import (
    LapseStanding,
    describe_standing,
    find_silence,
    say_duration,
)

_PAGE: Final = 50
_GRAVITY: Final = (Sight.LAPSED, Sight.UNKNOWN, Sight.WELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCase:
    """A case that is watched: how it stands at worst, and since when it lapsed.

    `three` are the kinds of lapse. `silent` is for how long nobody has looked, where
    that is too long; `problem` why its record cannot be read.
    """

    folder: str
    name: str
    owner: str
    worst: Sight
    three: tuple[LapseStanding, ...]
    last_look: datetime | None
    lapsed: tuple[tuple[Text, Text], ...]
    silent: Text | None
    problem: str = ""


def show_watching(request: HttpRequest, here: Here) -> HttpResponse:
    """Show how the services of all cases stand, gravest first."""
    now = timezone.now()
    rows = here.workspace.cases.filter(archived=False, ended=False)
    cases: list[WatchedCase] = []
    never = 0
    for folder, name, owner in rows.values_list("folder", "name", "owner").iterator():
        watched_case = _read_watched_case(here, folder, name, owner or "", now)
        if watched_case is None:
            never += 1
        else:
            cases.append(watched_case)
    cases.sort(key=lambda case: (_GRAVITY.index(case.worst), case.name))
    page = Paginator(cases, _PAGE).get_page(request.GET.get("page"))
    more = {
        "section": "watch_all",
        "page": page,
        "counts": Counter(case.worst.value for case in cases),
        "never": never,
    }
    return render(request, "overview/watch_all.html", more)


def _read_watched_case(
    here: Here, folder: str, name: str, owner: str, now: datetime
) -> WatchedCase | None:
    """How a case stands; None where nobody has ever looked."""
    try:
        state = Watchbook(find_cases_folder(here.workspace) / folder).compute_state()
    except ChangqingError as error:
        return WatchedCase(
            folder=folder,
            name=name,
            owner=owner,
            worst=Sight.UNKNOWN,
            three=(),
            last_look=None,
            lapsed=(),
            silent=None,
            problem=" ".join(list_issues(error)),
        )
    if not state.looks:
        return None
    silent = find_silence(state.last_look, now)
    three = tuple(
        describe_standing(lapse, state, silent=silent is not None) for lapse in THREE
    )
    sights = {standing.sight for standing in three}
    return WatchedCase(
        folder=folder,
        name=name,
        owner=owner,
        worst=next(sight for sight in _GRAVITY if sight in sights),
        three=three,
        last_look=state.last_look,
        lapsed=tuple(
            (incident.text, say_duration(incident.since, now))
            for incident in state.open
        ),
        silent=silent,
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/watch/",
        view=show_watching,
        name="watch_all",
        least=Role.EDITOR,
    ),
)
