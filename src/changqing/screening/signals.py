"""How often what a rule marked is right: random samples that people look through whole.

```
leads/samples/<criterion>.<verdict>.<size>.<seed>.csv   drawn by lot; people fill in
```
A signal is a criterion with a verdict. While nobody has measured it, or it is right too
seldom, its cases are counted and nobody is listed by it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Final

import polars as pl

from changqing.disk import Disk, only_writer
from changqing.errors import CaseError, Issue
from changqing.law.model import Catalogue, Verdict
from changqing.screening.lead_journal import (
    LEADS_FOLDER,
    ScreenSignal,
    find_second_looks,
)
from changqing.screening.results import Asked, ResultTable, draw_sample
from changqing.screening.screen import REASONS, ScreenRun, scan_results
from changqing.text import Text, guard_formula

LEAST_PRECISION: Final = 0.95
"""A signal that is right less often is counted, but nobody is listed by it."""
_CHANCE: Final = 0.05
"""With what chance luck alone may let a worse signal pass."""
_RIGHT: Final = "right"
_LOOKED_BY: Final = "looked_by"
_ACCOUNT: Final = "account"
_LOOKED_ON: Final = "looked_on"
_NOTE: Final = "note"
_FILLED_IN: Final = (_RIGHT, _LOOKED_ON, _LOOKED_BY, _NOTE, _ACCOUNT)
"""The account is for those who fill it in on pages; older samples lack the column."""
_YES: Final = "是"
_NO: Final = "否"
_ANSWERS: Final = {_YES: True, "yes": True, _NO: False, "no": False, "": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLook:
    """What a person found of a case in a sample.

    `by` is empty where nobody is named, and `account` where it was not on pages; `on`
    is the day as it was written.
    """

    right: bool
    by: str
    account: str = ""
    on: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample that was drawn: by the name of its file, of which signal, by which seed.

    `looks` has by case what a person found, None where nobody looked yet.
    """

    name: str
    signal: ScreenSignal
    seed: int
    looks: Mapping[str, SampleLook | None]

    @property
    def look_count(self) -> int:
        """How many of its cases somebody looked at."""
        return sum(look is not None for look in self.looks.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSignal:
    """How often a signal was right, on samples that people looked through whole.

    A case found wrong counts before its sample is finished. `cases` are all that it
    marks, `waiting` those drawn in samples not finished yet.

    Where a second look refuted the lead of a case that was drawn, the case counts as
    wrong, whatever was found in the sample. Leads of other cases were not drawn by lot,
    so that they say nothing of all: `second_looks` counts those looked at again, and
    `refuted` how many of them did not hold, beside the share and apart from it.
    """

    signal: ScreenSignal
    cases: int
    looked: int
    right: int
    waiting: int
    second_looks: int = 0
    refuted: int = 0

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


def write_sample(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue, *, size: int, seed: int
) -> Path:
    """Draw cases of a signal by lot into a file in which people write what they found.

    The same seed draws the same cases. A sample that is there is left as it is. Raises
    CaseError where the signal marks nobody, and while a sample of it is not looked
    through: whoever draws again before could choose among samples.
    """
    table = _draw_rows(run, signal, catalogue, size=size, seed=seed)
    if not table.rows:
        raise CaseError(
            Issue(
                text=Text(zh="这一信号没有标出任何一家", en="the signal marks no case"),
                path=str(run.folder),
            )
        )
    name = f"{signal.criterion}.{signal.verdict}.{len(table.rows)}.{seed}.csv"
    path = run.folder / LEADS_FOLDER / "samples" / name
    if not path.exists():
        _refuse_unfinished(run, signal, catalogue)
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([*table.columns, *_FILLED_IN])
        for row in table.rows:
            cells = [guard_formula(str(cell)) for cell in row]
            writer.writerow([*cells, *("" for _ in _FILLED_IN)])
        Disk().replace(path, out.getvalue().encode("utf-8-sig"))
    return path


def _refuse_unfinished(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue
) -> None:
    for path in list_samples(run, signal):
        looks = read_sample(run, path, catalogue).looks
        not_looked_at = sum(look is None for look in looks.values())
        if not_looked_at:
            raise CaseError(
                Issue(
                    text=Text(
                        zh=f"这个信号抽过的一份还有{not_looked_at}家没有看，看完才能再抽",
                        en="the sample of this signal that was drawn before is not "
                        f"looked through: {not_looked_at} left",
                    ),
                    path=str(path),
                )
            )


def fill_in_sample(
    run: ScreenRun, name: str, case: str, look: SampleLook, catalogue: Catalogue
) -> None:
    """Write into the sample of that name what a person found of one of its cases.

    What was found of it before is replaced. Raises CaseError where there is no such
    sample, where it is damaged or does not hold the case; BusyError where somebody else
    writes.
    """
    path = find_sample(run, name)
    with only_writer(run.folder / LEADS_FOLDER / ".lock"):
        sample = read_sample(run, path, catalogue)
        if case not in sample.looks:
            raise CaseError(
                Issue(
                    text=Text(
                        zh=f"{case}不在这份抽样里", en=f"{case} is not in the sample"
                    ),
                    path=str(path),
                )
            )
        rows = _read_rows(path)
        answers = {
            _RIGHT: _YES if look.right else _NO,
            _LOOKED_ON: look.on,
            _LOOKED_BY: look.by,
            _NOTE: look.note,
            _ACCOUNT: look.account,
        }
        for row in rows:
            if row["case"] == guard_formula(case):
                row |= {key: guard_formula(answer) for key, answer in answers.items()}
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, [*dict.fromkeys([*rows[0], *_FILLED_IN])])
        writer.writeheader()
        writer.writerows(rows)
        Disk().replace(path, out.getvalue().encode("utf-8-sig"))


