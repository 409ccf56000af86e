"""JSON Schema of what commands print and of what a bundle holds, made of its classes.

The classes are the `TypedDict`s by which the checker of types holds the code that
writes: nothing here is a second description. (pydantic takes them from Python 3.12 on.)
"""

from __future__ import annotations

import copy
import enum
import json
import types
import typing
from collections.abc import Mapping, Sequence, Set
from typing import Any, Final

from changqing.agency import outcomes, tabulate
from changqing.casework import annual_data, event_papers, events
from changqing.cli import (
    classify,
    coverage,
    desk,
    diff,
    dossier,
    dossier_check,
    dossier_choose,
    dossier_schedule,
    dossier_stamp,
    dossier_word,
    erase,
    history,
    issuer,
    law_text,
    look,
    look_folder,
    look_page,
    look_screenshot,
    notices,
    papers,
    procedure,
    read,
    reasons,
    review,
    running,
    status_data,
    watch_shown,
)
from changqing.cli.shared import JSON_VERSION
from changqing.evidence import history as fact_history
from changqing.guide import licence, materials, procedure_data, reply_data
from changqing.jsondata import WordsData
from changqing.law import cited
from changqing.papers import issuer_page
from changqing.probes import summary
from changqing.sealing import bundle_data

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MODULES: Final = (
    annual_data,
    bundle_data,
    cited,
    classify,
    coverage,
    desk,
    diff,
    dossier,
    dossier_check,
    dossier_choose,
    dossier_schedule,
    dossier_stamp,
    dossier_word,
    erase,
    event_papers,
    events,
    fact_history,
    history,
    issuer,
    issuer_page,
    law_text,
    licence,
    look,
    materials,
    notices,
    papers,
    procedure,
    procedure_data,
    read,
    reasons,
    reply_data,
    review,
    running,
    summary,
    watch_shown,
)

PRINTED: Final[Mapping[str, Any]] = {
    "ask": reply_data.ReplyData,
    "board": Sequence[tabulate.BoardRowData],
    "case": status_data.CaseStatusData | reasons.ReasonsData,
    "case-archive": desk.ArchivedData,
    "case-correct": status_data.CaseStatusData | Sequence[events.ListedLine],
    "case-erase": erase.ErasingData,
    "case-events": Sequence[event_papers.ListedEvent],
    "case-line": Sequence[events.ListedLine],
    "case-paper": papers.PapersData,
    "case-report": annual_data.AnnualWithTables,
    "case-review": review.ReviewData,
    "catalogue-coverage": coverage.CoverageData,
    "catalogue-diff": diff.DiffData,
    "catalogue-read": law_text.LawTextData,
    "classify": classify.ClassifiedData,
    "clients-outcome": outcomes.Outcomes,
    "dossier-check": dossier_check.CheckedData,
    "dossier-choose": Sequence[dossier_choose.ChoiceData],
    "dossier-schedule": dossier_schedule.ScheduleData,
    "dossier-stamped": dossier_stamp.StampedData,
    "dossier-take": dossier_word.WordChanges,
    "dossier-write": Sequence[dossier.DocumentData],
    "history": history.HistoriesData,
    "issuer": issuer.IssuerData,
    "licence": licence.LicenceData | Sequence[licence.LicenceSummary],
    "look": look.LooksData
    | look_page.LookedData
    | look_folder.FiledData
    | look_screenshot.ScreenshotData,
    "materials": Sequence[materials.MaterialData],
    "notices-digest": Sequence[notices.DigestData],
    "probe": summary.SiteData,
    "procedure": Sequence[procedure_data.ProcedureData]
    | Sequence[procedure.ProcedureSummary],
    "read": read.ReadData,
    "watch": watch_shown.WatchData | watch_shown.StandingData,
}
"""What a command prints with `--json`, by its words; `|` where it prints two things."""
SAME: Final[Mapping[str, str]] = {
    "assess": "result",
    "case-begin": "case",
    "case-receive": "case",
    "case-status": "case",
    "case-submit": "case",
    "case-undo": "case",
    "case-withdraw": "case",
    "outlook": "outlook",
}
"""Commands that print what is described under another name."""

BUNDLE: Final[Mapping[str, Any]] = {
    "assessment.json": bundle_data.AssessmentData,
    "bound.json": bundle_data.BoundData,
    "given.json": bundle_data.GivenData,
    "rules/criteria.json": Mapping[str, bundle_data.SealedCriterion],
    "rules/facts.json": Mapping[str, Mapping[str, bundle_data.SealedFact]],
    "rules/layout.json": bundle_data.LayoutData,
    "rules/parameters.json": Mapping[str, Sequence[bundle_data.SealedParameter]],
    "withheld.json": bundle_data.WithheldData,
}
"""The JSON files of a bundle, by their path in it."""


def build_printed() -> dict[str, dict[str, Any]]:
    """Build the schemas of what is printed, by the name of their file."""
    return {
        f"{name}.v{JSON_VERSION}.json": build_schema(name, shape)
        for name, shape in PRINTED.items()
    }


