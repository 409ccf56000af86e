"""Which kind of paper is it: by the title first, then by what else it says.

A file may hold several papers: page after page, each from its title on, or two on one
picture. What nothing speaks for is no paper of the catalogue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from changqing.evidence.reading import WHOLE, Box, PaperPage
from changqing.law.kinds.material import Material, Personal, Recognition
from changqing.readers.contents import is_invoice, is_of_another_form, rank_by_content
from changqing.readers.layout import PageLayout, squeeze

TITLE: Final = 5
"""How many words that speak for a kind a title is worth."""
LEAST: Final = 2.0
"""The least that has to speak for a kind before a paper is taken for it."""
_WORD: Final = 0.65
_MOST_WORDS: Final = 4.5
_SPEAKS_CLEARLY: Final = 4.0  # of words alone: then a page needs no title
_SAME_FORM: Final = 0.45  # of what is printed: the same form, filled in once more
_PAGE_NUMBER: Final = re.compile(r"第(\d{1,3})页|^(\d{1,3})/\d{1,3}$")
_PAPER_OF_ITS_OWN: Final = 3.5  # the least that speaks for one half of a picture
_MORE_THAN_WHOLE: Final = 2.0
_LEAST_GAP: Final = 40  # ten-thousandths of the page
_ANYTHING: Final = squeeze("…")
_LONGEST_TITLE: Final = 44  # letters of the line on which a title stands
_TITLE_LINES: Final = 12  # rows from the top among which a title may stand
_NOT_A_TITLE: Final = re.compile(r"[。；;，,]|^第.{1,3}[条章]|见附件|复印件|扫描件$")
_AROUND: Final = re.compile(
    r"[《》“”\"'（(【\[）)】\]\s]|\.(?:docx?|xlsx?|pdf|md|txt)$"
)


# A letter at a time: runs within a run would be tried in every way to part them.
_AFTER_TITLE: Final = re.compile(
    r"(?:副本|正本|复印件|扫描件|书|表|一览表?|打印版|终稿|定稿|示例|页面示例|样本|单位|个人|"
    r"要素|情况|摘要|信息|示意图|打印页|模板|范本|简表|清单|明细|"
    r"说明|测算|草案|讨论稿|征求意见稿?|试行|修订稿?|[与及和](?:标准|规范|要求|细则|流程|说明|登记|考核)|"
    r"续|盖章|年度|备案|查询|结果|页面|截图|详情|确认|[a-z0-9.\-〔〕年第号v/])*"
)


_IN_LATIN: Final = re.compile(r"(?<![A-Za-z/])[A-Za-z][A-Za-z ,.&'\-]{7,}(?![A-Za-z/])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title on a page: for which kind, how sure, and in which row it stands."""

    kind: str
    words: str
    worth: float
    row: int
    box: Box | None


def split_papers(
    pages: Sequence[PageLayout], materials: Mapping[str, Material]
) -> list[tuple[PageLayout, ...]]:
    """Part the pages of a file into papers, each from its title to the next.

    A page without a title goes on with the paper before it, unless all that it says is
    another kind's; so does one that says it is page 2. Two papers on one picture have
    each its half of the page.
    """
    papers: list[list[PageLayout]] = []
    head: Title | None = None
    for page in pages:
        parts = _split_page(page, materials)
        for part in parts:
            title = _find_best_title(part, materials)
            if (
                not papers
                or len(parts) > 1
                or _is_beginning(part, title, head, papers[-1], materials)
            ):
                papers.append([part])
                head = title
            else:
                papers[-1].append(part)
    return [tuple(paper) for paper in papers]


def _is_beginning(
    page: PageLayout,
    title: Title | None,
    head: Title | None,
    paper: Sequence[PageLayout],
    materials: Mapping[str, Material],
) -> bool:
    """Whether a page begins another paper than the one before it."""
    if (number := _read_page_number(page)) is not None and number > 1:
        return False
    if is_invoice(page):
        return True
    if title is None:
        # What it says is all another kind's, and nothing that of the pages before.
        own, _ = _rank_by_head([page], materials)
        before, _ = _rank_by_head(paper, materials)
        return (
            bool(own)
            and own[0][1] >= _SPEAKS_CLEARLY
            and (not before or before[0][0] not in {kind for kind, _ in own})
        )
    if head is None:
        return True
    recognition = materials[head.kind].recognition
    if recognition is not None and title.words in map(squeeze, recognition.parts):
        return False
    if title.kind != head.kind:
        return True
    if title.words == head.words:  # the same once more, or the head of every page
        return _compute_likeness(page.text, paper[0].text) > _SAME_FORM
    return title.row <= 1


