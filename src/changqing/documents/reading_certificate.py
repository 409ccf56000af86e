"""What a reviewer certifies: which values they saw in the original of which paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Final

from changqing.case.model import Case
from changqing.day import beijing_day
from changqing.documents.document import Document
from changqing.documents.letters import make_letter
from changqing.documents.made import name_safely
from changqing.documents.markup import escape
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.items import Confirmation
from changqing.judge.words import say_value
from changqing.papers.comparisons import SeenKey
from changqing.report.words import say_long_day
from changqing.text import Language, Text

_DIGITS: Final = 16


def write_certificates(
    case: Case,
    confirmations: Mapping[SeenKey, Confirmation],
    *,
    on: date,
    by: str | None = None,
) -> tuple[Document, ...]:
    """Write a certificate of reading for each reviewer, or for `by` alone.

    It says what was compared on which day, and that no paper was found to be genuine by
    it. Of a paper about a person the values are not printed. Raises CaseError where
    nobody saw an original.
    """
    seen_values = sorted(
        _list_seen(case, confirmations),
        key=lambda seen_value: (seen_value[0].by, seen_value[1], seen_value[0].at),
    )
    letters = tuple(
        _write_certificate(case, reviewer, [row for _, _, row in group], on)
        for reviewer, group in groupby(
            seen_values, key=lambda seen_value: seen_value[0].by
        )
        if by is None or reviewer == by
    )
    if not letters:
        raise CaseError(Issue(text=_NOBODY, path=str(case.path)))
    return letters


def _list_seen(
    case: Case, confirmations: Mapping[SeenKey, Confirmation]
) -> Iterator[tuple[Confirmation, int, str]]:
    """Each value with the place of its paper in the case, and the row it makes."""
    names = {member.subject: member.name for member in case.list_members()}
    for place, paper in enumerate(case.papers):
        material = case.catalogue.materials[paper.kind]
        for statement in paper.list_statements():
            fact = case.catalogue.facts.get((statement.subject.type, statement.fact))
            last = confirmations.get(
                (paper.file.digest, statement.subject, statement.fact)
            )
            if fact is None or last is None or last.value != statement.value:
                continue
            value = "（个人材料，从略）"
            if material.personal is None and statement.value is not None:
                value = say_value(statement.value, fact).zh
            about = names.get(statement.subject, "")
            value_name = f"{about}　{fact.label.zh}" if about else fact.label.zh
            cells = (
                f"《{material.label.zh}》",
                paper.file.digest[:_DIGITS],
                f"{value_name}：{value}",
                beijing_day(last.at).isoformat(),
            )
            yield last, place, f"| {' | '.join(map(escape, cells))} |"


def _write_certificate(
    case: Case, reviewer: str, rows: list[str], on: date
) -> Document:
    name = f"原件核读说明-{name_safely(reviewer)}"
    text = "\n".join(
        [
            "# 原件核读说明",
            "",
            f"{escape(reviewer)}核读了{escape(case.name)}提供的材料原件，"
            f"下列{len(rows)}处所填内容与原件所载一致。",
            "",
            "| 材料 | 文件摘要 | 核读的内容 | 日期 |",
            "|----|---|------|---|",
            *rows,
            "",
            "文件摘要是电子文件SHA-256的前十六位：文件换过，本说明对它就不再有效。"
            "核读只看材料所载与所填是否一致，不鉴定真伪，也不代表任何机关的意见。",
            "",
            "核读人（签字）：",
            "",
            say_long_day(on, Language.ZH),
        ]
    )
    return make_letter("reading_certificate", text, file_name=name)


_NOBODY: Final = Text("还没有人核过原件", "nobody has said that they saw an original")
