"""A finding in one sentence, as a clerk would say it.

What is said, what a paper or a page shows, where, and what is asked. What makes no
difference is left out; how the verdict was derived stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.model import GapReason, Record
from changqing.judge.doubt import say_failure
from changqing.judge.explain import COUNTS
from changqing.judge.model import Finding, JudgedTerm, Missing, Side
from changqing.judge.telling import tell_value
from changqing.judge.words import YES
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue, Verdict
from changqing.law.subjects import SUBJECTS
from changqing.law.words import STATES
from changqing.report.sources import OWN_WORD, name_source, place_in
from changqing.rules.types import Kind
from changqing.text import Text

_NOTHING: Final = Text(zh="", en="")
_NOTHING_KNOWN: Final = frozenset({GapReason.NO_RECORD, GapReason.LIST_OPEN})
_FEW: Final = 3  # of many things that are not known, those named

# zh and en of the sentence, by verdict; `said` and `shown` are built of the values.
_SEE: Final = Text(zh="见{where}", en="see {where}")
_SO_SAID: Final = Text(zh="自述是这样", en="so by the applicant’s own word")
_AT: Final = Text(zh="{where}：{what}", en="{where}: {what}")
_DOES_NOT_ARISE: Final = Text(
    zh="{shown}，不涉及这一项", en="{shown}: this does not arise"
)
_UNPROVEN: Final = Text(zh="{said}；{why}", en="{said}; {why}")
_NO_PROOF: Final = Text(
    zh="还没有材料或查看来证明", en="no paper or look proves it yet"
)
_WEAK: Final = Text(
    zh="这还不算证明，要有{grade}", en="that proves nothing yet: it takes {grade}"
)
_NOT_KNOWN: Final = Text(zh="还不知道{what}", en="Not known yet: {what}")
_WHETHER: Final = Text(zh="{what}是否属实", en="whether this is so: {what}")
_NOT_LISTED: Final = Text(zh="还没有{what}", en="Not on record yet: {what}")
_SITES: Final = Text(zh="网站或应用", en="site or app")
_NOT_CLOSED: Final = Text(
    zh="还没有说明{what}是否已经列全", en="Not said yet whether all are listed: {what}"
)
_MANY: Final = Text(zh="{what}等{n}项", en="{what} and others ({n})")


def say_plainly(
    finding: Finding, catalogue: Catalogue, labels: Mapping[Subject, Text]
) -> Text:
    """Say why a finding is what it is; its title says what is asked."""
    return _PlainSpeaker(finding=finding, catalogue=catalogue, labels=labels).say()


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlainSpeaker:
    finding: Finding
    catalogue: Catalogue
    labels: Mapping[Subject, Text]

    def say(self) -> Text:
        finding = self.finding
        if finding.verdict is Verdict.NOT_APPLICABLE:
            return finding.explanation
        if finding.verdict is Verdict.UNDETERMINED:
            return _end_sentence(self._say_unknown())
        if finding.verdict is Verdict.UNPROVEN:
            return _end_sentence(
                _fill_form(
                    _UNPROVEN,
                    said=self._tell_grounds(proven=False),
                    why=self._say_why(),
                )
            )
        if finding.vacuous:
            return _end_sentence(
                _fill_form(_DOES_NOT_ARISE, shown=self._tell_grounds(proven=True))
            )
        if finding.verdict is Verdict.MET:
            return _end_sentence(self._tell_grounds(proven=True))
        failure, measure = self._say_failure(), finding.measure
        return _end_sentence(
            failure if measure is None else _join_texts([failure, measure], "；", "; ")
        )

    def _say_failure(self) -> Text:
        """What was said, then what fails, with where it stands."""
        finding = self.finding
        proven = finding.proven is False
        terms = [term for term in finding.terms if self._matters(term)]
        sides = [(term, _choose_side(term, proven=proven)) for term in terms]
        failing = finding.reason or finding.explanation
        if len(terms) < len(finding.terms) and all(t.operator != COUNTS for t in terms):
            texts = [say_failure(term, side) for term, side in sides if side.decides]
            failing = _join_texts(texts, "，", ", ") if texts else failing
        records = [side.record for _, side in sides if side.decides and side.record]
        if records:
            where = _join_texts(
                [self._say_where([record]) for record in records], "、", ", "
            )
            failing = _fill_form(_AT, where=where, what=failing)
        if finding.verdict is not Verdict.CONTRADICTED:
            return failing
        text = self._tell_grounds(proven=False)
        return _join_texts([text, failing], "；", "; ") if text.zh else failing

    def _matters(self, term: JudgedTerm) -> bool:
        """Whether a comparison is part of the point: what differs, what is unproven."""
        if self.finding.verdict is Verdict.CONTRADICTED:
            return term.claimed.holds is not term.proven.holds
        if self.finding.verdict is Verdict.UNPROVEN:
            return term.proven.holds is None
        return True

    def _tell_grounds(self, *, proven: bool) -> Text:
        """What one answer rests on, each source once with all that it says."""
        by_source: dict[Text | None, list[tuple[Record | None, Text]]] = {}
        for term in self.finding.terms:
            side = _choose_side(term, proven=proven)
            if not side.decides or not self._matters(term):
                continue
            record = side.record
            name = None if record is None else name_source(record, self.labels)
            telling = self._tell_term(term, side, name)
            by_source.setdefault(name, []).append((record, telling))
        return _join_texts(
            [
                _say_at(
                    self._say_where([record for record, _ in telling if record]),
                    _drop_repeated([words for _, words in telling if words.zh]),
                )
                for telling in by_source.values()
            ],
            "；",
            "; ",
        )

    def _say_where(self, records: Sequence[Record]) -> Text:
        """Say one source, with the place in it where all is in one place."""
        if not records:
            return _NOTHING
        name = name_source(records[0], self.labels)
        places = {place_in(record) for record in records}
        place = places.pop() if len(places) == 1 else ""
        return Text(
            zh=f"{name.zh}{place}", en=f"{name.en}, {place}" if place else name.en
        )

    def _tell_term(self, term: JudgedTerm, side: Side, name: Text | None) -> Text:
        """A value; nothing where it would repeat the title or the name of its paper."""
        if term.operator == COUNTS:
            text = side.brief or side.value
        elif side.value == YES and term.label == self.finding.criterion.title:
            return _NOTHING
        else:
            text = tell_value(term, side)
        return _NOTHING if name is not None and _says_only_name(text, name) else text

    def _say_why(self) -> Text:
        """Why what is said counts as no proof."""
        for gap in self.finding.gaps:
            if gap.reason is GapReason.WEAK_GRADE:
                fact = self.catalogue.facts[gap.subject.type, gap.fact]
                return _fill_form(_WEAK, grade=fact.proof.text)
            if gap.reason not in _NOTHING_KNOWN:
                return gap.detail
        return _NO_PROOF

    def _say_unknown(self) -> Text:
        """What nobody has said or shown, and why a look did not show it."""
        finding = self.finding
        absent = list(dict.fromkeys(self._name_absent()))
        unknown = list(dict.fromkeys(self._name_unknown(boolean=False)))
        doubted = list(dict.fromkeys(self._name_unknown(boolean=True)))
        clauses = []
        if unknown or doubted:
            whether = (
                [_fill_form(_WHETHER, what=_join_texts(doubted, "", "; "))]
                if doubted
                else []
            )
            clauses.append(
                _fill_form(_NOT_KNOWN, what=_shorten_names([*unknown, *whether]))
            )
        if absent:
            clauses.append(_fill_form(_NOT_LISTED, what=_shorten_names(absent)))
        if in_open := list(dict.fromkeys(self._name_open_lists())):
            clauses.append(_fill_form(_NOT_CLOSED, what=_shorten_names(in_open)))
        facts_asked = {(m.subject, m.fact) for m in finding.missing_first}
        clauses += [
            gap.detail
            for gap in finding.gaps
            if (gap.subject, gap.fact) in facts_asked
            and gap.reason not in _NOTHING_KNOWN
            and gap.detail.zh
        ][:1]
        return _join_texts(clauses, "；", "; ") if clauses else finding.explanation

    def _name_unknown(self, *, boolean: bool) -> Iterator[Text]:
        """What is not known: values, or (`boolean`) what may be so or not."""
        for missing in self.finding.missing_first:
            if missing.fact is None or missing.subject is None:
                continue
            fact = self.catalogue.facts[missing.type, missing.fact]
            if name_presence(fact, self.catalogue) is not None:
                continue
            label = fact.label
            if boolean is not (fact.type.kind is Kind.BOOLEAN):
                continue
            if boolean:
                label = Text(zh=f"“{label.zh.replace('：', '', 1)}”", en=label.en)
            if missing.subject.type in (
                "applicant",
                *_list_subject_types(self.finding),
            ):
                yield label
                continue
            whose = self.labels[missing.subject]
            yield Text(zh=f"{whose.zh}的{label.zh}", en=f"{label.en} ({whose.en})")

    def _name_absent(self) -> Iterator[Text]:
        for missing in self.finding.missing_first:
            if missing.fact is None or missing.subject is None:
                yield from self._name_kinds(missing)
                continue
            fact = self.catalogue.facts[missing.type, missing.fact]
            if (label := name_presence(fact, self.catalogue)) is not None:
                yield label
        for name in self.finding.unknown_parameters:
            yield self.catalogue.parameters[name].label

    def _name_kinds(self, missing: Missing) -> Iterator[Text]:
        roles = self.catalogue.facts.get((missing.type, "roles"))
        posts = {} if roles is None else roles.value_labels
        kind_labels = [
            self.catalogue.materials[kind].label
            if kind in self.catalogue.materials
            else posts[kind]
            for kind in missing.kinds
            if kind in self.catalogue.materials or kind in posts
        ]
        if missing.type == "paper":
            kind_labels = [Text(zh=f"《{n.zh}》", en=f"“{n.en}”") for n in kind_labels]
        yield from kind_labels
        if not kind_labels and not self._has_members(missing.type):
            yield _SITES if missing.type == "service" else SUBJECTS[missing.type].text

    def _name_open_lists(self) -> Iterator[Text]:
        """Name the lists that have somebody in them, and may lack somebody."""
        for missing in self.finding.missing_first:
            in_list = missing.fact is None and not missing.kinds
            if in_list and self._has_members(missing.type):
                yield SUBJECTS[missing.type].text

    def _has_members(self, subject_type: str) -> bool:
        return any(subject.type == subject_type for subject in self.labels)


def _list_subject_types(finding: Finding) -> Sequence[str]:
    return () if finding.subject is None else (finding.subject.type,)


def _choose_side(term: JudgedTerm, *, proven: bool) -> Side:
    return term.proven if proven else term.claimed


def _say_at(where: Text, texts: Sequence[Text]) -> Text:
    """One source with what it says; what states several things says so once."""
    merged = _merge_states(texts)
    if not merged.zh:
        if where == OWN_WORD:
            return _SO_SAID
        return _fill_form(_SEE, where=where) if where.zh else Text(zh="是", en="yes")
    return _fill_form(_AT, where=where, what=merged) if where.zh else merged


def _drop_repeated(texts: Sequence[Text]) -> list[Text]:
    """Leave out a value that another comparison tells beside a further one."""
    parts = {part for text in texts if "，" in text.zh for part in text.zh.split("，")}
    return [text for text in texts if text.zh not in parts]


def _merge_states(texts: Sequence[Text]) -> Text:
    zh_prefix, en_prefix = STATES.zh.rstrip("："), STATES.en.replace(":", "")
    statements = [t for t in texts if t.zh.startswith(zh_prefix)]
    others = [t for t in texts if not t.zh.startswith(zh_prefix)]
    if len(statements) > 1:
        zh = "、".join(t.zh.removeprefix(zh_prefix) for t in statements)
        en = ", ".join(t.en.removeprefix(en_prefix) for t in statements)
        statements = [Text(zh=zh_prefix + zh, en=en_prefix + en)]
    return _join_texts([*statements, *others], "，", ", ")


def name_presence(fact: Fact, catalogue: Catalogue) -> Text | None:
    """Name the paper whose presence a fact states, as it is called.

    None for any other.
    """
    material = catalogue.materials.get(fact.id.removeprefix("has_"))
    if material is None or not fact.generated or material.id == fact.id:
        return None
    return Text(zh=f"《{material.label.zh}》", en=f"“{material.label.en}”")


def _says_only_name(text: Text, name: Text) -> bool:
    """Whether it says no more than that a paper is there, which is named anyhow."""
    bare = text.zh.removeprefix("有").removeprefix("符合：")
    return bare == name.zh or f"《{bare}》" == name.zh


def _shorten_names(names: Sequence[Text]) -> Text:
    text = _join_texts(names[:_FEW], "、", ", ")
    return text if len(names) <= _FEW else _fill_form(_MANY, what=text, n=len(names))


def _join_texts(parts: Iterable[Text], zh: str, en: str) -> Text:
    parts = list(dict.fromkeys(parts))
    return Text(
        zh=zh.join(part.zh for part in parts), en=en.join(part.en for part in parts)
    )


def _fill_form(form: Text, **words: Text | int) -> Text:
    zh = {n: w.zh if isinstance(w, Text) else str(w) for n, w in words.items()}
    en = {n: w.en if isinstance(w, Text) else str(w) for n, w in words.items()}
    return Text(zh=form.zh.format(**zh), en=form.en.format(**en))


def _end_sentence(text: Text) -> Text:
    zh, en = text.zh.rstrip("。"), text.en.rstrip(".")
    return Text(zh=f"{zh}。", en=f"{en[:1].upper()}{en[1:]}.")
