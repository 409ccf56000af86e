"""Pages of a form made of words at places, and what is proposed of them."""

from __future__ import annotations

from changqing.case.subjects import Subject
from changqing.evidence.reading import (
    Box,
    PaperPage,
    Reading,
    Span,
)
from changqing.law.model import Catalogue
from changqing.readers.layout import Quote, SpanPart
from changqing.readers.proposal import (
    CaseNames,
    PaperProposal,
    ProposedPaper,
)
from changqing.readers.propose import propose_from
from changqing.rules.types import Value

COMPANY = "某某互联科技有限公司"
CODE = "91320113MAEXA1P237"
NAMES = CaseNames(
    applicant=COMPANY,
    members={
        "service": {"example.cn": Subject("service", "site")},
        "person": {"张三": Subject("person", "zhang")},
    },
)


def put(text: str, left: int, top: int, confidence: int = 100) -> Span:
    box = Box(left=left, top=top, right=left + 100 * len(text), bottom=top + 100)
    return Span(text=text, box=box, confidence=confidence)


def read_pages(*pages: list[tuple[str, int, int]]) -> Reading:
    return Reading(
        paper="0" * 64,
        reader="text",
        version="1",
        pages=tuple(
            PaperPage(
                number=number,
                width=1000,
                height=1000,
                spans=tuple(put(*words) for words in page),
            )
            for number, page in enumerate(pages, start=1)
        ),
    )


def propose(
    catalogue: Catalogue, *pages: list[tuple[str, int, int]], names: CaseNames = NAMES
) -> ProposedPaper:
    proposal = propose_from(read_pages(*pages), names, catalogue)
    (paper,) = proposal.papers
    return paper


def values_of(paper: ProposedPaper) -> dict[str, Value]:
    return {f"{fact.subject.type}.{fact.fact}": fact.value for fact in paper.facts}


def quote_words(text: str) -> Quote:
    span = Span(text=text, box=None)
    return Quote(page=1, pieces=(SpanPart(span=span, start=0, end=len(text)),))


LICENCE = [
    ("营业执照", 4000, 500),
    ("统一社会信用代码", 1000, 1000),
    (CODE, 1000, 1200),
    ("名称", 1000, 2000),
    (COMPANY, 2000, 2000),
    ("注册资本", 5500, 2000),
    ("贰佰万元整", 6500, 2000),
    ("类型", 1000, 2400),
    ("有限责任公司（自然人独资）", 2000, 2400),
    ("成立日期", 5500, 2400),
    ("2024年03月18日", 6500, 2400),
    ("法定代表人", 1000, 2800),
    ("张三", 2000, 2800),
    ("经营范围", 1000, 3200),
    ("许可项目：第二类增值电信业务。一般项目：", 2000, 3200),
    ("软件开发；广告制作。", 2000, 3350),
    ("登记机关", 5500, 6000),
    ("2024年03月18日", 6500, 6400),
]


def propose_raw(catalogue: Catalogue, *spans: Span) -> PaperProposal:
    page = PaperPage(number=1, width=1000, height=1000, spans=spans)
    reading = Reading(paper="0" * 64, reader="ocr", version="1", pages=(page,))
    return propose_from(reading, NAMES, catalogue)
