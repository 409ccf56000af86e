"""What the company wrote into its documents itself: `own_text` of `case.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from changqing.case.model import OwnText
from changqing.case.pieces import Pieces
from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing.yamlfile.read import Loc

LONGEST_OWN_TEXT: Final = 20_000  # characters of one section
MOST_OWN_SECTIONS: Final = 60  # of one document
LONGEST_TITLE: Final = 100  # characters
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
_FIELDS: Final = ("words", "instead")


def read_own_text(
    pieces: Pieces, top: JsonObject
) -> Mapping[str, Mapping[str, OwnText]]:
    """Read the company's own paragraphs, by document and by the title of the section.

    Under the title of a section stands a text, or `{words: …, instead: true}` where it
    takes the place of what the program wrote there. Which documents there are is found
    out when they are composed.
    """
    loc: Loc = ("own_text",)
    texts_by_document: dict[str, Mapping[str, OwnText]] = {}
    for document, entry in pieces.read_mapping(top.get("own_text"), loc).items():
        if not _NAME.fullmatch(str(document)):
            pieces.add_unknown_field(loc, str(document), ())
            continue
        at: Loc = (*loc, document)
        sections = pieces.read_mapping(entry, at)
        if len(sections) > MOST_OWN_SECTIONS:
            pieces.add_issue(at, _describe_too_many(len(sections)))
            continue
        texts = {
            title: own
            for title, section in sections.items()
            if (own := _read_section(pieces, str(title), section, (*at, title)))
        }
        if texts:
            texts_by_document[document] = texts
    return texts_by_document


def _read_section(
    pieces: Pieces, title: str, entry: object, loc: Loc
) -> OwnText | None:
    node = entry if isinstance(entry, Mapping) else {"words": entry}
    for name in node:
        if name not in _FIELDS:
            pieces.add_unknown_field(loc, str(name), _FIELDS)
    words, instead = node.get("words"), node.get("instead", False)
    if not isinstance(words, str) or not words.strip() or not isinstance(instead, bool):
        pieces.add_issue(loc, _NO_TEXT)
    elif len(words) > LONGEST_OWN_TEXT or len(title) > LONGEST_TITLE:
        pieces.add_issue(loc, _TOO_LONG)
    else:
        return OwnText(words=words, instead=instead)
    return None


def _describe_too_many(count: int) -> Text:
    return Text(
        f"一份文书最多{MOST_OWN_SECTIONS}节自己写的文字，现有{count}节",
        f"a document may have {MOST_OWN_SECTIONS} sections of own text, and has "
        f"{count}",
    )


_NO_TEXT: Final = Text(
    "own_text应为“节的标题: 文字”", "own_text must be “title of a section: text”"
)
_TOO_LONG: Final = Text(
    f"自己写的文字每节最多{LONGEST_OWN_TEXT}字，标题最多{LONGEST_TITLE}字",
    f"own text may have {LONGEST_OWN_TEXT} characters a section, and its title "
    f"{LONGEST_TITLE}",
)
