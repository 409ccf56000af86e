"""Look at the sites of a register: politely, and so that a kill loses nothing.

Pages are looked at once a Beijing day, registries asked once in thirty days. A site
that was looked at today is left alone whoever looked, so that the same command goes on
where it was stopped. What was seen is read by the probes that `assess` runs, and waits
in the journal of the shard (`look_journal`) until it is taken into the buckets
(`look_taken`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from changqing.day import beijing_day
from changqing.disk import NOTHING_LOST, UNWRITTEN, Disk
from changqing.errors import CaseError, Issue, NetError, make_disk_issue
from changqing.evidence.model import GapReason
from changqing.law.compiled import load_compiled
from changqing.net.door import Net
from changqing.net.loop import run_with_progress
from changqing.net.model import NetSettings
from changqing.probes.engine import list_probe_names, look
from changqing.probes.evidence import to_evidence
from changqing.probes.many import look_at_many
from changqing.probes.model import Site, SiteLook, make_service_subject
from changqing.screening.layout import read_head
from changqing.screening.look_journal import (
    MOST_ARCHIVE_BYTES,
    LookJournal,
    LookKind,
    list_journals,
    read_done,
)
from changqing.screening.look_plan import RegisterSite, list_sites
from changqing.shard import Shard
from changqing.text import Text
from changqing.visit import list_checks, list_last_days, list_publications

AT_ONCE: Final = 64
REGISTRY: Final = "registration"
REGISTRY_EVERY: Final = timedelta(days=30)
REGISTRY_SECONDS: Final = 1.0
"""Between two questions to one registry, by all shards together."""
_REGISTRY_MEMORY: Final = 600.0  # seconds
_MOST_WITHOUT_RECORD: Final = 3  # in a row
_TOLD: Final = (None, GapReason.HIDDEN, GapReason.NO_RECORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLookJob:
    """Whose sites are looked at, by what door, and where what is seen is kept.

    `registry_seconds` lie between two questions to the registry of one suffix; every
    shard waits so many times longer as there are shards, since all may look at once.
    """

    register: Path
    shard: Shard
    clock: Callable[[], datetime]
    law: Path | None = None  # that of the program
    net: NetSettings | None = None
    at_once: int = AT_ONCE
    registry_seconds: float = REGISTRY_SECONDS
    most_bytes: int = MOST_ARCHIVE_BYTES
    disk: Disk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookProgress:
    """How far a shard is: looks done now, of those due.

    `silent` are sites that did not answer; `put_off` are domains that were not asked
    for, since their registry gave no record several times in a row.
    """

    due: int
    done: int = 0
    silent: int = 0
    put_off: int = 0

    def add(self, other: LookProgress) -> LookProgress:
        """Count two shards together."""
        return LookProgress(
            due=self.due + other.due,
            done=self.done + other.done,
            silent=self.silent + other.silent,
            put_off=self.put_off + other.put_off,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _DueSites:
    pages: Sequence[RegisterSite]
    registrations: Sequence[RegisterSite]

    @property
    def count(self) -> int:
        return len(self.pages) + len(self.registrations)


def look_at_register(
    job: RegisterLookJob, tell: Callable[[LookProgress], None] = lambda _: None
) -> LookProgress:
    """Look at every site of the shard that is due, and keep what was seen.

    Gives how it ended. Raises CaseError, BusyError where the shard is being looked at
    already, and NetError once our own network is not shown to work: what was looked at
    until then is kept, and nothing is recorded of the rest.
    """
    with LookJournal(
        job.register, job.shard, disk=job.disk, most_bytes=job.most_bytes
    ) as journal:
        due = _list_due(job)
        progress = LookProgress(due=due.count)
        tell(progress)
        try:
            if due.count:
                progress = run_with_progress(
                    lambda say: _ShardLook(job, journal, due, say).run(), tell
                )
            journal.write_indexes()
        except OSError as error:
            issue = make_disk_issue(journal.folder, error, UNWRITTEN, NOTHING_LOST)
            raise CaseError(issue) from error
    return progress


def _list_due(job: RegisterLookJob) -> _DueSites:
    now = job.clock()
    today, since = beijing_day(now), now - REGISTRY_EVERY
    keys_seen = {
        past_look.of.key
        for journal in list_journals(job.register, LookKind.PAGES, since=today)
        for past_look in read_done(journal)
        if beijing_day(past_look.at) == today
    }
    keys_asked = {
        past_look.of.key
        for journal in list_journals(
            job.register, LookKind.REGISTRATION, since=beijing_day(since)
        )
        for past_look in read_done(journal)
        if beijing_day(past_look.at) == today
        or (past_look.whole and past_look.at > since)
    }
    sites = list_sites(job.register, read_head(job.register), job.shard)
    return _DueSites(
        pages=[site for site in sites if site.key not in keys_seen],
        registrations=[site for site in sites if site.key not in keys_asked],
    )


class _ShardLook:
    """Looks at pages and asks registries side by side: neither waits for the other."""

    def __init__(
        self,
        job: RegisterLookJob,
        journal: LookJournal,
        due: _DueSites,
        tell: Callable[[LookProgress], None],
    ) -> None:
        self._job = job
        self._journal = journal
        self._due = due
        self._tell = tell
        self._catalogue = load_compiled(job.law)
        self._progress = LookProgress(due=due.count)
        self._writing = asyncio.Lock()

    async def run(self) -> LookProgress:
        """Look at all that is due. NetError once our own network does not work."""
        settings = self._job.net or NetSettings()
        # For hours one registry after another is asked for, by the same directory.
        lasting = replace(settings, memory_seconds=_REGISTRY_MEMORY)
        async with (
            Net(settings, clock=self._job.clock) as net,
            Net(lasting, clock=self._job.clock) as registries,
        ):
            tasks = [
                asyncio.create_task(self._look_at_pages(net)),
                *(
                    asyncio.create_task(self._ask_registry(sites, registries, net))
                    for sites in _group_by_registry(self._due.registrations)
                ),
            ]
            try:
                await asyncio.gather(*tasks)
            finally:  # one failed, and the others are not to go on without it
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        return self._progress

    async def _look_at_pages(self, net: Net) -> None:
        async with aclosing(_look_at_pages(self._job, net, self._due.pages)) as looks:
            async for of, site_look in looks:
                if site_look.without_internet:
                    raise _make_offline_error()
                await self._keep_look(of, LookKind.PAGES, site_look, whole=True)

    async def _ask_registry(
        self, sites: Sequence[RegisterSite], registries: Net, net: Net
    ) -> None:
        pause = self._job.registry_seconds * self._job.shard.count
        before, without = "", 0
        for place, of in enumerate(sites):
            is_other = of.site.domain != before  # else the answer is remembered
            if is_other:
                if without >= _MOST_WITHOUT_RECORD:  # who refuses is not pressed
                    self._count_sites(put_off=len(sites) - place)
                    return
                if before:
                    await asyncio.sleep(pause)
                before = of.site.domain
            site_look = await look(
                of.site, registries, now=self._job.clock(), probes=[REGISTRY]
            )
            whole = _is_told_of(site_look)
            if not whole and not await net.is_network_working():
                raise _make_offline_error()
            without = 0 if whole else without + is_other
            await self._keep_look(of, LookKind.REGISTRATION, site_look, whole=whole)

    async def _keep_look(
        self, of: RegisterSite, kind: LookKind, site_look: SiteLook, *, whole: bool
    ) -> None:
        evidence = to_evidence(
            site_look, make_service_subject(of.site), self._catalogue
        )
        async with self._writing:
            await asyncio.to_thread(
                self._journal.append,
                of,
                kind,
                at=site_look.at,
                whole=whole,
                items=(*evidence.records, *evidence.gaps, *evidence.attempts),
                observed=(
                    *list_publications(site_look),
                    *list_checks(evidence.attempts),
                    *list_last_days(site_look),
                ),
                captures=dict(
                    zip(site_look.captures, evidence.blobs.values(), strict=True)
                ),
            )
        silent = any(attempt.answered is False for attempt in site_look.attempts)
        self._count_sites(done=1, silent=int(silent))

    def _count_sites(self, *, done: int = 0, silent: int = 0, put_off: int = 0) -> None:
        more = LookProgress(due=0, done=done, silent=silent, put_off=put_off)
        self._progress = self._progress.add(more)
        self._tell(self._progress)


def _is_told_of(site_look: SiteLook) -> bool:
    """Whether a registry gave a record, or said that it has or shows none."""
    return all(
        observation.reason in _TOLD for observation in site_look.observations[REGISTRY]
    )


async def _look_at_pages(
    job: RegisterLookJob, net: Net, due: Sequence[RegisterSite]
) -> AsyncGenerator[tuple[RegisterSite, SiteLook]]:
    waiting: dict[int, RegisterSite] = {}

    def hand_out() -> Iterable[Site]:
        for of in due:
            waiting[id(of.site)] = of  # `due` holds it, so that no other has its id
            yield of.site

    pages = [name for name in list_probe_names() if name != REGISTRY]
    async for site_look in look_at_many(
        hand_out(),
        net,
        clock=job.clock,
        at_once=max(1, min(job.at_once, len(due))),
        probes=pages,
    ):
        yield waiting.pop(id(site_look.site)), site_look


def _group_by_registry(
    due: Sequence[RegisterSite],
) -> list[list[RegisterSite]]:
    """Group sites by the registry of their names: that of the last label.

    Those of one domain follow each other, so that its registry is asked once.
    """
    by_suffix: dict[str, list[RegisterSite]] = {}
    for of in sorted(due, key=lambda register_site: register_site.site.domain):
        by_suffix.setdefault(of.site.domain.rpartition(".")[2], []).append(of)
    return [by_suffix[suffix] for suffix in sorted(by_suffix)]


def _make_offline_error() -> NetError:
    return NetError(Issue(text=_NO_INTERNET), reason="own_network")


_NO_INTERNET: Final = Text(
    zh="本机上不了互联网：对照网站也打不开，其余的没有看，也没有记。网络好了再用同一条命令",
    en="this machine has no internet: the control sites do not answer either. The "
    "rest was not looked at, and nothing of it recorded; give the same command once "
    "it works",
)
