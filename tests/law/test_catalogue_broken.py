"""Each fault an author of the catalogue can meet, and what is said of it.

A file in `broken/` begins with the place it takes in `sound/` and the lines expected in
both languages; they count in its line numbers.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from changqing.law.check import check
from changqing.text import Language

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))


def expected(text: str) -> tuple[str, dict[Language, list[str]]]:
    place = ""
    lines: dict[Language, list[str]] = {Language.ZH: [], Language.EN: []}
    for line in text.split("\n"):
        if not line.startswith("# "):
            break
        key, _, said = line[2:].partition(": ")
        if key == "file":
            place = said
        else:
            lines[Language(key)].append(said)
    return place, lines


@pytest.mark.share
@pytest.mark.parametrize("file", BROKEN, ids=[file.stem for file in BROKEN])
def test_a_fault_is_told_with_file_line_and_remedy(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    place, wanted = expected(text)
    root = tmp_path / "catalogue"
    shutil.copytree(HERE / "sound", root)
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_text(text, encoding="utf-8")
    issues = check(root).issues
    for language, lines in wanted.items():
        assert [issue.say(language) for issue in issues] == lines


def test_faults_of_several_files_come_together(tmp_path: Path) -> None:
    root = tmp_path / "catalogue"
    shutil.copytree(HERE / "sound", root)
    for name in ("unknown_errand", "unknown_fact_of_a_commitment", "undetected_defect"):
        text = (HERE / "broken" / f"{name}.yaml").read_text(encoding="utf-8")
        (root / expected(text)[0]).write_text(text, encoding="utf-8")
    paths = [issue.path for issue in check(root).issues]
    assert paths == ["commitments/cash.yaml", "criteria/funding/capital_enough.yaml"]


def test_the_sound_catalogue_has_no_fault() -> None:
    checked = check(HERE / "sound")
    assert checked.issues == ()
    assert checked.examples == 15


def test_a_word_of_a_list_is_told_with_its_own_line(tmp_path: Path) -> None:
    root = tmp_path / "catalogue"
    shutil.copytree(HERE / "sound", root)
    file = root / "criteria/funding/capital_enough.yaml"
    text = file.read_text(encoding="utf-8").rstrip("\n")
    closed = (
        "\n  - proven: {capital: 100}\n    closed:\n      - person\n      - persons"
    )
    file.write_text(f"{text}{closed}\n    then: met\n", encoding="utf-8")
    (issue,) = check(root).issues
    assert issue.line == len(text.split("\n")) + 4
    assert issue.text.en == "example: persons does not exist"
