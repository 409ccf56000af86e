"""What is left before a case can be handed in, its documents included."""

from __future__ import annotations

from changqing.case.model import Case
from changqing.documents.document import DocumentEdition, digest_document
from changqing.documents.documents import documents
from changqing.errors import CaseError, DocumentError, GivenUpError
from changqing.judge.model import Assessment, Readiness
from changqing.outlook.ahead import Outlook
from changqing.papers.waiting import WaitingReadings
from changqing.report.handing_in import HandingIn, compute_handing_in


def find_handing_in(
    case: Case,
    assessment: Assessment,
    outlook: Outlook,
    waiting: WaitingReadings | None = None,
) -> HandingIn | None:
    """What is left before handing in; documents are written once all is proven.

    `waiting` is what its papers show and nobody has confirmed, where it is at hand.
    Before that the requirements decide, and nothing is said of the documents.
    """
    if assessment.readiness is not Readiness.READY:
        return compute_handing_in(assessment, None)
    from changqing.documents.crosscheck import cross_check

    situation = assessment.situation
    try:
        written = documents(
            case,
            situation,
            assessment,
            outlook.endurance,
            case.catalogue,
            waiting=waiting,
        )
        compared = cross_check(case, situation, written)
        signed = _list_signed(case, assessment, outlook, waiting)
    except (CaseError, DocumentError, GivenUpError):
        return compute_handing_in(assessment, None, broken=True)
    return compute_handing_in(assessment, written, apart=compared.apart, signed=signed)


def _list_signed(
    case: Case,
    assessment: Assessment,
    outlook: Outlook,
    waiting: WaitingReadings | None,
) -> frozenset[str]:
    """The documents whose signed copy is of the text of today."""
    from changqing.documents.stamping import list_filed, load_signed

    if not (filed := list_filed(case.path)):
        return frozenset()
    clean = documents(
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
