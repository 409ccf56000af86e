"""How the pages are served: what gunicorn reads, once for all processes."""

from __future__ import annotations

import gc
from typing import Final

worker_class = "gthread"
threads = 4  # more wait for one another than answer
preload_app = True
timeout = 120
loglevel = "warning"

# A connection that is kept stays with the process that took it, whoever else is idle;
# each request its own, and the process that has nothing to do answers.
keepalive = 0

_YOUNG: Final = 20_000
"""Objects made before the youngest are looked through; a page makes thousands."""


def when_ready(_server: object) -> None:
    """Load what every page needs before the processes part, and never search it for
    garbage: it is there to stay."""
    from django.urls import get_resolver

    from changqing_web.index import catalogue

    catalogue().load_all()
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
