"""From what a rule marked to what a person may act on: samples, precision, leads.

```
leads/samples/<criterion>.<verdict>.<size>.<seed>.csv   drawn by lot; people fill in
leads/journal.jsonl                                     a line for each step, only added
leads/notices/<n>.txt                                   what a company was told
```
A signal is a criterion with a verdict. How often it is right is measured on random
samples that people have looked through whole. While that is not known, or too seldom,
the signal is counted and nobody is listed by it; a lead is then opened only for a case
that a person has looked at in such a sample.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import comb
from pathlib import Path
from typing import Final

import polars as pl

from changqing.day import beijing_day
from changqing.disk import Disk, only_writer
from changqing.errors import CaseError, Issue
from changqing.jsondata import find_day, read_object, read_text
from changqing.law.model import Catalogue, Verdict
from changqing.screening.results import (
    GROUPS,
    Asked,
    ResultTable,
    count_verdicts,
    draw_sample,
)
from changqing.screening.screen import (
    LEADS,
    REASONS,
    SENTENCES,
    ScreenRun,
    scan_results,
)
from changqing.text import Text, guard_formula

LEAST_PRECISION: Final = 0.95
"""A signal that is right less often is counted, but nobody is listed by it."""
_CHANCE: Final = 0.05
"""With what chance luck alone may let a worse signal pass."""
_FOLDER: Final = "leads"
_RIGHT: Final = "right"
_FILLED_IN: Final = (_RIGHT, "looked_on", "looked_by", "note")
_ANSWERS: Final = {"是": True, "yes": True, "否": False, "no": False, "": None}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ScreenSignal:
    """A criterion with the verdict by which it marks a case."""

    criterion: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSignal:
    """How often a signal was right, on samples that people looked through whole.

    `cases` are all that it marks, `waiting` those drawn in samples not finished yet.
    """

    signal: ScreenSignal
    cases: int
    looked: int
    right: int
    waiting: int

    @property
    def precision(self) -> float | None:
        """The share that was right; None while nobody has looked."""
        return self.right / self.looked if self.looked else None

    @property
    def is_listed(self) -> bool:
        """Whether companies may be listed by it.

        Either all it marks were looked at, or a signal that is right less often than
        `LEAST_PRECISION` would come out as well by luck once in twenty at most
        (Clopper and Pearson 1934, one-sided): 59 of 59, or 92 of 93.
        """
        if not self.looked or self.right < LEAST_PRECISION * self.looked:
            return False
        if self.looked >= self.cases:
            return True
        luck = sum(
            comb(self.looked, k)
            * LEAST_PRECISION**k
            * (1 - LEAST_PRECISION) ** (self.looked - k)
            for k in range(self.right, self.looked + 1)
        )
        return luck <= _CHANCE


class LeadStep(StrEnum):
    """What is done with a lead, in this order; closing it is possible at any time."""

    OPENED = "opened"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"  # a second person looked: it still holds
    REFUTED = "refuted"  # a second person looked: it does not hold
    CLOSED = "closed"
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadEntry:
    """One line of the journal. `deadline` stands on the first line of a lead."""

    case: str
    signal: ScreenSignal
    step: LeadStep
    by: str
    at: datetime
    note: str
    deadline: date | None = None


def write_sample(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue, *, size: int, seed: int
) -> Path:
    """Draw cases of a signal by lot into a file in which people write what they found.

    The same seed draws the same cases. A sample that is there is left as it is.
    """
    table = _draw(run, signal, catalogue, size=size, seed=seed)
    if not table.rows:
        raise CaseError(
            Issue(
                text=Text(zh="这一信号没有标出任何一家", en="the signal marks no case"),
                path=str(run.folder),
            )
        )
    name = f"{signal.criterion}.{signal.verdict}.{len(table.rows)}.{seed}.csv"
    path = run.folder / _FOLDER / "samples" / name
    if not path.exists():
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([*table.columns, *_FILLED_IN])
        for row in table.rows:
            cells = [guard_formula(str(cell)) for cell in row]
            writer.writerow([*cells, *("" for _ in _FILLED_IN)])
        Disk().replace(path, out.getvalue().encode("utf-8-sig"))
    return path


def measure_signals(run: ScreenRun, catalogue: Catalogue) -> list[MeasuredSignal]:
    """Measure each signal of which a sample was drawn.

    Raises CaseError where a sample is not what was drawn, or an answer is no answer.
    """
    answers: dict[ScreenSignal, list[dict[str, bool | None]]] = {}
    for path in sorted((run.folder / _FOLDER / "samples").glob("*.csv")):
        signal, told = _read_sample(run, path, catalogue)
        answers.setdefault(signal, []).append(told)
    measured = []
    for signal, samples in sorted(answers.items()):
        whole = [told for told in samples if None not in told.values()]
        looked: dict[str, bool | None] = {}
        for told in whole:
            for case, right in told.items():
                if looked.setdefault(case, right) != right:
                    raise CaseError(
                        Issue(
                            text=Text(
                                zh=f"{case}在两次抽样里看法不同",
                                en=f"{case} is right in one sample and wrong in "
                                "another",
                            ),
                            path=str(run.folder / _FOLDER / "samples"),
                            hint=Text(
                                zh="核对后改成一致", en="look again, and settle it"
                            ),
                        )
                    )
        waiting = {case for told in samples if told not in whole for case in told}
        measured.append(
            MeasuredSignal(
                signal=signal,
                cases=_count_cases(run, signal),
                looked=len(looked),
                right=sum(1 for right in looked.values() if right),
                waiting=len(waiting - looked.keys()),
            )
        )
    return measured


def list_companies(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue
) -> ResultTable:
    """List the companies that a signal marks, where it was measured to be right.

    Raises CaseError, with how many there are and what to do, where it was not.
    """
    count_verdicts(run, Asked(criterion=signal.criterion), catalogue)  # it is known
    measured = _find_measured(run, signal, catalogue)
    if not measured.is_listed:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"这一信号标出{measured.cases}家，看过{measured.looked}家，其中"
                    f"{measured.right}家属实，还不足以按企业列出",
                    en=f"the signal marks {measured.cases} cases; of {measured.looked} "
                    f"looked at {measured.right} were right, which is not enough to "
                    "list companies by it",
                ),
                path=str(run.folder),
                hint=Text(
                    zh="抽样核对：changqing screen sample；"
                    "59家都属实，或者93家里92家属实才够",
                    en="look at a sample: changqing screen sample; it takes 59 of 59 "
                    "or 92 of 93",
                ),
            )
        )
    marked = _select_marked(run, signal)
    given = scan_results(run, SENTENCES).select("case", "company", *GROUPS)
    frame = given.join(marked, on="case", how="semi").sort("case").collect()
    return ResultTable(
        columns=tuple(frame.columns), rows=tuple(frame.iter_rows()), numbers=frozenset()
    )


def open_lead(
    run: ScreenRun,
    case: str,
    signal: ScreenSignal,
    catalogue: Catalogue,
    *,
    deadline: date,
    by: str,
    now: datetime,
    note: str = "",
) -> Path:
    """Open a lead and write the notice to the company; its file.

    Raises CaseError where the run does not mark the case, nobody has looked at it and
    the signal is not measured, the deadline has passed, or the lead is open already.
    """
    found = _find_reasons(run, case, signal)
    measured = _find_measured(run, signal, catalogue)
    if not (measured.is_listed or _was_looked_at(run, case, signal, catalogue)):
        raise _refuse(
            run,
            zh=f"还没有人看过{case}，这一信号的准确率也不够",
            en=f"nobody has looked at {case}, and the signal is not measured",
            hint_zh="先抽样核对：changqing screen sample",
            hint_en="look at a sample first: changqing screen sample",
        )
    if deadline <= beijing_day(now):
        raise _refuse(
            run, zh="期限要在今天以后", en="the deadline must lie after today"
        )
    with _write_journal(run) as journal:
        if journal.find_steps(case, signal):
            raise _refuse(run, zh="这条线索已经有了", en="this lead is open already")
        number = len(journal.entries) + 1
        path = run.folder / _FOLDER / "notices" / f"{number:04d}.txt"
        text = _write_notice(run, signal, catalogue, found, deadline)
        Disk().replace(path, text.encode())
        journal.add(
            LeadEntry(
                case=case,
                signal=signal,
                step=LeadStep.OPENED,
                by=by,
                at=now,
                note=note,
                deadline=deadline,
            )
        )
    return path


def go_on_with_lead(
    run: ScreenRun,
    case: str,
    signal: ScreenSignal,
    step: LeadStep,
    *,
    by: str,
    now: datetime,
    note: str = "",
) -> None:
    """Record the next step of a lead. CaseError where it is not its turn.

    The second look is by another person than the first, once the company has answered
    or the deadline has passed; passing on takes a second look that confirms.
    """
    with _write_journal(run) as journal:
        steps = journal.find_steps(case, signal)
        if not steps:
            raise _refuse(
                run,
                zh="没有这条线索",
                en="there is no such lead",
                hint_zh="先开：changqing screen lead opened",
                hint_en="open it first: changqing screen lead opened",
            )
        _check_turn(run, steps, step, by, beijing_day(now))
        journal.add(
            LeadEntry(case=case, signal=signal, step=step, by=by, at=now, note=note)
        )


def read_journal(run: ScreenRun) -> list[LeadEntry]:
    """Read every step that was recorded. CaseError where a line is damaged."""
    path = _find_journal(run)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line, text in enumerate(lines, start=1):
        try:
            data = read_object(json.loads(text))
            found.append(
                LeadEntry(
                    case=read_text(data["case"]),
                    signal=ScreenSignal(
                        criterion=read_text(data["criterion"]),
                        verdict=read_text(data["verdict"]),
                    ),
                    step=LeadStep(read_text(data["step"])),
                    by=read_text(data["by"]),
                    at=datetime.fromisoformat(read_text(data["at"])),
                    note=read_text(data["note"]),
                    deadline=find_day(data, "deadline"),
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
    return found


class _Journal:
    """The steps so far, while nobody else may add any."""

    def __init__(self, path: Path, entries: Sequence[LeadEntry]) -> None:
        self._path = path
        self.entries = [*entries]

    def find_steps(self, case: str, signal: ScreenSignal) -> list[LeadEntry]:
        return [e for e in self.entries if (e.case, e.signal) == (case, signal)]

    def add(self, entry: LeadEntry) -> None:
        """Add a line; the whole file is replaced in one step, so that none is torn."""
        self.entries.append(entry)
        content = "".join(map(_write_line, self.entries))
        Disk().replace(self._path, content.encode())


@contextmanager
def _write_journal(run: ScreenRun) -> Iterator[_Journal]:
    Disk().directory(run.folder / _FOLDER)
    with only_writer(run.folder / _FOLDER / ".lock"):
        yield _Journal(_find_journal(run), read_journal(run))


def _find_journal(run: ScreenRun) -> Path:
    return run.folder / _FOLDER / "journal.jsonl"


def _write_line(entry: LeadEntry) -> str:
    data = {
        "case": entry.case,
        "criterion": entry.signal.criterion,
        "verdict": entry.signal.verdict,
        "step": entry.step.value,
        "by": entry.by,
        "at": entry.at.isoformat(),
        "note": entry.note,
        **({} if entry.deadline is None else {"deadline": entry.deadline.isoformat()}),
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def _check_turn(
    run: ScreenRun, steps: Sequence[LeadEntry], step: LeadStep, by: str, today: date
) -> None:
    """Raise CaseError where a step may not be taken yet, or no more."""
    done = {entry.step for entry in steps}
    first = steps[0]
    if done & {LeadStep.CLOSED, LeadStep.PASSED_ON}:
        raise _refuse(run, zh="这条线索已经办结", en="this lead is settled already")
    if step is LeadStep.OPENED:
        raise _refuse(run, zh="这条线索已经有了", en="this lead is open already")
    if step in (LeadStep.CONFIRMED, LeadStep.REFUTED):
        over = first.deadline is not None and first.deadline < today
        if LeadStep.ANSWERED not in done and not over:
            raise _refuse(
                run,
                zh=f"企业还没有答复，期限到{first.deadline}",
                en=f"the company has not answered and has until {first.deadline}",
            )
        if by == first.by:
            raise _refuse(
                run,
                zh="复核要由另一个人来做",
                en="the second look takes another person",
            )
    looks = [e for e in steps if e.step in (LeadStep.CONFIRMED, LeadStep.REFUTED)]
    if step is LeadStep.PASSED_ON and (
        not looks or looks[-1].step is not LeadStep.CONFIRMED
    ):
        raise _refuse(
            run,
            zh="复核属实以后才能移交",
            en="it is passed on only after a second look that confirms it",
        )


def _draw(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue, *, size: int, seed: int
) -> ResultTable:
    asked = Asked(criterion=signal.criterion, verdict=signal.verdict)
    return draw_sample(run, asked, catalogue, size=size, seed=seed)


def _read_sample(
    run: ScreenRun, path: Path, catalogue: Catalogue
) -> tuple[ScreenSignal, dict[str, bool | None]]:
    """What people found of each case of a sample; None where nobody looked yet."""
    try:
        criterion, verdict, size, seed, _ = path.name.split(".")
        signal = ScreenSignal(criterion=criterion, verdict=verdict)
        content = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content, newline="")))
        drawn = _draw(run, signal, catalogue, size=int(size), seed=int(seed))
        told: dict[str, bool | None] = {}
        for line, row in enumerate(rows, start=2):
            answer = (row[_RIGHT] or "").strip().lower()
            if answer not in _ANSWERS:
                raise CaseError(
                    Issue(
                        text=Text(
                            zh=f"“{answer}”不是“是”或“否”",
                            en=f"“{answer}” is neither yes nor no",
                        ),
                        path=str(path),
                        line=line,
                    )
                )
            told[row["case"]] = _ANSWERS[answer]
    except (ValueError, KeyError, csv.Error) as error:
        raise _make_sample_error(path) from error
    if {guard_formula(str(row[0])) for row in drawn.rows} != told.keys():
        raise _make_sample_error(path)
    return signal, told


def _make_sample_error(path: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(
                zh="这份抽样不是抽出来的那些家，或者读不出",
                en="the sample does not hold the cases that were drawn, or cannot be "
                "read",
            ),
            path=str(path),
            hint=Text(
                zh="每一行都要留着，只填后面几列；另存为UTF-8的CSV",
                en="keep every row and fill in only the last columns; save it as CSV "
                "in UTF-8",
            ),
        )
    )


def _find_measured(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue
) -> MeasuredSignal:
    return next(
        (each for each in measure_signals(run, catalogue) if each.signal == signal),
        MeasuredSignal(
            signal=signal, cases=_count_cases(run, signal), looked=0, right=0, waiting=0
        ),
    )


def _was_looked_at(
    run: ScreenRun, case: str, signal: ScreenSignal, catalogue: Catalogue
) -> bool:
    """Whether a person found the case right in a sample of the signal."""
    folder = run.folder / _FOLDER / "samples"
    return any(
        _read_sample(run, path, catalogue)[1].get(case) is True
        for path in sorted(folder.glob(f"{signal.criterion}.{signal.verdict}.*.csv"))
    )


def _select_marked(run: ScreenRun, signal: ScreenSignal) -> pl.LazyFrame:
    return scan_results(run, REASONS).filter(
        pl.col("criterion") == signal.criterion, pl.col("verdict") == signal.verdict
    )


def _count_cases(run: ScreenRun, signal: ScreenSignal) -> int:
    marked = _select_marked(run, signal).select(pl.col("case").n_unique())
    return int(marked.collect().item())


@dataclass(frozen=True, slots=True, kw_only=True)
class _MarkedCase:
    """A case that a signal marks, and the facts that nothing proves there."""

    case: str
    company: str
    not_proven: tuple[str, ...]
    subject: str


def _find_reasons(run: ScreenRun, case: str, signal: ScreenSignal) -> _MarkedCase:
    found = _select_marked(run, signal).filter(pl.col("case") == case).collect()
    if found.is_empty():
        raise _refuse(
            run,
            zh=f"这次筛查没有在{case}标出这一项",
            en=f"the run does not mark {case} so",
        )
    company = (
        scan_results(run, SENTENCES)
        .filter(pl.col("case") == case)
        .select("company")
        .collect()
        .item()
    )
    facts = {fact for row in found["not_proven"].to_list() for fact in row}
    return _MarkedCase(
        case=case,
        company=str(company),
        subject=str(found["subject"][0]),
        not_proven=tuple(sorted(facts)),
    )


def _write_notice(
    run: ScreenRun,
    signal: ScreenSignal,
    catalogue: Catalogue,
    marked: _MarkedCase,
    deadline: date,
) -> str:
    """Write to the company what was seen, what would settle it, and until when."""
    title = catalogue.criteria[signal.criterion].title
    labels = [
        catalogue.facts[marked.subject, name].label
        for name in marked.not_proven
        if (marked.subject, name) in catalogue.facts
    ]
    zh = "、".join(label.zh for label in labels)
    en = ", ".join(label.en for label in labels)
    certain = signal.verdict in (Verdict.UNMET, Verdict.CONTRADICTED)
    lines = [
        f"{marked.company}（{marked.case}）：",
        "",
        f"截至{run.as_of}，按登记在册的情况，“{title.zh}”这一项"
        f"{'不满足' if certain else '还没有证实'}。",
        *([f"能够说明的材料或者情况：{zh}。"] if zh else []),
        f"如果情况不是这样，请在{deadline}以前说明并附上依据；收到后由另一人复核。",
        LEADS.zh,
        "",
        f"{marked.company} ({marked.case}):",
        "",
        f"As of {run.as_of}, by what is on record this is "
        f"{'not met' if certain else 'not shown to be met'}: “{title.en}”.",
        *([f"What would settle it: {en}."] if en else []),
        f"If it is otherwise, please say so with what shows it by {deadline}; another "
        "person will then look again.",
        LEADS.en,
        "",
    ]
    return "\n".join(lines)


def _refuse(
    run: ScreenRun,
    *,
    zh: str,
    en: str,
    hint_zh: str = "",
    hint_en: str = "",
) -> CaseError:
    return CaseError(
        Issue(
            text=Text(zh=zh, en=en),
            path=str(run.folder),
            hint=Text(zh=hint_zh, en=hint_en) if hint_zh else None,
        )
    )
