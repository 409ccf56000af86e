from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from changqing.errors import CatalogueError
from changqing.law import compiled
from changqing.law.compiled import load_compiled
from changqing.law.load import load
from changqing.law.lookup import list_expressions, list_vocabulary, load_sqlite_program
from changqing.rules.sqlite import compile_sqlite

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "catalogue"
    shutil.copytree(SOUND, root)
    return root


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def kept(cache: Path) -> Path:
    (file,) = cache.iterdir()
    return file


def test_the_cache_gives_what_the_texts_give(root: Path, cache: Path) -> None:
    text = load(root)
    cold, warm = load_compiled(root, cache), load_compiled(root, cache)
    assert cold == text
    assert warm == text
    assert load_sqlite_program(warm) == compile_sqlite(
        list_expressions(text), vocabulary=list_vocabulary(text)
    )


@pytest.mark.long
def test_a_kept_catalogue_goes_whole_to_another_process(
    root: Path, cache: Path
) -> None:
    load_compiled(root, cache)
    kept = load_compiled(root, cache)  # nobody has asked for its parts yet
    sent = pickle.loads(pickle.dumps(kept))  # noqa: S301 - our own bytes
    assert sent == load_compiled(root, cache)
    assert [list(rule.examples) for rule in sent.criteria.values()] == [
        list(rule.examples) for rule in kept.criteria.values()
    ]


def test_the_shipped_catalogue_survives_the_cache(cache: Path) -> None:
    load_compiled(cache_dir=cache)
    assert load_compiled(cache_dir=cache) == load()


def test_a_change_in_a_text_is_seen(root: Path, cache: Path) -> None:
    before = load_compiled(root, cache)
    file = root / "errands/bank.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("银行", "分行"), encoding="utf-8"
    )
    after = load_compiled(root, cache)
    assert after.digest != before.digest
    assert after.errands["bank"].where.zh == "分行"


def test_a_process_loads_its_own_catalogue_once_until_a_text_changes(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "CATALOGUE_ROOT", root)
    monkeypatch.setattr(compiled, "_latest", ("", None))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    first = load_compiled()
    assert load_compiled() is first
    assert load_compiled(root, cache) is not first
    file = root / "errands/bank.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("银行", "分行"), encoding="utf-8")
    assert load_compiled().errands["bank"].where.zh == "分行"


def test_a_touched_file_with_the_same_bytes_keeps_the_cache(
    root: Path, cache: Path
) -> None:
    load_compiled(root, cache)
    old = json.loads(kept(cache).read_bytes().partition(b"\n")[0])
    (root / "errands/bank.yaml").touch()
    load_compiled(root, cache)
    new = json.loads(kept(cache).read_bytes().partition(b"\n")[0])
    assert new["stamp"] != old["stamp"]
    assert new["bytes"] == old["bytes"]


def test_a_fault_that_comes_later_is_told_although_the_cache_is_warm(
    root: Path, cache: Path
) -> None:
    load_compiled(root, cache)
    (root / "errands/bank.yaml").unlink()
    with pytest.raises(CatalogueError):
        load_compiled(root, cache)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-40] + b"0" * 40,
        lambda content: b"[]\n" + content,
        lambda content: b"\xff\x00" * 100,
        lambda content: content.replace(b'"format": 1', b'"format": 0'),
    ],
    ids=["empty", "cut", "overwritten", "no_head", "garbage", "other_format"],
)
def test_a_damaged_cache_costs_time_and_nothing_else(
    root: Path, cache: Path, damage: object
) -> None:
    text = load_compiled(root, cache)
    file = kept(cache)
    assert callable(damage)
    file.write_bytes(damage(file.read_bytes()))
    assert load_compiled(root, cache) == text
    assert load_compiled(root, cache) == text


def test_a_payload_that_is_no_catalogue_is_not_believed(
    root: Path, cache: Path
) -> None:
    text = load_compiled(root, cache)
    head = json.loads(kept(cache).read_bytes().partition(b"\n")[0])
    payload = b'{"folders": []}'
    head["sha256"] = hashlib.sha256(payload).hexdigest()
    kept(cache).write_bytes(json.dumps(head).encode() + b"\n" + payload)
    assert load_compiled(root, cache) == text


def test_a_part_is_read_when_it_is_first_asked_for(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = load_compiled(root, cache)
    parts_read: list[str] = []
    read = compiled._KeptFolders.read

    def note(folders: compiled._KeptFolders, part: str) -> object:
        parts_read.append(part)
        return read(folders, part)

    monkeypatch.setattr(compiled._KeptFolders, "read", note)
    warm = load_compiled(root, cache)
    assert parts_read == []
    assert warm.errands == text.errands
    assert parts_read == ["errands"]
    assert warm.errands is warm.errands
    criteria = warm.criteria
    assert parts_read == ["errands", "criteria", "rules of criteria"]
    assert [rule.test for rule in criteria.values()] == [
        rule.test for rule in text.criteria.values()
    ]
    assert replace(warm, edition="other").materials is warm.materials
    warm.load_all()
    assert {"facts", "materials", "topics"} <= set(parts_read)
    assert len(parts_read) == len(set(parts_read))
    with pytest.raises(AttributeError):
        _ = warm.no_such_part  # type: ignore[attr-defined]


def test_a_part_that_is_damaged_is_made_from_the_texts(root: Path, cache: Path) -> None:
    text = load_compiled(root, cache)
    head, index, *lines = kept(cache).read_bytes().split(b"\n")
    for damage in (b"{", b'{"bank": []}', b"[]", b"7"):
        place = json.loads(index)["parts"].index("errands")
        payload = b"\n".join([index, *lines[:place], damage, *lines[place + 1 :]])
        sha256 = hashlib.sha256(payload).hexdigest()
        data = json.dumps({**json.loads(head), "sha256": sha256}).encode()
        kept(cache).write_bytes(data + b"\n" + payload)
        assert load_compiled(root, cache).errands == text.errands


def test_a_place_that_cannot_be_written_is_no_fault(root: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    assert load_compiled(root, blocked / "cache") == load(root)


def test_two_catalogues_do_not_share_a_cache_file(
    root: Path, cache: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(root, other)
    load_compiled(root, cache)
    load_compiled(other, cache)
    assert len(list(cache.iterdir())) == 2


def test_a_warm_start_reads_no_yaml_and_parses_no_rule(root: Path, cache: Path) -> None:
    load_compiled(root, cache)
    script = (
        "import sys; from pathlib import Path;"
        "from changqing.law.compiled import load_compiled;"
        f"load_compiled(Path({str(root)!r}), Path({str(cache)!r}));"
        "print(*[m for m in ('ruamel.yaml', 'pydantic', 'polars')"
        " if m in sys.modules])"
    )
    done = subprocess.run(  # our own interpreter and text
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_the_cache_stands_where_the_desktop_says(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    load_compiled(root)
    assert list((tmp_path / "xdg/changqing").glob("catalogue-*.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    load_compiled(root)
    assert list((tmp_path / "home/.cache/changqing").glob("catalogue-*.json"))
