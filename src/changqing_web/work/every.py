"""Import this module, and all that can be done in the background is registered."""

from __future__ import annotations

from changqing_web import examples  # noqa: F401
from changqing_web.asking import letters  # noqa: F401
from changqing_web.watching import schedule  # noqa: F401
from changqing_web.work import (
    dossier,  # noqa: F401
    look,  # noqa: F401
    notices,  # noqa: F401
    outdated,  # noqa: F401
    read,  # noqa: F401
    read_all,  # noqa: F401
    seal,  # noqa: F401
    stamp,  # noqa: F401
    start,  # noqa: F401
    watch,  # noqa: F401
)