def _read_page_number(page: PageLayout) -> int | None:
    """Read which page of its paper a page says it is: 第2页 共3页, 2/3."""
    rows = page.rows
    for row in (*rows[-2:], *rows[:2]):
        match = _PAGE_NUMBER.search(squeeze(page.join_row(row)))
        if match is not None:
            return int(match[1] or match[2])
    return None


def _compute_likeness(text_before: str, text_after: str) -> float:
    """Compute how much of what is printed on two pages is the same, from 0 to 1."""
    first, second = (
        {text[at : at + 3] for at in range(max(1, len(text) - 2))}
        for text in (text_before, text_after)
    )
    return len(first & second) / max(1, len(first | second))


def find_kind(
    pages: Sequence[PageLayout], materials: Mapping[str, Material]
) -> list[tuple[str, float]]:
    """Rank the kinds of paper that these pages may be, the likeliest first.

    Gives those alone for which at least `LEAST` speaks, with how much does. Without a
    title all that the kinds state is weighed, which tells more than a few words.
    None where the title is of another form: a tender for hosting is no agreement.
    """
    if is_of_another_form(pages):
        return []
    ranked, has_title = _rank_by_head(pages, materials)
    if has_title:
        return ranked
    return rank_by_content(pages, materials) or ranked


def _rank_by_head(
    pages: Sequence[PageLayout], materials: Mapping[str, Material]
) -> tuple[list[tuple[str, float]], bool]:
    """Rank by titles and by the words that tell kinds; and whether a title is there."""
    text = "".join(page.text for page in pages)
    title_worth: dict[str, float] = {}
    if pages:
        for title in _drop_parts(list(find_titles(pages[0], materials)), materials):
            worth = title_worth.get(title.kind, 0.0)
            title_worth[title.kind] = max(worth, title.worth)
    rarity = _rate_words(
        tuple(
            material.recognition.words
            for material in materials.values()
            if material.recognition is not None
        )
    )
    ranked = []
    for name, material in materials.items():
        recognition = material.recognition
        if recognition is None:
            continue
        worth = TITLE * title_worth.get(name, 0.0) + _weigh_kind(
            recognition, text, rarity
        )
        if worth >= LEAST:
            ranked.append((name, worth))
    ranked.sort(key=lambda kind_and_weight: -kind_and_weight[1])
    return ranked, bool(title_worth)


def _drop_parts(
    titles: Sequence[Title], materials: Mapping[str, Material]
) -> Iterator[Title]:
    """Leave out what heads a part of a paper whose own title stands above it."""
    for title in titles:
        above = {other.kind for other in titles if other.row < title.row}
        parts = {
            squeeze(part)
            for kind in above - {title.kind}
            if (recognition := materials[kind].recognition) is not None
            for part in recognition.parts
        }
        if not any(_match_title(part, title.words)[1] for part in parts):
            yield title


def _weigh_kind(
    recognition: Recognition, text: str, rarity: Mapping[str, float]
) -> float:
    """What the words of a paper say for a kind, and against it.

    A word that many kinds list says little; all together are worth less than a title.
    """
    weight = sum(rarity[word] for word in recognition.words if squeeze(word) in text)
    against = sum(squeeze(word) in text for word in recognition.against)
    return min(_WORD * weight, _MOST_WORDS) - 1.5 * against


@lru_cache(maxsize=4)
def _rate_words(lists: tuple[tuple[str, ...], ...]) -> Mapping[str, float]:
    """Rate how much each word says: the more, the fewer kinds list it.

    Kinds that look alike list the same, and count once.
    """
    counts = Counter(word for words in {*map(frozenset, lists)} for word in words)
    return {word: float(count) ** -0.5 for word, count in counts.items()}


