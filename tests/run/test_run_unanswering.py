"""A licensed service that does not answer: three looks over six hours, end to end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from changqing.case.subjects import APPLICANT, Subject
from changqing.judge.assess import Judge
from changqing.judge.model import Compliance, DefectCertainty, Finding
from changqing.net.model import NetSettings
from changqing.rehearsal.broken import Trouble, serve_broken
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_app
from changqing.run import Outcome, run
from changqing.watch.watch import watch
from tests.probes.probes_world import HOST, quick
from tests.quick_yaml import dump_yaml
from tests.shipped import CATALOGUE
from tests.watch.watch_sample import Clock, Taker, make_round

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
SITE = Subject("service", "site")
RULE = "licensed_service_answers"
UNMET, OPEN = "unmet", "undetermined"


def write_case(folder: Path, **service: object) -> Path:
    """Write the case of a small licensee with one site."""
    folder.mkdir()
    case = {
        "applicant": {
            "name": "杭州清和信息科技有限公司",
            "holds_telecom_licence": True,
        },
        "application": {
            "licence": "B25",
            "scope": "intra_province",
            "region": "33",
            "stage": "operate",
            "submit_on": NOW.date() + timedelta(days=30),
        },
        "declared_on": NOW.date() - timedelta(days=4),
        "services": [
            {"id": "site", "kind": "website", "url": f"http://{HOST}:80/", **service}
        ],
    }
    (folder / "case.yaml").write_text(dump_yaml(case), encoding="utf-8")
    return folder


@asynccontextmanager
async def _serve(trouble: str, *, control: bool) -> AsyncIterator[NetSettings]:
    app = web.Application()
    app.router.add_get("/", _answer(503 if trouble == "server_error" else 200))
    zone = {} if trouble == "no_such_name" else {(HOST, "A"): ["127.0.0.1"]}
    async with (
        serve_app(web.Application()) as ours,
        serve_app(app) as site,
        serve_dns(zone) as names,
        serve_broken(Trouble.SILENT) as silent,
    ):
        port = {"refused": 1, "timeout": silent.port}.get(trouble, site.port)
        checked = ours.make_url() if control else "http://127.0.0.1:1/"
        settings = NetSettings(
            nameservers=(names,),
            resolvers=(names,),
            opened=frozenset({ours.address, (HOST, 80)}),
            ports={(HOST, 80): port},
            controls=(checked,),
            retries=0,
        )
        yield replace(quick(settings), total_seconds=0.4, connect_seconds=0.3)


def _answer(status: int) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="<title>清和</title>", status=status)

    return answer


@contextmanager
def serving(trouble: str, *, control: bool = True) -> Iterator[NetSettings]:
    """Serve a site in trouble from a thread, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    world = _serve(trouble, control=control)
    try:
        yield asyncio.run_coroutine_threadsafe(world.__aenter__(), loop).result()
    finally:
        ending = world.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(ending, loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def look(folder: Path, net: NetSettings, *hours: float) -> Outcome:
    """Look at the case at each of these hours; what the last look says."""
    clock, key = Clock(NOW), folder.parent / "key"
    outcomes = []
    for hour in hours:
        clock.now = NOW + timedelta(hours=hour)
        judge = Judge(CATALOGUE)
        outcomes.append(run(folder, judge=judge, clock=clock, key=key, net=net))
    return outcomes[-1]


def find(outcome: Outcome) -> Finding:
    (finding,) = (f for f in outcome.assessment.findings if f.criterion.id == RULE)
    return finding


@pytest.mark.parametrize(
    ("trouble", "control", "hours", "verdict"),
    [
        ("refused", True, (0, 3, 6), UNMET),
        ("timeout", True, (0, 3, 6), UNMET),
        ("no_such_name", True, (0, 3, 6), UNMET),
        ("server_error", True, (0, 3, 6), UNMET),
        ("none", True, (0, 3, 6), "met"),
        ("server_error", True, (0, 6), OPEN),
        ("server_error", True, (0, 1, 5), OPEN),
        ("server_error", False, (0, 3, 6), OPEN),
        ("timeout", False, (0, 3, 6), OPEN),
    ],
)
def test_three_failed_looks_in_six_hours_are_a_breach(
    tmp_path: Path, trouble: str, *, control: bool, hours: tuple[int], verdict: str
) -> None:
    folder = write_case(tmp_path / "case")
    with serving(trouble, control=control) as net:
        outcome = look(folder, net, *hours)
    finding = find(outcome)
    assert finding.verdict == verdict
    breached = verdict == UNMET
    assert (outcome.assessment.compliance is Compliance.BREACHED) == breached
    certain = {UNMET: DefectCertainty.CERTAIN, OPEN: DefectCertainty.POSSIBLE}
    assert finding.certainty == certain.get(verdict)
    assert finding.criterion.defects == ("SITE_UNREACHABLE",)
    errands = {e.errand: e for e in outcome.plan.errands}
    if breached:
        assert errands["look_at_site"].ends_breach
        assert finding in {
            caution.finding for caution in outcome.assessment.cautions
        } | set(outcome.assessment.long_term.doubts)


def test_what_the_company_says_of_its_site_is_contradicted(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case", service_reachable=True)
    with serving("refused") as net:
        finding = find(look(folder, net, 0, 3, 6))
    assert finding.verdict == "contradicted"
    assert finding.certainty is DefectCertainty.CERTAIN


def test_the_watch_knocks_and_the_case_knows(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    clock, taker = Clock(NOW), Taker()
    with serving("server_error") as net:
        look(folder, net, 0)
        for _ in range(4):
            clock.wait(hours=2)
            list(watch([folder], make_round(clock, tmp_path / "key", taker, net)))
    outcome = run(
        folder,
        judge=Judge(CATALOGUE),
        clock=clock,
        key=tmp_path / "key",
        offline=True,
    )
    assert find(outcome).verdict == UNMET
    assert any("服务中断" in told for told in taker.told), taker.told


def test_a_case_without_a_service_is_no_service_that_failed(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text(text[: text.index("services:")])
    outcome = run(
        folder,
        judge=Judge(CATALOGUE),
        clock=lambda: NOW,
        key=tmp_path / "key",
        offline=True,
    )
    assert find(outcome).verdict == OPEN
    assert (SITE, "service_reachable") not in outcome.situation.resolved
    assert (APPLICANT, "deregistration_submitted") not in outcome.situation.resolved
