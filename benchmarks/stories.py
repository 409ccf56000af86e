"""Stories told as folders of papers: what is said rightly, found, and wrongly said.

    python -m benchmarks.stories [NAME ...]

A case is begun from each folder and judged offline, as in `tests/stories`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.stories.folder_story import FOLDERS, list_faults, tell_folder

_SENTENCES = ("first", "long_term")


def count_lines(names: Sequence[str]) -> Counter[str]:
    """Count the lines expected of the stories named, by sort, and those missed."""
    counts: Counter[str] = Counter()
    for name in names:
        story = FOLDERS[name]
        expect = story["expect"]
        with TemporaryDirectory() as place:
            faults = list_faults(tell_folder(Path(place), story), expect)
        for fault in faults:
            print(f"{name}: {fault}")
        counts["stories"] += 1
        counts["wholly right"] += not faults
        counts["sentences"] += sum(len(expect.get(one, {})) for one in _SENTENCES)
        counts["sentences wrong"] += sum(
            fault.startswith(_SENTENCES) for fault in faults
        )
        counts["certain"] += len(expect.get("certain", {}))
        counts["certain missed"] += sum("is not certain" in fault for fault in faults)
        counts["forbidden"] += len([*expect.get("never", ()), *expect.get("agree", ())])
        counts["forbidden"] += len(expect.get("never_met", ()))
        counts["forbidden said"] += sum(
            "must not be" in fault or "agrees, and" in fault for fault in faults
        )
    return counts


def main() -> None:
    """Print what came of the stories."""
    counts = count_lines(sys.argv[1:] or list(FOLDERS))
    for part, of, missed in (
        ("verdicts right", "sentences", "sentences wrong"),
        ("certain defects found", "certain", "certain missed"),
    ):
        print(f"{part}: {counts[of] - counts[missed]} of {counts[of]}")
    print(f"forbidden said: {counts['forbidden said']} of {counts['forbidden']}")
    print(f"stories wholly right: {counts['wholly right']} of {counts['stories']}")


if __name__ == "__main__":
    main()