def find_titles(page: PageLayout, materials: Mapping[str, Material]) -> Iterator[Title]:
    """Find the titles on a page: rows near its head that say little else."""
    by_title, by_part = _index_titles(
        tuple(
            (name, material.recognition.titles)
            for name, material in materials.items()
            if material.recognition is not None
        )
    )
    rows = page.rows[:_TITLE_LINES]
    for number, row in enumerate(rows):
        noted = _AROUND.sub("", squeeze(page.join_row(row)))
        for name in by_title.get(noted, ()) if noted in by_title else ():
            yield Title(
                kind=name, words=noted, worth=1, row=number, box=page.find_row_box(row)
            )
        for plain in _list_title_texts(page, rows, number):
            matches = [
                (title, words, worth)
                for part, titles in by_part.items()
                if part in plain
                for title in titles
                for words, worth in [_match_title(title, plain)]
                if worth
            ]
            longest = max(matches, key=_measure_match, default=("", "", 0.0))
            for title, words, worth in matches:
                # 网站备案信息 within 公安机关互联网站备案信息 is no title of its own.
                inside = words != longest[1] and words in longest[1]
                if inside and by_title[title] != by_title[longest[0]]:
                    continue
                for name in by_title[title]:
                    yield Title(
                        kind=name,
                        words=title,
                        worth=worth * (1.0 if number < 5 else 0.8) + len(title) / 100,
                        row=number,
                        box=page.find_row_box(row),
                    )


