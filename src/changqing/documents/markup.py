"""Text of a case inside Markdown, and the marks around what was filled in."""

from __future__ import annotations

import re

OPEN, CLOSE = "\ue000", "\ue001"  # around the place of a statement or a blank
LINE = "\ue002"
"""Between two lines of somebody's own words; tidying writes it as its place allows."""
_RULE = re.compile(r"-[ -]*|=+")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|^~$!&])")


def escape(text: object) -> str:
    """Escape a text of a case: Markdown that says exactly this, in one line."""
    plain = "".join(c for c in str(text) if not "\ue000" <= c <= "\uf8ff")
    special = _SPECIAL.sub(r"\\\1", " ".join(plain.split()))
    # Markdown escapes no Chinese bracket, and ours marks a blank: as an entity it is
    # a bracket and no more.
    return special.replace("〔", "&#12308;")


def escape_lines(text: str) -> str:
    """Write own words line by line; dashes alone make no heading and no rule."""
    lines = [escape(line) for line in text.splitlines() if line.strip()]
    return LINE.join(f"\\{line}" if _RULE.fullmatch(line) else line for line in lines)
