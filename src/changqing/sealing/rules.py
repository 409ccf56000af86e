"""The rules of a bundle: what the verifier needs of the catalogue, as plain files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from changqing.jsondata import write_day, write_words
from changqing.law.cited import say_citation
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.parameter import ParameterValue
from changqing.law.kit import InForce
from changqing.law.lookup import load_sqlite_program
from changqing.law.model import Catalogue
from changqing.rules.sqlite import SqliteProgram
from changqing.sealing import verify
from changqing.sealing.bundle_data import (
    LayoutData,
    SealedCriterion,
    SealedFact,
    SealedParameter,
)
from changqing.text import Text


@keep_by_catalogue
def make_rule_files(catalogue: Catalogue) -> Mapping[str, bytes]:
    """Write the files below `rules/`: the same catalogue gives the same bytes."""
    program = load_sqlite_program(catalogue)
    facts: dict[str, dict[str, SealedFact]] = {}
    for (subject, name), fact in catalogue.facts.items():
        facts.setdefault(subject, {})[name] = _encode_fact(fact)
    return {
        "rules/criteria.json": encode_json(
            {
                name: _encode_criterion(catalogue, criterion)
                for name, criterion in catalogue.criteria.items()
            }
        ),
        "rules/facts.json": encode_json(facts),
        "rules/layout.json": encode_json(_encode_layout(program)),
        "rules/parameters.json": encode_json(
            {
                name: [_encode_value(value) for value in parameter.values]
                for name, parameter in catalogue.parameters.items()
            }
        ),
        **{
            f"rules/{subject}.sql": query.encode()
            for subject, query in program.queries.items()
        },
    }


def encode_json(data: object) -> bytes:
    """Encode JSON that a person can read, the same for the same data."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def _encode_layout(program: SqliteProgram) -> LayoutData:
    return {
        "lists": list(program.lists),
        "names": list(program.names),
        "tables": {
            subject: {
                "facts": list(facts),
                "agree": list(program.agreements[subject]),
                "rules": list(program.rules.get(subject, ())),
            }
            for subject, facts in program.facts.items()
        },
    }


def _encode_criterion(catalogue: Catalogue, criterion: Criterion) -> SealedCriterion:
    bearing = criterion.long_term
    return {
        "title": write_words(criterion.title),
        "subject": criterion.subject,
        "dimension": criterion.dimension.value,
        "standing": criterion.standing.value,
        "long_term": None
        if bearing is None
        else [bearing.route.value, bearing.weight.value],
        "veto": bearing is not None and bearing.veto,
        "in_force": _encode_days(criterion.in_force),
        "reads": sorted(criterion.test.facts),
        "counts": sorted(criterion.test.quantified),
        "applies": criterion.applies.text,
        "test": criterion.test.text,
        "citations": [
            write_words(say_citation(catalogue, citation))
            for citation in criterion.citations
        ],
    }


def _encode_fact(fact: Fact) -> SealedFact:
    return {
        "label": write_words(fact.label),
        "kind": fact.type.kind.value,
        "unit": fact.unit,
        "text_kind": fact.text_kind,
        "proof": fact.proof.code,
        "tolerance": fact.tolerance,
        "generated": fact.generated,
        "days": fact.validity.days,
        "derived": "derived" in fact.sources,
    }


def _encode_value(value: ParameterValue) -> SealedParameter:
    return {
        "value": value.value,
        "licences": list(value.licences),
        "scopes": list(value.scopes),
        "region": value.region,
        "in_force": _encode_days(value.in_force),
    }


def _encode_days(in_force: InForce) -> list[str | None]:
    end = in_force.end
    return [in_force.start.isoformat(), write_day(end)]


def find_differing_rules(ours: Mapping[str, bytes], path: Path) -> Sequence[Text]:
    """Find where the rules of a bundle are not those of `make_rule_files`.

    DamageError and OSError when the bundle cannot be read.
    """
    with verify.open_bundle(path) as stream:
        bundle = verify.Bundle(stream)
        theirs = {
            name: bundle.read(name)
            for name in bundle.files
            if name.startswith("rules/")
        }
    differences = []
    for name in sorted(ours.keys() | theirs.keys()):
        sealed, compiled = theirs.get(name), ours.get(name)
        if sealed == compiled:
            continue
        which = (
            _list_differing_names(sealed, compiled) if name.endswith(".json") else ()
        )
        more = ", …" if len(which) > _NAMED else ""
        names = f" ({', '.join(which[:_NAMED])}{more})" if which else ""
        differences.append(
            Text(
                zh=f"{name}与本机由判据目录编译出的不同{names}",
                en=f"{name} is not what the catalogue here compiles to{names}",
            )
        )
    return differences


_NAMED = 5


def _list_differing_names(
    sealed: bytes | None, compiled: bytes | None
) -> Sequence[str]:
    """The names under which two files of rules differ."""
    theirs, ours = (
        {} if content is None else verify.parse_json(content, "rules")
        for content in (sealed, compiled)
    )
    if not isinstance(theirs, dict):
        return ()
    return sorted(
        name
        for name in theirs.keys() | ours.keys()
        if theirs.get(name) != ours.get(name)
    )
