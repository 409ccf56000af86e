"""`notices.yaml`: who is told, and by which ways; secrets are only named in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from changqing.errors import CaseError, Issue
from changqing.net.mail_out import MailSafety, MailServer
from changqing.net.model import NetSettings
from changqing.notices.channels import Mail, Robot, RobotKind, Secret
from changqing.notices.digest import Channel
from changqing.text import Language, Text
from changqing.yamlfile.read import Loc, YamlFile
from changqing.yamlfile.shape import Shape, read_shape
from changqing.yamlfile.values import Refusal, Words

SETTINGS_FILE: Final = "notices.yaml"


class SecretPlace(Shape):
    """Where a secret stands: an environment variable, or a file of its own."""

    env: Words | None = None
    file: Words | None = None

    @model_validator(mode="after")
    def _check_one_place(self) -> SecretPlace:
        if (self.env is None) == (self.file is None):
            raise Refusal(
                "要写env（环境变量名）或file（文件），只写一个",
                "needs env (a variable's name) or file, one of the two",
            )
        return self


class MailShape(Shape):
    """A mail server."""

    kind: Literal["mail"]
    host: Words
    port: Annotated[int, Field(ge=1, le=65_535)]
    safety: Literal["tls", "starttls", "none"] = "tls"
    sender: Words
    user: Words | None = None
    password: SecretPlace | None = None


class RobotShape(Shape):
    """A group robot."""

    kind: Literal["wecom", "dingtalk", "feishu"]
    webhook: SecretPlace
    key: SecretPlace | None = None

    @model_validator(mode="after")
    def _check_signing(self) -> RobotShape:
        if self.kind == "wecom" and self.key is not None:
            raise Refusal(
                "：企业微信机器人没有加签密钥", "is not used by WeCom robots", at="key"
            )
        return self


class PersonShape(Shape):
    """One person and the ways to them."""

    mail: Words | None = None
    by: list[Words]


class SettingsShape(Shape):
    """The whole file."""

    language: Literal["zh", "en"] = "zh"
    channels: dict[str, Annotated[MailShape | RobotShape, Field(discriminator="kind")]]
    people: dict[str, PersonShape]
    cases: dict[str, Words] = Field(default_factory=dict)
    otherwise: Words
    opened: list[Words] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """Who is told of which case, and by which channels."""

    language: Language
    channels: Mapping[str, Channel]
    people: Mapping[str, tuple[str, ...]]
    cases: Mapping[str, str]
    otherwise: str

    def find_person(self, case: str) -> str:
        """Find who is told of a case."""
        return self.cases.get(case, self.otherwise)


def read_settings(
    path: Path, *, environment: Mapping[str, str], clock: Callable[[], datetime]
) -> NoticeSettings:
    """Read the file, and the secrets it names; CaseError with all that is wrong.

    No secret is ever part of an error.
    """
    file, shape = read_shape(path, SettingsShape)
    issues: list[Issue] = []
    opened = _parse_opened(file, shape, issues)
    language = Language(shape.language)
    secrets = _Secrets(file=file, folder=path.parent, environment=environment)
    channels: dict[str, Channel] = {}
    addresses = {n: p.mail for n, p in shape.people.items() if p.mail is not None}
    for name, channel in shape.channels.items():
        at = ("channels", name)
        if isinstance(channel, MailShape):
            password = secrets.read(channel.password, (*at, "password"), issues)
            channels[name] = Mail(
                name=name,
                server=MailServer(
                    host=channel.host,
                    port=channel.port,
                    safety=MailSafety(channel.safety),
                    user=channel.user or "",
                    password="" if password is None else password.value,
                    opened=opened,
                ),
                sender=channel.sender,
                addresses=addresses,
                language=language,
                clock=clock,
            )
            continue
        address = secrets.read(channel.webhook, (*at, "webhook"), issues)
        key = secrets.read(channel.key, (*at, "key"), issues)
        if address is not None:
            channels[name] = Robot(
                name=name,
                kind=RobotKind(channel.kind),
                address=address,
                key=key,
                language=language,
                settings=NetSettings(opened=opened),
                clock=clock,
            )
    issues += _check_people(file, shape)
    if issues:
        raise CaseError(*sorted(issues, key=lambda issue: issue.line or 0))
    return NoticeSettings(
        language=language,
        channels=channels,
        people={name: tuple(person.by) for name, person in shape.people.items()},
        cases=dict(shape.cases),
        otherwise=shape.otherwise,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secrets:
    """Reads secrets where the file says they stand."""

    file: YamlFile
    folder: Path
    environment: Mapping[str, str]

    def read(
        self, place: SecretPlace | None, at: Loc, issues: list[Issue]
    ) -> Secret | None:
        """Read the secret; None with an issue when it is not there."""
        if place is None:
            return None
        if place.env is not None:
            value = self.environment.get(place.env, "").strip()
            if value:
                return Secret(value=value)
            text = Text(
                zh=f"环境变量 {place.env} 没有设置",
                en=f"the environment variable {place.env} is not set",
            )
            issues.append(self.file.issue((*at, "env"), text))
            return None
        path = self.folder / str(place.file)
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            value = ""
        if value:
            return Secret(value=value)
        text = Text(
            zh=f"{place.file} 读不到，或者是空的",
            en=f"{place.file} cannot be read, or is empty",
        )
        issues.append(self.file.issue((*at, "file"), text))
        return None


def _parse_opened(
    file: YamlFile, shape: SettingsShape, issues: list[Issue]
) -> frozenset[tuple[str, int]]:
    addresses: set[tuple[str, int]] = set()
    for place, text in enumerate(shape.opened):
        host, _, port = text.rpartition(":")
        if host and port.isdecimal():
            addresses.add((host, int(port)))
            continue
        words = Text(zh="opened 要写成 主机:端口", en="opened takes host:port")
        issues.append(file.issue(("opened", place), words))
    return frozenset(addresses)


def _check_people(file: YamlFile, shape: SettingsShape) -> list[Issue]:
    """Whoever is named must be listed, and reachable by each of their channels."""
    issues: list[Issue] = []
    places_and_people: list[tuple[Loc, str]] = [(("otherwise",), shape.otherwise)]
    places_and_people += [(("cases", case), who) for case, who in shape.cases.items()]
    for where, who in places_and_people:
        if who not in shape.people:
            text = Text(
                zh=f"people 中没有{who}", en=f"{who} is not listed under people"
            )
            issues.append(file.issue(where, text))
    for name, person in shape.people.items():
        for place, by in enumerate(person.by):
            at: Loc = ("people", name, "by", place)
            channel = shape.channels.get(by)
            if channel is None:
                text = Text(
                    zh=f"channels 中没有{by}", en=f"{by} is not listed under channels"
                )
                issues.append(file.issue(at, text))
            elif isinstance(channel, MailShape) and person.mail is None:
                text = Text(
                    zh=f"{name}没有填邮箱mail", en=f"{name} has no mail address"
                )
                issues.append(file.issue(at, text))
    return issues
