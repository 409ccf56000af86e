"""Errors of the system are said in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.errors import make_disk_issue
from changqing.text import Language, Text


@pytest.mark.parametrize(
    ("place", "zh"),
    [
        ("none", "没有这个文件或文件夹"),
        (".", "这是一个文件夹"),
        ("file/x", "路径中有一段不是文件夹"),
    ],
)
def test_the_reason_of_the_system_is_said_in_chinese(
    tmp_path: Path, place: str, zh: str
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="Errno") as raised:
        (tmp_path / place).read_bytes()
    issue = make_disk_issue("a", raised.value, Text("读不出", "cannot be read"))
    assert issue.say(Language.ZH) == f"a 读不出（{zh}）"
    assert str(raised.value.strerror) in issue.say(Language.EN)


def test_a_reason_without_chinese_words_is_not_lost() -> None:
    issue = make_disk_issue("a", OSError(999, "odd"), Text("读不出", "cannot be read"))
    assert issue.say(Language.ZH) == "a 读不出（odd）"
