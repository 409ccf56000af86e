"""What stands in the tables of a run, in the words of whoever reads them.

The terminal, the pages and the files that people take away all use these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from changqing.judge.model import Compliance, LongTermState, Readiness
from changqing.law.compiled import load_shipped
from changqing.law.kit import Dimension
from changqing.law.model import Verdict
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.text import Language, Text, both

if TYPE_CHECKING:
    from changqing.screening.results import ResultTable

COLUMNS: Final = {
    "readiness": Text("申报条件", "conditions"),
    "compliance": Text("持证后义务", "duties"),
    "long_term": Text("长期服务能力", "long-term"),
    "criterion": Text("判据", "criterion"),
    "dimension": Text("维度", "dimension"),
    "verdict": Text("结论", "verdict"),
    "cases": Text("家数", "cases"),
    "verdicts": Text("处数", "verdicts"),
    "case": Text("编号", "case"),
    "company": Text("企业", "company"),
    "licence": Text("业务种类", "licence"),
    "region": Text("省份", "province"),
    "scope": Text("范围", "coverage"),
    "stage": Text("阶段", "stage"),
    "sentence": Text("哪一句", "sentence"),
    "before": Text("原来", "before"),
    "after": Text("现在", "after"),
    "falls": Text("变差", "falls"),
    "rises": Text("不再断定", "no longer certain"),
    "other": Text("其他变化", "other"),
    "looked": Text("看过", "looked at"),
    "right": Text("属实", "right"),
    "waiting": Text("待看", "to look at"),
    "precision": Text("准确率", "precision"),
    "listed": Text("可列出", "may be listed"),
    "step": Text("到哪一步", "step"),
    "by": Text("经办", "by"),
    "deadline": Text("答复期限", "deadline"),
    "note": Text("备注", "note"),
}
_NOTHING: Final = both("–")
SENTENCE_WORDS: Final = {
    "readiness": Readiness,
    "compliance": Compliance,
    "long_term": LongTermState,
}
"""Each says “open” in words of its own."""


def name_column(name: str) -> Text:
    """Name a column; one of a query of somebody's own stands as it is."""
    return COLUMNS.get(name) or both(name)


def name_value(column: str, value: object) -> Text:
    """Name what stands in a column: a province, a verdict, a criterion by its title."""
    text = str(value)
    catalogue = load_shipped()
    match column:
        case _ if value is None:
            return _NOTHING
        case "case" | "company":
            return both(text)  # never a word of ours, even where it is spelt like one
        case "region" if text in catalogue.regions:
            return catalogue.regions[text].label
        case "stage" if text in STAGE_WORDS:
            return STAGE_WORDS[text]
        case "scope" if text in SCOPE_WORDS:
            return SCOPE_WORDS[text]
        case "criterion" if text in catalogue.criteria:
            return catalogue.criteria[text].title
        case "dimension":
            return Dimension(text).text
        case "readiness" | "compliance" | "long_term":
            return SENTENCE_WORDS[column](text).text
        case _:
            return _name_word(text)


def name_row(columns: Sequence[str], row: Sequence[object]) -> list[Text]:
    """Name what stands in a row; of a change of a sentence, in the words of that."""
    values_by_column = dict(zip(columns, row, strict=True))
    sentence = str(values_by_column.get("sentence"))
    return [
        name_value(
            sentence
            if name in {"before", "after"} and sentence in SENTENCE_WORDS
            else name,
            value,
        )
        for name, value in values_by_column.items()
    ]


def name_table(table: ResultTable, language: Language) -> ResultTable:
    """Put the heads and cells of a table into words; numbers stay numbers."""
    return replace(
        table,
        columns=tuple(name_column(name).say(language) for name in table.columns),
        rows=tuple(
            tuple(
                value if isinstance(value, int) else name.say(language)
                for name, value in zip(name_row(table.columns, row), row, strict=True)
            )
            for row in table.rows
        ),
        numbers=frozenset(name_column(name).say(language) for name in table.numbers),
    )


def _name_word(text: str) -> Text:
    """Name a verdict or what a sentence says; anything else stands as it is."""
    for words in (Verdict, Readiness, Compliance, LongTermState):
        for word in words:
            if word.value == text:
                return word.text
    return name_column(text)
