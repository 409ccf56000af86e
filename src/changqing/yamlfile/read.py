"""A strict reader of YAML 1.2 that knows the line of everything it read.

Stricter than YAML: one document, keys are words and never repeated, no tags, no
directives; and bounded: size, depth and what aliases expand to. Scalars follow the
core schema but for fractions, which stay text, since no number here has one. Whatever
the bytes, the only exception is the error class that was asked for, with all issues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml
from ruamel.yaml import YAML
from ruamel.yaml import events as strict
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError
from yaml import events as quick

from changqing.errors import CaseError, ChangqingError, Issue, say_reason
from changqing.jsondata import Json, JsonObject
from changqing.latest import Latest
from changqing.plainfile import open_plain
from changqing.text import Text, both
from changqing.yamlfile.syntax import make_syntax_issue

Loc = tuple[str | int, ...]
"""A way into the data: keys of mappings, places in lists counted from 0."""

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 40
MAX_NODES: Final = 200_000

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_DECIMAL: Final = re.compile(r"[-+]?[0-9]{1,30}\Z")
_OCTAL: Final = re.compile(r"0o[0-7]{1,30}\Z")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]{1,30}\Z")

Event = Any
"""An event of either library: both give them the same names and attributes."""

_DOCUMENT_START: Final = (strict.DocumentStartEvent, quick.DocumentStartEvent)
_STREAM_END: Final = (strict.StreamEndEvent, quick.StreamEndEvent)
_MAPPING_START: Final = (strict.MappingStartEvent, quick.MappingStartEvent)
_MAPPING_END: Final = (strict.MappingEndEvent, quick.MappingEndEvent)
_SEQUENCE_START: Final = (strict.SequenceStartEvent, quick.SequenceStartEvent)
_SEQUENCE_END: Final = (strict.SequenceEndEvent, quick.SequenceEndEvent)
_SCALAR: Final = (strict.ScalarEvent, quick.ScalarEvent)
_ALIAS: Final = (strict.AliasEvent, quick.AliasEvent)

_LIBYAML: Final = getattr(yaml, "CSafeLoader", None)
"""Not there where PyYAML was built without libyaml."""
_READ_DIFFERENTLY: Final = re.compile(
    r"""
    [\t\x85\u2028\u2029\ufeff]            # tabs; line breaks of 1.1; byte order marks
    | \r (?!\n)                          # a line break of its own
    | (?:^ | [\s\[{,]) (?:[&*]\S | !)     # anchors, aliases, tags
    | ^ [ ]* (?:---[ ]*)? [|>]           # a block that is the whole document
    | ^ [^\n|>]* [|>] [^\n]* \#          # a comment behind the head of a block
    | [|>] [-+0-9]* [ ]* \r?\n [ ]* \r?$  # an empty first line of a block
    """,
    re.MULTILINE | re.VERBOSE,
)

_BROKEN_SCANNER: Final = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the YAML library was seen to raise for bytes that are no YAML at all."""


_LONG: Final = 4_000  # characters from which on a text is worth remembering
_LATEST: Final[Latest[str, YamlFile]] = Latest(most=8)
"""Long texts that were read lately, and had nothing wrong with them."""


@dataclass(slots=True)
class _Mark:
    """Where one node stands. `key_line` is that of the key it belongs to."""

    line: int
    start: int = 0
    raw: str | None = None
    key_line: int | None = None
    children: dict[str | int, _Mark] = field(default_factory=dict)
    weight: int = 1
    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFile:
    """The data of one file: dict, list, str, int, bool, None; and their lines.

    Dates and fractions are text as written.
    """

    path: str
    data: Json
    text: str = field(repr=False)
    _root: _Mark = field(repr=False)

    def find_line(self, loc: Loc) -> int:
        """Find the line (from 1) of a node's key, or of the nearest node around it."""
        mark, line = self._root, self._root.line
        for step in loc:
            child = mark.children.get(step)
            if child is not None:
                mark = child
                line = child.line if child.key_line is None else child.key_line
        return line

    def find_line_at(self, loc: Loc, offset: int) -> int:
        """Find the line of the character at `offset` of the text found at `loc`."""
        mark = self._find_mark(loc)
        if mark is None or mark.raw is None:
            return self.find_line(loc)
        letters_left = sum(1 for letter in mark.raw[:offset] if not letter.isspace())
        line, position = mark.line, mark.start
        source = self.text
        if source[position : position + 1] in {"|", ">"}:  # a block scalar's header
            end = source.find("\n", position)
            if end < 0:
                return line
            position, line = end + 1, line + 1
        elif source[position : position + 1] in {"'", '"'}:
            position += 1
        while position < len(source):
            letter = source[position]
            if letter == "\n":
                line += 1
            elif not letter.isspace():
                if letters_left == 0:
                    return line
                letters_left -= 1
            position += 1
        return line

    def find_raw(self, loc: Loc) -> str | None:
        """Find a scalar as written, before it became a number or a truth value."""
        mark = self._find_mark(loc)
        return None if mark is None else mark.raw

    def has(self, loc: Loc) -> bool:
        """Tell whether there is a node at exactly this place."""
        return self._find_mark(loc) is not None

    def issue(self, loc: Loc, text: Text, *, hint: Text | None = None) -> Issue:
        """Make an issue about the node at `loc`."""
        return Issue(text=text, path=self.path, line=self.find_line(loc), hint=hint)

    def _find_mark(self, loc: Loc) -> _Mark | None:
        mark = self._root
        for step in loc:
            child = mark.children.get(step)
            if child is None:
                return None
            mark = child
        return mark


class _RefusedError(Exception):
    """What was read goes no further; carries the issue."""

    def __init__(self, issue: Issue) -> None:
        super().__init__()
        self.issue = issue


def read(
    path: Path,
    *,
    text: str | bytes | None = None,
    shown: str | None = None,
    inside: Path | None = None,
    error: type[ChangqingError] = CaseError,
) -> YamlFile:
    """Read a file, or `text` as if it stood there; `shown` is the path in messages.

    `inside` is the folder of a case, of which plain files alone are read (CaseError).
    """
    file, issues = read_with_issues(path, text=text, shown=shown, inside=inside)
    if file is None or issues:
        raise error(*issues)
    return file


def read_with_issues(
    path: Path,
    *,
    text: str | bytes | None = None,
    shown: str | None = None,
    inside: Path | None = None,
) -> tuple[YamlFile | None, list[Issue]]:
    """Read as `read` does, but raise nothing: what could be read, and all issues.

    Repeated keys still leave a file, with the first of them, so that whoever checks the
    fields can report everything together.
    """
    name = str(path) if shown is None else shown
    try:
        content = _read_characters(path, name, text, inside)
        return _find_or_compose(content, name)
    except _RefusedError as refused:
        return None, [refused.issue]


def _read_characters(
    path: Path, name: str, text: str | bytes | None, inside: Path | None
) -> str:
    if text is None:
        try:
            with (
                path.open("rb")
                if inside is None
                else open_plain(path, inside=inside) as stream
            ):
                text = stream.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise _RefusedError(_make_no_file_issue(name)) from None
        except (OSError, ValueError) as problem:
            why = (
                say_reason(problem)
                if isinstance(problem, OSError)
                else both(str(problem))
            )
            raise _RefusedError(
                Issue(
                    text=Text(f"文件打不开：{why.zh}", f"cannot be opened: {why.en}"),
                    path=name,
                )
            ) from None
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogatepass")
    if len(text) > MAX_BYTES:
        size = MAX_BYTES // 1_000_000
        raise _RefusedError(
            Issue(
                text=Text(f"文件超过{size} MB", f"is larger than {size} MB"),
                path=name,
                hint=Text("请检查是否选错了文件", "check that it is the right file"),
            )
        )
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = text.count(b"\n", 0, problem.start) + 1
    raise _RefusedError(
        Issue(
            text=Text("不是UTF-8编码的文本", "is not UTF-8 text"),
            path=name,
            line=line,
            hint=Text("请用UTF-8编码另存后再试", "save it as UTF-8 and try again"),
        )
    )


def _make_no_file_issue(name: str) -> Issue:
    return Issue(
        text=Text("文件不存在", "does not exist"),
        path=name,
        hint=Text("请检查路径", "check the path"),
    )


def _find_or_compose(content: str, name: str) -> tuple[YamlFile, list[Issue]]:
    """The file of a text; one that was read just before is not read anew."""
    before = _LATEST.find(content)
    if before is not None:
        return replace(before, path=name, data=_copy_data(before.data)), []
    file, issues = _compose_file(content, name)
    if not issues and len(content) >= _LONG:
        _LATEST.keep(content, replace(file, data=_copy_data(file.data)))
    return file, issues


def _copy_data(data: Json) -> Json:
    """Copy plain data; what an alias shares comes apart, which nobody can tell."""
    if isinstance(data, dict):
        return {key: _copy_data(part) for key, part in data.items()}
    if isinstance(data, list):
        return [_copy_data(part) for part in data]
    return data


def _read_quickly(content: str, name: str) -> YamlFile | None:
    """Read as libyaml does, in a fifteenth of the time; None where it may not.

    libyaml knows YAML 1.1. Of a text in which the two versions differ, or with anything
    wrong in it, the strict reader decides and finds the words.
    """
    if _LIBYAML is None or _READ_DIFFERENTLY.search(content):
        return None
    builder = _Builder(name)
    try:
        data, root = builder.build(yaml.parse(content, Loader=_LIBYAML))
    except (yaml.YAMLError, _RefusedError, *_BROKEN_SCANNER):
        return None
    if builder.issues:
        return None
    return YamlFile(path=name, data=data, text=content, _root=root)


def _compose_file(content: str, name: str) -> tuple[YamlFile, list[Issue]]:
    quick = _read_quickly(content, name)
    if quick is not None:
        return quick, []
    builder = _Builder(name)
    try:
        data, root = builder.build(YAML(typ="safe", pure=True).parse(content))
    except MarkedYAMLError as problem:
        raise _RefusedError(make_syntax_issue(problem, content, name)) from None
    except ReaderError as problem:
        line = content.count("\n", 0, _find_line_of(problem)) + 1
        raise _RefusedError(
            Issue(
                text=Text("含有不可见的控制字符", "holds a control character"),
                path=name,
                line=line,
                hint=Text("请删去后再试", "remove it and try again"),
            )
        ) from None
    except (YAMLError, *_BROKEN_SCANNER):
        raise _RefusedError(
            Issue(text=Text("不是YAML文件", "is not a YAML file"), path=name)
        ) from None
    file = YamlFile(path=name, data=data, text=content, _root=root)
    return file, builder.issues


def _find_line_of(problem: ReaderError) -> int:
    position = problem.position
    return position if isinstance(position, int) else 0


class _Builder:
    """Plain data and marks out of the events of one document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.issues: list[Issue] = []
        self.anchors: dict[str, tuple[Json, _Mark]] = {}
        self.nodes = 0

    def build(self, events: Iterator[Event]) -> tuple[Json, _Mark]:
        data: Json = None
        root = _Mark(line=1)
        documents = 0
        for event in events:
            if isinstance(event, _DOCUMENT_START):
                documents += 1
                if documents > 1:
                    raise self._make_refusal(
                        event,
                        Text("一个文件只能有一份内容", "holds more than one document"),
                        Text("请删去“---”以后的部分", "remove what follows ---"),
                    )
                if event.version is not None or event.tags:
                    raise self._make_refusal(
                        event,
                        Text("不支持%开头的指令", "has a % directive"),
                        Text("请删去", "remove it"),
                    )
                data, root = self._build_node(next(events), events, 1)
            elif isinstance(event, _STREAM_END):
                break
        return data, root

    def _build_node(
        self, event: Event, events: Iterator[Event], depth: int
    ) -> tuple[Json, _Mark]:
        if depth > MAX_DEPTH:
            raise self._make_refusal(event, Text("嵌套过深", "is nested too deeply"))
        if isinstance(event, _ALIAS):
            return self._build_alias(event)
        if isinstance(event, _SCALAR):
            return self._build_scalar(event)
        mark = _Mark(
            line=event.start_mark.line + 1, start=event.start_mark.index, closed=False
        )
        data: Json
        if isinstance(event, _MAPPING_START):
            self._refuse_tag(event, event.tag)
            mapping: dict[str, Json] = {}
            data = mapping
            self._count_weight(event, 1)
            self._note_anchor(event.anchor, data, mark)
            self._fill_mapping(mapping, mark, events, depth)
        elif isinstance(event, _SEQUENCE_START):
            self._refuse_tag(event, event.tag)
            sequence: list[Json] = []
            data = sequence
            self._count_weight(event, 1)
            self._note_anchor(event.anchor, data, mark)
            for item in events:
                if isinstance(item, _SEQUENCE_END):
                    break
                value, child = self._build_node(item, events, depth + 1)
                mark.children[len(sequence)] = child
                mark.weight += child.weight
                sequence.append(value)
        else:
            raise self._make_refusal(event, Text("不是YAML文件", "is not a YAML file"))
        mark.closed = True
        return data, mark

    def _fill_mapping(
        self,
        mapping: dict[str, Json],
        mark: _Mark,
        events: Iterator[Event],
        depth: int,
    ) -> None:
        for event in events:
            if isinstance(event, _MAPPING_END):
                return
            line = event.start_mark.line + 1
            if not isinstance(event, _SCALAR):
                raise self._make_refusal(
                    event,
                    Text("键只能是一个词", "has a key that is not a single word"),
                )
            key: str = event.value
            self._count_weight(event, 1)
            self._note_anchor(event.anchor, key, _Mark(line=line))
            value, child = self._build_node(next(events), events, depth + 1)
            if key in mapping:
                first = mark.children[key]
                where = first.line if first.key_line is None else first.key_line
                self.issues.append(
                    Issue(
                        text=Text(
                            f"键 {key} 重复，第{where}行已经有了",
                            f"repeats the key {key} of line {where}",
                        ),
                        path=self.name,
                        line=line,
                        hint=Text("请删去其中一个", "remove one of them"),
                    )
                )
                continue
            mapping[key] = value
            if child.key_line is not None:  # an alias: this key has its own line
                child = _Mark(
                    line=child.line,
                    start=child.start,
                    raw=child.raw,
                    children=child.children,
                    weight=child.weight,
                )
            child.key_line = line
            mark.children[key] = child
            mark.weight += child.weight + 1

    def _build_scalar(self, event: Event) -> tuple[Json, _Mark]:
        self._count_weight(event, 1)
        raw: str = event.value
        mark = _Mark(
            line=event.start_mark.line + 1, start=event.start_mark.index, raw=raw
        )
        plain = event.style is None or event.style == ""
        tag = event.tag
        if tag is not None and tag not in {"!", "tag:yaml.org,2002:str"}:
            self._refuse_tag(event, tag)
        value: Json = _resolve_core(raw) if plain and tag is None else raw
        if event.style == '"' and any("\ud800" <= letter <= "\udfff" for letter in raw):
            raise self._make_refusal(
                event,
                Text("含有不成字的转义", "holds an escape that is no character"),
                Text("请直接写出该字", "write the character itself"),
            )
        self._note_anchor(event.anchor, value, mark)
        return value, mark

    def _build_alias(self, event: Event) -> tuple[Json, _Mark]:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            raise self._make_refusal(
                event,
                Text(
                    f"引用的 *{event.anchor} 不存在",
                    f"uses *{event.anchor}, which is not defined",
                ),
                Text("请先用&定义", "define it with & first"),
            )
        data, mark = anchored
        if not mark.closed:
            raise self._make_refusal(
                event,
                Text(
                    f"*{event.anchor} 引用了自身", f"has *{event.anchor} inside itself"
                ),
            )
        self._count_weight(event, mark.weight)
        return data, mark

    def _note_anchor(self, anchor: str | None, data: Json, mark: _Mark) -> None:
        if anchor is not None:
            self.anchors[anchor] = (data, mark)

    def _count_weight(self, event: Event, weight: int) -> None:
        self.nodes += weight
        if self.nodes > MAX_NODES:
            raise self._make_refusal(event, Text("内容过多", "holds too much"))

    def _refuse_tag(self, event: Event, tag: str | None) -> None:
        if tag is not None:
            raise self._make_refusal(
                event,
                Text(f"不支持标记 {tag}", f"has the tag {tag}"),
                Text("请删去", "remove it"),
            )

    def _make_refusal(
        self, event: Event, text: Text, hint: Text | None = None
    ) -> _RefusedError:
        line = event.start_mark.line + 1
        return _RefusedError(Issue(text=text, path=self.name, line=line, hint=hint))


def _resolve_core(raw: str) -> Json:
    """Resolve a plain scalar by the core schema of YAML 1.2; fractions stay text."""
    if raw in _NULL:
        return None
    if raw in _TRUE:
        return True
    if raw in _FALSE:
        return False
    if _DECIMAL.match(raw):
        return int(raw)
    if _OCTAL.match(raw):
        return int(raw[2:], 8)
    if _HEXADECIMAL.match(raw):
        return int(raw[2:], 16)
    return raw


def as_mapping(value: Json) -> JsonObject:
    """Give the mapping a file is, or an empty one when it is something else."""
    return value if isinstance(value, dict) else {}
