"""What the report's templates read: the assessment, and what is counted from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Self

from markupsafe import Markup, escape

from changqing.law.kit import Standing
from changqing.law.said import numeral
from changqing.report import charts, words
from changqing.report.answers import Answers, answers
from changqing.report.counting import (
    Tally,
    asked,
    awaited,
    blocking,
    errand_groups,
    key_points_missing,
    unnamed_cautions,
    urgency,
    verdicts,
)
from changqing.report.endurance_page import EndurancePage
from changqing.report.outlook_page import OutlookPage
from changqing.report.reading import Reading
from changqing.text import Text

_BEIJING = timezone(timedelta(hours=8))
_GAP_SORTS = {
    "conflicting": "counting",
    "expired": "counting",
    "weak_grade": "counting",
    "older_than_claim": "counting",
    "not_enough_attempts": "counting",
    "no_record": "none",
    "list_open": "none",
}
_WAYS_IN = re.compile(r"(?P<number>证\d+)|\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The findings of one dimension, or the tally of one standing."""

    code: str
    name: str
    findings: tuple[Reading, ...]
    tally: Tally
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Page(EndurancePage, OutlookPage):
    """What the templates read: the assessment, and what is counted from it.

    Without slots, so that what many places ask for is counted once.
    """

    findings: tuple[Reading, ...]
    anchors: Mapping[int, str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, read: Reading) -> Self:
        """Make the page of one report."""
        findings = tuple(asked(read.parts("findings")))
        return cls(
            read=read,
            language=read.language,
            findings=findings,
            anchors={id(f.data): f"f{n}" for n, f in enumerate(findings, 1)},
            numbers=frozenset(e.code("number") for e in read.parts("evidence")),
        )

    # ── ways in ──────────────────────────────────────────────────────────────────────

    def anchor(self, finding: Reading) -> str:
        """The place of a finding on the page."""
        return self.anchors[id(finding.data)]

    def evidence(self, number: str) -> Markup:
        """An evidence number, a link where the list below holds it."""
        if number not in self.numbers:
            return escape(number)
        return Markup('<a href="#{}">{}</a>').format(f"e-{number}", number)

    def linked(self, text: str) -> Markup:
        """A sentence in which evidence numbers are links and dates never break."""
        parts, last = [], 0
        for found in _WAYS_IN.finditer(text):
            if found["number"]:
                shown = self.evidence(found[0])
            else:
                shown = Markup("<time>{}</time>").format(found[0])
            parts += [escape(text[last : found.start()]), shown]
            last = found.end()
        return Markup("").join([*parts, escape(text[last:])])

    def said(self, found: Reading) -> Markup:
        """The words of one part: the finding, then what it rests on."""
        first, *rest = found.sayings("words") or ("",)
        return Markup('<p class="finding-line">{}</p>{}').format(
            self.linked(first),
            Markup("").join(
                Markup('<p class="note">{}</p>').format(self.linked(each))
                for each in rest
            ),
        )

    def criterion(self, criterion: str) -> Markup:
        """A criterion's title, a link to its first finding."""
        for finding in self.findings:
            if finding.code("criterion") == criterion:
                return Markup('<a href="#{}">{}</a>').format(
                    self.anchor(finding), finding.say("title", criterion)
                )
        return escape(criterion)

    def criteria(self, codes: Sequence[str]) -> Markup:
        """Findings by their titles, each a way to it."""
        return Markup("；" if self.zh else "; ").join(
            map(self.criterion, dict.fromkeys(codes))
        )

    def address(self, service: Reading) -> str:
        """Where a service is found, as people say it."""
        url = service.code("url").removeprefix("https://").removeprefix("http://")
        named = service.code("domain") or url.rstrip("/") or service.code("name")
        return named or service.code("id")

    def sourced(self, said: Reading) -> str:
        """The source and the place in it, which some sources already name."""
        source, place = said.say("source"), said.code("place")
        if not place or place in source:
            return source
        return source + (self.t("，", ", ") if source else "") + place

    def errand(self, errand: str) -> Markup:
        """An errand's title, a link to it; empty when it is not to be done."""
        for each in self.read.parts("errands"):
            if errand and each.code("errand") == errand:
                return Markup('<a href="#{}">{}</a>').format(
                    f"errand-{errand}", each.say("title", errand)
                )
        return Markup("")

    def errands_of(self, errands: Sequence[str]) -> Markup:
        """Errands by their titles, each a way to it."""
        return Markup("；" if self.zh else "; ").join(
            filter(None, map(self.errand, errands))
        )

    # ── the head ─────────────────────────────────────────────────────────────────────

    @property
    def applicant(self) -> str:
        """The name of the applicant."""
        return self.read.part("case").code("name") or self.t("未具名", "Unnamed")

    @property
    def recorded(self) -> bool:
        """Whether recorded evidence was assessed and nothing looked at."""
        return self.read.part("case").code("evidence_mode") == "recorded"

    @property
    def moment(self) -> str:
        """When it was assessed, in Beijing; without a time, the day it is true of."""
        written = self.read.code("assessed_at")
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            day = self.read.day("as_of")
            return self.say_day(day) if day else "–"
        if moment.tzinfo is not None:
            moment = moment.astimezone(_BEIJING)
        if self.zh:
            return f"{self.say_day(moment.date())}{moment.hour}时{moment.minute:02}分"
        return f"{self.say_day(moment.date())}, {moment:%H:%M} Beijing"

    @property
    def first(self) -> Reading:
        """申报条件 or 持证后义务, with the words for what decides against it."""
        return self.read.part("first_sentence")

    @property
    def headings(self) -> list[tuple[str, str]]:
        """The sections in order: anchor and title."""
        titles = (
            ("conclusion", "结论", "Conclusion"),
            ("claimed-proven", "自述与证实", "Claimed and proven"),
            ("endurance", "续航", "Endurance"),
            ("outlook", "往后看", "Outlook"),
            ("blocking", self.first.say("failing"), self.first.say("failing")),
            ("errands", "下一步", "Next steps"),
            ("findings", "逐项结论", "Findings"),
            ("conflicts", "说法不一", "Conflicts"),
            ("gaps", "未能查看", "Could not look"),
            ("evidence", "证据", "Evidence"),
        )
        return [
            (anchor, self.t(zh, en))
            for anchor, zh, en in titles
            if anchor != "outlook" or self.read.part("outlook")
        ]

    def heading(self, anchor: str) -> tuple[str, str]:
        """A section's number and title: 一、 and 结论, 1 and Conclusion."""
        for number, (each, title) in enumerate(self.headings, 1):
            if each == anchor:
                return f"{numeral(number)}、" if self.zh else f"{number}", title
        raise KeyError(anchor)

    # ── counts ───────────────────────────────────────────────────────────────────────

    @property
    def seen(self) -> Mapping[str, int]:
        """How many findings have each verdict."""
        given = self.read.part("counts").part("by_verdict")
        found = verdicts(self.findings)
        return {
            code: found.count(code) if (n := given.number(code)) is None else n
            for code in words.VERDICTS
        }

    @property
    def total(self) -> Tally:
        """The counts of all dimensions."""
        tallies = [group.tally for group in self.dimensions]
        return Tally(
            claimed=sum(tally.claimed for tally in tallies),
            proven=sum(tally.proven for tally in tallies),
            total=sum(tally.total for tally in tallies),
        )

    def _groups(self, key: str, names: Mapping[str, Text], counts: str) -> list[_Group]:
        groups = []
        for code in names:
            found = [f for f in self.findings if f.code(key) == code]
            counted = self.read.part("counts").part(counts).part(code)
            if not found and not counted:
                continue
            note = Standing(code).meaning if key == "standing" else None
            groups.append(
                _Group(
                    code=code,
                    name=names[code].say(self.language),
                    findings=tuple(sorted(found, key=urgency)),
                    tally=Tally.of(counted, verdicts(found)),
                    note=note.say(self.language) if note else "",
                )
            )
        return groups

    @cached_property
    def dimensions(self) -> list[_Group]:
        """The nine in order; what stands under no known one is never left out."""
        known = dict(words.DIMENSIONS)
        for finding in self.findings:
            code = finding.code("dimension")
            known.setdefault(code, Text(code or "未归类", code or "Unsorted"))
        return self._groups("dimension", known, "by_dimension")

    @cached_property
    def standings(self) -> list[_Group]:
        """The counts by standing."""
        return self._groups("standing", words.STANDINGS, "by_standing")

    @property
    def waiting(self) -> list[tuple[str, list[Reading]]]:
        """What key points still lack, each with its findings."""
        return key_points_missing(self.read)

    @property
    def cautions(self) -> list[Reading]:
        """What is certainly wrong and named nowhere else on the first screen."""
        return unnamed_cautions(self.read)

    @property
    def blocking(self) -> list[Reading]:
        """The findings that stand against handing in."""
        return blocking(self.findings)

    @property
    def awaited(self) -> int:
        """How many findings wait for something to be found out."""
        return awaited(self.findings)

    @property
    def distance(self) -> str:
        """The sentence over the chart of claimed and proven."""
        total = self.total
        if not total.total:
            return self.t("没有适用的判据。", "No criterion applies.")
        if not total.apart:
            return self.t(
                "能证实{p}项，自述成立的都有凭据。",
                "{p} proven: whatever is claimed is proven.",
                p=total.proven,
            )
        widest = max(group.tally.apart for group in self.dimensions)
        names = [g.name for g in self.dimensions if g.tally.apart == widest]
        said = self.t(
            "能证实{p}项，比自述少{d}项。",
            "{p} proven, {d} fewer than claimed.",
            p=total.proven,
            d=total.apart,
        )
        if len(names) > 3:
            return said
        each = "各" if len(names) > 1 else ""
        return said + self.t(
            "差得最多的是{names}，{each}{w}项。",
            " Furthest apart: {names} ({w}).",
            names=self.listed(names),
            each=each,
            w=widest,
        )

    def drawing(self, group: _Group) -> Markup:
        """The cells of one dimension."""
        places = charts.cells_per_line(
            [
                [v for v in verdicts(g.findings) if v != "not_applicable"]
                for g in self.dimensions
            ]
        )
        tally = group.tally
        label = self.t(
            "{name}：自述成立{c}项，能证实{p}项，共{t}项。",
            "{name}: {c} claimed, {p} proven, of {t}.",
            name=group.name,
            c=tally.claimed,
            p=tally.proven,
            t=tally.total,
        )
        return charts.cells(verdicts(group.findings), places=places, label=label)

    # ── errands ──────────────────────────────────────────────────────────────────────

    @property
    def errand_groups(self) -> list[tuple[str, list[Reading]]]:
        """The errands by aim; those that handing in does not wait for come last."""
        return [
            (title.say(self.language), errands)
            for title, errands in errand_groups(self.read)
        ]

    @property
    def errands(self) -> list[Reading]:
        """The errands in the order of their groups."""
        return [errand for _, errands in self.errand_groups for errand in errands]

    @property
    def first_step(self) -> str:
        """The sentence over the errands."""
        return self.read.say("errands_text")

    # ── gaps ─────────────────────────────────────────────────────────────────────────

    @property
    def gaps(self) -> list[tuple[str, list[Reading]]]:
        """The gaps by their matter: not seen, seen but not counted, nothing yet."""
        sorts: dict[str, list[Reading]] = {"looking": [], "counting": [], "none": []}
        for gap in self.read.parts("gaps"):
            sorts[_GAP_SORTS.get(gap.code("reason"), "looking")].append(gap)
        titles = {
            "looking": self.t("未能查看", "Could not look"),
            "counting": self.t(
                "有凭据，但不作数", "There is proof that does not count"
            ),
            "none": self.t("还没有凭据", "No proof yet"),
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

    def silent(self, finding: Reading) -> bool:
        """Whether neither answer says anything: on paper words are enough then."""
        sides = [
            term.part(side)
            for term in finding.parts("terms")
            for side in ("claimed", "proven")
        ]
        return not any(
            side.code("grade") or side.truth("holds") is not None for side in sides
        )

    def answers(self, finding: Reading) -> Answers:
        """Both answers on the finding's own line: what decided them, by what proof."""
        return self._answered.get(id(finding.data)) or answers(finding)

    @cached_property
    def _answered(self) -> dict[int, Answers]:
        return {id(one.data): answers(one) for one in self.findings}

    def compared(self, term: Reading) -> tuple[str, str]:
        """What is compared, and what it has to be; a plain yes goes unsaid."""
        sign, wanted = term.code("op"), term.say("threshold")
        if sign == "∋":
            return wanted, ""
        if not wanted or (sign == "＝" and wanted == self.t("是", "yes")):
            return term.say("label"), ""
        return term.say("label"), f"{self.operator(sign)} {wanted}"

    def settles(self, term: Reading) -> bool:
        """Whether a comparison settles either answer."""
        return any(
            term.part(side).truth("decides") is not False
            for side in ("claimed", "proven")
        )

    def threshold(self, finding: Reading, term: Reading) -> Markup:
        """The threshold line, where both answers do not say the same."""
        numeric = term.part("numeric")
        claimed, proven = numeric.number("claimed"), numeric.number("proven")
        if finding.code("verdict") == "met" and claimed == proven:
            return Markup("")
        limit = term.say("threshold")
        answers = {key: term.part(key).say("value") for key in ("claimed", "proven")}
        labels = {
            "threshold": self.t("门槛{v}", "Threshold {v}", v=limit),
            "claimed": self.t("自述{v}", "Claimed {v}", v=answers["claimed"]),
            "proven": self.t("证实{v}", "Proven {v}", v=answers["proven"]),
        }
        known = [labels["threshold"]]
        known += [labels[key] for key in answers if numeric.number(key) is not None]
        return charts.threshold_line(
            numeric,
            labels=labels,
            met=term.part("proven").truth("holds") is True,
            aria=("，" if self.zh else ", ").join(known) + ("。" if self.zh else "."),
        )

    def holds(self, answer: Reading) -> str:
        """Whether a comparison holds, in a word."""
        match answer.truth("holds"):
            case True:
                return self.t("成立", "holds")
            case False:
                return self.t("不成立", "fails")
            case _:
                return self.t("不能判断", "unknown")

    def digest(self, digest: str) -> str:
        """The first sixteen digits, in two groups."""
        bare = digest.removeprefix("sha256:")
        return f"{bare[:8]} {bare[8:16]}".strip()
