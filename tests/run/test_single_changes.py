"""A case folder that is ready and shown, changed in one place at a time.

Papers are taken out, and what papers and kept pages show is turned into its opposite:
whatever then certainly fails is named on the first screen, and has to do with it.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import pytest
from rich.console import Console

from changqing.judge.assess import Judge
from changqing.judge.model import DefectCertainty, Finding
from changqing.judge.verdict import blocks
from changqing.report.terminal import print_summary
from changqing.run import Outcome, run
from changqing.text import Language
from tests.quick_yaml import dump_yaml, load_yaml
from tests.share import every_so_many
from tests.shipped import CATALOGUE

ROOT = Path(__file__).resolve().parent.parent.parent
COMPLETE = ROOT / "examples" / "local-life"
DAY = date(2026, 11, 24)
JUDGE = Judge(CATALOGUE)
LACKING = frozenset({"content_schedule_full_year"})
"""What the case is without as it stands, and would only be a strength."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A case with one thing otherwise, and the facts that thing tells of."""

    name: str
    case: Callable[[], Mapping[str, Any]]
    facts: frozenset[str]

    def __str__(self) -> str:
        return self.name


@cache
def _parse_case() -> dict[str, Any]:
    text = (COMPLETE / "case.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", load_yaml(text))


def read_case() -> dict[str, Any]:
    return deepcopy(_parse_case())


def take_out(paper: str) -> dict[str, Any]:
    case = read_case()
    case["papers"] = [one for one in case["papers"] if one["id"] != paper]
    if case["closed"]["holders"].get("paper") == paper:
        del case["closed"]["holders"]["paper"]
    return case


def papers_taken_out() -> Iterator[Change]:
    for paper in _parse_case()["papers"]:
        told = {back["fact"] for back in paper.get("backs", ())}
        told |= {f"states_{element}" for element in paper.get("states", ())}
        kind = JUDGE.catalogue.materials[paper["kind"]]
        there = {f"has_{name}" for name in (kind.id, *kind.satisfies)}
        yield Change(
            name=f"without-{paper['id']}",
            case=partial(take_out, paper["id"]),
            facts=frozenset(there | told),
        )


def turn(subject: str | None, fact: str, value: bool) -> dict[str, Any]:
    case = read_case()
    for source in (*case["papers"], *case["looks"]):
        for back in source.get("backs", ()):
            if (back.get("subject"), back["fact"]) == (subject, fact):
                back["value"] = value
    return case


def proofs_turned() -> Iterator[Change]:
    """What papers and kept pages show is the opposite, whatever is said."""
    whole = _parse_case()
    told = {
        (back.get("subject"), back["fact"]): back["value"]
        for source in (*whole["papers"], *whole["looks"])
        for back in source.get("backs", ())
    }
    for (subject, fact), value in told.items():
        if not isinstance(value, bool):
            continue
        yield Change(
            name=f"{subject or 'applicant'}-{fact}-{not value}",
            case=partial(turn, subject, fact, not value),
            facts=frozenset({fact}),
        )


CHANGES = every_so_many(every_so_many([*papers_taken_out(), *proofs_turned()]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("changes") / "case"
    shutil.copytree(COMPLETE, copied)
    return copied


def assess(folder: Path, case: Mapping[str, Any]) -> Outcome:
    (folder / "case.yaml").write_text(dump_yaml(case), encoding="utf-8")
    return run(folder, judge=JUDGE, clock=_no_clock, key=folder / "key", as_of=DAY)


def _no_clock() -> Any:
    raise AssertionError("a fixed day reads no clock")


def first_screen(outcome: Outcome) -> str:
    out = io.StringIO()
    console = Console(file=out, width=80, no_color=True)
    print_summary(outcome.report, console, Language.ZH)
    return "".join(out.getvalue().split())


def certain(outcome: Outcome) -> list[Finding]:
    return [
        finding
        for finding in outcome.assessment.findings
        if finding.certainty is DefectCertainty.CERTAIN
    ]


def words_for(outcome: Outcome, finding: Finding) -> set[str]:
    """The words under which the first screen may name a finding."""
    cautions = {
        caution.says.zh
        for caution in outcome.assessment.cautions
        if caution.finding is finding
    }
    criterion = finding.criterion
    doubt = set() if criterion.doubt is None else {criterion.doubt.zh}
    return {"".join(w.split()) for w in {criterion.title.zh, *cautions, *doubt}}


def test_the_whole_case_is_ready_and_shown(folder: Path) -> None:
    outcome = assess(folder, read_case())
    assert outcome.ready_and_shown
    assert not outcome.assessment.cautions


@pytest.mark.share
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_one_change_breaks_is_named_first(folder: Path, change: Change) -> None:
    outcome = assess(folder, change.case())
    failing = [one for one in certain(outcome) if one.criterion.id not in LACKING]
    # Its report takes as long as the judgement: it is made where it has to say something.
    screen = first_screen(outcome) if failing else ""
    for finding in failing:
        read = {fact for _, fact in finding.criterion.test.facts}
        assert read & change.facts, f"{finding.criterion.id} has nothing to do with it"
        if not blocks(finding) and finding.criterion.strength and not finding.claimed:
            continue  # to be without what would be a strength is no defect
        named = words_for(outcome, finding)
        assert any(words in screen for words in named), finding.criterion.id
