"""The one page in the words of one language: titled sections of rows.

Terminal, `report.html`, web page and PDF each walk over these rows; none of them says
a title or joins a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from changqing.law.model import Verdict
from changqing.report.one_page import (
    AnsweredQuestion,
    Listed,
    NextStep,
    OnePage,
    RouteLeft,
    ShownPoint,
    SourcedValue,
)
from changqing.report.words import drop_controls
from changqing.text import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A line under a row: what a source says, and by which number it is cited."""

    text: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """A row: the sign and code of its state, what leads it, and what it says.

    `code` is that of a verdict or a state, empty where nothing is judged.
    """

    text: str
    code: str = ""
    sign: str = ""
    lead: str = ""
    under: tuple[SourceLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSection:
    """A titled part of the page."""

    code: str
    title: str
    rows: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenPage:
    """The one page as it is read: its head, the two sentences, sections and foot."""

    title: str
    name: str
    head: tuple[str, ...]
    sentences: tuple[PageRow, ...]
    notes: tuple[str, ...]
    sections: tuple[PageSection, ...]
    foot: str


def speak_one_page(page: OnePage, language: Language) -> SpokenPage:
    """Say the one page in one language."""
    return _Speaker(page, language).speak()


class _Speaker:
    def __init__(self, page: OnePage, language: Language) -> None:
        self._page = page
        self._language = language

    def speak(self) -> SpokenPage:
        page = self._page
        name = drop_controls(page.name) or self._t("未具名", "Unnamed")
        head = [page.licence, page.scope, page.stage]
        return SpokenPage(
            title=self._t("一页结论", "The answer on one page"),
            name=name,
            head=(
                *map(self._say_text, head),
                *self._say_submission(),
                self._t("截至{d}", "as of {d}", d=page.as_of),
            ),
            sentences=tuple(
                PageRow(code=line.state, text=self._say_text(line.text))
                for line in (page.first, page.long_term)
            ),
            notes=tuple(map(self._say_text, page.notes)),
            sections=tuple(
                section for section in self._list_sections() if section.rows
            ),
            foot=self._say_text(page.foot),
        )

    def _say_submission(self) -> list[str]:
        """The day on which it is to be handed in, where anything is."""
        if self._page.after_licence:
            return []
        day = self._page.submit_on
        return [self._t("拟{d}递交", "to be handed in on {d}", d=day)]

    def _list_sections(self) -> Iterator[PageSection]:
        page = self._page
        yield self._make_section(
            "blocking",
            self._say_text(page.blocking_title) + self._count_blocking(),
            self._list_points(page.blocking),
        )
        yield self._make_section(
            "doubts",
            self._t("疑点{n}处", "Doubts: {n}", n=page.doubts.total),
            self._list_points(page.doubts) or [self._make_empty_row()],
        )
        yield self._make_section(
            "questions",
            self._t("凭什么：四问", "What it rests on: four questions"),
            [
                *map(self._make_question_row, page.questions),
                PageRow(lead=self._t("资金", "Funds"), text=self._say_text(page.funds)),
            ],
        )
        yield self._make_section(
            "routes",
            self._t("两条路，走通一条即可", "Two routes: either one is enough"),
            list(map(self._make_route_row, page.routes)),
        )
        yield self._make_section(
            "returned",
            self._t("提醒：常因此被退回或追究", "What cases come back with"),
            self._list_points(page.returned),
        )
        yield self._make_section(
            "proof",
            self._t("佐证最早到期", "First evidence to end"),
            [PageRow(text=self._say_text(page.proof_text))],
        )
        yield self._make_section(
            "steps", self._t("先办三件", "First three things"), self._list_steps()
        )
        yield self._make_section(
            "promised",
            self._t(
                "只是承诺，还没有证据证明做到",
                "Promised by the company, not yet shown to be kept",
            ),
            self._list_texts(page.promised),
        )
        unseen = self._list_texts(page.unseen) or [self._make_empty_row()]
        if page.readers is not None:
            unseen.append(PageRow(text=self._say_text(page.readers)))
        yield self._make_section(
            "unseen", self._t("看不到的", "What could not be seen"), unseen
        )

    def _count_blocking(self) -> str:
        doubted = self._page.blocking_in_doubt
        count = self._t("：{n}项", ": {n}", n=self._page.blocking.total + doubted)
        if doubted:
            count += self._t(
                "（其中{n}项见疑点）", " ({n} of them among the doubts)", n=doubted
            )
        return count

    def _make_section(
        self, code: str, title: str, rows: Sequence[PageRow]
    ) -> PageSection:
        return PageSection(code=code, title=title, rows=tuple(rows))

    def _make_empty_row(self) -> PageRow:
        return PageRow(text=self._t("没有", "none"))

    def _list_points(self, points: Listed[ShownPoint]) -> list[PageRow]:
        rows = [
            PageRow(
                code=point.verdict,
                text=self._say_point(point),
                under=tuple(map(self._say_source, point.says)),
            )
            for point in points.shown
        ]
        return rows + self._list_more(points.more)

    def _say_point(self, point: ShownPoint) -> str:
        text = self._say_text(point.text)
        whom = "" if point.whom is None else self._say_text(point.whom)
        if not whom or whom in text:
            return text
        return text + self._t("（{w}）", " ({w})", w=whom)

    def _say_source(self, value: SourcedValue) -> SourceLine:
        return SourceLine(
            text=self._say_text(value.line), evidence=value.evidence or ""
        )

    def _make_question_row(self, answered: AnsweredQuestion) -> PageRow:
        parts = [self._say_text(part) for part in answered.basis.shown]
        parts += self._say_more(answered.basis.more)
        text = self._join_parts(parts)
        if answered.until is not None:
            until = self._t(
                "证据最早{d}到期", "first evidence ends {d}", d=answered.until
            )
            text = self._join_parts([text, until])
        return PageRow(
            code=answered.answer.verdict,
            sign=answered.answer.sign,
            lead=self._say_text(answered.title),
            text=text,
        )

    def _make_route_row(self, route: RouteLeft) -> PageRow:
        points = [self._say_point(point) for point in route.left.shown]
        points += self._say_more(route.left.more)
        is_complete = not route.left.total
        return PageRow(
            code=Verdict.MET if is_complete else Verdict.UNPROVEN,
            lead=self._say_text(route.text),
            text=self._join_parts(points),
        )

    def _list_steps(self) -> list[PageRow]:
        steps = self._page.steps
        rows = [self._make_step_row(step) for step in steps.shown]
        when = self._say_text(self._page.steps_text)
        return [
            *rows,
            *self._list_more(steps.more),
            *([PageRow(text=when)] if when else []),
        ]

    def _make_step_row(self, step: NextStep) -> PageRow:
        text = self._say_text(step.text)
        if step.late:
            text += self._t("（赶不上递交日）", " (misses the day to hand in)")
        elif not step.required:
            text += (
                self._t("（不影响持证后义务）", " (not needed for the duties)")
                if self._page.after_licence
                else self._t("（不影响能否递交）", " (not needed for handing in)")
            )
        return PageRow(
            lead=self._t(
                "{d}前，{who}",
                "by {d}, {who}",
                d=step.done_by,
                who=self._say_text(step.who),
            ),
            text=text,
        )

    def _list_texts(self, texts: Listed[Text]) -> list[PageRow]:
        if not texts.shown:
            return []
        parts = [self._say_text(text) for text in texts.shown]
        parts += self._say_more(texts.more)
        return [PageRow(text=self._join_parts(parts))]

    def _say_more(self, more: int) -> list[str]:
        return [self._t("另有{n}项", "{n} more", n=more)] if more else []

    def _list_more(self, more: int) -> list[PageRow]:
        if not more:
            return []
        return [PageRow(text=self._t("还有{n}项，见后面", "{n} more below", n=more))]

    def _join_parts(self, parts: Sequence[str]) -> str:
        return self._t("；", "; ").join(part for part in parts if part)

    def _say_text(self, text: Text) -> str:
        return drop_controls(text.say(self._language))

    def _t(self, zh: str, en: str, **values: int | str | date) -> str:
        return Text(zh, en).say(self._language).format(**values)
