"""Put the rules of the catalogue as it is now among those that `verify.py` knows.

    .venv/bin/python -m tests.sealing.published_rules

Part of every release. What was published once stays: bundles live longer than editions.
"""

from __future__ import annotations

import re
from pathlib import Path

from changqing.law.compiled import load_compiled
from changqing.sealing import verify
from changqing.sealing.bundle import digest_installed_rules

PLACE = re.compile(r"PUBLISHED_RULES: dict\[str, str\] = \{[^}]*\}")


def main() -> None:
    """Write `verify.py` again when the rules are new to it."""
    catalogue = load_compiled()
    fresh = dict.fromkeys(digest_installed_rules(catalogue), catalogue.edition)
    known = {**verify.PUBLISHED_RULES, **fresh}
    lines = "".join(f'    "{digest}": "{name}",\n' for digest, name in known.items())
    path = Path(verify.__file__)
    text = path.read_text(encoding="utf-8")
    told = PLACE.sub(
        lambda _: f"PUBLISHED_RULES: dict[str, str] = {{\n{lines}}}", text, count=1
    )
    path.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
