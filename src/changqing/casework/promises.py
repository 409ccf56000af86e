"""What a company promised in its plans, beside what was seen since.

A promise is kept when somebody else, or a probe, saw it kept after it was made. The
company's own record says that it noted so, and no more; where nothing can be seen, the
record is asked for by its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from changqing.calendar import add_months
from changqing.case.comparison import ReadOutcome
from changqing.case.model import Case, CaseChoice, Paper
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.annual_data import PromiseData
from changqing.day import beijing_day
from changqing.evidence.model import Resolved
from changqing.judge.model import Situation
from changqing.judge.words import say_value
from changqing.law.documents import load_documents
from changqing.law.kinds.choice import PlanAnswer, PlanChoice
from changqing.law.model import Catalogue
from changqing.text import Language, Text, WordedEnum, both

_LONGEST_WORDS: Final = 60


class PromiseState(WordedEnum):
    """What was seen of a promise since it was made."""

    KEPT = "kept", Text("做到了", "kept")
    RECORDED = "recorded", Text("公司有记录", "on the company’s record")
    BROKEN = "broken", Text("没有做到", "not kept")
    NOT_SEEN = "not_seen", Text("还没有看到", "not seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise: what was promised where and since when, and what was seen since.

    `seen` says what was observed, on `on`. `asks_for` is the record that is due by
    `due`; None where what was seen is enough.
    """

    choice: PlanChoice
    says: Text
    document: Text
    since: date
    state: PromiseState
    seen: Text
    on: date | None = None
    asks_for: Text | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    state: PromiseState
    seen: Text
    on: date


def list_promises(
    case: Case, situation: Situation, catalogue: Catalogue
) -> tuple[Promise, ...]:
    """List the promises that a case has chosen, each beside what was seen since."""
    promising = _Promising(case, situation, catalogue)
    return tuple(
        promising.describe(choice, decision)
        for choice in catalogue.choices.values()
        if choice.promise
        and choice.is_asked(case.application.licence)
        and (decision := case.choices.get(choice.id)) is not None
    )


def promise_data(promise: Promise, language: Language, *, as_of: date) -> PromiseData:
    """Write a promise as data in one language, for JSON, terminal and page."""
    due, record = promise.due, promise.asks_for
    return {
        "choice": promise.choice.id,
        "title": promise.choice.title.say(language),
        "promised": promise.says.say(language),
        "document": promise.document.say(language),
        "since": promise.since.isoformat(),
        "state": promise.state.value,
        "state_name": promise.state.text.say(language),
        "seen": promise.seen.say(language),
        "on": None if promise.on is None else promise.on.isoformat(),
        "asks_for": None if record is None else record.say(language),
        "due": None if due is None else due.isoformat(),
        "overdue": due is not None and due < as_of,
    }


