"""A document as PDF: its tree, set by a fixed template with the fonts of a wheel.

Text stays selectable, fonts are embedded, days come from the case: same document, same
bytes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from changqing.documents.document import Document
from changqing.documents.tree import Node, build_document_tree, list_children
from changqing.errors import DocumentError, Issue
from changqing.text import Text

_TEMPLATE = Path(__file__).with_name("document.typ")
_FEW_ROWS: Final = 8  # of a table that is not broken over two pages
PICTURE: Final = ".jpg"
"""How the name of a file ends that is a picture."""


def render_pdf(
    document: Document, *, case_name: str, digest: str, as_of: date
) -> bytes:
    """Render the document as PDF. Raises DocumentError when it cannot be set."""
    tree = build_document_tree(
        document, case_name=case_name, digest=digest, as_of=as_of
    )
    packed = {**tree, "blocks": _pack_nodes(tree["blocks"])}
    files = {
        "main.typ": _load_template(),
        "document.json": json.dumps(packed, ensure_ascii=False).encode(),
        **{f"{name}.svg": svg.encode() for name, svg in document.charts.items()},
    }
    return compile_files(files, "pdf", document.title, as_of)


@cache
def _load_template() -> bytes:
    return _TEMPLATE.read_bytes()


def _pack_nodes(nodes: Sequence[Node]) -> list[object]:
    """Pack nodes as the template takes them fastest: words are strings.

    Each node that it has to ask for its kind is a call there, and a table has hundreds.
    """
    return [_pack_node(node) for node in nodes]


def _pack_node(node: Node) -> object:
    if node["kind"] == "text":
        return node["text"]
    children = node.get("children")
    if children is None:
        return {**node}
    if node["kind"] != "table":
        return {**node, "children": _pack_nodes(children)}
    head, *rows = [[_pack_cell(cell) for cell in list_children(r)] for r in children]
    whole = len(rows) <= _FEW_ROWS
    table = {
        **node,
        "head": head,
        "cells": [*chain(*rows)],
        "whole": whole,
    }
    del table["children"]
    return table


def _pack_cell(cell: Node) -> object:
    packed = _pack_nodes(list_children(cell))
    if len(packed) == 1 and isinstance(packed[0], str):
        return packed[0]
    return {"children": packed}


def render_png(svg: str, *, as_of: date) -> bytes:
    """Render a drawing as a picture, for a reader that cannot draw SVG."""
    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        '#image("chart.svg", width: 640pt)\n'
    )
    files = {"main.typ": source.encode(), "chart.svg": svg.encode()}
    return compile_files(files, "png", "chart", as_of)


def compile_files(files: dict[str, bytes], kind: str, title: str, as_of: date) -> bytes:
    """Set `files` in an empty root, so that no other file can be named.

    `main.typ` is the source, `title` names it where it cannot be set. Names of
    pictures are ours. Raises DocumentError where it cannot be set.
    """
    import typst

    midnight = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    texts = {name: c for name, c in files.items() if not name.endswith(PICTURE)}
    with tempfile.TemporaryDirectory(prefix="changqing-") as root:
        for name in files.keys() - texts.keys():  # it takes bytes from a folder alone
            (Path(root) / name).write_bytes(files[name])
        try:
            compiled = typst.compile(
                texts,  # type: ignore[call-overload]  # the stub forgets files by name
                root=root,
                format=kind,
                ppi=160,
                font_paths=_load_fonts(),
                timestamp=int(midnight.timestamp()),
            )
        except typst.TypstError as problem:
            raise DocumentError(
                Issue(
                    text=Text(
                        f"《{title}》排不出来（{problem}）",
                        f"{title} cannot be set ({problem})",
                    )
                )
            ) from problem
    return compiled if isinstance(compiled, bytes) else compiled[0]


@cache
def _load_fonts() -> Any:
    """Load the faces of the wheel, and no other: the same on every machine."""
    import pylopdf_fonts_zh_cn
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)],
    )
