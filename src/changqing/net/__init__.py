"""The only door to the network: checked addresses, bounded size and time, polite."""

from changqing.net._address import check_address, check_url
from changqing.net._challenge import is_challenge
from changqing.net._door import Net
from changqing.net._loop import run
from changqing.net._model import (
    Answer,
    AnswerStatus,
    Dialogue,
    Exchange,
    Handshake,
    NetSettings,
)

__all__ = [
    "Answer",
    "AnswerStatus",
    "Dialogue",
    "Exchange",
    "Handshake",
    "Net",
    "NetSettings",
    "check_address",
    "check_url",
    "is_challenge",
    "run",
]
