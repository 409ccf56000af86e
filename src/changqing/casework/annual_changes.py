"""Change first, then report: what the licence says that is not so any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.case.subjects import APPLICANT, Subject
from changqing.guide.procedure import Givens, date_steps
from changqing.judge.model import Situation
from changqing.judge.words import say_value
from changqing.law.kinds.procedure import Bound
from changqing.law.model import Catalogue
from changqing.rules.types import Value
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentDue:
    """One thing to amend. `procedure` is None where which one depends on more.

    `compared` is False where the two could not be compared; `handed_in` says whether
    the amendment is already under way. `day` is its last day, where it can be reckoned.
    """

    what: Text
    on_licence: Text | None
    now: Text | None
    compared: bool
    handed_in: bool
    procedure: str | None
    title: Text
    day: date | None
    provisional: bool

    @property
    def open(self) -> bool:
        """Whether it is known to be needed, and is not under way."""
        return self.compared and not self.handed_in


_PAIRS: Final = (
    ("licence_company_name", "name"),
    ("licence_legal_rep", "registered_legal_rep"),
    ("licence_capital", "registered_capital"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flag:
    fact: str
    handed_in: str
    procedure: str | None
    starts: Mapping[str, str]


_FLAGS: Final = (
    _Flag(
        fact="shareholders_changed",
        handed_in="shareholder_change_told",
        procedure=None,
        starts={},
    ),
    _Flag(
        fact="operator_or_scope_changed",
        handed_in="operator_change_submitted",
        procedure="amend_operator_or_scope",
        starts={"planned": "change_takes_effect_on", "decided_on": "change_decided_on"},
    ),
    _Flag(
        fact="site_or_item_changed",
        handed_in="site_or_item_change_submitted",
        procedure="amend_site_or_item",
        starts={"planned": "site_or_item_changed_on"},
    ),
)


def list_changes_due(
    situation: Situation, catalogue: Catalogue, report: Subject
) -> tuple[AmendmentDue, ...]:
    """List what to amend before the report, and what could not be compared."""
    return tuple(_Changes(situation, catalogue, report).find_all())


class _Changes:
    def __init__(
        self, situation: Situation, catalogue: Catalogue, report: Subject
    ) -> None:
        self._situation = situation
        self._catalogue = catalogue
        self._report = report

    def find_all(self) -> Iterator[AmendmentDue]:
        """Find what has to be amended: pairs that differ, flags, what is pending."""
        for licence_fact, current in _PAIRS:
            yield from self._compare_pair(licence_fact, current)
        for flag in _FLAGS:
            yield from self._check_flag(flag)
        pending = self._find_value("changes_pending", self._report)
        if pending is True:
            label = self._catalogue.facts["report", "changes_pending"].label
            yield self._make_amendment(label, procedure=None, title=_ASK)

    def _compare_pair(self, licence_fact: str, current: str) -> Iterator[AmendmentDue]:
        on_licence, now = self._find_value(licence_fact), self._find_value(current)
        if on_licence is not None and on_licence == now:
            return
        facts = self._catalogue.facts
        name = "amend_registration"
        yield self._make_amendment(
            facts["applicant", licence_fact].label,
            on_licence=on_licence
            if on_licence is None
            else say_value(on_licence, facts["applicant", licence_fact]),
            now=now if now is None else say_value(now, facts["applicant", current]),
            compared=on_licence is not None and now is not None,
            handed_in=self._find_value("particulars_amendment_submitted") is True,
            procedure=name,
            starts={"registered": "particulars_registered_on"},
        )

    def _check_flag(self, flag: _Flag) -> Iterator[AmendmentDue]:
        if self._find_value(flag.fact) is not True:
            return
        application = self._situation.application
        if flag.procedure is not None and not self._catalogue.procedures[
            flag.procedure
        ].covers(
            licence=application.licence,
            scope=application.scope,
            region=application.region,
        ):
            return
        yield self._make_amendment(
            self._catalogue.facts["applicant", flag.fact].label,
            handed_in=self._find_value(flag.handed_in) is True,
            procedure=flag.procedure,
            title=self._catalogue.procedures["amend_registration"].about,
            starts=flag.starts,
        )

    def _make_amendment(
        self,
        what: Text,
        *,
        procedure: str | None,
        on_licence: Text | None = None,
        now: Text | None = None,
        compared: bool = True,
        handed_in: bool = False,
        title: Text | None = None,
        starts: Mapping[str, str] | None = None,
    ) -> AmendmentDue:
        day, provisional = None, False
        if procedure is not None:
            title = self._catalogue.procedures[procedure].title
            if compared:
                day, provisional = self._find_last_day(procedure, starts or {})
        return AmendmentDue(
            what=what,
            on_licence=on_licence,
            now=now,
            compared=compared,
            handed_in=handed_in,
            procedure=procedure,
            title=title or _ASK,
            day=day,
            provisional=provisional,
        )

    def _find_last_day(
        self, procedure: str, starts: Mapping[str, str]
    ) -> tuple[date | None, bool]:
        values = {name: self._find_value(fact) for name, fact in starts.items()}
        application = self._situation.application
        givens = Givens(
            licence=application.licence,
            scope=application.scope,
            region=application.region,
            as_of=self._situation.as_of,
            days={name: day for name, day in values.items() if isinstance(day, date)},
        )
        for step in date_steps(
            self._catalogue, self._catalogue.procedures[procedure], givens
        ):
            if step.step.id == "hand_in" and step.bound is Bound.LATEST:
                return step.day, step.provisional
        return None, False

    def _find_value(self, fact: str, subject: Subject = APPLICANT) -> Value | None:
        resolved = self._situation.resolved.get((subject, fact))
        return None if resolved is None else resolved.best


_ASK: Final = Text(
    "先弄清是哪一项变了，再看该走哪个程序",
    "Find out first what changed; the procedure follows from it",
)
