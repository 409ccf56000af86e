"""Changing a YAML file by its text: what is not touched stays, comments and order too.

A place in a file (`At`) is the way there, by key and by the `id` of a list's item:
`("people", "liang", "role")`. `set_values` writes values there; `append_item` adds an
item to a list at the top, and keeps every other byte.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from operator import setitem
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import (
    LiteralScalarString,
    SingleQuotedScalarString,
)

from changqing.yamlfile.comments import merge_in_one_line, merge_value
from changqing.yamlfile.plain import WritableItem, to_plain
from changqing.yamlfile.read import Loc, YamlFile, read_with_issues

At = tuple[str, ...]
ReplaceValue = Callable[[Any, Any, object], None]

_TOP_KEY: Final = re.compile(r"([A-Za-z_]+):(?=\s|$)")
_DASH: Final = re.compile(r"\s*-\s")
_IN_ONE_LINE: Final = frozenset({"fact", "subject", "value", "place", "words"})
_LINES: Final = re.compile(r"(?!\s)[^\r\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
"""Text that a block of lines can hold as it is."""
_BARE: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class UnusualYamlError(Exception):
    """The file is written in a way that no program can change and keep it whole."""


def quote(text: str) -> str:
    """Write a text as a scalar in double quotes, with every character as it is."""
    return json.dumps(text, ensure_ascii=False)


# Plain data, as the strict reader gives it


def get_value(data: object, at: At) -> Any:
    """Give what stands at a place of plain data; None where nothing does."""
    node: Any = data
    for step in at:
        if not isinstance(node, Mapping | list):
            return None
        node = _find_child(node, step)
    return node


def set_value(
    data: Any,
    at: At,
    value: object,
    *,
    lists: Collection[str],
    new_map: type = dict,
    new_list: type = list,
    replace: ReplaceValue = setitem,
) -> None:
    """Put `value` at a place of plain data, or of a commented tree; None takes it out.

    What is missing on the way there is made: a list where the first step is one of
    `lists`, else a mapping. `replace` puts it in the place of what stands there.
    """
    node = data
    for step in at[:-1]:
        inner = _find_child(node, step)
        if inner is None:
            inner = new_list() if node is data and step in lists else new_map()
            if isinstance(node, list):
                inner["id"] = step
                node.append(inner)
            else:
                node[step] = inner
        node = inner
    last = at[-1]
    if isinstance(node, list):
        place = find_item(node, last)
        if value is None:
            if place is not None:
                del node[place]
        elif place is None:
            node.append(value)
        else:
            replace(node, place, value)
    elif value is None:
        node.pop(last, None)
    elif last in node:
        replace(node, last, value)
    else:
        node[last] = value


def find_item(items: Iterable[object], name: str) -> int | None:
    """Find the place of the item of a list that has this `id`."""
    for place, item in enumerate(items):
        if isinstance(item, Mapping) and item.get("id") == name:
            return place
    return None


def find_lines(file: YamlFile, at: At) -> range:
    """Find the lines on which stands what a place of the file leads to."""
    loc: list[str | int] = []
    node: Any = file.data
    for step in at:
        if isinstance(node, list):
            place = find_item(node, step)
            if place is None:
                return range(0)
            loc.append(place)
            node = node[place]
        elif isinstance(node, Mapping):
            loc.append(step)
            node = node.get(step)
    first = file.find_line(tuple(loc))
    inner = (file.find_line(inner_loc) for inner_loc in _walk_places(node, tuple(loc)))
    return range(first, max(inner, default=first) + 1)


def _find_child(node: Any, step: str) -> Any:
    if isinstance(node, list):
        place = find_item(node, step)
        return None if place is None else node[place]
    return node.get(step)


def _walk_places(node: object, loc: Loc) -> Iterator[Loc]:
    """Every place inside a node."""
    if isinstance(node, Mapping):
        for key, part in node.items():
            yield (*loc, key)
            yield from _walk_places(part, (*loc, key))
    elif isinstance(node, list):
        for place, part in enumerate(node):
            yield (*loc, place)
            yield from _walk_places(part, (*loc, place))


# The text of a file


def set_values(
    text: str, values: Iterable[tuple[At, object]], *, lists: Collection[str]
) -> str:
    """Write values into the text of a file; see `set_value`.

    What they do not touch stays as it was. Raises UnusualYamlError where it cannot.
    """
    changed = list(values)
    offset = _find_offset(text)
    # Item by item first, which keeps the comments inside a list. Where the writer puts
    # a comment so that the file says something else, the list is written as a whole.
    for replace in (merge_value, merge_in_one_line, setitem):
        part = _set_in_parts(text, changed, lists=lists, offset=offset, replace=replace)
        if part is not None:
            return part
    for replace in (merge_value, merge_in_one_line):
        whole = _set_in_text(text, changed, lists=lists, offset=offset, replace=replace)
        if _holds_values(whole, text, changed, lists=lists):
            return whole
    return _set_in_text(text, changed, lists=lists, offset=offset, replace=setitem)


def _holds_values(
    new_text: str,
    text: str,
    values: Iterable[tuple[At, object]],
    *,
    lists: Collection[str],
) -> bool:
    """Tell whether a written text says what the values make of the one before."""
    before, _ = read_with_issues(Path(), text=text)
    after, issues = read_with_issues(Path(), text=new_text)
    if before is None or after is None or issues:
        return False
    expected = {} if before.data is None else before.data
    for at, value in values:
        set_value(expected, at, to_plain(value), lists=lists)
    return bool(after.data == expected)


def _set_in_parts(
    text: str,
    values: Sequence[tuple[At, object]],
    *,
    lists: Collection[str],
    offset: int,
    replace: ReplaceValue,
) -> str | None:
    """Write values into those entries of the top alone that they belong to.

    The writer that keeps comments takes a second for a thousand lines. None where the
    file has to be written as a whole; what comes out is read back to be sure.
    """
    own: dict[str, list[tuple[At, object]]] = {}
    for at, value in values:
        own.setdefault(at[0], []).append((at, value))
    parts = _split_entries(text)
    before, _ = read_with_issues(Path(), text=text)
    if parts is None or before is None or not isinstance(before.data, dict):
        return None
    expected = deepcopy(before.data)
    for at, value in values:
        set_value(expected, at, to_plain(value), lists=lists)
    names = [name for name, _ in parts]
    if any(names.count(name) > 1 for name in own):
        return None
    if fresh := [name for name in own if name not in names]:
        if text and not text.endswith("\n"):
            return None
        parts += [(name, "") for name in fresh]
    for narrow in (True, False):
        try:
            new_text = "".join(
                _set_in_entry(
                    lines,
                    own[name],
                    get_value(before.data, (name,)) if narrow else None,
                    lists=lists,
                    offset=offset,
                    replace=replace,
                    end="\r\n" if "\r\n" in text else "\n",
                )
                if name in own
                else lines
                for name, lines in parts
            )
        except UnusualYamlError:
            continue
        after, issues = read_with_issues(Path(), text=new_text)
        if after is not None and not issues and after.data == expected:
            return new_text
    return None


def _set_in_entry(
    lines: str,
    values: Sequence[tuple[At, object]],
    items: object,
    *,
    lists: Collection[str],
    offset: int,
    replace: ReplaceValue,
    end: str,
) -> str:
    """Write values into the lines of one entry; of a list of items, into those alone.

    `items` is what the entry holds, or None to write all of it.
    """
    pieces = _split_items(lines) if isinstance(items, list) else None
    own: dict[int, list[tuple[At, object]]] = {}
    for at, value in values:
        place = None
        if pieces is not None and isinstance(items, list) and len(at) > 1:
            place = find_item(items, at[1])
        if place is None or (len(at) == 2 and value is not None):
            pieces = None
            break
        own.setdefault(place, []).append((at, value))
    if pieces is None or not isinstance(items, list) or len(pieces) != len(items) + 1:
        entry_text = _set_in_text(
            lines, values, lists=lists, offset=offset, replace=replace
        )
        if "\r\n" not in entry_text:
            entry_text = entry_text.replace("\n", end)
        return "" if entry_text.strip() == "{}" else entry_text
    head, *parts = pieces
    for place, changed in own.items():
        if any(len(at) == 2 for at, _ in changed):  # it is taken out
            parts[place] = ""
            continue
        key = f"{changed[0][0][0]}:\n"
        item_lines, behind = _split_behind(parts[place])
        entry_text = _set_in_text(
            key + item_lines, changed, lists=lists, offset=offset, replace=replace
        )
        parts[place] = entry_text.partition("\n")[2] + behind
    return head + "".join(parts)


def _split_items(lines: str) -> list[str] | None:
    """Cut an entry that is a list into its head and its items; None where it is none.

    What stands behind an item, comments and blank lines, belongs to it.
    """
    head, *item_lines = lines.splitlines(keepends=True)
    dash = next((line for line in item_lines if _DASH.match(line)), None)
    if dash is None:
        return None
    before = dash[: dash.index("-")]
    pieces = [head]
    for line in item_lines:
        bare = line.strip()
        if line.startswith(f"{before}- "):
            pieces.append(line)
        elif not bare or bare[0] == "#" or line.startswith(f"{before} "):
            pieces[-1] += line
        else:
            return None
    return pieces


def _split_behind(item_lines: str) -> tuple[str, str]:
    """Cut off what stands behind an item and is no part of it: comments, blank lines.

    A line that is commented out is to be usable where it stands: behind the item, and
    not between the item and what is added to it.
    """
    lines = item_lines.splitlines(keepends=True)
    indent = lines[0].index("-")
    last = len(lines)
    while last > 1:
        bare = lines[last - 1].strip()
        is_inside = bare and not lines[last - 1][: indent + 1].lstrip(" ").startswith(
            "#"
        )
        if is_inside:
            break
        last -= 1
    return "".join(lines[:last]), "".join(lines[last:])


def _split_entries(text: str) -> list[tuple[str, str]] | None:
    """Cut a text into the entries of its top, by key, and what stands between them.

    What is between, comments and blank lines, has no key. None where a line begins in
    another way.
    """
    parts: list[tuple[str, str]] = []
    name, own, between = "", "", ""
    for line in text.splitlines(keepends=True):
        key = _TOP_KEY.match(line)
        if key is not None:
            parts += [(name, own), ("", between)]
            name, own, between = key[1], line, ""
        elif not line.strip() or line.startswith("#"):
            between += line
        elif line[0] == " " or line.startswith("- "):
            own, between = own + between + line, ""
        else:
            return None
    return [*parts, (name, own), ("", between)]


def _set_in_text(
    text: str,
    values: Iterable[tuple[At, object]],
    *,
    lists: Collection[str],
    offset: int,
    replace: ReplaceValue,
) -> str:
    yaml = _make_yaml(offset)
    yaml.preserve_quotes = True
    try:
        data = yaml.load(text)
        if data is None:
            data = CommentedMap()
        for at, value in values:
            set_value(
                data,
                at,
                _make_node(value),
                lists=lists,
                new_map=CommentedMap,
                new_list=CommentedSeq,
                replace=replace,
            )
        stream = io.StringIO()
        yaml.dump(data, stream)
    except (YAMLError, TypeError, AttributeError, ValueError) as error:
        raise UnusualYamlError from error
    new_text = stream.getvalue()
    return new_text.replace("\n", "\r\n") if "\r\n" in text else new_text


def append_item(text: str, key: str, item: WritableItem) -> str:
    """Add an item to the list that stands at the top under `key`.

    Every other byte stays as it was, which `set_values` does not promise. A list in
    one line comes out wrong: who calls reads the result and compares.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += end
    lines = text.splitlines(keepends=True)
    head = re.compile(rf"{key}\s*:")
    empty = re.compile(rf"{key}\s*:\s*(?:\[\s*\]|null|~)?\s*(?:#.*)?$")
    start = next((at for at, line in enumerate(lines) if head.match(line)), None)
    if start is None:
        return text + end + _format_list(key, item, offset=2, end=end)
    if empty.match(lines[start]) and not _has_items(lines[start + 1 :]):
        fresh = _format_list(key, item, offset=2, end=end)
        return "".join([*lines[:start], fresh, *lines[start + 1 :]])
    stop = next(
        (
            at
            for at, line in enumerate(lines[start + 1 :], start=start + 1)
            if line[:1] not in (" ", "#", "-", "\r", "\n", "")
        ),
        len(lines),
    )
    while stop > start + 1 and lines[stop - 1][:1] in ("#", "\r", "\n"):
        stop -= 1
    dash = next((line for line in lines[start + 1 : stop] if _DASH.match(line)), "  -")
    fresh = format_item(item, offset=dash.index("-"), end=end)
    return "".join([*lines[:stop], fresh, *lines[stop:]])


