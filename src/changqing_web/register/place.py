"""Where the runs of a workspace lie: nothing that a person types leads elsewhere."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from changqing_web.models import Workspace


def find_runs_folder(workspace: Workspace) -> Path:
    """Find the folder in which each folder is a run that the workspace shows."""
    return Path(settings.REGISTERS) / workspace.slug
