"""An app is an app: its page in a store is somebody else's site."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case.subjects import Subject
from changqing.errors import CaseError
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Attempt, Record, Source, SourceKind
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.law.kit import Grade
from changqing.law.model import Verdict
from changqing.net.model import NetSettings
from changqing.papers.open import open_case
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
  - id: app
    kind: {kind}
    name: 青禾到家
    {field}: https://apps.apple.com/cn/app/id123456789
    hosting_provider: 阿里云计算有限公司
    filing_found: true
people: []
papers: []
"""
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
APP = Subject("service", "app")


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_compiled())


def write(folder: Path, *, kind: str = "app", field: str = "store_page") -> Path:
    folder.mkdir()
    text = CASE.format(kind=kind, field=field)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", ["app", "mini_program"])
@pytest.mark.parametrize("field", ["store_page", "url"])  # the second as of before
def test_the_store_is_not_looked_at_and_is_no_domain_of_the_company(
    kind: str, field: str, judge: Judge, tmp_path: Path
) -> None:
    folder = write(tmp_path / "case", kind=kind, field=field)
    nowhere = NetSettings(nameservers=("127.0.0.1:9",))  # nothing is asked of it
    outcome = run(
        folder,
        judge=judge,
        clock=lambda: NOW,
        key=tmp_path / "key",
        net=nowhere,
    )
    assert outcome.looked is not None
    assert (outcome.looked.requests, outcome.looked.unseen) == (0, ())
    (service,) = outcome.case.services
    assert (service.name, service.url) == ("青禾到家", None)
    assert service.store_page == "https://apps.apple.com/cn/app/id123456789"
    told = {s.fact: s.value for s in service.facts}
    assert "domain" not in told
    assert "url" not in told
    assert told["store_page"] == service.store_page
    rests = {
        support.commitment.id
        for support in (
            *outcome.outlook.endurance.commitments,
            *outcome.outlook.endurance.renewals,
        )
        if support.subject == APP
    }
    assert rests == {"hosting"}
    asked = {
        finding.criterion.id
        for finding in outcome.assessment.findings
        if finding.subject == APP and finding.verdict is not Verdict.NOT_APPLICABLE
    }
    assert "app_available" in asked
    assert not {name for name in asked if "domain" in name or "certificate" in name}
    assert "service_reachable" not in asked
    assert "apple.com" not in str(outcome.report.outlook)


def test_looks_at_a_store_that_stand_in_a_log_of_before_count_no_more(
    judge: Judge, tmp_path: Path
) -> None:
    folder = write(tmp_path / "case", field="url")
    with Store(folder, load_key(tmp_path / "key")) as store:
        store.append(
            [
                _seen("domain_expires_on", date(2027, 2, 20)),
                _seen("domain_resolves", True),
                Attempt(
                    subject=APP,
                    url="https://apps.apple.com/cn/app/id123456789",
                    at=NOW,
                    answered=True,
                    reason=None,
                    status=200,
                    control_ok=True,
                ),
            ]
        )
    outcome = run(
        folder,
        judge=judge,
        clock=lambda: NOW,
        key=tmp_path / "key",
        as_of=date(2026, 11, 24),
    )
    found = outcome.situation.resolved
    for fact in ("domain_expires_on", "domain_resolves", "service_reachable"):
        assert (APP, fact) not in found or found[APP, fact].best is None
    assert outcome.outlook.endurance.committed_until is None


def _seen(fact: str, value: date | bool) -> Record:
    return Record(
        fact=fact,
        subject=APP,
        value=value,
        source=Source(
            kind=SourceKind.PROBE,
            name="dns https://apps.apple.com/cn/app/id123456789",
            place="apple.com",
        ),
        observer="changqing",
        grade=Grade.OBSERVED,
        digest=None,
        observed_at=NOW,
        received_at=NOW,
        valid_until=None,
        raw=None,
    )


def test_a_page_in_a_store_that_is_no_address_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "case")
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("https://apps.apple.com", "apps"), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        open_case(folder, load_compiled())
    assert "不是网址" in "".join(caught.value.lines(Language.ZH))
    assert caught.value.issues[0].line == 14
