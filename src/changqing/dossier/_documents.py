"""The documents of a dossier, written from a case: nothing is said without its source.

Same case, catalogue and day: same Markdown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from changqing.assessment import Assessment, Situation
from changqing.catalogue import Catalogue
from changqing.dossier._document import Document
from changqing.evidence import Case
from changqing.outlook import Endurance


def documents(
    case: Case,
    situation: Situation,
    assessment: Assessment,
    endurance: Endurance,
    catalogue: Catalogue,
    *,
    only: Collection[str] = (),
    inserts: Mapping[str, str] | None = None,
) -> tuple[Document, ...]:
    """Write every document of the case, or those in `only`, in the order of the law.

    `inserts` gives Markdown for the places documents keep open, by name (`schedule`).
    The applicant's own copy in the case folder wins over ours. Raises DocumentError.
    """
    from changqing.dossier._compose import compose

    return compose(
        case,
        situation,
        assessment,
        endurance,
        catalogue,
        only=frozenset(only),
        inserts=inserts or {},
    )
