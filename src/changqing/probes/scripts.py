"""Numbers that stand only in a script: footers written by one, and data of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from changqing.probes.document import PageDocument
from changqing.probes.marks import find_places
from changqing.probes.numbers import (
    Number,
    find_filings,
    find_licences,
    find_police_numbers,
)

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|%u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]{4});")
_TAG = re.compile(r"<[^<>]{0,500}>")
_SPACES = re.compile(r"(?:\s|\\[nrt/]|&nbsp;)+")
_SIGNS = ("备", "備", "ICP", "\\u5907")  # ICP also stands beside other escapes
_AROUND = 400  # characters beside a sign in which a number and its markup stand


def find_scripted_numbers(page: PageDocument) -> Iterator[Number]:
    """Find filing, licence and police numbers that only scripts contain.

    Escapes are undone and markup is taken out, as the browser would when the script
    writes it. What a page shows is not repeated.
    """
    script_text = "\n".join(_select_near_signs(page.source))
    if not script_text:
        return
    numbers_shown = {
        number.value
        for find in (find_filings, find_licences, find_police_numbers)
        for number in find(page.text)
    }
    for find in (find_filings, find_licences, find_police_numbers):
        for number in find(script_text):
            if number.value not in numbers_shown:
                numbers_shown.add(number.value)
                yield number


def _select_near_signs(source: str) -> Iterator[str]:
    signs = list(find_places(source, *_SIGNS))
    if not signs:
        return
    tags = source.lower() if "<SCRIPT" in source else source
    end = after = 0
    begin = -1
    for place in signs:
        while place >= end:  # on to the next script; none is looked at twice
            begin = tags.find("<script", end)
            if begin < 0:
                return
            end = tags.find("</script", begin)
            end = len(tags) if end < 0 else end
        if place > begin and place >= after:
            after = place + _AROUND
            yield _unescape_piece(source[max(0, place - _AROUND) : after + _AROUND])


def _unescape_piece(piece: str) -> str:
    plain = _ESCAPED.sub(_unescape_character, piece)
    return _SPACES.sub(" ", _TAG.sub("", plain.replace("\\/", "/")))


def _unescape_character(match: re.Match[str]) -> str:
    return chr(int(match.group(1) or match.group(2) or match.group(3), 16))
