"""The papers of a bundle read again: what is the same, different, or not read now."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from changqing.cli.main import main
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import Reading, ReadingProblem
from changqing.evidence.readings import KeptReadings, keep_readings
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.readers.capture import EDITION
from changqing.sealing import relook_papers
from changqing.sealing.relook_papers import RereadPapers, RereadState, reread_papers
from tests.sealing.drawn_case import NOW, seal_drawn

LICENCE = "documents/03-business-licence.pdf"


def _reread(bundle: Path) -> RereadPapers:
    return reread_papers(bundle, load_compiled(), progress=lambda *_: None)


def _states(read: RereadPapers, paper: str) -> dict[str, RereadState]:
    (found,) = (
        reread_paper for reread_paper in read.papers if reread_paper.name == paper
    )
    return {f"{value.subject.type}.{value.fact}": value.state for value in found.values}


def _keep_otherwise(
    drawn: Path, to: Path, change: Callable[[str], str], *, typed: tuple[str, str]
) -> Path:
    """The case as another reader would have left it, who read other words."""
    folder = to / "case"
    shutil.copytree(drawn, folder)
    shutil.copy(drawn.parent / "key", to / "key")
    text = (folder / "case.yaml").read_text("utf-8")
    (folder / "case.yaml").write_text(text.replace(*typed), "utf-8")
    case = open_case(folder, load_compiled())
    (paper,) = (each for each in case.papers if each.file.path == LICENCE)
    reading = KeptReadings(Evidence(folder))[paper.file.digest]
    with Store(folder, load_key(to / "key")) as store:
        keep_readings(store, [_change(reading, change)], NOW)
    return folder


def _change(reading: Reading, change: Callable[[str], str]) -> Reading:
    return replace(
        reading,
        version="0",
        pages=tuple(
            replace(
                page,
                spans=tuple(
                    replace(span, text=change(span.text)) for span in page.spans
                ),
            )
            for page in reading.pages
        ),
    )


@pytest.mark.long
def test_what_is_read_as_it_was_is_the_same(drawn: Path) -> None:
    read = _reread(seal_drawn(drawn, "same.zip").bundle)
    assert read.is_same
    assert read.count(RereadState.SAME) > 200
    assert read.withheld == 5
    (licence,) = (paper for paper in read.papers if paper.name == LICENCE)
    assert licence.changed == 0
    assert licence.reader == licence.reader_then == f"pdf {EDITION}"


@pytest.fixture(scope="module")
def misread(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose licence another reader read, and took a 1 for a 9."""
    folder = _keep_otherwise(
        drawn,
        tmp_path_factory.mktemp("misread"),
        lambda text: text.replace("100万元", "900万元"),
        typed=("value: '100万元', place: '第2条", "value: '900万元', place: '第2条"),
    )
    return seal_drawn(folder, "b.zip").bundle


@pytest.mark.long
def test_what_another_reader_made_of_a_paper_is_told(misread: Path) -> None:
    read = _reread(misread)
    states = _states(read, LICENCE)
    assert states["applicant.registered_capital"] is RereadState.DIFFERENT
    assert states["applicant.name"] is RereadState.SAME
    (licence,) = (paper for paper in read.papers if paper.name == LICENCE)
    (capital,) = (v for v in licence.values if v.fact == "registered_capital")
    assert (capital.then, capital.now) == (900_000_000, 100_000_000)
    assert "100万元" in capital.words.replace(" ", "")
    assert licence.reader_then == "pdf 0"
    assert licence.changed == 2  # a line, as either reads it
    assert not read.is_same


@pytest.mark.long
def test_what_no_reader_finds_any_more_and_what_one_finds_now_is_told(
    drawn: Path, tmp_path: Path
) -> None:
    def invent(text: str) -> str:
        found = text.replace("初棠巷6号", "初棠巷9号")
        return found.replace("复印件加盖公章", "法定代表人（手签）")

    folder = _keep_otherwise(
        drawn,
        tmp_path,
        invent,
        typed=(f"    file: {LICENCE}\n", f"    file: {LICENCE}\n    signed: true\n"),
    )
    read = _reread(seal_drawn(folder, "b.zip").bundle)
    states = _states(read, LICENCE)
    # The address was typed, not read then, and is read now.
    assert states["applicant.address"] is RereadState.FOUND
    assert states["paper.signed"] is RereadState.UNREADABLE
    assert not read.is_same


@pytest.mark.long
def test_a_paper_that_nothing_here_can_read_is_no_difference(
    drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = seal_drawn(drawn, "unseen.zip").bundle

    def lack_reader(content: bytes, name: str, **_: object) -> Reading:
        del content, name
        return Reading(
            paper="", reader="none", version="1", pages=(),
            problem=ReadingProblem.NO_READER,
        )  # fmt: skip

    monkeypatch.setattr(relook_papers, "capture_paper_apart", lack_reader)
    read = _reread(bundle)
    assert read.count(RereadState.UNSEEN) > 200
    assert read.count(RereadState.UNREADABLE) == 0
    assert not read.is_same


@pytest.mark.long
def test_the_command_shows_one_table_and_changes_no_verdict(
    misread: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = misread.read_bytes()
    for lang, said in (
        (
            "zh",
            ("重读材料", "900万元，不同，现在读作100万元", "结论没有改动", "隐去的5份"),
        ),
        ("en", ("Papers read again", "No verdict was changed", "5 withheld papers")),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["relook", str(misread), "--lang", lang])
        assert ended.value.code == 1
        printed = capsys.readouterr().out
        assert all(words in printed for words in said), printed
    assert misread.read_bytes() == before
