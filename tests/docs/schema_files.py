"""Write the schemas of `--json` and of the bundle into docs/schema.

    python -m tests.docs.schema_files

Part of `make docs`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from changqing.report.schema import build_schemas
from tests.docs.json_shapes import build_bundle, build_printed

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "schema"


def write_schemas() -> dict[str, str]:
    """Write out the schemas by the name of their file."""
    schemas = {**build_schemas(), **build_printed(), **build_bundle()}
    return {
        name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in schemas.items()
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in write_schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
