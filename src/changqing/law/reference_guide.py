"""Reference pages for whoever asks which licence is needed, and what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from changqing.law.kinds.classification import Classification, Need
from changqing.law.kinds.licence import Licence, LicenceClass, SubClass
from changqing.law.kinds.parameter import ParameterValue
from changqing.law.model import Catalogue
from changqing.law.reference_page import Pages, write_row, write_table_head
from changqing.law.said import say_number
from changqing.law.words import SCOPE_WORDS
from changqing.text import Language, Text

_UNDECIDED: Final = Text("须向受理机关确认", "to be confirmed with the authority")


def write_guide_pages(
    catalogue: Catalogue, language: Language
) -> Mapping[str, Iterator[str]]:
    """Write the lines of `licences.md` and `classification.md`."""
    pages = _GuidePages(catalogue, language)
    return {
        "licences.md": pages.write_licences(),
        "classification.md": pages.write_classification(),
    }


class _GuidePages(Pages):
    """Licences and the rules that say which is needed."""

    def write_licences(self) -> Iterator[str]:
        yield from self.write_top(self.say("许可证", "Licences"))
        for group in LicenceClass:
            licences = [
                licence
                for licence in self.catalogue.licences.values()
                if licence.group is group
            ]
            if not licences:
                continue
            yield f"**{group.text.say(self.language)}**"
            yield ""
            for licence in licences:
                label = licence.label.say(self.language)
                yield f"- [{licence.id} {label}](#{licence.id.lower()})"
            yield ""
        for licence in self.catalogue.licences.values():
            yield from self._write_licence(licence)

    def _write_licence(self, licence: Licence) -> Iterator[str]:
        say = self.say
        yield f'<a id="{licence.id.lower()}"></a>'
        yield ""
        yield f"## {licence.id} {licence.label.say(self.language)}"
        yield ""
        group = licence.group.text.say(self.language)
        yield " · ".join([group, *licence.known_as])
        yield ""
        for label, text in (
            (say("是什么", "What it is"), licence.definition),
            (say("谁要办", "Who needs it"), licence.who_needs),
            (say("谁不用办", "Who does not"), licence.not_needed_for),
            (say("区别", "Differs"), licence.differs),
            (say("来源不一", "Sources differ"), licence.dispute),
        ):
            if text is not None:
                yield f"- {label}{self.colon}{self.fill(text)}"
        for citation in licence.citations:
            yield f"- {say('依据', 'Basis')}{self.colon}{self.write_citation(citation)}"
        yield ""
        yield from self._write_parts(say("分为", "Parts"), licence.sub_classes)
        yield from self._write_parts(
            say("许可证上写作", "As granted"), licence.variants
        )
        yield from self._write_grants(licence)
        for heading, names in (
            (
                say("先要别的部门同意", "Consents that come first"),
                licence.pre_approvals,
            ),
            (say("开通前的测试", "Tests before opening"), licence.tests),
            (say("外资", "Foreign capital"), licence.foreign),
            (say("有关规定", "Rules"), licence.law),
        ):
            yield from self._write_stated(heading, names)

    def _write_parts(self, heading: str, parts: Iterable[SubClass]) -> Iterator[str]:
        lines = [
            f"- {part.label.say(self.language)}{self.colon}{self.fill(part.says)}"
            for part in parts
        ]
        if lines:
            yield from (f"### {heading}", "", *lines, "")

    def _write_grants(self, licence: Licence) -> Iterator[str]:
        say = self.say
        yield f"### {say('谁批', 'Who grants it')}"
        yield ""
        yield from write_table_head(
            [
                say("范围", "Scope"),
                say("审批机关", "Authority"),
                say("注册资本至少", "Capital at least"),
                say("有效期", "Term"),
            ]
        )
        for scope in licence.scopes:
            yield write_row(
                [
                    SCOPE_WORDS[scope].say(self.language),
                    licence.approver[scope].say(self.language),
                    self._format_number(licence, licence.capital, scope),
                    self._format_number(licence, licence.term, scope),
                ]
            )
        yield ""

    def _format_number(self, licence: Licence, name: str | None, scope: str) -> str:
        """The national number in force last."""
        if name is None:
            return "–"
        parameter = self.catalogue.parameters[name]

        def fits(value: ParameterValue) -> bool:
            return (
                value.region is None
                and (not value.licences or licence.id in value.licences)
                and (not value.scopes or scope in value.scopes)
            )

        parameter_values = [value for value in parameter.values if fits(value)]
        if not parameter_values:
            return "–"
        value = max(
            parameter_values, key=lambda parameter_value: parameter_value.in_force.start
        ).value
        text = _UNDECIDED if value is None else say_number(value, parameter.unit)
        return f"[{text.say(self.language)}](parameters.md#{name})"

    def _write_stated(self, heading: str, names: Iterable[str]) -> Iterator[str]:
        lines: list[str] = []
        for name in names:
            fact = self.catalogue.law[name]
            lines.append(f"- {self.fill(fact.says, own=fact.values)}")
            lines += [
                f"  - {self.write_citation(citation)}" for citation in fact.citations
            ]
        if lines:
            yield from (f"### {heading}", "", *lines, "")

    def write_classification(self) -> Iterator[str]:
        yield from self.write_top(self.say("要哪张许可证", "Which licence"))
        yield self.say(
            "`changqing classify` 按下面的规则推算。不知道的回答一直是未知，"
            "不会当作“否”。",
            "`changqing classify` applies these rules. What is not answered stays "
            "unknown and is never taken for no.",
        )
        yield ""
        for rule in self.catalogue.classification.values():
            yield from self._write_rule(rule)
        yield from self._write_questions()

    def _write_rule(self, rule: Classification) -> Iterator[str]:
        say = self.say
        yield f"## {rule.title.say(self.language)}"
        yield ""
        parts = [f"`{rule.id}`", rule.outcome.text.say(self.language)]
        if rule.licence is not None:
            parts.append(f"[{rule.licence}](licences.md#{rule.licence.lower()})")
        yield " · ".join([*parts, self.format_force(rule.in_force)])
        yield ""
        for need in Need:
            if need in rule.says:
                label = need.text.say(self.language)
                yield f"- {label}{self.colon}{self.fill(rule.says[need])}"
        if rule.dispute is not None:
            label = say("来源不一", "Sources differ")
            yield f"- {label}{self.colon}{self.fill(rule.dispute)}"
        if rule.succeeds is not None:
            yield f"- {say('接替', 'Succeeds')}{self.colon}`{rule.succeeds}`"
        for citation in rule.citations:
            yield f"- {say('依据', 'Basis')}{self.colon}{self.write_citation(citation)}"
        yield from ("", "```sql", rule.test.text.strip(), "```", "")

    def _write_questions(self) -> Iterator[str]:
        questions = {
            name
            for rule in self.catalogue.classification.values()
            for _, name in rule.test.facts
        }
        yield f"## {self.say('问题', 'Questions')}"
        yield ""
        for name in sorted(questions):
            fact = self.catalogue.facts["offer", name]
            question = fact.question or fact.label
            yield f"### `{name}`"
            yield ""
            yield question.say(self.language)
            yield ""
            if fact.value_labels:
                for value, label in fact.value_labels.items():
                    yield f"- `{value}` {label.say(self.language)}"
                yield ""