def build_bundle() -> dict[str, dict[str, Any]]:
    """Build the schemas of the files of a bundle, by the name of their file."""
    return {
        name_bundle_schema(path): build_schema(
            f"bundle:{path.removesuffix('.json').replace('/', ':')}",
            shape,
            version=bundle_data.BUNDLE_VERSION,
            versioned=False,
        )
        for path, shape in BUNDLE.items()
    }


def name_bundle_schema(path: str) -> str:
    """Name the schema of a file of the bundle."""
    stem = path.removesuffix(".json").replace("/", "-")
    return f"bundle-{stem}.v{bundle_data.BUNDLE_VERSION}.json"


def build_schema(
    name: str, shape: Any, *, version: int = JSON_VERSION, versioned: bool = True
) -> dict[str, Any]:
    """Describe a shape by its class, or by several where one of them is written.

    Args:
        name: What the schema is called, in its `$id`.
        shape: A class, a sequence or mapping of it, or a union of these.
        version: Of the shape.
        versioned: Whether an object has its version in it, as `print_json` writes it.
    """
    parts: dict[str, Any] = {}
    kinds = typing.get_args(shape) if _is_union(shape) else (shape,)
    heads: list[dict[str, Any]] = []
    for kind in kinds:
        head = _describe(kind, parts)
        if "$ref" in head:
            part = parts[kind.__name__]
            head = _give_version(part, version) if versioned else part
        heads.append(head)
    for kind in kinds:  # the head itself is no part, where no part names it
        rest = json.dumps([heads, {n: p for n, p in parts.items() if n != kind}])
        if getattr(kind, "__name__", "") in parts and f'/{kind.__name__}"' not in rest:
            del parts[kind.__name__]
    return {
        "$schema": _DIALECT,
        "$id": f"urn:changqing:{name}:{version}",
        **(heads[0] if len(heads) == 1 else {"anyOf": heads}),
        **({"$defs": dict(sorted(parts.items()))} if parts else {}),
    }


def close_schema(schema: Any) -> Any:
    """Make a schema stricter: no key is allowed that it does not name."""
    match schema:
        case dict():
            closed = {name: close_schema(part) for name, part in schema.items()}
            if "properties" in closed:
                closed["additionalProperties"] = False
            return closed
        case list():
            return [close_schema(part) for part in schema]
    return copy.copy(schema)


def _give_version(part: Mapping[str, Any], version: int) -> dict[str, Any]:
    keys = {
        name: kind for name, kind in part["properties"].items() if name != "version"
    }
    required = [name for name in part["required"] if name != "version"]
    return {
        **part,
        "properties": {"version": {"const": version}, **keys},
        "required": ["version", *required],
    }


def _is_union(shape: Any) -> bool:
    return typing.get_origin(shape) in (typing.Union, types.UnionType)


def _describe(shape: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """Describe a shape; the classes in it are put into `parts` by their names."""
    inner = typing.get_args(shape)
    if shape in _PLAIN:
        return {**_PLAIN[shape]}
    if _is_union(shape):
        return _describe_union(inner, parts)
    origin = typing.get_origin(shape)
    if origin is tuple or (origin is not None and issubclass(origin, Sequence)):
        return {"type": "array", "items": _describe(inner[0], parts)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _describe(inner[1], parts)}
    if isinstance(shape, type) and issubclass(shape, enum.StrEnum):
        return {"enum": [member.value for member in shape]}
    if shape.__name__ not in parts:
        parts[shape.__name__] = {}  # it may be found in itself
        parts[shape.__name__] = _describe_object(shape, parts)
    return {"$ref": f"#/$defs/{shape.__name__}"}


def _describe_union(inner: Sequence[Any], parts: dict[str, Any]) -> dict[str, Any]:
    described = [_describe(kind, parts) for kind in inner]
    if all(each.keys() == {"type"} for each in described):
        return {"type": [each["type"] for each in described]}
    return {"anyOf": described}


def _describe_object(shape: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """Describe a class by its fields; what may be left out is not required."""
    hints = typing.get_type_hints(shape, localns=_NAMES, include_extras=True)
    optional: Set[str] = getattr(shape, "__optional_keys__", frozenset())
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, hint in hints.items():
        wrapped = typing.get_origin(hint)
        if wrapped in (typing.Required, typing.NotRequired):
            left_out, kind = wrapped is typing.NotRequired, typing.get_args(hint)[0]
        else:
            left_out, kind = name in optional, hint
        properties[name] = _describe(kind, parts)
        if not left_out:
            required.append(name)
    return {
        "description": (shape.__doc__ or "").split("\n\n")[0],
        "type": "object",
        "properties": properties,
        "required": required,
    }


_PLAIN: Final[Mapping[Any, Mapping[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    object: {},
    WordsData: {
        "type": "object",
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        "required": ["zh", "en"],
    },
}
_NAMES: Final[Mapping[str, Any]] = {
    "Mapping": Mapping,
    "Sequence": Sequence,
    **{
        name: value
        for module in _MODULES
        for name, value in vars(module).items()
        if typing.is_typeddict(value)
    },
}
"""What annotations name; a command imports it only where it is used."""
