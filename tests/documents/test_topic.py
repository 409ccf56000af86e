"""One topic of an assessment in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from changqing.report.topic import TOPICS, print_topic
from changqing.text import Language
from tests.documents.dossier_case import EXAMPLES, assessed
from tests.documents.dossier_sample import Json, empty, troubled


def _show(assessment: Json, topic: str, language: Language = Language.ZH) -> str:
    out = io.StringIO()
    console = Console(file=out, width=80, no_color=True)
    print_topic(assessment, console, language, topic=topic)
    return out.getvalue()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_fits_the_page_even_when_there_is_nothing(
    topic: str, language: Language
) -> None:
    for assessment in (troubled(), empty()):
        lines = _show(assessment, topic, language).splitlines()
        assert max(cell_len(line) for line in lines) <= 80


@pytest.mark.parametrize("topic", ["funding", "team", "content"])
def test_what_is_not_met_comes_before_what_is(topic: str) -> None:
    shapes = [line[0] for line in _show(troubled(), topic).splitlines() if line]
    marks = [shape for shape in shapes if shape in "◆■○◐●"]
    assert marks == sorted(marks, key="◆■○◐●".index)


def test_errands_stand_in_the_order_of_their_days() -> None:
    lines = _show(troubled(), "errands").splitlines()
    days = [line[:10] for line in lines if line.startswith("20")]
    assert days
    assert days == sorted(days)


@pytest.mark.parametrize("name", ["contradictory", "local-life", "newly-registered"])
def test_the_closing_line_stands_under_what_it_closes(name: str) -> None:
    """No needed errand stands under it, and none over it ends after its last day."""
    document = assessed(EXAMPLES / name).document
    errands = document["errands"]
    assert isinstance(errands, list)
    ready = document["ready_on_text"]["zh"]  # type: ignore[index]
    needed = [one for one in errands if one["required"]]
    advised = [one for one in errands if not one["required"]]
    said = _show(dict(document), "errands").replace("\n", "")
    closing = said.index(ready[:12])
    assert all(said.index(one["title"]["zh"]) < closing for one in needed)
    assert all(said.rindex(one["title"]["zh"]) > closing for one in advised)
    if needed:
        assert document["last_done"] == max(one["done_by"] for one in needed)
        first = min(needed, key=lambda one: one["start"])
        assert document["first_errand"] == first["errand"]
        text = document["errands_text"]["zh"]  # type: ignore[index]
        assert first["title"]["zh"] in text


def test_nothing_to_list_is_said() -> None:
    assert "没有。" in _show(empty(), "conflicts")
    assert "None." in _show(empty(), "gaps", Language.EN)
