"""`changqing verify`: check a sealed bundle, against the rules installed here too."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli._shared import READY, language_option, said
from changqing.text import Language

if TYPE_CHECKING:
    from changqing.sealing import verify


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "verify",
        help=said(
            language,
            "核验一个封包：摘要、签名、日志，并重算每条结论；给出两份就再相比。"
            "0通过，1有未能核对的，2不是封包，3没能做完，4被改动过。",
            "Check a sealed bundle: digests, signatures, log, and every verdict again; "
            "of two, whether they tell one history. "
            "0 verified, 1 not all could be checked, 2 no bundle, 3 unfinished, "
            "4 tampered with.",
        ),
    )
    @click.argument("bundle", type=click.Path())
    @click.argument("other", type=click.Path(), required=False)
    @click.option(
        "--key",
        multiple=True,
        metavar="FINGERPRINT",
        help=said(language, "认识的签名者的指纹。", "Fingerprint of a known signer."),
    )
    @click.option(
        "--authority",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="PEM",
        help=said(
            language,
            "认识的时间戳机构的根证书。",
            "Root certificate of a time-stamping authority that you know.",
        ),
    )
    @language_option(language)
    def check(
        *,
        bundle: str,
        other: str | None,
        key: tuple[str, ...],
        authority: tuple[Path, ...],
        lang: str | None,
    ) -> int:
        from changqing.catalogue import load_compiled
        from changqing.sealing import differing_rules, installed_rules, verify

        catalogue = load_compiled()
        known = [part for each in key for part in ("--key", each)]
        bundles = [bundle] if other is None else [bundle, other]
        code = verify.main(
            [*known, "--lang", language.value, "--", *bundles],
            rules=installed_rules(catalogue),
            witness=_witness(authority),
        )
        if code in (READY, verify.UNSURE):
            for path in bundles:
                for line in differing_rules(catalogue, Path(path)):
                    click.echo(f"  ? {line.say(language)}")
        return code


def _witness(authorities: tuple[Path, ...]) -> verify.Witness | None:
    """What judges time tokens; without its library the report says that none did."""
    if find_spec("rfc3161_client") is None and not authorities:
        return None
    from changqing.sealing.times import read_authorities, witness_of

    return witness_of(
        [
            root
            for path in authorities
            for root in read_authorities(path.read_bytes(), str(path))
        ]
    )