def format_item(item: WritableItem, *, offset: int = 2, end: str = "\n") -> str:
    """Write one item of a list as the lines of a file."""
    head, _, lines = _format_list("list", item, offset=offset, end=end).partition(end)
    del head
    return lines


def _format_list(key: str, item: WritableItem, *, offset: int, end: str) -> str:
    stream = io.StringIO()
    _make_yaml(offset).dump({key: [_make_node(item)]}, stream)
    return "".join(line + end for line in stream.getvalue().splitlines())


def _has_items(lines: list[str]) -> bool:
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            return _DASH.match(line) is not None
    return False


class _PlainDays(RoundTripRepresenter):
    """Writes one day that stands in several places out in each, as a person does.

    An alias (*id001) can also not be read in the lines of its own item alone.
    """

    def ignore_aliases(self, data: object) -> bool:
        return isinstance(data, date) or bool(super().ignore_aliases(data))


def _make_yaml(offset: int) -> YAML:
    """Make a writer that breaks no line, with lists set in by `offset`."""
    yaml = YAML(typ="rt")
    yaml.Representer = _PlainDays
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    return yaml


def _find_offset(text: str) -> int:
    """How far the file's lists are set in."""
    for line in text.splitlines():
        bare = line.lstrip(" ")
        if bare.startswith("- "):
            return min(len(line) - len(bare), 4)
    return 2


def _make_node(value: object) -> object:
    """A value as the file writes it: lists of words in one line, odd texts quoted."""
    match value:
        case Mapping():
            node = CommentedMap((key, _make_node(part)) for key, part in value.items())
            if value and set(value) <= _IN_ONE_LINE:
                node.fa.set_flow_style()
            return node
        case list() | tuple():
            items = CommentedSeq(_make_node(part) for part in value)
            if not any(isinstance(part, Mapping) for part in value):
                items.fa.set_flow_style()
            return items
        case str() if "\n" in value and _LINES.fullmatch(value):
            return LiteralScalarString(value)
        case str() if not _BARE.issuperset(value.lower()) or not value[:1].isalpha():
            return SingleQuotedScalarString(value)
        case _:
            return value
