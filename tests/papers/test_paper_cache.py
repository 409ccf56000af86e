"""What was found in papers is kept for the next process, and doubted when it must be."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing import program
from changqing.case.comparison import Comparison, Comparisons
from changqing.case.model import Case, Paper
from changqing.case.read import read_case
from changqing.casework.personal import erase_papers, find_personal
from changqing.evidence.ledger.note import SigningKey, load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import Reading
from changqing.evidence.readings import (
    KeptReadings,
    decode_kept,
    keep_readings,
    record_readings,
)
from changqing.law.model import Catalogue
from changqing.papers import cache, comparisons, parts
from changqing.papers.cache import PLACE, PaperCache, leave_folders_alone
from changqing.papers.compare import compare_value
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.comparisons import compare_papers
from changqing.papers.finding_codec import decode_found, encode_found
from changqing.papers.part import PaperPart
from changqing.papers.parts import find_part
from changqing.readers.proposal import collect_names
from tests.shipped import CATALOGUE

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
Found = Mapping[str, Comparisons]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of a user who has none yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_example("newly-registered", tmp_path / "case")


def copy_example(name: str, to: Path) -> Path:
    """Copy an example as it is published: nothing was found in it yet."""
    leave = shutil.ignore_patterns(PLACE.parts[0])
    return Path(shutil.copytree(EXAMPLES / name, to, ignore=leave))


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return load_key(tmp_path / "key")


@pytest.fixture
def own_folder(folder: Path, key: SigningKey) -> Path:
    """The same case, its papers recorded by us."""
    shutil.rmtree(folder / "evidence")
    with Store(folder, key) as store:
        record_readings(store, read_case(folder, CATALOGUE).accept(()), NOW)
    return folder


def open_anew(folder: Path, catalogue: Catalogue = CATALOGUE) -> Case:
    """Open a case as a process does that remembers nothing."""
    decode_kept.cache_clear()  # readings that were never seen are compared anew
    parts._KEPT.clear()
    case = read_case(folder, catalogue).accept(())
    kept = KeptReadings(Evidence(folder))
    return compare_papers(case, kept, cache=PaperCache(case))


def compare(
    folder: Path, catalogue: Catalogue = CATALOGUE, *, most: int | None = 8
) -> Found:
    """Compare the first papers of a case, or all, as a process that is new."""
    case = open_anew(folder, catalogue)
    return {paper.id: dict(case.compared[paper.id]) for paper in case.papers[:most]}


def compare_without(folder: Path, *, most: int | None = 8) -> Found:
    """Compare papers of a case and keep nothing."""
    case = read_case(folder, CATALOGUE).accept(())
    found = compare_papers(case, KeptReadings(Evidence(folder))).compared
    return {paper.id: dict(found[paper.id]) for paper in case.papers[:most]}


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Count what was compared and not looked up, since it was asked last."""
    made: list[object] = []
    whole = compare_value.compare_value

    def count_value(sought: SoughtValue) -> Comparison:
        made.append(sought)
        return whole(sought)

    monkeypatch.setattr(comparisons, "compare_value", count_value)

    def count_and_forget() -> int:
        number = len(made)
        made.clear()
        return number

    return count_and_forget


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "case.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def files(folder: Path) -> set[str]:
    place = folder / PLACE
    return {path.name for path in place.iterdir()} if place.exists() else set()


def find_read_paper(case: Case) -> Paper:
    """A paper in which something typed is compared."""
    return next(paper for paper in case.papers if len(case.compared[paper.id]) > 2)


@pytest.mark.parametrize(
    "name",
    [
        "newly-registered",
        pytest.param("local-life", marks=pytest.mark.long),
        pytest.param("contradictory", marks=pytest.mark.long),
    ],
)
def test_the_next_process_finds_the_same_and_compares_nothing(
    tmp_path: Path, name: str, count: Callable[[], int]
) -> None:
    folder = copy_example(name, tmp_path / name)
    before = compare(folder, most=None)
    assert count() > 0
    assert compare(folder, most=None) == before
    assert count() == 0
    assert compare_without(folder, most=None) == before
    count()
    assert compare(folder, most=None) == before
    assert count() == 0