class _Promising:
    """The promises of one case on one day."""

    def __init__(self, case: Case, situation: Situation, catalogue: Catalogue) -> None:
        self._case = case
        self._situation = situation
        self._catalogue = catalogue
        self._as_of = situation.as_of

    def describe(self, choice: PlanChoice, decision: CaseChoice) -> Promise:
        """Describe one promise, and what was seen of it."""
        answer = choice.find_answer(decision.answer or "")
        kind = self._find_kind(choice)
        since = self._find_since(kind)
        sight = self._find_sight(choice, answer, since)
        record = None if choice.kept is None else choice.kept.record
        every = None if answer is None else answer.every_days
        last = None if record is None else self._find_last(record, since)
        counted_from = last or since
        # Where it does not say how often, a record is asked for once a year.
        due = (
            add_months(counted_from, 12)
            if every is None
            else counted_from + timedelta(days=every)
        )
        if sight is None and last is not None and self._as_of <= due:
            sight = _Sight(
                state=PromiseState.RECORDED,
                seen=Text(
                    f"{self._name_kind(record).zh}载明{last}，公司自己记的",
                    f"{self._name_kind(record).en} of {last}, "
                    "in the company’s own words",
                ),
                on=last,
            )
        occasion = None if choice.kept is None else choice.kept.occasion
        settled = sight is not None and sight.state is PromiseState.KEPT
        # What others measure needs no record, nor what its occasion alone can show.
        settled = settled or (choice.kept is not None and record is None)
        return Promise(
            choice=choice,
            says=_say_promise(choice, answer, decision),
            document=self._name_kind(kind),
            since=since,
            state=PromiseState.NOT_SEEN if sight is None else sight.state,
            seen=_say_nothing(occasion) if sight is None else sight.seen,
            on=None if sight is None else sight.on,
            asks_for=None if settled else self._name_kind(record),
            due=None if settled else due,
        )

    def _find_kind(self, choice: PlanChoice) -> str | None:
        """Find the kind of paper in which the promise is made."""
        if choice.element is not None:
            return choice.element.split(".")[0]
        template = load_documents().get(choice.document)
        return template.materials[0] if template and template.materials else None

    def _find_since(self, kind: str | None) -> date:
        """Find since when it is promised: the paper it stands in, else the form."""
        days = [paper.true_on for paper in self._find_papers(kind)]
        return max(days, default=self._case.declared_on)

    def _find_papers(self, kind: str | None) -> Iterator[Paper]:
        """Find the papers of a kind that were there on the day, and not found false."""
        for paper in self._case.papers:
            believed = paper.last_believed_on
            if (
                paper.kind == kind
                and max(paper.received_on, paper.true_on) <= self._as_of
                and (believed is None or self._as_of <= believed)
            ):
                yield paper

    def _name_kind(self, kind: str | None) -> Text:
        if kind is None or kind not in self._catalogue.materials:
            return _ITS_RECORD
        label = self._catalogue.materials[kind].label
        return Text(f"《{label.zh}》", label.en)

    def _find_last(self, record: str, since: date) -> date | None:
        """Find the newest record of its kind since then that a program could read."""
        days = [
            paper.true_on
            for paper in self._find_papers(record)
            if since <= paper.true_on and self._was_read(paper)
        ]
        return max(days, default=None)

    def _was_read(self, paper: Paper) -> bool:
        comparisons = self._case.compared.get(paper.id, {})
        there = comparisons.get((APPLICANT, f"has_{paper.kind}"))
        return there is not None and there.outcome is ReadOutcome.READ

    def _find_sight(
        self, choice: PlanChoice, answer: PlanAnswer | None, since: date
    ) -> _Sight | None:
        """Find what was seen by others since then that settles it, worst first."""
        kept_by = choice.kept
        if kept_by is None:
            return None
        measured = dict(self._find_measured(choice, answer, since))
        sights = [
            *self._find_silence(kept_by.newest, answer, since),
            *measured.values(),
        ]
        for sight in sights:
            if sight.state is PromiseState.BROKEN:
                return sight
        if not measured:
            return None
        sight = next(iter(measured.values()))
        of = next(iter(measured)).type
        for subject in self._situation.subjects:
            if subject.type == of and subject not in measured:
                # It is promised for all: of one that was not seen nothing is known.
                name = self._situation.labels[subject]
                return replace(
                    sight,
                    state=PromiseState.NOT_SEEN,
                    seen=Text(
                        f"{sight.seen.zh}；{name.zh}还没有看到",
                        f"{sight.seen.en}; nothing was seen of {name.en}",
                    ),
                )
        return sight

    def _find_proven(
        self, name: str | None, since: date
    ) -> Iterator[tuple[Subject, Resolved]]:
        """Find what was proven of a fact, of whom, after the promise was made."""
        if name is None:
            return
        kind, _, fact = name.partition(".")
        for (subject, of), resolved in self._situation.resolved.items():
            by = resolved.proven_by
            if (subject.type, of) != (kind, fact) or by is None:
                continue
            if beijing_day(by.observed_at) >= since:
                yield subject, resolved

    def _find_silence(
        self, name: str | None, answer: PlanAnswer | None, since: date
    ) -> Iterator[_Sight]:
        """Find that it last happened longer ago, when seen, than it may."""
        most = None if answer is None else answer.silent_days
        if most is None:
            return
        for _, resolved in self._find_proven(name, since):
            by, newest = resolved.proven_by, resolved.proven
            if by is None or not isinstance(newest, date):
                continue
            on = beijing_day(by.observed_at)
            silent = (on - max(newest, since)).days
            if silent > most:
                yield _Sight(
                    state=PromiseState.BROKEN,
                    seen=Text(
                        f"最近一次是{newest}，此后{silent}天没有",
                        f"the last was on {newest}, and nothing for {silent} days",
                    ),
                    on=on,
                )

    def _find_measured(
        self, choice: PlanChoice, answer: PlanAnswer | None, since: date
    ) -> Iterator[tuple[Subject, _Sight]]:
        """Find what was measured of whom, and what that says of the promise."""
        measure = choice.kept
        if measure is None or measure.fact is None:
            return
        kind, _, name = measure.fact.partition(".")
        fact = self._catalogue.facts[kind, name]
        for subject, resolved in self._find_proven(measure.fact, since):
            by, value = resolved.proven_by, resolved.proven
            if by is None or value is None:
                continue
            on = beijing_day(by.observed_at)
            window = measure.days
            if window is not None and on - timedelta(days=window) < since:
                continue  # it counts days on which nothing was promised yet
            state = _judge_value(value, answer)
            if state is not None:
                text = say_value(value, fact)
                sight = _Sight(
                    state=state,
                    seen=Text(
                        f"{fact.label.zh}：{text.zh}", f"{fact.label.en}: {text.en}"
                    ),
                    on=on,
                )
                yield subject, sight


def _judge_value(value: object, answer: PlanAnswer | None) -> PromiseState | None:
    """What a measured value says of a promise; None where it settles nothing.

    That few were seen breaks none: a page may show no more.
    """
    if isinstance(value, bool):
        return PromiseState.KEPT if value else PromiseState.BROKEN
    if answer is None or not isinstance(value, int):
        return None
    if answer.kept_from is not None and value >= answer.kept_from:
        return PromiseState.KEPT
    if answer.kept_up_to is None:
        return None
    if value <= answer.kept_up_to:
        return PromiseState.KEPT
    above = answer.kept_up_to if answer.broken_above is None else answer.broken_above
    return PromiseState.BROKEN if value > above else None


def _say_nothing(occasion: Text | None) -> Text:
    """Say that nothing was seen, and when alone it could be."""
    if occasion is None:
        return _NOTHING_SEEN
    return Text(f"{occasion.zh}才看得到", f"can be seen {occasion.en}, and not before")


def _say_promise(
    choice: PlanChoice, answer: PlanAnswer | None, decision: CaseChoice
) -> Text:
    if answer is not None:
        label = answer.label
        return Text(f"{choice.title.zh}：{label.zh}", f"{choice.title.en}: {label.en}")
    words = (decision.words or "").strip()
    short = words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS]}…"
    own = both(short)
    return Text(f"{choice.title.zh}：{own.zh}", f"{choice.title.en}: {own.en}")


_NOTHING_SEEN: Final = Text(
    "承诺以后还没有看到", "nothing was seen of it since it was promised"
)
_ITS_RECORD: Final = Text("做到的记录", "a record that it was done")
