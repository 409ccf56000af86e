"""What each column of somebody else's table says: a fact, with its grade and day.

```yaml
id: 许可证编号                # the columns that say which case a row is
name: 企业名称
application:                 # a word for all rows, or the column that says it
  licence: {column: 业务种类}
  scope: intra_province
  region: {column: 省份}
  stage: operate             # and submit_on, where something is still to be handed in
site: {column: 网站}          # optional: the address of its site
source: {name: 年报汇总, grade: declared, on: 2026-06-30}
columns:
  注册资本: {fact: registered_capital, unit: 万元}
  电话: {subject: service, fact: shows_hotline, grade: observed, on: {column: 查看日}}
  已注销: {fact: deregistration_submitted, closed: true}
```
An empty cell is a gap, never a no, but where the map says that the list was `closed`:
then what is not marked is not so. A column that the map does not name is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from changqing.case.subjects import APPLICANT, Subject
from changqing.errors import CaseError, Issue
from changqing.jsondata import Json, JsonObject
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Grade, find_grade
from changqing.law.model import Catalogue
from changqing.rules.types import Kind
from changqing.text import Text
from changqing.yamlfile.read import Loc, YamlFile, as_mapping, read
from changqing.yamlfile.suggest import suggest_word

SITE: Final = Subject("service", "site")
_SUBJECTS: Final = {"applicant": APPLICANT, "service": SITE}
_TOP: Final = ("id", "name", "application", "site", "source", "columns")
_APPLICATION: Final = ("licence", "scope", "region", "stage")
_COLUMN: Final = ("subject", "fact", "unit", "grade", "on", "closed")
SUBMIT_ON: Final = "submit_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWord:
    """A word for every row, or the column that says it of each."""

    word: str = ""
    column: str | None = None

    def read(self, row: Mapping[str, str]) -> str:
        """Read it in a row; empty where the column is not there."""
        return self.word if self.column is None else row.get(self.column, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedColumn:
    """What a column says: a fact of the applicant or its site, how well, and when."""

    column: str
    subject: Subject
    fact: Fact
    unit: str
    grade: Grade
    on: RowWord
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMap:
    """How the columns of a table become facts."""

    id: str
    name: str
    application: Mapping[str, RowWord]
    site: RowWord | None
    source: str
    columns: tuple[MappedColumn, ...]

    @property
    def read_columns(self) -> frozenset[str]:
        """Every column that the map names."""
        words = [*self.application.values(), *(column.on for column in self.columns)]
        words += [] if self.site is None else [self.site]
        columns_named = {word.column for word in words if word.column is not None}
        return frozenset(
            {self.id, self.name, *columns_named, *(e.column for e in self.columns)}
        )


def read_map(path: Path, catalogue: Catalogue) -> TableMap:
    """Read a map. CaseError with the line of whatever is wrong in it."""
    return _TableMapReader(read(path), catalogue).read()


class _TableMapReader:
    def __init__(self, file: YamlFile, catalogue: Catalogue) -> None:
        self._file = file
        self._catalogue = catalogue
        self._issues: list[Issue] = []

    def read(self) -> TableMap:
        top = as_mapping(self._file.data)
        self._check_fields(top, (), _TOP)
        application_data, source = (
            as_mapping(top.get("application")),
            as_mapping(top.get("source")),
        )
        self._check_fields(
            application_data, ("application",), (*_APPLICATION, SUBMIT_ON)
        )
        self._check_fields(source, ("source",), ("name", "grade", "on"))
        application = {
            name: self._read_word(application_data, name, ("application",))
            for name in (
                *_APPLICATION,
                *([SUBMIT_ON] if SUBMIT_ON in application_data else ()),
            )
        }
        site = self._read_word(top, "site", ()) if "site" in top else None
        columns = tuple(
            mapped_column
            for name, node in as_mapping(top.get("columns")).items()
            for mapped_column in [self._read_column(name, as_mapping(node), source)]
            if mapped_column is not None
        )
        if "site" not in top:
            for column in columns:
                if column.subject == SITE:
                    self._add_issue(
                        ("columns", column.column),
                        Text(
                            zh="有subject: service的列，映射里就要写site",
                            en="a column with subject: service needs site in the map",
                        ),
                        Text(
                            zh="加一行 site: {column: 网站一列的列名}",
                            en="add: site: {column: NAME}",
                        ),
                    )
        table = TableMap(
            id=self._read_word(top, "id", ()).word,
            name=self._read_word(top, "name", ()).word,
            application=application,
            site=site,
            source=self._read_word(source, "name", ("source",)).word,
            columns=columns,
        )
        if self._issues:
            raise CaseError(*self._issues)
        return table

    def _check_fields(self, node: JsonObject, loc: Loc, fields: Sequence[str]) -> None:
        for name in node:
            if name not in fields:
                self._add_issue(
                    (*loc, name),
                    Text(zh=f"不认得{name}", en=f"{name} is not known here"),
                    suggest_word(name, fields),
                )

    def _read_word(self, node: JsonObject, name: str, loc: Loc) -> RowWord:
        entry = node.get(name)
        if isinstance(entry, Mapping) and isinstance(entry.get("column"), str):
            return RowWord(column=str(entry["column"]))
        if isinstance(entry, str | int) and not isinstance(entry, bool):
            return RowWord(word=str(entry))
        self._add_issue(
            (*loc, name),
            Text(
                zh=f"要写{name}：一个词，或者{{column: 列名}}",
                en=f"{name} is wanted: a word, or {{column: NAME}}",
            ),
        )
        return RowWord()

    def _read_column(
        self, name: str, node: JsonObject, source: JsonObject
    ) -> MappedColumn | None:
        loc: Loc = ("columns", name)
        self._check_fields(node, loc, _COLUMN)
        subject = str(node.get("subject", "applicant"))
        fact = self._catalogue.facts.get((subject, str(node.get("fact"))))
        if subject not in _SUBJECTS or fact is None:
            fact_ids = [id_ for type_, id_ in self._catalogue.facts if type_ == subject]
            self._add_issue(
                loc,
                Text(
                    zh=f"没有事实{subject}.{node.get('fact')}",
                    en=f"there is no fact {subject}.{node.get('fact')}",
                ),
                suggest_word(str(node.get("fact")), fact_ids),
            )
            return None
        closed = node.get("closed", False) is True
        if closed and fact.type.kind is not Kind.BOOLEAN:
            self._add_issue(
                loc,
                Text(
                    zh="closed只用于是非",
                    en="closed is for facts that are yes or no",
                ),
            )
        return MappedColumn(
            column=name,
            subject=_SUBJECTS[subject],
            fact=fact,
            unit=str(node.get("unit", "")),
            grade=self._read_grade(node.get("grade", source.get("grade")), loc),
            on=self._read_word(node if "on" in node else source, "on", loc),
            closed=closed,
        )

    def _read_grade(self, typed: Json, loc: Loc) -> Grade:
        try:
            return find_grade(str(typed))
        except (KeyError, ValueError):
            codes = [grade.code for grade in Grade]
            self._add_issue(
                loc,
                Text(
                    zh=f"grade应为：{'、'.join(codes)}",
                    en=f"grade is one of: {', '.join(codes)}",
                ),
            )
            return Grade.DECLARED

    def _add_issue(self, loc: Loc, text: Text, hint: Text | None = None) -> None:
        line = self._file.find_line(loc)
        self._issues.append(
            Issue(text=text, path=self._file.path, line=line, hint=hint)
        )
