"""Templates are compiled once for a user, and what is kept of them is not trusted blindly."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from changqing.templates import keep_compiled

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


def render(text: str = _TEXT, *, autoescape: bool = False) -> str:
    environment = Environment(
        loader=DictLoader({"a": text}),
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - both are tried
    )
    keep_compiled(environment)
    return environment.get_template("a").render(words=("甲", "<乙>"))


def test_a_template_is_compiled_once(kept: Path, compiled: list[object]) -> None:
    first = render()
    assert render() == first == "甲、<乙> "
    assert compiled == [_TEXT]
    assert len(list(kept.iterdir())) == 1


def test_another_text_or_setting_is_another_template(kept: Path) -> None:
    assert render(autoescape=True) != render()
    assert render(_TEXT + "。") == render() + "。"
    assert len(list(kept.iterdir())) == 2


def test_what_was_kept_of_another_text_is_not_run(kept: Path) -> None:
    assert render("甲") == "甲"
    assert render("乙") == "乙"


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
        text = "{{ words.__class__.__mro__ }}"
        environment = SandboxedEnvironment(loader=DictLoader({"a": text}))
        keep_compiled(environment)
        with pytest.raises(SecurityError):
            environment.get_template("a").render(words=())


def test_what_an_environment_without_a_sandbox_left_is_no_way_out(kept: Path) -> None:
    text = "{{ words.append('甲') }}{{ words }}"
    for made in (Environment, ImmutableSandboxedEnvironment):
        environment = made(loader=DictLoader({"a": text}))
        keep_compiled(environment)
        template = environment.get_template("a")
        if made is Environment:
            assert template.render(words=[]) == "None['甲']"
        else:
            with pytest.raises(SecurityError):
                template.render(words=[])
