"""A company story, told as what differs from a case folder in which all is in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from changqing.judge.assess import Judge
from changqing.judge.model import DefectCertainty
from changqing.run import Outcome, run
from tests.printing import write_papers
from tests.quick_yaml import dump_yaml, load_yaml
from tests.shipped import CATALOGUE

HERE: Final = Path(__file__).resolve().parent
WHOLE: Final = HERE.parent.parent / "examples" / "local-life"
DAY: Final = date(2026, 11, 24)
JUDGE: Final = Judge(CATALOGUE)
LISTS: Final = {
    "person": "people",
    "service": "services",
    "holder": "holders",
    "paper": "papers",
    "resource": "resources",
    "report": "reports",
    "offer": "offers",
}
SHOWN_BY: Final = "papers", "looks"


def read_yaml(path: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", load_yaml(path.read_text(encoding="utf-8")))


@cache
def _read_whole() -> dict[str, Any]:
    return read_yaml(WHOLE / "case.yaml")


STORIES: Final[Mapping[str, Mapping[str, Any]]] = {
    name: story
    for file in sorted(HERE.glob("*.yaml"))
    if file.name != "folders.yaml"  # told as folders of papers: `folder_story`
    for name, story in read_yaml(file).items()
}


def tell(story: Mapping[str, Any]) -> dict[str, Any]:
    """Write the case of a story.

    `so` is what is the case: said, and shown wherever it was shown. `claim` is only
    said. `show` is added to what a paper or a look shows, whatever is said. `silent`
    is neither said nor shown. `states` and `unstated` are what a paper has written in
    it, and what it was read through for and has not, `add` and `remove` are members of the lists, `top` is written as it stands.
    """
    case = deepcopy(_read_whole())
    _prove_from_outside(case)
    for kind, ids in story.get("remove", {}).items():
        case[kind] = [one for one in case[kind] if one["id"] not in ids]
        if kind == "people":
            _drop_shown(case, {f"person:{one}" for one in ids})
        if kind == "papers" and case["closed"]["holders"].get("paper") in ids:
            del case["closed"]["holders"]["paper"]
    for kind, members in story.get("add", {}).items():
        case.setdefault(kind, []).extend(map(dict, members))
    for paper in case["papers"]:
        paper.setdefault("file", "documents/01-written-application.md")
        paper.setdefault("received_on", date(2026, 11, 13))
    for place, value in story.get("claim", {}).items():
        _say(case, place, value)
    for place, value in story.get("so", {}).items():
        _say(case, place, value)
        for back in _shown(case, place):
            back["value"] = value
    for place in story.get("silent", ()):
        subject, fact = place.rsplit(".", 1)
        _member(case, subject).pop(fact, None)
        for source in _sources(case):
            shown = list(_shown(case, place))
            source["backs"] = [b for b in source.get("backs", ()) if b not in shown]
    for source_id, facts in story.get("show", {}).items():
        (source,) = (one for one in _sources(case) if one["id"] == source_id)
        for place, value in facts.items():
            subject, fact = place.rsplit(".", 1)
            back = {"fact": fact, "value": value, "place": "第1条"}
            if subject != "applicant":
                back["subject"] = subject
            source["backs"] = [
                one
                for one in source.get("backs", ())
                if (one["fact"], one.get("subject", "applicant")) != (fact, subject)
            ] + [back]
    for paper, elements in story.get("states", {}).items():
        stated = _member(case, f"paper:{paper}").setdefault("states", {})
        stated.update(dict.fromkeys(elements, "第1条"))
    for paper, elements in story.get("unstated", {}).items():
        stated = _member(case, f"paper:{paper}")["states"]
        stated.update(dict.fromkeys(elements, False))
    case |= story.get("top", {})
    return case


def _prove_from_outside(case: dict[str, Any]) -> None:
    """Let an auditor and a customer say what the company's own figures cannot prove."""
    day = date(2026, 11, 13)
    told = {place: dict(next(_shown(case, place))) for place in _BY_OTHERS}
    audit = {"id": "audit_report", "kind": "audit_report", "received_on": day}
    case["papers"].append(audit | {"issued_on": date(2026, 11, 9), "backs": []})
    for place, paper in _BY_OTHERS.items():
        back = told[place] | {"place": "第1条"}
        back.pop("words", None)
        _member(case, f"paper:{paper}").setdefault("backs", []).append(back)


_BY_OTHERS: Final[Mapping[str, str]] = {
    "applicant.revenue_12m": "audit_report",
    "applicant.has_served": "business_contract",
    "applicant.first_served_on": "business_contract",
}


def assess(folder: Path, story: Mapping[str, Any]) -> Outcome:
    """Write the case and its papers into the folder, and judge it.

    Its own evidence stays.
    """
    case = tell(story)
    write_papers(folder, case)
    (folder / "case.yaml").write_text(dump_yaml(case), encoding="utf-8")
    as_of = story.get("as_of", DAY)
    return run(folder, judge=JUDGE, clock=_no_clock, key=folder / "key", as_of=as_of)


def first_sentence(outcome: Outcome) -> str:
    assessment = outcome.assessment
    said = assessment.readiness or assessment.compliance
    assert said is not None
    return said.value


def certain_codes(outcome: Outcome) -> dict[str, list[str]]:
    """Each code that is certain, with the criteria that found it."""
    found: dict[str, list[str]] = {}
    for finding in outcome.assessment.findings:
        if finding.certainty is DefectCertainty.CERTAIN:
            for code in finding.criterion.defects:
                found.setdefault(code, []).append(finding.criterion.id)
    return found


def _no_clock() -> Any:
    raise AssertionError("a fixed day reads no clock")


def _member(case: dict[str, Any], subject: str) -> dict[str, Any]:
    kind, _, name = subject.partition(":")
    if not name:
        return cast("dict[str, Any]", case[kind])
    (member,) = (one for one in case[LISTS[kind]] if one["id"] == name)
    return cast("dict[str, Any]", member)


def _say(case: dict[str, Any], place: str, value: Any) -> None:
    subject, fact = place.rsplit(".", 1)
    if value is None:
        _member(case, subject).pop(fact, None)
    else:
        _member(case, subject)[fact] = value


def _sources(case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for kind in SHOWN_BY:
        yield from case[kind]


def _shown(case: Mapping[str, Any], place: str) -> Iterator[dict[str, Any]]:
    subject, fact = place.rsplit(".", 1)
    for source in _sources(case):
        for back in source.get("backs", ()):
            if (back["fact"], back.get("subject", "applicant")) == (fact, subject):
                yield back


def _drop_shown(case: Mapping[str, Any], subjects: set[str]) -> None:
    for source in _sources(case):
        source["backs"] = [
            back
            for back in source.get("backs", ())
            if back.get("subject") not in subjects
        ]
