"""Which stage a case begins at, from the licences that lie among its papers.

A company that holds the licence already does not apply for the first time. What was
read of each licence (whose, which services, where, until when) relates it to the
company and to the day; `propose_stage` takes the stage that the relation stands for,
and says of every other licence why it decides nothing. A person accepts it or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Final

from changqing.guide.interview import SUBMIT_AFTER
from changqing.guide.procedure import Givens, date_steps
from changqing.law.cited import say_citation
from changqing.law.law import fill, find_law_on
from changqing.law.model import Catalogue
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.papers.parts import SURE
from changqing.papers.start import (
    FoundCase,
    find_licensee,
    is_telecom_licence,
    join_words,
    read_as_holder,
)
from changqing.readers.layout import squeeze
from changqing.readers.proposal import CaseNames, ProposedFact, ProposedPaper
from changqing.text import Text

FIRST: Final = "apply"
_DECIDING: Final = (
    "holds_telecom_licence",
    "licence_company_name",
    "licence_valid_from",
    "licence_valid_until",
    "licensed_classes",
)
"""The facts of a licence by which a stage is proposed."""
_NEEDED: Final = ("licence_company_name", "licence_valid_until", "licensed_classes")
"""What has to be read surely before a licence decides anything."""
_COVERAGE: Final = "states_coverage"
_NATIONWIDE: Final = "全国"
_WITHIN, _ACROSS = SCOPE_WORDS
_CHANGED: Final = {
    "licence_company_name": "name",
    "licence_legal_rep": "registered_legal_rep",
    "licence_capital": "registered_capital",
}
"""What a licence states, and what the register says of the same today."""


class Relation(Enum):
    """How a licence stands to the company and to the day: stage, and what is said.

    One without a stage decides nothing. What is said is filled in with the `licence`,
    its `company` and day (`until`), and what the catalogue says of what `follows`.
    """

    LATE = (
        "renew",
        "离期满还有{left}天，最迟应当在{last}提出延续，这一天已经过了。{follows}",
        "{left} days are left, and renewal was due by {last}, which has passed. "
        "{follows}",
    )
    NEAR_ITS_END = (
        "renew",
        "离期满还有{left}天，最迟{last}提出延续。",
        "{left} days are left, and renewal is to be applied for by {last}.",
    )
    CHANGED_SINCE = (
        "amend",
        "登记的已经不一样，要办变更（{changed}）。",
        "what is registered differs now, which asks for an amendment ({changed}).",
    )
    REPORT_DUE = (
        "annual_report",
        "{year}年度的年报最迟{last}报送；报过了的，改选持证经营。",
        "the report on {year} is due by {last}; choose operating where it is done.",
    )
    IN_FORCE = (
        "operate",
        "还没有到办延续的时候，按持证经营看它的义务。",
        "renewal is not due yet, so the duties of a holder are looked at.",
    )
    ANOTHER_COMPANY = (
        "",
        "{licence}是{company}的许可证，不是申请人的，不作数；申请人以前叫这个名字的，改选变更。",
        "{licence} is a licence of {company}, not of the applicant, and does not "
        "count; choose amendment if that was the applicant’s name before.",
    )
    UNSURE = (
        "",
        "{licence}可能是申请人的许可证，但公司、业务或到期日没有读准：是不是本公司的、在不在有效期内？"
        "对照原件，已经持证的改选延续、变更或持证经营。",
        "{licence} may be a licence of the applicant, but whose, for what or until "
        "when was not read surely. Is it, and is it in force? Compare the original, "
        "and choose renewal, amendment or operating if so.",
    )
    ANOTHER_CLASS = (
        "",
        "{licence}不含这次要办的业务，不作数；这种业务仍是首次申请。",
        "{licence} does not have the service asked for and does not count; for that it "
        "is a first application.",
    )
    ANOTHER_PLACE = (
        "",
        "{licence}不是申请人所在省的，不作数：公司迁过来的、要扩大范围的，先问发证机关该办哪一项。",
        "{licence} is not for the applicant’s province and does not count; where the "
        "company has moved or widens its area, ask the issuing authority what to do.",
    )
    ENDED = (
        "",
        "{licence}已于{until}期满，不作数，按首次申请办。{follows}",
        "{licence} ended on {until} and does not count: it is a first application. "
        "{follows}",
    )

    @property
    def stage(self) -> str:
        """The stage it stands for; "" where it decides nothing."""
        return self.value[0]

    @property
    def text(self) -> Text:
        """What is said, to be filled in."""
        return Text(zh=self.value[1], en=self.value[2])


_CHANGE_TOO: Final = Text(
    zh="另有变更要办：{changed}。", en="An amendment is due as well: {changed}."
)
_ALSO_HELD: Final = Text(
    zh="{licence}也在有效期内，至{until}；这里按先要办的一张，另一张另建项目。",
    en="{licence} is in force too, until {until}; the one that asks for something "
    "first is taken, the other needs a case of its own.",
)
_HELD: Final = Text(
    zh="申请人已有许可证，{licence}有效至{until}：",
    en="The applicant holds a licence, {licence}, in force until {until}: ",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLicence:
    """A licence among the papers, as far as it was read.

    `company` is whom it is of, "" where that was not read; `is_own` whether that is the
    applicant, None where that cannot be told. `is_sure` tells that company, services
    and end were read without doubt.
    """

    file: str
    page: int
    company: str
    is_own: bool | None
    classes: frozenset[str]
    scope: str
    regions: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    is_sure: bool
    changed: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProposal:
    """The stage that the papers suggest, why, and what was seen beside it.

    `reason` is None for a first application. `notes` say of each other licence why it
    decides nothing. `file` and `page` are where the licence stands that decided;
    `classes`, `licence` (the class, where it is one) and `scope` are its own, "" where
    unknown. `submit_on` is the last day to hand in, today where that has passed.
    `asks` where a licence was not read surely: a person has to look at it.
    """

    stage: str
    reason: Text | None = None
    notes: tuple[Text, ...] = ()
    file: str = ""
    page: int = 0
    classes: frozenset[str] = frozenset()
    licence: str = ""
    scope: str = ""
    submit_on: date | None = None
    asks: bool = False

    @property
    def stage_name(self) -> Text:
        """Name the stage."""
        return STAGE_WORDS[self.stage]

    @property
    def is_first(self) -> bool:
        """Whether it is the first application, which needs nobody's word."""
        return self.stage == FIRST

    @property
    def tells(self) -> bool:
        """Whether a licence among the papers gives anything to be said."""
        return self.reason is not None or bool(self.notes)

    @property
    def answers(self) -> Mapping[str, str]:
        """The answers of the interview that whoever accepts it need not give."""
        day = "" if self.submit_on is None else self.submit_on.isoformat()
        answers = {"licence": self.licence, "scope": self.scope, "submit_on": day}
        return {name: answer for name, answer in answers.items() if answer}


