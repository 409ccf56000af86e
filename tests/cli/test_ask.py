"""`changqing ask`: answers on the page and as data, or a plain no."""

from __future__ import annotations

import json

import pytest

from changqing.cli.main import main

ON = ("--as-of", "2026-11-24")


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        main(["ask", *arguments, *ON])
    return ended.value.code, capsys.readouterr().out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_data_has_the_listed_title_the_confidence_and_the_sources(
    language: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out = ask(capsys, "个体户能办呼叫中心吗", "--json", "--lang", language)
    said = json.loads(out)
    best = said["answers"][0]
    assert code == 0
    assert {"version", "answers", "nearest", "on", "for", "ask"} <= set(said)
    assert {"topic", "title", "answer", "citations", "confidence", "score"} <= set(best)
    assert {"aliases", "tier", "kind", "law", "short", "odds"} <= set(best)
    assert best["title"] == "个体户能在温州申请呼叫中心许可证吗"
    assert best["tier"] == "sure"
    was = {"zh": "温州呼叫中心许可证办理", "en": "A call-centre licence in Wenzhou"}
    assert best["aliases"][0].startswith(was[language])
    assert "Wenzhou" in best["title_en"]
    assert best["confidence"] == "answered"
    assert best["citations"]
    assert 0 < best["score"] <= 1


def test_what_it_does_not_know_it_says_and_names_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out = ask(capsys, "红烧肉怎么做才好吃", "--json")
    said = json.loads(out)
    assert code == 1
    assert said["answers"] == []
    assert len(said["nearest"]) == 3
    assert set(said["nearest"][0]) == {"topic", "title", "title_en", "score"}


@pytest.mark.parametrize(
    ("question", "language", "begins"),
    [
        ("SP和ICP有什么区别", "zh", "两者同属信息服务业务"),
        ("What is the difference between SP and ICP?", "en", "Both are information"),
        ("SP和ICP有什么区别", "en", "Both are information"),
    ],
)
def test_the_answer_is_in_the_language_of_the_reader(
    capsys: pytest.CaptureFixture[str], question: str, language: str, begins: str
) -> None:
    code, out = ask(capsys, question, "--lang", language)
    assert code == 0
    assert begins in out
    assert "{" not in out


def test_a_question_may_be_several_words(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = ask(capsys, "call", "centre", "sole", "trader", "--lang", "en")
    assert code == 0
    assert "lawfully established company" in " ".join(out.split())
