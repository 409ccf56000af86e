"""What a person decides of a value that was read: taken, put right or left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.http import Http404, HttpRequest
from django.utils import timezone

from changqing.case.model import Case
from changqing.case.values import NotAValueError, parse_value, spell_for_file
from changqing.papers.accept import (
    Decision,
    settle_paper,
)
from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    SettlementState,
)
from changqing.text import Text
from changqing_web.cases import find_key_path
from changqing_web.facts.drafts import Typed
from changqing_web.facts.fact_field import EmptyError, FactField, say_mistake
from changqing_web.papers.settling import (
    may_take_value,
    name_paper,
)
from changqing_web.record import add_case_event
from changqing_web.walls import Here


def make_decisions(about: ReadPaper, settlement: Settlement) -> list[Decision]:
    """Take a value as it was read, and what is stated by the very same words."""
    return [
        Decision(settlement=follower, value=follower.value)
        for follower in about.settlements
        if settlement.name in (follower.name, follower.follows)
    ]


def make_field(settlement: Settlement) -> FactField:
    """Make the field in which the value can be put right."""
    field = FactField(
        subject=settlement.subject,
        fact=settlement.fact,
        at=("papers", settlement.paper, "backs"),
        shown=spell_for_file(settlement.fact, settlement.value),
    )
    field.take_shown()
    return field


def read_decision(
    request: HttpRequest, about: ReadPaper, settlement: Settlement, what: str
) -> list[Decision] | FactField:
    """Read what was decided; give the field with its errors where the value is none."""
    if what == "reject":
        return [Decision(settlement=settlement, value=None)]
    if what == "accept":
        if not may_take_value(settlement):
            raise Http404
        return make_decisions(about, settlement)
    field = make_field(settlement)
    field.take_typed(Typed.from_post(request.POST).get_all)
    try:
        value = parse_value(field.fact, field.parse_written()).value
    except EmptyError:
        field.errors.append(_EMPTY)
        return field
    except NotAValueError as error:
        field.errors.append(say_mistake(error))
        return field
    words = " ".join(request.POST.get("words", "").split())
    if settlement.state is SettlementState.UNFOUND and not words:
        field.errors.append(_POINT)
        return field
    return [Decision(settlement=settlement, value=value, words=words or None)]


_POINT: Final = Text(
    zh="程序没有读到，请引用材料上写明它的原文",
    en="It was not found; quote the words of the paper that say it",
)


_EMPTY: Final = Text(
    zh="填上材料上的值；材料上没有的，点“不采用”",
    en="Type what the paper says; where it says nothing, do not take it",
)


def keep_decisions(
    here: Here, case: Case, about: ReadPaper, decisions: Sequence[Decision]
) -> None:
    """Write what was decided of a paper into the case, by whoever is signed in."""
    settle_paper(
        case,
        about.paper,
        about.reading,
        decisions,
        by=here.name,
        key=find_key_path(),
        now=timezone.now(),
    )


_DONE: Final[Mapping[str, Text]] = {
    "accept": Text(zh="采用了读到的值", en="Took what was read"),
    "edit": Text(zh="改正了读到的值", en="Put right what was read"),
    "reject": Text(zh="没有采用读到的值", en="Did not take what was read"),
    "undo": Text(zh="撤回了确认", en="Took a confirmation back"),
}


def record_decision(
    here: Here, about: ReadPaper, settlement: Settlement, what: str
) -> None:
    """Note who decided on a value, among the events of the case."""
    label, fact = name_paper(about.paper), settlement.fact.label
    add_case_event(
        here,
        "read",
        Text(
            zh=f"《{label.zh}》{fact.zh}：{_DONE[what].zh}",
            en=f"{label.en}, {fact.en}: {_DONE[what].en}",
        ),
        paper=about.paper.id,
    )
