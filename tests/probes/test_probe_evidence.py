"""A look as evidence: grades, validity, gaps, and bytes that can be read again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from changqing.case.subjects import Subject
from changqing.errors import CaseError
from changqing.evidence.model import GapReason, SourceKind
from changqing.jsondata import Json, JsonObject
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.net.model import Answer, AnswerStatus, Exchange, Handshake
from changqing.probes.engine import _load_probe, list_probe_names, look, read
from changqing.probes.evidence import to_evidence
from changqing.probes.model import Capture, Control, LookFailure, Site, SiteLook
from changqing.probes.warc import dump
from changqing.probes.warc import load as load_capture
from changqing.text import Text
from tests.probes.probes_world import (
    DOMAIN,
    HOST,
    NOW,
    RDAP,
    door,
    exchange,
    good_pages,
    world,
)
from tests.shipped import CATALOGUE

SUBJECT = Subject("service", "site")
SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> SiteLook:
    folder = good_pages(tmp_path_factory.mktemp("site"))

    async def run() -> SiteLook:
        hidden: JsonObject = {**RDAP, "entities": []}
        async with world(folder, rdap=hidden) as here, door(here.settings) as net:
            return await look(here.site, net, now=NOW)

    return asyncio.run(run())


def test_the_probes_and_the_catalogue_name_the_same_facts(catalogue: Catalogue) -> None:
    emitted = {
        (name, fact) for name in list_probe_names() for fact in _load_probe(name).FACTS
    }
    listed = {
        (source.removeprefix("probe:"), fact.id)
        for (subject, _), fact in catalogue.facts.items()
        for source in fact.sources
        if subject == "service" and source.startswith("probe:")
    }
    assert emitted == listed


def test_what_was_seen_becomes_records_of_grade_observed(
    seen: SiteLook, catalogue: Catalogue
) -> None:
    made = to_evidence(seen, SUBJECT, catalogue)
    records = {record.fact: record for record in made.records}
    number = records["filing_number_shown"]
    assert number.value == "浙ICP备20261234号-1"
    assert number.grade is Grade.OBSERVED
    assert number.source.kind is SourceKind.PROBE
    assert number.digest in made.blobs
    days = catalogue.facts["service", "filing_number_shown"].validity.days
    assert days is not None
    assert number.valid_until == date(2026, 11, 24) + timedelta(days=days)
    assert records["hotline_shown"].value == "+864001234567"
    assert records["hotline_shown"].raw == "400-123-4567"


def test_a_withheld_registrant_is_a_gap_and_nobody_is_named(
    seen: SiteLook, catalogue: Catalogue
) -> None:
    made = to_evidence(seen, SUBJECT, catalogue)
    [gap] = [gap for gap in made.gaps if gap.fact == "domain_registrant"]
    assert gap.reason is GapReason.HIDDEN
    assert "domain_registrant" not in {record.fact for record in made.records}


def test_a_privacy_service_is_hidden_and_no_registrant(catalogue: Catalogue) -> None:
    card: Json = ["vcard", [["fn", {}, "text", "REDACTED FOR PRIVACY"]]]
    answer: JsonObject = {
        **RDAP,
        "entities": [{"roles": ["registrant"], "vcardArray": card}],
    }
    page = exchange(json.dumps(answer))
    capture = Capture(probe="registration", site=SITE, at=NOW, parts=(page,))
    looked = SiteLook(
        site=SITE,
        at=NOW,
        captures={"registration": capture},
        observations={"registration": read(capture)},
        attempts=(),
    )
    made = to_evidence(looked, SUBJECT, catalogue)
    reasons = {gap.fact: gap.reason for gap in made.gaps}
    assert reasons["domain_registrant"] is GapReason.HIDDEN


def test_attempts_are_those_of_the_service_of_the_case(
    seen: SiteLook, catalogue: Catalogue
) -> None:
    made = to_evidence(seen, Subject("service", "shop"), catalogue)
    assert [str(attempt.subject) for attempt in made.attempts] == ["service:shop"]


def test_stored_bytes_are_read_the_same_years_later(
    seen: SiteLook, catalogue: Catalogue
) -> None:
    made = to_evidence(seen, SUBJECT, catalogue)
    again = {c.probe: c for c in map(load_capture, made.blobs.values())}
    for name, capture in seen.captures.items():
        assert again[name] == capture
        assert read(again[name]) == seen.observations[name]


def test_the_same_capture_gives_the_same_bytes(seen: SiteLook) -> None:
    for capture in seen.captures.values():
        assert dump(capture) == dump(capture)


@given(st.binary(max_size=300), st.text(max_size=40), st.integers(200, 599))
def test_any_body_and_header_survive_storing(
    body: bytes, value: str, status: int
) -> None:
    page = replace(
        exchange(body, status=status),
        headers=(("X-Any", value), ("Content-Encoding", value)),
        phrase=value,
        certificate=body or None,
        reason="timeout",
    )
    capture = Capture(probe="page", site=SITE, at=NOW, parts=(page,))
    assert load_capture(dump(capture)) == capture


def test_every_kind_of_part_survives_storing() -> None:
    parts = (
        Answer(
            name=HOST,
            kind="A",
            at=NOW,
            seconds=0.1,
            status=AnswerStatus.NO_NAME,
            values=(),
        ),
        Handshake(
            host=HOST,
            port=443,
            at=NOW,
            seconds=0.1,
            address="127.0.0.1",
            version="TLSv1.3",
            certificate=b"\x30\x00\xff",
            verify_code=10,
            verify_message="expired",
        ),
        LookFailure(
            target=HOST,
            at=NOW,
            reason=GapReason.RESET,
            detail=Text(zh="断开", en="broke off"),
        ),
        Control(at=NOW, ok=True),
    )
    capture = Capture(probe="dns", site=SITE, at=NOW, parts=parts)
    assert load_capture(dump(capture)) == capture


@pytest.mark.parametrize("data", [b"", b"junk" * 50, b"\x1f\x8b\x08\x00broken"])
def test_bytes_that_are_no_capture_are_a_case_error(data: bytes) -> None:
    with pytest.raises(CaseError):
        load_capture(data)


def test_a_page_in_the_archive_is_a_plain_web_response(seen: SiteLook) -> None:
    page = seen.captures["page"]
    first = page.parts[0]
    assert isinstance(first, Exchange)
    kinds = [
        (record.rec_type, record.content_stream().read())
        for record in ArchiveIterator(BytesIO(dump(page)))
    ]
    assert ("response", first.body) in kinds
