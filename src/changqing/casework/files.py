"""What a case folder holds beside `case.yaml`, by name."""

from typing import Final

FOLDER: Final = "casework"
EVENTS: Final = "events.jsonl"
SUMMARY: Final = "assessment.json"
