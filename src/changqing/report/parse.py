"""Reading a report back from the JSON in which it was kept.

Apart from the codec: pages read, commands only write, and do not wait for pydantic.
"""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from changqing.report.model import CaseReport


def parse_report(content: bytes) -> CaseReport:
    """Parse the JSON of a report. ValueError where it is none of this version."""
    return _adapter().validate_json(content)


@cache
def _adapter() -> TypeAdapter[CaseReport]:
    return TypeAdapter(CaseReport)
