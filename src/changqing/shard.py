"""A share of many things: which machine looks at what, without asking anybody.

The share of a name is found by its SHA-256, so it is the same on every machine.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from math import gcd
from typing import Final

from changqing.errors import CaseError, Issue
from changqing.text import Text

MOST_SHARDS: Final = 4_096
_WRITTEN: Final = re.compile(r"(\d{1,4})/(\d{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Share `number` of `count`, counted from 1; by default all there is."""

    number: int = 1
    count: int = 1

    @property
    def name(self) -> str:
        """A word for it that can name a file: `3-of-16`."""
        return f"{self.number}-of-{self.count}"

    def owns(self, name: str) -> bool:
        """Tell whether what is called so belongs to this share."""
        return hash_name(name) % self.count == self.number - 1

    def overlaps(self, other: Shard) -> bool:
        """Tell whether anything can belong to both."""
        return (self.number - other.number) % gcd(self.count, other.count) == 0

    def split(self, workers: int) -> list[Shard]:
        """Split the share into so many, which are shares of everything themselves.

        Raises CaseError where `parse_shard` would not read them back.
        """
        if self.count * workers > MOST_SHARDS:
            raise CaseError(
                Issue(
                    text=Text(
                        zh=f"--shard {self.number}/{self.count}再分给{workers}个进程，"
                        f"共{self.count * workers}份，最多{MOST_SHARDS}份",
                        en=f"--shard {self.number}/{self.count} among {workers} "
                        f"processes makes {self.count * workers} shares, and "
                        f"{MOST_SHARDS} are the most",
                    ),
                    hint=Text(zh="减少--workers或份数", en="use fewer of either"),
                )
            )
        return [
            Shard(number=self.number + place * self.count, count=self.count * workers)
            for place in range(workers)
        ]


def hash_name(name: str) -> int:
    """Compute a number of 64 bits that is the same for a name on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])


def parse_shard(written: str) -> Shard:
    """Parse `3/16`. CaseError where it is no share."""
    match = _WRITTEN.fullmatch(written)
    number, count = map(int, match.groups()) if match else (0, 0)
    if not 1 <= number <= count <= MOST_SHARDS:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"--shard {written}看不懂",
                    en=f"--shard {written} is not understood",
                ),
                hint=Text(
                    zh="写成 3/16 的样子：分成16份，看第3份",
                    en="write it like 3/16: the third of sixteen shares",
                ),
            )
        )
    return Shard(number=number, count=count)