def propose_stage(
    found_case: FoundCase, catalogue: Catalogue, *, on: date, licence: str = ""
) -> StageProposal:
    """Propose the stage of a case from the licences among its papers.

    Of several that decide, the one that asks for something first does: `Relation` lists
    them in that order, and of two alike the one that ends first is taken.

    Args:
        found_case: What the files say.
        catalogue: Says how long before its end a licence is renewed, and what follows.
        on: The day of the proposal, in Beijing.
        licence: The licence that is asked for, where that is known.
    """
    order = list(Relation)
    related = sorted(
        (
            _relate(held, found_case, catalogue, on=on, licence=licence)
            for held in _list_licences(found_case, catalogue)
        ),
        key=lambda one: (order.index(one.relation), one.held.valid_until or on),
    )
    first = related[0] if related and related[0].relation.stage else None
    notes = tuple(
        one.say(_ALSO_HELD if one.relation.stage else one.relation.text)
        for one in related
        if one is not first
    )
    asks = any(one.relation is Relation.UNSURE for one in related)
    if first is None:
        return StageProposal(stage=FIRST, notes=notes, asks=asks)
    held, relation = first.held, first.relation
    if held.changed and relation is not Relation.CHANGED_SINCE:
        notes = (first.say(_CHANGE_TOO), *notes)
    return StageProposal(
        stage=relation.stage,
        reason=Text(
            zh=first.say(_HELD).zh + first.say(relation.text).zh,
            en=f"{first.say(_HELD).en} {first.say(relation.text).en}",
        ),
        notes=notes,
        asks=asks,
        file=held.file,
        page=held.page,
        classes=held.classes,
        licence=licence or (min(held.classes) if len(held.classes) == 1 else ""),
        scope=held.scope,
        submit_on={
            Relation.LATE: on,
            Relation.IN_FORCE: on + SUBMIT_AFTER,
            Relation.CHANGED_SINCE: None,
        }.get(relation, first.last),
    )


def list_deciding(
    found_case: FoundCase, proposal: StageProposal
) -> tuple[ProposedFact, ...]:
    """List what the licence says of itself by which a stage was proposed."""
    return tuple(
        fact
        for file in found_case.files
        for paper in file.papers
        if (file.taken.name, paper.pages[0]) == (proposal.file, proposal.page)
        for fact in paper.facts
        if fact.subject.type == "applicant" and fact.fact in _DECIDING
    )