def find_sample(run: ScreenRun, name: str) -> Path:
    """Find the file of a sample by its name. CaseError where there is none."""
    for path in list_samples(run):
        if path.stem == name:
            return path
    raise CaseError(
        Issue(
            text=Text(zh="没有这份抽样", en="there is no such sample"),
            path=str(run.folder / LEADS_FOLDER / "samples"),
        )
    )


def measure_signals(
    run: ScreenRun, catalogue: Catalogue, only: ScreenSignal | None = None
) -> list[MeasuredSignal]:
    """Measure each signal of which a sample was drawn, or one of them alone.

    Raises CaseError where a sample is not what was drawn, or an answer is no answer.
    """
    answers: dict[ScreenSignal, list[Mapping[str, SampleLook | None]]] = {}
    for path in list_samples(run, only):
        sample = read_sample(run, path, catalogue)
        answers.setdefault(sample.signal, []).append(sample.looks)
    measured = []
    for signal, samples in sorted(answers.items()):
        right_by_case: dict[str, bool] = {}
        for sample_looks in samples:
            finished = None not in sample_looks.values()
            for case, look in sample_looks.items():
                # A no counts at once: whoever leaves the sample at it and draws another
                # would choose among samples till luck is on their side.
                if look is None or (look.right and not finished):
                    continue
                if right_by_case.setdefault(case, look.right) != look.right:
                    raise CaseError(
                        Issue(
                            text=Text(
                                zh=f"{case}在两次抽样里看法不同",
                                en=f"{case} is right in one sample and wrong in "
                                "another",
                            ),
                            path=str(run.folder / LEADS_FOLDER / "samples"),
                            hint=Text(
                                zh="核对后改成一致", en="look again, and settle it"
                            ),
                        )
                    )
        again = find_second_looks(run, signal)
        waiting = {
            case
            for sample_looks in samples
            if None in sample_looks.values()
            for case in sample_looks
        }
        measured.append(
            MeasuredSignal(
                signal=signal,
                cases=_count_cases(run, signal),
                looked=len(right_by_case),
                right=sum(
                    right and again.get(case, True)
                    for case, right in right_by_case.items()
                ),
                waiting=len(waiting - right_by_case.keys()),
                second_looks=len(again),
                refuted=sum(not holds for holds in again.values()),
            )
        )
    return measured


