"""How long will it last: endurance, cadence, availability. Never one number."""

from changqing.outlook._chances import Chance
from changqing.outlook._coefficients import (
    AvailabilityCoefficients,
    CadenceCoefficients,
    Coefficients,
    load_coefficients,
    shipped,
)
from changqing.outlook._observed import (
    blind_times,
    checks,
    publication_days,
    unseen_days,
)
from changqing.outlook.availability import (
    RULE,
    Account,
    Availability,
    Blind,
    Check,
    Outage,
    account,
    availability,
    availability_data,
    availability_words,
)
from changqing.outlook.cadence import (
    Cadence,
    Unseen,
    cadence,
    cadence_data,
    cadence_words,
)
from changqing.outlook.endurance import (
    Endurance,
    Support,
    Term,
    endurance,
    licence_term,
)

__all__ = [
    "RULE",
    "Account",
    "Availability",
    "AvailabilityCoefficients",
    "Blind",
    "Cadence",
    "CadenceCoefficients",
    "Chance",
    "Check",
    "Coefficients",
    "Endurance",
    "Outage",
    "Support",
    "Term",
    "Unseen",
    "account",
    "availability",
    "availability_data",
    "availability_words",
    "blind_times",
    "cadence",
    "cadence_data",
    "cadence_words",
    "checks",
    "endurance",
    "licence_term",
    "load_coefficients",
    "publication_days",
    "shipped",
    "unseen_days",
]
