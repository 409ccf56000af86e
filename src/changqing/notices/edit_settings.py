"""Changing `notices.yaml` from a form: who is told, and by which channel.

The file is only ever replaced by one that can be read; secrets are written beside it,
each in a file of its own that nobody else may read.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from changqing.disk import UNWRITTEN, Disk
from changqing.errors import CaseError, Issue, make_disk_issue
from changqing.notices.settings import SettingsShape, read_settings
from changqing.text import Text
from changqing.yamlfile.edit import UnusualYamlError, set_values
from changqing.yamlfile.plain import Writable
from changqing.yamlfile.shape import read_shape

SECRETS: Final = "notices/secrets"
_NAMES: Final = {
    "mail": "邮件",
    "wecom": "企业微信群",
    "dingtalk": "钉钉群",
    "feishu": "飞书群",
}
_Change = tuple[tuple[str, ...], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """A channel as a form gives it; what does not belong to its kind is empty."""

    kind: str
    webhook: str = ""
    key: str = ""
    host: str = ""
    port: int = 465
    safety: str = "tls"
    sender: str = ""
    user: str = ""
    password: str = ""


def load_shape(path: Path) -> SettingsShape | None:
    """Load the settings as they stand, None where there are none; raises CaseError."""
    return read_shape(path, SettingsShape)[1] if path.is_file() else None


def add_person(
    path: Path, name: str, *, mail: str, by: str | NewChannel, now: datetime
) -> None:
    """Let somebody be told, by a channel that is there or by a new one.

    Who is told already is told by it too. The first person is told of every case that
    nobody else is. Raises CaseError with what is wrong; nothing is written then.
    """
    shape = load_shape(path)
    old = None if shape is None else shape.people.get(name)
    changes: list[_Change] = []
    secret_files: list[Path] = []
    try:
        channel = (
            by if isinstance(by, str) else _add_channel(path, by, changes, secret_files)
        )
        ways = [] if old is None else list(old.by)
        person: dict[str, Writable] = {
            "by": [*ways, *([] if channel in ways else [channel])]
        }
        address = mail or (None if old is None else old.mail)
        if address:
            person = {"mail": address, **person}
        changes.append((("people", name), person))
        if shape is None:
            changes.append((("otherwise",), name))
        _write_settings(path, changes, now)
    except BaseException:
        for secret in secret_files:
            secret.unlink(missing_ok=True)
        raise


def remove_person(path: Path, name: str, *, now: datetime) -> None:
    """Tell somebody no more; whom they were told of goes to the next one.

    With the last one the settings are put aside as `notices.yaml.off`.
    """
    shape = load_shape(path)
    if shape is None or name not in shape.people:
        return
    people_left = [person for person in shape.people if person != name]
    if not people_left:
        try:
            path.replace(path.with_name(f"{path.name}.off"))
        except OSError as error:
            raise _make_refusal(path, error) from error
        return
    changes: list[_Change] = [(("people", name), None)]
    changes += [(("cases", c), None) for c, who in shape.cases.items() if who == name]
    if shape.otherwise == name:
        changes.append((("otherwise",), people_left[0]))
    _write_settings(path, changes, now)


def set_otherwise(path: Path, name: str, *, now: datetime) -> None:
    """Say who is told of the cases that name nobody."""
    _write_settings(path, [(("otherwise",), name)], now)


def _add_channel(
    path: Path, new: NewChannel, changes: list[_Change], secret_files: list[Path]
) -> str:
    shape = load_shape(path)
    channel_names = () if shape is None else shape.channels
    name, number = _NAMES[new.kind], 1
    while name in channel_names:
        number += 1
        name = f"{_NAMES[new.kind]}{number}"
    value: dict[str, Writable] = {"kind": new.kind}
    if new.kind == "mail":
        value |= {"host": new.host, "port": new.port, "safety": new.safety}
        value["sender"] = new.sender
        if new.user:
            value["user"] = new.user
        secret = {"password": new.password}
    else:
        secret = {"webhook": new.webhook, "key": new.key}
    for field, word in secret.items():
        if word:
            value[field] = {"file": _keep_secret(path, word, secret_files)}
    changes.append((("channels", name), value))
    return name


def _keep_secret(path: Path, word: str, secret_files: list[Path]) -> str:
    name = f"{SECRETS}/{secrets.token_hex(8)}"
    file = path.parent / name
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        secret_files.append(file)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(word)
    except OSError as error:
        raise _make_refusal(file, error) from error
    return name


def _write_settings(path: Path, changes: Iterable[_Change], now: datetime) -> None:
    """Replace the settings by what the changes make of them, if that can be read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        text = path.read_text("utf-8") if path.is_file() else ""
        draft.write_text(set_values(text, changes, lists=()), "utf-8")
        # Secrets of the environment are those of whoever sends: not looked for here.
        read_settings(draft, environment=_AnyEnvironment(), clock=lambda: now)
        Disk().replace(path, draft.read_bytes())
    except (OSError, UnusualYamlError) as error:
        raise _make_refusal(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


class _AnyEnvironment(dict[str, str]):
    def get(self, key: str, default: object = None) -> str:
        return "set"


def _make_refusal(path: Path, error: Exception) -> CaseError:
    if isinstance(error, OSError):
        return CaseError(make_disk_issue(str(path), error, UNWRITTEN, _AS_BEFORE))
    return CaseError(Issue(text=_UNUSUAL, path=path.name))


_AS_BEFORE: Final = Text(
    zh="检查磁盘空间和权限；设置没有动",
    en="check disk space and permissions; the settings are as they were",
)
_UNUSUAL: Final = Text(
    zh="notices.yaml的写法特殊，为免改坏，没有动它",
    en="notices.yaml is written in a way of its own; it was left as it was",
)
