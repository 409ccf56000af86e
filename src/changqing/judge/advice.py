"""What a person does next about one finding. It depends on why the finding is open.

- unmet or contradicted: it is known to be otherwise, so the remedy of the criterion;
- unproven: it is said and not proven, so the papers and looks that would prove it;
- undetermined: nothing is known, so it is found out first. Nobody is sent to raise
  capital because a copy of the licence is missing.

A person is asked by the rule of the list of questions (`is_for_applicant`): what a look
or a paper is to tell is looked at or read. Each line names what is lacking: no paper, a
paper that nobody read, one of which what was read waits for a person, one that does not
say it, a look not made. A paper that cannot exist yet is never asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.model import OF_PAPERS, GapReason, Resolved
from changqing.judge.model import Aim, Finding, Missing, Situation
from changqing.judge.questions import (
    asks_which,
    find_turn,
    is_for_applicant,
    is_led_to,
    list_telling,
)
from changqing.judge.steps import AdviceStep, Way, write_steps
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Issuer
from changqing.law.kit import Grade, Knower
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue, Verdict
from changqing.law.subjects import SUBJECTS
from changqing.law.words import STATES
from changqing.papers.waiting import WaitingReadings
from changqing.rules.types import Kind
from changqing.text import Text

ANSWER: Final = "answer_questions"
"""The errand of saying what only the applicant can say."""
HAND_IN: Final = "hand_in_papers"
"""The errand of handing in papers that no other errand brings."""
SETTLE: Final = "settle_readings"
"""The errand of confirming what was read in papers at hand."""
AWAIT: Final = "await_papers"
"""The errand of keeping a paper once there is one; nobody can get it now."""
LOOK_AGAIN: Final = "look_again"
LOOK_UP: Final = "look_up"
ASK: Final = "ask_authority"

_FEW_KINDS: Final = 3  # a rule on more kinds of paper is on papers at large
_FEW_MEMBERS: Final = 3
_OR: Final = Text(zh="或", en=" or ")
_AND: Final = Text(zh="、", en=", ")
_PRESENCE: Final = "has_"
_PAPER: Final = "paper:"
_PROBE: Final = "probe:"
_GUIDED: Final = "guided:"


_LISTS: Final[Mapping[str, Text]] = {
    "service": Text(
        zh="网站或应用，以及地址", en="the sites and apps with their addresses"
    ),
    "person": Text(zh="人员名单", en="the people"),
    "holder": Text(zh="股东名单", en="the shareholders"),
    "paper": Text(zh="相应的材料", en="papers of this kind"),
}

# Why the last look does not count; anything else that went wrong is a look to repeat.
_CONFLICT: Final = frozenset({GapReason.CONFLICTING})
_NO_PROOF_YET: Final = frozenset(
    {
        GapReason.NO_RECORD,
        GapReason.LIST_OPEN,
        GapReason.WEAK_GRADE,
        GapReason.HIDDEN,
        GapReason.NOT_SHOWN,
        GapReason.NOT_READ,
        GapReason.UNREADABLE,
        GapReason.NOT_RECOGNISED,
    }
)
_UNCLEAR: Final = frozenset({GapReason.NOT_RECOGNISED, GapReason.HIDDEN})
"""What a program looked at and could not make out: a person looks."""
_AT_HAND: Final = frozenset(
    {
        Way.READ,
        Way.SCAN_AGAIN,
        Way.POINT_OUT,
        Way.POINT_OUT_OR_REPLACE,
        Way.SEE_ORIGINAL,
    }
)
"""What is done with a paper that is here."""
_UNREAD: Final[Mapping[GapReason, Way]] = {
    GapReason.NOT_READ: Way.READ,
    GapReason.UNREADABLE: Way.SCAN_AGAIN,
    GapReason.NOT_SHOWN: Way.POINT_OUT,
}
_DATED: Final[Mapping[GapReason, Way]] = {
    GapReason.EXPIRED: Way.RENEW,
    GapReason.OLDER_THAN_CLAIM: Way.FETCH_NEWER,
}

_QUESTIONS: Final[Mapping[Kind, Text]] = {
    Kind.BOOLEAN: Text(zh="{label}：是还是否？", en="{label}: yes or no?"),
    Kind.NUMBER: Text(zh="{label}是多少？", en="{label}: how much?"),
    Kind.DATE: Text(zh="{label}是哪一天？", en="{label}: on which day?"),
    Kind.SET: Text(zh="{label}有哪些？", en="{label}: which?"),
    Kind.CATEGORY: Text(zh="{label}是哪一种？", en="{label}: of which kind?"),
    Kind.TEXT: Text(zh="{label}是什么？", en="{label}: what is it?"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do about one finding, and the errand of which it is a part."""

    aim: Aim
    errand: str
    text: Text
    lead_days: int
    steps: tuple[AdviceStep, ...] = ()
    now: tuple[AdviceStep, ...] = ()  # those of its errand; others come after an answer

    @property
    def materials(self) -> tuple[str, ...]:
        """The kinds of paper that would settle it."""
        return tuple(dict.fromkeys(m for step in self.steps for m in step.materials))


