"""Each change is an event: who, what, when; people read it on the page of the case."""

from __future__ import annotations

from django.utils import timezone

from changqing.text import Text
from changqing_web.models import CaseEvent
from changqing_web.walls import Here


def add_case_event(here: Here, verb: str, what: Text, **detail: object) -> CaseEvent:
    """Add to what is known of who did what to the case, or to the workspace itself."""
    return add_case_event_for(here.name, here, verb, what, **detail)


def add_case_event_for(
    actor: str, here: Here, verb: str, what: Text, **detail: object
) -> CaseEvent:
    """Add an event for somebody whose wish a job does when they are gone."""
    return CaseEvent.objects.create(
        workspace=here.workspace,
        case="" if here.case is None else here.case.folder,
        at=timezone.now(),
        actor=actor,
        verb=verb,
        what={"zh": what.zh, "en": what.en},
        detail=detail,
    )
