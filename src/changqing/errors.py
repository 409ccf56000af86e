"""One family of exceptions; each says what, where and what to do, in two languages."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import ClassVar, Final

from changqing.text import Language, Text

_UNFINISHED: Final = 3
_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing that is wrong: the file and line where, and what to do next."""

    text: Text
    path: str | None = None
    line: int | None = None
    hint: Text | None = None

    def say(self, language: Language) -> str:
        """Return `file:line message，hint` in one language."""
        where = ""
        if self.path is not None:
            where = self.path if self.line is None else f"{self.path}:{self.line}"
            where += " "
        message = where + self.text.say(language)
        if self.hint is not None:
            joint = "，" if language is Language.ZH else "; "
            message += joint + self.hint.say(language)
        return message

    def name_file(self) -> Issue:
        """Name the file alone: where it lies here is nobody's business."""
        return replace(self, path=self.path and PurePath(self.path).name)


class ChangqingError(Exception):
    """Anything a shell may catch and show; `issues` come all at once."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 2

    def __init__(self, *issues: Issue) -> None:
        super().__init__("\n".join(issue.say(Language.EN) for issue in issues))
        self.issues = issues

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes with all that it says."""
        return _remake_error, (type(self), self.args, self.__dict__)

    @classmethod
    def of(cls, text: Text, *, hint: Text | None = None) -> ChangqingError:
        """Make an error about nothing that stands in a file."""
        return cls(Issue(text=text, hint=hint))

    def lines(self, language: Language) -> Iterable[str]:
        """Say each issue in one line of `language`."""
        return (issue.say(language) for issue in self.issues)


def _remake_error(
    kind: type[ChangqingError], args: tuple[object, ...], state: dict[str, object]
) -> ChangqingError:
    """Make an error of `kind` again, whatever its `__init__` asks for."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


def make_disk_issue(
    path: str | Path, error: OSError, what: Text, hint: Text | None = None
) -> Issue:
    """Say `what` could not be done with a file or folder, and the system's reason."""
    reason = say_reason(error)
    text = Text(zh=f"{what.zh}（{reason.zh}）", en=f"{what.en} ({reason.en})")
    return Issue(text=text, path=str(path), hint=hint)


_REASONS: Final[Mapping[int, str]] = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件太大",
    errno.EIO: "磁盘读写出错",
    errno.EROFS: "磁盘是只读的",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EBUSY: "文件正在使用",
}
"""What the system says in English, by POSIX.1-2017; others stay as they are."""


def say_reason(error: OSError) -> Text:
    """Say why the system refused something."""
    reason = error.strerror or type(error).__name__
    return Text(zh=_REASONS.get(error.errno or 0, reason), en=reason)


def find_exit_code(error: ChangqingError) -> int:
    """Return the exit code of a command that ends with `error`.

    A disk that is full or fails is nobody's wrong usage, whatever was being written:
    the error that the system gave is looked for behind ours.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _DISK:
            return _UNFINISHED
        cause = cause.__cause__
    return error.exit_code


class CatalogueError(ChangqingError):
    """A file under `catalogue/` cannot be used."""

    code = "catalogue"


class RuleError(ChangqingError):
    """An expression is outside the language, or names what does not exist.

    `offset` counts characters from the start of the expression's text.
    """

    code = "rule"

    def __init__(self, *issues: Issue, offset: int = 0) -> None:
        super().__init__(*issues)
        self.offset = offset


class CaseError(ChangqingError):
    """A case folder, its `case.yaml` or one of its papers cannot be used."""

    code = "case"


class DayError(CaseError):
    """A day that a case says of itself does not fit the day it is assessed on."""

    code = "day"


class BusyError(CaseError):
    """Another process is writing to the case; what waits can try again."""

    code = "busy"


class NetError(ChangqingError):
    """Could not look; `reason` is a gap reason. Becomes a gap, never a fact."""

    code = "net"
    exit_code = _UNFINISHED

    def __init__(self, *issues: Issue, reason: str, transient: bool = True) -> None:
        super().__init__(*issues)
        self.reason = reason
        self.transient = transient


class GivenUpError(ChangqingError):
    """Work in a child process was ended by a limit: `reason` is processor, time,
    memory, busy or died."""

    code = "given_up"
    exit_code = _UNFINISHED

    def __init__(self, *issues: Issue, reason: str) -> None:
        super().__init__(*issues)
        self.reason = reason


class TamperError(ChangqingError):
    """Recorded evidence disagrees with its log. Nobody catches this and goes on."""

    code = "tampered"
    exit_code = 4


class DocumentError(ChangqingError):
    """A report or document could not be made."""

    code = "document"
    exit_code = _UNFINISHED
