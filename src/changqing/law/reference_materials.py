"""The reference page of materials: which papers are asked, by whom and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from changqing.law.kinds.material import Material, MaterialRequest
from changqing.law.model import Catalogue
from changqing.law.reference_page import Pages, write_row, write_table_head
from changqing.law.said import say_days
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.text import Language


def write_material_pages(
    catalogue: Catalogue, language: Language
) -> Mapping[str, Iterator[str]]:
    """Write the lines of `materials.md`."""
    return {"materials.md": _MaterialPages(catalogue, language).write_materials()}


class _MaterialPages(Pages):
    """Each kind of paper with all that ask for it."""

    def write_materials(self) -> Iterator[str]:
        language, say = self.language, self.say
        yield from self.write_top(say("材料", "Materials"))
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
            for satisfied in material.satisfies:
                satisfied_label = self.catalogue.materials[satisfied].label.say(
                    language
                )
                does_for = say("可作为", "Does for") + self.colon
                yield f"- {does_for}[{satisfied_label}](#{satisfied})"
            if material.validity_days is not None:
                days = material.validity_days
                counts = say_days(days, material.freshness).say(language)
                yield f"- {say('有效', 'Counts')}{self.colon}{counts}"
                if material.freshness is not None:
                    for citation in material.freshness.citations:
                        basis = self.write_citation(citation)
                        yield f"- {say('依据', 'Basis')}{self.colon}{basis}"
            if material.own_end is not None:
                ends = say("自身期限", "Its own end")
                yield f"- {ends}{self.colon}{self._say_own_end(material)}"
            for name in material.exists_once:
                once = self.catalogue.facts["applicant", name].label.say(language)
                comes = say("什么情况下才有", "There is one once")
                yield f"- {comes}{self.colon}{once}"
            for name, label in material.elements.items():
                yield f"- {say('写明', 'States')} `{name}` {label.say(language)}"
            listed = material.satisfies or material.validity_days or material.elements
            if listed or material.exists_once:
                yield ""
            for request in material.asked:
                yield from self._write_asked(request)

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
        yield from write_table_head(
            [say("地区", "Region"), say("当地另有要求的材料", "Papers it asks more of")]
        )
        for code, region in self.catalogue.regions.items():
            links = [
                f"[{material.label.say(language)}](#{material.id})"
                for material in self.catalogue.materials.values()
                if any(code in request.regions for request in material.asked)
            ]
            if links:
                yield write_row([region.label.say(language), self.join(links)])
        yield ""

    def _write_asked(self, request: MaterialRequest) -> Iterator[str]:
        language, say = self.language, self.say
        standing = request.standing.text.say(language)
        force = (
            [] if request.in_force is None else [self.format_force(request.in_force)]
        )
        yield f"### {' · '.join([*self._write_whom(request), standing, *force])}"
        yield ""
        yield self.fill(request.requirement)
        yield ""
        if request.replaces:
            yield "- " + say(
                "代替全国的要求", "Stands instead of what the whole country asks"
            )
        for accepted in request.accepts:
            yield f"- {say('可以', 'Accepted')}{self.colon}{self.fill(accepted)}"
        for refused in request.refuses:
            yield f"- {say('不收', 'Refused')}{self.colon}{self.fill(refused)}"
        for citation in request.citations:
            yield f"- {say('依据', 'Basis')}{self.colon}{self.write_citation(citation)}"
        if request.note is not None:
            yield f"- {say('说明', 'Note')}{self.colon}{self.fill(request.note)}"
        yield ""

    def _write_whom(self, request: MaterialRequest) -> Iterator[str]:
        language, regions = self.language, self.catalogue.regions
        yield self.join(request.licences) or self.say("各类许可", "Every permit")
        if request.scopes:
            yield self.join(
                SCOPE_WORDS[scope].say(language) for scope in request.scopes
            )
        yield self.join(
            regions[region].label.say(language) for region in request.regions
        ) or self.say("全国", "the whole country")
        yield self.join(
            STAGE_WORDS[stage].say(language) for stage in request.stages
        ) or self.say("各个阶段", "every stage")
