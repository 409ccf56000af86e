"""No sentence of a draft stands there by itself: each rests on something of the case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from changqing.documents.document import CITED, Document, DocumentEdition
from changqing.documents.markup import CLOSE, OPEN
from changqing.law.compiled import load_compiled
from changqing.law.words import SCOPE_WORDS
from changqing.run import Outcome, conclude, read_recorded
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, judge, written

TRACED: Final = "■"
"""Stands for what a fact, a choice or the company's own words wrote."""
_SPOKEN: Final = re.compile(
    f"{OPEN}s(\\d+){CLOSE}.*?{OPEN}t\\1{CLOSE}|{OPEN}c(\\d+){CLOSE}.*?{OPEN}e\\2{CLOSE}"
    f"|{OPEN}[sbcet]\\d+{CLOSE}|〔[^〕]*〕",
    re.DOTALL,
)
_LAW: Final = re.compile(
    r"(?:依据：)?《[^》]+》第[〇一二三四五六七八九十百]+条(?:第（[^）]+）项)?"
    r"(?:、第[〇一二三四五六七八九十百]+条(?:第（[^）]+）项)?)*[；。]"
    r"|规定的[上下]限是\d+(?:个月|天|日)。"
)
_FURNITURE: Final = frozenset(
    {
        "为申请的业务安排的人员如下。",
        "下表按申请材料的次序编号，带短横的是所属材料的附页。",
        # What a drawing means.
        "图中实线框为自然人、国有主体或上市公司；",
        "虚线框为仍须列明其股东的公司。",
        "深色是有材料证明的期限，浅色是公司申报、还没有材料证明的期限；",
        "浅底是许可证的有效期，从预计的发证日算起。",
        # The text that law asks the legal representative to sign.
        "1. 依照电信管理的法律、法规和规章经营，不超出许可证载明的业务种类和覆盖范围。",
        "2. 所提交的材料真实、有效；",
        "情况有变化的，及时报告。",
        "3. 接受电信主管部门的监督检查。",
        # What is applied for, and of whom.
        "申请的业务是〇，覆盖范围为〇（〇）。",
        "申请业务：〇，〇；",
        "受理机关：〇。",
        "本方案支撑〇。",
        "〇：",
    }
)
"""All that a template may say of itself: no promise, no praise, nothing of a company."""


@pytest.fixture(scope="module")
def ready() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def list_untraced(document: Document, given: tuple[str, ...]) -> Iterator[str]:
    """List the sentences that nothing of the case stands behind."""
    for section in document.sections:
        if section.id == CITED:
            continue
        for line in _SPOKEN.sub(TRACED, section.marked).splitlines():
            if line.startswith("|"):
                parts = [cell.strip() for cell in line.strip("|").split("|")]
                parts = [cell for cell in parts if cell.endswith("。")]
            else:
                parts = re.split(r"(?<=[。；])", line.strip())
            for part in parts:
                said = part.strip()
                for words in given:
                    said = said.replace(words, "〇")
                if said and TRACED not in said and not said.startswith("!["):
                    yield said


@pytest.mark.share
@pytest.mark.parametrize("licence", sorted(load_compiled().licences))
def test_every_sentence_rests_on_a_fact_a_choice_or_the_company(
    ready: Outcome, licence: str
) -> None:
    application = replace(ready.case.application, licence=licence)
    case = replace(ready.case, application=application)
    outcome = conclude(
        case, read_recorded(case), judge=judge(), as_of=AS_OF, assessed_at=None
    )
    catalogue = case.catalogue
    region = catalogue.regions[application.region]
    given = (
        f"{catalogue.licences[licence].label.zh}（{licence}）",
        SCOPE_WORDS[application.scope].zh,
        region.authority.zh,
        region.label.zh,
    )

    made = written(outcome, edition=DocumentEdition.CLEAN)
    untraced = {
        said
        for document in made.values()
        for said in list_untraced(document, given)
        if said not in _FURNITURE and not _LAW.fullmatch(said)
    }

    assert untraced == set()
    assert len(made) >= 15
