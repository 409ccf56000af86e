"""JSON Schema of what `assess --json` and `outlook --json` print, made of the classes.

Apart from the codec, as `parse` is: whoever prints does not wait for pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Final

from pydantic import TypeAdapter

from changqing.jsondata import JsonObject
from changqing.report import model, one_page, outlook_model
from changqing.report.model import VERSION, CaseReport
from changqing.report.one_page import OnePage
from changqing.report.outlook_model import OutlookView

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MODULES: Final[tuple[ModuleType, ...]] = (model, outlook_model, one_page)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport(CaseReport):
    """A report as `changqing assess --json` prints it."""

    one_page: OnePage


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOutlook(OutlookView):
    """How long a service will last, as `changqing outlook --json` prints it."""

    version: int = VERSION


def build_schemas() -> Mapping[str, JsonObject]:
    """Build the schemas by the name of their file, each with the version it is of.

    A later version that takes a key away or changes its meaning has another number;
    one that only adds keys has not.
    """
    return {
        f"{name}.v{VERSION}.json": {
            "$schema": _DIALECT,
            "$id": f"urn:changqing:{name}:{VERSION}",
            **_require_what_is_written(kind),
        }
        for name, kind in (("result", WrittenReport), ("outlook", WrittenOutlook))
    }


def _require_what_is_written(kind: type) -> JsonObject:
    """Describe a class; all its keys are written, but those that omit their default."""
    schema = TypeAdapter(kind).json_schema(mode="serialization")
    optional = {
        view_class.__name__: {
            field.name
            for field in fields(view_class)
            if "omit_default" in field.metadata
        }
        for module in _MODULES
        for view_class in vars(module).values()
        if isinstance(view_class, type) and hasattr(view_class, "__dataclass_fields__")
    }
    optional[kind.__name__] = {
        field.name for field in fields(kind) if "omit_default" in field.metadata
    }
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" not in part:
            continue
        left_out = optional.get(part.get("title", ""), set())
        part["required"] = [name for name in part["properties"] if name not in left_out]
        for described in part["properties"].values():
            described.pop("title", None)  # the key again, in other letters
            described.pop("default", None)
    version = schema["properties"]["version"]
    version.clear()
    version["const"] = VERSION
    return schema
