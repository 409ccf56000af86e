"""A `notices.yaml` to begin with: it can be read as it is, and says what to change."""

from __future__ import annotations

from pathlib import Path

from changqing.errors import CaseError, Issue
from changqing.plainfile import write_new
from changqing.text import Language, Text


def write_new_settings(path: Path, language: Language) -> None:
    """Write settings to be filled in; CaseError where something stands there."""
    template = Path(__file__).with_name(f"new.{language.value}.yaml")
    try:
        write_new(path, template.read_bytes(), inside=path.parent)
    except FileExistsError as error:
        raise CaseError(Issue(text=_THERE, path=str(path), hint=_ANOTHER)) from error
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(path))) from error


_THERE = Text("已经有这个文件，没有动它", "is there already and was left alone")
_ANOTHER = Text("用--settings写另一个文件", "name another with --settings")
_UNWRITABLE = Text("写不进这里", "cannot be written here")
