"""Runway: for how many months the cash lasts, said twice: claimed and proven.

With six or more months of results on record, the level is their mean and the range
comes from their spread: a balance that moves by n months' mean, plus or minus a 95 %
reach that holds both the spread of single months and the error of the mean (Student's
t). Its early end is the first month in which the lower edge is used up, its late end
that of the upper edge, or never.

Without a history the plan speaks, and is marked so. A company with income is judged by
its net burn: the planned cost of a month less a twelfth of last year's revenue. Its
early end is that of the cost alone, as if nothing were earned any more; its late end is
that of the net burn. A plan has no spread, and none is made up.

There is one day for the cash: the headline of endurance, its row and these words all
take it from here.

Money is in fen and reckoned in whole numbers; no fraction enters a date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from changqing import calendar
from changqing.case.subjects import APPLICANT, Subject
from changqing.day import beijing_day
from changqing.evidence.model import Record, Resolved
from changqing.evidence.observations import Observation, ObservationKind
from changqing.law.kit import Grade
from changqing.text import Text

LEAST_MONTHS: Final = 6
MOST_MONTHS: Final = 12
LONGEST: Final = 120  # months; what lasts longer is not dated
LONGEST_PAUSE: Final = 4  # months without a result before history says nothing
_YEAR: Final = 12
_DAYS_A_MONTH: Final = 30
# Student's t, 95 % two-sided, in thousandths, by degrees of freedom.
_T: Final[Mapping[int, int]] = {
    5: 2571,
    6: 2447,
    7: 2365,
    8: 2306,
    9: 2262,
    10: 2228,
    11: 2201,
}


class Basis(StrEnum):
    """What the monthly result was taken from."""

    HISTORY = "history"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """One answer: so much cash on a day, so much result a month.

    `months` is whole months until nothing is left, None when it does not run out within
    `LONGEST`; `until`, `early` and `late` are the days. `range_known` is False where
    neither a spread nor a revenue was known. `revenue` is what a month brought in that
    the result of a plan counts; None where it counts none.
    """

    basis: Basis
    cash: int
    cash_on: date
    result: int  # fen a month, below zero when money is used up
    sampled: int  # months of history
    months: int | None
    until: date | None
    early: date | None
    late: date | None
    range_known: bool
    inputs: tuple[Record, ...]
    revenue: int | None = None  # fen a month

    def says_as(self, other: Lasting) -> bool:
        """Tell whether two answers are one, whatever each of them rests on."""
        return replace(self, inputs=(), cash_on=other.cash_on) == replace(
            other, inputs=()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runway:
    """Claimed and proven side by side; each None when `unknown_*` says why."""

    claimed: Lasting | None
    proven: Lasting | None
    unknown_claimed: Text | None
    unknown_proven: Text | None


def compute_runway(
    resolved: Mapping[tuple[Subject, str], Resolved],
    observed: Iterable[Observation] = (),
    *,
    as_of: date,
) -> Runway:
    """Reckon how long the applicant's cash lasts, by what is known on `as_of`.

    `observed` is the history of balances and monthly results in fen; rows of other
    kinds, of others or after `as_of` are passed over. The history counts as proof: a
    claimed answer rests on the plan, unless all that it counts is proven alike.
    """
    results = list_monthly_results(observed, as_of=as_of)
    claimed, why_claimed = _compute_lasting(resolved, results, proven=False)
    proven, why_proven = _compute_lasting(resolved, results, proven=True)
    if (
        claimed is not None
        and proven is not None
        and _has_same_inputs(resolved, claimed)
    ):
        claimed = proven
    return Runway(
        claimed=claimed,
        proven=proven,
        unknown_claimed=why_claimed,
        unknown_proven=why_proven,
    )


def list_monthly_results(
    rows: Iterable[Observation], *, as_of: date
) -> tuple[int, ...]:
    """List the results of the last twelve months on record, oldest first, in fen.

    Told results come first; a month without one has the difference of two balances at
    the ends of calendar months that follow one another. Empty when the newest is so
    old that it says nothing of now.
    """
    results: dict[int, int] = {}
    balances: dict[int, tuple[date, int]] = {}
    for row in rows:
        day = beijing_day(row.at)
        if row.subject != APPLICANT or row.value is None or day > as_of:
            continue
        month = day.year * _YEAR + day.month
        if row.kind is ObservationKind.RESULT_MONTH:
            results[month] = row.value
        elif row.kind is ObservationKind.CASH:
            last = balances.get(month)
            if last is None or last[0] <= day:
                balances[month] = (day, row.value)
    for (before, before_balance), (month, after_balance) in pairwise(
        sorted(balances.items())
    ):
        if month == before + 1:
            # A difference also holds what is no result, such as a loan or new capital,
            # so it never replaces a result that was told.
            results.setdefault(month, after_balance[1] - before_balance[1])
    now = as_of.year * _YEAR + as_of.month
    if not results or now - max(results) > LONGEST_PAUSE:
        return ()
    newest = max(results)
    return tuple(
        results[m] for m in sorted(results) if newest - MOST_MONTHS < m <= newest
    )


def _compute_lasting(
    resolved: Mapping[tuple[Subject, str], Resolved],
    results: Sequence[int],
    *,
    proven: bool,
) -> tuple[Lasting | None, Text | None]:
    cash = _find_sum(resolved, "cash_on_hand", proven=proven)
    enough = proven and len(results) >= LEAST_MONTHS
    cost = None if enough else _find_sum(resolved, "monthly_cost", proven=proven)
    if cash is None or (cost is None and not enough):
        lacking = [
            (label, fact)
            for label, fact, amount in (
                (_CASH, "cash_on_hand", cash),
                (_COST, "monthly_cost", cost),
            )
            if amount is None and not (enough and fact == "monthly_cost")
        ]
        return None, _explain_unknown(lacking, resolved, proven=proven)
    sum_held, record = cash
    on = beijing_day(record.observed_at)
    if cost is None:
        return _from_history(sum_held, on, record, results), None
    revenue = _find_sum(resolved, "revenue_12m", proven=proven)
    return _from_plan(sum_held, on, record, cost, revenue), None


def _explain_unknown(
    lacking: Sequence[tuple[Text, str]],
    resolved: Mapping[tuple[Subject, str], Resolved],
    *,
    proven: bool,
) -> Text:
    """Why there is no answer: what nobody said, and what is said but not proven."""
    zh, en = [], []
    for label, fact in lacking:
        if not proven:
            why = Text(zh="还没有说明", en="not said yet")
        elif _find_sum(resolved, fact, proven=False) is None:
            why = Text(zh="没有核对过的证据，也没有自述", en="neither proven nor said")
        else:
            why = Text(zh="只有自述，没有证据", en="said, without evidence")
        zh.append(f"{label.zh}{why.zh}")
        en.append(f"{label.en} is {why.en}")
    return Text(zh=f"未知：{'；'.join(zh)}。", en=f"Unknown: {'; '.join(en)}.")


def _has_same_inputs(
    resolved: Mapping[tuple[Subject, str], Resolved], claimed: Lasting
) -> bool:
    """Whether all that the claimed answer counts is proven with the same values.

    The claim is then the proof told again on a later day, and the cash has one end.
    """
    return all(
        (resolved_fact := resolved.get((APPLICANT, record.fact))) is not None
        and resolved_fact.proven == resolved_fact.claimed
        for record in claimed.inputs
    )


def _from_history(
    cash: int, on: date, record: Record, results: Sequence[int]
) -> Lasting:
    k, total = len(results), sum(results)
    spread = k * sum(x * x for x in results) - total * total  # k (k - 1) s²
    t = _T[k - 1]

    def is_used_up(n: int, side: int) -> bool:
        """Tell whether cash + n · mean + side · reach is at or below zero."""
        # The 95 % prediction interval of the sum of n further months, from k of the
        # past: n · mean ± t · s · √(n + n²/k), where n is the spread of those months
        # and n²/k the error of the mean. Multiplied out and squared, so that no root
        # leaves whole numbers; t stands in thousandths, hence the million.
        balance = cash * k + n * total
        reach = t * t * spread * (n * k + n * n)
        square = balance * balance * 1_000_000 * (k - 1)
        if side < 0:
            return balance <= 0 or square <= reach
        return balance < 0 and square >= reach

    months = _find_first_month(lambda n: cash * k + n * total <= 0)
    early = _find_first_month(lambda n: is_used_up(n, -1))
    late = _find_first_month(lambda n: is_used_up(n, 1))
    until = None
    if months is not None:
        until = _compute_end_day(on, cash * k, -total)
    return Lasting(
        basis=Basis.HISTORY,
        cash=cash,
        cash_on=on,
        result=_round_down(total, k),
        sampled=k,
        months=None if until is None else _count_whole_months(cash * k, -total),
        until=until,
        # The edges are known by the month alone: the early end takes its first day, the
        # late one its last, so that the range is never drawn too narrow.
        early=None
        if early is None
        else _choose_earlier(_add_months(on, early - 1), until),
        late=None if late is None else _add_months(on, late),
        range_known=True,
        inputs=(record,),
    )


def _from_plan(
    cash: int,
    on: date,
    record: Record,
    cost: tuple[int, Record],
    revenue: tuple[int, Record] | None,
) -> Lasting:
    """By the net burn; with the cost alone as the early end. Twelfths stay exact."""
    earned = 0 if revenue is None else revenue[0]
    net = cost[0] * _YEAR - earned  # fen a year
    until = _compute_end_day(on, cash * _YEAR, net)
    return Lasting(
        basis=Basis.PLAN,
        cash=cash,
        cash_on=on,
        result=_round_down(-net, _YEAR),
        sampled=0,
        months=None if until is None else _count_whole_months(cash * _YEAR, net),
        until=until,
        early=_compute_end_day(on, cash, cost[0]),
        late=until,
        range_known=revenue is not None,
        inputs=(record, cost[1], *(() if revenue is None else (revenue[1],))),
        revenue=None if revenue is None else earned // _YEAR,
    )


def _find_sum(
    resolved: Mapping[tuple[Subject, str], Resolved], fact: str, *, proven: bool
) -> tuple[int, Record] | None:
    resolved_sum = resolved.get((APPLICANT, fact))
    if resolved_sum is None:
        return None
    value = resolved_sum.proven if proven else resolved_sum.claimed
    # A claim that is proven has the day of its proof, or one sum of cash had two ends.
    has_proof = proven or resolved_sum.proven == value
    record = resolved_sum.proven_by if has_proof else resolved_sum.claimed_by
    if not isinstance(value, int) or isinstance(value, bool) or record is None:
        return None
    return value, record


def _find_first_month(over: Callable[[int], bool]) -> int | None:
    """The first month in which `over` holds."""
    return next((n for n in range(LONGEST + 1) if over(n)), None)


def _count_whole_months(cash: int, used: int) -> int:
    return 0 if cash <= 0 else cash // used


def _compute_end_day(on: date, cash: int, used: int) -> date | None:
    """The day on which `cash` is gone at `used` a month, rounded down."""
    if cash <= 0:
        return on
    if used <= 0 or cash // used > LONGEST:
        return None
    months, remainder = divmod(cash, used)
    return _add_months(on, months) + timedelta(days=remainder * _DAYS_A_MONTH // used)


def _add_months(on: date, months: int) -> date:
    return calendar.add_months(on, max(0, months))


def _choose_earlier(day: date, other: date | None) -> date:
    return day if other is None else min(day, other)


def _round_down(total: int, k: int) -> int:
    """Round the mean to whole fen, towards using up more."""
    return total // k


_CASH: Final = Text(zh="账上现金", en="cash in the bank")
_COST: Final = Text(zh="每月收支没有记录，计划的每月成本", en="planned monthly cost")


# -- words


def say_runway(runway: Runway) -> tuple[Text, ...]:
    """Say what a person reads: the proven answer, then the claimed where it differs."""
    proven, claimed = runway.proven, runway.claimed
    texts = [_word_side(proven, runway.unknown_proven, _PROVEN)]
    alike = proven is not None and claimed is not None and claimed.says_as(proven)
    if claimed is not None and not alike:
        texts.append(_word_side(claimed, None, _CLAIMED))
    for basis in {proven.basis} if proven else {claimed.basis} if claimed else ():
        if basis is Basis.PLAN:
            texts.append(_PLAN_ONLY)
    return tuple(texts)


_PROVEN: Final = Text(zh="按证实", en="As proven")
_CLAIMED: Final = Text(zh="按自述", en="As claimed")
_PLAN_ONLY: Final = Text(
    zh="没有六个月以上的收支记录：每月成本取自公司自己的计划，收入按最近十二个月平均。",
    en="Fewer than six months of results are on record: the monthly cost is that of the"
    " company’s own plan, the revenue the mean of the last twelve months.",
)


def _word_side(lasting: Lasting | None, unknown: Text | None, side: Text) -> Text:
    if lasting is None:
        unknown = unknown or Text(zh="未知。", en="Unknown.")
        said = unknown.en[0].lower() + unknown.en[1:]
        return Text(
            zh=f"{side.zh}，能用多久{unknown.zh}",
            en=f"{side.en}, how long it lasts is {said}",
        )
    if lasting.until is not None:
        lasts = Text(
            zh=f"够用{lasting.months}个月，到{lasting.until}",
            en=f"lasts {lasting.months} months, to {lasting.until}",
        )
    elif lasting.result < 0:
        lasts = Text(zh="够用十年以上", en="lasts ten years or more")
    else:
        lasts = Text(zh="收入够付支出，不减少", en="does not run out")
    reach, basis = _word_range(lasting, side), _word_basis(lasting)
    return Text(
        zh=f"{side.zh}：{lasting.cash_on}的现金，照{basis.zh}，{lasts.zh}{reach.zh}。",
        en=f"{side.en}: the cash of {lasting.cash_on}, by {basis.en}, "
        f"{lasts.en}{reach.en}.",
    )


def _word_basis(lasting: Lasting) -> Text:
    if lasting.basis is Basis.HISTORY:
        return Text(
            zh=f"近{lasting.sampled}个月的收支",
            en=f"the results of {lasting.sampled} months",
        )
    if not lasting.revenue:
        return Text(zh="计划的每月成本", en="the planned monthly cost")
    return Text(
        zh="每月净支出（计划的每月成本减去月均收入）",
        en="the net burn of a month (planned cost less mean revenue)",
    )


def _word_range(lasting: Lasting, side: Text) -> Text:
    """Word how far the end may move with the revenue."""
    if not lasting.range_known and side is _PROVEN:
        return Text(
            zh="（没有已证实的收入，收入没有算入）",
            en=" (no revenue is proven, none is counted)",
        )
    if not lasting.range_known:
        return Text(
            zh="（收入未知，没有算入）", en=" (revenue unknown, none is counted)"
        )
    early, late = lasting.early, lasting.late
    if early == late:
        return Text(zh="", en="")
    if lasting.basis is Basis.PLAN:
        return Text(
            zh=f"（没有收入时，到{early}）", en=f" (without revenue, to {early})"
        )
    parts_zh, parts_en = [], []
    if early is not None and early != lasting.until:
        parts_zh.append(f"最早{early}用完")
        parts_en.append(f"{early} at the earliest")
    if late != lasting.until:
        parts_zh.append("按乐观估计不会用完" if late is None else f"最晚{late}用完")
        parts_en.append("no end at best" if late is None else f"{late} at the latest")
    return Text(zh=f"（{'，'.join(parts_zh)}）", en=f" ({', '.join(parts_en)})")


def find_weakest_grade(lasting: Lasting) -> Grade:
    """Find the grade of the weakest record an answer rests on."""
    return min(record.grade for record in lasting.inputs)
