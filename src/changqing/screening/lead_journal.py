"""What was done with leads: the journal of a run, a line for each step.

```
leads/journal.jsonl                                     a line for each step, only added
```
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from changqing.errors import CaseError, Issue
from changqing.jsondata import find_day, read_list, read_object, read_text
from changqing.law.model import Verdict
from changqing.screening.screen import ScreenRun
from changqing.text import Text, WordedEnum

LEADS_FOLDER: Final = "leads"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ScreenSignal:
    """A criterion with the verdict by which it marks a case."""

    criterion: str
    verdict: str


class LeadStep(WordedEnum):
    """What is done with a lead, in this order; closing it is possible at any time."""

    OPENED = "opened", Text("已告知企业", "the company was told")
    ANSWERED = "answered", Text("企业已答复", "the company answered")
    CONFIRMED = "confirmed", Text("复核属实", "a second look: it holds")
    REFUTED = "refuted", Text("复核不属实", "a second look: it does not hold")
    CLOSED = "closed", Text("已办结", "closed")
    PASSED_ON = "passed_on", Text("已移交", "passed on")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadEntry:
    """One line of the journal.

    `by` is the name that was given, and `account` that of the pages, empty for what was
    done at the command line. `deadline`, and in `looked_by` the names and accounts of
    those who looked at the case in samples, stand on the first line of a lead.
    """

    case: str
    signal: ScreenSignal
    step: LeadStep
    by: str
    at: datetime
    note: str
    account: str = ""
    deadline: date | None = None
    looked_by: tuple[str, ...] = ()


def read_journal(run: ScreenRun) -> list[LeadEntry]:
    """Read every step that was recorded. CaseError where a line is damaged."""
    path = find_journal(run)
    try:
        content = path.read_text(encoding="utf-8").removesuffix("\n")
    except FileNotFoundError:
        return []
    entries = []
    # Only at \n: a note may hold another sign at which `splitlines` would cut.
    for line, text in enumerate(content.split("\n") if content else [], start=1):
        try:
            data = read_object(json.loads(text))
            entries.append(
                LeadEntry(
                    case=read_text(data["case"]),
                    signal=ScreenSignal(
                        criterion=read_text(data["criterion"]),
                        verdict=Verdict(read_text(data["verdict"])).value,
                    ),
                    step=LeadStep(read_text(data["step"])),
                    by=read_text(data["by"]),
                    at=datetime.fromisoformat(read_text(data["at"])),
                    note=read_text(data["note"]),
                    account=read_text(data.get("account", "")),
                    deadline=find_day(data, "deadline"),
                    looked_by=tuple(
                        map(read_text, read_list(data.get("looked_by", [])))
                    ),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise CaseError(
                Issue(
                    text=Text(zh="这一行读不出", en="this line cannot be read"),
                    path=str(path),
                    line=line,
                    hint=Text(zh="从备份恢复", en="restore it"),
                )
            ) from error
    return entries


def find_journal(run: ScreenRun) -> Path:
    """Find the file of the journal; it is there once a lead was opened."""
    return run.folder / LEADS_FOLDER / "journal.jsonl"


def find_second_looks(run: ScreenRun, signal: ScreenSignal) -> dict[str, bool]:
    """Find by case whether the last second look at its lead says that it holds."""
    return {
        entry.case: entry.step is LeadStep.CONFIRMED
        for entry in read_journal(run)
        if entry.signal == signal
        and entry.step in (LeadStep.CONFIRMED, LeadStep.REFUTED)
    }
