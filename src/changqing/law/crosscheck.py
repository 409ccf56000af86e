"""What no file can be wrong about alone: references, dates, the words of examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from changqing.jsondata import read_list, read_object, read_text
from changqing.law.classification_check import check_classification
from changqing.law.examples import read_value
from changqing.law.files import Sources
from changqing.law.kinds.criterion import EXAMPLE_FIELDS, Criterion
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.parameter import ParameterValue
from changqing.law.kit import Confidence
from changqing.law.lookup import list_given_types
from changqing.law.model import Catalogue
from changqing.law.recent_check import check_recent_changes
from changqing.law.references import (
    check_choices,
    check_clocks,
    check_looks,
    check_materials,
    check_proofs,
    check_questions,
    check_reference,
    check_references,
    check_synonyms,
    check_titles,
)
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.rules.types import Kind, Value, ValueType
from changqing.text import Text
from changqing.yamlfile.read import Loc
from changqing.yamlfile.suggest import suggest_word

_ONE_DAY: Final = timedelta(days=1)
_KIND_WORDS: Final[Mapping[Kind, Text]] = {
    Kind.BOOLEAN: Text("应为 true 或 false", "must be true or false"),
    Kind.NUMBER: Text("应为整数", "must be a whole number"),
    Kind.DATE: Text(
        "应为日期，写作 2026-11-24 这样", "must be a day, written like 2026-11-24"
    ),
    Kind.CATEGORY: Text("应为文字", "must be text"),
    Kind.TEXT: Text("应为文字", "must be text"),
    Kind.SET: Text("应为文字的列表", "must be a list of words"),
}


def check_catalogue(sources: Sources, catalogue: Catalogue) -> None:
    """Add to `sources.issues` whatever does not fit together."""
    check_references(sources)
    check_classification(sources, catalogue)
    check_materials(sources)
    check_proofs(sources)
    check_clocks(sources, catalogue)
    check_looks(sources)
    check_titles(sources)
    check_synonyms(sources)
    check_questions(sources)
    check_choices(sources)
    _check_facts(sources, catalogue)
    _check_parameters(sources, catalogue)
    _check_commitments(sources, catalogue)
    _check_errands(sources)
    check_recent_changes(sources, catalogue)
    check_criteria(sources, catalogue)


def check_criteria(sources: Sources, catalogue: Catalogue) -> None:
    """Check criteria alone, as `check_catalogue` does."""
    for name, criterion in sources.entries["criteria"].items():
        _check_long_term(sources, criterion)
        _check_succession(sources, criterion)
        _check_cycle(sources, name)
        _check_examples(sources, catalogue, criterion)


def _check_facts(sources: Sources, catalogue: Catalogue) -> None:
    for name, fact in sources.entries["facts"].items():
        key = (fact.subject, fact.id)
        for place, source in enumerate(fact.sources):
            _check_source(sources, name, ("sources", place), source)
        is_generated = (
            key == ("paper", "kind")
            or (
                key[0] == "applicant"
                and key[1].startswith("has_")
                and key[1][4:] in sources.named["materials"]
            )
            or (
                key[0] == "paper"
                and any(key[1] in m.elements for m in catalogue.materials.values())
            )
        )
        if is_generated:
            sources.say(
                "facts",
                name,
                ("id",),
                Text(
                    f"{key[1]} 已由 materials 自动产生",
                    f"{key[1]} is made from materials by itself",
                ),
                hint=Text("请删去这个文件", "remove this file"),
            )


def _check_errands(sources: Sources) -> None:
    """What is fetched or looked at is fetched by one errand alone."""
    by: dict[tuple[str, str], str] = {}
    for name, errand in sources.entries["errands"].items():
        for field, targets in (("brings", errand.brings), ("looks", errand.looks)):
            for place, target in enumerate(targets):
                other = by.setdefault((field, target), name)
                if other != name:
                    sources.say(
                        "errands",
                        name,
                        (field, place),
                        Text(
                            f"{target} 已由 {other} 办理",
                            f"{target} is settled by {other} already",
                        ),
                        hint=Text("只写在一处", "name it once"),
                    )


def _check_source(sources: Sources, name: str, loc: Loc, source: str) -> None:
    kind, _, source_name = source.partition(":")
    if kind == "paper" and source_name:
        check_reference(sources, ("facts", name, loc), "materials", source_name)
        return
    if source in {"form", "derived"} or (kind in {"probe", "guided"} and source_name):
        return
    sources.say(
        "facts",
        name,
        loc,
        Text(f"sources 中的 {source} 不能用", f"sources has {source}"),
        hint=Text(
            "只能是 form、derived、paper:…、probe:…、guided:…",
            "write form, derived, paper:…, probe:… or guided:…",
        ),
    )


def _check_parameters(sources: Sources, catalogue: Catalogue) -> None:
    for name, parameter in catalogue.parameters.items():
        national = [value for value in parameter.values if value.region is None]
        _check_overlaps(sources, ("parameters", name, ("values",)), national)
        _check_no_gaps(sources, name, national)
        for code in catalogue.regions:
            own = [value for value in parameter.values if value.region == code]
            if own:
                loc: Loc = ("parameters", name)
                _check_overlaps(sources, ("regions", code, loc), own)


def _check_overlaps(
    sources: Sources, origin: tuple[str, str, Loc], values: Sequence[ParameterValue]
) -> None:
    """On no day do two values stand for the same licence and scope."""
    folder, name, loc = origin
    for later, value in enumerate(values):
        for earlier, earlier_value in enumerate(values[:later]):
            if not (
                _do_meet(value.licences, earlier_value.licences)
                and _do_meet(value.scopes, earlier_value.scopes)
            ):
                continue
            day = max(value.in_force.start, earlier_value.in_force.start)
            if value.in_force.covers(day) and earlier_value.in_force.covers(day):
                line = sources.files[folder][name].find_line(
                    (*loc, earlier, "in_force")
                )
                sources.say(
                    folder,
                    name,
                    (*loc, later, "in_force"),
                    Text(
                        f"in_force 与第{line}行的取值在{day}重叠",
                        f"in_force overlaps that of line {line} on {day}",
                    ),
                    hint=Text(
                        "请写明前一取值的 to", "close the earlier value with `to`"
                    ),
                )


def _do_meet(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return not first or not second or bool(set(first) & set(second))


def _check_no_gaps(
    sources: Sources, name: str, values: Sequence[ParameterValue]
) -> None:
    """Values for the same licences and scopes follow each other without a gap."""
    groups: dict[tuple[frozenset[str], frozenset[str]], list[int]] = {}
    for place, value in enumerate(values):
        key = (frozenset(value.licences), frozenset(value.scopes))
        groups.setdefault(key, []).append(place)
    for places in groups.values():
        places.sort(key=lambda place: values[place].in_force.start)
        for before, after in pairwise(places):
            end = values[before].in_force.end
            start = values[after].in_force.start
            if end is not None and end + _ONE_DAY < start:
                sources.say(
                    "parameters",
                    name,
                    ("values", after, "in_force"),
                    _describe_gap(end + _ONE_DAY, start - _ONE_DAY),
                    hint=Text(
                        "请补上这段时间的取值，没有规定的写 null",
                        "add a value for those days, null if no rule decides",
                    ),
                )


def _describe_gap(first: date, last: date) -> Text:
    return Text(
        f"in_force 之前有空档：{first} 至 {last}",
        f"in_force leaves {first} to {last} uncovered",
    )


def _check_commitments(sources: Sources, catalogue: Catalogue) -> None:
    fields = (
        ("until", Kind.DATE),
        ("open_ended", Kind.BOOLEAN),
        ("renews", Kind.BOOLEAN),
        ("detail", Kind.TEXT),
    )
    for name, commitment in sources.entries["commitments"].items():
        for field, kind in fields:
            fact_name = getattr(commitment, field)
            if fact_name is not None:
                origin = ("commitments", name, (field,))
                fact = _find_fact(
                    sources, catalogue, origin, commitment.subject, fact_name
                )
                if fact is not None and fact.type.kind is not kind:
                    sources.say(
                        "commitments",
                        name,
                        (field,),
                        Text(
                            f"{field} {fact.id} 的类型应为 {kind}，"
                            f"实为 {fact.type.kind}",
                            f"{field} {fact.id} must be a {kind}, "
                            f"and is a {fact.type.kind}",
                        ),
                    )


def _find_fact(
    sources: Sources,
    catalogue: Catalogue,
    origin: tuple[str, str, Loc],
    subject: str,
    name: str,
) -> Fact | None:
    """The fact of that name, or an issue where it is named."""
    fact = catalogue.facts.get((subject, name))
    if fact is not None or f"{subject}/{name}" in sources.find_broken("facts"):
        return fact
    if sources.find_broken("materials") and name.startswith(("has_", "states_")):
        return None
    folder, key, loc = origin
    field = next(step for step in reversed(loc) if isinstance(step, str))
    fact_names = [fact for owner, fact in catalogue.facts if owner == subject]
    zh, en = ("", "") if field == name else (f"{field}：", f"{field}: ")
    sources.say(
        folder,
        key,
        loc,
        Text(
            f"{zh}{subject} 的事实 {name} 不存在",
            f"{en}there is no fact {name} of {subject}",
        ),
        hint=suggest_word(name, fact_names),
    )
    return None


def _check_long_term(sources: Sources, criterion: Criterion) -> None:
    long_term, name = criterion.long_term, criterion.id
    if long_term is None:
        return
    if criterion.doubt is None:
        sources.say(
            "criteria",
            name,
            ("long_term",),
            Text("有 long_term，但缺少 doubt", "has long_term, but no doubt"),
            hint=Text(
                "请用一句话写明不满足时的疑问",
                "say in one sentence what is doubted when it does not hold",
            ),
        )
    low = {Confidence.PRACTICE_LOW, Confidence.RECALLED}
    if not all(citation.confidence in low for citation in criterion.citations):
        return
    for key, value, instead in (
        ("weight", "core", "supporting"),
        ("veto", True, "false"),
    ):
        if getattr(long_term, key) == value:
            word = "true" if value is True else value
            sources.say(
                "criteria",
                name,
                ("long_term", key),
                Text(
                    f"依据全是低可信来源，{key} 不能是 {word}",
                    "rests on low-confidence sources alone and cannot "
                    + ("be core" if key == "weight" else "hold a veto"),
                ),
                hint=Text(f"请改为 {instead}", f"write {instead}"),
            )


def _check_succession(sources: Sources, criterion: Criterion) -> None:
    name, earlier = criterion.id, criterion.succeeds
    before = sources.entries["criteria"].get(earlier or "")
    if before is None:
        return
    last, start = before.in_force.end, criterion.in_force.start
    if last is None:
        sources.say(
            "criteria",
            name,
            ("succeeds",),
            Text(
                f"前一判据 {earlier} 没有写 in_force.to，两者会重叠",
                f"succeeds {earlier}, which has no in_force.to: they overlap",
            ),
            hint=Text(
                f"请把它写为 {start - _ONE_DAY}", f"close it on {start - _ONE_DAY}"
            ),
        )
        return
    if last + _ONE_DAY < start:
        text = _describe_gap(last + _ONE_DAY, start - _ONE_DAY)
    elif last >= start:
        text = Text(
            f"in_force 与前一判据 {earlier} 重叠：{start} 至 {last}",
            f"in_force overlaps that of {earlier} from {start} to {last}",
        )
    else:
        return
    sources.say(
        "criteria",
        name,
        ("in_force",),
        text,
        hint=Text(
            "from 应为前一判据 to 的次日",
            "it must begin the day after the other ends",
        ),
    )


def _check_cycle(sources: Sources, name: str) -> None:
    """`needs` never leads back to where it began."""
    criteria = sources.entries["criteria"]
    ahead = list(criteria[name].remedy.needs)
    visited: set[str] = set()
    while ahead:
        other = ahead.pop()
        if other == name:
            sources.say(
                "criteria",
                name,
                ("remedy", "needs"),
                Text("needs 绕回了自身", "needs leads back to itself"),
                hint=Text("请删去其中一环", "remove one link"),
            )
            return
        if other in criteria and other not in visited:
            visited.add(other)
            ahead += criteria[other].remedy.needs


def _check_examples(
    sources: Sources, catalogue: Catalogue, criterion: Criterion
) -> None:
    """Check that examples give both verdicts and name only what there is."""
    name, subject = criterion.id, criterion.subject
    thens = {example.then for example in criterion.examples}
    for verdict in ("met", "unmet"):
        if verdict not in thens:
            sources.say(
                "criteria",
                name,
                ("examples",),
                Text(
                    f"缺少 then 为 {verdict} 的例子",
                    f"has no example that is {verdict}",
                ),
                hint=Text("met 和 unmet 至少各一例", "give at least one of each"),
            )
    givens = list_given_types(
        frozenset(sources.named["licences"]), frozenset(sources.named["regions"])
    )
    subjects = ("applicant", *LISTED_SUBJECTS)
    for place, example in enumerate(criterion.examples):
        at = _ExampleCheck(sources, catalogue, name, ("examples", place))
        for given_name, value in example.given.items():
            at.check_given(givens, given_name, value)
        at.check_row(("proven",), subject, example.proven)
        at.check_row(("claimed",), subject, example.claimed)
        for fact in example.agree:
            at.find_fact(("agree", fact), subject, fact)
        # Of the file: a set no longer knows in which line a word of it stood.
        criterion_data = sources.folders["criteria"].get(name)
        if (
            criterion_data is None
        ):  # its id is not that of its file, which is told already
            continue
        own = read_object(read_list(criterion_data["examples"])[place])
        for position, listed in enumerate(read_list(own.get("closed", []))):
            at.check_choice(("closed", position), read_text(listed), LISTED_SUBJECTS)
        for kind, rows in example.members.items():
            if kind not in subjects:
                at.check_choice((kind,), kind, (*subjects, *sorted(EXAMPLE_FIELDS)))
                continue
            for position, member in enumerate(rows):
                at.check_row((kind, position), kind, member)


class _ExampleCheck:
    """One example being checked, and where it stands."""

    def __init__(
        self, sources: Sources, catalogue: Catalogue, name: str, loc: Loc
    ) -> None:
        self.sources = sources
        self.catalogue = catalogue
        self.name = name
        self.loc = loc

    def say(self, loc: Loc, text: Text, *, hint: Text | None = None) -> None:
        text = Text(f"例子中 {text.zh}", f"example: {text.en}")
        self.sources.say("criteria", self.name, self.loc + loc, text, hint=hint)

    def check_given(
        self, givens: Mapping[str, ValueType], name: str, written: object
    ) -> None:
        if name not in givens:
            self.say(
                ("given", name),
                Text(f"given 没有 {name}", f"there is no given {name}"),
                hint=suggest_word(name, givens),
            )
            return
        self.check_value(("given", name), name, givens[name], written)

    def check_row(
        self, loc: Loc, subject: str, written: Mapping[str, Value | None]
    ) -> None:
        for name, value in written.items():
            fact = self.find_fact((*loc, name), subject, name)
            if fact is not None:
                self.check_value((*loc, name), name, fact.type, value)

    def find_fact(self, loc: Loc, subject: str, name: str) -> Fact | None:
        origin = ("criteria", self.name, self.loc + loc)
        return _find_fact(self.sources, self.catalogue, origin, subject, name)

    def check_value(
        self, loc: Loc, name: str, kind: ValueType, written: object
    ) -> None:
        if written is None or read_value(kind, written) is not None:
            return
        hint: Text | None = None
        words = _KIND_WORDS[kind.kind]
        if kind.values is not None and isinstance(written, str | list):
            listed = [written] if isinstance(written, str) else written
            wrong = [str(word) for word in listed if word not in kind.values]
            if wrong:
                words = Text(f"没有 {wrong[0]} 这个值", f"cannot be {wrong[0]}")
                hint = suggest_word(wrong[0], kind.values)
        self.say(loc, Text(f"{name} {words.zh}", f"{name} {words.en}"), hint=hint)

    def check_choice(self, loc: Loc, written: str, known: Sequence[str]) -> None:
        if written not in known:
            self.say(
                loc,
                Text(f"{written} 不存在", f"{written} does not exist"),
                hint=suggest_word(written, known)
                or Text(f"只能是 {'、'.join(known)}", f"write {' or '.join(known)}"),
            )
