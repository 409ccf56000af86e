"""What a quantifier found among its members: who, how many, and by what proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from changqing.case.subjects import Subject
from changqing.evidence.model import Record, Resolved
from changqing.law.kit import Grade
from changqing.law.subjects import SUBJECTS
from changqing.rules.rows import Stance
from changqing.rules.tree import Agree, Name, Quantifier, Quantity, walk
from changqing.text import Text

_FROM_THE_LISTING = frozenset({"kind", "role", "roles", "leaving"})
_MEMBER: Mapping[bool | None, Text] = {
    True: Text(zh="符合", en="yes"),
    False: Text(zh="不符合", en="no"),
    None: Text(zh="未知", en="unknown"),
}
_ABSENT = Text(zh="申请人说明此外没有", en="the applicant says that there is no other")
_OPEN = Text(zh="名单尚未声明齐全", en="the list is not closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedMembers:
    """The members by what is so of each; `passed_over` are those never asked about."""

    atom: Quantifier
    by_truth: Mapping[bool | None, Sequence[Subject]]
    passed_over: Sequence[Subject]
    labels: Mapping[Subject, Text]
    list_open: bool
    said_absent: bool = False  # the list is open, but none such is in it by own word

    def say_members(self) -> Text:
        """Say which members satisfy what is asked, by name."""
        zh, en = [], []
        for truth, word in _MEMBER.items():
            if names := [self.labels[member] for member in self.by_truth[truth]]:
                zh.append(f"{word.zh}：{'、'.join(name.zh for name in names)}")
                en.append(f"{word.en}: {', '.join(name.en for name in names)}")
        if not zh:
            zh, en = [self._nobody.zh], [self._nobody.en]
        if self.list_open:
            zh.append(_OPEN.zh)
            en.append(_OPEN.en)
        elif self.said_absent:
            zh.append(_ABSENT.zh)
            en.append(_ABSENT.en)
        return Text(zh="，".join(zh), en=", ".join(en))

    def phrase_in_full(self, noun: Text, asked: Text | None) -> Text:
        """Phrase the same with what is asked of them, for an answer beside others.

        `noun` and `asked` are what `phrase_members` gives.

        Of two quantifiers about the same members one may hold and the other fail, so
        that "yes: Lin" beside "no: Lin" would say nothing; here each says of what.
        """
        zh, en = [], []
        for truth, members in self.by_truth.items():
            if not members:
                continue
            kind = _describe_members(noun, asked, truth=truth)
            zh.append(f"{kind.zh}：{'、'.join(self.labels[m].zh for m in members)}")
            en.append(f"{kind.en}: {', '.join(self.labels[m].en for m in members)}")
        if not zh:
            kind = _describe_members(noun, asked, truth=True)
            zh, en = [f"没有{kind.zh}"], [f"no {kind.en}"]
        if self.list_open:
            zh.append(_OPEN.zh)
            en.append(_OPEN.en)
        return Text(zh="，".join(zh), en=", ".join(en))

    def say_count(self, *, holds: bool | None) -> Text:
        """Say in a few words how many satisfy it, or who does not."""
        yes, no, unknown = (self.by_truth[truth] for truth in (True, False, None))
        quantity = self.atom.quantity
        texts: list[Text] = []
        if quantity is Quantity.EVERY:
            if holds is True and yes:
                return self._count_members(
                    yes, "均符合" if len(yes) > 1 else "符合", "satisfy"
                )
            texts += [self._count_members(no, "不符合", "do not")] if no else []
        elif quantity is Quantity.NONE:
            if holds is True:
                return self._nobody
            texts += [self._count_members(yes, "如此", "are so")] if yes else []
        elif yes:
            texts += [self._count_members(yes, "符合", "satisfy")]
        elif no and not unknown:
            texts += [self._count_members(no, "不符合", "do not")]
        texts += [self._count_members(unknown, "未知", "unknown")] if unknown else []
        if holds is None and self.list_open:
            texts.append(Text(zh="名单未齐", en="list not closed"))
        texts = texts or [self._nobody]
        return Text(
            zh="，".join(part.zh for part in texts),
            en=", ".join(part.en for part in texts),
        )

    @property
    def _nobody(self) -> Text:
        noun = SUBJECTS[self.atom.subject].text
        return Text(zh=f"没有这样的{noun.zh}", en=f"no such {noun.en} on record")

    def _count_members(self, members: Sequence[Subject], zh: str, en: str) -> Text:
        if len(members) == 1:
            name = self.labels[members[0]]
            return Text(zh=f"{zh}：{name.zh}", en=f"{_ONE.get(en, en)}: {name.en}")
        measure = SUBJECTS[self.atom.subject].measure
        return Text(zh=f"{len(members)}{measure}{zh}", en=f"{len(members)} {en}")

    def list_proofs(
        self,
        resolved: Mapping[tuple[Subject, str], Resolved],
        stance: Stance,
        facts: Sequence[str],
        *,
        holds: bool | None,
    ) -> Sequence[Record | None]:
        """List the proofs of `facts` of who settles the answer; none while unknown.

        By what is known from the listing itself (a kind, a post, that nobody said when
        somebody leaves) nothing is proven of a member.
        """
        records = []
        for member in self._select_settling(holds=holds):
            for fact in facts:
                resolved_fact = resolved.get((member, fact))
                if resolved_fact is not None:
                    claimed = stance is Stance.CLAIMED
                    records.append(
                        resolved_fact.claimed_by if claimed else resolved_fact.proven_by
                    )
        return records

    def _select_settling(self, *, holds: bool | None) -> Sequence[Subject]:
        """A few where some are asked for or one is too many; else all of them."""
        if holds is None:
            return ()
        everybody = [*self.by_truth[True], *self.by_truth[False], *self.passed_over]
        match self.atom.quantity, holds:
            case (Quantity.SOME | Quantity.AT_LEAST, True) | (Quantity.NONE, False):
                return self.by_truth[True]
            case [Quantity.EVERY, False]:
                return self.by_truth[False]
            case [Quantity.EVERY, True]:
                return self.by_truth[True]
            case _:
                return everybody


def _describe_members(
    noun: Text, condition: Text | None, *, truth: bool | None
) -> Text:
    """Describe members by what is so of them: 专职的技术人员, 并非“专职”的技术人员."""
    if condition is None:
        return noun
    if truth is None:
        return Text(
            zh=f"是否“{condition.zh}”未知的{noun.zh}",
            en=f"{noun.en}, unknown whether ({condition.en})",
        )
    if not truth:
        return Text(
            zh=f"并非“{condition.zh}”的{noun.zh}",
            en=f"{noun.en} without ({condition.en})",
        )
    return Text(
        zh=f"“{condition.zh}”的{noun.zh}", en=f"{noun.en} with ({condition.en})"
    )


def find_strongest_grade(records: Iterable[Record | None]) -> Grade | None:
    """Find the highest grade among records; None of none."""
    return max((r.grade for r in records if r is not None), default=None)


def list_facts_counted(atom: Quantifier) -> tuple[str, ...]:
    """List the facts by which members are proven, but those known from the listing."""
    facts = (n.fact for n in walk(atom) if isinstance(n, Name | Agree))
    return tuple(dict.fromkeys(fact for fact in facts if fact not in _FROM_THE_LISTING))


def find_weakest_record(records: Iterable[Record | None]) -> Record | None:
    """Find the record of the lowest grade, the first of several."""
    present = [record for record in records if record is not None]
    return min(present, key=lambda record: record.grade, default=None)


_ONE: Mapping[str, str] = {
    "satisfy": "satisfies",
    "do not": "does not",
    "are so": "is so",
}
