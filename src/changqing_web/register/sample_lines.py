"""The samples of a run, and the companies of each with what people found of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from changqing.law.model import Verdict
from changqing.screening.result_words import name_value
from changqing.screening.results import CERTAIN, CaseGroup
from changqing.screening.screen import SENTENCES, scan_results
from changqing.screening.signals import (
    Sample,
    SampleLook,
    find_sample,
    list_samples,
    read_sample,
)
from changqing.text import Text
from changqing_web.register.figures import make_overview
from changqing_web.register.listing import find_address
from changqing_web.register.runs import RunStamp, ShownRun, find_catalogue, stamp_run


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """A sample in a list of them, by the title of its signal."""

    title: Text
    verdict: Verdict
    sample: Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSignal:
    """A criterion with a verdict, and how many cases a run marks by it."""

    criterion: str
    title: Text
    verdict: Verdict
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLine:
    """A company that was drawn; `look` is None while nobody looked at it."""

    case: str
    company: str
    address: str
    look: SampleLook | None


def read_samples(shown_run: ShownRun) -> Iterator[SampleLine]:
    """Read the samples of a run. Raises CaseError where one is damaged."""
    for path in list_samples(shown_run.run):
        yield find_line(shown_run, path.stem)


def find_line(shown_run: ShownRun, name: str) -> SampleLine:
    """Find the sample of that name. CaseError where it is none, or is damaged."""
    file_stat = find_sample(shown_run.run, name).stat()
    sample = _read_kept_sample(
        shown_run,
        name,
        stamp_run(shown_run),
        (file_stat.st_mtime_ns, file_stat.st_size),
    )
    return SampleLine(
        title=name_value("criterion", sample.signal.criterion),
        verdict=Verdict(sample.signal.verdict),
        sample=sample,
    )


@lru_cache(maxsize=64)
def _read_kept_sample(
    shown_run: ShownRun, name: str, _run: RunStamp, _sample: RunStamp
) -> Sample:
    """Read a sample; kept, since it is drawn anew to see that it is whole."""
    path = find_sample(shown_run.run, name)
    return read_sample(shown_run.run, path, find_catalogue(shown_run.run))


def list_drawn(shown_run: ShownRun, sample: Sample, slug: str) -> list[DrawnLine]:
    """List the companies of a sample, in the order in which they were drawn."""
    names = dict(
        scan_results(shown_run.run, SENTENCES)
        .filter(pl.col("case").is_in([*sample.looks]))
        .select("case", "company")
        .collect()
        .iter_rows()
    )
    return [
        DrawnLine(
            case=case,
            company=names.get(case) or case,
            address=find_address(shown_run, slug, case),
            look=look,
        )
        for case, look in sample.looks.items()
    ]


def find_looker(sample: Sample, account: str) -> str:
    """Find the name that an account gave last in a sample; empty where it gave none."""
    names = [
        look.by
        for look in sample.looks.values()
        if look is not None and look.account == account != look.by
    ]
    return names[-1] if names else ""


def list_marked(shown_run: ShownRun) -> list[MarkedSignal]:
    """List the signals of a run of which a sample can be drawn, the most marked first.

    A case of which proof lacks is no lead, so only what is certain is listed.
    """
    overview = make_overview(shown_run, CaseGroup())
    return [
        MarkedSignal(
            criterion=row.code, title=row.name, verdict=mark.verdict, cases=mark.cases
        )
        for row in overview.criteria
        for mark in row.marks
        if mark.verdict in CERTAIN and mark.cases
    ]
