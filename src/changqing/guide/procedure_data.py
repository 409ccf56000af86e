"""A dated procedure as plain data, for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from changqing.guide.procedure import DatedStep, Givens, Reckoning
from changqing.jsondata import write_day
from changqing.law.cited import CitationData, make_citation_data
from changqing.law.kinds.procedure import Procedure
from changqing.law.kit import Citation
from changqing.law.law import fill
from changqing.law.model import Catalogue
from changqing.text import Language, Text


class ClockData(TypedDict):
    """A period that runs, and the day on which it ends."""

    words: str | None
    because: str | None
    kind: str
    day: str | None
    provisional: bool
    by_working_days: str | None
    standing: str | None
    note: str | None


class StepData(TypedDict):
    """One step: who takes it, on which day, and what it rests on."""

    id: str
    actor: str
    title: str
    does: str | None
    standing: str
    kind: str | None
    day: str | None
    taken: bool
    late: bool
    opens: str | None
    provisional: bool
    office_day: str | None
    follows: str | None
    clocks: Sequence[ClockData]
    runs_out: str | None
    law: Sequence[str]
    citations: Sequence[CitationData]


class ProcedureData(TypedDict):
    """One procedure with its days."""

    id: str
    stage: str
    title: str
    about: str | None
    licence: str
    scope: str
    region: str | None
    as_of: str
    given: Mapping[str, str]
    starts: Mapping[str, str]
    steps: Sequence[StepData]
    citations: Sequence[CitationData]


def make_procedure_data(
    catalogue: Catalogue,
    procedure: Procedure,
    steps: Sequence[DatedStep],
    givens: Givens,
    language: Language,
) -> ProcedureData:
    """Make the JSON of a procedure with its days: one language, days as YYYY-MM-DD.

    Keys: `id`, `stage`, `title`, `about`, `licence`, `scope`, `region`, `as_of`,
    `given`, `starts` (what may be given, by id), `steps`, `citations`. A step: `id`,
    `actor`, `title`, `does`, `standing`, `kind`, `day`, `taken`, `late`, `opens`,
    `provisional`, `office_day`, `follows`, `clocks`, `runs_out`, `law`, `citations`. A
    clock: `words`, `because`, `kind`, `day`, `provisional`, `by_working_days`,
    `standing` and `note` (those of the parameter it counts by).
    """

    def say(text: Text | None) -> str | None:
        return None if text is None else text.say(language)

    def encode_citation(citation: Citation) -> CitationData:
        return make_citation_data(catalogue, citation, language)

    def make_clock(each: Reckoning) -> ClockData:
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

    def encode_step(each: DatedStep) -> StepData:
        office = each.office_day
        return {
            "id": each.step.id,
            "actor": each.step.actor.value,
            "title": each.step.title.say(language),
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
            "clocks": [make_clock(reckoning) for reckoning in each.reckonings],
            "runs_out": say(each.runs_out),
            "law": list(each.step.law),
            "citations": [encode_citation(citation) for citation in each.citations],
        }

    about = procedure.about
    return {
        "id": procedure.id,
        "stage": procedure.stage,
        "title": procedure.title.say(language),
        "about": None
        if about is None
        else say(fill(catalogue, about, on=givens.as_of)),
        "licence": givens.licence,
        "scope": givens.scope,
        "region": givens.region or None,
        "as_of": givens.as_of.isoformat(),
        "given": {name: day.isoformat() for name, day in givens.days.items()},
        "starts": {name: text.say(language) for name, text in procedure.starts.items()},
        "steps": [encode_step(dated_step) for dated_step in steps],
        "citations": [encode_citation(citation) for citation in procedure.citations],
    }
