"""WCAG contrast, computed from the stylesheet itself."""

from __future__ import annotations

import re

import pytest

from changqing.report.html import read_stylesheet

_TEXTS = ("ink", "ink-2", "ink-3", "pine", "ochre", "red", "slate")
_GRAPHICS = ("field", "focus", "fill-met", "fill-ochre", "fill-red", "slate", "ink-2")


def _palettes() -> dict[str, dict[str, str]]:
    css = read_stylesheet()
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    read = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    first = dict(read.findall(light))
    return {"light": first, "dark": first | dict(read.findall(dark))}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "ground", "sunk", "pine-tint"])
@pytest.mark.parametrize("text", _TEXTS)
def test_text_can_be_read(scheme: str, ground: str, text: str) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_notices_can_be_read(scheme: str) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette["ink-2"], palette["note-ochre"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", _GRAPHICS)
def test_shapes_can_be_seen(scheme: str, shape: str) -> None:
    palette = _palettes()[scheme]
    assert _contrast(palette[shape], palette["paper"]) >= 3
    if shape != "fill-ochre":
        assert _contrast(palette[shape], palette["pine-tint"]) >= 3


def test_text_is_only_set_in_colours_that_were_measured() -> None:
    used = set(re.findall(r"(?<![-\w])color: ?([^;}]+)", read_stylesheet()))
    allowed = {f"var(--{name})" for name in _TEXTS} | {"inherit"}
    printed_foot = {_palettes()["light"]["ink-2"]}
    assert used <= allowed | printed_foot


def test_the_dark_palette_is_for_screens_only() -> None:
    css = read_stylesheet()
    queries = re.findall(r"@media ([^{]*prefers-color-scheme[^{]*)\{", css)
    assert queries == ["screen and (prefers-color-scheme: dark) "]
