"""What the data of a YAML file must look like: pydantic, said in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from changqing.errors import CaseError, ChangqingError, Issue
from changqing.text import Text
from changqing.yamlfile.read import Loc, YamlFile, read_with_issues
from changqing.yamlfile.suggest import suggest_word
from changqing.yamlfile.values import Refusal

Model = TypeVar("Model")
"""A pydantic model, or a dataclass whose annotations pydantic understands."""


class Shape(BaseModel):
    """A mapping of a file: exact types, no unknown fields, nothing to change later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def validate(
    file: YamlFile, model: type[Model], *, error: type[ChangqingError] = CaseError
) -> Model:
    """Read the file as `model`; raise all that is wrong with it at once."""
    value, issues = check_shape(file, model)
    if value is None or issues:
        raise error(*issues)
    return value


def read_shape(
    path: Path,
    model: type[Model],
    *,
    text: str | bytes | None = None,
    shown: str | None = None,
    inside: Path | None = None,
    error: type[ChangqingError] = CaseError,
) -> tuple[YamlFile, Model]:
    """Read and validate in one go: repeated keys and wrong fields come together."""
    file, issues = read_with_issues(path, text=text, shown=shown, inside=inside)
    if file is None:
        raise error(*issues)
    value, shape_issues = check_shape(file, model)
    issues += shape_issues
    if value is None or issues:
        raise error(*sorted(issues, key=lambda issue: issue.line or 0))
    return file, value


def check_shape(
    file: YamlFile, model: type[Model], *, at: Loc = ()
) -> tuple[Model | None, list[Issue]]:
    """Read a file as `validate` does, raising nothing.

    `at` is where in the file the data stands.
    """
    data = file.data
    for step in at:
        data = data[step]  # type: ignore[index]
    if data is None and not at:
        return None, [
            Issue(text=Text("文件是空的", "is empty"), path=file.path, line=1)
        ]
    try:
        shape: Any = model  # to mypy a class is no key of a cache
        return _make_adapter(shape).validate_python(data), []
    except ValidationError as problem:
        issues = [
            _make_issue(file, model, at, detail)
            for detail in problem.errors(include_url=False, include_input=False)
        ]
        return None, sorted(dict.fromkeys(issues), key=lambda issue: issue.line or 0)


@cache
def _make_adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _make_issue(
    file: YamlFile, model: type[object], at: Loc, detail: ErrorDetails
) -> Issue:
    loc: Loc = tuple(detail["loc"])
    kind = detail["type"]
    written_path = _write_path(file, at, loc)
    place = at + loc
    hint: Text | None = None
    if kind == "missing":
        name = str(loc[-1])
        around = _write_path(file, at, loc[:-1])
        text = (
            Text(f"{around} 缺少 {name}", f"{around} lacks {name}")
            if around
            else Text(f"缺少 {name}", f"lacks {name}")
        )
        place = at + loc[:-1]
    elif kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        name = str(loc[-1])
        around = _write_path(file, at, loc[:-1])
        text = (
            Text(f"{around} 中没有 {name} 这一项", f"{around} has no field {name}")
            if around
            else Text(f"没有 {name} 这一项", f"has no field {name}")
        )
        hint = suggest_word(name, _list_fields(model, loc[:-1]))
    elif isinstance(refused := detail.get("ctx", {}).get("error"), Refusal):
        if refused.at:
            loc = (*loc, refused.at)
            written_path, place = _write_path(file, at, loc), at + loc
        text = Text(
            f"{written_path} {refused.words.zh}", f"{written_path} {refused.words.en}"
        )
    else:
        zh, en = _say_expected(kind, detail.get("ctx", {}))
        text = Text(f"{written_path} {zh}", f"{written_path} {en}")
        hint = _suggest_choice(file, place, detail)
        if kind in {"string_type", "string_sub_type"} and file.find_raw(place):
            hint = Text("请加引号", "put it in quotes")
    text = Text(text.zh.strip(), text.en.strip())
    return Issue(text=text, path=file.path, line=file.find_line(place), hint=hint)


