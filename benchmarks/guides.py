"""What lists of papers ask for, against what `changqing materials` lists.

Recall: of what a list asks for, how much is listed for its licence, province and stage.
Precision: of what is listed to be handed in, how much is asked for by any list of that
licence and stage, for what law and guides ask and for all.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import yaml

from changqing.guide.materials import Checklist, make_checklist
from changqing.law.compiled import load_compiled
from changqing.law.kit import Standing

_GUIDES = Path(__file__).with_name("guides.yaml")
_BINDING = (Standing.CONDITION, Standing.PUBLISHED)


def measure(on: date) -> None:
    """Print recall list by list, and precision licence by licence."""
    catalogue = load_compiled()
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    listed: dict[tuple[str, str], Checklist] = {}
    found = wanted = 0
    for guide in yaml.safe_load(_GUIDES.read_text(encoding="utf-8"))["guides"]:
        place = guide["licence"], guide.get("stage", "apply")
        checklist = make_checklist(
            catalogue,
            licence=place[0],
            scope="intra_province",
            region=guide.get("region"),
            stage=place[1],
            on=on,
        )
        asks = set(guide["asks"])
        missed = asks - {paper.material.id for paper in checklist.papers}
        found, wanted = found + len(asks - missed), wanted + len(asks)
        asked[place] |= asks
        listed[place] = checklist
        print(*place, guide.get("region", "-"), f"missed: {sorted(missed) or '-'}")
    print(f"recall {found}/{wanted} = {found / wanted:.3f}")
    for binding in (True, False):
        papers = [
            paper.material.id in asked[place]
            for place, checklist in listed.items()
            for paper in checklist.papers
            if not binding or paper.standing in _BINDING
        ]
        name = "law and guides" if binding else "all that is listed"
        print(f"precision, {name}: {sum(papers)}/{len(papers)}")


if __name__ == "__main__":
    measure(date.fromisoformat(sys.argv[1]) if sys.argv[1:] else date(2026, 12, 7))
