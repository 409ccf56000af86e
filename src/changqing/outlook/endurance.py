"""各项到期日: until when everything the service rests on is committed.

Commitments end on a day and set the headline: the earliest proven end. Renewals are
short by nature (a certificate, staff insurance) and never set it (design section 7).
Where an end is estimated, the estimate counts and its range stands beside it. A support
that renews by itself counts to the end that is proven and not a day longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from changqing import calendar
from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.evidence.model import Record, Resolved
from changqing.evidence.observations import Observation, ObservationKind
from changqing.law.kinds.commitment import Commitment
from changqing.law.model import Catalogue
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """One thing the service rests on, and until when.

    `proven_until` None with `open_ended` False means the end is not known; it may be
    past, and the proof of it with it, where nobody says a later one. `renews`: a
    paper shows that it goes on by itself, which moves no end.
    """

    commitment: Commitment
    subject: Subject
    detail: Text | None
    claimed_until: date | None
    proven_until: date | None
    open_ended: bool
    claimed_open_ended: bool
    record: Record | None
    early_until: date | None = None
    late_until: date | None = None
    renewed_times: int | None = None
    renews: bool = False

    @property
    def next_by(self) -> date | None:
        """By when the next renewal has to be on record, its usual delay included."""
        if self.proven_until is None:
            return None
        return self.proven_until + timedelta(days=self.commitment.grace_days)

    @property
    def is_asked_for(self) -> bool:
        """Whether it stands among what the service rests on, its end known or not."""
        return not self.commitment.when_known or not (
            self.unknown and self.claimed_until is None and not self.claimed_open_ended
        )

    @property
    def unknown(self) -> bool:
        """Whether no end is proven."""
        return self.proven_until is None and not self.open_ended


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceTerm:
    """The term of the licence, from an assumed day of grant."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What to extend first: `supports` end first, `until` is the next end after them.

    Past `until`, extending them alone gains nothing. `next` carries then; None where
    nothing else that is proven ends within the term.
    """

    supports: tuple[Support, ...]
    until: date
    gain_days: int
    next: Support | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endurance:
    """Commitments and renewals apart; `carried_by` is the earliest proven end.

    `covered_days` of the `term_days` of the term are covered by every commitment with
    a proven end at once; None without a term or a proven end. `unknown_ends` are not
    counted, and while there are any, the whole is not known to be covered.
    """

    commitments: tuple[Support, ...]
    renewals: tuple[Support, ...]
    committed_until: date | None
    carried_by: Support | None
    term: LicenceTerm | None
    covered_days: int | None = None
    extension: Extension | None = None

    @property
    def unknown_ends(self) -> int:
        """How many commitments have no proven end."""
        return sum(support.unknown for support in self.commitments)

    @property
    def term_days(self) -> int | None:
        """The length of the term."""
        return None if self.term is None else (self.term.end - self.term.start).days


def compute_endurance(
    resolved: Mapping[tuple[Subject, str], Resolved],
    subjects: Sequence[Subject],
    catalogue: Catalogue,
    *,
    term: LicenceTerm | None,
    ranges: Mapping[tuple[Subject, str], tuple[date | None, date | None]] | None = None,
    observed: Sequence[Observation] = (),
) -> Endurance:
    """Read every commitment of the catalogue off the resolved facts, by their ends.

    `term` is that of the licence; without one no share of it is reckoned.
    `ranges` gives the early and late end of what is estimated, by subject and fact;
    `observed` the history that says how often something was renewed.
    """
    by_type: dict[str, list[Subject]] = {}
    for subject in subjects:
        by_type.setdefault(subject.type, []).append(subject)
    supports = [
        support
        for commitment in catalogue.commitments.values()
        for subject in by_type.get(commitment.subject, ())
        if _rests_on(commitment, subject, resolved)
        and (support := _build_support(commitment, subject, resolved)).is_asked_for
    ]
    supports = [_add_known(support, ranges or {}, observed) for support in supports]
    supports.sort(key=_sort_by_end)
    commitments = [s for s in supports if s.commitment.kind == "commitment"]
    renewals = [s for s in supports if s.commitment.kind == "renewal"]
    # An unknown end is neither early nor endless: it takes no part in the headline, and
    # `unknown_ends` stands beside it so that nobody reads the headline as the whole.
    ending = [s for s in commitments if s.proven_until is not None]
    first = ending[0] if ending else None
    until = None if first is None else first.proven_until
    return Endurance(
        commitments=tuple(commitments),
        renewals=tuple(renewals),
        committed_until=until,
        carried_by=first,
        term=term,
        covered_days=_count_covered(until, term),
        extension=_find_extension(ending, term),
    )


def _rests_on(
    commitment: Commitment,
    subject: Subject,
    resolved: Mapping[tuple[Subject, str], Resolved],
) -> bool:
    """Whether a subject of this kind rests on it: an app rests on no domain."""
    kind = resolved.get((subject, "kind"))
    return commitment.only is None or kind is None or kind.best == commitment.only


def _add_known(
    support: Support,
    ranges: Mapping[tuple[Subject, str], tuple[date | None, date | None]],
    observed: Sequence[Observation],
) -> Support:
    early, late = ranges.get((support.subject, support.commitment.until), (None, None))
    renewed = _count_renewals(support, observed)
    if early is None and late is None and renewed is None:
        return support
    return replace(support, early_until=early, late_until=late, renewed_times=renewed)


def _count_covered(until: date | None, term: LicenceTerm | None) -> int | None:
    if until is None or term is None:
        return None
    return max(0, (min(until, term.end) - term.start).days)


def _find_extension(
    ending: Sequence[Support], term: LicenceTerm | None
) -> Extension | None:
    """The supports that end first, and how long the next one still lasts."""
    first = ending[0].proven_until if ending else None
    if first is None or (term is not None and first >= term.end):
        return None
    together = tuple(s for s in ending if s.proven_until == first)
    following = next((s for s in ending if s not in together), None)
    then = None if following is None else following.proven_until
    if term is not None and (then is None or then >= term.end):
        then, following = term.end, None
    if then is None:
        return None
    return Extension(
        supports=together,
        until=then,
        gain_days=(then - first).days,
        next=following,
    )


_RENEWED: Mapping[str, ObservationKind] = {
    "certificate_not_after": ObservationKind.CERTIFICATE,
    "insurance_paid_through": ObservationKind.INSURED_MONTH,
}


def _count_renewals(support: Support, observed: Sequence[Observation]) -> int | None:
    """Count how often it was renewed running, as far as history goes; None without.

    A history in which nothing was renewed or lapsed yet tells nothing of before it.

    A certificate: seen with a later last day before the former had passed. Insurance:
    calendar months with anybody insured that follow one another up to the newest.
    """
    kind = _RENEWED.get(support.commitment.until)
    rows = [r for r in observed if r.subject == support.subject and r.kind is kind]
    if kind is None or not rows:
        return None
    if kind is ObservationKind.INSURED_MONTH:
        months = {
            12 * day.year + day.month
            for row in rows
            if row.value
            for day in [beijing_day(row.at)]
        }
        is_counted = months or any(row.value is not None for row in rows)
        return _count_running(months) if is_counted else None
    times: int | None = None
    last = 0
    for row in sorted(rows, key=lambda r: (r.at, r.value or 0)):
        until = row.value or 0
        if last and until > last:
            # One first seen after the old had run out is taken for a lapse, not for a
            # renewal: the count of those running begins anew.
            in_time = (beijing_day(row.at) - _EPOCH).days <= last
            times = (times or 0) + 1 if in_time else 0
        last = max(last, until)
    return times


def _count_running(months: set[int]) -> int:
    newest = max(months, default=0)
    count = 0
    while newest - count in months:
        count += 1
    return count


_EPOCH = date(1970, 1, 1)


def say_extension(endurance: Endurance) -> Text | None:
    """Say what to extend first, and what it gains."""
    extension = endurance.extension
    if extension is None:
        return None
    zh = "、".join(s.commitment.label.zh for s in extension.supports)
    en = " and ".join(s.commitment.label.en for s in extension.supports)
    gain = extension.gain_days
    if extension.next is None:
        return Text(
            zh=f"最先该延长的是{zh}：延到许可期满{extension.until}，整体多出{gain}天。",
            en=f"Extend first: {en}. To the end of the term, {extension.until}, "
            f"that gains {gain} days for the whole.",
        )
    label = extension.next.commitment.label
    return Text(
        zh=f"最先该延长的是{zh}：延到{extension.until}，整体多出{gain}天，"
        f"再往后取决于{label.zh}。",
        en=f"Extend first: {en}. To {extension.until} that gains {gain} days for the "
        f"whole; after that {label.en} decides.",
    )


def say_coverage(endurance: Endurance) -> Text | None:
    """Say how much of the term everything covers at once."""
    covered, whole = endurance.covered_days, endurance.term_days
    if covered is None or not whole:
        return None
    unknown = endurance.unknown_ends
    zh = f"；{unknown}项期限未知，未计入" if unknown else ""
    en = f"; {unknown} without a known end not counted" if unknown else ""
    return Text(
        zh=f"许可期{whole}天，期限已证实的各项同时覆盖其中{covered}天{zh}。",
        en=f"Of the {whole} days of the term, all that is proven covers {covered} "
        f"at once{en}.",
    )


def compute_licence_term(granted_on: date, years: int) -> LicenceTerm:
    """Compute the term from the day of grant; 29 February ends on 28 February."""
    return LicenceTerm(
        start=granted_on, end=calendar.add_months(granted_on, 12 * years)
    )


def _build_support(
    commitment: Commitment,
    subject: Subject,
    resolved: Mapping[tuple[Subject, str], Resolved],
) -> Support:
    """Build a support with how long it is claimed and proven to last."""
    until = resolved.get((subject, commitment.until))
    open_ended = (
        None
        if commitment.open_ended is None
        else resolved.get((subject, commitment.open_ended))
    )
    detail = (
        None
        if commitment.detail is None
        else resolved.get((subject, commitment.detail))
    )
    goes_on = (
        None
        if commitment.renews is None
        else resolved.get((subject, commitment.renews))
    )
    detail_value = None if detail is None else detail.best
    claimed = None if until is None else until.claimed
    proven = None if until is None else until.proven
    record = _find_proof(until)
    if until is not None and (ended := _find_ended(until)) is not None:
        proven, record = ended.value, ended
    endless = open_ended is not None and open_ended.proven is True
    return Support(
        commitment=commitment,
        subject=subject,
        detail=Text(zh=str(detail_value), en=str(detail_value))
        if detail_value
        else None,
        claimed_until=claimed if isinstance(claimed, date) else None,
        proven_until=proven if isinstance(proven, date) else None,
        open_ended=endless,
        claimed_open_ended=open_ended is not None and open_ended.claimed is True,
        record=_find_proof(open_ended) if endless else record,
        renews=goes_on is not None and goes_on.proven is True,
    )


def _find_proof(resolved: Resolved | None) -> Record | None:
    return None if resolved is None else resolved.proven_by


def _find_ended(until: Resolved) -> Record | None:
    """Find the proof of an end that is past; None where a later one is said."""
    ended = None if until.proven is not None else until.ended_by
    if ended is None or ended.valid_until is None or not isinstance(ended.value, date):
        return None
    is_past = ended.value <= ended.valid_until
    is_last = not isinstance(until.claimed, date) or until.claimed <= ended.value
    return ended if is_past and is_last else None


def _sort_by_end(support: Support) -> tuple[int, date, str, str]:
    """Earliest proven end first, then the open-ended, then the unknown."""
    place = 0 if support.proven_until is not None else 1 if support.open_ended else 2
    return (
        place,
        support.proven_until or date.max,
        support.commitment.id,
        support.subject.id,
    )
