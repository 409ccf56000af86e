"""The plan and the report of one assessment, made when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.documents.choices import list_promises
from changqing.documents.document import Document
from changqing.documents.documents import write_documents
from changqing.documents.hand_in import find_handing_in, find_handing_in_state
from changqing.evidence.model import Attempt
from changqing.evidence.reach import find_day_without_internet
from changqing.judge.advice import Adviser
from changqing.judge.assess import Judge
from changqing.judge.errands import plan_errands
from changqing.judge.model import (
    Assessment,
    ErrandPlan,
    Situation,
)
from changqing.judge.simulate import simulate_remedies
from changqing.law.lookup import is_after_licence
from changqing.outlook.ahead import Outlook
from changqing.papers.accept import find_accepted
from changqing.papers.comparisons import (
    SeenCount,
    UnreadCount,
    count_readers,
    count_seen,
    count_unread,
)
from changqing.papers.waiting import WaitingReadings
from changqing.report.build import Portrait, build_report
from changqing.report.handing_in import HandingIn
from changqing.report.model import (
    REGISTER_EXTRACT,
    CaseReport,
    Caveat,
    ReadersView,
    ServiceView,
)
from changqing.report.summary import AssessmentSummary, build_summary
from changqing.report.words import STAGES, HandingInState
from changqing.text import Text, both

PAPERS_UNREAD: Final = "papers_unread"
"""The caveat that something typed from papers was not read in them."""


@dataclass(frozen=True, kw_only=True)
class ReportMaker:
    """Makes the plan and the report of an assessment, each when first asked for.

    They take longer than judging, above all the documents whose blanks a report counts,
    and many who judge read neither. The thread that judged has to make them: a `Judge`
    is not shared.
    """

    case: Case
    attempts: Sequence[Attempt]
    history_unread: bool
    licensed_on: date | None
    """When it was licensed, where `case.yaml` still says that it applies."""
    judge: Judge
    assessment: Assessment
    outlook: Outlook
    assessed_at: datetime | None

    @cached_property
    def waiting(self) -> WaitingReadings:
        """What its papers show and nobody has confirmed."""
        return WaitingReadings(self.case, self.assessment.situation.as_of)

    @cached_property
    def plan(self) -> ErrandPlan:
        """What to do, in which order, by which day."""
        return plan_errands(
            self.assessment,
            self.judge.catalogue,
            unsettled=lambda criteria: simulate_remedies(
                self.judge, self.assessment, criteria
            ),
            adviser=self.adviser,
        )

    @cached_property
    def adviser(self) -> Adviser:
        """What to do about each finding that is open."""
        return Adviser(
            self.judge.catalogue, self.assessment.situation, waiting=self.waiting
        )

    @cached_property
    def handing_in(self) -> HandingIn | None:
        """What is left before the case can be handed in."""
        return find_handing_in(
            self.case,
            self.assessment,
            self.outlook,
            self.waiting,
            write=lambda: self.documents,
        )

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The annotated copies of its documents, written once for all who ask.

        Raises what `documents.documents` raises, each time somebody asks.
        """
        return write_documents(
            self.case,
            self.assessment.situation,
            self.assessment,
            self.outlook.endurance,
            self.case.catalogue,
            waiting=self.waiting,
        )

    @cached_property
    def unread(self) -> UnreadCount | None:
        """What was typed from papers and not read in them; None where nothing was."""
        unread = count_unread(self.case)
        # An extract of a register has no papers in which anything could be read.
        return unread if unread.values and self.case.register is None else None

    @cached_property
    def summary(self) -> AssessmentSummary:
        """What a list of many cases shows of the assessment."""
        return build_summary(
            self.assessment,
            self.outlook,
            catalogue=self.judge.catalogue,
            adviser=self.adviser,
            handing_in=self._find_handing_in_state(),
            assessed_at=self.assessed_at,
        )

    def _find_handing_in_state(self) -> HandingInState | None:
        if "handing_in" in vars(self):  # worked out whole before
            return None if self.handing_in is None else self.handing_in.state
        return find_handing_in_state(
            self.case, self.assessment, self.outlook, self.waiting
        )

    @cached_property
    def report(self) -> CaseReport:
        """All that is shown of the assessment."""
        case, assessment = self.case, self.assessment
        situation = assessment.situation
        return build_report(
            assessment,
            self.plan,
            self.outlook,
            catalogue=self.judge.catalogue,
            portrait=Portrait(
                name=case.name,
                credit_code=case.credit_code,
                services=tuple(
                    ServiceView(
                        id=service.subject.id,
                        kind=service.kind,
                        name=service.name,
                        url=service.url or "",
                        store_page=service.store_page or "",
                        domain=_find_domain(service.subject, situation),
                    )
                    for service in case.services
                ),
                evidence_mode="recorded" if self.assessed_at is None else "live",
                assessed_at=self.assessed_at,
                caveats=tuple(_list_caveats(self)),
                promises=tuple(list_promises(case)),
                readers=_count_readers(case),
                quotes=case.compared,
            ),
            adviser=self.adviser,
            handing_in=self.handing_in,
        )


