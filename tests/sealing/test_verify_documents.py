"""Every document of a bundle has its entry in the log, a masked copy too."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from changqing.sealing import verify
from tests.sealing.sealed_bundle import (
    Files,
    Sealed,
    broken,
    changqing,
    edited,
    entry_of,
)

NUMBER = "11010519491231002X"
PLAIN, SECRET, DEEP = "承诺书.md", "团队.md", "附件/表.TXT"


@pytest.fixture(scope="module")
def papered(
    sealed: Sealed, desk: Path, tmp_path_factory: pytest.TempPathFactory
) -> Sealed:
    """A bundle with two documents as they are and one that is masked."""
    folder = tmp_path_factory.mktemp("papered")
    shutil.copytree(sealed.case, folder / "case")
    papers = folder / "papers"
    (papers / "附件").mkdir(parents=True)
    (papers / PLAIN).write_text("我公司承诺依法经营。", encoding="utf-8")
    (papers / SECRET).write_text(f"号码{NUMBER}。", encoding="utf-8")
    (papers / DEEP).write_text("表", encoding="utf-8")
    made = Sealed(case=folder / "case", bundle=folder / "b.zip", key=sealed.key)
    _seal(made, desk, papers)
    return made


def _seal(made: Sealed, desk: Path, papers: Path, *options: str) -> None:
    done = changqing(
        "seal", made.case, "-o", made.bundle, "--documents", papers, *options,
        config=desk / "config",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _made(files: Files) -> dict[str, str]:
    lines = map(json.loads, files["log/entries.jsonl"].splitlines())
    contents = [line["content"] for line in lines if "content" in line]
    return {e["name"]: e["digest"] for e in contents if e.get("what") == "document"}


def _documents(files: Files) -> list[str]:
    return sorted(name for name in files if name.startswith("documents/"))


def _said(report: verify.Report) -> str:
    return "\n".join(en for _, en in report.unchecked)


@pytest.mark.long
def test_each_document_and_each_masked_copy_is_in_the_log(papered: Sealed) -> None:
    files = papered.files()
    made = _made(files)
    assert made.keys() == {PLAIN, DEEP, f"{verify.MASKED}{SECRET}"}
    assert _documents(files) == sorted(map(verify.name_place, made, made.values()))
    report = papered.check(files)
    assert report.damaged == []
    assert "1 documents are masked copies: that nothing else" in _said(report)
    assert any("2 documents, against the log" in en for _, en in report.checked)


@pytest.mark.long
def test_sealing_again_records_no_masked_copy_twice(
    papered: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(papered.case, case)
    again = Sealed(case=case, bundle=tmp_path / "b.zip", key=papered.key)
    _seal(again, desk, papered.bundle.parent / "papers")
    assert again.bundle.read_bytes() == papered.bundle.read_bytes()


@pytest.mark.long
def test_a_full_bundle_does_not_miss_the_masked_copies_of_before(
    papered: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(papered.case, case)
    whole = Sealed(case=case, bundle=tmp_path / "b.zip", key=papered.key)
    _seal(whole, desk, papered.bundle.parent / "papers", "--full")
    report = whole.check(whole.files())
    assert (report.code, report.unchecked) == (0, [])


def _called_masked(files: Files, content: bytes = b"forged") -> Files:
    """The files with one more document, which is said to be a masked copy."""
    place = f"documents/masked-{hashlib.sha256(content).hexdigest()}.md"

    def list_it(told: Any) -> None:
        told["documents"].append({"name": "新.md", "masked": place})

    listed = edited(files["withheld.json"], list_it)
    return {**files, place: content, "withheld.json": listed}


def test_what_is_called_a_masked_copy_and_is_not_in_the_log_is_said(
    full: Sealed,
) -> None:
    report = full.check(full.resealed(_called_masked(full.files())))
    assert (report.code, report.damaged) == (1, [])
    assert "1 documents are masked copies; the log does not have 1" in _said(report)


@pytest.mark.long
def test_a_masked_copy_that_is_put_in_the_place_of_another_is_said(
    papered: Sealed,
) -> None:
    files = papered.files()
    (old,) = [name for name in _documents(files) if "masked-" in name]
    new = f"documents/masked-{hashlib.sha256(b'forged').hexdigest()}.md"
    swapped = {name: data for name, data in files.items() if name != old}
    swapped |= {
        new: b"forged",
        "withheld.json": files["withheld.json"].replace(old.encode(), new.encode()),
    }
    report = papered.check(papered.resealed(swapped))
    assert report.code == 1
    assert "the log does not have 1 of them" in _said(report)


def _record_made(entries: list[dict[str, Any]], **content: Any) -> None:
    told = {"type": "made", "what": "document", "name": "新.md", "size": 6, **content}
    entries.append(entry_of(told))


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("digest", ["", "ab", "A" * 64, " " * 64, "0" * 63 + "\n"])
def test_an_entry_without_a_digest_lets_nothing_pass(digest: str, full: Sealed) -> None:
    files = {
        **full.files(),
        f"documents/{hashlib.sha256(b'forged').hexdigest()}.md": b"forged",
    }
    relogged = full.relogged(files, lambda told: _record_made(told, digest=digest))
    report = full.check(relogged)
    assert report.code == 4
    assert broken(report) == ["log/entries.jsonl"]


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize(
    "place",
    [
        "documents/{}.html",  # another kind of file than was recorded
        "documents/{}",
        "documents/masked-{}.md",  # not listed as masked
        "documents/{}.md.md",
        "documents/x{}.md",
        "documents/deep/{}.md",
    ],
)
def test_a_document_under_another_name_than_was_recorded_is_refused(
    place: str, full: Sealed
) -> None:
    digest = hashlib.sha256(b"recorded").hexdigest()
    files = {**full.files(), place.format(digest): b"recorded"}
    relogged = full.relogged(files, lambda told: _record_made(told, digest=digest))
    assert full.check(relogged).code == 4


def test_a_recorded_document_that_is_called_masked_is_refused(papered: Sealed) -> None:
    files = papered.files()
    place = verify.name_place(PLAIN, _made(files)[PLAIN])
    listed = edited(
        files["withheld.json"],
        lambda told: told["documents"].append({"name": PLAIN, "masked": place}),
    )
    report = papered.check(papered.resealed({**files, "withheld.json": listed}))
    assert broken(report) == [place]


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("masked", ["objects/x", "index.html", "documents/masked-x.md"])
def test_nothing_else_is_a_masked_copy(masked: str, full: Sealed) -> None:
    files = full.files()
    listed = edited(
        files["withheld.json"],
        lambda told: told["documents"].append({"name": "x", "masked": masked}),
    )
    for more in ({}, {masked: b"x"}):
        files = {**full.files(), "withheld.json": listed, **more}
        assert full.check(full.resealed(files)).code == 4


@pytest.mark.long
def test_altered_bytes_of_any_document_are_named(papered: Sealed) -> None:
    files = papered.files()
    for name in _documents(files):
        altered = papered.resealed({**files, name: files[name] + b"x"})
        assert broken(papered.check(altered)) == [name]


def test_a_document_that_is_recorded_and_missing_is_said(papered: Sealed) -> None:
    files = papered.files()
    place = verify.name_place(DEEP, _made(files)[DEEP])
    lost = {name: data for name, data in files.items() if name != place}
    report = papered.check(papered.resealed(lost))
    assert report.code == 1
    assert "1 documents that the log has are not in the bundle" in _said(report)


@pytest.mark.share
@pytest.mark.parametrize(
    "name", ["readme.html", "log/more", "dossier/x.pdf", "note.txt", "verify.html"]
)
def test_a_file_that_is_unknown_here_is_named(name: str, full: Sealed) -> None:
    report = full.check(full.resealed({**full.files(), name: b"x"}))
    assert (report.code, report.damaged) == (1, [])
    assert f"not compared ({name})" in _said(report)


OTHER = "110105194912310054"


@pytest.mark.long
def test_no_name_of_a_document_tells_a_number(
    sealed: Sealed, desk: Path, tmp_path: Path
) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for person, number in enumerate((NUMBER, OTHER)):
        (papers / f"{number}承诺.md").write_text(f"第{person}人承诺。", "utf-8")
        (papers / f"{number}.md").write_text(f"第{person}人{number}。", "utf-8")
    shutil.copytree(sealed.case, tmp_path / "case")
    made = Sealed(case=tmp_path / "case", bundle=tmp_path / "b.zip", key=sealed.key)
    _seal(made, desk, papers)
    files = made.files()
    for number in (NUMBER, OTHER):
        assert [name for name in files if number.encode() in files[name]] == []
    names = {each["name"] for each in json.loads(files["withheld.json"])["documents"]}
    black = "■" * len(NUMBER)
    wanted = {
        f"{black}{name}" for name in ("承诺.md", "承诺（2）.md", ".md", "（2）.md")
    }
    assert names == wanted
    assert _made(files).keys() == {f"{verify.MASKED}{name}" for name in wanted}
    report = made.check(files)
    assert report.damaged == []
    assert "4 documents are masked copies: that nothing else" in _said(report)
    _seal(made, desk, papers, "--full")
    whole = made.files()
    assert _made(whole).keys() >= {f"{NUMBER}承诺.md", f"{OTHER}.md"}
    assert made.check(whole).code == 0


@pytest.mark.share
@pytest.mark.parametrize(
    ("ending", "content", "acts"),
    [
        (".html", b"<script>alert(1)</script>", True),
        (".svg", b"<svg onload='alert(1)'/>", True),
        ("", b"<script>alert(1)</script>", True),
        (".unheard", b"<script>alert(1)</script>", True),
        (".html", b"<!doctype html>\n<p>x</p>", False),
        (".md", b"1 < 2", False),
        (".docx", b"PK", False),
    ],
)
def test_a_document_that_may_act_in_a_browser_is_named(
    ending: str, content: bytes, acts: bool, full: Sealed
) -> None:
    digest = hashlib.sha256(content).hexdigest()
    files = {**full.files(), f"documents/{digest}{ending}": content}
    told = {"name": f"新{ending}", "digest": digest}
    report = full.check(full.relogged(files, lambda log: _record_made(log, **told)))
    named = f"do not open them (documents/{digest}{ending})"
    assert report.damaged == []
    assert (named in _said(report)) is acts


@pytest.mark.long
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("given", "verdicts, against the log"),
        ("assessment", "application and closed lists, against the log"),
    ],
)
def test_what_is_not_in_the_log_is_not_among_what_agrees_with_it(
    what: str, said: str, full: Sealed
) -> None:
    def leave_out(entries: list[dict[str, Any]]) -> None:
        entries[:] = [e for e in entries if e.get("content", {}).get("what") != what]

    report = full.check(full.relogged(full.files(), leave_out))
    assert report.damaged == []
    assert f"{what}.json is not in the log: only the sealer's word" in _said(report)
    agree = [en for _, en in report.checked if en.endswith(", against the log")]
    assert agree == [said]
