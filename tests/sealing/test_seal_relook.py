"""Looking again from the reader's own desk, on servers of this machine."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.cli.main import main
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.net.model import NetSettings
from changqing.rehearsal.live import stage
from changqing.run import run
from changqing.sealing.bundle import seal
from changqing.sealing.relook import relook
from tests.sealing.sealed_bundle import ROOT


def _clock() -> datetime:
    return datetime.now(UTC)


@pytest.mark.long
def test_what_has_not_changed_is_seen_again_and_what_is_gone_is_unseen(
    tmp_path: Path,
) -> None:
    judge, folder, bundle = Judge(load_compiled()), tmp_path / "c", tmp_path / "b.zip"
    key = load_key(tmp_path / "key")
    with stage(ROOT / "examples" / "local-life", folder, now=_clock()) as staged:
        outcome = run(
            folder, judge=judge, clock=_clock, key=tmp_path / "key", net=staged.settings
        )
        with Store(folder, key) as store:
            seal(
                store,
                outcome.case,
                outcome.assessment,
                headline=outcome.report.headline.sentences,
                key=key,
                out=bundle,
            )
        again = relook(bundle, judge.catalogue, net=staged.settings, clock=_clock)
    assert len(again) > 20
    # How fast it answers is never quite the same.
    assert {e.fact for e in again if e.differs} <= {"answer_milliseconds"}
    dark = NetSettings(
        nameservers=("127.0.0.1:9",), controls=(), resolvers=(), dns_seconds=0.05,
        total_seconds=0.2, retries=0, pause_seconds=0,
    )  # fmt: skip
    gone = relook(bundle, judge.catalogue, net=dark, clock=_clock)
    assert sum(each.unseen for each in gone) > 20


@pytest.mark.long
def test_a_bundle_without_a_look_has_nothing_to_look_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    case, bundle = tmp_path / "case", tmp_path / "b.zip"
    shutil.copytree(ROOT / "examples" / "local-life", case)
    shutil.rmtree(case / "evidence")
    with pytest.raises(SystemExit) as ended:
        main(["seal", str(case), "-o", str(bundle)])
    assert ended.value.code == 0
    with pytest.raises(SystemExit) as ended:
        main(["relook", str(bundle), "--lang", "zh"])
    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "没有可以重看的" in printed
    assert "0项不同" not in printed
