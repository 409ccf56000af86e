"""Make the golden bundles again, which every later release must still verify.

    .venv/bin/python -m tests.sealing.make_golden

Only when the format changes. The authority's certificate ends a minute after it signs.
"""

from __future__ import annotations

import lzma
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from changqing.casework.files import SUMMARY
from tests.sealing.sealed_bundle import changqing, copied
from tests.sealing.time_authority import make_authority, serving

GOLDEN = Path(__file__).parent / "golden"
CASE = "newly-registered"


def bare_case(to: Path) -> Path:
    """An example with its papers, before anything was looked at."""
    case = copied(CASE, to)
    shutil.rmtree(case / "evidence")
    (case / SUMMARY).unlink(missing_ok=True)
    return case


def seal(case: Path, bundle: Path, config: Path, *options: str) -> str:
    """Seal, and give the fingerprint of the signer."""
    done = changqing("seal", case, "-o", bundle, *options, config=config)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return next(
        line.rpartition(" ")[2]
        for line in done.stdout.splitlines()
        if line.startswith("Signer")
    )


def main() -> None:
    """Make all of them."""
    GOLDEN.mkdir(exist_ok=True)
    fingerprints = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        case = bare_case(folder)
        fingerprints["today"] = seal(case, folder / "today.zip", folder)
        now = datetime.now(UTC)
        authority = make_authority(
            folder / "tsa", now - timedelta(days=1), now + timedelta(minutes=1)
        )
        with serving(authority) as url:
            fingerprints["expired"] = seal(
                case, folder / "expired.zip", folder, "--time-authority", url
            )
        shutil.copy(authority.root, GOLDEN / "expired-authority.pem")
        for day in ("2026-11-25", "2026-11-26", "2026-11-27"):
            changqing("rotate-key", config=folder)
            seal(case, folder / "rotated.zip", folder, "--as-of", day)
        fingerprints["rotated"] = fingerprints["today"]
        for name in fingerprints:
            content = (folder / f"{name}.zip").read_bytes()
            (GOLDEN / f"{name}.zip.xz").write_bytes(lzma.compress(content, preset=9))
    # `typed` was sealed by rules that took for documented what was typed beside a file.
    # No release makes such a bundle again, and it stays.
    kept = (GOLDEN / "fingerprints.txt").read_text("ascii").splitlines()
    fingerprints |= {n: key for key, n in map(str.split, kept) if n == "typed"}
    told = "".join(f"{key}  {name}\n" for name, key in sorted(fingerprints.items()))
    (GOLDEN / "fingerprints.txt").write_text(told, encoding="ascii")


if __name__ == "__main__":
    main()
