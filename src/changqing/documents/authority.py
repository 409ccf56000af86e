"""To whom an application is handed in."""

from __future__ import annotations

from changqing.case.subjects import APPLICANT
from changqing.judge.model import Situation
from changqing.law.lookup import FOREIGN_ROUTE, find_authority
from changqing.law.model import Catalogue


def name_authority(situation: Situation, catalogue: Catalogue) -> str:
    """Name who decides on the application of a case."""
    application = situation.application
    foreign_route = situation.resolved.get((APPLICANT, FOREIGN_ROUTE))
    return find_authority(
        catalogue,
        application.licence,
        scope=application.scope,
        region=application.region,
        foreign=foreign_route is not None and foreign_route.best is True,
    ).zh
