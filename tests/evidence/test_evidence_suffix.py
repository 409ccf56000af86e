"""Which domain somebody registered."""

from __future__ import annotations

import subprocess
import sys

import pytest
import tldextract
from hypothesis import given
from hypothesis import strategies as st

from changqing.case.suffix import find_registrable_domain

_PEER = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
# Where both lists say the same: the peer's is of another day.
_ENDINGS = [
    "cn", "com.cn", "zj.cn", "公司.cn", "中国", "xn--fiqs8s", "com", "co.uk", "ck",
    "www.ck", "jp", "kobe.jp", "city.kobe.jp", "github.io", "example", "np",
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.qinghe.cn/", "qinghe.cn"),
        ("https://WWW.Qinghe.COM.CN:8443/a?b", "qinghe.com.cn"),
        ("qinghe.cn", "qinghe.cn"),
        ("http://a。例子.中国/", "例子.中国"),
        ("http://xn--fsqu00a.xn--fiqs8s/", "xn--fsqu00a.xn--fiqs8s"),
        ("http://a.com./", "a.com"),
        ("http://b.c.kobe.jp", "b.c.kobe.jp"),
        ("http://x.city.kobe.jp", "city.kobe.jp"),
        ("http://a.bd/", "a.bd"),
        ("http://a.com.bd/", "a.com.bd"),
        ("http://com.np/", None),
        ("http://com.cn/", None),
        ("http://1.2.3.4/", None),
        ("http://[::1]/", None),
        ("http://[::1/", None),
        ("http://a..com/", None),
        ("http://xn--a.xn--zzzzzzzz/", None),
        ("http://localhost:80", None),
        ("", None),
    ],
)
def test_the_registrable_domain_of_a_url(url: str, domain: str | None) -> None:
    assert find_registrable_domain(url) == domain


@given(
    st.lists(st.sampled_from(["a", "www", "例子", "kobe", "b-1"]), max_size=3),
    st.sampled_from(_ENDINGS),
)
def test_it_agrees_with_tldextract(labels: list[str], ending: str) -> None:
    host = ".".join([*labels, ending])
    expected = _PEER(host).top_domain_under_public_suffix or None
    assert find_registrable_domain(host) == expected


@pytest.mark.long
def test_reading_a_case_brings_no_http_client_and_no_schema_library() -> None:
    heavy = ["requests", "urllib3", "pydantic", "polars", "aiohttp"]
    code = (
        "import sys, changqing.run, changqing.documents.documents;"
        "from changqing.case.suffix import find_registrable_domain;"
        "find_registrable_domain('https://a.cn');"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
