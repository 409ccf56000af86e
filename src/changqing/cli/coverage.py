"""The counts of `changqing catalogue coverage`, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from rich.table import Table

from changqing.cli.shared import open_terminal
from changqing.cli.sheet import Sheet
from changqing.law.coverage import Coverage
from changqing.law.kinds.topic import Certainty
from changqing.law.kit import Confidence, Dimension, Standing
from changqing.law.model import Catalogue
from changqing.text import Language, Text


class LawUse(TypedDict):
    """The facts of law that something rests on, and the others."""

    used: Sequence[str]
    unused: Sequence[str]


class CoverageData(TypedDict):
    """What the catalogue covers."""

    licences: Mapping[str, Mapping[str, int]]
    standings: Mapping[str, Mapping[str, int]]
    law: LawUse
    unread: Sequence[str]
    defects: Mapping[str, Sequence[str]]
    topics: Mapping[str, int]


def as_data(counted: Coverage) -> CoverageData:
    """Make plain JSON of it."""
    return {
        "licences": {
            licence: {str(dimension): number for dimension, number in row.items()}
            for licence, row in counted.by_licence.items()
        },
        "standings": {
            str(standing): {str(column): number for column, number in row.items()}
            for standing, row in counted.by_standing.items()
        },
        "law": {"used": counted.law_used, "unused": counted.law_unused},
        "unread": counted.unread,
        "defects": counted.defects,
        "topics": dict(counted.topics),
    }


def show(counted: Coverage, catalogue: Catalogue, language: Language) -> None:
    """Print the tables, then what is left over."""
    sheet, console = Sheet(language), open_terminal()
    sheet.print_heading(_BY_LICENCE.say(language))
    console.print(
        _make_table(
            [
                "",
                *(dimension.short.say(language) for dimension in Dimension),
                _TOTAL.say(language),
            ],
            (
                [
                    licence,
                    *(str(row.get(dimension, 0)) for dimension in Dimension),
                    str(sum(row.values())),
                ]
                for licence, row in counted.by_licence.items()
            ),
        )
    )
    sheet.print_heading(_BY_STANDING.say(language))
    console.print(
        _make_table(
            ["", *(column.text.say(language) for column in Standing)],
            (
                [
                    confidence.text.say(language),
                    *(
                        str(counted.by_standing[standing].get(confidence, 0))
                        for standing in Standing
                    ),
                ]
                for confidence in Confidence
            ),
        )
    )
    used, unused = len(counted.law_used), len(counted.law_unused)
    sheet.print_heading(
        Text(
            zh=f"法规要点：{used + unused}条，用到{used}条",
            en=f"Facts of law: {used + unused}, used {used}",
        ).say(language),
    )
    _print_names(sheet, _UNUSED, counted.law_unused)
    titles = [
        catalogue.instruments[name].title.say(language) for name in counted.unread
    ]
    sheet.print_heading(_UNREAD.say(language))
    for title in titles:
        sheet.print_rows([("·", title)], label_width=1, indent=2)
    codes = counted.defects
    detected = sum(1 for names in codes.values() if names)
    sheet.print_heading(
        Text(
            zh=f"退回原因：{len(codes)}种，判据能发现{detected}种",
            en=f"Reasons for return: {len(codes)}, detected {detected}",
        ).say(language),
    )
    _print_names(
        sheet, _UNDETECTED, [code for code, names in codes.items() if not names]
    )
    sheet.print_heading(
        Text(
            zh=f"问答：{sum(counted.topics.values())}题",
            en=f"Questions: {sum(counted.topics.values())}",
        ).say(language),
    )
    for certainty in Certainty:
        number = counted.topics.get(certainty.value, 0)
        if not number:
            continue
        words = certainty.text.say(language)
        sheet.print_rows([(f"{number:>3}", words)], label_width=4, indent=2)


def _make_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for place, name in enumerate(head):
        table.add_column(name, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row)
    return table


def _print_names(sheet: Sheet, label: Text, names: Sequence[str]) -> None:
    if names:
        sheet.print_line(label.say(sheet.language) + sheet.join(names), indent=2)


_BY_LICENCE = Text(
    zh="各业务可能适用的判据数，按维度", en="Criteria that can apply, by dimension"
)
_TOTAL = Text(zh="合计", en="all")
_BY_STANDING = Text(
    zh="判据数，按效力和依据的可信度",
    en="Criteria, by standing and confidence of the source",
)
_UNUSED = Text(zh="没有用到：", en="unused: ")
_UNDETECTED = Text(zh="还不能发现：", en="not detected: ")
_UNREAD = Text(zh="没有人读过原文的依据", en="Sources whose text nobody has read")
