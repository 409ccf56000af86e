"""The only door to the network: checked addresses, bounded size and time, polite."""

from changqing.net._address import check_address, check_url
from changqing.net._challenge import is_challenge
from changqing.net._door import Net
from changqing.net._loop import run, run_with_progress
from changqing.net._mail_out import MailSafety, MailServer, send_mail
from changqing.net._model import (
    Answer,
    AnswerStatus,
    Dialogue,
    Exchange,
    Handshake,
    NetSettings,
    Posted,
)

__all__ = [
    "Answer",
    "AnswerStatus",
    "Dialogue",
    "Exchange",
    "Handshake",
    "MailSafety",
    "MailServer",
    "Net",
    "NetSettings",
    "Posted",
    "check_address",
    "check_url",
    "is_challenge",
    "run",
    "run_with_progress",
    "send_mail",
]
