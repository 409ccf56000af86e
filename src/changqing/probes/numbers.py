"""Numbers that authorities give to a site: filings, licences, public security.

The one character that each of them must hold is found first; only what stands around
it is folded and matched, so that a page without numbers costs next to nothing and no
expression can run away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from changqing.probes.marks import TextMatch, compile_words, find_places, fold

_REGIONS = {
    "京": "11",
    "津": "12",
    "冀": "13",
    "晋": "14",
    "蒙": "15",
    "辽": "21",
    "吉": "22",
    "黑": "23",
    "沪": "31",
    "苏": "32",
    "浙": "33",
    "皖": "34",
    "闽": "35",
    "赣": "36",
    "鲁": "37",
    "豫": "41",
    "鄂": "42",
    "湘": "43",
    "粤": "44",
    "桂": "45",
    "琼": "46",
    "渝": "50",
    "川": "51",
    "蜀": "51",
    "贵": "52",
    "黔": "52",
    "云": "53",
    "滇": "53",
    "藏": "54",
    "陕": "61",
    "陇": "62",
    "甘": "62",
    "青": "63",
    "宁": "64",
    "新": "65",
}
_CODES = frozenset(_REGIONS.values())
_PROVINCE = f"[{''.join(_REGIONS)}]"
_FILING_SIGNS = ("备", "備", "俻")
_AFTER_ICP, _AFTER_POLICE = re.compile("[PpＰРΡ]"), re.compile("[安网網]")
_AT_LICENCE = re.compile("[PpＰРΡ]|许可|許可")
_AT_CLASS = re.compile(r"[12１２]\s?[-－—–―‐‑−﹣]\s?[12１２]")
_A_DIGIT = re.compile(r"\d")
_NEAR = 8  # characters
_COUNTED_UP, _COUNTED_DOWN = "1234567890" * 2, "9876543210" * 2
_CLASSES = re.compile("A1|A2|B1|B2|a2|b2|Ａ2|Ｂ2|Ａ２|Ｂ２")
_BEFORE, _AFTER = 24, 56  # characters of a window

_FILED_BY = re.compile(
    rf"[\[(]?\s?({_PROVINCE})\s?[\])]?\s?[\[(]?\s?I\s?C\s?P\s?[\])]?\s?$", re.I
)
_SAID = r"\s?(?:案\s?)?(?:[证号字]\s?){0,2}[:.-]?\s?[\[(]?\s?(?:第\s?)?"
_FILED = re.compile(_SAID + r"(20[0-3]\d{7}|[0-3]\d{7})(?!\d)\s?[\])]?")
_FILED_SPACED = re.compile(
    _SAID + r"(2\s?0\s?[0-3](?:\s?\d){7}|[0-3](?:\s?\d){7})(?!\s?\d)\s?[\])]?(?=\s?号)"
)
_BRANCH = re.compile(
    r"\s?(?:-\s?(\d{1,3}[AKX]?)(?!-?\d)\s?号?|号\s?(?:-\s?(\d{1,3}[AKX]?)(?!-?\d))?)"
)
_MISFILED = re.compile(_SAID + r"(\d{4,14})(?!\d)\s?号?(?:-\d{1,3}(?!\d))?")

_CLASSED = re.compile(
    rf"(?:[\[(]?(?:({_PROVINCE}|合字)(?:\s?ICP\s?证)?)[\])]?\s?)?"
    r"(?<![A-Za-z0-9])(?<![A-Za-z]-)((?:[AB][12](?:[.,、]\s?|\s)){0,3}[AB][12])\s?-\s?"
    r"((?:19|20)\d{6})(?!\d)(?:-(\d{1,3})(?![\d-]))?",
    re.I,
)
_OTHER_CODE = re.compile(r"(?:型号|款号|货号|批号|规格|版本|SKU|Model)\s?:?\s?$", re.I)
# What stands in the footer beside a number that does not begin with who gave it.
_OF_A_FOOTER = compile_words(
    "许可|证|备|全国|ICP|SP|电信|增值|经营|EDI|IDC|ISP|CDN|©|版权|copyright"
)
_OLD_LICENCE = re.compile(
    rf"({_PROVINCE})\s?[\])]?\s?[\[(]?\s?ICP\s?证[\])]?\s?(?:[号字]\s?)?(?:第\s?)?[:-]?\s?[\[(]?\s?"
    r"(\d{6})(?!\d)\s?[\])]?\s?号?(?:-(\d{1,3})(?!-?\d))?",
    re.I,
)
_OLDEST_LICENCE = re.compile(
    rf"许可证(?:编号|号)?\s?:?\s?({_PROVINCE})\s?ICP\s?(\d{{8}}|\d{{6}})(?!\d)\s?号?()",
    re.I,
)

_POLICED_BY = re.compile(
    r"(?:公\s?网\s?安|公\s?安\s?网|公\s?安(?:\s?机\s?关|部|局)?"
    r"(?:\s?(?:互?联网|网站?|网络|站))*|网\s?安|网\s?保\s?安|公\s?网|联\s?网)\s?$"
)
_POLICED = re.compile(
    r"\s?(?:案\s?)?(?:(?:编\s?)?[号证码]\s?){0,2}[:-]?\s?[\[(]?\s?(?:第\s?)?"
    r"(\d{10,14}|\d(?:\s?\d){11,13}(?=\s?号))(?!\d)(-\d{1,3}(?!\d))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(TextMatch):
    """A number with the two-digit code of the region that gave it, where it says."""

    region: str


def find_kind(number: Number) -> str:
    """Find which of the three it is, as facts are named."""
    if "备" in number.value:
        return "filing_number"
    return "police_number" if number.value[:1].isdigit() else "licence_number"


def find_filings(text: str) -> Iterator[Number]:
    """Find ministry filing numbers: `浙ICP备20261234号-1`; those of apps end in `-1A`.

    Eight digits begin with two of the year, ten with all four. Placeholders of
    templates, and numbers that cannot be, are left out.
    """
    return (mark for mark in find_filing_marks(text) if isinstance(mark, Number))


def find_filing_marks(text: str) -> Iterator[Number | TextMatch]:
    """Find filing numbers, and what is shown as one and cannot be: a digit lost, say.

    The latter are marks that are no `Number`.
    """
    for start, by, window, after in _find_filing_signs(text):
        match = _FILED.match(window, after) or _FILED_SPACED.match(window, after)
        if match is not None:
            digits = re.sub(r"\s", "", match.group(1))
            if not _is_made_up_filing(digits):
                yield _make_filing(text, start, by, digits, match.end())
            continue
        match = _MISFILED.match(window, after)
        if match is not None and not _is_made_up(match.group(1)):
            raw = _strip_span(text, start + by.start(), start + match.end())
            value = re.sub(r"\s", "", fold(raw))
            yield TextMatch(value=value, raw=raw, start=start + by.start())


def _make_filing(
    text: str, start: int, by: re.Match[str], digits: str, after: int
) -> Number:
    """Make the number with its branch, which stands before or behind the 号."""
    branch = _BRANCH.match(by.string, after)
    value = f"{by.group(1)}ICP备{digits}号"
    if branch is not None:
        after = branch.end()
        number = (branch.group(1) or branch.group(2) or "").lstrip("0")
        value += f"-{number}" if number else ""
    return Number(
        value=value,
        raw=_strip_span(text, start + by.start(), start + after),
        start=start + by.start(),
        region=_REGIONS[by.group(1)],
    )


def _find_filing_signs(text: str) -> Iterator[tuple[int, re.Match[str], str, int]]:
    """Find `浙ICP备`: the offset and text of the window, and what follows."""
    for start, window, place in _fold_windows(
        text, find_places(text, *_FILING_SIGNS), near=_AFTER_ICP
    ):
        by = _FILED_BY.search(window, 0, place)
        if by is not None:
            yield start, by, window, place + 1


def find_licences(text: str) -> Iterator[Number]:
    """Find telecom licence numbers: `浙B2-20260001`, `京ICP证260001号`."""
    yield from _find_class_numbers(text)
    for start, window, place in _fold_windows(
        text, find_places(text, "证", "證", "証"), near=_AT_LICENCE
    ):
        for pattern, words in ((_OLD_LICENCE, "ICP证"), (_OLDEST_LICENCE, "ICP")):
            match = pattern.search(window, max(0, place - 8))
            if match is None or not match.start() <= place < match.end():
                continue
            by, digits = match.group(1), match.group(2)
            if not _is_made_up(digits):
                branch = f"-{int(match.group(3))}" if match.group(3) else ""
                value = f"{by}{words}{digits}号{branch}"
                yield _make_licence(text, start, match, value, by)
            break


def _find_class_numbers(text: str) -> Iterator[Number]:
    """Find numbers that begin with the classes of business, each once."""
    ends = 0
    places = (match.start() for match in _CLASSES.finditer(text))
    for start, window, place in _fold_windows(text, places, near=_AT_CLASS):
        for match in _CLASSED.finditer(window, max(0, ends - start)):
            if not match.start(2) <= place < match.end(2):
                continue
            ends = start + match.end()
            by = match.group(1) or ""
            before = window[max(0, match.start() - _NEAR) : match.start()]
            if _is_made_up(match.group(3)) or _OTHER_CODE.search(before):
                continue
            classes_found = re.findall("[AB][12]", match.group(2).upper())
            if (
                len(classes_found) == 1
                and not by
                and not _is_in_a_footer(window, match)
            ):
                continue
            classes = ".".join(classes_found)
            branch = f"-{int(match.group(4))}" if match.group(4) else ""
            yield _make_licence(
                text, start, match, f"{by}{classes}-{match[3]}{branch}", by
            )


def _is_in_a_footer(window: str, match: re.Match[str]) -> bool:
    """Whether the line of a bare number, or one beside it, has words of a footer."""
    above = window[: match.start()].split("\n")[-3:]
    below = window[match.end() :].split("\n")[:2]
    return _OF_A_FOOTER.search("\n".join((*above, *below))) is not None


def _make_licence(
    text: str, start: int, match: re.Match[str], value: str, by: str
) -> Number:
    return Number(
        value=value,
        raw=_strip_span(text, start + match.start(), start + match.end()),
        start=start + match.start(),
        region=_REGIONS.get(by, ""),
    )


def find_police_numbers(text: str) -> Iterator[Number]:
    """Find public-security filing numbers: digits only, the first two the region."""
    for start, window, place in _fold_windows(
        text, find_places(text, *_FILING_SIGNS), near=_AFTER_POLICE
    ):
        by = _POLICED_BY.search(window, 0, place)
        match = _POLICED.match(window, place + 1) if by is not None else None
        if by is None or match is None:
            continue
        digits = re.sub(r"\s", "", match.group(1))
        if digits[:2] not in _CODES or _is_made_up(digits) or digits.endswith("000000"):
            continue
        yield Number(
            value=digits + (match.group(2) or ""),
            raw=_strip_span(text, start + by.start(), start + match.end()),
            start=start + by.start(),
            region=digits[:2],
        )


def _is_made_up(digits: str) -> bool:
    """Whether the author of a template made the number up: `12345678`, all nines."""
    counted = digits in _COUNTED_UP or digits in _COUNTED_DOWN
    return counted or len(set(digits)) == 1


def _is_made_up_filing(digits: str) -> bool:
    """Whether it, or the part after its year, is made up: `2024123456`, `20210000`.

    Nothing was filed in the year 2000.
    """
    no_year = digits.startswith("00")
    year_alone = digits.startswith("20") and digits.endswith("0000")
    made_up = _is_made_up(digits) or _is_made_up(digits[-6:])
    return no_year or year_alone or made_up


def _fold_windows(
    text: str, places: Iterable[int], *, near: re.Pattern[str]
) -> Iterator[tuple[int, str, int]]:
    """Fold the text around each place; give it, where it begins, the place in it.

    `near` must match close by and a digit follow; most of the words with a sign of a
    number have none.
    """
    for place in places:
        close = near.search(text, max(0, place - _NEAR), place + _NEAR)
        if close and _A_DIGIT.search(text, place, place + _AFTER):
            start = max(0, place - _BEFORE)
            yield start, fold(text[start : place + _AFTER]), place - start


def _strip_span(text: str, start: int, end: int) -> str:
    return text[start:end].strip()
