"""一页结论: the answer of an assessment on one page of A4.

`build_one_page` makes it out of a report; the terminal, the first page of
`report.html`, the page of a case on the web, the PDF and the JSON show this very
dataclass, all but the JSON by the rows of `one_page_rows`. Lists are cut to what one
page holds, and say how many more there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from changqing.law.kinds.criterion import Route
from changqing.law.model import Verdict
from changqing.report.outlook_model import SubjectView
from changqing.text import Text, WordedEnum

T = TypeVar("T")
_LONGEST: Final = 110
"""Characters of one Chinese sentence; an English one takes twice as many."""


class FourQuestions(WordedEnum):
    """What everybody asks of a service that is to last."""

    SERVERS = "servers", Text("域名与服务器", "domain and servers")
    CONTENT = "content", Text("内容更新", "content kept up")
    MAINTAINERS = "maintainers", Text("专人维护", "named maintainers")
    USERS = "users", Text("用户找得到人", "users reach somebody")


class QuestionAnswer(WordedEnum):
    """How one of the four questions is answered, by what is proven."""

    YES = "yes", Text("有证据", "shown")
    ENDING = "ending", Text("有证据，快到期", "shown, ending soon")
    NO = "no", Text("没有做到", "not so")
    UNKNOWN = "unknown", Text("还没有证据", "not shown yet")

    @property
    def sign(self) -> str:
        """The sign that stands before it."""
        return _SIGNS[self]

    @property
    def verdict(self) -> Verdict:
        """The verdict whose shape and colour it has."""
        return _VERDICTS[self]


_SIGNS: Final = {
    QuestionAnswer.YES: "✓",
    QuestionAnswer.ENDING: "!",
    QuestionAnswer.NO: "✗",
    QuestionAnswer.UNKNOWN: "?",
}
_VERDICTS: Final = {
    QuestionAnswer.YES: Verdict.MET,
    QuestionAnswer.ENDING: Verdict.UNPROVEN,
    QuestionAnswer.NO: Verdict.UNMET,
    QuestionAnswer.UNKNOWN: Verdict.UNDETERMINED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[T]):
    """As much of a list as one page holds, and how many more there are."""

    shown: tuple[T, ...] = ()
    more: int = 0

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.shown) + self.more


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One of the two sentences, with the code of its state."""

    title: Text
    state: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedValue:
    """What one source says of one thing: the applicant, or a paper at its place.

    `quote` are the words of the paper as they were read there. `claimed` says that it
    is the applicant's own word.
    """

    claimed: bool
    text: Text
    source: Text
    quote: str | None
    evidence: str | None

    @property
    def line(self) -> Text:
        """What is said and by whom; of a paper its own words where they were read."""
        if self.quote is not None:
            return Text(
                f"{self.source.zh}写：“{self.quote}”",
                f"{self.source.en} says: “{self.quote}”",
            )
        return Text(
            f"{self.source.zh}：{self.text.zh}", f"{self.source.en}: {self.text.en}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPoint:
    """A point against or open, with what is said of it where it is in doubt.

    `whom` names the subject where that is not the applicant or its only service.
    """

    criterion: str
    subject: SubjectView | None
    whom: Text | None
    verdict: Verdict
    text: Text
    says: tuple[SourcedValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredQuestion:
    """One of the four questions: its answer, what that rests on, and until when."""

    question: FourQuestions
    title: Text
    answer: QuestionAnswer
    basis: Listed[Text]
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLeft:
    """One of the two routes, and which of its key points are still to be shown.

    `text` says whether it is shown, or how much it lacks.
    """

    route: Route
    text: Text
    key_points: int
    left: Listed[ShownPoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One of the first things to do: by when, who, and what.

    `whom` names the people that it is about, which `text` does too.
    """

    errand: str
    start: date
    done_by: date
    who: Text
    whom: Text | None = None
    text: Text
    late: bool
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePage:
    """The answer of an assessment, as it stands on one page.

    `after_licence` says that it speaks of the duties of a licensee. `proof_ends` is the
    day on which the first proof of what the service rests on ends, None while nothing
    is proven to last; `proof_text` says it and what ends. Of what decides against the
    first sentence, `blocking_in_doubt` stand among the doubts and not in `blocking`.
    """

    name: str
    licence: Text
    scope: Text
    stage: Text
    as_of: date
    submit_on: date
    after_licence: bool
    first: AnswerLine
    long_term: AnswerLine
    notes: tuple[Text, ...]
    blocking_title: Text
    blocking: Listed[ShownPoint]
    blocking_in_doubt: int
    doubts: Listed[ShownPoint]
    questions: tuple[AnsweredQuestion, ...]
    funds: Text
    routes: tuple[RouteLeft, ...]
    returned: Listed[ShownPoint]
    proof_ends: date | None
    proof_text: Text
    steps: Listed[NextStep]
    steps_text: Text
    promised: Listed[Text]
    unseen: Listed[Text]
    readers: Text | None = None
    foot: Text


def limit_list(items: Iterable[T], most: int) -> Listed[T]:
    """Keep as many as a page holds."""
    every = tuple(items)
    return Listed(shown=every[:most], more=max(0, len(every) - most))


def clip_sentence(text: Text) -> Text:
    """Cut a sentence that would not leave room for others."""
    return Text(trim_sentence(text.zh, _LONGEST), trim_sentence(text.en, 2 * _LONGEST))


def trim_sentence(sentence: str, most: int) -> str:
    """Cut a sentence to a number of characters, and show that it was cut."""
    return sentence if len(sentence) <= most else f"{sentence[: most - 1]}…"