def list_parts(case: Case, cache: PaperCache | None) -> Iterator[PaperPart]:
    kept, names = KeptReadings(Evidence(case.path)), collect_names(case)
    for paper in case.papers:
        reading = kept[paper.file.digest]
        yield find_part(paper.kind, reading, names, case.catalogue, cache=cache)


def test_what_a_paper_shows_is_read_back_to_the_last_type(folder: Path) -> None:
    case = open_anew(folder)
    parts._KEPT.clear()
    first = list(list_parts(case, None))
    assert sum(len(part.shown.facts) for part in first if part.shown) > 20
    for part in first:
        assert decode_found(encode_found(part)) == part
    parts._KEPT.clear()
    assert list(list_parts(case, PaperCache(case))) == first
    parts._KEPT.clear()
    again = list(list_parts(case, PaperCache(case)))
    assert again == first
    assert all(one is not other for one, other in zip(again, first, strict=True))


def test_a_value_typed_otherwise_is_compared_anew_and_only_that_paper(
    folder: Path, count: Callable[[], int]
) -> None:
    before = compare(folder)
    whole = count()
    edit(
        folder,
        "fact: registered_capital, value: '100万元'",
        "fact: registered_capital, value: '200万元'",
    )
    after = compare(folder)
    assert after == compare_without(folder)
    assert after != before
    assert 0 < count() < whole


def test_another_word_in_a_reading_is_compared_anew(
    own_folder: Path, key: SigningKey, count: Callable[[], int]
) -> None:
    case = open_anew(own_folder)
    paper = find_read_paper(case)
    before = compare(own_folder)[paper.id]
    kept = KeptReadings(Evidence(own_folder))[paper.file.digest]
    with Store(own_folder, key) as store:
        keep_readings(store, [_reverse_words(kept)], NOW)
    count()
    after = compare(own_folder)
    assert after[paper.id] != before
    assert count() > 0
    assert after == compare_without(own_folder)


def _reverse_words(reading: Reading) -> Reading:
    pages = tuple(
        replace(
            page,
            spans=tuple(replace(span, text=span.text[::-1]) for span in page.spans),
        )
        for page in reading.pages
    )
    return replace(reading, pages=pages)


