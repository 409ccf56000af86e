"""The documents of a dossier, written from a case: nothing is said without its source.

Same case, catalogue and day: same Markdown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from changqing.case.model import Case
from changqing.documents.document import Document, DocumentEdition
from changqing.errors import CaseError, Issue
from changqing.judge.model import Assessment, Situation
from changqing.law.model import Catalogue
from changqing.outlook.endurance import Endurance
from changqing.papers.waiting import WaitingReadings
from changqing.plainfile import write_new
from changqing.text import Text


def write_documents(
    case: Case,
    situation: Situation,
    assessment: Assessment,
    endurance: Endurance,
    catalogue: Catalogue,
    *,
    only: Collection[str] = (),
    inserts: Mapping[str, str] | None = None,
    edition: DocumentEdition = DocumentEdition.ANNOTATED,
    with_words: bool = True,
    waiting: WaitingReadings | None = None,
    until_blank: bool = False,
) -> tuple[Document, ...]:
    """Write every document of the case, or those in `only`, in the order of the law.

    `edition` is for whom: the annotated copy has every mark and leads to its proof, the
    copy to hand in has none.

    `inserts` gives Markdown for the places documents keep open, by name; the content
    schedule of the case stands in its own unless another is given.
    A Word file of the company that is in force takes the place of what we write, unless
    our drafts are asked for (`with_words` False). `waiting` is what the papers of this
    case show on this day and nobody has confirmed; worked out here where not given.
    With `until_blank` documents need not be written after one that has a blank.
    The applicant's own copy in the case folder wins over ours, and is run within limits
    in a child process. Raises CaseError where that copy, or a name in `only`, is no
    use, and GivenUpError where a copy goes beyond its limits.
    """
    from changqing.documents.attachments import list_attachments
    from changqing.documents.compose import compose
    from changqing.documents.compose_apart import Facts, compose_apart, has_own_copies
    from changqing.documents.schedule_print import make_schedule_inserts
    from changqing.documents.word_taken import load_taken

    names = frozenset(only)
    texts = {**make_schedule_inserts(case.path), **(inserts or {})}
    taken_words = load_taken(case.path) if with_words else {}
    words = {name: copy.blocks for name, copy in taken_words.items()}
    attachments = list_attachments(case, situation, catalogue)
    if has_own_copies(case.path):
        facts = Facts(
            case=case,
            situation=situation,
            assessment=assessment,
            endurance=endurance,
            catalogue=catalogue,
            attachments=attachments,
        )
        composed = compose_apart(
            facts, only=names, inserts=texts, edition=edition, words=words
        )
    else:
        composed = compose(
            case,
            situation,
            assessment,
            endurance,
            catalogue,
            attachments,
            only=names,
            inserts=texts,
            edition=edition,
            words=words,
            waiting=waiting,
            until_blank=until_blank,
        )
    if edition is not DocumentEdition.CLEAN or not taken_words:
        return composed
    return tuple(
        replace(document, word=taken_words[document.id].content)
        if document.id in taken_words
        else document
        for document in composed
    )


def copy_to_edit(case: Case, document: str) -> tuple[Path, bool]:
    """Put the template of a document into the case folder for the applicant to edit.

    Gives the file, and whether it was made now: what is there is never overwritten.
    Raises CaseError when there is no such document or no place for it.
    """
    from changqing.documents.compose import make_own_copy, refuse_unknown
    from changqing.documents.needed import find_own_path
    from changqing.law.documents import load_documents
    from changqing.law.folders import CATALOGUE_ROOT

    templates = load_documents()
    refuse_unknown(frozenset({document}), templates)
    template = templates[document]
    target = case.path / find_own_path(document)
    content = (CATALOGUE_ROOT / template.path).read_text(encoding="utf-8")
    try:
        own = make_own_copy(template, content).encode()
        write_new(target, own, inside=case.path)
    except FileExistsError:
        return target, False
    except OSError as problem:
        raise CaseError(
            Issue(
                text=Text("写不进项目文件夹", "the case folder cannot be written to"),
                path=str(target),
            )
        ) from problem
    return target, True
