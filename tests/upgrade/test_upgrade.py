"""What an earlier program made opens, and loses nothing.

`made_by_6297284.tar.xz` holds a workspace (database, queue, secret, three case folders
with evidence, one of them handed in and accepted), the key that signed its logs, and a
backup of it all, as the program of that commit left them on 27 November 2026: the three
examples rehearsed, `changqing case … submit` and `receive acceptance`, and
`python -m changqing_web backup`. It is never made anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.casework.events import CaseStage, Journal
from changqing.casework.files import read_summary
from changqing.casework.stages import replay_events
from changqing.casework.upgrade import UpgradeTurn, find_turn, find_upgrade
from changqing.evidence.ledger.recorded import Evidence
from changqing.judge.assess import Judge
from changqing.papers.open import open_case
from changqing.run import keep_summary, run
from tests.shipped import CATALOGUE
from tests.upgrade.made_before import MADE

CASES = ("contradictory", "local-life", "newly-registered")
DAY = date(2026, 11, 27)
TABLES = (
    *("auth_user", "changqing_workspace", "changqing_membership", "changqing_caserow"),
    *("changqing_caseevent", "changqing_draft", "changqing_job"),
)
_PAGES = """
import django
django.setup()
from django.test import Client
from django.contrib.auth.models import User
from changqing_web.models import CaseRow
from changqing_web.index import rebuild_index
client = Client(HTTP_HOST="localhost")
client.force_login(
    User.objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend"
)
for row in CaseRow.objects.select_related("workspace"):
    rebuild_index(row.workspace)
    case = f"/w/{row.workspace.slug}/c/{row.folder}/"
    for rest in ("", "facts/", "findings/", "errands/", "evidence/", "dossier/",
                 "casework/", "seal/", "events/"):
        print(client.get(case + rest, follow=True).status_code, case + rest)
print(client.get("/w/agency/", follow=True).status_code, "board")
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    with tarfile.open(MADE) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def _lines(folder: Path) -> list[str]:
    return (folder / "evidence" / "entries.jsonl").read_text("utf-8").splitlines()


@pytest.mark.share
@pytest.mark.parametrize("name", CASES)
def test_a_case_folder_opens_and_keeps_all_that_was_recorded(
    made: Path, name: str
) -> None:
    folder = made / "home" / "cases" / "agency" / name
    before = _lines(folder)
    judge = Judge(CATALOGUE)
    outcome = run(
        folder,
        judge=judge,
        clock=lambda: datetime(2026, 11, 27, 4, tzinfo=UTC),
        key=made / "signing-key",
        offline=True,
    )
    assert outcome.assessment.findings
    assert outcome.changed_papers == ()
    log = Evidence(folder)
    log.verify()
    logged = {
        entry["number"]
        for entry in map(json.loads, before)
        if "grade" in entry["content"]
    }
    assert {record.number for record in log.list_records()} == logged
    assert _lines(folder) == before


@pytest.mark.long
def test_a_state_that_the_newer_rules_turn_is_marked_as_theirs(made: Path) -> None:
    folder = made / "home" / "cases" / "agency" / "local-life"
    assert read_summary(folder)["readiness"] == "ready"
    assert find_upgrade(folder) is None

    def assess() -> UpgradeTurn | None:
        outcome = run(
            folder,
            judge=Judge(CATALOGUE),
            clock=lambda: datetime(2026, 11, 27, 4, tzinfo=UTC),
            key=made / "signing-key",
            offline=True,
        )
        return keep_summary(folder, outcome)

    turn = assess()
    assert turn is not None
    assert (turn.before["readiness"], turn.after["readiness"]) == ("ready", "open")
    assert "变的是规则，不是公司的情况" in turn.text.zh
    assert assess() is None  # told once, and kept while the state is what it made
    assert find_upgrade(folder) == turn
    summary = {**read_summary(folder), "readiness": "not_ready"}
    after = {**summary, "readiness": "open", "long_term": "in_doubt"}
    assert find_turn(summary, after, on=DAY, unread=True) is None


def test_the_events_of_a_case_stand_as_they_were(made: Path) -> None:
    folder = made / "home" / "cases" / "agency" / "newly-registered"
    case = open_case(folder, CATALOGUE)
    events = Journal(folder).list_events()
    assert [event.act.value for event in events] == ["submit", "acceptance"]
    assert replay_events(CATALOGUE, case, events).stage is CaseStage.EXAMINATION


def _python(*arguments: str, home: Path) -> str:
    ended = subprocess.run(
        [sys.executable, *arguments],
        env={
            **os.environ,
            "CHANGQING_HOME": str(home),
            "DATABASE_URL": "",
            "CHANGQING_SECRET": "",
            "DJANGO_SETTINGS_MODULE": "changqing_web.settings",
            "XDG_CONFIG_HOME": str(home.parent / "config"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout


def _count(home: Path) -> dict[str, int]:
    with closing(sqlite3.connect(home / "changqing.db")) as database:
        return {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in TABLES
        }


@pytest.mark.long
def test_a_workspace_opens_and_every_page_of_its_cases_answers(made: Path) -> None:
    home = made / "home"
    before = _count(home)
    _python("-m", "changqing_web", "setup", home=home)
    assert _count(home) == before
    answers = _python("-c", _PAGES, home=home).splitlines()
    assert len(answers) == 28
    assert [line for line in answers if not line.startswith("200 ")] == []


@pytest.mark.long
def test_a_backup_restores(made: Path) -> None:
    home = made / "restored" / "home"
    home.parent.mkdir()
    _python("-m", "changqing_web", "restore", str(made / "backup.tar.gz"), home=home)
    assert _count(home)["auth_user"] == 1
    for name in CASES:
        log = Evidence(home / "cases" / "agency" / name)
        log.verify()
        assert list(log.list_records())
