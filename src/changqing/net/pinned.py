"""Which addresses of a host may be asked: resolved once, checked, and kept to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yarl import URL

from changqing.errors import NetError
from changqing.net.address import check_address, parse_address
from changqing.net.failures import make_failure
from changqing.net.model import Answer, AnswerStatus, NetSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedAddresses:
    """The addresses that may be connected to.

    `query` asks the name servers for records of a name, `is_resolver_working` whether
    they find any of the control targets.
    """

    settings: NetSettings
    query: Callable[[str, str], Awaitable[Answer]]
    is_resolver_working: Callable[[], Awaitable[bool]]

    async def pin(self, host: str, port: int) -> tuple[str, ...]:
        """Resolve, check and pin the addresses of `host` for one port."""
        # Whoever asks connects to these very addresses and resolves no more. A second
        # answer could differ from the one that was checked: with a short TTL a name is
        # public when checked and 127.0.0.1 when connected to (DNS rebinding).
        texts: list[str] = []
        if parse_address(host) is not None:
            texts.append(host)
        elif host == "localhost":
            # RFC 6761, 6.3: no name server has a say in where this leads.
            texts.append("127.0.0.1")
        else:
            texts.extend(await self._resolve_host(host))
        fine: list[str] = []
        refusals: list[NetError] = []
        for text in texts:
            try:
                fine.append(
                    check_address(
                        text, host=host, port=port, opened=self.settings.opened
                    )
                )
            except NetError as error:
                refusals.append(error)
        if not fine:
            raise refusals[0]
        return tuple(fine)

    def choose_port(self, host: str, port: int) -> int:
        """Choose where an opened pair listens; every other pair keeps its port."""
        opened = (host, port) in self.settings.opened
        return self.settings.ports.get((host, port), port) if opened else port

    async def _resolve_host(self, host: str) -> list[str]:
        """Resolve a host; none is said to be gone while our own net is in doubt."""
        four, six = await asyncio.gather(
            self.query(host, "A"), self.query(host, "AAAA"), return_exceptions=True
        )
        values: list[str] = []
        absent = False
        for answer in (four, six):
            if isinstance(answer, Answer):
                values.extend(answer.values)
                absent = absent or answer.status is AnswerStatus.NO_NAME
        if values:
            return values
        for answer in (four, six):
            if isinstance(answer, BaseException):
                raise answer
        # A resolver cut off from the net may say of every name that it does not exist:
        # our own trouble must not be told as the end of the applicant's domain.
        if (
            absent
            and not self._is_control(host)
            and not await self.is_resolver_working()
        ):
            raise make_failure(
                "own_network",
                f"没能查到域名{host}：对照网站的域名也查不到，不能据此说它不存在",
                f"{host} was not found, nor was any control site: it cannot be said "
                "that the name does not exist",
            )
        raise make_failure(
            "dns_failure",
            f"域名{host}不存在" if absent else f"域名{host}没有地址记录",
            f"the name {host} does not exist" if absent else f"{host} has no address",
            transient=False,
        )

    def _is_control(self, host: str) -> bool:
        """Whether it is a control target itself, which no other vouches for."""
        return any(URL(url).host == host for url in self.settings.controls)
