"""What a paper says besides a value that leaves the value to a person.

A balance of which a part is frozen is not all there to be used, a contract that was
ended or is a draft shows nothing, a page that found nothing denies. What a kind of
paper lists for that is looked for here, once the values are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.forms import DIFFERENT, subject_of
from changqing.readers.layout import Quote, squeeze
from changqing.readers.phrases import Prose
from changqing.readers.proposal import PaperPages, ProposedFact, UnclearFact
from changqing.readers.values import find_unit, read_amount, unit_of_label
from changqing.text import Text

DOUBTED: Final = Text(
    zh="材料上另有一句话，使这个数不能直接算数",
    en="another sentence of the paper keeps this value from counting as it stands",
)
ENDED: Final = Text(
    zh="材料写着它已经终止、解除或注销，不能再作证据",
    en="the paper says that it was ended, and it shows nothing any more",
)
DRAFT: Final = Text(
    zh="材料写着它是草稿或已作废，请换定稿、签署过的",
    en="the paper calls itself a draft or void; take the final, signed one",
)
_STAMP: Final = re.compile(
    r"(?:.{0,24}[(（【\[〔])?(?:此件|此证|本件|本合同|本证)?(?P<word>已?作废|已?失效"
    r"|草案|草稿|初稿|讨论稿|送审稿|审议稿|征求意见稿|未定稿|非正式文本|DRAFT|VOID|CANCELLED)"
    r"[)）】\]〕]?(?:无效)?",
    re.IGNORECASE,
)
"""What is stamped on a paper that does not hold, or stands in brackets at its head."""
_ENDING: Final = re.compile(
    r".{0,20}(?:解除|终止|退租|解约)(?:、|或|或者|与|及)?[（(]?(?:解除|终止)?[)）]?(?:劳动|租赁|房屋租赁|服务|托管|本)?"
    r"(?:合同|协议|关系)?的?(?:协议|证明|通知|确认|说明)书?|离职证明书?"
    r"|.{0,20}(?:合同|协议)的?(?:解除|终止)的?(?:协议|证明|通知|确认|说明)书?"
)
"""The title of a paper by which a contract was ended."""
_HEAD_ROWS: Final = 5
_ANOTHER_PAPER: Final = re.compile(
    r"(?:原|旧|前|此前|上一?份|该等|其他|他)[^,。;:\n]{0,10}$|(?:之|当|次|届满|期满)$"
)
_CONDITION: Final = re.compile(
    r"^[^,。;:\n]{0,14}(?:的|时|后|前|之日|情形|情况|事由|条件)(?=[,。;:\n]|$)"
)
PART_HELD: Final = Text(
    zh="其中一部分被冻结、质押或受限，材料没有写明剩多少可用",
    en="a part of it is frozen, pledged or held, and what is left is not stated",
)
_SUPPOSED: Final = re.compile(
    r"如果?|若|倘|一旦|凡是?|假如|可能|可以|有权|排除|因[^,]{0,12}(?:被|导致|引起)"
    r"|是否|任何|不因|或者?被|期间不|后续|此后|之后|以后"
)
_TAKEN_BACK: Final = re.compile(r"(?:未|没有|不|无|并非)[^,。;:\t\n]{0,14}$")
_DISCLAIMED: Final = re.compile(r"[^。;\n]{0,40}(?:不承担|不负|免责|概不|无关)")
_NOTHING: Final = r"(?:0+(?:\.0+)?元?(?![\d.,])|零|无|否|未|没有|不|正常|-+|/)"
_NONE_OF_IT: Final = re.compile(
    r"^(?:(?:金额|余额|资金|款项|存款|合计|总额|情况|状态|标志|记录|部分|信息|限制|原因|日期|期限"
    r"|止付|质押|冻结|查封|扣划|[/、或及和的])+(?:\([^()]{1,6}\))?"
    rf"(?:[:为是]|\t|¥|￥|人民币)*(?:{_NOTHING}|$|\n|。|\t)"
    rf"|(?:\([^()]{{1,6}}\))?[:\t](?:¥|￥|人民币)?{_NOTHING})"
)
"""What stands after the words of a label that says that there is nothing of it."""


def weigh_caveats(
    paper: PaperPages, said: Iterable[ProposedFact | UnclearFact]
) -> Iterator[ProposedFact | UnclearFact]:
    """Leave to a person what the paper itself does not let count as it stands.

    Of an amount of which a part is not free, what is left of it is meant where the
    paper says how much that is.
    """
    found = list(said)
    ended = find_void(paper)
    denials = dict(_find_denials(paper, found))
    for one in found:
        if ended is not None and one.subject.type != "paper":
            why, quote = ended
            quotes = one.quotes if isinstance(one, UnclearFact) else (one.quote,)
            yield UnclearFact(
                subject=one.subject, fact=one.fact, why=why, quotes=(*quotes, quote)
            )
            continue
        denial = denials.pop(f"{one.subject.type}.{one.fact}", None)
        if denial is not None:
            yield denial
            continue
        reading = paper.material.reads.get(f"{one.subject.type}.{one.fact}")
        if reading is None or isinstance(one, UnclearFact):
            yield one
            continue
        free = _find_free(paper, reading, one)
        if free is not None:
            yield free
            continue
        doubt = find_doubt(Prose(paper.flow), reading)
        if doubt is not None:
            yield UnclearFact(
                subject=one.subject,
                fact=one.fact,
                why=DOUBTED,
                quotes=(one.quote, doubt),
            )
            continue
        yield _weigh_held(paper, reading, one)
    if ended is None:
        yield from denials.values()


def find_void(paper: PaperPages) -> tuple[Text, Quote] | None:
    """Why a paper shows nothing any more, and the words that say so.

    By a stamp or the end of its title (草案), or by what `void` lists in a sentence
    that is no condition (双方协商一致解除的) and speaks of no other paper.
    """
    for number, page in enumerate(paper.pages):
        for place, row in enumerate(page.rows):
            for at in row:
                words = squeeze(page.spans[at].text)
                stamp = _STAMP.fullmatch(words)
                head = number == 0 and place < _HEAD_ROWS
                if head and paper.material.void and _ENDING.fullmatch(words):
                    return ENDED, page.quote_spans([at])
                if stamp is not None and (head or not stamp.start("word")):
                    return DRAFT, page.quote_spans([at])
    prose = Prose(paper.flow)
    text = prose.flow.text
    for match in prose.find_phrases(paper.material.void, "[^。;\n]{1,24}?"):
        begin = max(text.rfind(stop, 0, match.start) for stop in "。;\n") + 1
        before, whole = text[begin : match.start], text[begin : match.end]
        if (
            not _SUPPOSED.search(whole)
            and not _TAKEN_BACK.search(before)
            and not _ANOTHER_PAPER.search(before)
            and not _CONDITION.match(text[match.end : match.end + 24])
        ):
            return ENDED, prose.flow.quote(match.start, match.end)
    return None


def _find_denials(
    paper: PaperPages, found: Sequence[ProposedFact | UnclearFact]
) -> Iterator[tuple[str, ProposedFact | UnclearFact]]:
    """What `denied_by` says no to; unclear where the paper says yes to one of them."""
    listed = {k: each for k, each in paper.material.reads.items() if each.denied_by}
    prose = Prose(paper.flow)
    said = {
        key: quote
        for key, reading in listed.items()
        if (quote := _find_first(prose, reading.denied_by)) is not None
    }
    yes = next(
        (
            one.quote
            for one in found
            if isinstance(one, ProposedFact)
            and one.value is True
            and (reading := listed.get(f"{one.subject.type}.{one.fact}"))
            and reading.by is FoundBy.WORDS
        ),
        None,
    )
    for key, quote in said.items():
        fact = paper.fact_of(key)
        subject = subject_of(paper, fact.subject)
        if subject is None:
            continue
        if yes is not None:
            yield (
                key,
                UnclearFact(
                    subject=subject, fact=fact.id, why=DIFFERENT, quotes=(yes, quote)
                ),
            )
            continue
        yield (
            key,
            ProposedFact(
                subject=subject,
                fact=fact.id,
                value=False,
                quote=quote,
                confidence=min(93, quote.confidence),
            ),
        )


def _find_first(prose: Prose, phrases: Sequence[str]) -> Quote | None:
    text = prose.flow.text
    for match in prose.find_phrases(phrases, "[^。;\n]{1,24}?"):
        begin = max(text.rfind(stop, 0, match.start) for stop in "。;\n") + 1
        if not _SUPPOSED.search(text, begin, match.start):
            return prose.flow.quote(match.start, match.end)
    return None


def find_doubt(prose: Prose, reading: PaperFact) -> Quote | None:
    """Find the words of `doubted_by` that a paper says, and does not take back."""
    text = prose.flow.text
    for match in prose.find_phrases(reading.doubted_by, "[^。;\n]{1,24}?"):
        begin = max(text.rfind(stop, 0, match.start) for stop in "。;\n") + 1
        before = text[begin : match.start]
        if _SUPPOSED.search(before) or _TAKEN_BACK.search(before):
            continue
        if _DISCLAIMED.match(text, match.end):
            continue
        if not _NONE_OF_IT.match(text[match.end : match.end + 40]):
            return prose.flow.quote(match.start, match.end)
    return None


def _find_free(
    paper: PaperPages, reading: PaperFact, said: ProposedFact
) -> ProposedFact | None:
    """What is left of an amount, where the paper says so and it is less."""
    free = min(_list_amounts(paper, reading.free), default=None, key=lambda one: one[0])
    if free is None or not isinstance(said.value, int) or free[0] >= said.value:
        return None
    fen, quote = free
    return ProposedFact(
        subject=said.subject,
        fact=said.fact,
        value=fen,
        quote=quote,
        confidence=min(said.confidence, quote.confidence),
    )


def _weigh_held(
    paper: PaperPages, reading: PaperFact, said: ProposedFact
) -> ProposedFact | UnclearFact:
    """Leave an amount unclear of which a part is held, and no rest is stated."""
    held = next((one for one in _list_amounts(paper, reading.held) if one[0]), None)
    if held is None:
        return said
    return UnclearFact(
        subject=said.subject,
        fact=said.fact,
        why=PART_HELD,
        quotes=(said.quote, held[1]),
    )


def _list_amounts(
    paper: PaperPages, labels: tuple[str, ...]
) -> Iterator[tuple[int, Quote]]:
    """The amounts beside some labels, in fen; a 0 without its fen is one as well."""
    for page in paper.pages:
        for beside in paper.beside(page, labels):
            unit = unit_of_label(beside.note)
            unit = find_unit(page) if unit is None else unit
            read = read_amount(beside.value, unit=unit)
            if read is not None and not read.doubtful and isinstance(read.value, int):
                yield read.value, read.quote
            elif squeeze(beside.value.text).startswith("0"):
                yield 0, beside.value
