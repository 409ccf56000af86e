"""WCAG contrast of the pages, computed from their palette."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import changqing_web

_STYLES = Path(changqing_web.__file__).parent / "static" / "changqing"
_TEXTS = ("ink", "ink-2", "ink-3", "pine", "ochre", "red", "slate")
_GRAPHICS = ("field", "focus", "fill-met", "fill-ochre", "fill-red", "slate", "ink-2")
_PAIRS = (
    ("on-pine", "pine"),
    ("bar-ink", "bar"),
    ("bar-idle", "bar"),
    ("ink", "note-ochre"),
    ("ink-2", "note-ochre"),
    ("ochre", "note-ochre"),
    ("ink", "note-red"),
    ("ink-2", "note-red"),
    ("red", "note-red"),
)


def _read_blocks() -> list[dict[str, str]]:
    css = (_STYLES / "tokens.css").read_text(encoding="utf-8")
    bodies = re.findall(r":root[^{]*\{([^{}]*)\}", css)
    read = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    return [found for body in bodies if (found := dict(read.findall(body)))]


def _read_palette(scheme: str) -> dict[str, str]:
    light, dark, _ = _read_blocks()
    return {"light": light, "dark": light | dark}[scheme]


def _compute_luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _compute_contrast(one: str, other: str) -> float:
    dark, light = sorted((_compute_luminance(one), _compute_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_dark_is_the_same_whether_asked_for_by_machine_or_person() -> None:
    light, by_machine, by_person = _read_blocks()
    assert by_machine == by_person
    assert set(by_machine) == set(light)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "ground", "sunk", "pine-tint"])
@pytest.mark.parametrize("text", _TEXTS)
def test_text_can_be_read(scheme: str, ground: str, text: str) -> None:
    palette = _read_palette(scheme)
    assert _compute_contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), _PAIRS)
def test_text_on_its_own_ground_can_be_read(
    scheme: str, text: str, ground: str
) -> None:
    palette = _read_palette(scheme)
    assert _compute_contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", _GRAPHICS)
def test_shapes_can_be_seen(scheme: str, shape: str) -> None:
    palette = _read_palette(scheme)
    assert _compute_contrast(palette[shape], palette["paper"]) >= 3


def test_colours_of_the_screen_are_named_in_one_place() -> None:
    for sheet in _STYLES.glob("*.css"):
        screen = sheet.read_text(encoding="utf-8").split("@media print")[0]
        named = re.findall(r": [^;{}]*(#[0-9a-fA-F]{3,8})\b", screen)
        assert sheet.name == "tokens.css" or not named, sheet.name
