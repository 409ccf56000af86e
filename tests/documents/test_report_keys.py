"""Report and terminal read only what the product writes.

What is absent reads as empty, so a misspelt or forgotten key would never show itself.
Here the product makes the JSON, and whatever is asked of it and missing is named.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

import changqing.documents
from changqing.case.subjects import Subject
from changqing.evidence.model import Gap, GapReason, Record, Source, SourceKind
from changqing.report.html import render_report
from changqing.report.outlook import print_outlook
from changqing.report.terminal import print_summary
from changqing.report.topic import TOPICS, print_topic
from changqing.run import Known, conclude, read_recorded
from changqing.text import Language, Text
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, judge
from tests.documents.dossier_sample import empty, troubled

FAILED = "contradictory, and a look that failed"
NAMES = ("contradictory", "local-life", "newly-registered", FAILED)
SITE = Subject("service", "site")
PACKAGE = Path(changqing.documents.__file__).parent
WEB = PACKAGE.parents[1] / "changqing_web"
READERS = [
    *PACKAGE.rglob("*.j2"),
    *PACKAGE.glob("*.py"),
    *WEB.rglob("*.html"),
    *(path for path in WEB.rglob("*.py") if "Reading" in path.read_text("utf-8")),
]
READ = re.compile(
    r"\.(?:say|code|number|truth|day|part|parts|codes|sayings)\(\s*\"([a-z_0-9]+)\""
)


@cache
def made(name: str) -> Mapping[str, object]:
    """The JSON of an example, as the product makes it."""
    if name != FAILED:
        return assessed(EXAMPLES / name).document
    case = assessed(EXAMPLES / "contradictory").case
    known = read_recorded(case)
    return conclude(
        case,
        replace(
            known,
            records=(*could_not_see_the_certificate(known), *another_owner(known)),
            gaps=(*known.gaps, NOT_SEEN),
        ),
        judge=judge(),
        as_of=AS_OF,
        assessed_at=None,
    ).document


NOT_SEEN = Gap(
    fact="certificate_not_after",
    subject=SITE,
    source=Source(kind=SourceKind.PROBE, name="tls https://shuangqiao.example/"),
    reason=GapReason.TIMEOUT,
    detail=Text("连接超时", "timed out"),
    at=datetime(2026, 11, 23, 17, 30, tzinfo=UTC),
)


def could_not_see_the_certificate(known: Known) -> list[Record]:
    return [r for r in known.records if r.fact != NOT_SEEN.fact]


def another_owner(known: Known) -> list[Record]:
    """What the registry said of the domain a fortnight before: something recent."""
    return [
        replace(
            record,
            value="南京旧主科技有限公司",
            observed_at=record.observed_at - timedelta(days=14),
            received_at=record.received_at - timedelta(days=14),
            number=0,
        )
        for record in known.records
        if record.fact == "domain_registrant" and record.source.kind is SourceKind.PROBE
    ]


class Told(dict[str, object]):
    """A document that remembers what was asked of it and is not there."""

    def __init__(
        self, held: Mapping[str, object], missing: set[str], at: str = ""
    ) -> None:
        super().__init__({key: told(held[key], missing, f"{at}{key}") for key in held})
        self.missing, self.at = missing, at

    def get(self, key: object, default: object = None) -> object:
        # Plain texts in both languages are asked for one at a time.
        if key not in self and key != "":
            self.missing.add(f"{self.at}{key}")
        return super().get(key, default)  # type: ignore[call-overload]


def told(value: object, missing: set[str], at: str) -> object:
    if isinstance(value, Mapping):
        return Told(value, missing, f"{at}.")
    if isinstance(value, list | tuple):
        return [told(each, missing, f"{at}[]") for each in value]
    return value


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_all_that_report_and_terminal_ask_for_is_in_what_the_product_writes(
    name: str, language: Language
) -> None:
    missing: set[str] = set()
    document = Told(made(name), missing)
    console = Console(file=io.StringIO(), width=100, no_color=True)

    render_report(document, language)
    print_summary(document, console, language)
    print_outlook(document, console, language)
    for topic in TOPICS:
        print_topic(document, console, language, topic=topic)

    assert missing == set()


def test_every_key_that_a_reader_names_is_in_what_the_product_writes() -> None:
    written = {
        key for name in NAMES for path in paths(made(name)) for key in path.split(".")
    }
    named = {
        (key, path.name)
        for path in READERS
        for key in READ.findall(path.read_text(encoding="utf-8"))
    }

    assert sorted((key, place) for key, place in named if key not in written) == []


@pytest.mark.parametrize("sample", [troubled, empty])
def test_the_sample_of_the_tests_holds_nothing_the_product_does_not_write(
    sample: object,
) -> None:
    assert callable(sample)
    written = {path for name in NAMES for path in paths(made(name))}
    assert sorted(set(paths(sample())) - written) == []


def paths(value: object, at: str = "") -> Iterator[str]:
    """Every key with those above it, places in a list left out."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            yield f"{at}{key}"
            yield from paths(held, f"{at}{key}.")
    elif isinstance(value, list | tuple):
        for held in value:
            yield from paths(held, at)


def test_the_report_shows_when_a_look_failed_and_the_domain_of_a_service() -> None:
    document = made(FAILED)
    gaps = document["gaps"]
    assert isinstance(gaps, list)
    days = {gap["fact"]: gap["at"] for gap in gaps}

    # The small hours in Beijing are the day before at Greenwich.
    assert days["certificate_not_after"] == "2026-11-24T01:30:00+08:00"
    html = render_report(document, Language.ZH)
    assert "<time>2026-11-24</time></p>" in html
    case = document["case"]
    assert isinstance(case, Mapping)
    assert [one["domain"] for one in case["services"]] == ["shuangqiao.example"]
