"""The catalogue as pages to read: Markdown made from what is loaded, never by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Material, MaterialRequest
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kit import Dimension, Standing
from changqing.law.model import Catalogue
from changqing.law.reference_guide import guide_pages
from changqing.law.reference_law import law_pages
from changqing.law.reference_looks import look_pages
from changqing.law.reference_page import READ_WORDS, Pages, row, table_head
from changqing.law.reference_procedures import procedure_pages
from changqing.law.said import say_days, say_freshness, say_number
from changqing.law.subjects import SUBJECTS
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.rules.tree import Literal
from changqing.rules.types import Kind
from changqing.text import Language, Text

_SOURCES: Final[Mapping[str, Text]] = {
    "form": Text("填写", "form"),
    "paper": Text("材料", "paper"),
    "probe": Text("探测", "probe"),
    "guided": Text("人工查看", "guided look"),
    "derived": Text("推算", "derived"),
}
_NO_AUTHORITY: Final = Text(
    "这里列出的是软件所依据的规则及其来源，不代表任何机关的意见。",
    "These are the rules the software applies and where they come from; "
    "they are no authority's opinion.",
)
_UNSET: Final = Text("须向受理机关确认", "to be confirmed with the authority")


def reference(catalogue: Catalogue, language: Language) -> Mapping[str, str]:
    """Every page by file name, in one language; `README.md` leads to the others."""
    page = _Pages(catalogue, language)
    pages = {
        "README.md": page.index(),
        "facts.md": page.facts(),
        "materials.md": page.materials(),
        "parameters.md": page.parameters(),
        "errands.md": page.errands(),
        "commitments.md": page.commitments(),
        "recent_changes.md": page.recent_changes(),
        "instruments.md": page.instruments(),
        "defects.md": page.defects(),
    }
    for dimension in Dimension:
        pages[f"criteria-{dimension}.md"] = page.criteria(dimension)
    pages |= guide_pages(catalogue, language)
    pages |= procedure_pages(catalogue, language)
    pages |= look_pages(catalogue, language)
    pages |= law_pages(catalogue, language)
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in pages.items()}


def listing(catalogue: Catalogue, language: Language) -> str:
    """The criteria by dimension, one a line, for a terminal."""
    lines: list[str] = []
    for dimension in Dimension:
        found = [c for c in catalogue.criteria.values() if c.dimension is dimension]
        lines.append(f"{dimension.text.say(language)} ({len(found)})")
        for each in found:
            standing = each.standing.text.say(language)
            lines.append(f"  {each.id}  [{standing}]  {each.title.say(language)}")
    return "\n".join(lines)


class _Pages(Pages):
    """What is asked, and with what."""

    def index(self) -> Iterator[str]:
        catalogue, language = self.catalogue, self.language
        criteria = catalogue.criteria.values()
        yield from self.top(
            self.say(f"判据目录{catalogue.edition}版", f"Catalogue {catalogue.edition}")
        )
        yield _NO_AUTHORITY.say(language)
        yield ""
        yield "## " + self.say("判据", "Criteria")
        yield ""
        names = [standing.text.say(language) for standing in Standing]
        yield from table_head([self.say("维度", "Dimension"), *names])
        for dimension in Dimension:
            counted = Counter(c.standing for c in criteria if c.dimension is dimension)
            name = dimension.text.say(language)
            yield row(
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

    def criteria(self, dimension: Dimension) -> Iterator[str]:
        yield from self.top(dimension.text.say(self.language))
        for criterion in self.catalogue.criteria.values():
            if criterion.dimension is dimension:
                yield from self._criterion(criterion)

    def _criterion(self, criterion: Criterion) -> Iterator[str]:
        language, say = self.language, self.say
        yield f"## {criterion.title.say(language)}"
        yield ""
        subject = SUBJECTS[criterion.subject].text.say(language)
        standing = criterion.standing.text.say(language)
        yield f"`{criterion.id}` · {subject} · {standing} · " + self.force(
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
            yield f"- {say('依据', 'Basis')}{self.colon}{self.citation(citation)}"
        yield from self._fault_and_remedy(criterion)
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
        yield from self._reads(criterion)

    def _fault_and_remedy(self, criterion: Criterion) -> Iterator[str]:
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

    def _reads(self, criterion: Criterion) -> Iterator[str]:
        language, say = self.language, self.say
        names = sorted(criterion.test.facts)
        if not names and not criterion.test.parameters:
            return
        yield from table_head(
            [
                say("读取", "Reads"),
                say("含义", "Meaning"),
                say("需要的证据", "Proven by"),
            ]
        )
        for subject, name in names:
            fact = self.catalogue.facts[subject, name]
            whose = "" if subject == criterion.subject else f"{subject} "
            yield row(
                [
                    f"`{whose}{name}`",
                    fact.label.say(language),
                    fact.proof.text.say(language),
                ]
            )
        for name in sorted(criterion.test.parameters):
            parameter = self.catalogue.parameters[name]
            link = f"[{parameter.label.say(language)}](parameters.md#{name})"
            yield row([f"`:{name}`", link, "–"])
        yield ""
        fresh = [
            said.say(language)
            for name in names
            for said in say_freshness(
                self.catalogue.facts[name], self.catalogue.materials
            )
        ]
        for said in dict.fromkeys(fresh):
            yield f"- {say('要近期的', 'Must be recent')}{self.colon}{said}"
        if fresh:
            yield ""

    def facts(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("事实", "Facts"))
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
            yield from table_head(
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
                    yield row(
                        [
                            f"`{name}`",
                            fact.label.say(language),
                            self._type(fact),
                            fact.proof.text.say(language),
                            self._validity(fact),
                            self.join(map(self._source, fact.sources)),
                            self.join(who.text.say(language) for who in fact.who),
                        ]
                    )
            yield ""

    def _type(self, fact: Fact) -> str:
        said = fact.type.kind.text.say(self.language)
        if fact.unit is not None:
            said += f" ({fact.unit})"
        if fact.type.kind is Kind.NUMBER:
            said += self._range(fact)
        if fact.value_labels and not fact.generated:
            said += self.colon + self.join(
                f"`{value}` {label.say(self.language)}"
                for value, label in fact.value_labels.items()
            )
        return said

    def _range(self, fact: Fact) -> str:
        """What a number can be; the range of dates is the same for all."""
        least, most = fact.at_least, fact.at_most
        if isinstance(least, int) and isinstance(most, int):
            low, high = (say_number(end, fact.unit) for end in (least, most))
            return f" {low.say(self.language)}–{high.say(self.language)}"
        return "" if least is None else f" ≥ {least}"

    def _validity(self, fact: Fact) -> str:
        days = fact.validity.days
        if days is not None:
            if fact.freshness is not None:
                return say_days(days, fact.freshness).say(self.language)
            return self.say(f"{days}天", f"{days} days")
        reason = fact.validity.reason
        said = self.say("不过期", "for ever")
        return (
            said
            if reason is None
            else f"{said}{self.colon}" + reason.say(self.language)
        )

    def _source(self, source: str) -> str:
        kind, _, name = source.partition(":")
        said = _SOURCES[kind].say(self.language)
        if kind == "paper" and name in self.catalogue.materials:
            return f"{said} {self.catalogue.materials[name].label.say(self.language)}"
        return f"{said} `{name}`" if name else said

    def materials(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("材料", "Materials"))
        yield say(
            "每份材料下面逐条列出谁要求它、在哪里、哪一步。一份材料有几条要求时，"
            "效力和可信度取其中最强的。全国的要求各地都适用，当地的另外加上。",
            "Below each paper stands who asks for it, where and at which stage. Where "
            "several do, its standing and confidence are the strongest of theirs. What "
            "the whole country asks holds everywhere; a province adds its own.",
        )
        yield ""
        yield from self._write_asked_locally()
        for material in self.catalogue.materials.values():
            yield f'<a id="{material.id}"></a>'
            yield ""
            yield f"## {material.label.say(language)}"
            yield ""
            dimension = material.dimension.text.say(language)
            yield f"`{material.id}` · {dimension}"
            yield ""
            issuer = material.issuer.says.say(language)
            yield f"{say('出具方', 'Issued by')}{self.colon}{issuer}"
            yield ""
            for other in material.satisfies:
                wanted = self.catalogue.materials[other].label.say(language)
                yield f"- {say('可作为', 'Does for')}{self.colon}[{wanted}](#{other})"
            if material.validity_days is not None:
                days = material.validity_days
                counts = say_days(days, material.freshness).say(language)
                yield f"- {say('有效', 'Counts')}{self.colon}{counts}"
                if material.freshness is not None:
                    for citation in material.freshness.citations:
                        basis = self.citation(citation)
                        yield f"- {say('依据', 'Basis')}{self.colon}{basis}"
            if material.own_end is not None:
                ends = say("自身期限", "Its own end")
                yield f"- {ends}{self.colon}{self._say_own_end(material)}"
            for name, label in material.elements.items():
                yield f"- {say('写明', 'States')} `{name}` {label.say(language)}"
            if material.satisfies or material.validity_days or material.elements:
                yield ""
            for asked in material.asked:
                yield from self._write_asked(asked)

    def _say_own_end(self, material: Material) -> str:
        """The label of the fact that says until when the paper runs."""
        source = f"paper:{material.id}"
        labels = (
            fact.label.say(self.language)
            for (_, name), fact in self.catalogue.facts.items()
            if name == material.own_end and source in fact.sources
        )
        return next(labels)

    def _write_asked_locally(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from table_head(
            [say("地区", "Region"), say("当地另有要求的材料", "Papers it asks more of")]
        )
        for code, region in self.catalogue.regions.items():
            links = [
                f"[{material.label.say(language)}](#{material.id})"
                for material in self.catalogue.materials.values()
                if any(code in asked.regions for asked in material.asked)
            ]
            if links:
                yield row([region.label.say(language), self.join(links)])
        yield ""

    def _write_asked(self, asked: MaterialRequest) -> Iterator[str]:
        language, say = self.language, self.say
        standing = asked.standing.text.say(language)
        force = [] if asked.in_force is None else [self.force(asked.in_force)]
        yield f"### {' · '.join([*self._whom(asked), standing, *force])}"
        yield ""
        yield self.fill(asked.requirement)
        yield ""
        if asked.replaces:
            yield "- " + say(
                "代替全国的要求", "Stands instead of what the whole country asks"
            )
        for each in asked.accepts:
            yield f"- {say('可以', 'Accepted')}{self.colon}{self.fill(each)}"
        for each in asked.refuses:
            yield f"- {say('不收', 'Refused')}{self.colon}{self.fill(each)}"
        for citation in asked.citations:
            yield f"- {say('依据', 'Basis')}{self.colon}{self.citation(citation)}"
        if asked.note is not None:
            yield f"- {say('说明', 'Note')}{self.colon}{self.fill(asked.note)}"
        yield ""

    def _whom(self, asked: MaterialRequest) -> Iterator[str]:
        language, regions = self.language, self.catalogue.regions
        yield self.join(asked.licences) or self.say("各类许可", "Every permit")
        if asked.scopes:
            yield self.join(SCOPE_WORDS[scope].say(language) for scope in asked.scopes)
        yield self.join(
            regions[region].label.say(language) for region in asked.regions
        ) or self.say("全国", "the whole country")
        yield self.join(
            STAGE_WORDS[stage].say(language) for stage in asked.stages
        ) or self.say("各个阶段", "every stage")

    def parameters(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("参数", "Parameters"))
        for parameter in self.catalogue.parameters.values():
            yield f'<a id="{parameter.id}"></a>'
            yield ""
            yield f"## {parameter.label.say(language)}"
            yield ""
            yield f"`:{parameter.id}`"
            yield ""
            for value in parameter.values:
                yield from self._value(parameter, value)
            yield ""

    def _value(self, parameter: Parameter, value: ParameterValue) -> Iterator[str]:
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
            self.force(value.in_force),
        ]
        yield "- " + " · ".join(parts)
        for citation in value.citations:
            yield f"  - {self.say('依据', 'Basis')}{self.colon}" + self.citation(
                citation
            )
        if value.note is not None:
            yield f"  - {value.note.say(language)}"

    def errands(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("要办的事", "Tasks"))
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
            for each in errand.refused:
                yield f"- {say('不收', 'Refused')}{self.colon}{each.say(language)}"
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
                    named = self.join([title.say(language) for title in titles])
                    yield f"- {label}{self.colon}{named}"
            settled = [
                f"[{c.title.say(language)}](criteria-{c.dimension}.md)"
                for c in self.catalogue.criteria.values()
                if c.remedy.errand == errand.id
            ]
            if settled:
                label = say("用于", "Settles")
                yield f"- {label}{self.colon}{self.join(settled)}"
            yield ""

    def commitments(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("到期与续期", "Commitments and renewals"))
        yield from table_head(
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
            yield row(
                [
                    commitment.label.say(language),
                    kinds[commitment.kind],
                    f"`{commitment.subject}.{commitment.until}`",
                    "–"
                    if commitment.open_ended is None
                    else f"`{commitment.open_ended}`",
                ]
            )

    def recent_changes(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("递交前的变化", "Changes shortly before"))
        for change in self.catalogue.recent_changes.values():
            yield f"## `{change.id}`"
            yield ""
            yield f"- {change.says.say(language)}"
            yield f"- `{change.subject}`: `{change.test.text}`"
            yield ""

    def instruments(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("法规文件", "Instruments"))
        for instrument in self.catalogue.instruments.values():
            yield f"## {instrument.title.say(language)}"
            yield ""
            parts = [f"`{instrument.id}`"]
            if instrument.number is not None:
                parts.append(instrument.number)
            if instrument.issuer is not None:
                parts.append(instrument.issuer.say(language))
            if instrument.in_force is not None:
                parts.append(self.force(instrument.in_force))
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

    def defects(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.top(say("退回原因", "Defects"))
        yield from table_head(
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
            found = [
                f"[{c.title.say(language)}](criteria-{c.dimension}.md)"
                for c in self.catalogue.criteria.values()
                if code in c.defects
            ]
            said = defect.label.say(language)
            if defect.note is not None:
                said += f"<br>{defect.note.say(language)}"
            yield row(
                [
                    f"`{code}`",
                    said,
                    defect.standing.text.say(language),
                    self.join(STAGE_WORDS[s].say(language) for s in defect.stages),
                    self.join(defect.licences) or say("各类业务", "every class"),
                    self.join(found),
                ]
            )


def _holds_always(criterion: Criterion) -> bool:
    root = criterion.applies.root
    return isinstance(root, Literal) and root.value is True
