"""The pages of an OFD file, the national format of fixed layout (GB/T 33190-2016).

A zip of XML: text objects with the place of each character in millimetres. A page may
lie on a template page, whose words are read too. Seals are noted in the signatures of
the file, with the page and the box in which each is shown.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from changqing.evidence.reading import Mark, MarkKind, PaperPage
from changqing.readers.lines import (
    Glyph,
    Run,
    make_box,
    make_spans,
    order_runs,
    split_at_gaps,
)
from changqing.readers.package import open_package, parse_part

_POINTS: Final = 72 / 25.4
MOST_PAGES: Final = 300
_MOST_CHARACTERS: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Area:
    left: float
    top: float
    width: float
    height: float


def read_ofd(content: bytes) -> Iterator[PaperPage]:
    """Read each page."""
    with open_package(content) as packed:
        root = parse_part(packed, _find_name(packed, "OFD.xml"))
        number = 0
        for body in _iterate_elements(root, "DocBody"):
            path = _find_text(body, "DocRoot").lstrip("/")
            if not path:
                continue
            document = _Document(packed, path)
            seals = list(document.find_seals(_find_text(body, "Signatures")))
            for name, place in document.list_pages():
                number += 1
                if number > MOST_PAGES:
                    return
                boxes = [box for page, box in seals if page == name]
                yield document.read_page(place, number, boxes)


class _Document:
    """One document of the file, whose root is at `path`."""

    def __init__(self, packed: zipfile.ZipFile, path: str) -> None:
        self._packed = packed
        self._folder = posixpath.dirname(path)
        self._root = parse_part(packed, _find_name(packed, path))
        self._area = _find_area(self._root) or _Area(
            left=0, top=0, width=210, height=297
        )
        self._templates = {
            node.get("ID", ""): node.get("BaseLoc", "")
            for node in _iterate_elements(self._root, "TemplatePage")
        }

    def list_pages(self) -> list[tuple[str, str]]:
        """List the pages: what each is named, and where it stands."""
        pages = next(_iterate_elements(self._root, "Pages"), None)
        if pages is None:
            return []
        return [
            (page.get("ID", ""), page.get("BaseLoc", ""))
            for page in _iterate_elements(pages, "Page")
        ]

    def read_page(self, place: str, number: int, seals: Sequence[_Area]) -> PaperPage:
        page = self._parse_part(place)
        area = _find_area(page) or self._area
        runs: list[Run] = []
        for template in _iterate_elements(page, "Template"):
            below = self._templates.get(template.get("TemplateID", ""))
            if below:
                runs.extend(_read_objects(self._parse_part(below)))
        runs.extend(_read_objects(page))
        moved = [_shift_run(run, area) for run in runs]
        return PaperPage(
            number=number,
            width=round(area.width * _POINTS),
            height=round(area.height * _POINTS),
            spans=make_spans(order_runs(moved), area.width, area.height),
            marks=tuple(
                Mark(
                    kind=MarkKind.SEAL,
                    box=make_box(
                        box.left - area.left,
                        box.top - area.top,
                        box.left + box.width - area.left,
                        box.top + box.height - area.top,
                        area.width,
                        area.height,
                    ),
                )
                for box in seals
            ),
        )

    def find_seals(self, place: str) -> Iterator[tuple[str, _Area]]:
        """Give the page and the box of each seal that the file says it shows."""
        if not place:
            return
        path = place.lstrip("/")
        for signature in _iterate_elements(
            parse_part(self._packed, _find_name(self._packed, path)), "Signature"
        ):
            location = signature.get("BaseLoc", "")
            full = location.lstrip("/")
            if not location.startswith("/"):
                full = posixpath.join(posixpath.dirname(path), full)
            for stamp in _iterate_elements(
                parse_part(self._packed, _find_name(self._packed, full)), "StampAnnot"
            ):
                box = _parse_area(stamp.get("Boundary", ""))
                if box is not None:
                    yield stamp.get("PageRef", ""), box

    def _parse_part(self, place: str) -> ElementTree.Element:
        path = place.lstrip("/")
        if not place.startswith("/"):
            path = posixpath.join(self._folder, path)
        return parse_part(self._packed, _find_name(self._packed, path))


def _find_name(packed: zipfile.ZipFile, path: str) -> str:
    """Return the name of a part, which some writers spell with other letters."""
    path = posixpath.normpath(path)
    names = packed.namelist()
    if path in names:
        return path
    for name in names:
        if name.lower() == path.lower():
            return name
    raise KeyError(path)


def _iterate_elements(
    node: ElementTree.Element, name: str
) -> Iterator[ElementTree.Element]:
    """Give every element of that name below a node, of whatever namespace."""
    return node.iterfind(".//{*}" + name)


def _find_text(node: ElementTree.Element, name: str) -> str:
    element = next(_iterate_elements(node, name), None)
    return (element.text or "").strip() if element is not None else ""


def _find_area(node: ElementTree.Element) -> _Area | None:
    for name in ("ApplicationBox", "PhysicalBox"):
        area = _parse_area(_find_text(node, name))
        if area is not None:
            return area
    return None


def _parse_area(text: str) -> _Area | None:
    sides = _parse_numbers(text)
    if len(sides) != 4 or sides[2] <= 0 or sides[3] <= 0:
        return None
    return _Area(left=sides[0], top=sides[1], width=sides[2], height=sides[3])


def _parse_numbers(text: str) -> list[float]:
    return [float(part) for part in text.split()]


def _read_objects(page: ElementTree.Element) -> Iterator[Run]:
    for text_object in _iterate_elements(page, "TextObject"):
        box = _parse_area(text_object.get("Boundary", ""))
        if box is None or text_object.get("Visible") == "false":
            continue
        size = float(text_object.get("Size", "3"))
        matrix = _parse_numbers(text_object.get("CTM", "")) or [1.0, 0, 0, 1, 0, 0]
        if len(matrix) != 6:
            continue
        for code in _iterate_elements(text_object, "TextCode"):
            yield from split_at_gaps(_place_glyphs(code, box, size, matrix))


def _place_glyphs(
    code: ElementTree.Element, box: _Area, size: float, matrix: Sequence[float]
) -> Iterator[Glyph]:
    """Give each character of a text code its place on the page, in millimetres."""
    text = (code.text or "")[:_MOST_CHARACTERS]
    steps_x = _unfold_steps(code.get("DeltaX", ""), len(text))
    steps_y = _unfold_steps(code.get("DeltaY", ""), len(text))
    x, y = float(code.get("X") or 0), float(code.get("Y") or 0)
    a, b, c, d, e, f = matrix
    for at, letter in enumerate(text):
        wide = size * (0.5 if letter.isascii() else 1.0)
        if at < len(steps_x):
            wide = min(wide, abs(steps_x[at]) or wide)
        corners = [
            (
                box.left + a * across + c * down + e,
                box.top + b * across + d * down + f,
            )
            for across, down in ((x, y - 0.88 * size), (x + wide, y + 0.12 * size))
        ]
        yield Glyph(
            text=letter,
            left=min(corner[0] for corner in corners),
            top=min(corner[1] for corner in corners),
            right=max(corner[0] for corner in corners),
            bottom=max(corner[1] for corner in corners),
        )
        x += steps_x[at] if at < len(steps_x) else (0 if steps_y else wide)
        y += steps_y[at] if at < len(steps_y) else 0


def _unfold_steps(text: str, most: int) -> list[float]:
    """Unfold the steps between characters: `g 3 2.5` is three steps of 2.5."""
    parts = text.split()
    steps: list[float] = []
    at = 0
    while at < len(parts) and len(steps) < most:
        if parts[at] == "g" and at + 2 < len(parts):
            steps.extend([float(parts[at + 2])] * min(int(parts[at + 1]), most))
            at += 3
        else:
            steps.append(float(parts[at]))
            at += 1
    return steps


def _shift_run(run: Run, area: _Area) -> Run:
    if not area.left and not area.top:
        return run
    return Run(
        glyphs=run.glyphs,
        left=run.left - area.left,
        top=run.top - area.top,
        right=run.right - area.left,
        bottom=run.bottom - area.top,
    )
