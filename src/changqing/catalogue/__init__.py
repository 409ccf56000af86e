"""What is asked: instruments, facts, materials, parameters, criteria, errands.

The texts are YAML files beside this package. `load` reads and checks them;
`load_compiled` gives the same from a cache, and imports neither the YAML reader nor
pydantic nor the parser of expressions unless the cache is cold.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from changqing.catalogue._cited import citation_data, say_citation
from changqing.catalogue._classification import (
    Classification,
    Need,
    Outcome,
    need_of,
)
from changqing.catalogue._clock_words import say_clock
from changqing.catalogue._law import (
    LawFact,
    LawValue,
    ParameterPlace,
    fill,
    law_number,
    law_on,
    say_law,
    say_value,
)
from changqing.catalogue._licences import Licence, LicenceClass, SubClass
from changqing.catalogue._looks import (
    GuidedLook,
    Reading,
    ShownBy,
    looks_for,
    settled_by,
)
from changqing.catalogue._materials import (
    Asked,
    Material,
    Personal,
    is_permit,
    kinds_for,
    say_days,
    say_freshness,
)
from changqing.catalogue._model import (
    Amendment,
    Catalogue,
    Citation,
    Commitment,
    Confidence,
    Criterion,
    Defect,
    Dimension,
    Errand,
    Example,
    Fact,
    Freshness,
    Grade,
    InForce,
    Instrument,
    LongTerm,
    Parameter,
    ParameterValue,
    Region,
    Remedy,
    Route,
    Standing,
    Validity,
    Verdict,
    Weight,
)
from changqing.catalogue._procedures import (
    Actor,
    Amount,
    Bound,
    ByLaw,
    ByParameter,
    Clock,
    Days,
    Direction,
    Place,
    Procedure,
    ProcedureExample,
    Step,
)
from changqing.catalogue._recent_changes import RecentChange
from changqing.catalogue._said import numeral, say_article, say_number
from changqing.catalogue._topics import Certainty, Names, Synonyms, Topic
from changqing.catalogue._verdict import verdict_of
from changqing.catalogue._words import (
    SCOPE_WORDS,
    STAGE_WORDS,
    STATES,
    SUBJECT_WORDS,
    UNIT_WORDS,
)

if TYPE_CHECKING:
    from changqing.catalogue._applicable import applicable
    from changqing.catalogue._check import Checked, check
    from changqing.catalogue._compiled import load_compiled
    from changqing.catalogue._coverage import Coverage, coverage
    from changqing.catalogue._diff import Change, Turn, changes
    from changqing.catalogue._documents import (
        DocumentTemplate,
        load_documents,
        read_document,
    )
    from changqing.catalogue._load import CATALOGUE_ROOT, load
    from changqing.catalogue._lookup import (
        APPLIES,
        EXAMPLE_GIVENS,
        SCOPES,
        STAGES,
        SUBJECT_LISTS,
        in_force,
        is_after_licence,
        parameter_value,
        rules,
        sqlite_program,
        vocabulary,
    )
    from changqing.catalogue._own import with_own_rules
    from changqing.catalogue._reference import listing, reference

__all__ = [
    "APPLIES",
    "CATALOGUE_ROOT",
    "EXAMPLE_GIVENS",
    "SCOPES",
    "SCOPE_WORDS",
    "STAGES",
    "STAGE_WORDS",
    "STATES",
    "SUBJECT_LISTS",
    "SUBJECT_WORDS",
    "UNIT_WORDS",
    "Actor",
    "Amendment",
    "Amount",
    "Asked",
    "Bound",
    "ByLaw",
    "ByParameter",
    "Catalogue",
    "Certainty",
    "Change",
    "Checked",
    "Citation",
    "Classification",
    "Clock",
    "Commitment",
    "Confidence",
    "Coverage",
    "Criterion",
    "Days",
    "Defect",
    "Dimension",
    "Direction",
    "DocumentTemplate",
    "Errand",
    "Example",
    "Fact",
    "Freshness",
    "Grade",
    "GuidedLook",
    "InForce",
    "Instrument",
    "LawFact",
    "LawValue",
    "Licence",
    "LicenceClass",
    "LongTerm",
    "Material",
    "Names",
    "Need",
    "Outcome",
    "Parameter",
    "ParameterPlace",
    "ParameterValue",
    "Personal",
    "Place",
    "Procedure",
    "ProcedureExample",
    "Reading",
    "RecentChange",
    "Region",
    "Remedy",
    "Route",
    "ShownBy",
    "Standing",
    "Step",
    "SubClass",
    "Synonyms",
    "Topic",
    "Turn",
    "Validity",
    "Verdict",
    "Weight",
    "applicable",
    "changes",
    "check",
    "citation_data",
    "coverage",
    "fill",
    "in_force",
    "is_after_licence",
    "is_permit",
    "kinds_for",
    "law_number",
    "law_on",
    "listing",
    "load",
    "load_compiled",
    "load_documents",
    "looks_for",
    "need_of",
    "numeral",
    "parameter_value",
    "read_document",
    "reference",
    "rules",
    "say_article",
    "say_citation",
    "say_clock",
    "say_days",
    "say_freshness",
    "say_law",
    "say_number",
    "say_value",
    "settled_by",
    "sqlite_program",
    "verdict_of",
    "vocabulary",
    "with_own_rules",
]

_LATER = {
    "DocumentTemplate": "_documents",
    "load_documents": "_documents",
    "read_document": "_documents",
    "Change": "_diff",
    "Turn": "_diff",
    "changes": "_diff",
    "CATALOGUE_ROOT": "_load",
    "load": "_load",
    "load_compiled": "_compiled",
    "Coverage": "_coverage",
    "coverage": "_coverage",
    "applicable": "_applicable",
    "Checked": "_check",
    "check": "_check",
    "listing": "_reference",
    "reference": "_reference",
    "APPLIES": "_lookup",
    "EXAMPLE_GIVENS": "_lookup",
    "SCOPES": "_lookup",
    "STAGES": "_lookup",
    "is_after_licence": "_lookup",
    "SUBJECT_LISTS": "_lookup",
    "in_force": "_lookup",
    "parameter_value": "_lookup",
    "rules": "_lookup",
    "sqlite_program": "_lookup",
    "vocabulary": "_lookup",
    "with_own_rules": "_own",
}


def __getattr__(name: str) -> object:
    """Import what is heavy only when it is asked for."""
    if name not in _LATER:
        raise AttributeError(name)
    value: object = getattr(import_module(f"changqing.catalogue.{_LATER[name]}"), name)
    globals()[name] = value
    return value