# What was read of the licences


def _list_licences(
    found_case: FoundCase, catalogue: Catalogue
) -> Iterator[HeldLicence]:
    papers = [
        (file, paper)
        for file in found_case.files
        for paper in (*file.papers, *file.others)
    ]
    register = {
        fact.fact: fact
        for _, paper in papers
        if paper.another is None and not is_telecom_licence(paper, catalogue)
        for fact in paper.facts
        if fact.subject.type == "applicant" and _is_sure(fact)
    }
    providers = {
        str(fact.value)
        for _, paper in papers
        for fact in paper.facts
        if fact.fact == "hosting_provider"
    }
    for file, paper in papers:
        company = find_licensee(paper)
        if not is_telecom_licence(paper, catalogue) or company in providers:
            continue  # the licence of who hosts the service is asked for as such
        # Read as its holder would, whoever that is: what it says is told of it.
        reading = file.taken.reading
        mine = read_as_holder(reading, paper, company, catalogue) or paper
        is_own = CaseNames(applicant=found_case.name).is_applicant(company)
        if not company:
            is_own = None
        elif found_case.credit_code and reading is not None:
            # The code stays with a company that takes another name.
            code = squeeze(found_case.credit_code)
            is_own = is_own or code in join_words(reading, paper.pages)
        yield _read_licence(
            mine, file.taken.name, company, register, catalogue, is_own=is_own
        )


def _is_sure(fact: ProposedFact) -> bool:
    return min(fact.confidence, fact.quote.confidence) >= SURE or bool(fact.checks)


def _read_licence(
    paper: ProposedPaper,
    file: str,
    company: str,
    register: Mapping[str, ProposedFact],
    catalogue: Catalogue,
    *,
    is_own: bool | None,
) -> HeldLicence:
    facts = {
        fact.fact: fact for fact in paper.facts if fact.subject.type == "applicant"
    }

    def read_day(name: str) -> date | None:
        value = facts[name].value if name in facts else None
        return value if isinstance(value, date) else None

    named = facts.get("licensed_classes")
    classes = None if named is None else named.value
    scope, regions = _read_coverage(paper, catalogue)
    return HeldLicence(
        file=file,
        page=paper.pages[0],
        company=company,
        is_own=is_own,
        classes=classes if isinstance(classes, frozenset) else frozenset(),
        scope=scope,
        regions=regions,
        valid_from=read_day("licence_valid_from"),
        valid_until=read_day("licence_valid_until"),
        is_sure=all(name in facts and _is_sure(facts[name]) for name in _NEEDED),
        changed=tuple(_list_changed(facts, register, catalogue)),
    )


def _list_changed(
    facts: Mapping[str, ProposedFact],
    register: Mapping[str, ProposedFact],
    catalogue: Catalogue,
) -> Iterator[Text]:
    """List what the register says otherwise than the licence, both read surely."""
    for stated, registered in _CHANGED.items():
        before, now = facts.get(stated), register.get(registered)
        if before and now and _is_sure(before) and before.value != now.value:
            label = catalogue.facts["applicant", registered].label
            yield Text(
                zh=f"{label.zh}：许可证写“{before.words}”，登记的是“{now.words}”",
                en=f"{label.en}: “{before.words}” on the licence, “{now.words}” in "
                "the register",
            )


def _read_coverage(
    paper: ProposedPaper, catalogue: Catalogue
) -> tuple[str, tuple[str, ...]]:
    """Read where a licence lets the service be offered; "" where it cannot be told."""
    words = "".join(
        element.quote.text
        for element in paper.elements
        if element.element == _COVERAGE and element.quote is not None
    )
    regions = tuple(
        code
        for code, region in catalogue.regions.items()
        if region.label.zh[:2] in words
    )
    if _NATIONWIDE in words or len(regions) > 1:
        return _ACROSS, regions
    return (_WITHIN if regions else ""), regions


# How they stand to the company and the day


@dataclass(frozen=True, slots=True, kw_only=True)
class _Related:
    """A licence with its relation, and what is said of both. `last`: what is due by."""

    held: HeldLicence
    relation: Relation
    words: Mapping[str, Text]
    last: date | None

    def say(self, text: Text) -> Text:
        """Fill in what is said of the licence."""
        zh = {name: word.zh for name, word in self.words.items()}
        en = {name: word.en for name, word in self.words.items()}
        return Text(zh=text.zh.format_map(zh), en=text.en.format_map(en).strip())


