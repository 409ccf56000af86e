"""Seal the example again that is checked with nothing installed.

    .venv/bin/python -m tests.sealing.make_example

Part of every release, after the rules at hand are published. The bundle is compressed
for its way into the repository; `verify.py` unpacks it.
"""

from __future__ import annotations

import lzma
import shutil
import tempfile
from pathlib import Path

from changqing.sealing import verify
from tests.sealing.make_golden import bare_case, seal
from tests.sealing.sealed_bundle import ROOT

SEALED = ROOT / "examples" / "sealed"
BUNDLE = SEALED / "bundle.zip.xz"
FINGERPRINT = SEALED / "fingerprint.txt"


def main() -> None:
    """Make bundle, verifier and fingerprint."""
    SEALED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        fingerprint = seal(bare_case(folder), folder / "bundle.zip", folder)
        content = (folder / "bundle.zip").read_bytes()
    BUNDLE.write_bytes(lzma.compress(content, preset=6))
    FINGERPRINT.write_text(f"{fingerprint}\n", encoding="ascii")
    shutil.copy(verify.__file__, SEALED / "verify.py")


if __name__ == "__main__":
    main()
