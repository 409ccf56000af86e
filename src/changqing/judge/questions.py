"""What the applicant is asked, and in which order: one list for every face.

Asked is what only the applicant can tell and what an open criterion waits for. What a
look, a lookup or a paper at hand will show is left to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from changqing.case.edit import find_place
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.implied import list_implied_facts
from changqing.judge.model import Assessment, Finding, Missing, Situation
from changqing.law.kinds.fact import Asking, Fact
from changqing.law.kit import Knower, QuestionGroup
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue, Verdict
from changqing.law.subjects import SUBJECTS
from changqing.text import Text
from changqing.yamlfile.edit import At

_PAPER: Final = "paper:"
_FIRST_SITE: Final = "site"
_FORM_STAGES: Final = frozenset({"prepare", "apply", "amend", "renew"})
"""The stages at which an application form is filled in."""
_WHO: Final = Text(zh="{post}是谁？", en="Who is responsible: {post}?")
_GROUPS: Final = tuple(QuestionGroup)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """One thing that the applicant is asked.

    `whose` names the subject where it is not the applicant itself. `adds` is the kind
    of a member that the answer adds to the case, in which case `subject` is the id that
    it takes. `criteria` are the open ones that wait for the answer. Where the answer is
    one of several, such as who the contact is, `among` are those of whom nobody said;
    it is empty once somebody was named.
    """

    subject: Subject
    fact: Fact
    asks: Text
    whose: Text | None = None
    adds: str | None = None
    required: bool = False
    criteria: tuple[str, ...] = ()
    among: tuple[tuple[Subject, Text], ...] = ()

    @property
    def asking(self) -> Asking:
        """Where it comes, why it is asked, and an example."""
        if self.fact.ask is None:
            raise AssertionError(f"{self.fact.id} is asked by nothing")
        return self.fact.ask

    @property
    def group(self) -> QuestionGroup:
        """The part of the conversation that it belongs to."""
        return self.asking.group


def list_questions(
    assessment: Assessment, catalogue: Catalogue
) -> tuple[OpenQuestion, ...]:
    """List what the applicant is asked, in the order of a conversation.

    Args:
        assessment: Of the case as it stands; another answer may open or close some.
        catalogue: Says who can know what, and in which order it is asked.
    """
    asker = _Asker(situation=assessment.situation, catalogue=catalogue)
    for finding in assessment.findings:
        if finding.asked and finding.verdict is Verdict.UNDETERMINED:
            asker.take(finding)
    asker.take_form()
    return tuple(_ask_once(sorted(asker.found.values(), key=asker.place)))


def _ask_once(questions: Iterable[OpenQuestion]) -> Iterator[OpenQuestion]:
    """Ask of all at once what is so of one of them, where the first was asked."""
    open_questions = list(questions)
    for place, question in enumerate(open_questions):
        which = question.asking.which
        if which is None or not question.among:
            yield question
            continue
        same = [other for other in open_questions if other.fact is question.fact]
        if open_questions.index(same[0]) == place:
            criteria = dict.fromkeys(name for other in same for name in other.criteria)
            yield replace(
                question,
                asks=which,
                whose=None,
                required=any(other.required for other in same),
                criteria=tuple(criteria),
            )


def group_questions(
    questions: Iterable[OpenQuestion],
) -> Mapping[QuestionGroup, list[OpenQuestion]]:
    """Divide questions by what they are about; each group keeps their order."""
    groups: dict[QuestionGroup, list[OpenQuestion]] = {}
    for question in questions:
        groups.setdefault(question.group, []).append(question)
    return groups


def find_turn(asking: Asking) -> tuple[int, int]:
    """Find where in a conversation a fact is asked for: its group, its place there."""
    return _GROUPS.index(asking.group), asking.order


def is_for_applicant(fact: Fact, situation: Situation, catalogue: Catalogue) -> bool:
    """Tell whether the applicant is the one to ask now.

    Not where nobody says so, and not where a paper that is to say it lies in the case.
    """
    if Knower.APPLICANT not in fact.who:
        return False
    who = fact.who
    if Knower.PAPER not in who or who.index(Knower.PAPER) > who.index(Knower.APPLICANT):
        return True
    return not _list_kinds_at_hand(situation).intersection(
        list_telling(fact, catalogue)
    )


def is_led_to(subject: Subject, fact: Fact, situation: Situation) -> bool:
    """Tell whether the question that comes before a fact was answered with a yes."""
    if fact.ask is None or fact.ask.after is None:
        return True
    leading = situation.resolved.get((subject, fact.ask.after))
    answer = None if leading is None else leading.claimed
    return isinstance(answer, bool | int) and answer > 0


def asks_which(fact: Fact, situation: Situation) -> bool:
    """Tell whether a fact is asked once of all: which of them it is so of.

    Not once it was said of one: then the others can only be asked about one by one.
    """
    if fact.ask is None or fact.ask.which is None:
        return False
    return not any(
        subject.type == fact.subject
        and (resolved := situation.resolved.get((subject, fact.id))) is not None
        and resolved.claimed is True
        for subject in situation.subjects
    )


def list_telling(fact: Fact, catalogue: Catalogue) -> Iterator[str]:
    """List the kinds of paper that say a fact, whether or not they prove it."""
    for source in fact.sources:
        if source.startswith(_PAPER):
            yield from list_kinds_for(catalogue, source.removeprefix(_PAPER))


def _list_kinds_at_hand(situation: Situation) -> frozenset[str]:
    return frozenset(
        str(kind.claimed)
        for subject in situation.subjects
        if subject.type == "paper"
        and (kind := situation.resolved.get((subject, "kind"))) is not None
        and kind.claimed is not None
    )


@dataclass(frozen=True, kw_only=True)
class _Asker:
    situation: Situation
    catalogue: Catalogue
    found: dict[tuple[Subject, str], OpenQuestion] = field(default_factory=dict)

    def take(self, finding: Finding) -> None:
        """Ask what leaves a finding open, as far as the applicant can tell it."""
        is_under_way = any(self._is_under_way(missing) for missing in finding.missing)
        for missing in finding.missing:
            if missing.later and is_under_way:
                continue  # something else comes first that may settle it
            question = self._ask_for(missing)
            if question is None:
                continue
            key = (question.subject, question.fact.id)
            before = self.found.get(key, question)
            criteria = (*before.criteria, finding.criterion.id)
            self.found[key] = replace(
                before,
                criteria=tuple(dict.fromkeys(criteria)),
                required=before.required or finding.required,
            )

    def take_form(self) -> None:
        """Ask what no criterion reads and the application form has a field for."""
        if self.situation.application.stage not in _FORM_STAGES:
            return
        for (subject, name), fact in self.catalogue.facts.items():
            if fact.ask is None or not fact.ask.in_form or subject != APPLICANT.type:
                continue
            if not self._is_known(APPLICANT, name):
                self.found.setdefault(
                    (APPLICANT, name),
                    self._build_question(APPLICANT, fact, required=True),
                )

    def place(self, question: OpenQuestion) -> tuple[int, int, str]:
        """Find the place of a question in the conversation."""
        return *find_turn(question.asking), question.subject.id

    def _ask_for(self, missing: Missing) -> OpenQuestion | None:
        if missing.fact is None or missing.subject is None:
            return self._ask_member(missing)
        if self._is_known(missing.subject, missing.fact):
            return None  # what papers disagree on is no question of what is so
        fact = self.catalogue.facts[missing.type, missing.fact]
        if not is_for_applicant(fact, self.situation, self.catalogue):
            return None
        if not is_led_to(missing.subject, fact, self.situation):
            return None
        return self._build_question(missing.subject, fact)

    def _is_under_way(self, missing: Missing) -> bool:
        """Whether what comes first is asked, follows, or stands in a paper at hand."""
        if missing.later:
            return False
        follows = (missing.type, missing.fact) in list_implied_facts()
        if follows or self._ask_for(missing) is not None:
            return True
        fact = self.catalogue.facts.get((missing.type, missing.fact or ""))
        telling = () if fact is None else list_telling(fact, self.catalogue)
        return not _list_kinds_at_hand(self.situation).isdisjoint(telling)

    def _is_known(self, subject: Subject, fact: str) -> bool:
        resolved = self.situation.resolved.get((subject, fact))
        return resolved is not None and resolved.claimed is not None

    def _build_question(
        self, subject: Subject, fact: Fact, *, required: bool = False
    ) -> OpenQuestion:
        own = subject == APPLICANT
        return OpenQuestion(
            subject=subject,
            fact=fact,
            asks=fact.question or fact.label,
            whose=None if own else self.situation.labels[subject],
            required=required,
            among=self._list_untold(fact) if asks_which(fact, self.situation) else (),
        )

    def _list_untold(self, fact: Fact) -> tuple[tuple[Subject, Text], ...]:
        return tuple(
            (subject, self.situation.labels[subject])
            for subject in self.situation.subjects
            if subject.type == fact.subject and not self._is_known(subject, fact.id)
        )

    def _name_new_member(self, kind: str, preferred_id: str) -> Subject:
        """Name a subject that the case lacks: `preferred_id` where that is free."""
        subject, number = Subject(kind, preferred_id), 1
        while subject in self.situation.labels:
            number += 1
            subject = Subject(kind, f"{preferred_id}_{number}")
        return subject

    def _ask_member(self, missing: Missing) -> OpenQuestion | None:
        """Ask for somebody or something that the case lists nowhere yet."""
        if missing.type == "service" and "website" in missing.kinds:
            fact = self.catalogue.facts["service", "url"]
            asks = fact.question or fact.label
            return OpenQuestion(
                subject=self._name_new_member("service", _FIRST_SITE),
                fact=fact,
                asks=asks,
                adds="website",
            )
        if missing.type != "person" or len(missing.kinds) != 1:
            return None
        (role,) = missing.kinds
        fact = self.catalogue.facts["person", "name"]
        post = self.catalogue.facts["person", "roles"].value_labels[role]
        return OpenQuestion(
            subject=self._name_new_member("person", role),
            fact=fact,
            asks=Text(
                zh=_WHO.zh.format(post=post.zh),
                en=_WHO.en.format(post=post.en.lower()),
            ),
            adds=role,
        )


def place_answer(
    subject: Subject, fact: str, value: object, *, adds: str | None = None
) -> tuple[At, object]:
    """Find where `case.yaml` takes an answer, and what is written there.

    Args:
        subject: Whom the answer is about.
        fact: What was asked.
        value: What was answered, as the file spells it.
        adds: The kind of the member that it adds; None where the case lists it.
    """
    if adds is None:
        return find_place(subject, fact), value
    kind = SUBJECTS[subject.type]
    member = {"id": subject.id, kind.kind_field: adds, fact: value}
    return (kind.listed, subject.id), member
