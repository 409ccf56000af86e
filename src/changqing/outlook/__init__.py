"""How long will it last: endurance, cadence, availability. Never one number."""

from changqing.outlook._ahead import CASH_END, Outlook, look_ahead
from changqing.outlook._chances import Chance
from changqing.outlook._coefficients import (
    HORIZONS,
    AvailabilityCoefficients,
    CadenceCoefficients,
    Coefficients,
    load_coefficients,
    shipped,
)
from changqing.outlook._derived import OUTLOOK
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
    Extension,
    Support,
    Term,
    coverage_words,
    endurance,
    extension_words,
    licence_term,
)
from changqing.outlook.recent_changes import Change, recent_changes
from changqing.outlook.runway import (
    Basis,
    Lasting,
    Runway,
    grade_word,
    runway,
    runway_data,
    runway_words,
)

__all__ = [
    "CASH_END",
    "HORIZONS",
    "OUTLOOK",
    "RULE",
    "Account",
    "Availability",
    "AvailabilityCoefficients",
    "Basis",
    "Blind",
    "Cadence",
    "CadenceCoefficients",
    "Chance",
    "Change",
    "Check",
    "Coefficients",
    "Endurance",
    "Extension",
    "Lasting",
    "Outage",
    "Outlook",
    "Runway",
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
    "coverage_words",
    "endurance",
    "extension_words",
    "grade_word",
    "licence_term",
    "load_coefficients",
    "look_ahead",
    "publication_days",
    "recent_changes",
    "runway",
    "runway_data",
    "runway_words",
    "shipped",
    "unseen_days",
]
