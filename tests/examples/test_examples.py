"""The three example companies say what they promise, in both of their lives."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from changqing.case.folder import EVIDENCE_FOLDER
from changqing.case.subjects import Subject
from changqing.casework.files import SUMMARY
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import GapReason
from changqing.judge.assess import Judge
from changqing.judge.model import LongTermState, Readiness
from changqing.law.model import Verdict
from changqing.papers.open import open_case
from changqing.rehearsal.live import copy_for, read_world, stage
from changqing.rehearsal.record import record
from changqing.report.codec import write_json
from changqing.run import Outcome, change, run
from tests.shipped import CATALOGUE

ROOT = Path(__file__).resolve().parents[2] / "examples"
RECORDED = date(2026, 11, 24)
NAMES = ("contradictory", "local-life", "newly-registered")
PROMISED = {
    "contradictory": (Readiness.NOT_READY, LongTermState.IN_DOUBT),
    "local-life": (Readiness.READY, LongTermState.SHOWN),
    "newly-registered": (Readiness.READY, LongTermState.IN_DOUBT),
}
YOUNG_DOUBTS = {"content_schedule_dated", "revenue_last_year", "technician_full_time"}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(CATALOGUE)


def recorded(name: str, judge: Judge, tmp_path: Path) -> Outcome:
    return run(
        ROOT / name,
        judge=judge,
        clock=lambda: datetime(2031, 1, 1, tzinfo=UTC),
        key=tmp_path / "key",
        as_of=RECORDED,
    )


def live(name: str, judge: Judge, tmp_path: Path, now: datetime) -> Outcome:
    folder = tmp_path / name
    with stage(ROOT / name, folder, now=now) as staged:
        assert not (folder / EVIDENCE_FOLDER).exists()
        return run(
            folder,
            judge=judge,
            clock=lambda: now,
            key=tmp_path / "key",
            net=staged.settings,
        )


def test_a_copy_leaves_the_evidence_and_what_was_assessed_of_it(tmp_path: Path) -> None:
    """Else the copy of an example assessed in place is said to have lost its log."""
    example = tmp_path / "example"
    shutil.copytree(ROOT / "newly-registered", example)
    for made in ("assessment.json", "report.html"):
        (example / made).write_text("{}", encoding="utf-8")

    copy_for(example, tmp_path / "copy", today=RECORDED)

    assert (example / EVIDENCE_FOLDER).exists()
    left = {path.name for path in (tmp_path / "copy").iterdir()}
    assert left & {EVIDENCE_FOLDER, "assessment.json", "report.html"} == set()


def keeps_its_promise(name: str, outcome: Outcome) -> None:
    long_term = outcome.assessment.long_term
    assert (outcome.assessment.readiness, long_term.state) == PROMISED[name]
    doubts = {finding.criterion.id for finding in long_term.doubts}
    if name == "newly-registered":
        top = [finding.criterion.id for finding in long_term.doubts[:3]]
        assert set(top) == YOUNG_DOUBTS == doubts
    if name == "local-life":
        assert not doubts
        assert long_term.strengths
        wanted = {"condition", "published", "duty"}
        for finding in outcome.assessment.findings:
            # What the company offers is listed nowhere, so that it is asked.
            if finding.criterion.id in {"offer_fits_licence", "other_classes_held"}:
                assert finding.verdict is Verdict.UNDETERMINED
            elif finding.criterion.standing in wanted:
                assert finding.verdict in (Verdict.MET, Verdict.NOT_APPLICABLE)
    if name == "contradictory":
        verdicts = {
            finding.criterion.id: finding.verdict
            for finding in outcome.assessment.findings
            if finding.verdict is Verdict.CONTRADICTED
        }
        assert {"domain_holder_relation", "site_filed"} <= set(verdicts)
        differing = {conflict.fact for conflict in outcome.situation.conflicts}
        assert {"domain_registrant", "filing_subject", "headcount"} <= differing


@pytest.mark.parametrize("name", NAMES)
def test_recorded_life_keeps_its_promise(
    name: str, judge: Judge, tmp_path: Path
) -> None:
    keeps_its_promise(name, recorded(name, judge, tmp_path))


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("name", NAMES)
def test_recorded_life_gives_the_same_bytes(
    name: str, judge: Judge, tmp_path: Path
) -> None:
    first, second = (
        json.dumps(write_json(recorded(name, judge, tmp_path).report)) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("name", NAMES)
def test_recorded_evidence_verifies_and_names_no_loopback(name: str) -> None:
    log = Evidence(ROOT / name)
    log.verify()
    world = read_world(ROOT / name)
    assert len(list(log.list_attempts())) == 3 + world.knocked_days
    host = world.host
    assert {attempt.url for attempt in log.list_attempts()} == {f"https://{host}/"}
    assert not any(re.search(r":\d{4,5}/", r.source.place) for r in log.list_records())


@pytest.mark.parametrize("name", NAMES)
def test_recorded_life_says_that_the_site_answers(
    name: str, judge: Judge, tmp_path: Path
) -> None:
    outcome = recorded(name, judge, tmp_path)
    site = Subject("service", "site")
    assert outcome.situation.resolved[site, "service_reachable"].proven is True


@pytest.mark.share
@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 24, 2, tzinfo=UTC),
        datetime(2028, 2, 29, 3, tzinfo=UTC),
        datetime(2031, 7, 31, 15, tzinfo=UTC),
    ],
    ids=lambda now: str(now.year),
)
@pytest.mark.parametrize("name", NAMES)
def test_live_life_keeps_its_promise_in_any_year(
    name: str, now: datetime, judge: Judge, tmp_path: Path
) -> None:
    outcome = live(name, judge, tmp_path, now)
    keeps_its_promise(name, outcome)
    log = Evidence(tmp_path / name)
    assert {attempt.at for attempt in log.list_attempts()} == {now}
    assert outcome.looked is not None
    # What the sites have none of, and a program does not surely see when it is there.
    assert {gap.reason for gap in outcome.looked.unseen} == {GapReason.NOT_RECOGNISED}
    assert {gap.fact for gap in outcome.looked.unseen} <= {
        *("shows_source_site", "shows_online_chat"),
        *("function_entries", "function_entries_open"),
        *("shows_licence_number", "shows_police_number"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_one_fact_changed_changes_a_verdict(
    name: str, judge: Judge, tmp_path: Path
) -> None:
    outcome = recorded(name, judge, tmp_path)
    world = read_world(ROOT / name)
    kind, _, identity = world.what_if.subject.partition(":")
    after = judge.assess(
        change(
            outcome.situation,
            Subject(kind, identity),
            world.what_if.fact,
            world.what_if.value,
        )
    )
    before = outcome.assessment
    assert (before.readiness, before.long_term.state) != (
        after.readiness,
        after.long_term.state,
    )


def places(name: str, judge: Judge) -> Iterator[tuple[Path, str]]:
    case = open_case(ROOT / name, judge.catalogue)
    for paper in case.papers:
        for said in (*paper.backs, *paper.states):
            if said.value is not False or said.place:
                yield ROOT / name / paper.file.path, said.place
    for look in case.looks:
        for said in look.backs:
            yield ROOT / name / look.file.path, said.place


@pytest.mark.parametrize("name", NAMES)
def test_every_place_named_stands_in_its_document(name: str, judge: Judge) -> None:
    named = list(places(name, judge))
    assert named
    for path, place in named:
        text = path.read_text(encoding="utf-8")
        assert place
        headings = (f"## {place}\n", f"<th>{place}</th>")
        assert any(heading in text for heading in headings), (path.name, place)


def test_one_site_is_written_in_gbk() -> None:
    page = (ROOT / "newly-registered" / "site" / "index.html").read_bytes()
    assert "初棠到家" in page.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        page.decode("utf-8")


@pytest.mark.long
def test_an_example_recorded_for_another_day_is_as_ready_then(
    judge: Judge, tmp_path: Path
) -> None:
    """What a new installation shows, whatever year it is set up in."""
    now, folder = datetime(2028, 2, 3, 2, tzinfo=UTC), tmp_path / "local-life"
    copy_for(ROOT / "local-life", folder, today=now.date())
    # Somebody assessed it in place before, when it had been recorded for another day.
    (folder / SUMMARY).write_text('{"recorded": 100000}', "utf-8")
    record(folder, last_look=now, judge=judge, key=tmp_path / "key")
    outcome = run(
        folder, judge=judge, clock=lambda: now, key=tmp_path / "key", offline=True
    )
    keeps_its_promise("local-life", outcome)
    assert outcome.report.handing_in is not None
    assert outcome.report.handing_in.ready
    assert outcome.case.application.submit_on - now.date() == timedelta(16)
