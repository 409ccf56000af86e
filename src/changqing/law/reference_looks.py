"""The reference page of guided looks: where, how, and what a saved page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from changqing.law.kinds.look import GuidedLook
from changqing.law.lookup import find_settled
from changqing.law.model import Catalogue
from changqing.law.reference_page import Pages, write_row, write_table_head
from changqing.law.subjects import SUBJECTS
from changqing.text import Language


def look_pages(catalogue: Catalogue, language: Language) -> Mapping[str, Iterator[str]]:
    """Write the lines of `looks.md`."""
    return {"looks.md": _LookPages(catalogue, language).write_looks()}


class _LookPages(Pages):
    """What a person looks up, one section each."""

    def write_looks(self) -> Iterator[str]:
        yield from self.write_top(self.say("人工查看", "Guided looks"))
        for look in self.catalogue.looks.values():
            yield from self._write_look(look)

    def _write_look(self, look: GuidedLook) -> Iterator[str]:
        language, say = self.language, self.say
        yield f"## {look.title.say(language)}"
        yield ""
        grade = look.grade.text.say(language)
        worth = say(f"页面上有的算{grade}", f"what stands in the page is {grade}")
        yield f"`guided:{look.id}` · {worth}"
        yield ""
        address = "" if look.address is None else f" <{look.address}>"
        where = look.where.say(language) + address
        yield f"- {say('在哪里', 'Where')}{self.colon}{where}"
        yield f"- {say('保存', 'Keep')}{self.colon}{look.keep.say(language)}"
        if look.codes is not None:
            yield f"- {say('材料上的码', 'Codes on papers')}{self.colon}" + say(
                "、", ", "
            ).join(
                self.catalogue.materials[name].label.say(language)
                for name in look.codes.materials
            )
        yield ""
        for number, step in enumerate(look.steps, start=1):
            yield f"{number}. {step.say(language)}"
        yield ""
        settled = list(find_settled(self.catalogue, look.id))
        if not settled:
            return
        yield from write_table_head(
            [
                say("说明的事实", "Settles"),
                say("对象", "Of"),
                say("页面怎样写明", "How the page shows it"),
            ]
        )
        by_person = say(
            "由人判断，引页面原话", "judged by a person, who quotes the page"
        )
        for fact in settled:
            reading = look.reads.get(fact.id)
            yield write_row(
                [
                    f"{fact.label.say(language)} `{fact.id}`",
                    SUBJECTS[fact.subject].text.say(language),
                    by_person if reading is None else reading.shown.say(language),
                ]
            )
        yield ""
