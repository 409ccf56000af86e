"""What the report's templates read: the assessment, and what is counted from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Self

from markupsafe import Markup, escape

from changqing.judge.model import LongTermState
from changqing.law.kit import Dimension, Standing
from changqing.law.model import Verdict
from changqing.law.said import write_numeral
from changqing.report import charts, words
from changqing.report.answers import Answers, say_answers
from changqing.report.counting import (
    count_awaiting,
    group_errands,
    group_gaps,
    group_open_points,
    is_settled,
    list_counts,
    rank_finding,
    say_whose_measure,
    select_asked,
    select_blocking,
    select_unnamed_cautions,
)
from changqing.report.endurance_page import EndurancePage
from changqing.report.evidence_list import EvidenceLists, list_evidence
from changqing.report.model import (
    CaseReport,
    CautionView,
    ErrandView,
    EvidenceView,
    FindingView,
    FirstSentence,
    GapView,
    OpenPoint,
    ServiceView,
    SideView,
    StatementView,
    Tally,
    TermView,
)
from changqing.report.outlook_model import AvailabilityView, CadenceView, RunwayView
from changqing.report.outlook_page import OutlookPage
from changqing.report.sources import say_place
from changqing.report.words import KEY_POINTS, say_rests_on
from changqing.text import Language, Text

_BEIJING = timezone(timedelta(hours=8))
_WAYS_IN = re.compile(r"(?P<number>证\d+)|\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The findings of one dimension, or the tally of one standing."""

    code: str
    name: str
    findings: tuple[FindingView, ...]
    tally: Tally
    note: str = ""

    @property
    def findings_open(self) -> list[FindingView]:
        """Those that need a person."""
        return [finding for finding in self.findings if not is_settled(finding)]

    @property
    def findings_settled(self) -> list[FindingView]:
        """Those that need nobody any more."""
        return [finding for finding in self.findings if is_settled(finding)]


