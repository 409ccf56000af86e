"""Whether a file is the paper that a case calls it: of its kind, and the applicant's.

What stands in a plan of the company proves nothing for being listed as a bank's
statement, and what stands in another company's licence nothing of this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.page import squeeze
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.paper_text import PaperText
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.material import Material, PaperFact, list_satisfying_kinds
from changqing.law.model import Catalogue
from changqing.papers.compare.outcome import make_unreadable
from changqing.papers.compare.phrases import BY_NAME
from changqing.papers.compare.sought import NamedSubjects
from changqing.papers.compare.spelling import (
    COMPANY,
    MAX_WORDS,
    is_like,
    spell_canonically,
)
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.papers.part import PaperPart

FactKey = tuple[Subject, str]
_LEAST_TITLE: Final = 4  # letters: 银行 heads many a paper
_HEAD: Final = 12  # lines from the top among which a title may stand
_ENOUGH_WORDS: Final = 2
"""How many words of a kind have to stand in a paper that has none of its titles."""


def compare_presence(text: PaperText) -> Comparison:
    """Tell whether the file of a paper was read."""
    if text.is_empty:
        return make_unreadable(text.reading)
    first = text.lines[0]
    return Comparison(
        outcome=ReadOutcome.READ, page=first.page, words=first.words[:MAX_WORDS]
    )


def may_be_another(
    text: PaperText,
    kind: str,
    catalogue: Catalogue,
    names: NamedSubjects,
) -> bool:
    """Tell whether to ask what a file is.

    It lacks the applicant's name or its own words.
    So too where another company's name stands where the applicant's has to.

    What has the words of its kind is that, and what is headed by no title of another is
    not plainly another: both are seen at once.
    """
    materials = catalogue.materials
    whole = "".join(line.bare for line in text.lines)
    material = materials.get(kind)
    labels = () if material is None else material.parties.get("applicant", ())
    if any(squeeze(label) in whole for label in labels):
        name = squeeze(spell_canonically("company_name", names.applicant))
        if name not in squeeze(spell_canonically("company_name", whole)):
            return True
        if any(_names_another(line.bare, labels, name) for line in text.lines):
            return True
    mine = {kind, *list_satisfying_kinds(materials, kind)}
    if any(_speaks_of(whole, materials[name]) for name in mine & materials.keys()):
        return False
    head = "".join(line.bare for line in text.lines[:_HEAD])
    return any(title in head for title in _list_titles(catalogue))


def _names_another(bare: str, labels: Iterable[str], mine: str) -> bool:
    """Whether another company's name stands right after one of some labels."""
    for label in map(squeeze, labels):
        _, separator, words = bare.partition(label)
        company = COMPANY.match(words.lstrip(":")) if separator else None
        if company is None:
            continue
        spelled = squeeze(spell_canonically("company_name", company[0]))
        if not spelled.startswith(mine) and not is_like(spelled, mine):
            return True
    return False


@keep_by_catalogue
def _list_titles(catalogue: Catalogue) -> tuple[str, ...]:
    """List the titles by which papers of all kinds are known, folded."""
    titles = {
        squeeze(title.partition("…")[0])
        for material in catalogue.materials.values()
        if material.recognition is not None
        for title in material.recognition.titles
    }
    return tuple(title for title in titles if len(title) >= _LEAST_TITLE)


def _speaks_of(whole: str, material: Material) -> bool:
    recognition = material.recognition
    if recognition is None or any(
        squeeze(title) in whole for title in recognition.titles
    ):
        return True
    return sum(squeeze(word) in whole for word in recognition.words) >= _ENOUGH_WORDS


def refuse_mismatched(
    comparisons: Mapping[FactKey, Comparison],
    part: PaperPart,
    kind: str,
    materials: Mapping[str, Material],
) -> dict[FactKey, Comparison]:
    """Turn into gaps what was read in a file that plainly is another paper.

    Of another kind it is nothing of the paper that it is listed as. Of another company
    it says nothing of this case, unless its kind has a fact that tells whose it is.
    """
    if part.looks_like is not None:
        likely, listed = materials[part.looks_like].label, materials[kind].label
        why = Text(
            zh=f"这份材料看起来是《{likely.zh}》，不是《{listed.zh}》",
            en=f"this paper looks like “{likely.en}”, not “{listed.en}”",
        )
        return {
            key: _refuse_comparison(compared, why)
            for key, compared in comparisons.items()
        }
    if part.another is None:
        return dict(comparisons)
    why = Text(
        zh=f"这份材料写的是“{part.another}”，不是本公司",
        en=f"this paper is of “{part.another}”, not of this company",
    )
    reads = materials[kind].reads
    return {
        key: _refuse_comparison(compared, why)
        if _says_nothing(key, reads)
        else compared
        for key, compared in comparisons.items()
    }


def _says_nothing(key: FactKey, reads: Mapping[str, PaperFact]) -> bool:
    """Whether a paper of another company says nothing of this case for a fact.

    A kind with a fact that tells whose it is (who rents, who pays the insurance) tells
    by that fact, and a person or a domain in it may well be another's; of any other
    kind nothing would tell. A holder may be the very company.
    """
    subject, fact = key
    if subject.type == "holder":
        return False
    if not any(rule.by in BY_NAME for rule in reads.values()):
        return True
    if subject != APPLICANT or fact.startswith("has_"):
        return False
    rule = reads.get(f"applicant.{fact}")
    return rule is None or rule.by not in BY_NAME


def _refuse_comparison(compared: Comparison, why: Text) -> Comparison:
    if compared.outcome is not ReadOutcome.READ:
        return compared
    return Comparison(outcome=ReadOutcome.NOT_FOUND, why=why)
