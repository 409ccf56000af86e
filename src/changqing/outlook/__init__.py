"""How long will it last: endurance."""

from changqing.outlook.endurance import (
    Endurance,
    Support,
    Term,
    endurance,
    licence_term,
)

__all__ = ["Endurance", "Support", "Term", "endurance", "licence_term"]
