"""The reference page of procedures: steps, clocks in words, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Final

from changqing.law.clock_words import say_clock
from changqing.law.kinds.procedure import (
    Amount,
    Audience,
    Clock,
    Procedure,
    ProcedureStep,
)
from changqing.law.law import say_value
from changqing.law.lookup import STAGES, choose_value
from changqing.law.model import Catalogue
from changqing.law.reference_page import Pages
from changqing.law.said import say_period
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.text import Language, Text

_LATEST: Final = date.max
_COUNTING: Final = Text(
    "起算的那天不算在内：5月1日起一天，是5月2日。月和年取同一天，没有那一天的取月底。"
    "工作日按公布的放假安排；还没有公布的年份按周末和法定节日推算，标“暂按”。"
    "最后一天不上班的，不顺延，另给出此前最后一个工作日。"
    "规定没有写明是自然日还是工作日的，按自然日，另列工作日的算法。"
    "不计起算日、不顺延，是本软件的算法；收录的规定里没有读到这方面的条文。",
    "The day counted from is not included: one day from 1 May is 2 May. Months and "
    "years keep the number of the day, or take the last of the month. Working days "
    "follow the announced holidays; a year not announced is worked out by weekends and "
    "statutory holidays and marked provisional. A last day that is a day off is not "
    "moved on: the working day before it is shown. Where a rule does not say which "
    "days, calendar days are taken and working days shown beside. Leaving out the "
    "first day and not moving the last is how this software counts; no article on "
    "either was read among the rules on record.",
)


def write_procedure_pages(
    catalogue: Catalogue, language: Language
) -> Mapping[str, Iterator[str]]:
    """Write the lines of `procedures.md`."""
    return {"procedures.md": _ProcedurePages(catalogue, language).write_procedures()}


class _ProcedurePages(Pages):
    """What is done from one end to the other."""

    def write_procedures(self) -> Iterator[str]:
        language = self.language
        yield from self.write_top(self.say("程序", "Procedures"))
        every = sorted(
            self.catalogue.procedures.values(),
            key=lambda procedure: STAGES.index(procedure.stage),
        )
        for stage, procedures in groupby(every, key=lambda procedure: procedure.stage):
            links = self.join(
                f"[{procedure.title.say(language)}](#{procedure.id})"
                for procedure in procedures
            )
            yield f"- {STAGE_WORDS[stage].say(language)}{self.colon}{links}"
        yield ""
        yield "## " + self.say("日子怎么数", "How days are counted")
        yield ""
        yield _COUNTING.say(language)
        yield ""
        for procedure in every:
            yield from self._write_procedure(procedure)

    def _write_procedure(self, procedure: Procedure) -> Iterator[str]:
        language, say = self.language, self.say
        yield f'<a id="{procedure.id}"></a>'
        yield ""
        yield f"## {procedure.title.say(language)}"
        yield ""
        parts = [f"`{procedure.id}`", *self._write_place(procedure)]
        yield " · ".join([*parts, self.format_force(procedure.in_force)])
        yield ""
        if procedure.about is not None:
            yield self.fill(procedure.about)
            yield ""
        for name, start_text in procedure.starts.items():
            label = say("从这天算起", "Counted from")
            yield f"- {label}{self.colon}`{name}` {start_text.say(language)}"
        for citation in procedure.citations:
            yield f"- {say('依据', 'Basis')}{self.colon}{self.write_citation(citation)}"
        yield ""
        for number, step in enumerate(procedure.steps, start=1):
            yield from self._write_step(number, step, procedure)

    def _write_place(self, place: Audience) -> Iterator[str]:
        language = self.language
        if place.licences:
            yield self.join(place.licences)
        if place.scopes:
            yield self.join(SCOPE_WORDS[scope].say(language) for scope in place.scopes)
        if place.regions:
            yield self.join(
                self.catalogue.regions[code].label.say(language)
                for code in place.regions
            )

    def _write_step(
        self, number: int, step: ProcedureStep, procedure: Procedure
    ) -> Iterator[str]:
        language, say = self.language, self.say
        parts = [
            f"`{step.id}`",
            step.actor.text.say(language),
            step.standing.text.say(language),
            *self._write_place(step),
        ]
        title = step.title.say(language)
        yield f"{number}. **{title}** ({' · '.join(parts)})"
        yield ""
        yield f"   {self.fill(step.does)}"
        yield ""
        if not step.clocks:
            yield f"   - {say('没有规定期限', 'No rule sets a time')}"
        for clock in step.clocks:
            words = self._write_clock(clock, step, procedure)
            line = self.join([words, *self._write_place(clock)])
            yield f"   - {say('期限', 'When')}{self.colon}{line}"
            if clock.because is not None:
                yield f"     - {self.fill(clock.because)}"
        if step.runs_out is not None:
            yield f"   - {say('逾期', 'Then')}{self.colon}{self.fill(step.runs_out)}"
        cited = [
            *(
                citation
                for name in step.law
                for citation in self.catalogue.law[name].citations
            ),
            *step.citations,
        ]
        for line in dict.fromkeys(map(self.write_citation, cited)):
            yield f"   - {say('依据', 'Basis')}{self.colon}{line}"
        yield ""

    def _write_clock(
        self, clock: Clock, step: ProcedureStep, procedure: Procedure
    ) -> str:
        titles = {
            procedure_step.id: Text(
                f"“{procedure_step.title.zh}”", f"“{procedure_step.title.en}”"
            )
            for procedure_step in procedure.steps
        }
        base = {**procedure.starts, **titles}[clock.start]
        if clock.amount is None:
            return say_clock(clock, base=base).say(self.language)
        long, until = self._write_amount(clock.amount, (clock, step, procedure))
        return say_clock(clock, base=base, long=long, until=until).say(self.language)

    def _write_amount(
        self, amount: Amount, places: tuple[Audience, ...]
    ) -> tuple[Text | None, Text | None]:
        """Write how long, or until which day, for the first of those it concerns."""
        if amount.by_law is not None:
            fact, key = amount.by_law
            value = self.catalogue.law[fact].values[key]
            text = say_value(self.catalogue, value, on=_LATEST)
            dated = value.day is not None or value.month_day is not None
            return (None, text) if dated else (text, None)
        if amount.parameter is None:
            return None, None
        parameter = self.catalogue.parameters[amount.parameter]
        parameter_value = choose_value(
            parameter,
            licence=_find_first(place.licences for place in places),
            scope=_find_first(place.scopes for place in places),
            region=_find_first(place.regions for place in places),
            on=_LATEST,
        )
        if parameter_value is None or parameter_value.value is None:
            return None, None
        return say_period(parameter_value.value, parameter.unit), None


def _find_first(lists: Iterator[tuple[str, ...]]) -> str:
    return next((names[0] for names in lists if names), "")
