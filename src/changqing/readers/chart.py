"""Charts of who holds how much of a company: names in boxes, shares on the lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.parse import find_shares
from changqing.evidence.reading import WHOLE, Box, PaperPage
from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.flow import (
    Flow,
    Token,
    fold_signs,
    split_tokens,
)
from changqing.readers.layout import Quote, SpanPart, join_boxes
from changqing.readers.owner_trees import TreeLine, find_owner_tree
from changqing.readers.proposal import (
    PaperPages,
    ProposedElement,
    ProposedFact,
    SelfCheck,
)
from changqing.rules.types import WHOLE_SHARE, Value

_SHARE: Final = re.compile(
    r"[▲△▼▽↑↓↕]?\s?(?:持股|占股|出资|认缴|占|股权)?(?:比例)?[:]?\(?(\d{1,3}(?:\.\d{1,4})?)%\)?"
)
_NAME: Final = re.compile(r"[一-龥A-Za-z0-9()·.,&\- ]+")
_NO_NAME: Final = re.compile(
    r"股权|结构|架构|说明|截至|合计|法定代表人|盖章|签字|公司\(盖|日期|^图|备注|持股"
)


_NATURE_WORDS: Final = (
    "(?:境内|境外|中国籍|中国)?(?:自然人|法人|国有法人|非法人|企业|公司|机构|个人|合伙企业|内资|外资|"
    "中国籍|中国|国资|国有)(?:股东|企业|独资|控股)?"
)
_NATURE: Final = re.compile(rf"\({_NATURE_WORDS}\)")
"""What somebody is, noted under a name: （自然人）. （有限合伙） is of the name."""
_NATURE_LINE: Final = re.compile(rf"\(?{_NATURE_WORDS}\)?")
"""The same in a line of its own, where it needs no brackets."""
_TOLD: Final = re.compile(
    r"(?:(?<=[\n\t,;。:、])|(?<=\d\))|^)(?:其中|股东|自然人股东|自然人)?[,:]?"
    r"(?P<name>[一-龥·]{2,4}"
    r"|[一-龥A-Za-z][一-龥A-Za-z0-9()]{3,39}?(?:公司|企业|基金|中心)(?:\([^)]{2,8}\))?"
    r"|[A-Z][A-Za-z .,&]{4,60})"
    r"(?:,(?:境内)?(?:自然人|企业法人|法人|中国籍|有限合伙企业)(?:股东)?){0,2}"
    r"(?:[,:]?(?:认缴|认购|实缴|出资|持有|持股){1,2}(?:额|股份|数)?(?:为)?(?:人民币)?"
    r"\d[\d.,]*(?:万)?(?:元|股)[,、]?)?"
    r"(?:直接)?(?:持有公司股权|持有|持股比例|出资比例|持股|占股|占比"
    r"|占(?:公司)?(?:注册资本|出资总额|股权|总股本)(?:总额)?的?|占)(?:为|是|:)?"
    r"(?P<share>\d{1,3}(?:\.\d{1,4})?%)"
)


_SQUARE: Final = 100  # ten-thousandths of a page: how tall a cell without a place is
_LEADING: Final = 2.0  # heights of a line from one line of a name to its next


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnHolder:
    """A holder right above (or below) the company in a chart, and its share."""

    name: str
    quote: Quote
    share: int  # basis points
    share_quote: Quote


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines of words that stand one above the other: the name in one box."""

    tokens: tuple[Token, ...]

    @property
    def box(self) -> Box:
        boxes = [token.box for token in self.tokens]
        return join_boxes(boxes) or boxes[0]

    @property
    def text(self) -> str:
        """The name, put together again."""
        words = [fold_signs(token.text).strip() for token in self.tokens]
        return re.sub(rf"{_NATURE.pattern}$", "", "".join(words))

    @property
    def x(self) -> float:
        return (self.box.left + self.box.right) / 2

    @property
    def y(self) -> float:
        return sum(token.y for token in self.tokens) / len(self.tokens)

    @property
    def pieces(self) -> tuple[SpanPart, ...]:
        return tuple(token.piece for token in self.tokens)


