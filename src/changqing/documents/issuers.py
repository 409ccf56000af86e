"""Who issued a paper, as the paper itself says; else what kind of issuer that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from changqing.case.model import Case, Paper
from changqing.case.page import squeeze
from changqing.documents.cross_text import (
    TextPage,
    find_kept_readings,
    find_mentions,
    list_reading_lines,
)
from changqing.errors import CatalogueError
from changqing.evidence.model import OF_PAPERS
from changqing.evidence.readings import read_as_text
from changqing.evidence.text_reading import is_text_paper
from changqing.judge.model import Situation
from changqing.latest import Latest
from changqing.law.kinds.material import Issuer
from changqing.text import both
from changqing.yamlfile.shape import Shape, read_shape
from changqing.yamlfile.values import Words

TABLE: Final = Path(__file__).with_name("issuers.yaml")
_OURSELVES: Final = "本公司"
_SHAPE: Final = "organisation"
_NAMED_BY: Final[Mapping[str, str]] = {
    "hosting_agreement": "hosting_provider",
    "domain_cert": "domain_registrar",
}
"""The fact that names who issued a paper of a kind, where it was read in that paper."""


class IssuerTable(Shape):
    """The words of `issuers.yaml`."""

    labels: Mapping[str, list[Words]]
    seals: list[Words]
    kinds: Mapping[str, Words]


@cache
def load_issuer_table(path: Path = TABLE) -> IssuerTable:
    """Load the table that ships; CatalogueError where it is wrong."""
    return read_shape(path, IssuerTable, error=CatalogueError)[1]


class Issuers:
    """Who issued each paper of one case."""

    def __init__(self, case: Case, situation: Situation) -> None:
        self._case = case
        self._kept = find_kept_readings(case)
        self._facts = {
            (record.source.name, fact): record.value
            for (_, fact), resolved in situation.resolved.items()
            if fact in _NAMED_BY.values()
            and (record := resolved.proven_by) is not None
            and record.source.kind in OF_PAPERS
        }

    def name(self, paper: Paper) -> str:
        """Name who issued a paper, or what kind of issuer that is."""
        material = self._case.catalogue.materials[paper.kind]
        if material.issuer is Issuer.COMPANY:
            return _OURSELVES
        typed_name = self._facts.get((paper.id, _NAMED_BY.get(paper.kind, "")))
        name = (
            typed_name
            if isinstance(typed_name, str)
            else self._read_issuer(paper, material.issuer)
        )
        kinds = load_issuer_table().kinds
        return name or kinds.get(paper.kind, material.issuer.text.zh)

    def _read_issuer(self, paper: Paper, issuer: Issuer) -> str:
        key = (paper.file.digest, self._case.name, issuer)
        if (name_before := _read.find(key)) is not None:
            return name_before
        reading = self._kept.get(paper.file.digest) or read_as_text(self._case, paper)
        if reading is None:
            return ""
        lines = tuple(list_reading_lines(reading))
        page = TextPage(id=paper.kind, title=both(paper.kind), file=None, lines=lines)
        name = find_issuer(page, issuer, own=self._case.name)
        # A scan may be read again, and better; the words of a text never change.
        is_text = is_text_paper(paper.file.path)
        return _read.keep(key, name) if is_text else name


_read: Final[Latest[tuple[str, str, Issuer], str]] = Latest(most=1024)
"""Who issued a text, by its digest and by who hands it in."""


def find_issuer(page: TextPage, issuer: Issuer, *, own: str) -> str:
    """Find who a paper says has issued it; empty where it names nobody, or several.

    Of a contract that is the other party: `own` is who hands the paper in.
    """
    table = load_issuer_table()
    return (
        _find_one(page, table.labels[issuer.value], own=own, after=False)
        or _find_one(page, table.seals, own=own, after=True)
        or ""
    )


def _find_one(
    page: TextPage, words: Sequence[str], *, own: str, after: bool
) -> str | None:
    names = {
        squeeze(mention.value): mention.value
        for mention in find_mentions(page, words, _SHAPE, after=after)
    }
    names.pop(squeeze(own), None)
    return next(iter(names.values())) if len(names) == 1 else None
