"""The reference pages of criteria: one a dimension."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from changqing.law.kinds.criterion import Criterion
from changqing.law.kit import Dimension
from changqing.law.model import Catalogue
from changqing.law.reference_page import Pages, write_row, write_table_head
from changqing.law.said import say_freshness
from changqing.law.subjects import SUBJECTS
from changqing.rules.tree import Literal
from changqing.text import Language


def write_criterion_pages(
    catalogue: Catalogue, language: Language
) -> Mapping[str, Iterator[str]]:
    """Write the lines of a `criteria-*.md` for each dimension."""
    page = _CriterionPages(catalogue, language)
    return {
        f"criteria-{dimension}.md": page.write_criteria(dimension)
        for dimension in Dimension
    }


class _CriterionPages(Pages):
    """What is asked: its law, its rule, what it reads."""

    def write_criteria(self, dimension: Dimension) -> Iterator[str]:
        yield from self.write_top(dimension.text.say(self.language))
        for criterion in self.catalogue.criteria.values():
            if criterion.dimension is dimension:
                yield from self._write_criterion(criterion)

    def _write_criterion(self, criterion: Criterion) -> Iterator[str]:
        language, say = self.language, self.say
        yield f"## {criterion.title.say(language)}"
        yield ""
        subject = SUBJECTS[criterion.subject].text.say(language)
        standing = criterion.standing.text.say(language)
        yield f"`{criterion.id}` · {subject} · {standing} · " + self.format_force(
            criterion.in_force
        )
        yield ""
        if criterion.long_term is not None:
            route = criterion.long_term.route.text.say(language)
            weight = criterion.long_term.weight.text.say(language)
            label = say("长期服务能力", "Long-term capability")
            veto = say(" · 一票否决", " · veto") if criterion.long_term.veto else ""
            yield f"- {label}{self.colon}{route} · {weight}{veto}"
        if criterion.doubt is not None:
            label = say("不满足时的疑问", "Doubted when it fails")
            yield f"- {label}{self.colon}{criterion.doubt.say(language)}"
        if criterion.headline is not None:
            label = say("没有做到时的第一句话", "First sentence when it fails")
            yield f"- {label}{self.colon}{criterion.headline.say(language)}"
        if criterion.strength is not None:
            label = say("加分项", "Strength")
            yield f"- {label}{self.colon}{criterion.strength.say(language)}"
        if criterion.succeeds is not None:
            yield f"- {say('接替', 'Succeeds')}{self.colon}`{criterion.succeeds}`"
        for citation in criterion.citations:
            yield f"- {say('依据', 'Basis')}{self.colon}{self.write_citation(citation)}"
        yield from self._write_fault_and_remedy(criterion)
        yield ""
        rule = say("算式，给开发者", "The rule, for developers")
        yield f"<details><summary>{rule}</summary>"
        yield ""
        yield "```sql"
        if not _holds_always(criterion):
            yield f"-- applies\n{criterion.applies.text.strip()}"
            yield "-- test"
        yield criterion.test.text.strip()
        yield "```"
        yield ""
        yield "</details>"
        yield ""
        yield from self._write_facts_read(criterion)

    def _write_fault_and_remedy(self, criterion: Criterion) -> Iterator[str]:
        language, say = self.language, self.say
        if criterion.defects:
            labels = [
                f"{self.catalogue.defects[code].label.say(language)} (`{code}`)"
                for code in criterion.defects
            ]
            label = say("对应的退回原因", "Defects it detects")
            yield f"- {label}{self.colon}{say('、', ', ').join(labels)}"
        errand = self.catalogue.errands[criterion.remedy.errand]
        days = criterion.remedy.lead_days
        yield (
            f"- {say('怎么办', 'What to do')}{self.colon}"
            f"{criterion.remedy.text.say(language)} "
            f"[{errand.title.say(language)}](errands.md#{errand.id}) · "
            + say(f"{days}个工作日", f"{days} working days")
        )

    def _write_facts_read(self, criterion: Criterion) -> Iterator[str]:
        language, say = self.language, self.say
        names = sorted(criterion.test.facts)
        if not names and not criterion.test.parameters:
            return
        yield from write_table_head(
            [
                say("读取", "Reads"),
                say("含义", "Meaning"),
                say("需要的证据", "Proven by"),
            ]
        )
        for subject, name in names:
            fact = self.catalogue.facts[subject, name]
            whose = "" if subject == criterion.subject else f"{subject} "
            yield write_row(
                [
                    f"`{whose}{name}`",
                    fact.label.say(language),
                    fact.proof.text.say(language),
                ]
            )
        for name in sorted(criterion.test.parameters):
            parameter = self.catalogue.parameters[name]
            link = f"[{parameter.label.say(language)}](parameters.md#{name})"
            yield write_row([f"`:{name}`", link, "–"])
        yield ""
        fresh = [
            sentence.say(language)
            for name in names
            for sentence in say_freshness(
                self.catalogue.facts[name], self.catalogue.materials
            )
        ]
        for sentence in dict.fromkeys(fresh):
            yield f"- {say('要近期的', 'Must be recent')}{self.colon}{sentence}"
        if fresh:
            yield ""


def _holds_always(criterion: Criterion) -> bool:
    root = criterion.applies.root
    return isinstance(root, Literal) and root.value is True
