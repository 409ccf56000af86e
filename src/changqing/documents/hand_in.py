"""What is left before a case can be handed in, its documents included."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from changqing.case.model import Case
from changqing.documents.document import Document, DocumentEdition, digest_document
from changqing.documents.documents import write_documents
from changqing.errors import CaseError, DocumentError, GivenUpError
from changqing.judge.model import Assessment, Readiness
from changqing.outlook.ahead import Outlook
from changqing.papers.waiting import WaitingReadings
from changqing.report.handing_in import HandingIn, compute_handing_in
from changqing.report.words import HandingInState


def find_handing_in(
    case: Case,
    assessment: Assessment,
    outlook: Outlook,
    waiting: WaitingReadings,
    *,
    write: Callable[[], Sequence[Document]],
) -> HandingIn | None:
    """Find what is left before handing in; documents are written once all is proven.

    `waiting` is what its papers show and nobody has confirmed, and `write` writes its
    documents, annotated. Before that the requirements decide, and nothing is said of
    the documents.
    """
    if assessment.readiness is not Readiness.READY:
        return compute_handing_in(assessment, None)
    from changqing.documents.crosscheck import cross_check

    situation = assessment.situation
    try:
        documents = write()
        compared = cross_check(case, situation, documents)
        signed = _list_signed(case, assessment, outlook, waiting, documents)
    except (CaseError, DocumentError, GivenUpError):
        return compute_handing_in(assessment, None, broken=True)
    return compute_handing_in(
        assessment, documents, apart=compared.apart, signed=signed
    )


def find_handing_in_state(
    case: Case,
    assessment: Assessment,
    outlook: Outlook,
    waiting: WaitingReadings | None = None,
) -> HandingInState | None:
    """Say in a word what `find_handing_in` has: the first blank decides."""
    handing_in = compute_handing_in(assessment, None)
    if handing_in is None or assessment.readiness is not Readiness.READY:
        return None if handing_in is None else handing_in.state
    if handing_in.unmet or handing_in.unproven:
        return handing_in.state
    from changqing.documents.crosscheck import cross_check

    situation = assessment.situation
    try:
        documents = write_documents(
            case,
            situation,
            assessment,
            outlook.endurance,
            case.catalogue,
            waiting=waiting,
            until_blank=True,
        )
        all_complete = all(document.complete for document in documents)
        if all_complete and not cross_check(case, situation, documents).apart:
            # Signed or not, it is ready; but copies to hand in may not be writable.
            _list_signed(case, assessment, outlook, waiting, documents)
            return HandingInState.READY
    except (CaseError, DocumentError, GivenUpError):
        pass  # they cannot be written: that is left to do
    return HandingInState.TO_WRITE


def _list_signed(
    case: Case,
    assessment: Assessment,
    outlook: Outlook,
    waiting: WaitingReadings | None,
    documents: Sequence[Document],
) -> frozenset[str]:
    """List those of the documents whose signed copy is of the text of today."""
    from changqing.documents.stamping import list_filed, load_signed

    # A file of another name is no document's, and none is refused for it.
    filed = {document.id for document in documents}.intersection(list_filed(case.path))
    if not filed:
        return frozenset()
    clean = write_documents(
        case,
        assessment.situation,
        assessment,
        outlook.endurance,
        case.catalogue,
        only=filed,
        edition=DocumentEdition.CLEAN,
        waiting=waiting,
    )
    digests = {document.id: digest_document(document) for document in clean}
    return frozenset(load_signed(case.path, digests).current)