def find_in_chart(paper: PaperPages) -> Iterator[ProposedFact | ProposedElement]:
    """Find the facts that are read `by: chart`: names, shares, and whose they are."""
    reads = {
        key: reading
        for key, reading in paper.material.reads.items()
        if reading.by is FoundBy.CHART
    }
    if not reads or not paper.names.applicant:
        return
    flow = paper.flow
    holders_by_page = (
        find_holders(page.page, paper.names.applicant) for page in paper.pages
    )
    holders = next((persons for persons in holders_by_page if persons), ())
    tree = None if holders else find_owner_tree(flow, paper.names.applicant)
    if tree is not None:
        holders = tuple(_draw_holder(flow, line) for line in tree.holders)
    holders = holders or find_told_holders(flow)
    every_layer = are_all_persons([holder.name for holder in holders]) or (
        tree is not None and tree.is_whole
    )
    foreign = find_foreign_holder(flow, reads.get("holder.is_foreign"))
    abroad: list[DrawnHolder] = []
    for holder in holders:
        subject = _find_subject(paper, holder)
        if subject is None:
            continue
        from_abroad = is_from_abroad(holder.name, stated=foreign)
        if from_abroad:
            abroad.append(holder)
        values: dict[str, tuple[Value | None, Quote]] = {
            "holder.name": (_find_spelled_name(paper, subject, holder), holder.quote),
            "holder.share": (holder.share, holder.share_quote),
            "holder.is_foreign": (from_abroad, holder.quote),
        }
        for key, (value, quote) in values.items():
            if key in reads and value is not None:
                yield _propose_fact(subject, key, value, quote)
    if not holders:
        return
    # Where a company holds it, its own holders would have to be drawn as well.
    if "states_every_layer" in paper.material.shows and every_layer:
        yield ProposedElement(
            element="states_every_layer",
            stated=True,
            quote=holders[0].quote,
            confidence=min(90, holders[0].quote.confidence),
        )
    if "applicant.leaf_share_total" in reads and every_layer:
        total = sum(holder.share for holder in holders)
        quote = holders[0].share_quote
        yield _propose_fact(
            paper.applicant, "applicant.leaf_share_total", total, quote, sure=90
        )
    if "applicant.foreign_share" in reads and abroad:
        total = sum(holder.share for holder in abroad)
        quote = abroad[0].share_quote
        yield _propose_fact(paper.applicant, "applicant.foreign_share", total, quote)


def _propose_fact(
    subject: Subject, key: str, value: Value, quote: Quote, *, sure: int = 95
) -> ProposedFact:
    return ProposedFact(
        subject=subject,
        fact=key.partition(".")[2],
        value=value,
        quote=quote,
        confidence=min(sure, quote.confidence),
        checks=frozenset({SelfCheck.SUM}),
    )


def _find_subject(paper: PaperPages, holder: DrawnHolder) -> Subject | None:
    """Find the holder of the case whose name is drawn; a name misread is nobody's."""
    plain = re.sub(r"\s+", "", holder.name).lower()
    for listed_name, subject in paper.names.members.get("holder", {}).items():
        if re.sub(r"\s+", "", listed_name).lower() == plain:
            return subject
    sure = holder.quote.confidence
    if paper.names.is_misread("holder", holder.name, sure=sure):
        return None
    return paper.names.find_or_make("holder", holder.name)


def _find_spelled_name(paper: PaperPages, subject: Subject, holder: DrawnHolder) -> str:
    """Find the name as the case spells it, where blanks alone differ."""
    for name, listed in paper.names.members.get("holder", {}).items():
        if listed == subject:
            return name
    return holder.name


def find_foreign_holder(flow: Flow, reading: PaperFact | None) -> bool | None:
    """Tell whether the chart says that foreign investors hold it.

    None: it does not say.
    """
    if reading is None:
        return None
    text = flow.text
    if any(fold_signs(word) in text for word in reading.words.get("false", ())):
        return False
    if any(fold_signs(word) in text for word in reading.words.get("true", ())):
        return True
    return None


