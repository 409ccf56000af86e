"""Whether the catalogue says what its examples say: each is run on every engine.

From the examples the other verdicts follow, and they must hold as well: what is only
claimed is `unproven`, what is claimed against a proof is `contradicted`, and where
nothing is known nothing may be `met`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

from changqing.errors import CatalogueError, Issue
from changqing.law.classification_check import run_classification
from changqing.law.defect_check import find_undetected
from changqing.law.files import Sources, find_root
from changqing.law.kinds.criterion import Criterion, Example
from changqing.law.load import LoadedCatalogue, read_sources, sort_issues
from changqing.law.lookup import (
    APPLIES,
    EXAMPLE_GIVENS,
    find_parameter_value,
    list_vocabulary,
)
from changqing.law.model import Catalogue, Verdict
from changqing.law.recent_check import run_recent_changes
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.law.verdict import decide_verdict
from changqing.rules.expression import Expression
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, Verdicts, compile_sqlite
from changqing.rules.types import Value, Vocabulary
from changqing.text import Text
from changqing.yamlfile.read import as_mapping

_LISTS: Final = frozenset(LISTED_SUBJECTS)
_SELF: Final = "example"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What a check did, and all that it found wrong.

    No `catalogue` when files were faulty; the examples of all others were run.
    """

    catalogue: Catalogue | None
    issues: tuple[Issue, ...] = ()
    examples: int = 0
    questions: int = 0
    engines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Values of one stance of an example."""

    values: Mapping[str, Value | None]
    agree: Mapping[str, bool]
    members: Mapping[str, Sequence[Mapping[str, Value | None]]]
    closed: frozenset[str]


class _Way(Enum):
    """How a question was made from its example."""

    WRITTEN = auto()
    CLAIMED_ONLY = auto()
    NOTHING_KNOWN = auto()
    AGAINST_PROOF = auto()


_STORIES: Final[Mapping[_Way, Text]] = {
    _Way.WRITTEN: Text("例子", "the example"),
    _Way.CLAIMED_ONLY: Text(
        "例子的值只作自述时", "with its values only claimed, the example"
    ),
    _Way.AGAINST_PROOF: Text(
        "自述取 met 例、证据取本例时",
        "claiming what the met example has, the example",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One evaluation of one criterion, and what must come of it."""

    criterion: str
    place: int
    way: _Way
    rows: Rows
    givens: Mapping[str, Value | None]
    parameters: Mapping[str, Value | None]
    wanted: Verdict


def check(root: Path | None = None) -> CheckOutcome:
    """Load a catalogue and run all its examples on every engine that is installed.

    A faulty file keeps nothing else from being checked: the examples of every criterion
    that is in shape are run.

    Args:
        root: The folder with its texts; None for the one that ships with the package.

    Returns:
        All that is wrong, and how much was checked; a CatalogueError is among the
        issues and is not raised.
    """
    try:
        loaded = read_sources(find_root(root))
    except CatalogueError as error:
        return CheckOutcome(catalogue=None, issues=error.issues)
    sources = loaded.sources
    catalogue = replace(loaded.catalogue, criteria=_select_sound(loaded))
    words = list_vocabulary(catalogue)
    issues = list(sources.issues)
    if not issues:  # else what detects it may be in the faulty file
        issues += find_undetected(sources, catalogue)
    questions: list[_Question] = []
    for criterion in catalogue.criteria.values():
        issues += _find_examples_out_of_force(sources, criterion)
        questions += _list_questions(catalogue, words, criterion)

    def build_sqlite(rules: Mapping[str, Expression]) -> _Engine:
        return SqliteEngine(compile_sqlite(rules, vocabulary=words))

    answers = _evaluate_questions(catalogue, questions, build_sqlite)
    engines = ["sqlite"]
    issues += _check_answers(sources, catalogue, questions, answers)
    if find_spec("polars") is not None:
        from changqing.rules.polars import compile_polars

        def build_polars(rules: Mapping[str, Expression]) -> _Engine:
            return compile_polars(rules, vocabulary=words)

        engines.append("polars")
        others = _evaluate_questions(catalogue, questions, build_polars)
        issues += _find_differing_answers(sources, questions, answers, others)
    classified = 0
    if not sources.issues:
        faults, classified = run_classification(sources, catalogue)
        issues += faults
        faults, recent = run_recent_changes(sources, catalogue)
        issues += faults
        classified += recent
    return CheckOutcome(
        catalogue=None if sources.issues else catalogue,
        issues=tuple(sort_issues(issues)),
        examples=classified
        + sum(len(criterion.examples) for criterion in catalogue.criteria.values()),
        questions=len(questions),
        engines=tuple(engines),
    )