def _say_extract(case: Case, as_of: date) -> Text:
    """Say of a case out of a register whom it is about, and what it is good for."""
    about, catalogue = case.application, case.catalogue
    licence = catalogue.licences[about.licence].label
    region = catalogue.regions[about.region].label
    stage = STAGES.get(about.stage, both(about.stage))
    holds = is_after_licence(about.stage)
    whose = Text(
        zh=f"{region.zh}{'持有' if holds else '申请'}{about.licence}{licence.zh}"
        f"许可证的企业，{stage.zh}",
        en=f"a company that {'holds' if holds else 'applies for'} {about.licence} "
        f"{licence.en}, {region.en}, {stage.en}",
    )
    return Text(
        zh=f"线索：从登记册的筛查里取出，{whose.zh}，截至{as_of}。等级和名单照登记册所写，"
        "这里没有核对过原件。结论只是线索，不是认定，也不能封存；先由人看过项目、听过企业"
        "的说明，再作处理",
        en=f"A lead out of a run over a register: {whose.en}, as of {as_of}. Grades "
        "and lists are as the register has them, and no original was checked here. "
        "What is said is a lead, no finding of fact, and cannot be sealed; a person "
        "looks at the case and hears the company before anything follows from it",
    )


def _list_caveats(maker: ReportMaker) -> Iterator[Caveat]:
    """List what bounds the whole assessment, whatever the case says."""
    case, as_of = maker.case, maker.assessment.situation.as_of
    if case.register is not None:
        yield Caveat(code=REGISTER_EXTRACT, text=_say_extract(case, as_of))
    if maker.licensed_on is not None:
        yield Caveat(
            code="stage_passed",
            text=Text(
                zh=f"办理里记着{maker.licensed_on}收到许可证，case.yaml写的还是申请，以下按申请"
                "看，没有看持证后的义务。把阶段改为持证经营，再评估；命令行里是"
                "changqing case 项目文件夹 operate",
                en=f"A licence was received on {maker.licensed_on}, as recorded, and "
                "case.yaml still applies for one: this is judged as an application, "
                "and the duties of a licensee are not. Set stage to operate and "
                "assess again; at the command line, changqing case FOLDER operate",
            ),
        )
    unread = maker.unread
    if unread is not None:
        yield Caveat(
            code=PAPERS_UNREAD,
            text=Text(
                zh=f"从材料填写的值里，{unread.values}处没有人在材料里读到"
                + (f"（{unread.papers}份材料还没有读取）" if unread.papers else "")
                + "，按未核对计，不作证明。读取材料：changqing read 项目",
                en=f"Of what was typed from papers, {unread.values} values were not "
                "read there"
                + (f" ({unread.papers} papers are not read)" if unread.papers else "")
                + "; they are not checked and prove nothing. To read the papers: "
                "changqing read CASE",
            ),
        )
    seen_counts = count_seen(case)
    if seen_counts:
        yield Caveat(code="originals_seen", text=_say_seen(case, seen_counts))
    day = find_day_without_internet(maker.attempts, as_of)
    if day is not None:
        yield Caveat(
            code="no_internet",
            text=Text(
                zh=f"{day}查看时本机上不了互联网：对照网站的域名查不到，网页也打不开。"
                "没有看到的是没能查看，不是网站的问题。",
                en=f"When looked at on {day} this machine had no internet: neither the "
                "names nor the pages of the control sites answered. What was not seen "
                "could not be looked at; the site is not to blame.",
            ),
        )
    if maker.history_unread:
        yield Caveat(
            code="history_unread",
            text=Text(
                zh="项目存有历次观察的记录，这里没有装Polars，读不出来：更新节奏、在线率等"
                "没有算进去。安装：pip install 'changqing[bulk]'",
                en="A history of observations is kept and cannot be read here without "
                "Polars: cadence, availability and the like leave it out. To read it: "
                "pip install 'changqing[bulk]'",
            ),
        )


def _count_readers(case: Case) -> ReadersView:
    counted = count_readers(case, find_accepted(case))
    return ReadersView(
        program=counted.program,
        pointed=counted.pointed,
        seen=counted.seen,
        unread=counted.unread,
    )


def _say_seen(case: Case, seen_counts: Sequence[SeenCount]) -> Text:
    """Say what counts because a reviewer saw originals: of which papers, and who."""
    materials = case.catalogue.materials
    parts = [(materials[count.paper.kind].label, count) for count in seen_counts]
    zh = "；".join(
        f"《{label.zh}》{part.values}处（{part.by}，{part.on}）"
        for label, part in parts
    )
    en = "; ".join(
        f"{label.en}, {part.values} ({part.by}, {part.on})" for label, part in parts
    )
    return Text(
        zh=f"程序没有读到、由审查人核过原件的值：{zh}",
        en=f"Values that no program read and a reviewer saw in the original: {en}",
    )


def _find_domain(service: Subject, situation: Situation) -> str | None:
    """The domain of a service, as a page calls it; None where none is known."""
    resolved = situation.resolved.get((service, "domain"))
    return None if resolved is None or resolved.best is None else str(resolved.best)
