"""What is handed to people: the report, the summary in the terminal, the JSON.

`view` gives the JSON that the other two render, so they can never disagree.
"""

from __future__ import annotations

from changqing.dossier._report import render_report
from changqing.dossier._terminal import print_summary
from changqing.dossier._view import Portrait, headline, view

__all__ = ["Portrait", "headline", "print_summary", "render_report", "view"]
