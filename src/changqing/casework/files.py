"""What a case folder holds beside `case.yaml`, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from changqing.jsondata import JsonObject
from changqing.plainfile import read_plain

FOLDER: Final = "casework"
EVENTS: Final = "events.jsonl"
SUMMARY: Final = "assessment.json"


def read_summary(folder: Path) -> JsonObject:
    """Read what the last assessment left in the case folder.

    Empty when there is nothing.
    """
    try:
        data = json.loads(read_plain(folder / SUMMARY, inside=folder))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
