"""Erasing takes what an entry says, and every bundle still verifies."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from changqing.evidence.ledger.erase import erase_paper
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.sync import compute_changes
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.sealing import verify
from tests.sealing.make_golden import bare_case
from tests.sealing.withheld_case import (
    NOW,
    count_verdicts,
    find_key,
    list_unrecomputed,
    read_lines,
    seal_as_bundle,
)
from tests.upgrade.made_before import extract_case


@pytest.fixture(scope="module")
def begun_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case whose log an earlier release wrote, with its key beside."""
    return extract_case("newly-registered", tmp_path_factory.mktemp("before"))


@pytest.mark.long
def test_in_one_tree_old_entries_keep_their_leaf_and_new_ones_are_bound(
    begun_before: Path, tmp_path: Path
) -> None:
    config, before = begun_before.parents[3], _entries(begun_before)
    whole = seal_as_bundle(begun_before, tmp_path / "whole.zip", config, "--full")
    assert _entries(begun_before)[: len(before)] == before
    old = [line for line in read_lines(whole.files()) if "version" not in line]
    new = [line for line in read_lines(whole.files()) if "version" in line]
    assert len(old) == len(before)
    assert new
    assert max(e["number"] for e in old) < min(e["number"] for e in new)
    # What was typed beside its papers before, and does not stand there, is named.
    report = whole.check(whole.files())
    ((_, unread),) = report.unchecked
    assert (report.code, "that nobody read there" in unread) == (1, True)
    masked = seal_as_bundle(begun_before, tmp_path / "masked.zip", config)
    report = masked.check(masked.files())
    assert (report.code, report.damaged) == (1, [])
    withheld = [line for line in read_lines(masked.files()) if "content" not in line]
    count = sum("commitment" in line for line in withheld)
    assert count
    said = f"{count} withheld entries are of version 1"
    assert [en for _, en in report.unchecked if en.startswith(said)]
    first = "".join(verify.write_lines(report, None, 1)).partition("Checked")[0]
    assert f"{count} old withheld entries" in first
    assert "any verdict may rest on them" in " ".join(first.split())


def _entries(case: Path) -> list[str]:
    text = (case / "evidence" / "entries.jsonl").read_text(encoding="utf-8")
    return text.splitlines()


@pytest.mark.long
def test_erasing_takes_the_content_of_old_and_of_new_entries(
    begun_before: Path, tmp_path: Path
) -> None:
    case, config = tmp_path / "case", begun_before.parents[3]
    shutil.copytree(begun_before, case)
    file = withdraw_paper(case, "staff_id", config)
    gone = erase_paper(case, load_key(find_key(config)), "staff_id", file, NOW)
    left = [json.loads(line) for line in _entries(case)]
    old = [line for line in left if "commitment" in line]
    new = [line for line in left if "head" in line]
    assert len(old) + len(new) == gone
    assert old
    assert new
    heads = [line["head"] for line in new]
    last = {head["fact"]: head for head in heads if head["type"] == "record"}
    assert {head["cleared"] for head in last.values()} == {True}
    kinds = {head["type"] for head in heads}
    assert {"record"} <= kinds <= {"record", "reading", "blob"}
    again = seal_as_bundle(case, tmp_path / "again.zip", config, "--full")
    report = again.check(again.files())
    assert (report.code, report.damaged) == (1, [])


def withdraw_paper(case: Path, paper: str, config: Path) -> str:
    """List a paper no more, and record that; gives its file."""
    text = (case / "case.yaml").read_text(encoding="utf-8")
    start = text.index(f"  - id: {paper}\n")
    end = text.index("  - id: ", start + 1)
    file = re.search(r"file: (\S+)", text[start:end])
    assert file is not None
    (case / "case.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    with Store(case, load_key(find_key(config))) as store:
        store.append(
            compute_changes(open_case(case, load_compiled()), store.list_items(), NOW)
        )
    return file[1]


@pytest.mark.long
def test_an_erased_entry_keeps_its_head_and_every_bundle_verifies(
    tmp_path: Path,
) -> None:
    case, place = bare_case(tmp_path), tmp_path / "config"
    seal_as_bundle(case, tmp_path / "before.zip", place)
    file, paper = withdraw_paper(case, "staff_id", place), "staff_id"
    assert erase_paper(case, load_key(find_key(place)), paper, file, NOW) > 0
    named = []
    for options in ([], ["--full"]):
        again = seal_as_bundle(case, tmp_path / "again.zip", place, *options)
        report = again.check(again.files())
        named.append((list_unrecomputed(report), count_verdicts(report)[1]))
        assert (report.code, report.damaged) == (1, [])
        told = json.loads(again.files()["withheld.json"])["entries"]
        erased = [each for each in told if each["reason"] == "erased"]
        assert {each["subject"] for each in erased} >= {"paper:", "applicant:self"}
        # That it was read, and that its reading was kept, are of no one fact.
        assert len([each for each in erased if not each["fact"]]) == 2
        content = b"".join(again.files().values())
        assert f"paper:{paper}".encode() not in again.files()[verify.ENTRIES]
        assert file.encode() not in content
    # It was withdrawn before it was erased, so that nothing rests on it any more.
    assert named[1] == ("", 0)
