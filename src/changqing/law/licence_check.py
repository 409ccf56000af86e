"""What no licence can be wrong about alone."""

from __future__ import annotations

from changqing.law.files import Sources
from changqing.law.parts import text_of
from changqing.law.references import check_filled, citations, refer
from changqing.yamlfile.read import Loc


def check_licences(sources: Sources) -> None:
    """References, and that every value a text fills in is there."""
    for name, data in sources.folders["licences"].items():
        citations(sources, "licences", name, ("citations",), data["citations"])
        for field in ("law", "pre_approvals", "tests", "foreign"):
            for place, fact in enumerate(data.get(field) or ()):
                refer(sources, ("licences", name, (field, place)), "law", fact)
        for field in ("capital", "term"):
            if data.get(field) is not None:
                origin: tuple[str, str, Loc] = ("licences", name, (field,))
                refer(sources, origin, "parameters", data[field])
        for field in (
            "definition",
            "who_needs",
            "not_needed_for",
            "differs",
            "dispute",
        ):
            if data.get(field) is not None:
                check_filled(
                    sources, ("licences", name, (field,)), text_of(data[field])
                )
        for field in ("sub_classes", "variants"):
            for place, part in enumerate(data.get(field) or ()):
                loc: Loc = (field, place, "says")
                check_filled(sources, ("licences", name, loc), text_of(part["says"]))