def find_measured(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue
) -> MeasuredSignal:
    """Find how often a signal was right; nobody has looked where no sample is whole."""
    return next(
        (
            measured_signal
            for measured_signal in measure_signals(run, catalogue, signal)
            if measured_signal.signal == signal
        ),
        MeasuredSignal(
            signal=signal, cases=_count_cases(run, signal), looked=0, right=0, waiting=0
        ),
    )


def read_looks(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue
) -> dict[str, list[SampleLook]]:
    """Read what people found of each case in samples of a signal, finished or not."""
    looks: dict[str, list[SampleLook]] = {}
    for path in list_samples(run, signal):
        for case, look in read_sample(run, path, catalogue).looks.items():
            if look is not None:
                looks.setdefault(case, []).append(look)
    return looks


def select_marked(run: ScreenRun, signal: ScreenSignal) -> pl.LazyFrame:
    """Select the rows of reasons that a signal marks."""
    return scan_results(run, REASONS).filter(
        pl.col("criterion") == signal.criterion, pl.col("verdict") == signal.verdict
    )


def _count_cases(run: ScreenRun, signal: ScreenSignal) -> int:
    marked = select_marked(run, signal).select(pl.col("case").n_unique())
    return int(marked.collect().item())


def list_samples(run: ScreenRun, signal: ScreenSignal | None = None) -> list[Path]:
    """List the files of the samples that were drawn, of one signal or of all."""
    name = "*" if signal is None else f"{signal.criterion}.{signal.verdict}.*"
    return sorted((run.folder / LEADS_FOLDER / "samples").glob(f"{name}.csv"))


def list_sampled_signals(run: ScreenRun) -> list[ScreenSignal]:
    """List the signals of which a sample was drawn, each once, in order.

    Raises CaseError where a file among the samples is none.
    """
    return sorted({_parse_sample_name(path)[0] for path in list_samples(run)})


def _parse_sample_name(path: Path) -> tuple[ScreenSignal, int, int]:
    """Parse of which signal a sample is, how many cases it has, and its seed."""
    try:
        criterion, verdict, size, seed, _ = path.name.split(".")
        signal = ScreenSignal(criterion=criterion, verdict=Verdict(verdict).value)
        return signal, int(size), int(seed)
    except ValueError as error:
        raise _make_sample_error(path) from error


def _draw_rows(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue, *, size: int, seed: int
) -> ResultTable:
    query = Asked(criterion=signal.criterion, verdict=signal.verdict)
    return draw_sample(run, query, catalogue, size=size, seed=seed)


def read_sample(run: ScreenRun, path: Path, catalogue: Catalogue) -> Sample:
    """Read a sample. CaseError where it is not what was drawn, or an answer is none."""
    signal, size, seed = _parse_sample_name(path)
    try:
        rows = _read_rows(path)
        table = _draw_rows(run, signal, catalogue, size=size, seed=seed)
        cases = {guard_formula(str(row[0])): str(row[0]) for row in table.rows}
        looks: dict[str, SampleLook | None] = {}
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
            right = _ANSWERS[answer]
            looks[cases[row["case"]]] = (
                None
                if right is None
                else SampleLook(
                    right=right,
                    by=row[_LOOKED_BY] or "",
                    account=row.get(_ACCOUNT) or "",
                    on=row[_LOOKED_ON] or "",
                    note=row[_NOTE] or "",
                )
            )
    except (ValueError, KeyError, csv.Error) as error:
        raise _make_sample_error(path) from error
    if not len(rows) == len(looks) == len(cases):  # each once
        raise _make_sample_error(path)
    return Sample(name=path.stem, signal=signal, seed=seed, looks=looks)


def _read_rows(path: Path) -> list[dict[str, str]]:
    """Read the rows of a sample, as text by the names of the columns."""
    content = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


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
