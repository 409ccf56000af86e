"""The sites of a register looked at: politely, once a day, and nothing is lost."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest

from changqing.case.subjects import Subject
from changqing.cli.register_look import look_at_sites
from changqing.disk import Disk
from changqing.errors import BusyError, CaseError, NetError
from changqing.evidence.model import GapReason, Record, SourceKind
from changqing.evidence.observations import ObservationKind
from changqing.law.kit import Grade
from changqing.net.door import Net
from changqing.probes.engine import look
from changqing.probes.evidence import to_evidence
from changqing.probes.model import Site, make_service_subject
from changqing.screening.layout import read_head, write_register
from changqing.screening.look import LookProgress, look_at_register
from changqing.screening.look_journal import (
    LookJournal,
    LookKind,
    list_journals,
)
from changqing.screening.look_plan import list_sites
from changqing.screening.look_taken import take_looks
from changqing.screening.look_workers import look_and_take
from changqing.screening.screen import (
    VERDICTS_FOLDER,
    ScreenJob,
    run_in_process,
    scan_results,
    screen,
)
from changqing.shard import Shard, parse_shard
from changqing.text import Language
from tests.judge.assessment_world import AS_OF, verdicts
from tests.screening.look_victim import look_until_killed
from tests.screening.look_world import (
    DAY,
    DEAD,
    FORBIDDEN,
    GOOD,
    NOW,
    QUICK,
    SLOW,
    WHOLE,
    SiteWorld,
    StandingClock,
    check_archives,
    count_looks,
    list_domains,
    make_case,
    make_job,
    make_register,
    name_url,
    read_cases,
)
from tests.screening.test_register_kept import assess, check_opened
from tests.shipped import CATALOGUE


@pytest.mark.long
def test_what_was_seen_stands_in_the_case(tmp_path: Path, world: SiteWorld) -> None:
    register = make_register(tmp_path / "register")
    told: list[LookProgress] = []
    looked = look_and_take(make_job(register, world), tell=told.append)
    assert looked.progress == LookProgress(due=WHOLE, done=WHOLE, silent=2)
    assert looked.taken.looks == WHOLE
    assert [progress.done for progress in told] == list(range(WHOLE + 1))
    cases = read_cases(register)

    good = cases[GOOD[0]]
    [site] = [each.subject for each in good.case.services]
    shown = {record.fact: record for record in good.known.records}
    filing = shown["filing_number_shown"]
    assert (filing.value, filing.grade) == ("浙ICP备20261234号-1", Grade.OBSERVED)
    assert (filing.observed_at, filing.subject) == (NOW, site)
    assert filing.source.name == f"page {name_url(GOOD[0])}"
    assert shown["domain_registrant"].value == "杭州长青示例科技有限公司"
    kinds = {row.kind for row in good.known.observed}
    assert {ObservationKind.CHECK, ObservationKind.REGISTRATION} <= kinds

    reasons = {
        host: {gap.fact: gap.reason for gap in cases[host].known.gaps}
        for host in (SLOW, DEAD, FORBIDDEN)
    }
    assert reasons[SLOW]["shows_filing_number"] is GapReason.TIMEOUT
    assert reasons[DEAD]["shows_filing_number"] is GapReason.REFUSED
    assert reasons[FORBIDDEN]["shows_filing_number"] is GapReason.ROBOTS
    answered = {
        host: [attempt.answered for attempt in case.known.attempts]
        for host, case in cases.items()
    }
    assert answered[SLOW] == answered[DEAD] == [False]
    assert answered[FORBIDDEN] == answered[GOOD[0]] == [True]


def test_it_is_read_as_assess_reads_it(tmp_path: Path, world: SiteWorld) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    look_and_take(make_job(register, world))
    known = read_cases(register)[GOOD[0]].known
    [each] = make_case(GOOD[0]).case.services
    site = Site.from_url(each.subject.id, name_url(GOOD[0]))

    async def look_alone() -> list[Record]:
        async with Net(world.settings, clock=StandingClock(NOW)) as net:
            seen = await look(site, net, now=NOW)
            return list(
                to_evidence(seen, make_service_subject(site), CATALOGUE).records
            )

    def tell(records: tuple[Record, ...] | list[Record]) -> set[tuple[object, ...]]:
        return {
            (record.fact, record.value, record.grade, record.source.name)
            for record in records
            if record.fact != "answer_milliseconds"  # never twice the same
        }

    assert tell(known.records) == tell(asyncio.run(look_alone()))


@pytest.mark.long
def test_what_was_seen_is_screened_and_opened_alike(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", (GOOD[0], DEAD, FORBIDDEN))
    unseen = read_cases(register)[GOOD[0]]
    for ago in (2, 1, 0):  # one try is no outage
        look_and_take(make_job(register, world, at=NOW - ago * DAY))
    job = ScreenJob(register=register, out=tmp_path / "run", as_of=AS_OF)
    table = scan_results(
        screen(job, map_buckets=run_in_process), f"{VERDICTS_FOLDER}/service"
    ).collect()
    for case in read_cases(register).values():
        found = assess(case)
        [row] = table.filter(pl.col("case") == case.id).iter_rows(named=True)
        for finding in found.findings:
            if finding.subject in {each.subject for each in case.case.services}:
                assert row[finding.criterion.id] == finding.verdict.value, case.id
        check_opened(case, tmp_path / case.id, tmp_path / "key")
    reachable = dict(table.select("case", "service_reachable").iter_rows())
    assert reachable[GOOD[0]] != reachable[DEAD]
    seen = read_cases(register)[GOOD[0]]
    assert verdicts(assess(seen)) != verdicts(assess(unseen))


def test_no_site_is_pressed(tmp_path: Path, world: SiteWorld) -> None:
    look_and_take(make_job(make_register(tmp_path / "register", QUICK), world))
    assert max(world.most_open[host] for host in QUICK) <= world.settings.per_host
    assert world.asked[FORBIDDEN] <= 3  # robots.txt, and whether somebody is there
    assert world.domains == dict.fromkeys(list_domains(QUICK), 1)


@pytest.mark.long
def test_it_is_looked_at_once_a_day_and_registries_once_in_thirty(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", QUICK)
    look_and_take(make_job(register, world))
    asked = Counter(world.asked)
    for shard in (Shard(), Shard(number=1, count=2)):
        later = make_job(register, world, at=NOW + timedelta(hours=3), shard=shard)
        assert look_and_take(later).progress == LookProgress(due=0)
    assert world.asked == asked

    tomorrow = look_and_take(make_job(register, world, at=NOW + DAY))
    assert tomorrow.progress.done == len(QUICK)
    assert world.domains == dict.fromkeys(list_domains(QUICK), 1)
    month = look_and_take(make_job(register, world, at=NOW + 31 * DAY))
    assert month.progress.done == 2 * len(QUICK)
    assert world.domains == dict.fromkeys(list_domains(QUICK), 2)

    known = read_cases(register)[GOOD[0]].known
    assert len(known.attempts) == 3
    words = Counter(
        record.observed_at
        for record in known.records
        if record.fact == "shows_filing_number"
    )
    assert words == {NOW + DAY: 1, NOW + 31 * DAY: 1}  # the last of each month


@pytest.mark.long
def test_shares_are_disjoint_and_whole_and_keep_domains_together(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", QUICK)
    shares = [Shard(number=1, count=2), Shard(number=2, count=2)]
    done = [look_and_take(make_job(register, world, shard=shard)) for shard in shares]
    assert sum(looked.progress.done for looked in done) == 2 * len(QUICK)
    assert min(looked.progress.done for looked in done) > 0
    assert set(count_looks(register).values()) == {1}
    assert len(count_looks(register)) == 2 * len(QUICK)
    head = read_head(register)
    domains = [
        {of.site.domain for of in list_sites(register, head, shard)} for shard in shares
    ]
    assert not domains[0] & domains[1]
    assert all(case.known.records for case in read_cases(register).values())


def test_a_share_split_among_workers_holds_the_same_sites(tmp_path: Path) -> None:
    register = make_register(tmp_path / "register")
    head = read_head(register)
    share = Shard(number=2, count=3)
    parts = [
        of.key for shard in share.split(4) for of in list_sites(register, head, shard)
    ]
    assert sorted(parts) == sorted(of.key for of in list_sites(register, head, share))
    assert [part.overlaps(share) for part in share.split(4)] == [True] * 4
    assert not Shard(number=1, count=3).overlaps(share.split(2)[1])


class _CrashError(Exception):
    """The end of a process, as far as the disk can tell."""


def make_disk(steps: int) -> Disk:
    left = steps

    def step(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise _CrashError

    return Disk(step=step, chunk=3_000)


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("steps", [3, 9, 14, 33, 60, 5])
def test_a_crash_loses_nothing_and_nothing_is_looked_at_twice(
    tmp_path: Path, world: SiteWorld, steps: int
) -> None:
    register = make_register(tmp_path / "register", GOOD)
    job = replace(make_job(register, world), most_bytes=20_000)
    with pytest.raises(_CrashError):
        look_at_register(replace(job, disk=make_disk(steps)))
    kept = count_looks(register)
    take_looks(register, CATALOGUE)  # of a journal that may end in half a line
    look_and_take(job)
    assert count_looks(register) == kept | dict.fromkeys(
        ((host, kind) for host in GOOD for kind in LookKind), 1
    )
    check_archives(register)
    for host, case in read_cases(register).items():
        assert len(case.known.attempts) == 1, host


def test_taking_twice_changes_nothing(tmp_path: Path, world: SiteWorld) -> None:
    register = make_register(tmp_path / "register", GOOD[:2])
    look_and_take(make_job(register, world))
    before = read_cases(register)
    (register / "looks" / "taken.json").unlink()
    assert take_looks(register, CATALOGUE).looks == 4
    assert read_cases(register) == before
    assert take_looks(register, CATALOGUE).looks == 0


def test_a_case_that_comes_in_anew_keeps_its_looks_unless_its_site_moved(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:2])
    look_and_take(make_job(register, world))
    before = read_cases(register)
    moved = make_case(GOOD[1])
    [site] = moved.case.services
    address = replace(site, url=name_url(GOOD[3]))
    moved = replace(moved, case=replace(moved.case, services=(address,)))
    with write_register(register, CATALOGUE, cases=2) as writer:
        writer.add([make_case(GOOD[0]), moved])
    cases = read_cases(register)
    assert cases[GOOD[0]].known == before[GOOD[0]].known
    assert not cases[GOOD[1]].known.records
    # Its new address is due, though the case was looked at today.
    assert look_and_take(make_job(register, world)).progress.done == 2
    [attempt] = read_cases(register)[GOOD[1]].known.attempts
    assert attempt.url == name_url(GOOD[3])


def test_an_address_like_the_journal_itself_is_read_back(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    odd = make_case(GOOD[0])
    [site] = odd.case.services
    address = name_url(GOOD[0]) + 'a,"captures":{},"kind":"registration"'
    odd = replace(odd, case=replace(odd.case, services=(replace(site, url=address),)))
    with write_register(register, CATALOGUE, cases=1) as writer:
        writer.add([odd])
    assert look_and_take(make_job(register, world)).progress.done == 2
    assert look_and_take(make_job(register, world)).progress.due == 0
    assert set(count_looks(register)) == {(GOOD[0], kind) for kind in LookKind}


def test_a_journal_that_was_begun_anew_is_taken_from_its_beginning(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    assert look_and_take(make_job(register, world)).taken.looks == 2
    for journal in list_journals(register):
        journal.rename(tmp_path / journal.name)  # as it is said of a damaged one
    later = NOW + timedelta(hours=1)
    assert look_and_take(make_job(register, world, at=later)).taken.looks == 2
    [case] = read_cases(register).values()
    assert [attempt.at for attempt in case.known.attempts] == [NOW, later]


def test_without_a_network_nothing_is_recorded(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", (DEAD,))
    job = make_job(register, world)
    cut_off = replace(
        world.settings, controls=("http://127.0.0.1:9/",), rdap={"cn": "http://[::1]:9"}
    )
    with pytest.raises(NetError) as caught:
        look_and_take(replace(job, net=cut_off))
    assert caught.value.reason == "own_network"
    assert not count_looks(register)
    assert not read_cases(register)[DEAD].known.gaps
    assert look_and_take(job).progress.done == 2


def test_a_registry_that_refuses_is_not_pressed_and_asked_tomorrow(
    tmp_path: Path, world: SiteWorld
) -> None:
    hosts = tuple(f"www.d{number}.cn" for number in range(5))
    register = make_register(tmp_path / "register", hosts)
    world.refusing = True
    progress = look_at_register(make_job(register, world))
    assert sum(world.domains.values()) == 3
    assert (progress.done, progress.put_off) == (len(hosts) + 3, 2)
    world.refusing = False
    progress = look_at_register(make_job(register, world, at=NOW + DAY))
    assert progress == LookProgress(due=10, done=10, silent=5)
    assert set(world.domains.values()) == {1, 2}


def test_a_registry_is_given_up_for_its_answers_and_not_for_sites_of_one_domain(
    tmp_path: Path, world: SiteWorld
) -> None:
    hosts = (*(f"s{number}.d0.cn" for number in range(4)), "www.d1.cn")
    register = make_register(tmp_path / "register", hosts)
    world.refusing = True
    progress = look_at_register(make_job(register, world))
    assert world.domains == {"d0.cn": 1, "d1.cn": 1}
    assert (progress.done, progress.put_off) == (2 * len(hosts), 0)


def test_more_shares_than_can_be_read_back_are_refused_before_one_is_begun(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    job = make_job(register, world, shard=Shard(number=1, count=100))
    with pytest.raises(CaseError, match="6400"):
        look_and_take(job, workers=64)
    assert not (register / "looks").exists()


def test_two_do_not_look_at_the_same_sites(tmp_path: Path, world: SiteWorld) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    with LookJournal(register, Shard(number=1, count=2)):
        for shard in (Shard(), Shard(number=1, count=2), Shard(number=3, count=4)):
            with pytest.raises(BusyError):
                look_at_register(make_job(register, world, shard=shard))
        look_at_register(make_job(register, world, shard=Shard(number=2, count=2)))


@pytest.mark.parametrize("written", ["0/4", "5/4", "4", "1/0", "a/b", "1/99999", ""])
def test_a_share_that_is_none_is_told(written: str) -> None:
    with pytest.raises(CaseError, match="--shard"):
        parse_shard(written)


def test_a_journal_that_was_altered_is_told_and_left(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    look_at_register(make_job(register, world))
    [journal] = list_journals(register, LookKind.PAGES)
    content = journal.read_bytes().replace(b'"kind":"pages"', b'"kind":"tales"')
    journal.write_bytes(content)
    for act in (
        lambda: take_looks(register, CATALOGUE),
        lambda: look_at_register(make_job(register, world)),
    ):
        with pytest.raises(CaseError) as caught:
            act()
        assert caught.value.issues[0].path == str(journal)
    assert journal.read_bytes() == content


def test_the_command_tells_how_it_went(
    tmp_path: Path, world: SiteWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    register = make_register(tmp_path / "register", (GOOD[0], DEAD))
    settings = world.settings
    for said in ("看了4处", "今天该看的都看过了"):
        code = look_at_sites(
            register,
            "1/1",
            workers=1,
            at_once=8,
            language=Language.ZH,
            settings=settings,
        )
        assert code == 0
        assert said in capsys.readouterr().out


@pytest.mark.long
def test_several_processes_look_at_one_share(tmp_path: Path, world: SiteWorld) -> None:
    register = make_register(tmp_path / "register", QUICK)
    told: list[LookProgress] = []
    looked = look_and_take(make_job(register, world), workers=3, tell=told.append)
    assert looked.progress == LookProgress(
        due=2 * len(QUICK), done=2 * len(QUICK), silent=1
    )
    assert told[-1].done == 2 * len(QUICK)
    assert set(count_looks(register).values()) == {1}
    assert world.domains == dict.fromkeys(list_domains(QUICK), 1)
    check_archives(register)


@pytest.mark.long
@pytest.mark.parametrize("steps", [2, 21, 58])
def test_killed_for_real_it_goes_on(
    tmp_path: Path, world: SiteWorld, steps: int
) -> None:
    register = make_register(tmp_path / "register", GOOD)
    job = make_job(register, world)
    victim = get_context("spawn").Process(target=look_until_killed, args=(job, steps))
    victim.start()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    assert look_and_take(job).progress.done > 0
    assert set(count_looks(register).values()) == {1}
    assert len(count_looks(register)) == 2 * len(GOOD)
    check_archives(register)


def test_subjects_of_looks_are_services(tmp_path: Path, world: SiteWorld) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    look_and_take(make_job(register, world))
    known = read_cases(register)[GOOD[0]].known
    assert {record.source.kind for record in known.records} == {SourceKind.PROBE}
    [each] = make_case(GOOD[0]).case.services
    subjects: set[Subject] = {record.subject for record in known.records}
    assert subjects == {each.subject}
