"""`changqing verify`: check a sealed bundle, against the rules installed here too."""

from __future__ import annotations

from pathlib import Path

import click

from changqing.cli.shared import language_option, say_help
from changqing.text import Language


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "verify",
        help=say_help(
            language,
            "核验一个封存包：摘要、签名、日志，并重算每条结论；给出两份就再相比。"
            "0通过，1有未能核验的，2不是封存包，3没能做完，4被改动过。",
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
        help=say_help(
            language, "认识的签名者的指纹。", "Fingerprint of a known signer."
        ),
    )
    @click.option(
        "--authority",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="PEM",
        help=say_help(
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
        from changqing.law.compiled import load_compiled
        from changqing.sealing.apart import run_verify_apart

        key_options = [part for public_key in key for part in ("--key", public_key)]
        bundles = [bundle] if other is None else [bundle, other]
        return run_verify_apart(
            [*key_options, "--lang", language.value],
            bundles,
            load_compiled(),
            authorities=_read_roots(authority),
        )


def _read_roots(paths: tuple[Path, ...]) -> list[bytes]:
    """The certificates of authorities that are trusted; CaseError where one is none."""
    if not paths:
        return []
    from changqing.sealing.times import read_authorities

    roots = [path.read_bytes() for path in paths]
    for path, content in zip(paths, roots, strict=True):
        read_authorities(content, str(path))
    return roots