@dataclass(frozen=True)
class Adviser:
    """Advises on the findings of one situation."""

    catalogue: Catalogue
    situation: Situation
    waiting: WaitingReadings | None = None
    """What papers show and nobody has confirmed; None: nothing is known of it."""
    _given: dict[int, tuple[Finding, Advice]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def advise(self, finding: Finding) -> Advice:
        """Say what to do about an open finding.

        Met criteria and those that do not apply get their remedy, which nobody needs.
        Plan, report and summary ask about the same findings: each is answered once.
        """
        answer = self._given.get(id(finding))
        if answer is None:
            # The finding is kept with it: its id is nobody else's meanwhile.
            answer = self._given[id(finding)] = (finding, self._advise_finding(finding))
        return answer[1]

    def _advise_finding(self, finding: Finding) -> Advice:
        steps: tuple[AdviceStep, ...] = ()
        if finding.verdict is Verdict.UNDETERMINED:
            steps = tuple(self._advise_finding_out(finding))
        elif finding.verdict is Verdict.UNPROVEN:
            steps = tuple(self._prove_finding(finding))
        remedy = finding.criterion.remedy
        if not steps:
            return Advice(
                aim=Aim.ACT,
                errand=remedy.errand,
                text=remedy.text,
                lead_days=remedy.lead_days,
            )
        ways = list(Way)
        steps = tuple(sorted(steps, key=lambda step: ways.index(step.way)))
        first = steps[0]
        errand = self._choose_errand(first)
        listed_errand = self.catalogue.errands.get(errand)
        return Advice(
            aim=_choose_aim(first.way, finding.verdict),
            errand=errand if listed_errand is not None else remedy.errand,
            text=_join_sentence(write_steps(steps)),
            lead_days=0 if listed_errand is None else listed_errand.lead_days,
            steps=steps,
            now=tuple(
                step
                for step in steps
                if step.way is not Way.THEN and self._choose_errand(step) == errand
            ),
        )

    def _advise_finding_out(self, finding: Finding) -> Iterator[AdviceStep]:
        first = finding.missing_first
        leading = [missing for missing in first if self._is_led_to(missing)]
        for missing in leading or first:
            yield from self.settle(missing, said=False)
        yield from self._confirm_number(finding)

    def _prove_finding(self, finding: Finding) -> Iterator[AdviceStep]:
        for missing in finding.missing:
            yield from self.settle(missing, said=True)
        yield from self._confirm_number(finding)

    def _confirm_number(self, finding: Finding) -> Iterator[AdviceStep]:
        """Where no rule sets a number, only the authority can say it."""
        for name in finding.unknown_parameters:
            label = self.catalogue.parameters[name].label
            yield AdviceStep(way=Way.CONFIRM, about=label)

    def _is_led_to(self, missing: Missing) -> bool:
        """Whether it is time to ask: not before the question that leads to it."""
        if missing.fact is None or missing.subject is None:
            return True
        fact = self.catalogue.facts[missing.type, missing.fact]
        return is_led_to(missing.subject, fact, self.situation)

    def settle(self, missing: Missing, *, said: bool) -> Iterator[AdviceStep]:
        """List the steps that settle one missing thing; `said` when it is claimed."""
        if missing.fact is None or missing.subject is None:
            yield self._list_missing(missing)
            return
        fact = self.catalogue.facts[missing.type, missing.fact]
        about = self._label_fact(missing.subject, fact)
        resolved = self.situation.resolved.get((missing.subject, missing.fact))
        gap = None if resolved is None else resolved.gap
        said = said or (resolved is not None and resolved.claimed is not None)
        if gap in _CONFLICT:
            yield AdviceStep(way=Way.RECONCILE, about=about)
            return
        if material := self._find_presence_kind(fact):
            yield self._hand_in(material, fact, gap, claimed=said)
            return
        if missing.type == "paper":
            paper = missing.subject
            yield self._open_paper(paper, missing.subject, fact, about, gap)
            return
        looks_again = gap is not None and gap not in _NO_PROOF_YET | _DATED.keys()
        proof = self._advise_proof(missing.subject, fact, about, resolved, claimed=said)
        if any(source.startswith(_PROBE) for source in fact.sources):
            if gap in _UNCLEAR and proof.look:
                yield proof
            else:
                way = Way.LOOK_AGAIN if looks_again else Way.LOOK
                yield AdviceStep(way=way, about=about)
            return
        telling = (
            None if said or looks_again else self._tell_unsaid(missing.subject, fact)
        )
        if telling is None:
            yield proof
            return
        yield telling
        if proof.materials and fact.proof > Grade.DECLARED and proof != telling:
            yield replace(proof, way=Way.THEN)

    def find_errand(self, missing: Missing) -> str:
        """Find the errand of the first step that settles one missing thing."""
        ways = list(Way)
        steps = self.settle(missing, said=False)
        first = min(steps, key=lambda step: ways.index(step.way))
        return self._choose_errand(first)

    def _tell_unsaid(self, subject: Subject, fact: Fact) -> AdviceStep | None:
        """How what nobody has said is learnt: from a person or from a paper at hand."""
        if self._is_asked(subject, fact):
            about = self._word_question(subject, fact)
            if fact.ask is None:
                return AdviceStep(way=Way.SAY, about=about)
            return AdviceStep(way=Way.SAY, about=about, turn=find_turn(fact.ask))
        steps = [
            self._open_paper(
                paper, subject, fact, self._label_fact(subject, fact), None
            )
            for paper in self._list_papers(list_telling(fact, self.catalogue))
        ]
        return min(steps, key=lambda step: list(Way).index(step.way), default=None)

    def _is_asked(self, subject: Subject, fact: Fact) -> bool:
        """Whether a person is to say it: as in the list of questions, or in the file.

        Who can know it is not said of what follows from how the case lists things.
        """
        if not fact.who:
            return "form" in fact.sources
        return is_for_applicant(fact, self.situation, self.catalogue)

    def _list_missing(self, missing: Missing) -> AdviceStep:
        """Who or what is not on record: a paper is handed in, others are listed."""
        kinds = [kind for kind in missing.kinds if kind in self.catalogue.materials]
        if missing.type == "paper" and 0 < len(kinds) <= _FEW_KINDS:
            return AdviceStep(
                way=Way.HAVE,
                about=SUBJECTS["paper"].text,
                names=self._join_titles(kinds, _AND),
                materials=tuple(kinds),
            )
        names = _LISTS.get(missing.type, SUBJECTS[missing.type].text)
        if missing.type == "paper":
            return AdviceStep(way=Way.HAVE, about=names, names=names)
        listed = self._name_members(missing.type)
        if listed and not missing.kinds:
            return AdviceStep(
                way=Way.CLOSE, about=listed, names=SUBJECTS[missing.type].text
            )
        roles = self.catalogue.facts.get((missing.type, "roles"))
        labels = {} if roles is None else roles.value_labels
        texts = [labels[kind] for kind in missing.kinds if kind in labels]
        about = Text(
            zh="、".join(label.zh for label in texts),
            en=", ".join(label.en.lower() for label in texts),
        )
        return AdviceStep(way=Way.LIST, about=about, names=names)

    def _name_members(self, subject_type: str) -> Text | None:
        """Name the first few of a list; None where nobody is on it."""
        labels = [
            self.situation.labels[subject]
            for subject in self.situation.subjects
            if subject.type == subject_type
        ]
        if not labels:
            return None
        first = labels[:_FEW_MEMBERS]
        zh, en = "、".join(t.zh for t in first), ", ".join(t.en for t in first)
        if len(labels) > len(first):
            zh, en = f"{zh}等{len(labels)}个", f"{en} and others ({len(labels)})"
        return Text(zh=zh, en=en)

    def _find_presence_kind(self, fact: Fact) -> str:
        """The kind of paper whose presence a fact states; "" for any other fact."""
        material = fact.id.removeprefix(_PRESENCE)
        own = fact.subject == "applicant" and fact.generated and material != fact.id
        return material if own and material in self.catalogue.materials else ""

    def _hand_in(
        self, material: str, fact: Fact, gap: GapReason | None, *, claimed: bool
    ) -> AdviceStep:
        kinds = list(list_kinds_for(self.catalogue, material))
        if gap in _UNREAD:
            for paper in self._list_papers(kinds):
                return self._open_paper(paper, APPLICANT, fact, fact.label, gap)
        return AdviceStep(
            way=Way.FETCH if claimed else Way.HAVE,
            about=fact.label,
            names=self._join_titles(kinds, _OR),
            materials=tuple(kinds),
        )

    def _open_paper(
        self,
        paper: Subject,
        subject: Subject,
        fact: Fact,
        about: Text,
        gap: GapReason | None,
    ) -> AdviceStep:
        """What is done with a paper at hand: a look, or what its reading lacks."""
        kind = self._find_kind(paper)
        label = self.situation.labels[paper]
        if fact.who[:1] == (Knower.REVIEWER,):
            way, about = Way.SEE_ORIGINAL, make_question(fact)
        else:
            way = self._choose_unread_way(kind, gap)
        if way is Way.POINT_OUT:
            if self._is_waiting(paper, subject, fact):
                way = Way.SETTLE
            elif not self._writes_itself(kind):
                way = Way.POINT_OUT_OR_REPLACE
        return AdviceStep(
            way=way,
            about=Text(
                zh=about.zh.removeprefix(STATES.zh), en=about.en.removeprefix(STATES.en)
            ),
            names=Text(zh=_quote_title(label.zh), en=label.en),
            materials=() if kind is None else (kind,),
        )

    def _writes_itself(self, kind: str | None) -> bool:
        """Whether the company may add to such a paper: it writes it itself."""
        return (
            kind is not None and self.catalogue.materials[kind].issuer is Issuer.COMPANY
        )

    def _is_waiting(self, paper: Subject, subject: Subject, fact: Fact) -> bool:
        """Whether the paper was read to say it, and only a person has to look."""
        waiting = self.waiting
        return waiting is not None and waiting.is_in(paper.id, subject, fact.id)

    def _choose_unread_way(self, kind: str | None, gap: GapReason | None) -> Way:
        """By what became of a paper: not read, not legible, or read in vain."""
        resolved = self.situation.resolved.get((APPLICANT, f"{_PRESENCE}{kind}"))
        for reason in (None if resolved is None else resolved.gap, gap):
            if reason is not None and reason in _UNREAD:
                return _UNREAD[reason]
        return (
            Way.READ if resolved is None or resolved.proven is None else Way.POINT_OUT
        )

    def _advise_proof(
        self,
        subject: Subject,
        fact: Fact,
        about: Text,
        resolved: Resolved | None,
        *,
        claimed: bool,
    ) -> AdviceStep:
        """What would tell or prove a fact: a paper at hand or to get, or a lookup."""
        kinds = [
            kind
            for source in fact.sources
            if source.startswith(_PAPER)
            for kind in list_kinds_for(self.catalogue, source.removeprefix(_PAPER))
            if self.catalogue.materials[kind].issuer.grade >= fact.proof
        ]
        guided = [s.removeprefix(_GUIDED) for s in fact.sources if _GUIDED in s]
        later = [kind for kind in kinds if not self._can_exist(kind)]
        if later == kinds and later and not guided:
            return self._await_paper(later, fact, about, claimed=claimed)
        kinds = [kind for kind in kinds if kind not in later]
        gap = None if resolved is None else resolved.gap
        dated = _DATED.get(gap) if gap is not None else None
        if kinds and dated is None:
            steps = [
                self._open_paper(paper, subject, fact, about, gap)
                for paper in self._list_papers(kinds)
            ]
            if steps:
                return min(steps, key=lambda step: list(Way).index(step.way))
        if dated is Way.RENEW and (ended := self._find_ended_kind(resolved)) in kinds:
            kinds = [ended]
        if kinds:
            return AdviceStep(
                way=dated or (Way.FETCH if claimed else Way.HAVE_FOR),
                about=about,
                names=self._join_titles(kinds, _OR),
                materials=tuple(dict.fromkeys(kinds)),
            )
        if guided:
            look = self.catalogue.looks[guided[0]]
            names = Text(
                zh=f"{look.title.zh}（{look.where.zh}）",
                en=f"{look.title.en} ({look.where.en})",
            )
            return AdviceStep(way=Way.LOOK_UP, about=about, names=names, look=look.id)
        return AdviceStep(way=Way.FETCH, about=about, names=_ANY_PAPER)

    def _find_ended_kind(self, resolved: Resolved | None) -> str:
        """The kind of the paper that proved it until it ended; "" where none did."""
        ended = None if resolved is None else resolved.ended_by
        if ended is None or ended.source.kind not in OF_PAPERS:
            return ""
        return self._find_kind(Subject("paper", ended.source.name)) or ""

    def _can_exist(self, kind: str) -> bool:
        """Whether there can be such a paper: what it comes of is said to be so."""
        comes_of = self.catalogue.materials[kind].exists_once
        resolved = self.situation.resolved
        return (
            not comes_of
            or any(
                (cause := resolved.get((APPLICANT, fact))) is not None and cause.claimed
                for fact in comes_of
            )
            or next(self._list_papers([kind]), None) is not None
        )

    def _await_paper(
        self, kinds: Sequence[str], fact: Fact, about: Text, *, claimed: bool
    ) -> AdviceStep:
        """Where all that would prove a fact comes later: what tells it, or to wait."""
        telling = [
            kind for kind in list_telling(fact, self.catalogue) if self._can_exist(kind)
        ]
        if telling and not claimed:
            return AdviceStep(
                way=Way.HAVE_FOR,
                about=about,
                names=self._join_titles(telling, _OR),
                materials=tuple(dict.fromkeys(telling)),
            )
        comes_of = [
            self.catalogue.facts["applicant", name].label
            for kind in kinds
            for name in self.catalogue.materials[kind].exists_once
        ]
        titles = self._join_titles(kinds, _OR)
        zh = _OR.zh.join(label.zh for label in comes_of)
        en = _OR.en.join(label.en for label in comes_of)
        return AdviceStep(
            way=Way.AWAIT,
            about=about,
            names=Text(
                zh=f"{titles.zh}要在{zh}以后才有",
                en=f"there is no {titles.en} before this is so ({en})",
            ),
        )

    def _list_papers(self, kinds: Iterable[str]) -> Iterator[Subject]:
        wanted_kinds = set(kinds)
        for subject in self.situation.subjects:
            if subject.type == "paper" and self._find_kind(subject) in wanted_kinds:
                yield subject

    def _find_kind(self, paper: Subject) -> str | None:
        resolved = self.situation.resolved.get((paper, "kind"))
        return (
            None
            if resolved is None or resolved.claimed is None
            else str(resolved.claimed)
        )

    def _join_titles(self, kinds: Iterable[str], joint: Text) -> Text:
        labels = [self.catalogue.materials[kind].label for kind in dict.fromkeys(kinds)]
        return Text(
            zh=joint.zh.join(_quote_title(label.zh) for label in labels),
            en=joint.en.join(f"“{label.en}”" for label in labels),
        )

    def _label_fact(self, subject: Subject, fact: Fact) -> Text:
        """A fact with whose it is, where that is not the applicant itself."""
        if subject.type in ("applicant", "paper"):
            return fact.label
        whose = self.situation.labels[subject]
        return Text(
            zh=f"{fact.label.zh}（{whose.zh}）", en=f"{fact.label.en} ({whose.en})"
        )

    def _word_question(self, subject: Subject, fact: Fact) -> Text:
        question = make_question(fact)
        if fact.ask is not None and asks_which(fact, self.situation):
            return fact.ask.which or question  # of all of them at once
        if subject.type == "applicant":
            return question
        owner = self.situation.labels[subject]
        return Text(zh=f"{owner.zh}：{question.zh}", en=f"{owner.en}: {question.en}")

    def _choose_errand(self, step: AdviceStep) -> str:
        match step.way:
            case Way.LIST | Way.CLOSE | Way.SAY | Way.RECONCILE:
                return ANSWER
            case Way.SETTLE:
                return SETTLE
            case Way.LOOK | Way.LOOK_AGAIN:
                return LOOK_AGAIN
            case Way.LOOK_UP:
                return self._looking.get(step.look, LOOK_UP)
            case Way.CONFIRM:
                return ASK
            case Way.AWAIT:
                return AWAIT
            case way if way in _AT_HAND:
                return HAND_IN
            case _:
                first = next(iter(step.materials), "")
                return self._bringing.get(first, HAND_IN)

    @cached_property
    def _bringing(self) -> Mapping[str, str]:
        """Which errand brings a kind of paper."""
        return {
            kind: errand.id
            for errand in self.catalogue.errands.values()
            for kind in errand.brings
        }

    @cached_property
    def _looking(self) -> Mapping[str, str]:
        """Which errand makes a guided look."""
        return {
            look: errand.id
            for errand in self.catalogue.errands.values()
            for look in errand.looks
        }


def make_question(fact: Fact) -> Text:
    """Find the question that asks for a fact, or make one where there is none."""
    if fact.question is not None:
        return fact.question
    pattern = _QUESTIONS[fact.type.kind]
    return Text(
        zh=pattern.zh.format(label=fact.label.zh),
        en=pattern.en.format(label=fact.label.en),
    )


def _join_sentence(lines: Sequence[Text]) -> Text:
    """One sentence of several steps; a question keeps its mark."""
    zh = "；".join(line.zh.rstrip("。") for line in lines).replace("？；", "？")
    en = "; ".join(line.en.rstrip(".") for line in lines).replace("?; ", "? ")
    return Text(
        zh=zh if zh.endswith("？") else f"{zh}。",
        en=en if en.endswith("?") else f"{en}.",
    )


def _choose_aim(way: Way, verdict: Verdict) -> Aim:
    match way:
        case _ if way in _AT_HAND:
            return Aim.PAPERS
        case Way.FETCH | Way.RENEW | Way.FETCH_NEWER | Way.HAVE | Way.HAVE_FOR:
            return Aim.PAPERS
        case Way.AWAIT:
            return Aim.PAPERS
        case Way.LOOK_UP if verdict is Verdict.UNPROVEN:
            return Aim.PAPERS  # what is kept of the lookup is a page
        case _:
            return Aim.CLEAR_UP


def _quote_title(name: str) -> str:
    return name if name.startswith("《") else f"《{name}》"


_ANY_PAPER: Final = Text(
    zh="写明它的外部材料", en="a paper from somebody else that says it"
)
