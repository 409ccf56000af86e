"""Templates are compiled once for a user, and what is kept of them is not trusted blindly."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError

from changqing.templates import KeepingEnvironment, KeepingSandbox

_TEXT = "{% for word in words %}{{ word }}{{ ' ' if loop.last else '、' }}{% endfor %}"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "changqing" / "templates"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Jinja parsed, which is nothing where a template was kept."""
    parsed: list[object] = []
    parse = Environment._parse

    def count(self: Environment, source: str, *rest: str | None) -> object:
        parsed.append(source)
        return parse(self, source, *rest)

    monkeypatch.setattr(Environment, "_parse", count)
    return parsed


def render(text: str = _TEXT, **settings: object) -> str:
    made = KeepingEnvironment(undefined=StrictUndefined, **settings)
    return made.from_string(text).render(words=("甲", "<乙>"))


def test_a_template_is_compiled_once(kept: Path, compiled: list[object]) -> None:
    first = render()
    assert render() == first == "甲、<乙> "
    assert compiled == [_TEXT]
    assert len(list(kept.iterdir())) == 1


def test_another_text_or_setting_is_another_template(kept: Path) -> None:
    assert render(autoescape=True) != render()
    assert render(_TEXT + "。") == render() + "。"
    assert len(list(kept.iterdir())) == 3


@pytest.mark.parametrize("way", ["changed", "cut", "others_write", "a_link", "folder"])
def test_what_somebody_else_may_have_written_is_not_run(
    kept: Path, compiled: list[object], tmp_path: Path, way: str
) -> None:
    right = render()
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    if way == "changed":
        file.write_bytes(whole.replace("、".encode(), "；".encode()))
    elif way == "cut":
        file.write_bytes(whole[:-9])
    elif way == "others_write":
        file.chmod(0o666)
    elif way == "a_link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    else:
        kept.chmod(0o777)
    assert render() == right
    assert len(compiled) == 2


def test_a_place_that_cannot_be_written_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "changqing").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert render() == "甲、<乙> "


def test_a_wrong_template_is_said_with_its_line(kept: Path) -> None:
    with pytest.raises(TemplateSyntaxError) as wrong:
        render("甲\n{% for %}")
    assert wrong.value.lineno == 2


@pytest.mark.parametrize("time", ["first", "kept"])
def test_a_sandbox_stays_one(kept: Path, time: str) -> None:
    for _ in range(1 if time == "first" else 2):
        made = KeepingSandbox().from_string("{{ words.__class__.__mro__ }}")
        with pytest.raises(SecurityError):
            made.render(words=())