def is_from_abroad(name: str, *, stated: bool | None) -> bool | None:
    """Tell whether a holder is from abroad, by its name and what the chart says of all.

    A person's nationality and a company's seat in Hong Kong are no matter of spelling.
    """
    if stated is False:
        return False
    if stated is None or re.match("香港|澳门|台湾|英属|开曼|新加坡|美国|日本", name):
        return None
    if re.fullmatch(r"[A-Za-z0-9()&.,\- ]+", name):
        return True
    return False if re.search("公司|合伙|基金|企业", name) else None


def are_all_persons(names: Sequence[str]) -> bool:
    """Tell whether persons alone hold it: a company has holders of its own."""
    return all(re.fullmatch("[一-龥·]{2,8}", name) for name in names)


def find_holders(page: PaperPage, company: str) -> tuple[DrawnHolder, ...]:
    """Find who holds the company directly, if the shares drawn add up to the whole.

    Empty where the chart cannot be made out for certain: `company` is not drawn, a
    share has no name or a name no share, or their sum is another.
    """
    tokens = split_tokens(page) or list(_place_cells(page))
    blocks = _stack_tokens([token for token in tokens if _is_name(token)])
    root = [block for block in blocks if block.text == fold_signs(company)]
    if not root:
        return ()
    other_blocks = [block for block in blocks if block.text != fold_signs(company)]
    shares = [token for token in tokens if _SHARE.fullmatch(fold_signs(token.text))]
    # Where the company is drawn twice, as in a line for the seal, one has the shares.
    for company_block in sorted(root, key=lambda block: block.y):
        for pair in (_pair_shares, _pair_nearest):
            direct = list(pair(page, company_block, other_blocks, shares))
            total = sum(holder.share for holder in direct)
            if direct and abs(total - WHOLE_SHARE) <= 1:
                return tuple(direct)
    return ()


def find_holders_told(paper: PaperPages) -> Iterator[ProposedFact]:
    """Find the holders of a paper that lists them in a sentence, not in a table."""
    reads = paper.material.reads
    name = reads.get("holder.name")
    if name is None or name.by is FoundBy.CHART or "holder.share" not in reads:
        return
    for holder in find_told_holders(paper.flow):
        subject = _find_subject(paper, holder)
        if subject is not None:
            spelled = _find_spelled_name(paper, subject, holder)
            if spelled is not None:
                yield _propose_fact(subject, "holder.name", spelled, holder.quote)
            yield _propose_fact(
                subject, "holder.share", holder.share, holder.share_quote
            )


def _draw_holder(flow: Flow, line: TreeLine) -> DrawnHolder:
    return DrawnHolder(
        name=line.name,
        quote=flow.quote(*line.name_span),
        share=line.share,
        share_quote=flow.quote(*line.share_span),
    )


def find_told_holders(flow: Flow) -> tuple[DrawnHolder, ...]:
    """Find holders whose shares stand in sentences and add up to the whole."""
    drawn_holders = [
        DrawnHolder(
            name=match["name"],
            quote=flow.quote(*match.span("name")),
            share=find_shares(match["share"])[0],
            share_quote=flow.quote(*match.span("share")),
        )
        for match in _TOLD.finditer(flow.text)
        if not _NO_NAME.search(match["name"]) and len(find_shares(match["share"])) == 1
    ]
    names = {holder.name for holder in drawn_holders}
    total = sum(holder.share for holder in drawn_holders)
    whole = abs(total - WHOLE_SHARE) <= 1 and len(names) == len(drawn_holders)
    return tuple(drawn_holders) if whole else ()


