"""From what a rule marked to what a person may act on: a notice, a second look.

```
leads/journal.jsonl                                     a line for each step, only added
leads/notices/<n>.txt                                   what a company was told
```
Companies are listed by a signal only once it was measured (`signals`); till then a lead
is opened only for a case that a person has looked at in a sample.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from changqing.day import beijing_day
from changqing.disk import Disk, only_writer
from changqing.errors import CaseError, Issue
from changqing.evidence.parse import normalise_text
from changqing.law.model import Catalogue, Verdict
from changqing.screening.counts import GROUPS
from changqing.screening.lead_journal import (
    LEADS_FOLDER,
    LeadEntry,
    LeadStep,
    ScreenSignal,
    find_journal,
    find_second_looks,
    read_journal,
)
from changqing.screening.results import (
    Asked,
    ResultTable,
    collect_table,
    count_verdicts,
)
from changqing.screening.screen import (
    LEADS,
    SENTENCES,
    ScreenRun,
    scan_results,
)
from changqing.screening.signals import (
    find_measured,
    read_looks,
    select_marked,
)
from changqing.text import Text


def list_companies(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue
) -> ResultTable:
    """List the companies that a signal marks; raises as `select_companies` does."""
    return collect_table(select_companies(run, signal, catalogue))


def select_companies(
    run: ScreenRun, signal: ScreenSignal, catalogue: Catalogue
) -> pl.LazyFrame:
    """Select the companies that a signal marks, where it was measured to be right.

    Whoever a person found to be marked wrongly is left out, in a sample or in the
    second look at a lead. Raises CaseError, with how many there are and what to do,
    where it was not.
    """
    count_verdicts(run, Asked(criterion=signal.criterion), catalogue)  # it is known
    measured = find_measured(run, signal, catalogue)
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
                    "59家都属实，或者93家里92家属实，或者标出的全都看过，才够",
                    en="look at a sample: changqing screen sample; it takes 59 of 59 "
                    "or 92 of 93, or a look at each that it marks",
                ),
            )
        )
    marked = select_marked(run, signal)
    companies = scan_results(run, SENTENCES).select("case", "company", *GROUPS)
    looks = read_looks(run, signal, catalogue)
    wrong = {
        case
        for case, case_looks in looks.items()
        if not all(e.right for e in case_looks)
    }
    wrong |= {c for c, holds in find_second_looks(run, signal).items() if not holds}
    return (
        companies.join(marked, on="case", how="semi")
        .filter(~pl.col("case").is_in(sorted(wrong)))
        .sort("case")
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
    account: str = "",
) -> Path:
    """Open a lead and write the notice to the company; its file.

    `account` is that of whoever does it on pages. Raises CaseError where the run does
    not mark the case, nobody has looked at it and the signal is not measured, somebody
    found that it is marked wrongly, the deadline has passed, or the lead is open
    already.
    """
    marked_case = _find_reasons(run, case, signal)
    measured = find_measured(run, signal, catalogue)
    looks = read_looks(run, signal, catalogue).get(case, [])
    if not all(look.right for look in looks):
        raise _make_refusal(
            run,
            zh=f"有人看过{case}，认为这一项不属实",
            en=f"somebody looked at {case} and found that it is not so",
            hint_zh="核对抽样里填的“否”",
            hint_en="look again at the no in the sample",
        )
    if not (measured.is_listed or looks):
        raise _make_refusal(
            run,
            zh=f"还没有人看过{case}，这一信号的准确率也不够",
            en=f"nobody has looked at {case}, and the signal is not measured",
            hint_zh="先抽样核对：changqing screen sample",
            hint_en="look at a sample first: changqing screen sample",
        )
    if deadline <= beijing_day(now):
        raise _make_refusal(
            run, zh="期限要在今天以后", en="the deadline must lie after today"
        )
    _check_name(run, by)
    with _write_journal(run) as journal:
        if journal.find_steps(case, signal):
            raise _make_refusal(
                run, zh="这条线索已经有了", en="this lead is open already"
            )
        number = len(journal.entries) + 1
        path = run.folder / LEADS_FOLDER / "notices" / f"{number:04d}.txt"
        text = _write_notice(run, signal, catalogue, marked_case, deadline)
        Disk().replace(path, text.encode())
        journal.add(
            LeadEntry(
                case=case,
                signal=signal,
                step=LeadStep.OPENED,
                by=by,
                at=now,
                note=note,
                account=account,
                deadline=deadline,
                looked_by=tuple(
                    sorted({n for look in looks for n in (look.by, look.account) if n})
                ),
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
    account: str = "",
) -> None:
    """Record the next step of a lead. CaseError where it is not its turn.

    The second look is by another person than whoever looked in a sample or opened the
    lead, once the company has answered or the deadline has passed; passing on takes a
    second look that confirms. On pages `account` is that of whoever takes the step, and
    `by` the name they give: either may be what they were known by before.
    """
    with _write_journal(run) as journal:
        steps = journal.find_steps(case, signal)
        if not steps:
            start = f"changqing screen lead {run.folder} {LeadStep.OPENED} {case} …"
            raise _make_refusal(
                run,
                zh="没有这条线索",
                en="there is no such lead",
                hint_zh=f"先开：{start}",
                hint_en=f"open it first: {start}",
            )
        entry = LeadEntry(
            case=case,
            signal=signal,
            step=step,
            by=by,
            at=now,
            note=note,
            account=account,
        )
        _check_turn(run, steps, entry, journal.entries)
        journal.add(entry)


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
    Disk().make_folder(run.folder / LEADS_FOLDER)
    with only_writer(run.folder / LEADS_FOLDER / ".lock"):
        yield _Journal(find_journal(run), read_journal(run))


def _write_line(entry: LeadEntry) -> str:
    data = {
        "case": entry.case,
        "criterion": entry.signal.criterion,
        "verdict": entry.signal.verdict,
        "step": entry.step.value,
        "by": entry.by,
        "at": entry.at.isoformat(),
        "note": entry.note,
        **({"account": entry.account} if entry.account else {}),
        **({} if entry.deadline is None else {"deadline": entry.deadline.isoformat()}),
        **({"looked_by": [*entry.looked_by]} if entry.looked_by else {}),
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def _check_turn(
    run: ScreenRun,
    steps: Sequence[LeadEntry],
    entry: LeadEntry,
    journal: Sequence[LeadEntry],
) -> None:
    """Raise CaseError where a step may not be taken yet, or no more."""
    steps_done, step = {entry.step for entry in steps}, entry.step
    first, today = steps[0], beijing_day(entry.at)
    _check_name(run, entry.by)
    if steps_done & {LeadStep.CLOSED, LeadStep.PASSED_ON}:
        raise _make_refusal(
            run, zh="这条线索已经办结", en="this lead is settled already"
        )
    if step is LeadStep.OPENED:
        raise _make_refusal(run, zh="这条线索已经有了", en="this lead is open already")
    if step in (LeadStep.CONFIRMED, LeadStep.REFUTED):
        over = first.deadline is not None and first.deadline < today
        if LeadStep.ANSWERED not in steps_done and not over:
            raise _make_refusal(
                run,
                zh=f"企业还没有答复，期限到{first.deadline}",
                en=f"the company has not answered and has until {first.deadline}",
            )
        before = _spell_names(first.by, first.account, *first.looked_by)
        if before & _find_names(entry, journal):
            raise _make_refusal(
                run,
                zh="复核要由另一个人来做",
                en="the second look takes another person",
            )
    looks = [e for e in steps if e.step in (LeadStep.CONFIRMED, LeadStep.REFUTED)]
    if step is LeadStep.PASSED_ON and (
        not looks or looks[-1].step is not LeadStep.CONFIRMED
    ):
        raise _make_refusal(
            run,
            zh="复核属实以后才能移交",
            en="it is passed on only after a second look that confirms it",
        )


def _find_names(entry: LeadEntry, journal: Iterable[LeadEntry]) -> set[str]:
    """Find every name and account that whoever takes a step was ever known by.

    An account that has given two names, or a name given by two accounts, is one person
    all the same: whoever opened a lead under one is not the second to look under the
    other.
    """
    together = [_spell_names(entry.by, entry.account) for entry in journal]
    known_names = _spell_names(entry.by, entry.account)
    while any(names & known_names and not names <= known_names for names in together):
        for names in together:
            if names & known_names:
                known_names |= names
    return known_names


def _spell_names(*names: str) -> set[str]:
    """The one spelling of each name or account, so that nobody is two."""
    return {normalise_text("person", name) or name for name in names if name}


def _check_name(run: ScreenRun, name: str) -> None:
    """Raise CaseError where a name is none, or not whole."""
    if normalise_text("person", name) is None:
        raise _make_refusal(
            run,
            zh=f"“{name}”不是完整的姓名",
            en=f"“{name}” is no whole name",
            hint_zh="写经办人的姓名，命令行用--by",
            hint_en="give the name of whoever did it; at the command line by --by",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _MarkedCase:
    """A case that a signal marks, and the facts that nothing proves there."""

    case: str
    company: str
    not_proven: tuple[str, ...]
    subject: str


def _find_reasons(run: ScreenRun, case: str, signal: ScreenSignal) -> _MarkedCase:
    frame = select_marked(run, signal).filter(pl.col("case") == case).collect()
    if frame.is_empty():
        raise _make_refusal(
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
    facts = {fact for row in frame["not_proven"].to_list() for fact in row}
    return _MarkedCase(
        case=case,
        company=" ".join(str(company).split()),  # no line of its own in a notice
        subject=str(frame["subject"][0]),
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


def _make_refusal(
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
