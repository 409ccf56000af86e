"""`changqing probe`: many sites, kept, read again, and taken up after a break."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from changqing.cli.main import main
from changqing.cli.probe import ProbeTask, run
from changqing.net.door import Net
from changqing.probes.many import look_at_many
from changqing.probes.model import Site
from changqing.text import Language
from tests.docs.json_shapes import close_schema
from tests.docs.schema_files import FOLDER
from tests.probes.probes_world import DOMAIN, NOW, good_pages
from tests.probes.probes_world import world as a_world


def job(sites: tuple[Site, ...], **where: Any) -> ProbeTask:
    fields: dict[str, Any] = {"save": None, "out": None, "at_once": 4, "as_json": True}
    return ProbeTask(sites=sites, **{**fields, **where})


def looked_at(folder: Path, names: list[str], **where: Any) -> list[str]:
    """Run the job over one address per name; the addresses."""

    async def go() -> list[str]:
        async with a_world(folder) as world:
            sites = tuple(
                Site.from_url("site", f"{world.site.url}{name}", domain=DOMAIN)
                for name in names
            )
            code = await asyncio.to_thread(
                run, job(sites, **where), language=Language.EN, settings=world.settings
            )
            assert code == 0
            return [site.url for site in sites]

    return asyncio.run(go())


def results(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_every_site_gives_one_line(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    pages = tmp_path / "pages"
    pages.mkdir()
    urls = looked_at(good_pages(pages), ["", "privacy.html", "gone.html"], out=out)
    found = {result["url"]: result for result in results(out)}
    assert set(found) == set(urls)
    home = found[urls[0]]
    assert home["facts"]["filing_number_shown"]["value"] == "浙ICP备20261234号-1"
    assert home["attempts"][0]["answered"] is True
    assert not set(home["facts"]) & set(home["gaps"])


def test_what_is_done_is_not_looked_at_again(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    pages = tmp_path / "pages"
    pages.mkdir()
    good_pages(pages)

    async def go() -> list[dict[str, Any]]:
        async with a_world(pages) as world:
            sites = tuple(
                Site.from_url("site", f"{world.site.url}{name}", domain=DOMAIN)
                for name in ("", "privacy.html", "terms.html")
            )

            def look(asked: tuple[Site, ...]) -> None:
                run(
                    job(asked, out=out),
                    language=Language.EN,
                    settings=world.settings,
                )

            await asyncio.to_thread(look, sites[:2])
            first = out.read_bytes()
            out.write_bytes(first + b'{"url": "https://broke')
            await asyncio.to_thread(look, sites)
            assert out.read_bytes().startswith(first)
            return results(out)

    found = asyncio.run(go())
    assert len(found) == 3
    assert len({result["url"] for result in found}) == 3


def test_kept_bytes_give_the_same_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    out, kept = tmp_path / "results.jsonl", tmp_path / "kept"
    looked_at(good_pages(pages), ["", "nothing.html"], out=out, save=kept)
    with pytest.raises(SystemExit) as ended:
        main(["probe", "--replay", str(kept), "--json", "--lang", "en"])
    assert ended.value.code == 0
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    schema = json.loads((FOLDER / "probe.v1.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(close_schema(schema))
    assert [
        error.message for line in again for error in validator.iter_errors(line)
    ] == []

    def by_url(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(found, key=lambda result: str(result["url"]))

    assert by_url(again) == by_url(results(out))


def test_a_damaged_capture_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    kept = tmp_path / "kept"
    looked_at(good_pages(pages), [""], save=kept)
    [damaged] = kept.rglob("page.warc.gz")
    damaged.write_bytes(damaged.read_bytes()[:100])
    with pytest.raises(SystemExit) as ended:
        main(["probe", "--replay", str(kept), "--lang", "en"])
    assert ended.value.code == 2
    assert "page.warc.gz" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("https://user:word@example.cn\n", "-:1"),
        ("# a comment\n\nftp://example.cn\n", "-:3"),
        ("# only a comment\n", "there is no address"),
        ("补正通知\n", "-:1 there is no name of a site here"),
        ("1. 社保证明未加盖社保机构章。\n", "-:1"),
    ],
)
def test_a_bad_address_is_named_with_its_line(
    lines: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    with pytest.raises(SystemExit) as ended:
        main(["probe", "-", "--lang", "en"])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_look_that_fails_ends_the_run_and_does_not_hang_it(tmp_path: Path) -> None:
    def broken() -> datetime:
        raise ValueError("no clock")

    async def go() -> None:
        async with (
            a_world(tmp_path) as world,
            Net(world.settings, clock=lambda: NOW) as net,
            asyncio.timeout(5),
        ):
            async for _ in look_at_many([world.site], net, clock=broken, at_once=2):
                pass

    with pytest.raises(ValueError, match="no clock"):
        asyncio.run(go())


def test_a_file_of_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "notes.txt"
    out.write_text("my notes\nmore\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["probe", "https://example.cn", "--out", str(out), "--lang", "en"])
    assert ended.value.code == 2
    assert "notes.txt:1" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "my notes\nmore\n"
