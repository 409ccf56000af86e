"""A machine without internet: nothing is said not to exist, and one line says why."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from changqing.cli.probe import ProbeTask
from changqing.cli.probe import run as run_probe
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.net.model import NetSettings
from changqing.probes.model import Site
from changqing.rehearsal.dns import serve_dns
from changqing.report.html import render_report
from changqing.report.terminal import print_summary
from changqing.run import run
from changqing.text import Language

CASE = """\
applicant:
  name: 杭州长青网络科技有限公司
application:
  licence: B25
  scope: intra_province
  region: '33'
  stage: apply
  submit_on: 2027-01-20
declared_on: 2026-11-20
services:
  - id: site
    kind: website
    url: https://www.changqing-example.cn/
people: []
papers: []
"""
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture
def lying() -> Iterator[NetSettings]:
    """The settings of a machine whose resolver denies every name."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = serve_dns({})
    names = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result()
    yield NetSettings(
        nameservers=(names,), resolvers=(names,), dns_seconds=1.0, total_seconds=2.0,
        retries=0, pause_seconds=0.0, back_off_seconds=0.0,
    )  # fmt: skip
    leaving = serving.__aexit__(None, None, None)
    asyncio.run_coroutine_threadsafe(leaving, loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_nothing_is_said_not_to_exist_in_log_report_and_terminal(
    lying: NetSettings, tmp_path: Path
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    outcome = run(
        folder,
        judge=Judge(load_compiled()),
        clock=lambda: NOW,
        key=tmp_path / "key",
        net=lying,
    )
    assert outcome.looked is not None
    assert outcome.looked.unseen
    report = render_report(outcome.report, Language.ZH)
    entries = (folder / "evidence" / "entries.jsonl").read_text(encoding="utf-8")
    console = Console(record=True, width=200)
    print_summary(outcome.report, console, Language.ZH)
    shown = console.export_text()
    for text in (report, entries, shown):
        assert "cn不存在" not in text
        assert "org不存在" not in text
    line = "2026-11-24查看时本机上不了互联网"
    assert shown.count(line) == report.count(line) == 1
    english = render_report(outcome.report, Language.EN)
    assert "this machine had no internet" in english
    assert "cn does not exist" not in english + entries


def test_a_probe_says_it_too(
    lying: NetSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site.from_url("site", "https://www.changqing-example.cn/")
    job = ProbeTask(sites=(site,), save=None, out=None, at_once=1, as_json=False)
    assert run_probe(job, language=Language.ZH, settings=lying) == 0
    printed = capsys.readouterr().out
    assert "本机上不了互联网" in printed
    assert "cn不存在" not in printed
