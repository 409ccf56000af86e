"""A licence that was received, taken over into `case.yaml`: the company operates."""

from __future__ import annotations

from typing import Final

from changqing.case import edit
from changqing.case.edit import FieldChange
from changqing.case.model import Case
from changqing.casework.events import Act, Event, Journal
from changqing.casework.stages import find_licence_passed_over
from changqing.errors import CaseError, Issue
from changqing.law.model import Catalogue
from changqing.text import Text

_AT: Final = ("application", "stage")
_OPERATE: Final = "operate"
_NOTHING_PASSED_OVER: Final = Issue(
    text=Text(
        zh="没有要改的：办理里没有记下收到许可证，或者case.yaml已不是申请",
        en="nothing to change: no licence was recorded as received, or case.yaml does "
        "not apply for one any more",
    ),
    hint=Text(
        zh="收到许可证后先记下（receive licence），再改阶段",
        en="record the licence first (receive licence), then change the stage",
    ),
)


def start_operating(catalogue: Catalogue, case: Case) -> Event:
    """Write `stage: operate` into the file of a case whose licence was received.

    Returns the event that says the licence was received: the reason. Raises CaseError
    where there is none or the file does not apply any more, and what `edit.change`
    raises.
    """
    events = Journal(case.path).list_events()
    day = find_licence_passed_over(catalogue, case, events)
    received = [e for e in events if e.act is Act.LICENCE and e.on == day]
    if not received:
        raise CaseError(_NOTHING_PASSED_OVER)
    case_data = edit.read(case.path)
    change = FieldChange(at=_AT, value=_OPERATE, shown=case.application.stage)
    edit.change(case.path, [change], version=case_data.version, catalogue=catalogue)
    return received[-1]


def say_operating(event: Event) -> Text:
    """Say that the stage was changed, and by which recorded event."""
    return Text(
        zh=f"阶段改为持证经营（case.yaml里stage: operate）：{event.on}收到许可证，"
        f"办理记录第{event.number}条，{event.by}记",
        en=f"The stage is now operate in case.yaml: the licence was received on "
        f"{event.on}, entry {event.number} of the casework, recorded by {event.by}",
    )
