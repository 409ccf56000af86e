"""The papers that `case.yaml` keeps under `set_aside`: no part of the case any more."""

from __future__ import annotations

from typing import Final

from changqing.case.pieces import Pieces
from changqing.jsondata import JsonObject
from changqing.yamlfile.read import Loc

SET_ASIDE: Final = "set_aside"
_FIELDS: Final = ("id", "on", "by", "paper")


def check_set_aside(pieces: Pieces, top: JsonObject) -> None:
    """Check that each says what was taken out, when and by whom.

    What the paper itself said is checked when it is put back; its file may be gone.
    """
    places_by_id: dict[str, Loc] = {}
    for loc, node in pieces.read_items(top.get(SET_ASIDE), (SET_ASIDE,)):
        for key in node:
            if key not in _FIELDS:
                pieces.add_unknown_field(loc, key, _FIELDS)
        pieces.read_identity(node, loc, places_by_id)
        pieces.read_day(node, "on", loc, needed=True)
        pieces.read_word(node, "by", loc, needed=True)
        paper, inner = pieces.read_mapping(node.get("paper"), (*loc, "paper")), "paper"
        for name in ("id", "kind", "file"):
            pieces.read_word(paper, name, (*loc, inner), needed=True)
