"""What an operator sets of a provider of identities, whole or by half."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from changqing_web.checks import check_oidc
from changqing_web.oidc.configuration import (
    is_private_address,
    read_oidc,
)

_WHOLE = {
    "CHANGQING_OIDC_ISSUER": "https://login.example",
    "CHANGQING_OIDC_CLIENT": "c",
    "CHANGQING_OIDC_SECRET": "s",
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"CHANGQING_OIDC_SIGNUP": "open"}, []),
        ({"CHANGQING_OIDC_ISSUER": ""}, ["E001"]),
        ({"CHANGQING_OIDC_CLIENT": ""}, ["E001"]),
        ({"CHANGQING_OIDC_SECRET": ""}, ["E001"]),
        (
            {"CHANGQING_OIDC_SECRET": "", "CHANGQING_OIDC_SECRET_FILE": "/no/such"},
            ["E002"],
        ),
        ({"CHANGQING_OIDC_ISSUER": "http://login.example"}, ["E003"]),
        ({"CHANGQING_OIDC_ISSUER": f"https://{'x' * 200}.example"}, ["E004"]),
        ({"CHANGQING_OIDC_SIGNUP": "yes"}, ["E005"]),
        (
            {"CHANGQING_OIDC_ISSUER": "login", "CHANGQING_OIDC_CLIENT": ""},
            ["E001", "E003"],
        ),
    ],
    ids=str,
)
def test_half_a_configuration_is_found_and_not_used(
    settings: Any, change: dict[str, str], found: list[str]
) -> None:
    settings.OIDC = read_oidc({**_WHOLE, **change})
    faults = check_oidc(None)
    assert [fault.id for fault in faults] == [f"changqing.{number}" for number in found]
    assert settings.OIDC is not None
    assert settings.OIDC.is_usable is not bool(found)


def test_nothing_set_is_no_provider_and_no_fault(settings: Any) -> None:
    settings.OIDC = read_oidc({"CHANGQING_OIDC_ISSUER": ""})
    assert settings.OIDC is None
    assert check_oidc(None) == []


def test_the_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s\n")
    read = read_oidc(
        {
            **_WHOLE,
            "CHANGQING_OIDC_SECRET": "",
            "CHANGQING_OIDC_SECRET_FILE": str(file),
        }
    )
    assert read is not None
    assert (read.secret, read.label, read.is_usable) == ("s", "login.example", True)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://login.example", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://login.example", False),
        ("http://localhost.evil.example", False),
        ("https://", False),
        ("ftp://127.0.0.1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_what_nobody_can_read_on_the_way_is_asked(url: str, private: bool) -> None:
    assert is_private_address(url) is private
