"""`changqing probe`: look at live sites, keep the bytes, read them again."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import click

from changqing.cli.shared import (
    JSON_VERSION,
    READY,
    language_option,
    open_terminal,
    open_terminal_beside,
    read_clock,
    say_help,
)
from changqing.errors import CaseError, Issue
from changqing.rules.types import encode_plain
from changqing.text import Language, Text
from changqing.wrap import wrap

if TYPE_CHECKING:
    from changqing.evidence.model import Attempt
    from changqing.net.model import NetSettings
    from changqing.probes.model import Site, SiteLook

_MOST_ISSUES: Final = 20
_WIDTH: Final = 100
_NAME: Final = r"[\w-]+(?:\.[\w-]+)+\.?"
_STDIN: Final = "-"


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "probe",
        help=say_help(
            language,
            "查看一个或许多网站，只记看到的，不作判断。网址也可来自文件或标准输入（-）。",
            "Look at sites; say what was seen, judge nothing. Addresses also come from "
            "a file or standard input (-).",
        ),
    )
    @click.argument("urls", nargs=-1, metavar="[URL]...")
    @click.option(
        "--from",
        "listed",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help=say_help(
            language, "每行一个网址的文件。", "A file with an address a line."
        ),
    )
    @click.option(
        "--save",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "把收发的原始字节存到这个文件夹。",
            "Keep the bytes sent and received in this folder.",
        ),
    )
    @click.option(
        "--replay",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=say_help(
            language,
            "不上网，重读以前存下的字节。",
            "Read bytes kept before again; no network.",
        ),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(
            language,
            "结果逐行写入这个JSON Lines文件；中断后再运行，已完成的不再查看。",
            "Write results to this JSON Lines file; run again after a break, and what "
            "is done is not looked at again.",
        ),
    )
    @click.option(
        "--at-once",
        type=click.IntRange(1, 1024),
        default=32,
        show_default=True,
        help=say_help(language, "同时查看多少个网站。", "How many sites at once."),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=say_help(
            language, "每个网站输出一行JSON。", "Print a line of JSON a site."
        ),
    )
    @language_option(language)
    def probe(
        *,
        urls: tuple[str, ...],
        listed: Path | None,
        save: Path | None,
        replay: Path | None,
        out: Path | None,
        at_once: int,
        as_json: bool,
        lang: str | None,
    ) -> int:
        if replay is not None:
            return _replay_looks(replay, as_json=as_json, out=out, language=language)
        job = ProbeTask(
            sites=tuple(_list_sites(urls, listed)),
            save=save,
            out=out,
            at_once=at_once,
            as_json=as_json,
        )
        return run(job, language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTask:
    """What to look at, and where the results go."""

    sites: tuple[Site, ...]
    save: Path | None
    out: Path | None
    at_once: int
    as_json: bool


def run(
    job: ProbeTask, *, language: Language, settings: NetSettings | None = None
) -> int:
    """Look at every site that `job.out` does not have yet."""
    from changqing.net.door import Net
    from changqing.net.loop import run as run_loop
    from changqing.net.model import NetSettings
    from changqing.probes.archive import save
    from changqing.probes.many import look_at_many

    urls_done = _find_done(job.out)
    sites = [site for site in job.sites if site.url not in urls_done]
    notes = open_terminal_beside()
    if urls_done:
        notes.print(
            _say_continued(len(job.sites) - len(sites), len(sites)).say(language)
        )

    async def look(write: Callable[[SiteLook], None]) -> None:
        async with Net(settings or NetSettings(), clock=read_clock) as net:
            looks = look_at_many(
                sites, net, clock=read_clock, at_once=min(job.at_once, len(sites))
            )
            with notes.status("") as status:
                count = 0
                status.update(_word_progress(count, len(sites)).say(language))
                async for site_look in looks:
                    if job.save is not None:
                        save(site_look, job.save)
                    write(site_look)
                    count += 1
                    status.update(_word_progress(count, len(sites)).say(language))

    if sites:
        with _open_output(job.out) as stream:
            run_loop(look(_make_writer(stream, as_json=job.as_json, language=language)))
    if job.out is not None:
        notes.print(_say_written(len(job.sites), job.out).say(language))
    return READY


def _replay_looks(
    folder: Path, *, as_json: bool, out: Path | None, language: Language
) -> int:
    from changqing.probes.archive import replay

    with _open_output(out) as stream:
        write = _make_writer(stream, as_json=as_json, language=language)
        for look in replay(folder):
            write(look)
    return READY


# -- addresses


def _list_sites(urls: Iterable[str], listed: Path | None) -> Iterator[Site]:
    """The sites named, each once; CaseError lists every address that is none."""
    from changqing.errors import NetError
    from changqing.net.address import check_url
    from changqing.probes.model import Site

    issues: list[Issue] = []
    listed_urls: set[str] = set()
    sites: list[Site] = []
    for address, path, line in _read_addresses(urls, listed):
        url = address if "://" in address else f"https://{address}"
        try:
            check_url(url, frozenset())
        except NetError as error:
            text = error.issues[0].text
            issues.append(Issue(text=text, path=path, line=line, hint=_LIKE_THIS))
            continue
        site = Site.from_url("site", url)
        if not re.fullmatch(_NAME, site.host):
            issues.append(Issue(text=_NO_NAME, path=path, line=line, hint=_LIKE_THIS))
            continue
        if url not in listed_urls:
            listed_urls.add(url)
            sites.append(site)
    if issues:
        raise CaseError(*issues[:_MOST_ISSUES])
    if not sites:
        raise CaseError(Issue(text=_NO_ADDRESS, hint=_LIKE_THIS))
    yield from sites


def _read_addresses(
    urls: Iterable[str], listed: Path | None
) -> Iterator[tuple[str, str | None, int | None]]:
    for url in urls:
        if url == _STDIN:
            yield from _read_address_lines(sys.stdin, "-")
        else:
            yield url, None, None
    if listed is not None:
        try:
            with listed.open(encoding="utf-8-sig") as stream:
                yield from _read_address_lines(stream, str(listed))
        except (OSError, UnicodeDecodeError) as error:
            raise CaseError(Issue(text=_UNREADABLE, path=str(listed))) from error


def _read_address_lines(stream: TextIO, path: str) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(stream, start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield text, path, number


# -- results


def _find_done(out: Path | None) -> frozenset[str]:
    """Find the addresses `out` has results of; take away a line that broke off."""
    if out is None or not out.exists():
        return frozenset()
    addresses: set[str] = set()
    try:
        with out.open("rb+") as stream:
            whole = 0
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                addresses.add(_read_address(line, out, number))
            stream.truncate(whole)
    except OSError as error:
        raise CaseError(Issue(text=_UNREADABLE, path=str(out))) from error
    return frozenset(addresses)


def _read_address(line: bytes, out: Path, number: int) -> str:
    try:
        return str(json.loads(line)["url"])
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(
            Issue(text=_NOT_OURS, path=str(out), line=number, hint=_OTHER_FILE)
        ) from error


@contextmanager
def _open_output(path: Path | None) -> Iterator[TextIO | None]:
    """A file to append whole lines to, or nothing."""
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", buffering=1) as stream:
        yield stream


def _make_writer(
    stream: TextIO | None, *, as_json: bool, language: Language
) -> Callable[[SiteLook], None]:
    from changqing.probes.summary import make_site_data

    def write(look: SiteLook) -> None:
        if stream is None and not as_json:
            _show_look(look, language)
            return
        data = {"version": JSON_VERSION, **make_site_data(look, language)}
        line = json.dumps(data, ensure_ascii=False, sort_keys=True)
        if stream is not None:
            stream.write(line + "\n")
        else:
            click.echo(line)

    return write


def _show_look(look: SiteLook, language: Language) -> None:
    """One site for a person: what was seen, and what could not be."""
    from rich.padding import Padding

    from changqing.law.compiled import load_compiled
    from changqing.probes.summary import select_facts, select_gaps

    catalogue = load_compiled()
    console = open_terminal()
    console.print()
    console.print(look.site.url, style="bold")
    if look.without_internet:
        console.print(Padding(_WITHOUT_INTERNET.say(language), (0, 2)))
    for attempt in look.attempts:
        console.print(Padding(_say_answer(attempt).say(language), (0, 2)))
    for name, (_, fact) in select_facts(look).items():
        listed_fact = catalogue.facts.get(("service", name))
        if listed_fact is not None and fact.value is not None:
            label = listed_fact.label.say(language)
            value = _say_value(
                encode_plain(fact.value), listed_fact.value_labels, language
            )
            console.print(Padding(f"{label}{_COLON.say(language)}{value}", (0, 2)))
    unseen: dict[str, list[str]] = {}
    for name, (_, gap) in select_gaps(look).items():
        listed_fact = catalogue.facts.get(("service", name))
        if listed_fact is not None:
            detail = "" if gap.detail is None else gap.detail.say(language)
            unseen.setdefault(detail, []).append(listed_fact.label.say(language))
    if unseen:
        console.print(Padding(_UNSEEN.say(language), (1, 2, 0, 2)))
    width = min(console.width, _WIDTH) - 4
    for detail, labels in unseen.items():
        console.print(Padding(wrap(f"· {detail}", width), (0, 0, 0, 2)))
        labels_joined = wrap(_AND.say(language).join(labels), width - 2)
        console.print(Padding(labels_joined, (0, 0, 0, 4)), style="dim")


def _say_answer(attempt: Attempt) -> Text:
    if attempt.answered is None:
        return Text(
            zh="是否应答：不能确定（本机网络未核实）",
            en="Answered: unknown (our own network was not shown to work)",
        )
    status = "" if attempt.status is None else f" {attempt.status}"
    if attempt.answered:
        return Text(zh=f"有应答{status}", en=f"Answered{status}")
    reason = None if attempt.reason is None else attempt.reason.value
    return Text(
        zh=f"没有应答：{reason}{status}",
        en=f"Did not answer: {reason}{status}",
    )


def _say_value(value: object, labels: Mapping[str, Text], language: Language) -> str:
    if isinstance(value, bool):
        return (_YES if value else _NO).say(language)
    if isinstance(value, list):
        if not value:
            return _NONE.say(language)
        return _AND.say(language).join(
            _say_value(member, labels, language) for member in value
        )
    label = labels.get(str(value))
    return str(value) if label is None else label.say(language)


def _say_continued(finished: int, remaining: int) -> Text:
    return Text(
        zh=f"已有{finished}个网站的结果，继续查看其余{remaining}个。",
        en=f"Results of {finished} sites are there; looking at the other {remaining}.",
    )


def _word_progress(finished: int, total: int) -> Text:
    return Text(
        zh=f"已查看{finished}/{total}个网站", en=f"Looked at {finished}/{total} sites"
    )


def _say_written(total: int, out: Path) -> Text:
    return Text(zh=f"{total}个网站的结果在{out}。", en=f"{total} results are in {out}.")


_LIKE_THIS = Text(
    zh="写成 https://www.example.cn 的样子", en="write it like https://www.example.cn"
)
_NO_NAME = Text(zh="这里没有网站的域名", en="there is no name of a site here")
_NO_ADDRESS = Text(zh="没有要查看的网址", en="there is no address to look at")
_UNREADABLE = Text(zh="这个文件读不出来", en="this file cannot be read")
_NOT_OURS = Text(
    zh="这一行不是查看结果，没有改动这个文件",
    en="this line is no result of a look; the file was left as it is",
)
_OTHER_FILE = Text(zh="换一个--out文件", en="choose another file for --out")
_WITHOUT_INTERNET = Text(
    zh="本机上不了互联网：对照网站的域名查不到，网页也打不开。下面没有看到的是没能查看，"
    "不是网站的问题。",
    en="This machine has no internet: neither the names nor the pages of the control "
    "sites answer. What is not seen below could not be looked at; the site is not to "
    "blame.",
)
_COLON = Text(zh="：", en=": ")
_AND = Text(zh="、", en=", ")
_YES = Text(zh="是", en="yes")
_NO = Text(zh="否", en="no")
_NONE = Text(zh="无", en="none")
_UNSEEN = Text(zh="没能看到：", en="Could not be seen:")