def _relate(
    held: HeldLicence,
    found_case: FoundCase,
    catalogue: Catalogue,
    *,
    on: date,
    licence: str,
) -> _Related:
    until, year_end = held.valid_until, date(on.year - 1, 12, 31)
    givens = Givens(
        licence=licence or min(held.classes, default=""),
        scope=held.scope or _WITHIN,
        region=found_case.region,
        as_of=on,
        days={} if until is None else {"valid_until": until},
    )
    renewal = _find_due(catalogue, "renew", givens, until)
    report = _find_due(catalogue, "annual_report", givens, year_end)
    relation = _tell_relation(
        held, found_case.region, licence, on=on, renewal=renewal, report=report
    )
    last = report if relation is Relation.REPORT_DUE else renewal
    follows = _say_follows(catalogue, relation, on)
    changed = Text(
        zh="；".join(change.zh for change in held.changed),
        en="; ".join(change.en for change in held.changed),
    )
    words = {
        "licence": _name_licence(held, catalogue),
        "company": Text(held.company, held.company),
        "until": Text(f"{until}", f"{until}"),
        "last": Text(f"{last}", f"{last}"),
        "left": Text(*2 * [f"{(until - on).days}" if until else ""]),
        "year": Text(f"{year_end.year}", f"{year_end.year}"),
        "changed": changed,
        "follows": follows,
    }
    return _Related(held=held, relation=relation, words=words, last=last)


def _tell_relation(
    held: HeldLicence,
    region: str,
    licence: str,
    *,
    on: date,
    renewal: date | None,
    report: date | None,
) -> Relation:
    """Tell the first that holds; what is not known surely is asked before any stage."""
    until = held.valid_until
    within = held.scope == _WITHIN and region and region not in held.regions
    begun = held.valid_from is not None and held.valid_from.year < on.year
    cases = (
        (held.is_own is False, Relation.ANOTHER_COMPANY),
        (held.is_own is None or not held.is_sure, Relation.UNSURE),
        (until is None or not held.classes, Relation.UNSURE),
        (licence and licence not in held.classes, Relation.ANOTHER_CLASS),
        (within, Relation.ANOTHER_PLACE),
        (until is not None and until < on, Relation.ENDED),
        (renewal is not None and renewal < on, Relation.LATE),
        (
            renewal is not None and renewal <= on + SUBMIT_AFTER,
            Relation.NEAR_ITS_END,
        ),
        (held.changed, Relation.CHANGED_SINCE),
        (begun and report is not None and on <= report, Relation.REPORT_DUE),
    )
    return next((relation for holds, relation in cases if holds), Relation.IN_FORCE)


def _find_due(
    catalogue: Catalogue, procedure: str, givens: Givens, start: date | None
) -> date | None:
    """Find the last day to hand in what counts from a day; None where no rule says."""
    entry = catalogue.procedures[procedure]
    if start is None or not givens.licence:
        return None
    days = dict.fromkeys(list(entry.starts)[:1], start)
    steps = date_steps(catalogue, entry, replace(givens, days=days))
    return next((step.limit for step in steps if step.step.id == "hand_in"), None)


def _name_licence(held: HeldLicence, catalogue: Catalogue) -> Text:
    labels = [
        catalogue.licences[code].label
        for code in sorted(held.classes)
        if code in catalogue.licences
    ]
    scope = SCOPE_WORDS.get(held.scope)
    where = Text("", "") if scope is None else Text(f"，{scope.zh}", f", {scope.en}")
    return Text(
        zh=f"《{held.file}》第{held.page}页（"
        + ("、".join(label.zh for label in labels) or "业务种类没有读到")
        + f"{where.zh}）",
        en=f"“{held.file}”, page {held.page} ("
        + (", ".join(label.en for label in labels) or "its services were not read")
        + f"{where.en})",
    )


def _say_follows(catalogue: Catalogue, relation: Relation, on: date) -> Text:
    """Say what the law has follow, how well its text is known, and what to do now."""
    renew = {step.id: step for step in catalogue.procedures["renew"].steps}
    rule = catalogue.criteria["renewal_applied_in_time"]
    source = say_citation(catalogue, rule.citations[0])
    law, own = {
        Relation.LATE: ("renewal_late_or_unopened_refused", rule.remedy.text),
        Relation.ENDED: ("term_renewal", None),
    }.get(relation, (None, None))
    if law is None:
        return Text("", "")
    fact = find_law_on(catalogue, law, on)
    says = fill(catalogue, fact.says, on=on, own=fact.values)
    after = fill(catalogue, renew["stop_if_not"].does, on=on)
    now = own or Text("", "")
    return Text(
        zh=f"{says.zh}（{source.zh}）{after.zh}{now.zh}",
        en=f"{says.en} ({source.en}) {after.en} {now.en}",
    )
