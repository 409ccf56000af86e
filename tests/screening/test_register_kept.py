"""A register on disk: what is read back is judged alike, and a case opens alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.casework.derived import Past
from changqing.errors import CaseError
from changqing.evidence.ledger.note import load_key
from changqing.judge.assess import find_judge
from changqing.judge.model import Assessment
from changqing.run import make_situation, run
from changqing.screening.extract import write_extract
from changqing.screening.judging import RegisterCase
from changqing.screening.layout import read_bucket, read_head, write_register
from changqing.screening.make import RegisterMaker
from tests.judge.assessment_world import AS_OF, any_world, dice, empty_world, verdicts
from tests.shipped import CATALOGUE

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def make_writable(case: Case) -> Case:
    """The same case as a folder can say it: with addresses, and a scope there is."""
    application = case.application
    scopes = CATALOGUE.licences[application.licence].scopes
    if scopes and application.scope not in scopes:
        application = replace(application, scope=scopes[0])
    return replace(
        case,
        application=application,
        services=tuple(
            replace(service, url=f"https://{service.subject.id}.example/")
            if service.kind == "website"
            else service
            for service in case.services
        ),
    )


def list_cases(seeds: range) -> list[RegisterCase]:
    worlds = [empty_world(), *(any_world(dice(s), told=0.3, seed=s) for s in seeds)]
    return [
        RegisterCase(
            id=f"world-{place}",
            case=make_writable(world.case),
            known=replace(world.known, past=Past()),
        )
        for place, world in enumerate(worlds)
    ]


def assess(case: RegisterCase) -> Assessment:
    situation = make_situation(case.case, case.known, CATALOGUE, AS_OF)
    return find_judge(CATALOGUE).assess(situation)


def keep(folder: Path, cases: list[RegisterCase]) -> dict[str, RegisterCase]:
    with write_register(folder, CATALOGUE, cases=len(cases)) as writer:
        writer.add(cases)
    head = read_head(folder)
    return {
        case.id: case
        for bucket in head.folders
        for case in read_bucket(folder, head, bucket, CATALOGUE)
    }


def test_what_is_read_back_is_judged_as_before(tmp_path: Path) -> None:
    cases = list_cases(range(3))
    kept = keep(tmp_path / "register", cases)
    assert kept.keys() == {case.id for case in cases}
    for case in cases:
        assert verdicts(assess(kept[case.id])) == verdicts(assess(case)), case.id


def test_adding_again_replaces_a_case_and_keeps_the_others(tmp_path: Path) -> None:
    first, second, third = list_cases(range(2))
    keep(tmp_path, [first, second])
    renamed = replace(second, case=replace(second.case, name="改名后的公司"))
    kept = keep(tmp_path, [renamed, third])
    assert read_head(tmp_path).cases == 3
    assert kept[second.id].case.name == "改名后的公司"
    assert kept[first.id].case.name == first.case.name


def check_opened(case: RegisterCase, folder: Path, key: Path) -> None:
    alone = assess(case)
    write_extract(case, folder, as_of=AS_OF, key=load_key(key), now=NOW)
    opened = run(
        folder, judge=find_judge(CATALOGUE), clock=lambda: NOW, key=key
    ).assessment
    assert verdicts(opened) == verdicts(alone), case.id
    assert (opened.readiness, opened.compliance) == (alone.readiness, alone.compliance)
    assert opened.long_term.state == alone.long_term.state
    assert opened.long_term.route == alone.long_term.route


def test_a_case_that_is_opened_says_what_the_register_said(tmp_path: Path) -> None:
    kept = keep(tmp_path / "register", list_cases(range(2)))
    for case in kept.values():
        check_opened(case, tmp_path / case.id, tmp_path / "key")


@pytest.mark.long
def test_a_sample_of_cases_opens_alike(tmp_path: Path) -> None:
    maker = RegisterMaker(CATALOGUE, seed=4, as_of=AS_OF)
    made = [maker.make(number) for number in range(1, 25)]
    kept = keep(tmp_path / "register", [*list_cases(range(10, 50)), *made])
    for case in kept.values():
        check_opened(case, tmp_path / case.id, tmp_path / "key")


def test_the_same_seed_makes_the_same_register(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "two"):
        with write_register(tmp_path / name, CATALOGUE, cases=8) as writer:
            maker = RegisterMaker(CATALOGUE, seed=7, as_of=AS_OF)
            assert list(maker.make_all(8, writer))[-1] == 8
        heads.append(read_head(tmp_path / name))
    assert heads[0] == heads[1]
    other = RegisterMaker(CATALOGUE, seed=8, as_of=AS_OF).make(1)
    assert other != RegisterMaker(CATALOGUE, seed=7, as_of=AS_OF).make(1)


def test_a_paper_whose_id_is_a_path_is_refused(tmp_path: Path) -> None:
    for case in list_cases(range(40)):
        if not case.case.papers:
            continue
        papers = (replace(case.case.papers[0], id="../../x"),)
        bad = replace(case, case=replace(case.case, papers=papers))
        with pytest.raises(CaseError, match="cannot be read"):
            keep(tmp_path / "register", [bad])
        return
    pytest.fail("no case has a paper")
