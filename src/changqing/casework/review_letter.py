"""补正通知 as a reviewer would have it sent: what is to be put right or explained.

It has the words of a notice, one numbered line for each thing, so that whoever gets it
can take it in as any other notice. It is a draft: nobody's seal is on it, and it says
who wrote it and that it is no authority's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from changqing.case.model import Case
from changqing.casework.review import ReviewMark, ReviewRemark
from changqing.casework.review_sheet import ReviewPoint, ReviewSheet
from changqing.documents.document import Document
from changqing.documents.letters import make_letter
from changqing.documents.markup import escape
from changqing.errors import CaseError, Issue
from changqing.judge.model import DefectCertainty
from changqing.law.model import Verdict
from changqing.law.said import say_article
from changqing.report.model import FindingView
from changqing.text import Text

_TELLING: Final = "correction_once_5_days"
"""The fact of law by which all that is to be corrected is told at once."""
_MATERIALS: Final = 3
_SEEN_IN: Final = 3
_ASKED: Final = (
    (ReviewMark.SUPPLEMENT, "请补正"),
    (ReviewMark.DOUBT, "请书面说明并附证明材料"),
)


def write_correction_notice(
    case: Case, sheet: ReviewSheet, remarks: Mapping[str, ReviewRemark], *, by: str
) -> Document:
    """Write the notice out of what one reviewer marked, by the keys of the points.

    Raises CaseError where nothing was marked to be put right or explained.
    """
    parts = [
        (title, marked_points)
        for mark, title in _ASKED
        if (marked_points := _select_points(sheet, remarks, mark))
    ]
    if not parts:
        raise CaseError(Issue(text=_NOTHING_MARKED, path=str(case.path)))
    licence = case.catalogue.licences[case.application.licence]
    lines = [
        "# 补正通知",
        "",
        f"{escape(case.name)}：",
        "",
        f"你单位申请{licence.label.zh}（{licence.id}）经营许可的材料收悉。"
        "经审查，下列内容需要补正或者说明。",
        "",
        *_list_parts(parts),
        *_cite_law(case),
        "请于　　　年　　月　　日前将上述内容一次交回。",
        "",
        "联系人：　　　　　　联系电话：",
        "",
        "（机关印章）",
        "",
        "　　　年　　月　　日",
        "",
        f"本件由审阅人{escape(by)}依据所提供的材料拟写，未经机关签发，"
        "不代表任何机关的意见；只看材料所载，不鉴定真伪。",
    ]
    return make_letter("correction_notice", "\n".join(lines), file_name="补正通知-拟稿")


def _select_points(
    sheet: ReviewSheet, remarks: Mapping[str, ReviewRemark], mark: ReviewMark
) -> list[tuple[ReviewPoint, ReviewRemark]]:
    return [
        (point, remark)
        for point in sheet.points
        if (remark := remarks.get(point.key)) is not None and remark.mark is mark
    ]


def _list_parts(
    parts: Sequence[tuple[str, Sequence[tuple[ReviewPoint, ReviewRemark]]]],
) -> Iterator[str]:
    number = 0
    for head, (title, marked_points) in zip("一二", parts, strict=False):
        yield f"{head}、{title}："
        yield ""
        for point, remark in marked_points:
            number += 1
            yield f"{number}. {_say_line(point, remark)}"
        yield ""


def _say_line(point: ReviewPoint, remark: ReviewRemark) -> str:
    """One thing that is asked: which point, what of it, and which paper shows it."""
    finding = point.finding
    whom = "" if point.whom is None else f"（{point.whom.zh}）"
    why = (remark.words or _say_why(finding)).rstrip("。；;，, ")
    sentences = [f"关于“{finding.title.zh}”{whom}：{why}"]
    if papers := _name_papers(point):
        sentences.append(f"所见材料：{'、'.join(papers)}")
    if remark.mark is ReviewMark.SUPPLEMENT and finding.remedy is not None:
        materials = finding.remedy.materials[:_MATERIALS]
        if materials:
            titles = "、".join(f"《{material.label.zh}》" for material in materials)
            sentences.append(f"须交的材料：{titles}")
    return "".join(f"{escape(sentence)}。" for sentence in sentences)


def _say_why(finding: FindingView) -> str:
    """What the point is returned for, where the reviewer wrote nothing."""
    certain = [d for d in finding.defects if d.certainty is DefectCertainty.CERTAIN]
    if certain and finding.verdict is not Verdict.MET:
        return "、".join(defect.label.zh for defect in certain)
    return "所交材料不足以认定"


def _name_papers(point: ReviewPoint) -> list[str]:
    """The papers that say something of a point, each with the place where it does."""
    papers: dict[str, None] = {}
    for source in point.sources:
        if source.paper is None or source.value.claimed:
            continue
        _, parted, place_text = source.value.source.zh.partition("，")
        if source.place is not None:
            where = f"第{source.place[1]}页"
        else:
            where = place_text if parted and "/" not in place_text else ""
        papers[f"《{source.label.zh}》{where}"] = None
    return list(papers)[:_SEEN_IN]


def _cite_law(case: Case) -> Iterator[str]:
    """By which article all of it is told at once, where its text was read."""
    fact = case.catalogue.law.get(_TELLING)
    citation = None if fact is None else next(iter(fact.citations), None)
    if citation is None or citation.article is None:
        return
    title = case.catalogue.instruments[citation.instrument].title.zh
    article = say_article(citation.article).zh
    yield f"特此依照《{title.strip('《》')}》{article}一次告知。"
    yield ""


_NOTHING_MARKED: Final = Text(
    "还没有标“补”或“疑”的内容，没有要写进补正通知的",
    "nothing is marked to be corrected or in question, so there is nothing to write",
)
