"""Laws of the state machine: no flapping, and blindness never decides anything."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from changqing.evidence.reach import LEAST_ATTEMPTS, LEAST_SPAN
from changqing.text import both
from changqing.watch.machine import advance_watched, carry_over_gap
from changqing.watch.model import Incident, Lapse, Watched, WatchReading
from changqing.watch.settings import WatchRule, load_shipped_settings
from tests.watch.watch_sample import NOW

SEEN = st.lists(st.sampled_from([True, False, None, "gap"]), max_size=60)
RULE = st.builds(WatchRule, fails=st.integers(1, 5), passes=st.integers(1, 5))


def play(
    seen: list[bool | str | None], rule: WatchRule
) -> tuple[Watched, list[tuple[int, Incident]]]:
    state, told = Watched(), []
    for place, good in enumerate(seen):
        if isinstance(good, str):
            state = carry_over_gap(state)
            continue
        reading = WatchReading(
            lapse=Lapse.NO_REDRESS,
            key="k",
            good=good,
            text=both("x"),
            at=NOW + timedelta(hours=place),
        )
        state, incident = advance_watched(state, reading, rule)
        if incident is not None:
            told.append((place, incident))
    return state, told


@given(SEEN, RULE)
def test_openings_and_closings_take_turns(
    seen: list[bool | str | None], rule: WatchRule
) -> None:
    _, told = play(seen, rule)
    closed = [incident.closed_at is not None for _, incident in told]
    assert closed == [place % 2 == 1 for place in range(len(told))]
    ids = [incident.id for _, incident in told]
    assert ids[1::2] == ids[0::2][: len(ids[1::2])]
    assert len(set(ids[0::2])) == len(ids[0::2])


@given(SEEN, RULE)
def test_each_change_has_its_number_of_readings_in_a_row(
    seen: list[bool | str | None], rule: WatchRule
) -> None:
    _, told = play(seen, rule)
    for place, incident in told:
        want = incident.closed_at is not None
        least = rule.passes if want else rule.fails
        upto = [each for each in seen[: place + 1] if each is not None]
        assert upto[-least:] == [want] * least


@given(SEEN, RULE, st.integers(0, 60))
def test_blindness_and_gaps_never_open_or_close_anything(
    seen: list[bool | str | None], rule: WatchRule, place: int
) -> None:
    _, told = play(seen, rule)
    for extra in (None, "gap"):
        _, more = play([*seen, *[extra] * 5], rule)
        assert more == told
    place = min(place, len(seen))
    _, blind = play([*seen[:place], None, *seen[place:]], rule)
    assert len(blind) == len(told)
    _, before = play(seen[:place], rule)
    _, gap = play([*seen[:place], "gap"], rule)
    assert gap == before


@given(SEEN, RULE, st.integers(0, 12))
def test_an_incident_waits_for_its_hours_and_loses_nothing_by_it(
    seen: list[bool | str | None], rule: WatchRule, hours: int
) -> None:
    _, told = play(seen, rule.model_copy(update={"hours": hours}))
    for place, incident in told:
        if incident.closed_at is None:
            assert NOW + timedelta(hours=place - hours) >= incident.since
            assert seen[place] is False


def test_not_answering_is_judged_as_the_evidence_of_it_is() -> None:
    rule = load_shipped_settings().stopped_answering

    assert rule.fails == LEAST_ATTEMPTS
    assert timedelta(hours=rule.hours) == LEAST_SPAN


def test_every_kind_of_lapse_has_words_and_a_rule() -> None:
    settings = load_shipped_settings()
    for lapse in Lapse:
        assert lapse.text.capitalised.zh
        assert settings.find_rule(lapse).fails >= 1
