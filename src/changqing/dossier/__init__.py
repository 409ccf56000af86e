"""What is handed to people: the report, and the summary in the terminal."""

from __future__ import annotations

from changqing.dossier._report import render_report
from changqing.dossier._terminal import print_summary

__all__ = ["print_summary", "render_report"]