@lru_cache(maxsize=4)
def _index_titles(
    titles: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """Index titles, squeezed: the kinds that have each, and those that need a part.

    The longest part of a title without … stands on every line that has the title, so
    that few are tried on a line.
    """
    kinds: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    for kind, listed in titles:
        for title in map(squeeze, listed):
            if title not in kinds:
                part = max(title.split(_ANYTHING), key=len)
                parts.setdefault(part, []).append(title)
            kinds.setdefault(title, []).append(kind)
    return kinds, parts


@lru_cache(maxsize=2048)
def _compile_title(title: str) -> re.Pattern[str]:
    return re.compile(".{0,12}?".join(map(re.escape, title.split(_ANYTHING))))


def _list_title_texts(
    page: PageLayout, rows: Sequence[Sequence[int]], number: int
) -> Iterator[str]:
    """What may be a title in a row: all of it, its first words, it and the next row."""
    whole = page.join_row(rows[number])
    first = re.split(r"\s{2,}|[\u3000\t]|:|：", whole.strip())[0]
    texts = [whole, first, _IN_LATIN.sub("", whole)]  # with its English beside it
    if number + 1 < len(rows) and len(rows[number]) == len(rows[number + 1]) == 1:
        below = page.join_row(rows[number + 1])
        # 关于…年度财务报表 above 的审计报告 is no title by itself.
        goes_on = below.strip().startswith("的")
        texts = [whole + below] if goes_on else [*texts, whole + below]
    for text in dict.fromkeys(texts):
        bare = re.sub(r"[(（][^()（）]{1,24}[)）]\s*$", "", text.strip())
        plain = _AROUND.sub("", squeeze(bare))
        if 0 < len(plain) <= _LONGEST_TITLE and not _NOT_A_TITLE.search(plain):
            yield plain


def _measure_match(match: tuple[str, str, float]) -> tuple[int, int]:
    """How much of a title was listed letter by letter, then how long all of it is."""
    title, words, _ = match
    return len(title.replace(_ANYTHING, "")), len(words)


def _match_title(title: str, plain: str) -> tuple[str, float]:
    """What of a line is a title, and how well: it ends the line, but for its copy.

    … in a title stands for a few letters.
    """
    words, worth = title, 1.0
    if _ANYTHING in title:
        match = _compile_title(title).search(plain)
        words, worth = ("", 0.0) if match is None else (match[0], 0.9)
    most = _LONGEST_TITLE if plain.startswith("关于") else len(words) + 24
    if not words or words not in plain or len(plain) > most:
        return words, 0.0
    after = plain[plain.rindex(words) + len(words) :]
    if not _AFTER_TITLE.fullmatch(after):
        return words, 0.0
    return words, worth if plain == words else 0.9 * worth


def _find_best_title(
    page: PageLayout, materials: Mapping[str, Material]
) -> Title | None:
    titles = list(find_titles(page, materials))
    return max(titles, key=lambda title: (title.worth, -title.row), default=None)


def _split_page(
    page: PageLayout, materials: Mapping[str, Material]
) -> list[PageLayout]:
    """Part a picture of two papers, where a gap parts what speaks for two kinds.

    Each half has to be a paper of its own kind, and both together more than the whole.
    """
    if not page.is_picture:
        return [page]
    whole, _ = _rank_by_head([page], materials)
    best: tuple[float, PageLayout, PageLayout] | None = None
    for half, other_half in _halve_page(page):
        first, _ = _rank_by_head([half], materials)
        second, _ = _rank_by_head([other_half], materials)
        if not first or not second or {first[0][0]} & {name for name, _ in second}:
            continue
        if min(first[0][1], second[0][1]) < _PAPER_OF_ITS_OWN or not (
            _stands_alone(half, first[0][0], second[0][0], materials)
            and _stands_alone(other_half, second[0][0], first[0][0], materials)
        ):
            continue
        worth = first[0][1] + second[0][1]
        if best is None or worth > best[0]:
            best = worth, half, other_half
    if best is None or (whole and best[0] < whole[0][1] + _MORE_THAN_WHOLE):
        return [page]
    return [best[1], best[2]]


def _stands_alone(
    page: PageLayout, kind: str, other: str, materials: Mapping[str, Material]
) -> bool:
    """Whether a half has a title of its kind, as all papers have but identity cards.

    A title within papers of the `other` half's kind is none: 股东信息 of a report.
    """
    recognition = materials[other].recognition
    parts = () if recognition is None else [*map(squeeze, recognition.parts)]
    titles = [title for title in find_titles(page, materials) if title.kind == kind]
    if materials[kind].personal is Personal.IDENTITY and not titles:
        return True
    return any(title.words not in parts for title in titles)


def _halve_page(page: PageLayout) -> Iterator[tuple[PageLayout, PageLayout]]:
    """Cut a page where nothing stands: between rows, and between columns."""
    boxes = [span.box for span in page.spans if span.box is not None]
    spans_across = sorted((box.left, box.right) for box in boxes)
    spans_down = sorted((box.top, box.bottom) for box in boxes)
    for cuts, upright in (
        (_find_gaps(spans_across), True),
        (_find_gaps(spans_down), False),
    ):
        for cut in cuts:
            if upright:
                first = Box(left=0, top=0, right=cut, bottom=WHOLE)
                second = Box(left=cut, top=0, right=WHOLE, bottom=WHOLE)
            else:
                first = Box(left=0, top=0, right=WHOLE, bottom=cut)
                second = Box(left=0, top=cut, right=WHOLE, bottom=WHOLE)
            yield keep_spans(page, first), keep_spans(page, second)


def _find_gaps(stretches: Sequence[tuple[int, int]]) -> list[int]:
    """Find the middles of the widest gaps between stretches, at most six."""
    gaps: list[tuple[int, int]] = []
    end = stretches[0][1] if stretches else 0
    for start, stop in stretches[1:]:
        if start - end > _LEAST_GAP:
            gaps.append((start - end, (start + end) // 2))
        end = max(end, stop)
    return [middle for _, middle in sorted(gaps, reverse=True)[:6]]


def keep_spans(page: PageLayout, box: Box) -> PageLayout:
    """Keep the part of a page whose spans have their middle in a box."""
    spans = tuple(
        span
        for span in page.page.spans
        if span.box is None
        or (
            box.left <= (span.box.left + span.box.right) / 2 < box.right
            and box.top <= (span.box.top + span.box.bottom) / 2 < box.bottom
        )
    )
    marks = tuple(
        mark
        for mark in page.page.marks
        if box.left <= (mark.box.left + mark.box.right) / 2 < box.right
        and box.top <= (mark.box.top + mark.box.bottom) / 2 < box.bottom
    )
    part: PaperPage = replace(page.page, spans=spans, marks=marks)
    return PageLayout(part)
