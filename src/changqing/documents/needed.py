"""Which documents a case needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.judge.model import Situation
from changqing.law.kinds.document import DocumentTemplate
from changqing.law.lookup import list_kinds_for
from changqing.plainfile import check_plain

OWN_FOLDER = "dossier"


def select_needed(
    case: Case,
    situation: Situation,
    templates: Iterable[DocumentTemplate],
    *,
    written_by_hand: Collection[str] = (),
) -> Iterator[DocumentTemplate]:
    """Select the documents whose reason holds, or may hold, in their order.

    One that is written for other licences is left out, unless the company has it: as a
    Word file (`written_by_hand`), as a copy or words of its own, or as a paper.
    """
    for template in templates:
        by_hand = template.id in written_by_hand
        if _is_needed(case, situation, template, written_by_hand=by_hand):
            yield template


def find_own_path(document: str) -> str:
    """Find where the applicant's own copy of a document stands in the case folder."""
    return f"{OWN_FOLDER}/{document}.md"


def _is_needed(
    case: Case,
    situation: Situation,
    template: DocumentTemplate,
    *,
    written_by_hand: bool,
) -> bool:
    """Whether the case needs a document, or has or wrote its own of it."""
    licence = situation.application.licence
    needed = (
        None
        if template.needs is None
        else situation.find_best(APPLICANT, template.needs)
    )
    if needed is False:
        return False
    elsewhere = bool(template.licences) and licence not in template.licences
    if elsewhere and needed is not True:
        return written_by_hand or _has_its_own(case, template)
    if (
        template.when is not None
        and situation.find_best(APPLICANT, template.when) is not True
    ):
        return written_by_hand or _has_its_own(case, template)
    for name, values in template.unless.items():
        value = situation.find_best(APPLICANT, name)
        if isinstance(value, frozenset) and value <= set(values):
            return False
    return True


def _has_its_own(case: Case, template: DocumentTemplate) -> bool:
    """Whether the company has such a paper, or wrote into the document itself."""
    kinds = {
        kind
        for material in template.materials
        for kind in list_kinds_for(case.catalogue, material)
    }
    return (
        template.id in case.own_text
        or any(paper.kind in kinds for paper in case.papers)
        or check_plain(case.path / find_own_path(template.id), inside=case.path)
    )
