"""Samples on pages: drawn by lot, filled in under an account, counted as files are."""

from __future__ import annotations

import html
from pathlib import Path

import polars as pl
import pytest

from changqing.screening.lead_journal import ScreenSignal
from changqing.screening.screen import ScreenRun, read_run, scan_results
from changqing.screening.signals import (
    MeasuredSignal,
    find_measured,
    list_samples,
    read_looks,
    write_sample,
)
from changqing_web.index import catalogue
from changqing_web.models import Role
from tests.web.register.register_world import make_run, put_run
from tests.web.web_world import Place, make_place

_SAMPLES = "/w/here/register/november/samples/"
_DRAW = "/w/here/register/november/draw/"


def _find_signal() -> ScreenSignal:
    reasons = scan_results(make_run(), "reasons").filter(pl.col("verdict") == "unmet")
    criterion = reasons.sort("case", "criterion").collect()["criterion"][0]
    return ScreenSignal(criterion=criterion, verdict="unmet")


@pytest.fixture
def run(place: Place) -> ScreenRun:
    return read_run(put_run(place.workspace, "november"))


@pytest.fixture
def sample(run: ScreenRun) -> Path:
    """All that a signal marks, in a sample that nobody looked at."""
    return write_sample(run, _find_signal(), catalogue(), size=1_000, seed=1)


def _read(place: Place, address: str) -> str:
    answer = place.editor.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def _ask(size: str) -> dict[str, str]:
    signal = _find_signal()
    return {"criterion": signal.criterion, "verdict": signal.verdict, "size": size}


def _measure(run: ScreenRun) -> MeasuredSignal:
    return find_measured(run, _find_signal(), catalogue())


def _list_cases(run: ScreenRun) -> list[str]:
    signal = _find_signal()
    marked = scan_results(run, "reasons").filter(
        pl.col("criterion") == signal.criterion, pl.col("verdict") == signal.verdict
    )
    return marked.collect()["case"].unique().sort().to_list()


@pytest.mark.long
def test_a_sample_is_drawn_on_pages_and_stands_in_the_list(
    place: Place, run: ScreenRun
) -> None:
    assert "还没有抽样" in _read(place, _SAMPLES)
    told = place.editor.post(_DRAW, _ask("2"))
    (path,) = list_samples(run)
    assert (told.status_code, told["Location"]) == (303, f"{_SAMPLES}{path.stem}/")
    assert path.stem in _read(place, _SAMPLES)
    page = _read(place, f"{_SAMPLES}{path.stem}/")
    assert "还没有看" in page
    assert sum(case in page for case in _list_cases(run)) == 2


@pytest.mark.long
def test_a_second_sample_waits_for_the_first_and_has_another_seed(
    place: Place, run: ScreenRun
) -> None:
    place.editor.post(_DRAW, _ask("2"))
    (first,) = list_samples(run)
    refused = place.editor.post(_DRAW, _ask("2"))
    assert (refused.status_code, refused["Location"]) == (303, _SAMPLES)
    assert "还有2家没有看" in _read(place, _SAMPLES)
    for case in _list_cases(run):
        place.editor.post(
            f"{_SAMPLES}{first.stem}/look/", {"case": case, "found": "right"}
        )
    place.editor.post(_DRAW, _ask("2"))
    assert len(list_samples(run)) == 2


@pytest.mark.parametrize("size", ["", "0", "1001", "many"])
def test_a_sample_of_no_size_is_not_drawn(
    place: Place, run: ScreenRun, size: str
) -> None:
    told = place.editor.post(_DRAW, _ask(size))
    assert (told.status_code, told["Location"]) == (303, _SAMPLES)
    assert "1至1000" in _read(place, _SAMPLES)
    assert list_samples(run) == []


def test_a_signal_that_marks_nobody_or_is_none_is_not_drawn(
    place: Place, run: ScreenRun
) -> None:
    quiet = next(
        name
        for name in sorted(catalogue().criteria)
        if scan_results(run, "reasons")
        .filter(pl.col("criterion") == name)
        .collect()
        .is_empty()
    )
    place.editor.post(_DRAW, {**_ask("2"), "criterion": quiet})
    assert "没有标出任何一家" in _read(place, _SAMPLES)
    for wrong in ({"criterion": "nothing"}, {"verdict": "met"}, {"verdict": "x"}):
        assert place.editor.post(_DRAW, {**_ask("2"), **wrong}).status_code == 404
    assert list_samples(run) == []


