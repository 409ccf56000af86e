"""The catalogue as pages to read: Markdown made from what is loaded, never by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kit import Dimension, Standing
from changqing.law.model import Catalogue
from changqing.law.reference_criteria import write_criterion_pages
from changqing.law.reference_facts import write_fact_pages
from changqing.law.reference_guide import write_guide_pages
from changqing.law.reference_law import write_law_pages
from changqing.law.reference_looks import look_pages
from changqing.law.reference_materials import write_material_pages
from changqing.law.reference_page import READ_WORDS, Pages, write_row, write_table_head
from changqing.law.reference_procedures import write_procedure_pages
from changqing.law.said import say_number
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.text import Language, Text

_NO_AUTHORITY: Final = Text(
    "这里列出的是软件所依据的规则及其来源，不代表任何机关的意见。",
    "These are the rules the software applies and where they come from; "
    "they are no authority's opinion.",
)
_UNSET: Final = Text("须向受理机关确认", "to be confirmed with the authority")


def write_reference(catalogue: Catalogue, language: Language) -> Mapping[str, str]:
    """Write every page by file name, in one language; `README.md` leads on."""
    page = _Pages(catalogue, language)
    pages = {
        "README.md": page.write_index(),
        "parameters.md": page.write_parameters(),
        "errands.md": page.write_errands(),
        "commitments.md": page.write_commitments(),
        "recent_changes.md": page.write_recent_changes(),
        "instruments.md": page.write_instruments(),
        "defects.md": page.write_defects(),
    }
    pages |= write_criterion_pages(catalogue, language)
    pages |= write_fact_pages(catalogue, language)
    pages |= write_material_pages(catalogue, language)
    pages |= write_guide_pages(catalogue, language)
    pages |= write_procedure_pages(catalogue, language)
    pages |= look_pages(catalogue, language)
    pages |= write_law_pages(catalogue, language)
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in pages.items()}


def write_listing(catalogue: Catalogue, language: Language) -> str:
    """Write the criteria by dimension, one a line, for a terminal."""
    lines: list[str] = []
    for dimension in Dimension:
        criteria = [c for c in catalogue.criteria.values() if c.dimension is dimension]
        lines.append(f"{dimension.text.say(language)} ({len(criteria)})")
        for criterion in criteria:
            standing = criterion.standing.text.say(language)
            lines.append(
                f"  {criterion.id}  [{standing}]  {criterion.title.say(language)}"
            )
    return "\n".join(lines)


class _Pages(Pages):
    """What is asked, and with what."""

    def write_index(self) -> Iterator[str]:
        catalogue, language = self.catalogue, self.language
        criteria = catalogue.criteria.values()
        yield from self.write_top(
            self.say(f"判据目录{catalogue.edition}版", f"Catalogue {catalogue.edition}")
        )
        yield _NO_AUTHORITY.say(language)
        yield ""
        yield "## " + self.say("判据", "Criteria")
        yield ""
        names = [standing.text.say(language) for standing in Standing]
        yield from write_table_head([self.say("维度", "Dimension"), *names])
        for dimension in Dimension:
            counted = Counter(c.standing for c in criteria if c.dimension is dimension)
            name = dimension.text.say(language)
            yield write_row(
                [
                    f"[{name}](criteria-{dimension}.md)",
                    *(str(counted[standing]) for standing in Standing),
                ]
            )
        yield ""
        for standing in Standing:
            word = standing.text.say(language)
            meaning = standing.meaning.say(language)
            yield f"- **{word}**{self.say('：', ': ')}{meaning}"
        yield ""
        yield "## " + self.say("其他", "Also")
        yield ""
        for name, title in (
            ("licences", Text("许可证", "Licences")),
            ("classification", Text("要哪张许可证", "Which licence")),
            ("procedures", Text("程序", "Procedures")),
            ("facts", Text("事实", "Facts")),
            ("looks", Text("人工查看", "Guided looks")),
            ("materials", Text("材料", "Materials")),
            ("parameters", Text("参数", "Parameters")),
            ("errands", Text("要办的事", "Tasks")),
            ("commitments", Text("到期与续期", "Commitments and renewals")),
            ("recent_changes", Text("递交前的变化", "Changes shortly before")),
            ("answers", Text("问答", "Answers")),
            ("law", Text("法规要点", "Facts of law")),
            ("regions", Text("各省", "Regions")),
            ("instruments", Text("法规文件", "Instruments")),
            ("unread", Text("没有读到的文本", "What we have not read")),
            ("defects", Text("退回原因", "Defects")),
        ):
            yield f"- [{title.say(language)}]({name}.md)"

    def write_parameters(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("参数", "Parameters"))
        for parameter in self.catalogue.parameters.values():
            yield f'<a id="{parameter.id}"></a>'
            yield ""
            yield f"## {parameter.label.say(language)}"
            yield ""
            yield f"`:{parameter.id}`"
            yield ""
            for value in parameter.values:
                yield from self._write_value(parameter, value)
            yield ""

    def _write_value(
        self, parameter: Parameter, value: ParameterValue
    ) -> Iterator[str]:
        language = self.language
        number = (
            _UNSET if value.value is None else say_number(value.value, parameter.unit)
        )
        where = [*value.licences]
        where += [SCOPE_WORDS[scope].say(language) for scope in value.scopes]
        if value.region is not None:
            where.append(self.catalogue.regions[value.region].label.say(language))
        parts = [
            f"**{number.say(language)}**",
            *where,
            value.standing.text.say(language),
            self.format_force(value.in_force),
        ]
        yield "- " + " · ".join(parts)
        for citation in value.citations:
            yield f"  - {self.say('依据', 'Basis')}{self.colon}" + self.write_citation(
                citation
            )
        if value.note is not None:
            yield f"  - {value.note.say(language)}"

    def write_errands(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("要办的事", "Tasks"))
        for errand in self.catalogue.errands.values():
            yield f'<a id="{errand.id}"></a>'
            yield ""
            yield f"## {errand.title.say(language)}"
            yield ""
            mode = (
                say("网上办", "online") if errand.online else say("线下办", "in person")
            )
            yield f"`{errand.id}` · {mode}"
            yield ""
            for label, text in (
                (say("哪里", "Where"), errand.where),
                (say("谁", "Who"), errand.who),
                (say("取得", "Obtain"), errand.obtain),
            ):
                yield f"- {label}{self.colon}{text.say(language)}"
            for refusal in errand.refused:
                yield f"- {say('不收', 'Refused')}{self.colon}{refusal.say(language)}"
            if errand.valid_days is not None:
                days = errand.valid_days
                yield "- " + say(f"有效{days}天", f"Counts for {days} days")
            for label, titles in (
                (
                    say("带回", "Brings"),
                    [self.catalogue.materials[name].label for name in errand.brings],
                ),
                (
                    say("查询", "Looks"),
                    [self.catalogue.looks[name].title for name in errand.looks],
                ),
            ):
                if titles:
                    titles_joined = self.join([title.say(language) for title in titles])
                    yield f"- {label}{self.colon}{titles_joined}"
            settled = [
                f"[{c.title.say(language)}](criteria-{c.dimension}.md)"
                for c in self.catalogue.criteria.values()
                if c.remedy.errand == errand.id
            ]
            if settled:
                label = say("用于", "Settles")
                yield f"- {label}{self.colon}{self.join(settled)}"
            yield ""

    def write_commitments(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("到期与续期", "Commitments and renewals"))
        yield from write_table_head(
            [
                say("名称", "Name"),
                say("种类", "Kind"),
                say("止于", "Until"),
                say("无固定期限", "Open-ended"),
            ]
        )
        kinds = {
            "commitment": say("到期事项", "commitment"),
            "renewal": say("续期", "renewal"),
        }
        for commitment in self.catalogue.commitments.values():
            yield write_row(
                [
                    commitment.label.say(language),
                    kinds[commitment.kind],
                    f"`{commitment.subject}.{commitment.until}`",
                    "–"
                    if commitment.open_ended is None
                    else f"`{commitment.open_ended}`",
                ]
            )

    def write_recent_changes(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("递交前的变化", "Changes shortly before"))
        for change in self.catalogue.recent_changes.values():
            yield f"## `{change.id}`"
            yield ""
            yield f"- {change.says.say(language)}"
            yield f"- `{change.subject}`: `{change.test.text}`"
            yield ""

    def write_instruments(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("法规文件", "Instruments"))
        for instrument in self.catalogue.instruments.values():
            yield f"## {instrument.title.say(language)}"
            yield ""
            parts = [f"`{instrument.id}`"]
            if instrument.number is not None:
                parts.append(instrument.number)
            if instrument.issuer is not None:
                parts.append(instrument.issuer.say(language))
            if instrument.in_force is not None:
                parts.append(self.format_force(instrument.in_force))
            parts.append(READ_WORDS[instrument.read].say(language))
            yield " · ".join(parts)
            yield ""
            if instrument.note is not None:
                yield instrument.note.say(language)
                yield ""
            yield from (
                f"- <{page}>" for page in (*instrument.official, *instrument.sources)
            )
            yield ""

    def write_defects(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("退回原因", "Defects"))
        yield from write_table_head(
            [
                say("代码", "Code"),
                say("含义", "Meaning"),
                say("性质", "Standing"),
                say("阶段", "Stages"),
                say("业务", "Licences"),
                say("由谁发现", "Detected by"),
            ]
        )
        for code, defect in self.catalogue.defects.items():
            criteria_links = [
                f"[{c.title.say(language)}](criteria-{c.dimension}.md)"
                for c in self.catalogue.criteria.values()
                if code in c.defects
            ]
            label_and_note = defect.label.say(language)
            if defect.note is not None:
                label_and_note += f"<br>{defect.note.say(language)}"
            yield write_row(
                [
                    f"`{code}`",
                    label_and_note,
                    defect.standing.text.say(language),
                    self.join(STAGE_WORDS[s].say(language) for s in defect.stages),
                    self.join(defect.licences) or say("各类业务", "every class"),
                    self.join(criteria_links),
                ]
            )
