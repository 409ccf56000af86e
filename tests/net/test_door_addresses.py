"""Which addresses the door lets through."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.errors import NetError
from changqing.net.address import check_address, check_url

OPENED = frozenset({("example.cn", 8443)})


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "192.0.2.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::1",
        "::",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "not an address",
    ],
)
def test_what_is_not_plainly_public_is_refused(address: str) -> None:
    with pytest.raises(NetError) as caught:
        check_address(address, host="example.cn", port=443, opened=OPENED)
    assert caught.value.reason == "own_network"
    assert not caught.value.transient


@pytest.mark.parametrize("address", ["114.114.114.114", "2400:3200::1", "1.1.1.1"])
def test_public_addresses_pass(address: str) -> None:
    assert check_address(address, host="a.cn", port=443, opened=()) == address


def test_loopback_passes_only_for_the_opened_host_and_port() -> None:
    fine = check_address("127.0.0.1", host="example.cn", port=8443, opened=OPENED)
    assert fine == "127.0.0.1"
    for host, port in [("example.cn", 443), ("other.cn", 8443)]:
        with pytest.raises(NetError):
            check_address("127.0.0.1", host=host, port=port, opened=OPENED)


def test_opening_never_lets_a_private_address_through() -> None:
    with pytest.raises(NetError):
        check_address("10.0.0.1", host="example.cn", port=8443, opened=OPENED)


@given(st.ip_addresses(v=4, network=ipaddress.IPv4Network("10.0.0.0/8")))
def test_no_private_address_passes_in_an_ipv6_coat(
    address: ipaddress.IPv4Address,
) -> None:
    for coat in ("::ffff:{}", "::{}", "64:ff9b::{}"):
        with pytest.raises(NetError):
            check_address(coat.format(address), host="a.cn", port=443, opened=())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.cn/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://user:word@example.cn/",
        "http://example.cn:25/",
        "http://example.cn:99999/",
        "//example.cn/",
        "http://[::1",
        "",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(NetError) as caught:
        check_url(url, ())
    assert caught.value.reason == "unreadable"


def test_a_fragment_is_never_sent() -> None:
    assert str(check_url("https://example.cn/a#b", ())) == "https://example.cn/a"