def _write_path(file: YamlFile, at: Loc, loc: Loc) -> str:
    """Write the way to a field: no places in lists, the line tells those."""
    words: list[str] = []
    real: Loc = at
    for position, step in enumerate(loc):
        last = position == len(loc) - 1
        if step == "[key]":
            continue
        if file.has((*real, step)):
            real = (*real, step)
        elif not last:
            continue  # pydantic names the member of a union here
        if isinstance(step, str):
            words.append(step)
    return ".".join(words)


def _say_expected(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    simple = {
        "string_type": ("应为文字", "must be text"),
        "string_sub_type": ("应为文字", "must be text"),
        "int_type": ("应为整数", "must be a whole number"),
        "int_parsing": ("应为整数", "must be a whole number"),
        "int_from_float": ("应为整数", "must be a whole number"),
        "bool_type": ("应为 true 或 false", "must be true or false"),
        "bool_parsing": ("应为 true 或 false", "must be true or false"),
        "list_type": ("应为列表", "must be a list"),
        "tuple_type": ("应为列表", "must be a list"),
        "dict_type": ("应为“键: 值”", "must be keys with values"),
        "model_type": ("应为“键: 值”", "must be keys with values"),
        "model_attributes_type": ("应为“键: 值”", "must be keys with values"),
        "dataclass_type": ("应为“键: 值”", "must be keys with values"),
        "none_required": ("应为空", "must be empty"),
        "string_too_short": ("不能为空", "must not be empty"),
        "too_short": ("不能为空", "must not be empty"),
        "string_pattern_mismatch": ("写法不对", "is not written as it must be"),
    }
    if kind in simple:
        return simple[kind]
    if kind in {"enum", "literal_error"}:
        choices = str(context.get("expected", "")).replace("'", "")
        zh = choices.replace(" or ", "、").replace(", ", "、")
        return f"只能是 {zh}", f"must be {choices}"
    if kind in {"greater_than_equal", "greater_than"}:
        least = context.get("ge", context.get("gt"))
        return f"不能小于{least}", f"must be at least {least}"
    if kind in {"less_than_equal", "less_than"}:
        most = context.get("le", context.get("lt"))
        return f"不能大于{most}", f"must be at most {most}"
    if kind == "string_too_long":
        most = context.get("max_length")
        return f"不能超过{most}个字", f"must not exceed {most} characters"
    return f"的值不能用（{kind}）", f"has a value that cannot be used ({kind})"


def _suggest_choice(file: YamlFile, place: Loc, detail: ErrorDetails) -> Text | None:
    if detail["type"] not in {"enum", "literal_error"}:
        return None
    typed = file.find_raw(place)
    if not typed:
        return None
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return suggest_word(typed, re.findall(r"'([^']*)'", expected))


def _list_fields(model: type[object], loc: Loc) -> tuple[str, ...]:
    """List the fields of every model that may stand at `loc`."""
    models: list[Any] = [model]
    for step in loc:
        models = [
            inner for kind in models for inner in _list_inside(kind, step)
        ] or models  # a step that only names the member of a union
    names: dict[str, None] = {}
    for kind in models:
        for member in _list_members(kind):
            names.update((name, None) for name, _ in _list_fields_in_file(member))
    return tuple(names)


def _list_fields_in_file(kind: Any) -> Iterator[tuple[str, Any]]:
    """List the fields of a model as a file names them, and their types."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, about in kind.model_fields.items():
            yield about.alias or name, about.annotation
    elif is_dataclass(kind):
        config: Mapping[str, Any] = getattr(kind, "__pydantic_config__", {})
        name_in_file = config.get("alias_generator", str)
        for name, hint in get_type_hints(kind).items():
            if not name.startswith("__"):
                yield name_in_file(name), hint


def _list_inside(kind: Any, step: str | int) -> list[Any]:
    inner: list[Any] = []
    for member in _list_members(kind):
        arguments, origin = get_args(member), get_origin(member)
        if origin in {list, tuple, frozenset, set} and isinstance(step, int):
            inner.append(arguments[0])
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            inner.append(arguments[1])
        else:
            inner += [
                hint for name, hint in _list_fields_in_file(member) if name == step
            ]
    return inner


def _list_members(kind: Any) -> list[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        return _list_members(get_args(kind)[0])
    if origin in {Union, UnionType}:
        return [member for arg in get_args(kind) for member in _list_members(arg)]
    return [kind]