@dataclass(frozen=True, kw_only=True)
class Page(EndurancePage, OutlookPage):
    """What the templates read: the assessment, and what is counted from it.

    Without slots, so that what many places ask for is counted once.
    """

    findings: tuple[FindingView, ...]
    anchors: Mapping[int, str]
    numbers: frozenset[str]
    _cited: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    """The numbers that the page has pointed to so far."""

    @classmethod
    def of(cls, report: CaseReport, language: Language) -> Self:
        """Make the page of one report."""
        findings = select_asked(report.findings)
        return cls(
            report=report,
            language=language,
            findings=findings,
            anchors={id(finding): f"f{n}" for n, finding in enumerate(findings, 1)},
            numbers=frozenset(row.number for row in report.evidence if row.number),
        )

    # ── ways in ──────────────────────────────────────────────────────────────────────

    def make_anchor(self, finding: FindingView) -> str:
        """Name the place of a finding on the page."""
        return self.anchors[id(finding)]

    def link_evidence(self, number: str) -> Markup:
        """Link an evidence number to the list below, where it holds it."""
        if number not in self.numbers:
            return escape(number)
        self._cited.add(number)
        return Markup('<a href="#{}">{}</a>').format(f"e-{number}", number)

    def list_evidence(self) -> EvidenceLists:
        """List the evidence that the page points to, and apart what it does not.

        Asked for after all other parts of the page, since these do the pointing.
        """
        return list_evidence(
            self.report.evidence, frozenset(self._cited), self.language
        )

    def link_numbers(self, text: str) -> Markup:
        """Link the evidence numbers of a sentence; its dates never break."""
        parts, last = [], 0
        for match in _WAYS_IN.finditer(text):
            if match["number"]:
                markup = self.link_evidence(match[0])
            else:
                markup = Markup("<time>{}</time>").format(match[0])
            parts += [escape(text[last : match.start()]), markup]
            last = match.end()
        return Markup("").join([*parts, escape(text[last:])])

    def show_words(self, part: CadenceView | AvailabilityView | RunwayView) -> Markup:
        """Show the words of one part: the finding, then what it rests on.

        Nothing where a part has none: a report is made of whatever is known.
        """
        if not part.words:
            return Markup("")
        first, *further = map(self.say, part.words)
        return Markup('<p class="finding-line">{}</p>{}').format(
            self.link_numbers(first),
            Markup("").join(
                Markup('<p class="note">{}</p>').format(self.link_numbers(words))
                for words in further
            ),
        )

    def link_criterion(self, criterion: str) -> Markup:
        """Link a criterion's title to its first finding."""
        for finding in self.findings:
            if finding.criterion == criterion:
                return Markup('<a href="#{}">{}</a>').format(
                    self.make_anchor(finding), self.say(finding.title)
                )
        return escape(criterion)

    def link_criteria(self, codes: Sequence[str]) -> Markup:
        """Link findings by their titles."""
        return Markup("；" if self.zh else "; ").join(
            map(self.link_criterion, dict.fromkeys(codes))
        )

    def format_address(self, service: ServiceView) -> str:
        """Format where a service is found, as people say it."""
        url = service.url.removeprefix("https://").removeprefix("http://").rstrip("/")
        return service.domain or url or service.name or service.id

    def say_source(self, row: StatementView | EvidenceView) -> str:
        """Say the source and the place in it, which some sources already name."""
        source, place = self.say(row.source), say_place(row.place)
        if not place or place in source:
            return source
        return source + (self.t("，", ", ") if source else "") + place

    def link_errand(self, errand: str) -> Markup:
        """Link an errand's title to it; empty when it is not to be done."""
        for planned in self.report.errands:
            if planned.errand == errand:
                return Markup('<a href="#{}">{}</a>').format(
                    f"errand-{errand}", self.say(planned.title)
                )
        return Markup("")

    def link_errands(self, errands: Sequence[str]) -> Markup:
        """Link errands by their titles."""
        return Markup("；" if self.zh else "; ").join(
            filter(None, map(self.link_errand, errands))
        )

    # ── the head ─────────────────────────────────────────────────────────────────────

    @property
    def is_recorded(self) -> bool:
        """Whether recorded evidence was assessed and nothing looked at."""
        return self.report.case.evidence_mode == "recorded"

    @property
    def moment(self) -> str:
        """When it was assessed, in Beijing; without a time, the day it is true of."""
        moment = self.report.assessed_at
        if moment is None:
            return self.say_day(self.report.as_of)
        moment = moment.astimezone(_BEIJING)
        if self.zh:
            return f"{self.say_day(moment.date())}{moment.hour}时{moment.minute:02}分"
        return f"{self.say_day(moment.date())}, {moment:%H:%M} Beijing"

    @property
    def first(self) -> FirstSentence:
        """申报条件 or 持证后义务, with the words for what decides against it."""
        return self.report.first_sentence

    @property
    def headings(self) -> list[tuple[str, str]]:
        """The sections in order: anchor and title."""
        failing, endurance = self.first.failing, words.HEADINGS["endurance"]
        titles = (
            ("conclusion", "结论", "Conclusion"),
            ("claimed-proven", "自述与证实", "Claimed and proven"),
            ("endurance", endurance.zh, endurance.en),
            ("outlook", "往后看", "Outlook"),
            ("blocking", failing.zh, failing.en),
            ("errands", "下一步", "Next steps"),
            ("findings", "逐项结论", "Findings"),
            ("conflicts", "说法不一", "Conflicts"),
            ("gaps", "未能查看", "Could not look"),
            ("evidence", "证据", "Evidence"),
        )
        return [(anchor, self.t(zh, en)) for anchor, zh, en in titles]

    def find_heading(self, anchor: str) -> tuple[str, str]:
        """Find a section's number and title: 一、 and 结论, 1 and Conclusion."""
        for number, (name, title) in enumerate(self.headings, 1):
            if name == anchor:
                return f"{write_numeral(number)}、" if self.zh else f"{number}", title
        raise KeyError(anchor)

    # ── counts ───────────────────────────────────────────────────────────────────────

    @property
    def total(self) -> Tally:
        """The counts of all that was asked about."""
        return self.report.counts.by_verdict

    @property
    def keys(self) -> list[tuple[str, Text, int]]:
        """The verdicts with their words and counts."""
        return list_counts(self.total)

    @property
    def proof(self) -> Text:
        """What proof is, in one sentence."""
        return words.PROOF

    @property
    def rests(self) -> str:
        """What the key points rest on, where the sentence does not say it."""
        long_term = self.report.long_term
        if long_term.state is LongTermState.SHOWN or not long_term.asked:
            return ""
        rests = long_term.rests_on
        return "" if rests is None else self.say(say_rests_on(rests, KEY_POINTS))

    @property
    def whose_measure(self) -> str:
        """Whose measure the key points are held to."""
        text = say_whose_measure(self.findings)
        return "" if text is None else self.say(text)

    def name_verdict(self, finding: FindingView) -> str:
        """Name a finding's verdict."""
        return self.say(
            words.name_verdict(
                finding.verdict, finding.rests_on, vacuous=finding.vacuous
            )
        )

    @cached_property
    def dimensions(self) -> list[_Group]:
        """The nine in order, each with its findings, the most urgent first."""
        tallies = self.report.counts.by_dimension
        return [
            _Group(
                code=dimension.value,
                name=dimension.text.capitalised.say(self.language),
                findings=tuple(
                    sorted(
                        (f for f in self.findings if f.dimension is dimension),
                        key=rank_finding,
                    )
                ),
                tally=tallies[dimension],
            )
            for dimension in Dimension
            if dimension in tallies
        ]

    @cached_property
    def standings(self) -> list[_Group]:
        """The counts by standing."""
        return [
            _Group(
                code=standing.value,
                name=standing.text.capitalised.say(self.language),
                findings=(),
                tally=self.report.counts.by_standing[standing],
                note=standing.meaning.say(self.language),
            )
            for standing in Standing
        ]

    @property
    def waiting(self) -> list[tuple[str, Sequence[OpenPoint]]]:
        """What key points still lack, each with its findings."""
        return [
            (title.say(self.language), points)
            for title, points in group_open_points(self.report)
        ]

    @property
    def cautions(self) -> list[CautionView]:
        """What is certainly wrong and named nowhere else on the first screen."""
        return select_unnamed_cautions(self.report)

    @property
    def blocking(self) -> list[FindingView]:
        """The findings that stand against handing in."""
        return select_blocking(self.findings)

    @property
    def awaiting(self) -> int:
        """How many findings wait for something to be found out."""
        return count_awaiting(self.findings)

    @property
    def distance(self) -> str:
        """The sentence over the chart of claimed and proven."""
        total = self.total
        if not total.total:
            return self.t("没有适用的判据。", "No criterion applies.")
        if not total.claimed and not total.proven:
            return self.t(
                "还没有一项自述成立，也没有一项证实。",
                "Nothing holds yet as claimed, and nothing is proven.",
            )
        if not total.apart:
            return self.t(
                "能证实{p}项，自述成立的都有证据。",
                "{p} proven: whatever is claimed is proven.",
                p=total.proven,
            )
        widest = max(group.tally.apart for group in self.dimensions)
        names = [g.name for g in self.dimensions if g.tally.apart == widest]
        sentence = self.t(
            "能证实{p}项，比自述少{d}项。",
            "{p} proven, {d} fewer than claimed.",
            p=total.proven,
            d=total.apart,
        )
        if len(names) > 3:
            return sentence
        each_word = "各" if len(names) > 1 else ""
        return sentence + self.t(
            "差得最多的是{names}，{each}{w}项。",
            " Furthest apart: {names} ({w}).",
            names=self.join_list(names),
            each=each_word,
            w=widest,
        )

    def draw_group(self, group: _Group) -> Markup:
        """Draw the cells of one dimension."""
        places = charts.count_cells_per_line(g.tally.total for g in self.dimensions)
        tally = group.tally
        label = self.t(
            "{name}：自述成立{c}项，能证实{p}项，共{t}项。",
            "{name}: {c} claimed, {p} proven, of {t}.",
            name=group.name,
            c=tally.claimed,
            p=tally.proven,
            t=tally.total,
        )
        return charts.draw_cells(tally, places=places, label=label)

    # ── errands ──────────────────────────────────────────────────────────────────────

    @property
    def errand_groups(self) -> list[tuple[str, list[ErrandView]]]:
        """The errands by aim; those that handing in does not wait for come last."""
        return [
            (title.say(self.language), errands)
            for title, errands in group_errands(self.report)
        ]

    @property
    def errands(self) -> list[ErrandView]:
        """The errands in the order of their groups."""
        return [errand for _, errands in self.errand_groups for errand in errands]

    # ── gaps ─────────────────────────────────────────────────────────────────────────

    @property
    def gaps(self) -> list[tuple[str, list[GapView]]]:
        """The gaps by their matter: not seen, seen but not counted, nothing yet."""
        sorts = group_gaps(self.report.gaps)
        titles = {
            "looking": self.t("未能查看", "Could not look"),
            "counting": self.t(
                "有证据，但不作数", "There is evidence that does not count"
            ),
            "none": self.t("还没有证据", "No evidence yet"),
        }
        return [(titles[sort], gaps) for sort, gaps in sorts.items() if gaps]

    @property
    def gap_sentence(self) -> str:
        """The sentence over the gaps."""
        if not self.gaps:
            return self.t(
                "没有未能查看的地方。", "There is nothing that could not be seen."
            )
        parts = (
            self.t("{title}{n}处", "{title}: {n}", title=title, n=len(gaps))
            for title, gaps in self.gaps
        )
        return ("；" if self.zh else "; ").join(parts) + ("。" if self.zh else ".")

    # ── findings ─────────────────────────────────────────────────────────────────────

    def is_silent(self, finding: FindingView) -> bool:
        """Tell whether neither answer says anything: on paper words are enough then."""
        return not any(
            term.claimed.has_answer or term.proven.has_answer for term in finding.terms
        )

    def find_answers(self, finding: FindingView) -> Answers:
        """Find both answers on the finding's own line.

        What decided them, and by what proof.
        """
        return self._answers_by_id[id(finding)]

    @cached_property
    def _answers_by_id(self) -> Mapping[int, Answers]:
        return {
            id(finding): say_answers(finding, self.language)
            for finding in self.findings
        }

    def say_comparison(self, term: TermView) -> tuple[str, str]:
        """Say what is compared, and what it has to be; a plain yes goes unsaid."""
        label, threshold = self.say(term.label), self.say(term.threshold)
        if term.op == "∋":
            return threshold, ""
        if not threshold or (term.op == "＝" and threshold == self.t("是", "yes")):
            return label, ""
        return label, f"{self.say_operator(term.op)} {threshold}"

    def draw_threshold(self, finding: FindingView, term: TermView) -> Markup:
        """Draw the threshold line, where both answers do not say the same."""
        numeric = term.numeric
        if numeric is None or (
            finding.verdict is Verdict.MET and numeric.claimed == numeric.proven
        ):
            return Markup("")
        labels = {
            "threshold": self.t("门槛{v}", "Threshold {v}", v=self.say(term.threshold)),
            "claimed": self.t("自述{v}", "Claimed {v}", v=self.say(term.claimed.value)),
            "proven": self.t("证实{v}", "Proven {v}", v=self.say(term.proven.value)),
        }
        labels_shown = [labels["threshold"]]
        labels_shown += [labels["claimed"]] if numeric.claimed is not None else []
        labels_shown += [labels["proven"]] if numeric.proven is not None else []
        return charts.draw_threshold_line(
            numeric,
            labels=labels,
            met=term.proven.holds is True,
            aria=("，" if self.zh else ", ").join(labels_shown)
            + ("。" if self.zh else "."),
        )

    def holds(self, answer: SideView) -> str:
        """Tell whether a comparison holds, in a word."""
        match answer.holds:
            case True:
                return self.t("成立", "holds")
            case False:
                return self.t("不成立", "fails")
            case _:
                return self.t("不能判断", "unknown")

    @staticmethod
    def format_minute(at: datetime) -> str:
        """Format a moment in Beijing, to the minute."""
        return at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")

    def format_digest(self, digest: str) -> str:
        """Format the first sixteen digits, in two groups."""
        bare = digest.removeprefix("sha256:")
        return f"{bare[:8]} {bare[8:16]}".strip()