def test_another_edition_or_program_finds_anew(
    folder: Path, count: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(folder)
    whole = count()
    compare(folder, replace(CATALOGUE, digest="0" * 64))
    assert count() == whole
    monkeypatch.setattr(cache, "stamp_program", lambda: "another")
    compare(folder, replace(CATALOGUE, digest="0" * 64))
    assert count() == whole


def test_another_name_in_the_case_finds_anew(
    folder: Path, count: Callable[[], int]
) -> None:
    case = open_anew(folder)
    compare(folder)
    whole = count()
    edit(folder, case.name, "杭州别家网络科技有限公司")
    compare(folder)
    assert count() == whole


def test_what_somebody_wrote_there_counts_for_nothing(
    folder: Path, home: Path, count: Callable[[], int]
) -> None:
    edit(
        folder,
        "registered_capital, value: '100万元'",
        "registered_capital, value: '200万元'",
    )
    before = compare(folder)
    whole = count()
    for path in (folder / PLACE).iterdir():
        told = path.read_bytes()
        path.write_bytes(told.replace(b'"of":"denied"', b'"of":"read"'))
    assert compare(folder) == before
    changed = count()
    assert 0 < changed <= whole
    # Another user's, or of another machine: it cannot be told who made it.
    cache._load_secret.cache_clear()
    (home / "changqing" / "papers.key").unlink()
    assert compare(folder) == before
    assert count() == whole
    for path in (folder / PLACE).iterdir():
        path.write_bytes(path.read_bytes()[:40])
    assert compare(folder) == before
    assert count() == whole


def test_a_secret_that_others_may_read_is_made_anew(home: Path) -> None:
    cache._load_secret.cache_clear()
    first = cache._load_secret(home)
    assert first is not None
    (home / "papers.key").chmod(0o644)
    cache._load_secret.cache_clear()
    second = cache._load_secret(home)
    assert second is not None
    assert second != first
    if os.name != "nt":
        assert (home / "papers.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such owners")
def test_a_secret_that_somebody_else_laid_there_is_made_anew(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    (home / "papers.key").write_bytes(b"x" * 32)
    (home / "papers.key").chmod(0o600)
    cache._load_secret.cache_clear()
    assert cache._load_secret(home) == b"x" * 32
    cache._load_secret.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: 4_242)
    assert cache._load_secret(home) not in (None, b"x" * 32)


def test_what_cannot_be_written_down_is_answered_all_the_same(folder: Path) -> None:
    case = open_anew(folder)
    paper = find_read_paper(case)
    reading = KeptReadings(Evidence(folder))[paper.file.digest]
    span = reading.pages[0].spans[0]
    page = replace(reading.pages[0], spans=(replace(span, text="\ud800"),))
    odd = replace(reading, pages=(page,))
    find = PaperCache(case).find_or_make
    assert find("typed", paper.kind, odd, (), lambda: ("张伟",)) == ("张伟",)
    assert find("typed", paper.kind, reading, (1.5,), lambda: ("张伟",)) == ("张伟",)


def test_a_program_changed_while_it_runs_is_taken_for_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stamp = program.stamp_program.__wrapped__
    monkeypatch.setattr(program, "_STARTED", 1 << 63)
    assert stamp() == stamp()
    # A module is newer than the process: it may run what stood there before.
    monkeypatch.setattr(program, "_STARTED", 0)
    assert stamp() != stamp()


def test_where_nothing_can_be_written_all_is_found_the_same(
    folder: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / PLACE.parent).symlink_to(elsewhere)
    assert compare(folder) == compare_without(folder)
    assert not list(elsewhere.iterdir())
    (folder / PLACE.parent).unlink()
    (folder / PLACE.parent).write_bytes(b"")
    assert compare(folder) == compare_without(folder)


def test_who_only_reads_leaves_the_folder_alone_and_may_use_what_is_there(
    folder: Path, count: Callable[[], int]
) -> None:
    with leave_folders_alone():
        before = compare(folder)
        assert count() > 0
        assert not (folder / PLACE.parent).exists()
    assert compare(folder) == before
    assert files(folder)
    count()
    with leave_folders_alone():
        assert compare(folder) == before
    assert count() == 0


def test_a_text_that_was_never_recorded_is_not_compared_anew(
    folder: Path, count: Callable[[], int]
) -> None:
    shutil.rmtree(folder / "evidence")
    before = compare(folder)
    assert count() > 0
    assert compare(folder) == before
    assert count() == 0


def test_what_was_found_goes_with_a_paper_that_is_erased(
    own_folder: Path, key: SigningKey
) -> None:
    case = open_anew(own_folder)
    compare(own_folder, most=None)
    personal = find_personal(CATALOGUE, own_folder)[0]
    paper = next(paper for paper in case.papers if paper.id == personal.id)
    assert any(name.startswith(paper.file.digest) for name in files(own_folder))
    erase_papers(
        own_folder, [personal.id], catalogue=CATALOGUE, key=key, now=NOW, by="周敏"
    )
    compare(own_folder)
    assert files(own_folder)
    assert not any(name.startswith(paper.file.digest) for name in files(own_folder))


def test_who_was_still_at_it_when_a_paper_was_erased_keeps_nothing(
    own_folder: Path,
) -> None:
    case = open_anew(own_folder)
    paper = find_read_paper(case)
    reading = KeptReadings(Evidence(own_folder))[paper.file.digest]
    shutil.rmtree(own_folder / PLACE)

    def find() -> tuple[str, ...]:
        (own_folder / paper.file.path).unlink()
        return ("张伟",)

    made = PaperCache(case).find_or_make("typed", paper.kind, reading, (), find)
    assert made == ("张伟",)
    assert not files(own_folder)


def test_what_was_found_in_a_file_that_is_no_paper_any_more_goes(
    folder: Path,
) -> None:
    compare(folder)
    stray = folder / PLACE / f"{hashlib.sha256(b'gone').hexdigest()}.lease.typed.json"
    stray.write_bytes(b"")
    shutil.copy(stray, stray.with_name("note.txt"))
    next((folder / PLACE).glob("*.typed.json")).unlink()
    next((folder / PLACE).glob("*.typed.json")).write_bytes(b"")
    compare(folder)
    assert not stray.exists()
