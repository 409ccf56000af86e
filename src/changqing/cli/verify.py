"""`changqing verify`: check a sealed bundle, against the rules installed here too."""

from __future__ import annotations

import click

from changqing.cli._shared import language_option, said
from changqing.text import Language


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "verify",
        help=said(
            language,
            "核验一个封包：摘要、签名、日志，并重算每条结论。"
            "0通过，1有未能核对的，3没能做完，4被改动过。",
            "Check a sealed bundle: digests, signatures, log, and every verdict again. "
            "0 verified, 1 not all could be checked, 3 unfinished, 4 tampered with.",
        ),
    )
    @click.argument("bundle", type=click.Path())
    @click.option(
        "--key",
        multiple=True,
        metavar="FINGERPRINT",
        help=said(language, "认识的签名者的指纹。", "Fingerprint of a known signer."),
    )
    @language_option(language)
    def check(*, bundle: str, key: tuple[str, ...], lang: str | None) -> int:
        from changqing.catalogue import load_compiled
        from changqing.sealing import installed_rules, verify

        known = [part for each in key for part in ("--key", each)]
        return verify.main(
            [*known, "--lang", language.value, "--", bundle],
            rules=installed_rules(load_compiled()),
        )
