"""The reference page of facts: what may be known, from what, and how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue
from changqing.law.reference_page import Pages, write_row, write_table_head
from changqing.law.said import say_days, say_number
from changqing.law.subjects import SUBJECTS
from changqing.rules.types import Kind
from changqing.text import Language, Text

_SOURCES: Final[Mapping[str, Text]] = {
    "form": Text("填写", "form"),
    "paper": Text("材料", "paper"),
    "probe": Text("探测", "probe"),
    "guided": Text("人工查看", "guided look"),
    "derived": Text("推算", "derived"),
}


def write_fact_pages(
    catalogue: Catalogue, language: Language
) -> Mapping[str, Iterator[str]]:
    """Write the lines of `facts.md`."""
    return {"facts.md": _FactPages(catalogue, language).write_facts()}


class _FactPages(Pages):
    """The vocabulary, by what the facts are of."""

    def write_facts(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("事实", "Facts"))
        yield say(
            "有效的天数从收到材料、看到或者填写那天起算，出具得早不影响；材料写明自己"
            "到哪天的，算到那天；只有要近期材料的，才从出具日起算。",
            "Days count from when a paper was received, or something seen or said; an "
            "early day of issue takes nothing away. A paper that states its own end "
            "counts until then. Only where a recent paper is asked for do the days "
            "count from its day of issue.",
        )
        yield ""
        for subject, kind in SUBJECTS.items():
            yield f"## {kind.text.say(language)} (`{subject}`)"
            yield ""
            yield from write_table_head(
                [
                    say("名称", "Name"),
                    say("含义", "Meaning"),
                    say("类型", "Type"),
                    say("需要的证据", "Proven by"),
                    say("有效", "Counts"),
                    say("来自", "Comes from"),
                    say("先问谁", "Whom to ask, first first"),
                ]
            )
            for (owner, name), fact in self.catalogue.facts.items():
                if owner == subject:
                    yield write_row(
                        [
                            f"`{name}`",
                            fact.label.say(language),
                            self._format_type(fact),
                            fact.proof.text.say(language),
                            self._write_validity(fact),
                            self.join(map(self._write_source, fact.sources)),
                            self.join(who.text.say(language) for who in fact.who),
                        ]
                    )
            yield ""

    def _format_type(self, fact: Fact) -> str:
        description = fact.type.kind.text.say(self.language)
        if fact.unit is not None:
            description += f" ({fact.unit})"
        if fact.type.kind is Kind.NUMBER:
            description += self._write_range(fact)
        if fact.value_labels and not fact.generated:
            description += self.colon + self.join(
                f"`{value}` {label.say(self.language)}"
                for value, label in fact.value_labels.items()
            )
        return description

    def _write_range(self, fact: Fact) -> str:
        """Write what a number can be; the range of dates is the same for all."""
        least, most = fact.at_least, fact.at_most
        if isinstance(least, int) and isinstance(most, int):
            low, high = (say_number(end, fact.unit) for end in (least, most))
            return f" {low.say(self.language)}–{high.say(self.language)}"
        return "" if least is None else f" ≥ {least}"

    def _write_validity(self, fact: Fact) -> str:
        days = fact.validity.days
        if days is not None:
            if fact.freshness is not None:
                return say_days(days, fact.freshness).say(self.language)
            return self.say(f"{days}天", f"{days} days")
        reason = fact.validity.reason
        for_ever = self.say("不过期", "for ever")
        return (
            for_ever
            if reason is None
            else f"{for_ever}{self.colon}" + reason.say(self.language)
        )

    def _write_source(self, source: str) -> str:
        kind, _, name = source.partition(":")
        kind_text = _SOURCES[kind].say(self.language)
        if kind == "paper" and name in self.catalogue.materials:
            return (
                f"{kind_text} {self.catalogue.materials[name].label.say(self.language)}"
            )
        return f"{kind_text} `{name}`" if name else kind_text
