"""What a look and the records of a case say of each thing that is watched.

Pure: evidence in, readings out. A fact that could not be seen gives a reading without
an answer, which changes nothing. A thing that never was there cannot lapse.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.promises import Promise, PromiseState
from changqing.day import beijing_day
from changqing.documents.schedule import match_promises
from changqing.evidence.ledger.items import Item
from changqing.evidence.model import (
    Attempt,
    Gap,
    GapReason,
    Record,
    Resolved,
    SourceKind,
)
from changqing.evidence.records import list_records
from changqing.law.kit import Grade
from changqing.text import Text, both
from changqing.watch.model import ChannelQuestion, Lapse, WatchReading
from changqing.watch.settings import WatchSettings

_NUMBERS: Final = (
    "shows_filing_number",
    "shows_licence_number",
    "shows_police_number",
)
_CHANNELS: Final = (
    "shows_hotline",
    "hotline_dialable",
    "shows_complaint_page",
    "complaint_page_answers",
    "shows_service_email",
    "service_email_domain_receives",
    "service_mail_server_answers",
    "shows_online_chat",
    "online_chat_opens",
)
_ANSWERED: Final = "hotline_answered"
_REASONS: Final[Mapping[GapReason | None, Text]] = {
    GapReason.REFUSED: Text("拒绝连接", "connection refused"),
    GapReason.TIMEOUT: Text("超时", "timed out"),
    GapReason.DNS_FAILURE: Text("域名解析不到", "its name is not found"),
    GapReason.SERVER_ERROR: Text("服务器出错", "server error"),
}
_UNSAID: Final = Text("原因不明", "reason unknown")
_WEEKS: Final = 52
_WEEK: Final = 7
_LOOKED_AT: Final = (SourceKind.PAPER, SourceKind.READING, SourceKind.LOOK)


class Schedule(Protocol):
    """The dated plan of content: on which days something is promised."""

    def list_days(self, first: date, last: date) -> Sequence[date]:
        """List the promised days from `first` to `last`, both included."""


def read_answers(attempts: Iterable[Attempt]) -> Iterator[WatchReading]:
    """Read whether a service answered, one reading an attempt."""
    for attempt in attempts:
        why = _REASONS.get(attempt.reason, _UNSAID)
        if attempt.status is not None:
            why = both(f"HTTP {attempt.status}")
        yield WatchReading(
            lapse=Lapse.STOPPED_ANSWERING,
            key=f"answering:{attempt.subject}",
            # Where no control site answered, the fault is as likely our own.
            good=attempt.answered if attempt.control_ok else None,
            text=Text(
                zh=f"{attempt.url}没有应答（{why.zh}）",
                en=f"{attempt.url} does not answer ({why.en})",
            ),
            at=attempt.at,
        )


def read_signs(
    case: Case,
    items: Sequence[Item],
    settings: WatchSettings,
    now: datetime,
    since: int,
    *,
    looked_since: int | None = None,
) -> Iterator[WatchReading]:
    """Read what was seen of every service after the entry `since`.

    Of what probes saw, after the entry `looked_since` where that is another.
    """
    first_entry = since if looked_since is None else looked_since
    for service in case.services:
        view = _Seen(service.subject, items, first_entry)
        for fact in _NUMBERS:
            yield from _read_lasting(case, view, Lapse.NUMBER_GONE, fact, now)
        for fact in _CHANNELS:
            yield from _read_lasting(case, view, Lapse.NO_REDRESS, fact, now)
        yield from _read_calls(service.subject, items, since)
        yield from _read_registrant(case, view, now)
        yield from _read_certificate(view, settings, now)
        yield from _read_publishing(view, settings, now)


class _Seen:
    """What probes saw of one service: the latest, and what they saw before."""

    def __init__(self, subject: Subject, items: Sequence[Item], since: int) -> None:
        self.subject = subject
        self._since = since
        self._by_fact: dict[str, list[Record | Gap]] = {}
        for item in items:
            if not isinstance(item, Record | Gap) or item.subject != subject:
                continue
            if item.source.kind is SourceKind.PROBE:
                self._by_fact.setdefault(item.fact, []).append(item)

    def find_latest(self, fact: str) -> Record | None:
        """Find what this look saw; None when it did not look, or could not see."""
        items_of_fact = self._by_fact.get(fact, [])
        last = items_of_fact[-1] if items_of_fact else None
        fresh = isinstance(last, Record) and last.number > self._since
        return last if fresh and isinstance(last, Record) else None

    def list_values(self, fact: str) -> list[object]:
        """List all that was ever seen, oldest first."""
        items_of_fact = self._by_fact.get(fact, [])
        return [record.value for record in items_of_fact if isinstance(record, Record)]


def _read_lasting(
    case: Case, view: _Seen, lapse: Lapse, fact: str, now: datetime
) -> Iterator[WatchReading]:
    """Tell whether something that was there once is there still."""
    if True not in view.list_values(fact):
        return
    label = case.catalogue.facts[view.subject.type, fact].label
    record = view.find_latest(fact)
    yield WatchReading(
        lapse=lapse,
        key=f"{fact}:{view.subject}",
        good=None if record is None else record.value is True,
        text=Text(
            zh=f"“{label.zh}”从前如此，现在不是了",
            en=f"'{label.en}' was so, and is so no more",
        ),
        at=now,
    )


def _read_calls(
    subject: Subject, items: Sequence[Item], since: int
) -> Iterator[WatchReading]:
    """Read the calls to the hotline that a person recorded since the last look."""
    for item in items:
        if (
            isinstance(item, Record)
            and item.number > since
            and (item.subject, item.fact) == (subject, _ANSWERED)
            and item.source.kind is SourceKind.LOOK
            and item.value is not None
        ):
            day = beijing_day(item.observed_at)
            yield WatchReading(
                lapse=Lapse.NO_REDRESS,
                key=f"{_ANSWERED}:{subject}",
                good=item.value is True,
                text=Text(
                    zh=f"{day}由人拨打服务电话，没有人接听",
                    en=f"a person called the hotline on {day}, and nobody answered",
                ),
                at=item.observed_at,
            )


def _read_registrant(case: Case, view: _Seen, now: datetime) -> Iterator[WatchReading]:
    """The domain belongs to whom the case names, else to whom it did at first."""
    values = view.list_values("domain_registrant")
    if not values:
        return
    named_registrants = [
        record.value
        for record in list_records(case)
        if record.subject == view.subject
        and record.fact == "domain_registrant"
        and record.source.kind is SourceKind.FORM
    ]
    expected = named_registrants[-1] if named_registrants else values[0]
    record = view.find_latest("domain_registrant")
    registrant = None if record is None else record.value
    yield WatchReading(
        lapse=Lapse.NAME_TRANSFERRED,
        key=f"domain_registrant:{view.subject}",
        good=None if record is None else registrant == expected,
        text=Text(
            zh=f"域名注册人由“{expected}”变成“{registrant}”",
            en=f"the domain went from '{expected}' to '{registrant}'",
        ),
        at=now,
    )


def _read_certificate(
    view: _Seen, settings: WatchSettings, now: datetime
) -> Iterator[WatchReading]:
    record = view.find_latest("certificate_not_after")
    if record is None or not isinstance(record.value, date):
        return
    days_left = (record.value - beijing_day(now)).days
    yield WatchReading(
        lapse=Lapse.CERTIFICATE_ENDING,
        key=f"certificate:{view.subject}",
        good=days_left >= settings.certificate_days,
        text=Text(
            zh=f"网站证书{record.value}到期",
            en=f"the certificate of the site ends on {record.value}",
        ),
        at=now,
    )


def _read_publishing(
    view: _Seen, settings: WatchSettings, now: datetime
) -> Iterator[WatchReading]:
    """Silence against the site's own cadence: the usual distance of two items."""
    before = [
        n for n in view.list_values("weeks_with_items_last_52") if isinstance(n, int)
    ]
    # By the busiest year seen, not the latest: as a site falls silent the weeks of its
    # last year fall too, and the limit would grow along with the silence.
    most = max(before, default=0)
    if not most:
        return
    usual = -(-_WEEKS * _WEEK // most)
    limit = max(settings.silence_days, settings.silence_factor * usual)
    key = f"publishing:{view.subject}"
    newest = view.find_latest("newest_item_on")
    dated = view.find_latest("shows_dated_items")
    if newest is None or not isinstance(newest.value, date):
        has_stopped = dated is not None and dated.value is False
        yield WatchReading(
            lapse=Lapse.STOPPED_PUBLISHING,
            key=key,
            good=False if has_stopped else None,
            text=Text(
                zh="从前有带日期的内容，现在一条也没有",
                en="there were dated items, and now there is none",
            ),
            at=now,
        )
        return
    silent = (beijing_day(now) - newest.value).days
    yield WatchReading(
        lapse=Lapse.STOPPED_PUBLISHING,
        key=key,
        good=silent <= limit,
        text=Text(
            zh=f"{newest.value}以后没有新内容，已{silent}天；从前约{usual}天一次",
            en=f"nothing since {newest.value}, {silent} days; it used to publish "
            f"about every {usual} days",
        ),
        at=now,
    )


def are_publications_read(case: Case, items: Sequence[Item], since: int) -> bool:
    """Tell whether the latest look read, of every site, all that it publishes."""

    def read(subject: Subject) -> bool:
        view = _Seen(subject, items, since)
        dated = view.find_latest("shows_dated_items")
        none = dated is not None and dated.value is False
        return none or view.find_latest("newest_item_on") is not None

    sites = [service.subject for service in case.services if service.url is not None]
    return bool(sites) and all(map(read, sites))


def compare_with_plan(
    schedule: Schedule,
    published: Iterable[date],
    *,
    read: bool,
    subject: Subject,
    seen_until: datetime,
    settings: WatchSettings,
    watched_from: date,
) -> WatchReading:
    """Tell whether every promised day since we watch had an item, or soon after.

    A look that could not `read` what is published says nothing of it.
    """
    grace = timedelta(days=settings.grace_days)
    # A promise whose days of grace are not over yet cannot be broken.
    last = beijing_day(seen_until) - grace - timedelta(days=1)
    promised = schedule.list_days(watched_from, last) if watched_from <= last else ()
    missed = [
        promise.on
        for promise in match_promises(promised, published, grace=settings.grace_days)
        if promise.published is None
    ]
    latest = max(missed, default=None)
    return WatchReading(
        lapse=Lapse.PROMISE_BROKEN,
        key=f"schedule:{subject}",
        good=not missed if read else None,
        text=Text(
            zh=f"内容计划里有{len(missed)}天没有发布，最近一次是{latest}",
            en=f"{len(missed)} planned days had no item, the latest on {latest}",
        ),
        at=seen_until,
    )


def find_expired(
    case: Case,
    resolved: Mapping[tuple[Subject, str], Resolved],
    records: Sequence[Record],
    now: datetime,
    watched: Iterable[str],
) -> Iterator[WatchReading]:
    """Find papers and looks that count no more, with nothing in their place.

    Where a paper that nobody has read yet stands in its place nothing is known: that it
    does not count is for want of a reading, as after an upgrade, and is no news.
    """
    today = beijing_day(now)
    by_fact: dict[tuple[Subject, str], list[Record]] = {}
    for record in records:
        if record.source.kind in _LOOKED_AT and record.value is not None:
            by_fact.setdefault((record.subject, record.fact), []).append(record)
    expired: dict[str, list[tuple[date, Text]]] = {}
    waiting: set[str] = set()
    for key, resolved_fact in resolved.items():
        if (
            resolved_fact.gap is not GapReason.EXPIRED
            or resolved_fact.proven is not None
        ):
            continue
        ended = [
            (r.valid_until, r.source.name)
            for r in by_fact.get(key, [])
            if r.valid_until is not None and r.valid_until < today
        ]
        fact = case.catalogue.facts.get((key[0].type, key[1]))
        if ended and fact is not None:
            until, name = max(ended)
            if any(_awaits_reading(record, today) for record in by_fact[key]):
                waiting.add(name)
                continue
            expired.setdefault(name, []).append((until, fact.label))
    for name, expired_facts in sorted(expired.items()):
        labels = [label for _, label in expired_facts][:3]
        more = len(expired_facts) > len(labels)
        until = max(day for day, _ in expired_facts)
        yield WatchReading(
            lapse=Lapse.PROOF_EXPIRED,
            key=f"proof:{name}",
            good=False,
            text=Text(
                zh=f"{_name_paper(case, name).zh}的有效期到{until}为止："
                + "、".join(label.zh for label in labels)
                + ("等" if more else ""),
                en=f"{_name_paper(case, name).en} counted until {until}: "
                + ", ".join(label.en for label in labels)
                + (" and more" if more else ""),
            ),
            at=now,
        )
    for name in sorted(waiting - expired.keys()):
        yield WatchReading(
            lapse=Lapse.PROOF_EXPIRED,
            key=f"proof:{name}",
            good=None,
            text=Text(
                zh="接替它的材料还没有读取",
                en="the paper in its place has not been read",
            ),
            at=now,
        )
    for key_ in sorted(watched):
        name = key_.removeprefix("proof:")
        if key_.startswith("proof:") and name not in expired and name not in waiting:
            yield WatchReading(
                lapse=Lapse.PROOF_EXPIRED,
                key=key_,
                good=True,
                text=Text(zh="已有新的证据", en="there is evidence again"),
                at=now,
            )


def _awaits_reading(record: Record, today: date) -> bool:
    """Whether it was typed from a paper that is still valid and not read."""
    valid = record.valid_until is None or record.valid_until >= today
    return record.grade is Grade.TRANSCRIBED and valid


def _name_paper(case: Case, name: str) -> Text:
    for paper in case.papers:
        if paper.id == name:
            label = case.catalogue.materials[paper.kind].label
            return Text(zh=f"《{label.zh}》", en=label.en)
    return both(name)


def read_replies(
    questions: Iterable[ChannelQuestion],
    resolved: Mapping[tuple[Subject, str], Resolved],
    now: datetime,
    told_ids: Container[str] = (),
) -> Iterator[WatchReading]:
    """Test questions against the promised days; without a promise there is none.

    A reply that came too late is told of once, also where no look saw it wanting:
    `told_ids` are the keys of all that was an incident before.
    """
    promised = resolved.get((APPLICANT, "complaint_reply_days"))
    promise = None if promised is None else promised.best
    if not isinstance(promise, int) or isinstance(promise, bool):
        return
    for question in questions:
        sent_on, replied = beijing_day(question.sent_at), question.replied_at
        came = beijing_day(now if replied is None else replied)
        key = f"reply:{question.id}"
        late = came > sent_on + timedelta(days=promise)
        question_text = Text(
            zh=f"承诺{promise}天内答复，{sent_on}通过{question.channel}提的问题",
            en=f"an answer is promised within {promise} days; the question sent "
            f"by {question.channel} on {sent_on}",
        )
        yield WatchReading(
            lapse=Lapse.PROMISE_BROKEN,
            key=key,
            good=not late or (replied is not None and key in told_ids),
            text=Text(
                zh=f"{question_text.zh}还没有答复", en=f"{question_text.en} has none"
            )
            if replied is None
            else Text(
                zh=f"{question_text.zh}{came}才有答复",
                en=f"{question_text.en} got one only on {came}",
            ),
            at=now,
        )


def read_promises(promises: Iterable[Promise], now: datetime) -> Iterator[WatchReading]:
    """Read the promises of the plans of which it was seen whether they are kept.

    What was not seen is no reading: it is asked for by its day instead.
    """
    for promise in promises:
        if promise.state not in (PromiseState.KEPT, PromiseState.BROKEN):
            continue
        yield WatchReading(
            lapse=Lapse.PROMISE_BROKEN,
            key=f"promise:{promise.choice.id}",
            good=promise.state is PromiseState.KEPT,
            text=Text(
                zh=f"{promise.document.zh}承诺“{promise.says.zh}”，{promise.seen.zh}",
                en=f"{promise.document.en} promises “{promise.says.en}”; "
                f"{promise.seen.en}",
            ),
            at=now,
        )