def _select_sound(loaded: LoadedCatalogue) -> Mapping[str, Criterion]:
    """The criteria whose own file has no fault, nor that of a number they read."""
    files = loaded.sources.files
    faulty = {issue.path for issue in loaded.sources.issues}
    numbers = {
        name for name, file in files["parameters"].items() if file.path in faulty
    }
    for file in files["regions"].values():
        if file.path in faulty:
            numbers.update(as_mapping(as_mapping(file.data).get("parameters")))
    return {
        name: criterion
        for name, criterion in loaded.catalogue.criteria.items()
        if files["criteria"][name].path not in faulty
        and not numbers.intersection(criterion.test.parameters)
    }


def _find_examples_out_of_force(
    sources: Sources, criterion: Criterion
) -> Iterator[Issue]:
    for place, example in enumerate(criterion.examples):
        day = _read_givens(example)["as_of"]
        if isinstance(day, date) and not criterion.in_force.covers(day):
            yield sources.files["criteria"][criterion.id].issue(
                ("examples", place),
                Text(
                    f"例子的 as_of {day} 不在 in_force 之内",
                    f"example: as_of {day} is not in force",
                ),
                hint=Text("请在 given 中写明 as_of", "say as_of in given"),
            )


def _read_givens(example: Example) -> Mapping[str, Value | None]:
    own: Mapping[str, Value | None] = example.given
    return {name: own.get(name, usual) for name, usual in EXAMPLE_GIVENS.items()}


def _read_parameters(
    catalogue: Catalogue, givens: Mapping[str, Value | None]
) -> Mapping[str, Value | None]:
    values: dict[str, Value | None] = {}
    day = givens["as_of"]
    if not isinstance(day, date):
        return values
    for name in catalogue.parameters:
        parameter_value = find_parameter_value(
            catalogue,
            name,
            licence=str(givens["licence"]),
            scope=str(givens["scope"]),
            region=str(givens["region"]),
            on=day,
        )
        values[name] = None if parameter_value is None else parameter_value.value
    return values


def _list_questions(
    catalogue: Catalogue, words: Vocabulary, criterion: Criterion
) -> Iterator[_Question]:
    reads = any(name not in words.structural for _, name in criterion.test.facts)
    reads = reads or bool(criterion.test.quantified)
    for place, example in enumerate(criterion.examples):
        givens = _read_givens(example)
        parameters = _read_parameters(catalogue, givens)
        claimed = _read_stance(example, example.claimed)
        proven = _read_stance(example, example.proven)
        bare = _strip_known(words, proven)

        pairs = [(_Way.WRITTEN, claimed, proven, Verdict(example.then))]
        if example.then == "met" and reads:
            pairs.append((_Way.CLAIMED_ONLY, claimed, bare, Verdict.UNPROVEN))
            pairs.append((_Way.NOTHING_KNOWN, bare, bare, Verdict.UNDETERMINED))
        if example.then == "unmet":
            other = _find_counterpart(criterion, example, words)
            if other is not None:
                claimed_values = _read_stance(other, other.proven)
                pairs.append(
                    (_Way.AGAINST_PROOF, claimed_values, proven, Verdict.CONTRADICTED)
                )
        for way, claimed_values, against, verdict in pairs:
            yield _Question(
                criterion=criterion.id,
                place=place,
                way=way,
                rows=_build_rows(
                    criterion.subject, claimed=claimed_values, proven=against
                ),
                givens=givens,
                parameters=parameters,
                wanted=verdict,
            )


def _find_counterpart(
    criterion: Criterion, unmet: Example, words: Vocabulary
) -> Example | None:
    """A met example that differs in facts alone: same givens, same kind or role."""
    for example in criterion.examples:
        if (
            example.then == "met"
            and _read_givens(example) == _read_givens(unmet)
            and all(
                example.proven.get(name) == unmet.proven.get(name)
                for name in words.structural
            )
        ):
            return example
    return None


def _read_stance(example: Example, values: Mapping[str, Value | None]) -> _Known:
    return _Known(
        values=values,
        agree=example.agree,
        members=example.members,
        closed=example.closed,
    )


def _strip_known(words: Vocabulary, all_known: _Known) -> _Known:
    """The same subjects, of which nothing is known but what they are."""

    def select_structural(
        values: Mapping[str, Value | None],
    ) -> dict[str, Value | None]:
        return {k: v for k, v in values.items() if k in words.structural}

    return _Known(
        values=select_structural(all_known.values),
        agree={},
        members={
            subject: [select_structural(row) for row in rows]
            for subject, rows in all_known.members.items()
        },
        closed=frozenset(),
    )


