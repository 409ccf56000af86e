"""What is so of a case: what whoever fills it in would answer, and its papers say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.case.values import parse_value, spell_for_file
from changqing.guide.interview import FACTS
from changqing.law.compiled import load_compiled
from changqing.law.kinds.fact import Fact
from changqing.rules.types import Value

NAMED: Final = ("person", "holder")


_LABELLED_ON: Final = date(2026, 11, 20)
"""The day on which a folder with labels is handed over."""


Whose = tuple[str, str]
"""Whom a fact is about, in any case: the type, and the name of a person or holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is so: answers to the interview by question, and facts by form and paper.

    `source` is the example that says it, with its evidence and the pages it saved.
    """

    day: date
    answers: Mapping[str, str]
    forms: Mapping[tuple[Whose, str], Value]
    papers: Mapping[tuple[str, Whose, str], Value]
    source: Case | None = None

    @classmethod
    def of(cls, case: Case) -> Truth:
        """Take it from a case that was filled in by hand."""
        forms = {
            (name_whose(case, statement.subject), statement.fact): statement.value
            for statement in case.list_form_statements()
            if statement.value is not None
        }
        papers = {
            (
                paper.kind,
                name_whose(case, statement.subject),
                statement.fact,
            ): statement.value
            for paper in case.papers
            for statement in paper.list_statements()
            if statement.value is not None
        }
        facts = {
            name: spell(case.catalogue.facts["applicant", name], value)
            for (whose, name), value in forms.items()
            if whose == ("applicant", "") and name in FACTS
        }
        technicians = [
            person.name for person in case.people if "technical" in person.roles
        ]
        return cls(
            day=case.as_of or case.declared_on + timedelta(days=4),
            answers={
                **facts,
                "name": case.name,
                "credit_code": case.credit_code or "",
                "region": case.application.region,
                "scope": case.application.scope,
                "submit_on": case.application.submit_on.isoformat(),
                "url": case.services[0].url or "" if case.services else "",
                "technician": technicians[0] if technicians else "",
            },
            forms=forms,
            papers=papers,
            source=case,
        )

    @classmethod
    def of_labels(
        cls, typed: Mapping[str, Any], labels: Iterable[Mapping[str, Any]]
    ) -> Truth:
        """Take it from the labels of a folder: see `papers.py` for their form."""
        catalogue = load_compiled()
        papers: dict[tuple[str, Whose, str], Value] = {}
        for line in labels:
            for document in line.get("documents", ()):
                kind = document.get("kind") or ""
                for label in document["facts"]:
                    subject, _, name = label["subject"].partition(":")
                    fact = catalogue.facts.get((subject, label["fact"]))
                    if fact is None or label["group"] == "conflict":
                        continue
                    whose = subject, name if subject in NAMED else ""
                    value = parse_value(fact, label["value"]).value
                    if value is not None:
                        papers.setdefault((kind, whose, fact.id), value)
        people = typed.get("people", ())
        technicians = [
            person["name"] for person in people if person["role"] == "technical"
        ]
        services = typed.get("services", ())
        return cls(
            day=_LABELLED_ON,
            answers={
                "name": typed["applicant"],
                "region": typed["region"],
                "scope": "intra_province",
                "submit_on": typed["submit_on"],
                "url": services[0]["domain"] if services else "",
                "technician": technicians[0] if technicians else "",
            },
            forms={},
            papers=papers,
        )

    def find(self, kind: str | None, whose: Whose, fact: str) -> Value | None:
        """Find what is so of a fact, by such a paper first; None: nobody says."""
        value_found = None if kind is None else self.papers.get((kind, whose, fact))
        if value_found is None:
            value_found = self.forms.get((whose, fact))
        if value_found is None and whose[0] != "paper":
            value_found = next(
                (
                    value
                    for (_, other, name), value in self.papers.items()
                    if (other, name) == (whose, fact)
                ),
                None,
            )
        return value_found


def name_whose(case: Case, subject: Subject) -> Whose:
    """Name a subject in a way that does not hang on the ids of one case."""
    if subject.type not in NAMED:
        return subject.type, ""
    members = {member.subject: member.name for member in case.list_members()}
    return subject.type, members.get(subject, subject.id)


def spell(fact: Fact, value: Value) -> str:
    """Write a value as somebody answers a question with it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(spell_for_file(fact, value))
