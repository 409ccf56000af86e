"""One case from end to end: collect, record, outlook, assess.

Used by the command line, and later by the web and by watch. The world enters through
arguments: the clock, the settings of the door, the folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from changqing.case.fitting import check_days, check_past_days
from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.files import SUMMARY, read_summary
from changqing.casework.upgrade import GRADING, UpgradeTurn, find_turn
from changqing.day import beijing_day
from changqing.disk import Disk
from changqing.errors import CaseError, Issue, TamperError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Attempt, Gap, Record, SourceKind
from changqing.evidence.observations import Observation, Observations
from changqing.evidence.reach import REACHABLE, compute_reachability
from changqing.evidence.records import list_gaps
from changqing.evidence.resolve import resolve, resolve_and_compare
from changqing.evidence.sync import merge_records
from changqing.integrity import check_integrity
from changqing.judge.assess import Judge, bound_parameters
from changqing.judge.model import (
    Assessment,
    Compliance,
    ErrandPlan,
    Readiness,
    Situation,
)
from changqing.law.kept import keep_by_catalogue
from changqing.law.model import Catalogue
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.outlook.ahead import Outlook, list_outlook_facts, look_ahead
from changqing.outlook.endurance import LicenceTerm, compute_licence_term
from changqing.papers.open import open_case
from changqing.papers.read import read_unread
from changqing.report.codec import to_plain
from changqing.report.model import CaseReport
from changqing.report_maker import ReportMaker
from changqing.rules.types import Value
from changqing.text import Text, both
from changqing.visit import Progress, ServiceVisit, visit_services

if TYPE_CHECKING:
    from changqing.casework.derived import Past
    from changqing.net.model import NetSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One run of one case."""

    case: Case
    situation: Situation
    assessment: Assessment
    outlook: Outlook
    maker: ReportMaker
    looked: ServiceVisit | None
    changed_papers: tuple[str, ...] = ()  # files that are not what was recorded
    notices: tuple[Text, ...] = ()  # whose log it is, where that must be said

    @property
    def plan(self) -> ErrandPlan:
        """What to do about it; made when first asked for."""
        return self.maker.plan

    @property
    def report(self) -> CaseReport:
        """What `--json` prints and pages render; made when first asked for."""
        return self.maker.report

    @property
    def ready_and_shown(self) -> bool:
        """Whether both sentences are the best they can be at this step."""
        first = (self.assessment.readiness, self.assessment.compliance)
        return (
            first in ((Readiness.READY, None), (None, Compliance.IN_ORDER))
            and self.assessment.long_term.is_settled
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is on record of a case, logged or not.

    `past` is what its events and ledgers tell; None leaves what follows from it blank.
    """

    records: tuple[Record, ...]
    gaps: tuple[Gap, ...]
    attempts: tuple[Attempt, ...]
    observed: tuple[Observation, ...] = ()  # over time; empty where none is kept
    past: Past | None = None
    unread: bool = False  # a history is kept, and cannot be read here


def run(
    folder: Path,
    *,
    judge: Judge,
    clock: Callable[[], datetime],
    key: Path,
    as_of: date | None = None,
    offline: bool = False,
    net: NetSettings | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Assess the case in `folder`.

    A fixed day (`as_of`, or one written in the case) implies offline and writes no
    evidence. Otherwise papers that nobody has read are read, the services are looked
    at, everything is recorded, and the case is assessed as of its own end. Raises
    CaseError, TamperError and NetError.
    """
    case = open_case(folder, judge.catalogue)
    fixed = as_of or case.as_of
    check_log_kept(folder)
    checked = check_integrity(folder, key=key)
    recorded = _read_recorded(case)
    if fixed is not None or offline:
        day = fixed or beijing_day(clock())
        if fixed is None:
            check_past_days(case, day)
        outcome = conclude(case, recorded, judge=judge, as_of=day, assessed_at=None)
        return replace(
            outcome,
            changed_papers=find_changed_papers(case),
            notices=checked.notices,
        )
    today = beijing_day(clock())
    check_past_days(case, today)
    pending = _awaits_submission(case, recorded, judge.catalogue, today)
    check_days(case, today, pending=pending)
    if read_unread(case, key=key, clock=clock, progress=progress):
        case = open_case(folder, judge.catalogue)
    service_visit = visit_services(
        case, key=key, clock=clock, net=net, progress=progress
    )
    end = clock()
    checked = check_integrity(folder, key=key)
    outcome = conclude(
        case,
        _read_recorded(case),
        judge=judge,
        as_of=beijing_day(end),
        assessed_at=end,
    )
    # A look was written: whether this folder or a copy goes on matters now.
    notices = (*checked.notices, *checked.copies)
    return replace(outcome, looked=service_visit, notices=notices)


def keep_summary(folder: Path, outcome: Outcome) -> UpgradeTurn | None:
    """Leave in the case folder what a list of many cases shows of this assessment.

    Gives what the rules of a newer program turned, where this is the first assessment
    by them: nobody is to be alerted of it.
    """
    summary, before = outcome.maker.summary, read_summary(folder)
    summary_data = {
        **to_plain(summary),
        "recorded": count_entries(folder),
        "grading": GRADING,
    }
    unread = outcome.maker.unread is not None
    turn = find_turn(before, summary_data, on=summary.as_of, unread=unread)
    if turn is not None:
        summary_data["upgrade"] = turn.encode()
    content = json.dumps(summary_data, ensure_ascii=False, indent=1) + "\n"
    Disk(inside=folder).replace(folder / SUMMARY, content.encode())
    return turn if before.get("grading") != GRADING else None


def count_entries(folder: Path) -> int:
    """Count the entries that the log of a case has for good; 0 without a log."""
    checkpoint = Evidence(folder).read_folded_checkpoint()
    return 0 if checkpoint is None else checkpoint.size


def check_log_kept(folder: Path) -> None:
    """Compare the log with what the last assessment of the folder saw of it.

    Raises TamperError where entries were recorded then that are not there now: the
    log vouches for its own entries, and cannot tell that all of it was taken away.
    """
    before = _count_entries_before(folder)
    if before == 0:
        return
    now = count_entries(folder)
    if now < before:
        raise TamperError(
            Issue(
                text=Text(
                    zh=f"证据日志被删：上次评估时记录了{before}条，现在只有{now}条",
                    en=f"recorded evidence was removed: the last assessment saw "
                    f"{before} entries, now there are {now}",
                ),
                path=str(folder / "evidence"),
                hint=Text(
                    zh="从备份恢复evidence文件夹；确要从头记录，"
                    f"用changqing accept {folder} 认可",
                    en="restore the evidence folder from a backup; to begin anew all "
                    f"the same, accept it with changqing accept {folder}",
                ),
            )
        )


def _count_entries_before(folder: Path) -> int:
    """Count how many entries the log had when the folder was assessed last."""
    summary = read_summary(folder)
    size = summary.get("recorded")
    if isinstance(size, int):
        return size
    # Kept before sizes were: one with a time was made by a look, which records.
    return 1 if summary.get("assessed_at") else 0


def read_recorded(case: Case, *, key: Path | None = None) -> Known:
    """Read what the log holds, with what the folder says now laid over it.

    Raises TamperError where anything recorded was altered, or is gone; with the `key`
    of this machine also where it is not what was seen in the folder before.
    """
    check_log_kept(case.path)
    check_integrity(case.path, key=key)
    return _read_recorded(case)


def _read_recorded(case: Case) -> Known:
    from changqing.casework.derived import recall

    log = Evidence(case.path)
    return Known(
        records=tuple(
            r for r in merge_records(case, log.list_records()) if is_counted(case, r)
        ),
        gaps=(
            *(gap for gap in log.list_gaps() if is_counted(case, gap)),
            *list_gaps(case),
        ),
        attempts=tuple(a for a in log.list_attempts() if not case.is_app(a.subject)),
        observed=tuple(
            row for row in read_history(case.path) if not case.is_app(row.subject)
        ),
        past=recall(case),
        unread=is_history_unread(case.path),
    )


def is_counted(case: Case, item: Record | Gap) -> bool:
    """Tell whether it is of the case: what a store's site shows is not of an app.

    Such looks stand in logs of before, when a store's address was looked at.
    """
    return item.source.kind is not SourceKind.PROBE or not case.is_app(item.subject)


def read_log(case: Case, log: Evidence) -> Known:
    """Read what the log alone holds, as a bundle seals it, and what follows from it."""
    from changqing.casework.derived import recall

    return Known(
        records=tuple(log.list_records()),
        gaps=tuple(log.list_gaps()),
        attempts=tuple(log.list_attempts()),
        observed=read_history(case.path),
        past=recall(case),
        unread=is_history_unread(case.path),
    )


def find_last_day(case: Case, recorded: Known) -> date:
    """Find the Beijing day of the latest record, gap or attempt."""
    moments = [
        *(record.received_at for record in recorded.records),
        *(gap.at for gap in recorded.gaps),
        *(attempt.at for attempt in recorded.attempts),
    ]
    return beijing_day(max(moments)) if moments else case.declared_on


def read_history(folder: Path) -> tuple[Observation, ...]:
    """Read the history of a case; Polars is imported only where there is one.

    Empty without Polars too: `is_history_unread` tells that apart.
    """
    history = Observations(folder)
    if not history.list_batches() or is_history_unread(folder):
        return ()
    return history.read()


def is_history_unread(folder: Path) -> bool:
    """Tell whether a history is kept that cannot be read without Polars."""
    return find_spec("polars") is None and bool(Observations(folder).list_batches())


def find_changed_papers(case: Case) -> tuple[str, ...]:
    """Find papers whose bytes are no longer those that were recorded of them."""
    digests = {
        record.source.name: record.digest
        for record in Evidence(case.path).list_records()
        if record.source.kind is SourceKind.PAPER
    }
    return tuple(
        paper.file.path
        for paper in case.papers
        if paper.id in digests and digests[paper.id] != paper.file.digest
    )


def conclude(
    case: Case,
    recorded: Known,
    *,
    judge: Judge,
    as_of: date,
    assessed_at: datetime | None,
) -> Outcome:
    """Judge what is known on a day, as its arguments say.

    Plan and report are made when they are first read. Raises DayError where the day of
    the statement, or the planned day of handing in, does not fit `as_of`.
    """
    catalogue = judge.catalogue
    check_days(
        case, as_of, pending=_awaits_submission(case, recorded, catalogue, as_of)
    )
    situation = _build_situation(case, recorded, catalogue, as_of)
    outlook = _look_ahead(situation, recorded, catalogue, with_changes=True)
    situation = replace(situation, resolved=outlook.resolved)
    assessment = judge.assess(situation)
    return Outcome(
        case=case,
        situation=situation,
        assessment=assessment,
        outlook=outlook,
        maker=ReportMaker(
            case=case,
            attempts=recorded.attempts,
            history_unread=recorded.unread,
            licensed_on=_find_licence_passed_over(case, recorded, catalogue, as_of),
            judge=judge,
            assessment=assessment,
            outlook=outlook,
            assessed_at=assessed_at,
        ),
        looked=None,
    )


def _awaits_submission(
    case: Case, recorded: Known, catalogue: Catalogue, as_of: date
) -> bool:
    from changqing.casework.stages import awaits_submission

    events = () if recorded.past is None else recorded.past.events
    try:
        return awaits_submission(
            catalogue, case, [event for event in events if event.on <= as_of]
        )
    except CaseError:  # they do not add up: nothing shows that it was handed in
        return True


def _find_licence_passed_over(
    case: Case, recorded: Known, catalogue: Catalogue, as_of: date
) -> date | None:
    from changqing.casework.stages import find_licence_passed_over

    events = () if recorded.past is None else recorded.past.events
    try:
        return find_licence_passed_over(
            catalogue, case, [event for event in events if event.on <= as_of]
        )
    except CaseError:  # they do not add up: nothing shows that it was licensed
        return None


def make_situation(
    case: Case,
    recorded: Known,
    catalogue: Catalogue,
    as_of: date,
    *,
    with_words: bool = True,
    with_outlook: bool = True,
) -> Situation:
    """Resolve everything known on `as_of`, ready to be judged.

    Without `with_words` labels and conflicts stay empty: only people read them, and of
    a whole register they are a twenty-fifth of the work. Without `with_outlook` what
    follows from looking ahead is not among what is known, for rules that do not ask it.
    """
    situation = _build_situation(
        case, recorded, catalogue, as_of, with_words=with_words
    )
    if not with_outlook:
        return situation
    outlook = _look_ahead(situation, recorded, catalogue, with_changes=False)
    return replace(situation, resolved=outlook.resolved)


def _look_ahead(
    situation: Situation, recorded: Known, catalogue: Catalogue, *, with_changes: bool
) -> Outlook:
    """Look ahead from what is known of a case on the day of its situation."""
    return look_ahead(
        situation.resolved,
        situation.subjects,
        records=recorded.records,
        attempts=recorded.attempts,
        observed=recorded.observed,
        labels=situation.labels,
        catalogue=catalogue,
        as_of=situation.as_of,
        term=_compute_term(catalogue, situation),
        with_changes=with_changes,
    )


@keep_by_catalogue
def list_taken_facts(
    catalogue: Catalogue, *, with_outlook: bool = True
) -> frozenset[tuple[str, str]]:
    """List the facts that `make_situation` reads or derives itself, by type of subject.

    Without `Known.past` a situation needs no record of any other fact to say the same
    of these.
    """
    from changqing.casework.derived import TAKEN_FACTS

    facts = TAKEN_FACTS | {("service", REACHABLE)}
    return facts | list_outlook_facts(catalogue) if with_outlook else facts


def _build_situation(
    case: Case,
    recorded: Known,
    catalogue: Catalogue,
    as_of: date,
    *,
    with_words: bool = True,
) -> Situation:
    """Build the situation from what sources, attempts and events of the case tell."""
    records, gaps = list(recorded.records), list(recorded.gaps)
    for service in case.services:
        mine = [a for a in recorded.attempts if a.subject == service.subject]
        derived = compute_reachability(
            mine, subject=service.subject, catalogue=catalogue, as_of=as_of
        )
        if isinstance(derived, Record):
            records.append(derived)
        elif derived is not None:
            gaps.append(derived)
    subjects = case.list_subjects()
    word, proof = case.find_closed_by_word(as_of), case.find_closed_by_proof(as_of)
    # A service that is listed is what was applied for; of none nothing is said.
    lists = frozenset(LISTED_SUBJECTS) - ({"service"} if case.services else set())
    if with_words:
        resolved, differing = resolve_and_compare(records, gaps, catalogue, as_of)
    else:
        resolved, differing = resolve(records, gaps, catalogue, as_of), []
    situation = Situation(
        as_of=as_of,
        application=case.application,
        subjects=subjects,
        labels=_label_subjects(case, catalogue) if with_words else {},
        resolved=resolved,
        conflicts=tuple(differing),
        open_claimed=lists - word,
        open_proven=lists - proof,
        absent=case.find_absent_parts(as_of),
    )
    if recorded.past is None:
        return situation
    from changqing.casework.derived import complete_facts

    return complete_facts(situation, case, catalogue, recorded.past)


def change(
    situation: Situation, subject: Subject, fact: str, value: Value | None
) -> Situation:
    """Suppose that one fact of a situation, claimed and proven, were otherwise."""
    resolved = situation.resolved[subject, fact]
    changed = replace(resolved, claimed=value, proven=value)
    return replace(situation, resolved={**situation.resolved, (subject, fact): changed})


def _label_subjects(case: Case, catalogue: Catalogue) -> Mapping[Subject, Text]:
    labels = {APPLICANT: both(case.name)}
    for member in case.list_members():
        labels[member.subject] = both(member.name)
    for paper in case.papers:
        material = catalogue.materials[paper.kind]
        labels[paper.subject] = Text(
            zh=f"《{material.label.zh}》", en=material.label.en
        )
    return labels


def _compute_term(catalogue: Catalogue, situation: Situation) -> LicenceTerm | None:
    """Compute the term from an assumed grant: submission plus the time for review."""
    bound = bound_parameters(catalogue, situation.application, situation.as_of)
    years, days = bound.get("licence_term_years"), bound.get("review_days")
    if years is None or days is None:
        return None
    start = max(situation.application.submit_on, situation.as_of)
    return compute_licence_term(start + timedelta(days=days), years)
