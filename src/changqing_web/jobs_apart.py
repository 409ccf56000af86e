"""What a child process needs before it can do jobs: Django, and all kinds of work."""

from __future__ import annotations

import os


def prepare() -> None:
    """Set Django up, and read what every job reads."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "changqing_web.settings")
    import django

    django.setup()
    import changqing_web.work.every  # noqa: F401 - names what can be done
    from changqing_web.index import catalogue

    catalogue()
