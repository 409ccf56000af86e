"""The ways to a person: mail, and the group robots of WeCom, DingTalk and Feishu.

A robot's address and key are secrets: they go into the request and nowhere else. What
a robot answers is shown with them taken out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from changqing.errors import Issue, NetError
from changqing.jsondata import Json, JsonObject
from changqing.net.door import Net
from changqing.net.loop import run
from changqing.net.mail_out import MailServer, send_mail
from changqing.net.model import NetSettings, Posted
from changqing.notices.digest import Digest
from changqing.text import Language, Text

_WECOM_BYTES: Final = 2_048  # of one text message
_DINGTALK_BYTES: Final = 18_000  # below its 20,000 for the whole request
_FEISHU_BYTES: Final = 18_000  # below its 20 KB for the whole request
_SHOWN: Final = 120  # characters of what a robot answers


class RobotKind(StrEnum):
    """Whose robot it is."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A word nobody may read: it shows as stars wherever it is printed."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "***"

    def hide(self, text: str) -> str:
        """Hide the word in a text."""
        return text.replace(self.value, "***") if self.value else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """A robot in a group. `key` signs what is sent, where the robot wants that."""

    name: str
    kind: RobotKind
    address: Secret
    key: Secret | None
    language: Language
    settings: NetSettings
    clock: Callable[[], datetime] = field(repr=False)

    @property
    def most_bytes(self) -> int:
        """How much one message may hold."""
        return {
            RobotKind.WECOM: _WECOM_BYTES,
            RobotKind.DINGTALK: _DINGTALK_BYTES,
            RobotKind.FEISHU: _FEISHU_BYTES,
        }[self.kind]

    def send(self, digest: Digest) -> None:
        """Post the digest as text; raises NetError unless the robot says it took it."""
        text = digest.format_message(self.language, self.most_bytes)
        url, data = self._build_request(text, self.clock())
        posted = run(self._post_data(url, data))
        self._check_answer(posted)

    async def _post_data(self, url: str, data: object) -> Posted:
        async with Net(self.settings, clock=self.clock) as net:
            return await net.post_json(url, data)

    def _build_request(self, text: str, now: datetime) -> tuple[str, JsonObject]:
        url = self.address.value
        if self.kind is RobotKind.FEISHU:
            signed: dict[str, Json] = {}
            if self.key is not None:
                stamp = str(int(now.timestamp()))
                # Feishu takes what is to be signed as the key, and signs nothing.
                sign = _sign_text(f"{stamp}\n{self.key.value}", "")
                signed = {"timestamp": stamp, "sign": sign}
            return url, {**signed, "msg_type": "text", "content": {"text": text}}
        if self.kind is RobotKind.DINGTALK and self.key is not None:
            stamp = str(int(now.timestamp() * 1000))
            sign = _sign_text(self.key.value, f"{stamp}\n{self.key.value}")
            joint = "&" if "?" in url else "?"
            url += joint + urlencode({"timestamp": stamp, "sign": sign})
        return url, {"msgtype": "text", "text": {"content": text}}

    def _check_answer(self, posted: Posted) -> None:
        try:
            reply = json.loads(posted.body)
            code = reply.get("errcode", reply.get("code", reply.get("StatusCode")))
            words = str(reply.get("errmsg", reply.get("msg", "")))
        except (ValueError, AttributeError):
            code, words = None, ""
        if posted.status == 200 and code == 0:
            return
        for secret in (self.address, self.key):
            words = words if secret is None else secret.hide(words)
        words = " ".join(words.split())[:_SHOWN]
        reply_words = f"{posted.status} {'' if code is None else code} {words}".strip()
        raise NetError(
            Issue(
                text=Text(
                    zh=f"{self.name}的机器人没有收下消息（{reply_words}）",
                    en=f"the robot of {self.name} did not take the message "
                    f"({reply_words})",
                ),
                hint=Text(
                    zh="检查机器人地址、加签密钥、关键词和出口地址的设置",
                    en="check the robot's address, signing key, keywords and allowed "
                    "addresses",
                ),
            ),
            reason="blocked",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Mail to each person's own address."""

    name: str
    server: MailServer
    sender: str
    addresses: Mapping[str, str]
    language: Language
    clock: Callable[[], datetime] = field(repr=False)
    most_bytes: None = None

    def send(self, digest: Digest) -> None:
        """Hand the digest to the mail server; raises NetError if it is not taken."""
        to = self.addresses.get(digest.person)
        if to is None:
            raise NetError(
                Issue(
                    text=Text(
                        zh=f"{digest.person}没有填邮箱",
                        en=f"no mail address is set for {digest.person}",
                    )
                ),
                reason="not_shown",
                transient=False,
            )
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = digest.title.say(self.language)
        message["Date"] = format_datetime(self.clock())
        message["Message-ID"] = self._compute_message_id(digest)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(digest.format_text(self.language) + "\n", cte="base64")
        send_mail(self.server, message)

    def _compute_message_id(self, digest: Digest) -> str:
        """The same for the same notices, so that a mail program sees a repetition."""
        hashed = hashlib.sha256("\n".join(digest.ids).encode()).hexdigest()[:32]
        return f"<{hashed}@{self.sender.rpartition('@')[2].rstrip('>')}>"


def _sign_text(key: str, text: str) -> str:
    signature = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(signature).decode()
