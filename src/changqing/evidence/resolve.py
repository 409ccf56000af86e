"""From all records and gaps to one claimed and one proven value for each fact.

Days are Beijing days throughout: a paper is known to the day only, so two records of
one day are a tie whatever their hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Final, NamedTuple

from changqing.case.normalise import detect_script
from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.evidence.model import (
    CLOSED_PAPERS,
    OF_PAPERS,
    Conflict,
    Gap,
    GapReason,
    Record,
    Resolved,
    Source,
    SourceKind,
    join_entries,
)
from changqing.evidence.tolerance import Sameness, compare_values
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.rules.types import Value
from changqing.text import Text

Key = tuple[Subject, str]

_NOT_TOLD_YET = 2**63
"""Stands for the number of a record that is not logged: it was told last."""

STRUCTURAL = frozenset({"kind", "role", "roles"})
"""What is known from the listing of a member, and proven by it."""
_SAID_IN_THE_CASE = frozenset({SourceKind.FORM, SourceKind.LOOK}) | OF_PAPERS
_PASSIVE = frozenset({GapReason.NOT_LOOKED, GapReason.NO_RECORD, GapReason.LIST_OPEN})

_GAP_WORDS: Mapping[GapReason, Text] = {
    GapReason.LIST_OPEN: Text(
        zh="材料清单还没有收齐，未列出不等于没有",
        en="the list of papers is still open; not listed does not mean not there",
    ),
    GapReason.NO_RECORD: Text(zh="还没有任何记录", en="nothing is on record yet"),
}


def resolve(
    records: Iterable[Record], gaps: Iterable[Gap], catalogue: Catalogue, as_of: date
) -> Mapping[Key, Resolved]:
    """Resolve each fact to one claimed and one proven value on the Beijing day `as_of`.

    Returns them by subject and name of fact, whatever the order of `records` and
    `gaps`. Holds only facts that some record or gap speaks of; `resolve_unknown` gives
    the others. Facts the catalogue does not know are left out.
    """
    return _resolve_words(_find_last_words(records, as_of), gaps, catalogue, as_of)


def resolve_and_compare(
    records: Iterable[Record], gaps: Iterable[Gap], catalogue: Catalogue, as_of: date
) -> tuple[Mapping[Key, Resolved], list[Conflict]]:
    """Do the work of `resolve` and of `find_conflicts` on the same records."""
    last_words = _find_last_words(records, as_of)
    resolved = _resolve_words(last_words, gaps, catalogue, as_of)
    return resolved, _list_conflicts(last_words, catalogue, as_of)


def _resolve_words(
    last_words: Mapping[Key, Sequence[Record]],
    gaps: Iterable[Gap],
    catalogue: Catalogue,
    as_of: date,
) -> Mapping[Key, Resolved]:
    gaps_by_fact = _group_gaps(gaps, as_of)
    resolved: dict[Key, Resolved] = {}
    rules = _list_rules(catalogue)
    for key in sorted(last_words.keys() | gaps_by_fact.keys(), key=_order_keys):
        rule = rules.get((key[0].type, key[1])) or _rule_of_structure(key)
        if rule is not None:
            resolved[key] = _resolve_fact(
                key, rule, last_words.get(key, ()), gaps_by_fact.get(key, ()), as_of
            )
    return resolved


def resolve_unknown(subject: Subject, fact: str, catalogue: Catalogue) -> Resolved:
    """Resolve a fact that no record or gap speaks of: unknown, and why."""
    reason = _explain_silence(catalogue.facts.get((subject.type, fact)))
    return Resolved(
        fact=fact,
        subject=subject,
        claimed=None,
        claimed_by=None,
        proven=None,
        proven_by=None,
        gap=reason,
        gap_detail=_GAP_WORDS[reason],
        agree_claimed=None,
        agree_proven=None,
    )


def find_conflicts(
    records: Iterable[Record], catalogue: Catalogue, as_of: date
) -> list[Conflict]:
    """List each pair of records of one fact and subject that differ, of any grade.

    Only records that count on the Beijing day `as_of`, by subject and fact, the older
    of a pair first. Names in different scripts do not differ: they cannot be compared.
    """
    return _list_conflicts(_find_last_words(records, as_of), catalogue, as_of)


def _list_conflicts(
    last_words: Mapping[Key, Sequence[Record]], catalogue: Catalogue, as_of: date
) -> list[Conflict]:
    conflicts = []
    several = {key: records for key, records in last_words.items() if len(records) > 1}
    rules = _list_rules(catalogue)
    for key in sorted(several, key=_order_keys):
        records = several[key]
        rule = rules.get((key[0].type, key[1])) or _rule_of_structure(key)
        if rule is None:
            continue
        live = sorted(_select_live(records, as_of), key=_order_by_age)
        for first, second in combinations(live, 2):
            if rule.differ(first, second):
                subject, fact = key
                conflicts.append(
                    Conflict(fact=fact, subject=subject, one=first, other=second)
                )
    return conflicts


@dataclass(frozen=True, slots=True, kw_only=True)
class _FactRule:
    """What the catalogue says of comparing and proving one fact."""

    proof: Grade
    tolerance: int
    text_kind: str | None
    fact: Fact | None

    def is_proof(self, record: Record) -> bool:
        """Tell whether a record proves the fact.

        A kind or post is known from the listing, and absence from a closed list by
        the applicant's own word.
        """
        if self.fact is None or record.fact in STRUCTURAL:
            return True
        said_absent = self.fact.generated and record.source.name == CLOSED_PAPERS
        return said_absent or record.grade >= self.proof

    def compare(self, one: Record, other: Record) -> Sameness:
        """Compare two known values as what the fact is."""
        return compare_values(
            one.value,
            other.value,
            tolerance=self.tolerance,
            text_kind=self.text_kind,
        )

    def differ(self, one: Record, other: Record) -> bool:
        """Tell whether two known values cannot be the same."""
        return self.compare(one, other) is Sameness.DIFFERENT

    def agree(self, records: Sequence[Record]) -> bool | None:
        """Tell whether all say the same.

        None with fewer than two that can be compared, or where it is unclear of two.
        """
        compared = self.select_one_script(records)
        if len(compared) < 2:
            return None
        outcomes = {
            self.compare(first, second) for first, second in combinations(compared, 2)
        }
        if Sameness.DIFFERENT in outcomes:
            return False
        return None if Sameness.UNCLEAR in outcomes else True

    def select_one_script(self, records: Sequence[Record]) -> list[Record]:
        """Select the records without those in Latin script where others are in Han."""
        if self.text_kind not in ("company_name", "person"):
            return list(records)
        scripts = [detect_script(str(record.value)) for record in records]
        if "han" not in scripts:
            return list(records)
        return [
            record
            for record, script in zip(records, scripts, strict=True)
            if script != "latin"
        ]


@keep_by_catalogue
def _list_rules(catalogue: Catalogue) -> Mapping[tuple[str, str], _FactRule]:
    return {
        key: _FactRule(
            proof=fact.proof,
            tolerance=fact.tolerance,
            text_kind=fact.text_kind,
            fact=fact,
        )
        for key, fact in catalogue.facts.items()
    }


def _rule_of_structure(key: Key) -> _FactRule | None:
    """The rule of what is known from the listing, where the catalogue has none."""
    if key[1] in STRUCTURAL:
        return _FactRule(proof=Grade.DECLARED, tolerance=0, text_kind=None, fact=None)
    return None


def _order_keys(key: Key) -> tuple[str, str, str]:
    """The order of keys, compared without a call for each pair."""
    subject, name = key
    return subject.type, subject.id, name


def _find_last_words(records: Iterable[Record], as_of: date) -> dict[Key, list[Record]]:
    """Find by fact the last word of each source among what was true and received."""
    last: dict[Key, dict[tuple[SourceKind, str], Record]] = {}
    for record in records:
        # What kind of thing a member is was never otherwise, whenever it was listed.
        if record.fact not in STRUCTURAL and as_of < max(
            beijing_day(record.observed_at), beijing_day(record.received_at)
        ):
            continue
        by_source = last.setdefault((record.subject, record.fact), {})
        source = (record.source.kind, record.source.name)
        earlier = by_source.get(source)
        if earlier is None or order_by_telling(record) > order_by_telling(earlier):
            by_source[source] = record
    # Cleared and expired values are dropped later, in `_live`: a source that withdrew
    # a value, or gave one that has ended, must not fall back on what it said before.
    return {key: list(by_source.values()) for key, by_source in last.items()}


def order_by_telling(
    record: Record,
) -> tuple[float, float, float, int, str, str, int, str, str]:
    """What is told later replaces what one source told before.

    A form, paper or look is corrected by telling it again, whatever date it then
    bears; a probe's look is replaced by a later look, whenever it was logged.
    """
    number = record.number or _NOT_TOLD_YET
    observed, received = record.observed_at.timestamp(), record.received_at.timestamp()
    # Told at the same moment: the stronger, and of two alike the sooner to end. The
    # rest settles ties of what is not logged, for the order given must not matter.
    last = (
        int(record.grade),
        _write_value(record.value),
        record.source.place,
        -(record.valid_until or date.max).toordinal(),
        record.digest or "",
        record.raw or "",
    )
    if record.source.kind in _SAID_IN_THE_CASE:
        return (number, received, observed, *last)
    return (observed, received, number, *last)


def _order_by_age(record: Record) -> tuple[datetime, Source, str]:
    return (record.observed_at, record.source, _write_value(record.value))


def _order_by_proof(record: Record) -> tuple[int, date, datetime, Source, str]:
    """The stronger proof, then the newer."""
    return (record.grade, beijing_day(record.observed_at), *_order_by_age(record))


def _write_value(value: Value | None) -> str:
    """Write a value as text that is the same in every run, to break ties by."""
    if isinstance(value, frozenset):
        return "|".join(sorted(value))
    return str(value)


def _select_live(records: Iterable[Record], as_of: date) -> list[Record]:
    return [
        record
        for record in records
        if record.value is not None
        and (record.valid_until is None or as_of <= record.valid_until)
    ]


def _group_gaps(gaps: Iterable[Gap], as_of: date) -> dict[Key, list[Gap]]:
    by_fact: dict[Key, list[Gap]] = {}
    for gap in gaps:
        if beijing_day(gap.at) <= as_of:
            by_fact.setdefault((gap.subject, gap.fact), []).append(gap)
    return by_fact


class _Unproven(NamedTuple):
    """Why nothing proves a fact.

    `at` is when the look was made that failed, None where nobody looked; `entries` the
    numbers in the log of that look, or of the proofs that have ended; `ended` the last
    of these.
    """

    reason: GapReason | None
    detail: Text | None
    at: datetime | None = None
    entries: tuple[int, ...] = ()
    ended: Record | None = None


_PROVEN: Final = _Unproven(None, None)


def _resolve_fact(
    key: Key,
    rule: _FactRule,
    records: Sequence[Record],
    gaps: Sequence[Gap],
    as_of: date,
) -> Resolved:
    """Settle one fact: what is claimed, what is proven, and why it is not."""
    subject, fact = key
    live = _select_live(records, as_of)
    if len(live) > 1:
        claimed = _find_claim(live, rule)
        proven, why = _find_proof(live, claimed, rule)
    else:  # most facts: a single word is the claim, and differs from nothing
        claimed = live[0] if live else None
        proven = claimed if claimed is not None and rule.is_proof(claimed) else None
        why = None
    why_not = _PROVEN
    if proven is None:
        why_not = (
            _Unproven(*why) if why else _find_most_telling(rule, records, live, gaps)
        )
    return Resolved(
        fact=fact,
        subject=subject,
        claimed=None if claimed is None else claimed.value,
        claimed_by=claimed,
        proven=None if proven is None else proven.value,
        proven_by=proven,
        gap=why_not.reason,
        gap_detail=why_not.detail,
        agree_claimed=rule.agree(live) if len(live) > 1 else None,
        agree_proven=_agree_proven(live, rule) if len(live) > 1 else None,
        gap_at=why_not.at,
        gap_entries=why_not.entries,
        ended_by=why_not.ended,
    )


def _agree_proven(live: Sequence[Record], rule: _FactRule) -> bool | None:
    """Whether the proofs agree, and no live record of any grade differs from them."""
    # Where the applicant's own word proves a fact, to say it twice is still no
    # agreement of evidence: that takes papers, looks or better. The company's own paper
    # is among what has to agree, but proves nothing by itself where it is no proof.
    strong = rule.proof if rule.proof > Grade.DOCUMENTED else Grade.UNDERTAKEN
    records = [record for record in live if record.grade >= strong]
    proves = any(rule.is_proof(record) for record in records)
    agreed = rule.agree(records) if proves else None
    return False if agreed and rule.agree(live) is False else agreed


def _find_claim(live: Sequence[Record], rule: _FactRule) -> Record | None:
    """Find the declaration; without one, the best evidence, unless two are as good."""
    declared = [record for record in live if record.source.kind is SourceKind.FORM]
    if declared:
        return max(declared, key=_order_by_age)
    if not live:
        return None
    best = max(live, key=_order_by_proof)
    for record in live:
        equal = record.grade == best.grade and _is_same_day(record, best)
        if equal and rule.differ(record, best):
            # To pick one would make the applicant say what it never declared.
            return None
    return best


def _find_proof(
    live: Sequence[Record], claimed: Record | None, rule: _FactRule
) -> tuple[Record | None, tuple[GapReason, Text] | None]:
    """The record that proves the fact, or why records of enough grade do not."""
    sufficient = [record for record in live if rule.is_proof(record)]
    current = [
        record for record in sufficient if not _is_outdated(record, claimed, rule)
    ]
    if claimed is not None and sufficient and not current:
        return None, (
            GapReason.OLDER_THAN_CLAIM,
            _describe_older_proof(sufficient, claimed),
        )
    # Of all live records, not of the proofs alone: a name in Latin letters cannot be
    # held against one declared in Chinese, and that is a gap, never a difference.
    in_one_script = rule.select_one_script(live)
    readable = [record for record in current if record in in_one_script]
    if current and not readable:
        return None, (GapReason.HIDDEN, _describe_other_script(current))
    if not readable:
        return None, None
    return _decide_proof(readable, rule)


def _decide_proof(
    readable: Sequence[Record], rule: _FactRule
) -> tuple[Record | None, tuple[GapReason, Text] | None]:
    """All agree: the strongest. Else the newest, unless an older one is stronger."""
    if rule.agree(readable) is not False:
        return max(readable, key=_order_by_proof), None
    newest = max(beijing_day(record.observed_at) for record in readable)
    latest = [r for r in readable if beijing_day(r.observed_at) == newest]
    best = max(latest, key=_order_by_proof)
    # All are proof enough. Of the newest day, even a weaker one unsettles the best, for
    # days do not tell which came last; an older one only where it is the stronger.
    for record in sorted(readable, key=_order_by_proof, reverse=True):
        unsettled = record in latest or record.grade > best.grade
        if unsettled and rule.differ(record, best):
            return None, (GapReason.CONFLICTING, _describe_difference(best, record))
    return best, None


def _is_outdated(record: Record, claimed: Record | None, rule: _FactRule) -> bool:
    """Tell whether a proof is older than a declaration that differs from it.

    One of the same day is not: a paper bears no hour, so neither came first. Nor is
    what was read in a paper by which somebody backs the declaration.
    """
    return (
        claimed is not None
        and record.source.kind is not SourceKind.READING
        and claimed.source.kind is SourceKind.FORM
        and beijing_day(record.observed_at) < beijing_day(claimed.observed_at)
        and rule.differ(record, claimed)
    )


def _is_same_day(first: Record, second: Record) -> bool:
    return beijing_day(first.observed_at) == beijing_day(second.observed_at)


def _find_most_telling(
    rule: _FactRule,
    records: Sequence[Record],
    live: Sequence[Record],
    gaps: Sequence[Gap],
) -> _Unproven:
    """Why nothing proves the fact: the reason that says best what to do about it."""
    standing = [gap for gap in gaps if not _is_superseded(gap, records)]
    ended = [
        record
        for record in records
        if record.value is not None
        and record.valid_until is not None
        and record not in live
        and rule.is_proof(record)
    ]
    # A paper that proved it once is renewed; that others are silent on it says nothing.
    idle = _PASSIVE | {GapReason.NOT_SHOWN} if ended else _PASSIVE
    active = [gap for gap in standing if gap.reason not in idle]
    hidden = [gap for gap in active if gap.reason is GapReason.HIDDEN]
    if active:
        gap = max(hidden or active, key=_order_gaps)
        return _Unproven(gap.reason, gap.detail, gap.at, gap.entries)
    if ended:
        last = max(ended, key=_order_by_age)
        return _Unproven(
            GapReason.EXPIRED,
            _say_ended(last),
            entries=join_entries(ended),
            ended=last,
        )
    if live:
        return _Unproven(
            GapReason.WEAK_GRADE,
            _describe_weak_proof(max(live, key=_order_by_proof), rule),
        )
    if standing:
        gap = max(standing, key=_order_gaps)
        return _Unproven(gap.reason, gap.detail, entries=gap.entries)
    reason = _explain_silence(rule.fact)
    return _Unproven(reason, _GAP_WORDS[reason])


def _order_gaps(gap: Gap) -> tuple[datetime, Source, str, str]:
    return (gap.at, gap.source, gap.reason, gap.detail.zh)


def _is_superseded(gap: Gap, records: Sequence[Record]) -> bool:
    """Tell whether a later look by the same source saw something, ending the gap.

    What was typed and read by nobody, in a paper or in a kept page, ends no gap.
    """
    return any(
        _identify_source(record.source) == _identify_source(gap.source)
        and record.value is not None
        and record.grade is not Grade.TRANSCRIBED
        and record.observed_at >= gap.at
        for record in records
    )


def _identify_source(source: Source) -> tuple[SourceKind, str]:
    return (source.kind, source.name)


def _explain_silence(fact: Fact | None) -> GapReason:
    """Why a fact is unknown that nothing speaks of."""
    listed = fact is not None and fact.generated and fact.subject == "applicant"
    return GapReason.LIST_OPEN if listed else GapReason.NO_RECORD


# What the page says


def _name_record(record: Record) -> Text:
    """Name a record as on the page: its number, or where it comes from."""
    if record.number:
        return Text(zh=f"证{record.number:04d}", en=f"no. {record.number:04d}")
    kind, name = record.source.kind.text, record.source.name
    if record.source.kind is SourceKind.FORM:
        return Text(zh=kind.zh, en=f"the {kind.en}")
    return Text(zh=f"{kind.zh} {name}", en=f"the {kind.en} {name}")


def _describe_older_proof(sufficient: Sequence[Record], claimed: Record) -> Text:
    proof = max(sufficient, key=_order_by_age)
    proven_on, claimed_on = (
        beijing_day(proof.observed_at),
        beijing_day(claimed.observed_at),
    )
    name = _name_record(proof)
    return Text(
        zh=f"{name.zh}（{proven_on}）早于自述（{claimed_on}），且与自述不同，须重新取证",
        en=f"{name.en} ({proven_on}) is older than the declaration ({claimed_on}) and "
        "differs "
        "from it; look again",
    )


def _describe_other_script(current: Sequence[Record]) -> Text:
    proof = max(current, key=_order_by_proof)
    name = _name_record(proof)
    return Text(
        zh=f"{name.zh}写作“{proof.value}”，文字不同，无法比对，须人工核对",
        en=f"{name.en} reads “{proof.value}”, in another script, and cannot be "
        "compared; a person must check",
    )


def _describe_difference(record: Record, other: Record) -> Text:
    first, second = _name_record(record), _name_record(other)
    return Text(
        zh=f"{first.zh}与{second.zh}不一致，无法确定以哪一份为准",
        en=f"{first.en} and {second.en} differ, and neither settles it",
    )


def _say_ended(record: Record) -> Text:
    name = _name_record(record)
    return Text(
        zh=f"{name.zh}的有效期至{record.valid_until}，已过",
        en=f"{name.en} counted until {record.valid_until} and has expired",
    )


def _describe_weak_proof(best: Record, rule: _FactRule) -> Text:
    have, need = best.grade.text, rule.proof.text
    return Text(
        zh=f"现有的证据：{have.zh}；证明它至少须：{need.zh}",
        en=f"the evidence at hand: {have.en}; proof takes at least: {need.en}",
    )
