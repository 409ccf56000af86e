"""What the one box finds: cases, then findings and papers of a case, then the guide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from changqing.case import edit
from changqing.errors import ChangqingError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record
from changqing.masks import mask_numbers
from changqing.report.counting import format_key, rank_urgency, select_asked
from changqing.report.model import CaseReport
from changqing.text import Text, both, count_in_english
from changqing_web.board.columns import select_rows
from changqing_web.cases import load_report
from changqing_web.guide.search import search_guide
from changqing_web.index import catalogue
from changqing_web.language import page_language
from changqing_web.models import CaseRow, IndexedFinding, IndexedPaper
from changqing_web.walls import Here, find_cases_folder

_MOST: Final = 10
_NO_MORE: Final = Text("", "")
_LACKS: Final = re.compile(
    r"^(?:谁|哪家|哪些?(?:客户|公司|企业|项目)?)?(?:都)?(?:还)?(?:缺少|缺|没有|没交|差)(?:了)?"
    r"|(?:的(?:客户|公司|企业|项目)|的)?(?:有)?(?:谁|哪些|哪几家)[？?]?$"
    r"|^(?:who|which (?:client|case|company|project)s?) "
    r"(?:still )?(?:lacks?|needs?|misses|miss|has no|have no) |^(?:lacks?|without) ",
    re.IGNORECASE,
)
"""How people ask who lacks something, around what is lacked."""
_PRINTED_NUMBER: Final = re.compile(r"(?:证|E-)0*(\d{1,6})", re.IGNORECASE)
"""A number of evidence as it is printed: digits alone may mean anything."""
_NUMBER: Final = re.compile(r"(?:证|E-?)?0*(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """One thing that was found: what it is called, where it leads, what more to say."""

    title: Text
    url: str
    more: Text = _NO_MORE
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup:
    """What was found of one kind; `total` may be more than is shown."""

    name: Text
    lines: tuple[FoundLine, ...]
    total: int
    all_url: str = ""


def find_everything(here: Here, case: CaseRow | None, words: str) -> list[FoundGroup]:
    """Find all that has these words, in groups; none of it of another workspace.

    `case` is the one whose pages were open, in which findings and papers are found.
    What is asked as “who lacks this” is answered by who does.
    """
    question = _strip_question(words)
    lacking = list(find_over_all(here, question))
    groups = [_find_cases(here, words)]
    if case is not None:
        inside = Here(
            user=here.user, workspace=here.workspace, role=here.role, case=case
        )
        groups += _find_inside(inside, words)
    groups.append(_find_numbered(here, case, words))
    groups = [*groups, *lacking] if question == words else [*lacking, *groups]
    groups.append(_find_guide(question))
    return [group for group in groups if group.lines]


def is_question_of_lack(words: str) -> bool:
    """Tell whether it is asked who lacks something, rather than where something is."""
    return _strip_question(words) != words


def count_untold(here: Here) -> int:
    """Count the cases of which nobody knows what they lack: not assessed as yet."""
    return select_counted(here).filter(open_findings=None).count()


def _strip_question(words: str) -> str:
    """Leave what is lacked; the words as they are where nothing else was said."""
    return _LACKS.sub("", words).strip() or words


def find_exact(here: Here, words: str) -> CaseRow | None:
    """Find the one case whose name, credit code or folder these words are."""
    exact = Q(folder=words) | Q(credit_code__iexact=words) | Q(name=words)
    rows = list(here.workspace.cases.filter(exact)[:2])
    return rows[0] if len(rows) == 1 else None


def _find_cases(here: Here, words: str) -> FoundGroup:
    rows = select_rows(here.workspace.cases.all(), {"q": words}).order_by(
        "ended", "name"
    )
    board = reverse("board", args=[here.workspace.slug])
    return FoundGroup(
        name=Text("项目", "Cases"),
        lines=tuple(
            FoundLine(
                title=both(row.name),
                url=reverse("case", args=[here.workspace.slug, row.folder]),
                more=row.board.next_what or _NO_MORE,
            )
            for row in rows[:_MOST]
        ),
        total=rows.count(),
        all_url=board,
    )


def _find_numbered(here: Here, open_case: CaseRow | None, words: str) -> FoundGroup:
    """Find in which cases there is evidence of this number, but for the open one."""
    number_match = _PRINTED_NUMBER.fullmatch(words)
    lines = []
    if number_match is not None:
        number, root = int(number_match[1]), find_cases_folder(here.workspace)
        rows = here.workspace.cases.order_by("ended", "name")
        for row in rows if open_case is None else rows.exclude(pk=open_case.pk):
            record = Evidence(root / row.folder).find_record(number)
            if record is not None:
                lines.append(_describe_record(here, row, record))
    return _make_group(Text("各项目的证据，按编号", "Evidence, by number"), lines)


def _describe_record(here: Here, row: CaseRow, record: Record) -> FoundLine:
    """Tell what a record is about and of which case; its value stands on its page."""
    number = f"证{record.number:04d}"
    fact = catalogue().facts.get((record.subject.type, record.fact))
    label = both(record.fact) if fact is None else fact.label
    address = reverse("evidence", args=[here.workspace.slug, row.folder])
    return FoundLine(
        title=Text(f"{number} {label.zh}", f"{number} {label.en}"),
        url=f"{address}?q={number}#records",
        more=both(row.name),
    )


def find_over_all(here: Here, words: str) -> Iterator[FoundGroup]:
    """Find open findings and papers over all cases of the workspace.

    A finding or a kind of paper is one line with how many cases it is open in, or that
    still need one; papers are found by the names of their files.
    """
    rows = select_counted(here)
    criteria = catalogue().criteria
    codes = [
        code
        for code, criterion in criteria.items()
        if _has_words(words, [code, *_say_texts([criterion.title])])
    ]
    open_in = dict(
        IndexedFinding.objects.filter(case__in=rows, criterion__in=codes)
        .values_list("criterion")
        .annotate(cases=Count("case", distinct=True))
    )
    yield _make_group(
        Text("没有解决的结论", "Open findings"),
        (
            FoundLine(
                title=criteria[code].title,
                url=name_lacking(here, finding=code),
                more=Text(f"{count}件", count_in_english(count, "case", "cases")),
            )
            for code, count in sorted(open_in.items(), key=lambda item: -item[1])
        ),
    )
    yield _find_wanted(here, rows, words)
    yield _find_files(here, rows, words)


def select_counted(here: Here) -> QuerySet[CaseRow]:
    """Select the cases that work is done on."""
    return here.workspace.cases.filter(archived=False, ended=False)


def name_lacking(here: Here, **what: str) -> str:
    """Give the address that lists in which cases a finding is open or a paper lacks."""
    return f"{reverse('lacking', args=[here.workspace.slug])}?{urlencode(what)}"


def _find_wanted(here: Here, rows: QuerySet[CaseRow], words: str) -> FoundGroup:
    materials = catalogue().materials
    kinds = [
        kind
        for kind, material in materials.items()
        if _has_words(words, [kind, *_say_texts([material.label])])
    ]
    counts = (
        IndexedPaper.objects.filter(case__in=rows, kind__in=kinds, wanted=True)
        .values("kind")
        .annotate(
            cases=Count("case", distinct=True),
            without=Count("case", filter=Q(paper=""), distinct=True),
        )
        .order_by("-cases", "kind")
    )
    return _make_group(
        Text("还缺的材料", "Papers that are needed"),
        (
            FoundLine(
                title=materials[row["kind"]].label,
                url=name_lacking(here, paper=row["kind"]),
                more=Text(
                    f"{row['cases']}件需要，其中{row['without']}件一份也没有",
                    f"{count_in_english(row['cases'], 'case needs', 'cases need')} it, "
                    f"{count_in_english(row['without'], 'has', 'have')} none",
                ),
            )
            for row in counts
        ),
    )


def _find_files(here: Here, rows: QuerySet[CaseRow], words: str) -> FoundGroup:
    papers = IndexedPaper.objects.filter(case__in=rows).exclude(paper="")
    for word in words.split():
        papers = papers.filter(file__icontains=word)
    materials = catalogue().materials
    some = list(papers.select_related("case").order_by("file", "pk")[: _MOST + 1])
    return FoundGroup(
        name=Text("各项目的材料，按文件名", "Papers of all cases, by file name"),
        lines=tuple(
            FoundLine(
                title=both(paper.file),
                url=reverse(
                    "paper", args=[here.workspace.slug, paper.case.folder, paper.paper]
                ),
                more=Text(
                    f"{paper.case.name} {materials[paper.kind].label.zh}",
                    f"{paper.case.name} {materials[paper.kind].label.en}",
                )
                if paper.kind in materials
                else both(paper.case.name),
            )
            for paper in some[:_MOST]
        ),
        total=len(some) if len(some) <= _MOST else papers.count(),
    )


def _find_inside(here: Here, words: str) -> Iterator[FoundGroup]:
    try:
        report = load_report(here)
        papers = edit.read(here.folder).list_items("papers")
    except ChangqingError:  # the pages of the case tell what is wrong with it
        return
    yield _make_group(
        Text(f"{here.row.name}的结论", f"Findings of {here.row.name}"),
        _list_findings(here, report, words),
    )
    yield _make_group(
        Text(f"{here.row.name}的材料", f"Papers of {here.row.name}"),
        _list_papers(here, papers, words),
    )
    yield _make_group(
        Text(f"{here.row.name}的证据", f"Evidence of {here.row.name}"),
        _list_evidence(here, report, words),
    )


def _make_group(name: Text, lines: Iterable[FoundLine]) -> FoundGroup:
    every = list(lines)
    return FoundGroup(name=name, lines=tuple(every[:_MOST]), total=len(every))


def _list_findings(here: Here, report: CaseReport, words: str) -> Iterator[FoundLine]:
    address = reverse("findings", args=[here.workspace.slug, here.row.folder])
    for finding in sorted(select_asked(report.findings), key=rank_urgency):
        name = finding.subject.name
        texts = [finding.title, *([] if name is None else [name])]
        if not _has_words(words, [finding.criterion, *_say_texts(texts)]):
            continue
        about = name if finding.subject.type != "applicant" else None
        yield FoundLine(
            title=finding.title,
            url=f"{address}?open={format_key(finding)}",
            more=about or _NO_MORE,
            verdict=finding.verdict.value,
        )


def _list_papers(
    here: Here, papers: Sequence[object], words: str
) -> Iterator[FoundLine]:
    materials = catalogue().materials
    for paper in papers:
        if not isinstance(paper, dict):
            continue
        kind, file = str(paper.get("kind")), Path(str(paper.get("file"))).name
        label = materials[kind].label if kind in materials else both(kind)
        if _has_words(words, [str(paper.get("id")), file, *_say_texts([label])]):
            place = [here.workspace.slug, here.row.folder, str(paper.get("id"))]
            yield FoundLine(
                title=label, url=reverse("paper", args=place), more=both(file)
            )


def _list_evidence(here: Here, report: CaseReport, words: str) -> Iterator[FoundLine]:
    """A piece of evidence by its number alone: its words are found as findings."""
    number_match = _NUMBER.fullmatch(words)
    if number_match is None:
        return
    address = reverse("evidence", args=[here.workspace.slug, here.row.folder])
    number = f"证{int(number_match[1]):04d}"
    for row in report.evidence:
        if row.number == number:
            value = Text(mask_numbers(row.value.zh), mask_numbers(row.value.en))
            yield FoundLine(
                title=Text(
                    f"{number} {row.label.zh}：{value.zh}",
                    f"{number} {row.label.en}: {value.en}",
                ),
                url=f"{address}?q={number}#records",
                more=row.source,
            )


def _find_guide(words: str) -> FoundGroup:
    return _make_group(
        Text("指南", "Guide"),
        (
            FoundLine(
                title=entry.title,
                url=reverse(entry.route, args=[entry.id]),
                more=entry.kind,
            )
            for entry in search_guide(words).hits
        ),
    )


def _say_texts(texts: Iterable[Text]) -> list[str]:
    return [wording for text in texts for wording in (text.zh, text.en)]


def _has_words(words: str, texts: Iterable[str]) -> bool:
    """Whether each of the words stands in what is said."""
    searched = _fold_text("\n".join(texts))
    return all(_fold_text(word) in searched for word in words.split())


def _fold_text(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def say_where(case: CaseRow | None) -> str:
    """Say in which case findings and papers are found, for the page."""
    if case is None:
        return Text(
            "问“谁缺社保证明”，列出还缺的项目；写证0209这样的编号，列出有这一号证据的项目。",
            "Ask “who lacks …” for the cases that do; write a number such as 证0209 "
            "for the cases that have evidence of it.",
        ).say(page_language())
    return ""