def test_what_people_found_counts_as_in_a_file_once_the_sample_is_whole(
    place: Place, run: ScreenRun, sample: Path
) -> None:
    page, cases = f"{_SAMPLES}{sample.stem}/", _list_cases(run)
    account = place.workspace.memberships.get(role=Role.EDITOR).user.get_username()
    for case in cases:
        assert not _measure(run).is_listed
        answer = {"case": case, "found": "right", "by": "李 四", "note": "=电话打不通"}
        told = place.editor.post(f"{page}look/", answer)
        assert (told.status_code, told["Location"]) == (303, page)
    measured = _measure(run)
    assert (measured.looked, measured.right) == (len(cases), len(cases))
    assert measured.is_listed
    looks = read_looks(run, _find_signal(), catalogue())
    assert {(e.by, e.account) for each in looks.values() for e in each} == {
        ("李 四", account)
    }
    shown = _read(place, page)
    assert "还没有看" not in shown
    assert "电话打不通" in shown
    assert 'value="李 四"' in shown  # is there the next time
    assert "\n=" not in sample.read_text(encoding="utf-8-sig").replace(",=", "\n=")


def test_a_wrong_one_counts_at_once_and_is_changed_by_a_second_answer(
    place: Place, run: ScreenRun, sample: Path
) -> None:
    look, case = f"{_SAMPLES}{sample.stem}/look/", _list_cases(run)[0]
    place.editor.post(look, {"case": case, "found": "wrong"})
    measured = _measure(run)
    assert (measured.looked, measured.right) == (1, 0)
    place.editor.post(look, {"case": case, "found": "right"})
    assert _measure(run).looked == (0 if len(_list_cases(run)) > 1 else 1)


def test_an_older_sample_without_accounts_is_filled_in_too(
    place: Place, run: ScreenRun, sample: Path
) -> None:
    told = sample.read_text(encoding="utf-8-sig").replace(",account", "")
    sample.write_text(
        "\n".join(line.removesuffix(",") for line in told.splitlines()) + "\n",
        encoding="utf-8-sig",
    )
    case = _list_cases(run)[0]
    place.editor.post(
        f"{_SAMPLES}{sample.stem}/look/", {"case": case, "found": "wrong"}
    )
    (look,) = read_looks(run, _find_signal(), catalogue())[case]
    assert look.account == look.by != ""


def test_a_case_that_was_not_drawn_or_an_answer_that_is_none_changes_nothing(
    place: Place, run: ScreenRun, sample: Path
) -> None:
    before, page = sample.read_bytes(), f"{_SAMPLES}{sample.stem}/"
    place.editor.post(f"{page}look/", {"case": "nobody", "found": "right"})
    assert "nobody不在这份抽样里" in _read(place, page)
    told = place.editor.post(f"{page}look/", {"case": "nobody", "found": "maybe"})
    assert told.status_code == 404
    assert sample.read_bytes() == before


def test_a_damaged_sample_is_told_and_left_as_it_is(
    place: Place, run: ScreenRun, sample: Path
) -> None:
    sample.write_text("case,right\n", encoding="utf-8-sig")
    before, page = sample.read_bytes(), f"{_SAMPLES}{sample.stem}/"
    for address in (_SAMPLES, page):
        shown = _read(place, address)
        assert "不是抽出来的那些家" in shown
        assert "还没有抽样" not in shown
    case = _list_cases(run)[0]
    place.editor.post(f"{page}look/", {"case": case, "found": "right"})
    assert sample.read_bytes() == before


def test_nobody_else_sees_a_sample_or_fills_it_in(
    place: Place, run: ScreenRun, sample: Path
) -> None:
    other, page = make_place("there", "local-life"), f"{_SAMPLES}{sample.stem}/"
    before = sample.read_bytes()
    answer = {"case": _list_cases(run)[0], "found": "right"}
    for client in (
        other.editor,
        place.people[Role.REVIEWER],
        place.people[Role.RESPONDENT],
    ):
        for address in (_SAMPLES, page):
            assert client.get(address).status_code == 404
        assert client.post(_DRAW, _ask("2")).status_code == 404
        assert client.post(f"{page}look/", answer).status_code == 404
    assert place.editor.get(f"{_SAMPLES}nothing.unmet.1.1/").status_code == 404
    assert sample.read_bytes() == before
    assert list_samples(run) == [sample]