def _place_cells(page: PaperPage) -> Iterator[Token]:
    """Set the cells of a drawing in Word, which has no places, on a page of squares."""
    cells = [(number, span) for number, span in enumerate(page.spans) if span.cell]
    columns = 1 + max((span.cell.column for _, span in cells if span.cell), default=0)
    wide = WHOLE // columns
    for number, span in cells:
        if span.cell is None:
            continue
        left, top = span.cell.column * wide, span.cell.row * 3 * _SQUARE
        yield Token(
            piece=SpanPart(span=span, start=0, end=len(span.text)),
            box=Box(left=left, top=top, right=left + wide, bottom=top + _SQUARE),
            y=top + _SQUARE / 2,
            page=0,
            span=number,
            height=_SQUARE,
        )


def _is_name(token: Token) -> bool:
    text = fold_signs(token.text).strip()
    return bool(
        len(text) >= 1
        and _NAME.fullmatch(text)
        and not _NO_NAME.search(text)
        and not _NATURE_LINE.fullmatch(text)
        and re.search(r"[一-龥A-Za-z]", text)
    )


def _stack_tokens(tokens: Sequence[Token]) -> list[_Block]:
    """Put lines together that stand close below one another, on one middle."""
    blocks: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: token.y):
        for block in blocks:
            last = block[-1]
            tall = max(token.height, last.height)
            if 0.4 * tall < token.y - last.y < _LEADING * tall and abs(
                token.x - last.x
            ) < 0.35 * _measure_token_width(last):
                block.append(token)
                break
        else:
            blocks.append([token])
    return [_Block(tuple(block)) for block in blocks]


def _measure_token_width(token: Token) -> int:
    return token.box.right - token.box.left


def _pair_shares(
    page: PaperPage,
    company: _Block,
    blocks: Sequence[_Block],
    shares: Sequence[Token],
) -> Iterator[DrawnHolder]:
    """Pair each share between a name and the company with the name it hangs from."""
    above = sum(share.y < company.y for share in shares)
    side = -1 if above * 2 >= len(shares) else 1  # holders above the company, or below
    lines = [share for share in shares if (share.y - company.y) * side > 0]
    if not lines:
        return
    # Of several layers the one next to the company is its own.
    nearest = min(abs(share.y - company.y) for share in lines)
    tall = max(share.height for share in lines)
    layer = [
        share for share in lines if abs(share.y - company.y) < nearest + 1.5 * tall
    ]
    paired: set[int] = set()
    for share in layer:
        candidates = [
            (_measure_aside(block, share) + 0.3 * abs(block.y - share.y), number)
            for number, block in enumerate(blocks)
            if (block.y - share.y) * side > 0
        ]
        if not candidates:
            return
        _, number = min(candidates)
        block = blocks[number]
        reach = max(block.box.right - block.box.left, 1200)
        if number in paired or _measure_aside(block, share) > reach:
            return
        paired.add(number)
        points = find_shares(fold_signs(share.text))
        if len(points) != 1:
            return
        yield DrawnHolder(
            name=block.text,
            quote=Quote(page=page.number, pieces=block.pieces),
            share=points[0],
            share_quote=Quote(page=page.number, pieces=(share.piece,)),
        )


def _measure_aside(block: _Block, share: Token) -> float:
    """Measure how far aside a share stands: under the middle of a name or its left."""
    return min(abs(block.x - share.x), abs(block.box.left - share.box.left))


def _pair_nearest(
    page: PaperPage,
    company: _Block,
    blocks: Sequence[_Block],
    shares: Sequence[Token],
) -> Iterator[DrawnHolder]:
    """Pair each share with the name right above it, as where both are in one box."""
    _ = company
    paired: set[int] = set()
    for share in shares:
        near = [
            (share.y - block.y, number)
            for number, block in enumerate(blocks)
            if 0 < share.y - block.y < 3.5 * share.height
            and block.box.left - 200 <= share.x <= block.box.right + 200
        ]
        points = find_shares(fold_signs(share.text))
        if not near or len(points) != 1 or min(near)[1] in paired:
            return
        _, number = min(near)
        paired.add(number)
        yield DrawnHolder(
            name=blocks[number].text,
            quote=Quote(page=page.number, pieces=blocks[number].pieces),
            share=points[0],
            share_quote=Quote(page=page.number, pieces=(share.piece,)),
        )
