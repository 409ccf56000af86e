"""Report, terminal and JSON are made from one typed report, and lose nothing of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping

import pytest
from rich.console import Console

from changqing.report.codec import to_plain, write_json
from changqing.report.html import render_report
from changqing.report.model import VERSION, CaseReport
from changqing.report.outlook import print_outlook
from changqing.report.parse import dump_report, parse_report
from changqing.report.terminal import print_summary
from changqing.report.topic import TOPICS, print_topic
from changqing.text import Language
from tests.documents.report_cases import (
    NAMES,
    TORN,
    example_report,
    report_of_a_failed_look,
)

REPORTS = (*NAMES, "a look that failed")


def made(name: str) -> CaseReport:
    return example_report(name) if name in NAMES else report_of_a_failed_look()


@pytest.mark.share
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", REPORTS)
def test_every_face_of_a_report_can_be_made(name: str, language: Language) -> None:
    """Templates know no undefined name: one that is misspelt stops here."""
    report = made(name)
    out = io.StringIO()
    console = Console(file=out, width=100, no_color=True)

    html = render_report(report, language)
    print_summary(report, console, language)
    print_outlook(report, console, language)
    for topic in TOPICS:
        print_topic(report, console, language, topic=topic)

    for said in (html, out.getvalue()):
        assert report.case.name in said
        assert "Text(" not in said


@pytest.mark.share
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_that_was_kept_is_read_back_whole(name: str) -> None:
    report = made(name)
    kept = json.dumps(write_json(report), ensure_ascii=False).encode()

    assert parse_report(kept) == report
    assert parse_report(dump_report(report)) == report
    assert json.dumps(write_json(parse_report(kept)), ensure_ascii=False) == (
        kept.decode()
    )


@pytest.mark.parametrize("content", [b"{", b"{}", b"[]", b'{"version": 1}'])
def test_what_is_no_report_is_no_value(content: bytes) -> None:
    with pytest.raises(ValueError, match="CaseReport"):
        parse_report(content)


def test_the_json_holds_nothing_but_plain_values_and_says_its_version() -> None:
    document = write_json(made(TORN))

    assert next(iter(document.items())) == ("version", VERSION)
    assert {type(value) for value in leaves(document)} <= {
        str,
        int,
        float,
        bool,
        type(None),
    }
    assert "own" not in document["findings"][0]
    assert "evidence_notices" not in document


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def test_the_report_shows_when_a_look_failed_and_the_domain_of_a_service() -> None:
    report = report_of_a_failed_look()
    days = {gap.fact: to_plain(gap.at) for gap in report.gaps}

    # The small hours in Beijing are the day before at Greenwich.
    assert days["certificate_not_after"] == "2026-11-24T01:30:00+08:00"
    html = render_report(report, Language.ZH)
    assert "<time>2026-11-24</time></p>" in html
    assert [service.domain for service in report.case.services] == [
        "shuangqiao.example"
    ]
