"""Reads a credit code as it is typed: which character cannot be, and what was meant.

python-stdnum says whether a code is valid. Here an invalid one is narrowed down: each
place has its own alphabet, the last character checks all, and places 9 to 17 are an
organisation code with a check character of its own (GB 11714), so that a slip is known
to lie inside or outside of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stdnum.cn import uscc

from changqing.text import Text

LENGTH: Final = 18
_DIGITS: Final = 8  # the first places are digits
_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION: Final = range(8, 17)
_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ALIKE: Final = {
    "O": "0", "I": "1", "Z": "2", "S": "5", "V": "U", "Q": "0", "D": "0", "L": "1",
    "B": "8", "G": "6", "T": "7", "A": "4", "0": "D", "8": "B", "6": "G", "1": "L",
    "2": "7", "7": "1", "5": "6", "3": "8", "9": "4", "U": "W", "M": "N", "N": "M",
}  # fmt: skip
"""What is easily read or typed for another, with what it most likely stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """What is known of a code so far. `places` count from 1; valid has no `text`."""

    code: str
    complete: bool
    text: Text | None = None
    hint: Text | None = None
    places: tuple[int, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether it can be used as it stands."""
        return self.complete and self.text is None


def spell_credit_code(written: str) -> Spelling:
    """Read what has been typed so far; never raises."""
    folded = unicodedata.normalize("NFKC", written)
    code = "".join(c for c in folded.upper() if c.isalnum())
    wrong = tuple(_find_impossible(code))
    if wrong:
        return _explain_impossible(code, wrong)
    if len(code) < LENGTH:
        missing = LENGTH - len(code)
        return Spelling(
            code=code,
            complete=False,
            text=Text(
                f"已写{len(code)}位，还差{missing}位",
                f"{len(code)} of {LENGTH} characters so far, {missing} to go",
            ),
        )
    if len(code) > LENGTH:
        return Spelling(
            code=code,
            complete=True,
            text=Text(
                f"写了{len(code)}位，多了{len(code) - LENGTH}位",
                f"{len(code)} characters, {len(code) - LENGTH} too many",
            ),
        )
    if uscc.is_valid(code):
        return Spelling(code=code, complete=True)
    return _find_slip(code)


def _find_impossible(code: str) -> Iterator[int]:
    """Find the places, from 0, of characters that cannot stand there."""
    for place, character in enumerate(code[:LENGTH]):
        allowed = _LETTERS[:10] if place < _DIGITS else _LETTERS
        if character not in allowed:
            yield place


def _explain_impossible(code: str, wrong: tuple[int, ...]) -> Spelling:
    """Explain the first character that no code has there, and what it may have been."""
    place = wrong[0]
    character, must_be_digit = code[place], place < _DIGITS
    likely = _ALIKE.get(character, "")
    if must_be_digit and not likely.isdecimal():
        likely = ""
    number = place + 1
    text = Text(
        f"第{number}位是“{character}”，前8位只能是数字"
        if must_be_digit
        else f"第{number}位是“{character}”，代码里不用这个字符",
        f"character {number} is “{character}”; the first 8 are digits"
        if must_be_digit
        else f"character {number} is “{character}”, which no code has",
    )
    hint = Text(f"是不是“{likely}”？", f"is it “{likely}”?") if likely else None
    return Spelling(
        code=code,
        complete=len(code) >= LENGTH,
        text=text,
        hint=hint,
        places=tuple(position + 1 for position in wrong),
    )


def _find_slip(code: str) -> Spelling:
    """Tell where the slip may be in a code of the right shape whose check fails."""
    inside = not _check_organisation(code)
    ways = tuple(_find_single_slips(code, inside=inside))
    likely = [way for way in ways if _ALIKE.get(code[way[0]]) == way[1]] or ways
    if not ways:
        text = Text(
            "校验不通过，不止一位不对", "the check fails; more than one is wrong"
        )
    elif inside:
        text = Text(
            "第9位到第17位里有一位不对", "one of the characters 9 to 17 is wrong"
        )
    else:
        text = Text("校验不通过，有一位不对", "the check fails; a character is wrong")
    hint = Text("对照营业执照逐位核对", "compare each with the business licence")
    if len(likely) == 1:
        place, character = likely[0]
        hint = Text(
            f"很可能是第{place + 1}位，“{code[place]}”应为“{character}”，{hint.zh}",
            f"most likely character {place + 1}, “{code[place]}” for “{character}”; "
            f"{hint.en}",
        )
    return Spelling(
        code=code,
        complete=True,
        text=text,
        hint=hint,
        places=tuple(sorted({place + 1 for place, _ in ways})),
    )


def _find_single_slips(code: str, *, inside: bool) -> Iterator[tuple[int, str]]:
    """Find each change of one character that makes the code valid: place, and to.

    The organisation code counts by eleven and has more letters than that: a slip there
    can leave its own check true, but never the check of the whole.
    """
    for place in _ORGANISATION if inside else range(LENGTH):
        for character in _LETTERS[:10] if place < _DIGITS else _LETTERS:
            changed = code[:place] + character + code[place + 1 :]
            if uscc.is_valid(changed) and _check_organisation(changed):
                yield place, character


def _check_organisation(code: str) -> bool:
    own = code[_ORGANISATION.start : _ORGANISATION.stop]
    total = sum(w * int(c, 36) for w, c in zip(_WEIGHTS, own[:8], strict=True))
    return own[8] == "0123456789X0"[11 - total % 11]