def _build_rows(subject: str, *, claimed: _Known, proven: _Known) -> Rows:
    members: dict[str, list[MemberRow]] = {subject: []}
    for stance, values in ((Stance.CLAIMED, claimed), (Stance.PROVEN, proven)):
        members[subject].append(
            MemberRow(
                id=_SELF,
                stance=stance,
                values=values.values,
                agree=values.agree,
            )
        )
        for kind, rows in values.members.items():
            members.setdefault(kind, []).extend(
                MemberRow(id=f"{kind}-{place}", stance=stance, values=row)
                for place, row in enumerate(rows)
            )
    return Rows(
        members=members,
        open_lists={
            Stance.CLAIMED: _LISTS - claimed.closed,
            Stance.PROVEN: _LISTS - proven.closed,
        },
    )


_Answer = tuple[bool | None, bool | None, bool | None]
"""Whether it applies, and its proven and its claimed truth."""


class _Engine(Protocol):
    """What both engines can do with the rows of one case."""

    def evaluate(
        self,
        rows: Rows,
        *,
        parameters: Mapping[str, Value | None],
        givens: Mapping[str, Value | None],
    ) -> Verdicts: ...


def _evaluate_questions(
    catalogue: Catalogue,
    questions: Sequence[_Question],
    compiled: Callable[[Mapping[str, Expression]], _Engine],
) -> list[_Answer]:
    """What one engine says to each question; each criterion is compiled once."""
    answers: list[_Answer] = []
    engines: dict[str, _Engine] = {}
    for question in questions:
        name = question.criterion
        engine = engines.get(name)
        if engine is None:
            engine = engines[name] = compiled(_list_own_rules(catalogue, name))
        truths = engine.evaluate(
            question.rows, parameters=question.parameters, givens=question.givens
        )
        answers.append(
            (
                truths[APPLIES + name, _SELF, Stance.PROVEN],
                truths[name, _SELF, Stance.PROVEN],
                truths[name, _SELF, Stance.CLAIMED],
            )
        )
    return answers


def _find_differing_answers(
    sources: Sources,
    questions: Sequence[_Question],
    answers: Sequence[_Answer],
    others: Sequence[_Answer],
) -> Iterator[Issue]:
    """Where the second engine differs: a fault of ours, not of the author."""
    for question, answer, other in zip(questions, answers, others, strict=True):
        if answer != other:
            yield sources.files["criteria"][question.criterion].issue(
                ("examples", question.place),
                Text(
                    "两个引擎对例子的结论不同", "the engines differ about the example"
                ),
                hint=Text(
                    "这是软件的错误，请报告",
                    "this is a fault of ours, please report it",
                ),
            )


def _list_own_rules(catalogue: Catalogue, name: str) -> Mapping[str, Expression]:
    criterion = catalogue.criteria[name]
    return {name: criterion.test, APPLIES + name: criterion.applies}


def _check_answers(
    sources: Sources,
    catalogue: Catalogue,
    questions: Sequence[_Question],
    answers: Sequence[_Answer],
) -> Iterator[Issue]:
    """Check the verdicts of examples, and that no test holds with nothing known."""
    empty = {
        (question.criterion, question.place)
        for question, (_, proven, _) in zip(questions, answers, strict=True)
        if question.way is _Way.NOTHING_KNOWN and proven is True
    }
    for name, criterion in catalogue.criteria.items():
        met = {
            (name, place)
            for place, example in enumerate(criterion.examples)
            if example.then == "met"
        }
        if met and met <= empty:
            yield sources.files["criteria"][name].issue(
                ("test",),
                Text("test 在一无所知时也成立", "test holds with nothing known"),
                hint=Text(
                    "请让它至少依靠一个事实", "make it depend on at least one fact"
                ),
            )
    for question, (applies, proven, claimed) in zip(questions, answers, strict=True):
        file = sources.files["criteria"][question.criterion]
        loc = ("examples", question.place)
        if question.way is _Way.NOTHING_KNOWN:
            continue
        if applies is False:
            expects_not_applicable = question.wanted is Verdict.NOT_APPLICABLE
            if question.way is _Way.WRITTEN and not expects_not_applicable:
                yield file.issue(
                    loc,
                    Text(
                        "例子不适用：applies 不成立",
                        "the example is not_applicable: applies is false",
                    ),
                    hint=Text("请检查 given", "check its given"),
                )
            continue
        if question.way is _Way.CLAIMED_ONLY and (
            (question.criterion, question.place) in empty
        ):
            continue
        verdict = decide_verdict(proven=proven, claimed=claimed)
        if verdict is question.wanted:
            continue
        if question.way is _Way.AGAINST_PROOF and proven is not False:
            continue  # the example itself is already reported
        story = _STORIES[question.way]
        yield file.issue(
            loc,
            Text(
                f"{story.zh}应为 {question.wanted}，实为 {verdict}",
                f"{story.en} should be {question.wanted}, and is {verdict}",
            ),
        )
