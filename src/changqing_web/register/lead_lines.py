"""The leads of a run, and how often each signal that somebody looked at was right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from changqing.day import beijing_day
from changqing.law.model import Verdict
from changqing.screening.lead_journal import (
    LeadEntry,
    LeadStep,
    ScreenSignal,
    read_journal,
)
from changqing.screening.result_words import name_value
from changqing.screening.screen import SENTENCES, scan_results
from changqing.screening.signals import MeasuredSignal, list_sampled_signals
from changqing.text import Text
from changqing_web.register.listing import find_address, measure_signal
from changqing_web.register.runs import ShownRun

_SETTLED = (LeadStep.CLOSED, LeadStep.PASSED_ON)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step of a lead: on which Beijing day, by whom, and what was noted.

    `account` is empty where it says no more than `by`.
    """

    on: date
    by: str
    account: str
    step: LeadStep
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadLine:
    """One lead with its steps, the oldest first; `next_steps` may follow them."""

    case: str
    company: str
    address: str
    signal: ScreenSignal
    title: Text
    verdict: Verdict
    deadline: date | None
    steps: tuple[StepLine, ...]
    next_steps: tuple[LeadStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """How often a signal was right, by its title."""

    title: Text
    verdict: Verdict
    measured: MeasuredSignal


def list_leads(shown_run: ShownRun, slug: str) -> list[LeadLine]:
    """List the leads of a run, those not settled first, each group by its deadline.

    Raises CaseError where the journal is damaged.
    """
    entries: dict[tuple[str, ScreenSignal], list[LeadEntry]] = {}
    for entry in read_journal(shown_run.run):
        entries.setdefault((entry.case, entry.signal), []).append(entry)
    names = dict(
        scan_results(shown_run.run, SENTENCES)
        .filter(pl.col("case").is_in([case for case, _ in entries]))
        .select("case", "company")
        .collect()
        .iter_rows()
    )
    lines = [
        LeadLine(
            case=case,
            company=names.get(case, case),
            address=find_address(shown_run, slug, case),
            signal=signal,
            title=name_value("criterion", signal.criterion),
            verdict=Verdict(signal.verdict),
            deadline=steps[0].deadline,
            steps=tuple(
                StepLine(
                    on=beijing_day(entry.at),
                    by=entry.by,
                    account="" if entry.account == entry.by else entry.account,
                    step=entry.step,
                    note=entry.note,
                )
                for entry in steps
            ),
            next_steps=tuple(_list_next(steps)),
        )
        for (case, signal), steps in entries.items()
    ]
    return sorted(
        lines,
        key=lambda line: (not line.next_steps, line.deadline or date.max, line.case),
    )


def _list_next(steps: list[LeadEntry]) -> Iterator[LeadStep]:
    """What may be recorded next, as far as the steps tell; the rest is checked then."""
    if steps[-1].step in _SETTLED:
        return
    steps_done = {entry.step for entry in steps}
    if LeadStep.ANSWERED not in steps_done:
        yield LeadStep.ANSWERED
    looks = [
        entry.step
        for entry in steps
        if entry.step in (LeadStep.CONFIRMED, LeadStep.REFUTED)
    ]
    yield from (LeadStep.CONFIRMED, LeadStep.REFUTED)
    if looks and looks[-1] is LeadStep.CONFIRMED:
        yield LeadStep.PASSED_ON
    yield LeadStep.CLOSED


def find_last_name(shown_run: ShownRun, account: str) -> str:
    """Find the name that an account gave last in this run; empty where it gave none.

    Raises CaseError where the journal is damaged.
    """
    names = [e.by for e in read_journal(shown_run.run) if e.account == account != e.by]
    return names[-1] if names else ""


def list_signals(shown_run: ShownRun) -> list[SignalLine]:
    """List the signals of which a sample was drawn.

    Raises CaseError where a sample is damaged.
    """
    return [
        SignalLine(
            title=name_value("criterion", signal.criterion),
            verdict=Verdict(signal.verdict),
            measured=measure_signal(shown_run, signal),
        )
        for signal in list_sampled_signals(shown_run.run)
    ]
