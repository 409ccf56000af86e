"""A dated procedure as plain data, for JSON."""

from __future__ import annotations

from collections.abc import Sequence

from changqing.guide.procedure import DatedStep, Givens, Reckoning
from changqing.jsondata import Json, JsonObject, write_day
from changqing.law.cited import citation_data
from changqing.law.kinds.procedure import Procedure
from changqing.law.kit import Citation
from changqing.law.law import fill
from changqing.law.model import Catalogue
from changqing.text import Language, Text


def procedure_data(
    catalogue: Catalogue,
    procedure: Procedure,
    steps: Sequence[DatedStep],
    givens: Givens,
    language: Language,
) -> dict[str, Json]:
    """One procedure with its days, texts in one language, days as YYYY-MM-DD.

    Keys: `id`, `stage`, `title`, `about`, `licence`, `scope`, `region`, `as_of`,
    `given`, `starts` (what may be given, by id), `steps`, `citations`. A step: `id`,
    `actor`, `title`, `does`, `standing`, `kind`, `day`, `taken`, `late`, `opens`,
    `provisional`, `office_day`, `follows`, `clocks`, `runs_out`, `law`, `citations`. A
    clock: `words`, `because`, `kind`, `day`, `provisional`, `by_working_days`,
    `standing` and `note` (those of the parameter it counts by).
    """

    def say(text: Text | None) -> str | None:
        return None if text is None else text.say(language)

    def cite(citation: Citation) -> JsonObject:
        return citation_data(catalogue, citation, language)

    def clock(each: Reckoning) -> dict[str, Json]:
        other = each.by_working_days
        return {
            "words": say(each.words),
            "because": say(each.because),
            "kind": each.clock.bound.value,
            "day": write_day(each.day),
            "provisional": each.provisional,
            "by_working_days": None if other is None else write_day(other.day),
            "standing": None if each.standing is None else each.standing.value,
            "note": say(each.note),
        }

    def step(each: DatedStep) -> dict[str, Json]:
        office = each.office_day
        return {
            "id": each.step.id,
            "actor": each.step.actor.value,
            "title": say(each.step.title),
            "does": say(each.does),
            "standing": each.step.standing.value,
            "kind": None if each.bound is None else each.bound.value,
            "day": write_day(each.day),
            "taken": each.taken,
            "late": each.late,
            "opens": write_day(each.opens),
            "provisional": each.provisional,
            "office_day": None if office is None else write_day(office.day),
            "follows": each.follows,
            "clocks": [clock(reckoning) for reckoning in each.reckonings],
            "runs_out": say(each.runs_out),
            "law": list(each.step.law),
            "citations": [cite(citation) for citation in each.citations],
        }

    about = procedure.about
    return {
        "id": procedure.id,
        "stage": procedure.stage,
        "title": say(procedure.title),
        "about": None
        if about is None
        else say(fill(catalogue, about, on=givens.as_of)),
        "licence": givens.licence,
        "scope": givens.scope,
        "region": givens.region or None,
        "as_of": write_day(givens.as_of),
        "given": {name: write_day(day) for name, day in givens.days.items()},
        "starts": {name: say(said) for name, said in procedure.starts.items()},
        "steps": [step(each) for each in steps],
        "citations": [cite(citation) for citation in procedure.citations],
    }
