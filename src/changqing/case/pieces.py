"""Pieces of `case.yaml`: whatever is wrong becomes an issue, and reading goes on."""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from changqing.case.field_names import describe_loc, name_field, write_loc
from changqing.case.model import (
    CaseFile,
    Statement,
)
from changqing.case.subjects import APPLICANT, Subject
from changqing.case.values import (
    NotAValueError,
    OutOfRangeError,
    find_codes,
    hint_choices,
    parse_date,
    parse_value,
)
from changqing.errors import CaseError, Issue, say_reason
from changqing.jsondata import JsonObject
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.plainfile import digest_plain
from changqing.rules.types import Value
from changqing.text import Text, both
from changqing.yamlfile.read import Loc, YamlFile
from changqing.yamlfile.suggest import suggest_word

MAX_PAPER_BYTES: Final = 200_000_000

PLAIN_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


_BACK_FIELDS: Final = ("fact", "subject", "value", "place", "words")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfRange:
    """A value that the file could say before there were ranges; `issue` tells of it."""

    subject: Subject
    fact: str
    value: Value | None
    issue: Issue


@dataclass(slots=True, kw_only=True)
class Pieces:
    """One `case.yaml` being read; what is wrong with it gathers in `issues`.

    `known` are the subjects that the case lists, by how the file names them.
    """

    folder: Path
    file: YamlFile
    catalogue: Catalogue
    issues: list[Issue]
    digests: dict[str, CaseFile | None] = field(default_factory=dict)
    known: dict[str, Subject] = field(default_factory=dict)
    out_of_range: list[OutOfRange] = field(default_factory=list)
    _words: dict[str, frozenset[str]] = field(default_factory=dict)
    _resolved: Path | None = None

    # Telling what is wrong

    def add_issue(self, loc: Loc, text: Text, hint: Text | None = None) -> None:
        """Keep what is wrong at a place of the file."""
        self.issues.append(self.issue(loc, text, hint))

    def issue(self, loc: Loc, text: Text, hint: Text | None = None) -> Issue:
        """Say what is wrong at a place of the file."""
        return Issue(
            text=text, path=self.file.path, line=self.file.find_line(loc), hint=hint
        )

    def name_field(self, loc: Loc, name: str) -> str:
        """Name a field of a part of the file in Chinese."""
        return name_field(self.catalogue, loc, name)

    def add_missing_field(self, loc: Loc, name: str) -> None:
        """Keep that a field is missing."""
        where, label = write_loc(loc), self.name_field(loc, name)
        self.add_issue(
            loc,
            Text(
                zh=f"{describe_loc(loc)}缺少{label}",
                en=f"{where} lacks {name}" if where else f"{name} is missing",
            ),
            Text(zh="补上这一项", en="add it"),
        )

    def add_unknown_field(self, loc: Loc, name: str, names: Collection[str]) -> None:
        """Keep that a field is not known, with the nearest that is."""
        hint = suggest_word(name, names)
        self.add_issue(
            (*loc, name),
            Text(
                zh=f"{describe_loc(loc) or '文件'}中没有 {name} 这一项",
                en=f"{write_loc(loc) or 'the file'} has no field {name}",
            ),
            hint
            or Text(zh="删去，或用目录中的名称", en="remove it, or use a known name"),
        )

    # Pieces

    def read_mapping(self, node: object, loc: Loc) -> JsonObject:
        """Read fields with values; anything else is told and empty."""
        if isinstance(node, dict):
            return node
        if node is not None:
            self.add_issue(
                loc,
                Text(
                    zh=f"{describe_loc(loc) or '文件'}应为若干“名称: 值”",
                    en=f"{write_loc(loc) or 'the file'} must hold “name: value” lines",
                ),
            )
        return {}

    def read_sequence(self, node: object, loc: Loc) -> Sequence[object]:
        """Read a list; anything else is told and empty."""
        if isinstance(node, list):
            return node
        if node is not None:
            self.add_issue(
                loc,
                Text(
                    zh=f"{describe_loc(loc)}应为列表，每项以“- ”开头",
                    en=f"{write_loc(loc)} must be a list, each item starting with “- ”",
                ),
            )
        return ()

    def read_items(self, node: object, loc: Loc) -> Iterator[tuple[Loc, JsonObject]]:
        """Read a list of mappings, each with its place."""
        for place, item in enumerate(self.read_sequence(node, loc)):
            if item is None:
                self.add_issue(
                    (*loc, place),
                    Text(
                        zh=f"{describe_loc(loc)}有空项",
                        en=f"{write_loc(loc)} has an empty item",
                    ),
                    Text(zh="删去这一项", en="remove it"),
                )
            else:
                yield (*loc, place), self.read_mapping(item, (*loc, place))

    def read_word(
        self, node: JsonObject, name: str, loc: Loc, *, needed: bool
    ) -> str | None:
        """Read a text field; whether it must be there is `needed`."""
        value = node.get(name)
        if value is None:
            if needed:
                self.add_missing_field(loc, name)
            return None
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.add_issue(
            (*loc, name),
            Text(
                zh=f"{self.name_field(loc, name)}应为文字", en=f"{name} must be a text"
            ),
            Text(zh=f"加引号：'{value}'", en=f"put it in quotes: '{value}'"),
        )
        return None

    def read_day(
        self, node: JsonObject, name: str, loc: Loc, *, needed: bool
    ) -> date | None:
        """Read a date field; whether it must be there is `needed`."""
        value = node.get(name)
        if value is None:
            if needed:
                self.add_missing_field(loc, name)
            return None
        try:
            return parse_date(value)
        except NotAValueError as error:
            label = self.name_field(loc, name)
            self.add_issue(
                (*loc, name), prefix_name(label, name, error.text), error.hint
            )
            return None

    def read_choice(
        self,
        node: JsonObject,
        name: str,
        loc: Loc,
        allowed: Mapping[str, Text],
    ) -> str | None:
        """Read a needed field that is one of `allowed`: its code, or its label."""
        value = node.get(name)
        if value is None:
            self.add_missing_field(loc, name)
            return None
        typed = str(value) if isinstance(value, str | int) else ""
        if typed in allowed:
            return typed
        codes = find_codes(typed, allowed)
        if len(codes) == 1:
            return codes[0]
        self.refuse_choice(name, value, loc, allowed)
        return None

    def refuse_choice(
        self, name: str, value: object, loc: Loc, allowed: Mapping[str, Text]
    ) -> None:
        """Tell that a value is none of those allowed, and what may be written."""
        self.add_issue(
            (*loc, name),
            Text(
                zh=f"{self.name_field(loc, name)}中的“{value}”不在可选值中",
                en=f"“{value}” is not a {name} that is known here",
            ),
            hint_choices(str(value), allowed, allowed),
        )

    def read_identity(
        self, node: JsonObject, loc: Loc, places_by_id: dict[str, Loc]
    ) -> str | None:
        """Read the `id` of a list item, unlike every other of its list."""
        name = self.read_word(node, "id", loc, needed=True)
        if name is None:
            return None
        if not PLAIN_ID.fullmatch(name):
            self.add_issue(
                (*loc, "id"),
                Text(zh=f"id “{name}”不能用", en=f"the id “{name}” cannot be used"),
                Text(
                    zh="只用小写字母、数字、下划线和连字符",
                    en="use lower-case letters, digits, underscores and hyphens",
                ),
            )
            return None
        if name in places_by_id:
            first = self.file.find_line((*places_by_id[name], "id"))
            self.add_issue(
                (*loc, "id"),
                Text(
                    zh=f"id “{name}”重复，第{first}行已用",
                    en=f"the id “{name}” is used twice, first in line {first}",
                ),
                Text(zh="换一个 id", en="choose another id"),
            )
            return None
        places_by_id[name] = loc
        return name

    # Files

    def find_file(self, node: JsonObject, loc: Loc) -> CaseFile | None:
        """Return the file a paper or look names, if it lies in the case folder."""
        name = self.read_word(node, "file", loc, needed=True)
        if name is None:
            return None
        if name not in self.digests:
            self.digests[name] = self.digest_of(name, (*loc, "file"))
        return self.digests[name]

    def digest_of(self, name: str, loc: Loc) -> CaseFile | None:
        """Give a file of the case by its name; None: none may be read."""
        pure = PurePosixPath(name)
        inside = not (
            pure.is_absolute()
            or ".." in pure.parts
            or "\\" in name
            or "\0" in name
            or re.match(r"[A-Za-z]:", name)
        )
        path = self.folder / name if inside else self.folder
        try:
            if inside and path.exists():
                self._resolved = self._resolved or self.folder.resolve()
                inside = path.resolve().is_relative_to(self._resolved)
            if not inside:
                self.add_issue(
                    loc,
                    Text(
                        zh=f"文件“{name}”在项目文件夹之外",
                        en=f"the file “{name}” is outside the case folder",
                    ),
                    Text(
                        zh="把文件放进 documents/，再写相对路径",
                        en="put it into documents/ and write the relative path",
                    ),
                )
                return None
            return self.measure_file(name, path, loc)
        except (OSError, ValueError, RuntimeError) as error:
            why = say_reason(error) if isinstance(error, OSError) else both("?")
            self.add_issue(
                loc,
                Text(
                    zh=f"读不出文件“{name}”（{why.zh}）",
                    en=f"the file “{name}” cannot be read ({why.en})",
                ),
                Text(zh="检查权限和文件名", en="check its permissions and its name"),
            )
            return None

    def measure_file(self, name: str, path: Path, loc: Loc) -> CaseFile | None:
        """Measure a file and take its digest; None: it cannot be read."""
        try:
            status = path.stat()
        except FileNotFoundError:
            siblings = (
                [
                    f"{PurePosixPath(name).parent}/{sibling.name}"
                    for sibling in path.parent.iterdir()
                ]
                if path.parent.is_dir()
                else []
            )
            self.add_issue(
                loc,
                Text(zh=f"文件“{name}”不存在", en=f"the file “{name}” does not exist"),
                suggest_word(name, siblings)
                or Text(
                    zh="放入文件，或删去这一项",
                    en="put the file there, or remove the item",
                ),
            )
            return None
        problem: Text | None = None
        if not stat.S_ISREG(status.st_mode):
            problem = Text(zh=f"“{name}”不是文件", en=f"“{name}” is not a file")
        elif status.st_size == 0:
            problem = Text(zh=f"文件“{name}”是空的", en=f"the file “{name}” is empty")
        elif status.st_size > MAX_PAPER_BYTES:
            problem = Text(
                zh=f"文件“{name}”超过{MAX_PAPER_BYTES // 10**6}MB",
                en=f"the file “{name}” is over {MAX_PAPER_BYTES // 10**6} MB",
            )
        if problem is not None:
            self.add_issue(
                loc, problem, Text(zh="换成原件的扫描件", en="use a scan of the paper")
            )
            return None
        try:
            digest = digest_plain(path, inside=self.folder)
        except CaseError as refused:  # a link on the way, that leads to nowhere else
            (issue,) = refused.issues
            self.add_issue(
                loc, prefix_name(name, name, issue.text), issue.hint or issue.text
            )
            return None
        return CaseFile(
            path=str(PurePosixPath(name)), digest=digest, size=status.st_size
        )

    # Facts

    def add_known(self, subjects: Collection[Subject]) -> None:
        """Keep that these subjects are in the case, so that others may name them."""
        self.known.update({str(subject): subject for subject in subjects})

    def read_statement(
        self, subject: Subject, name: str, written: object, loc: Loc, place: str
    ) -> Statement | None:
        """Read one fact of a subject, if the catalogue knows it and the value fits."""
        fact = self.catalogue.facts[(subject.type, name)]
        label = f"“{fact.label.zh}”（{name}）"
        if written is None:
            return Statement(
                subject=subject, fact=name, value=None, raw=None, place=place
            )
        try:
            parsed = parse_value(fact, written)
        except OutOfRangeError as error:
            parsed = error.parsed
            self.out_of_range.append(
                OutOfRange(
                    subject=subject,
                    fact=name,
                    value=parsed.value,
                    issue=self.issue(
                        loc, prefix_name(label, name, error.text), error.hint
                    ),
                )
            )
        except NotAValueError as error:
            self.add_issue(loc, prefix_name(label, name, error.text), error.hint)
            return None
        return Statement(
            subject=subject,
            fact=name,
            value=parsed.value,
            raw=parsed.raw,
            place=place,
            hidden=parsed.hidden,
        )

    def read_facts(
        self,
        subject: Subject,
        node: JsonObject,
        loc: Loc,
        fields: Collection[str],
    ) -> tuple[Statement, ...]:
        """Read all facts that stand directly in a mapping; `fields` are no facts."""
        statements = []
        writable = self.list_writable_facts(subject.type)
        for name, value in node.items():
            if (subject.type, name) in self.catalogue.facts and name in writable:
                statement = self.read_statement(
                    subject, name, value, (*loc, name), f"{subject}.{name}"
                )
                if statement is not None and not (name in fields and value is None):
                    statements.append(statement)
            elif name not in fields:
                self.add_unknown_field(loc, name, {*writable, *fields})
        return tuple(statements)

    def list_writable_facts(self, subject_type: str) -> frozenset[str]:
        """List the facts one may write: neither generated nor known from the list."""
        if subject_type not in self._words:
            self._words[subject_type] = frozenset(
                name
                for (of, name), fact in self.catalogue.facts.items()
                if of == subject_type
                and not fact.generated
                and name not in ("kind", "role", "roles")
            )
        return self._words[subject_type]

    def read_backing(
        self, node: JsonObject, loc: Loc, *, place_needed: bool
    ) -> tuple[Statement, ...]:
        """Read what a paper or look says of others; a paper has to say where."""
        statements: list[Statement] = []
        first_places: dict[tuple[Subject, str], Loc] = {}
        for inner, item in self.read_items(node.get("backs"), (*loc, "backs")):
            for key in item:
                if key not in _BACK_FIELDS:
                    self.add_unknown_field(inner, key, _BACK_FIELDS)
            place = self.read_word(item, "place", inner, needed=place_needed)
            words = self.read_word(item, "words", inner, needed=False)
            subject = self.read_subject(item, inner)
            fact = self.read_fact_backed(item, inner, subject)
            if item.get("value") is None:
                self.add_missing_field(inner, "value")
            elif subject is not None and fact is not None:
                statement = self.read_statement(
                    subject, fact.id, item["value"], (*inner, "value"), place or ""
                )
                first = first_places.setdefault((subject, fact.id), inner)
                if first is not inner:
                    self.add_issue(
                        inner,
                        Text(
                            zh=f"“{fact.label.zh}”（{fact.id}）在第{self.file.find_line(first)}行已写过",
                            en=f"{fact.id} is backed already in line "
                            f"{self.file.find_line(first)}",
                        ),
                        Text(zh="只留一处", en="keep one of them"),
                    )
                elif statement is not None:
                    statements.append(replace(statement, words=words))
        return tuple(statements)

    def read_fact_backed(
        self, item: JsonObject, loc: Loc, subject: Subject | None
    ) -> Fact | None:
        """Read which fact something backs; told where its subject has no such fact."""
        name = self.read_word(item, "fact", loc, needed=True)
        if name is None or subject is None:
            return None
        writable = self.list_writable_facts(subject.type)
        if name in writable:
            return self.catalogue.facts[(subject.type, name)]
        elsewhere = sorted(
            of
            for of, fact in self.catalogue.facts
            if fact == name and of != subject.type
        )
        hint = suggest_word(name, writable)
        if elsewhere:
            hint = Text(
                zh=f"它说的是{SUBJECTS[elsewhere[0]].text.zh}，请写明是哪一个（subject）",
                en=f"it is about a {elsewhere[0]}; say which with subject",
            )
        self.add_issue(
            (*loc, "fact"),
            Text(
                zh=f"{SUBJECTS[subject.type].text.zh}没有 {name} 这项事实",
                en=f"{subject.type} has no fact {name}",
            ),
            hint
            or Text(
                zh="见 docs/reference 中的事实表", en="see the facts in docs/reference"
            ),
        )
        return None

    def read_subject(self, item: JsonObject, loc: Loc) -> Subject | None:
        """Read whom something is about: the applicant where it does not say."""
        name = self.read_word(item, "subject", loc, needed=False)
        if item.get("subject") is not None and name is None:
            return None
        if name in (None, "applicant"):
            return APPLICANT
        if name in self.known:
            return self.known[name]
        self.add_issue(
            (*loc, "subject"),
            Text(
                zh=f"“说的是谁”（subject）写的“{name}”不在本项目中",
                en=f"the subject “{name}” is not in this case",
            ),
            suggest_word(str(name), self.known)
            or Text(
                zh="写作 applicant，或 service:<id>、person:<id>、paper:<id> 这样",
                en="write applicant, or service:<id>, person:<id>, paper:<id> and the "
                "like",
            ),
        )
        return None


def prefix_name(zh: str, en: str, text: Text) -> Text:
    """Put the name of a field before a text."""
    return Text(zh=f"{zh}：{text.zh}", en=f"{en}: {text.en}")
