"""Reading pages, feeds and sitemaps, held against what people read in them.

Prints precision, recall and F1 by field and every mistake, then what reading costs
beside text extraction alone and beside BeautifulSoup. See README.md for the layout of
the folder and for what counts as right.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from benchmarks.rounds import Times, milliseconds, ratio, take_turns
from changqing.day import BEIJING
from changqing.net.model import Exchange
from changqing.probes.decode import decode
from changqing.probes.document import parse_page
from changqing.probes.feeds import parse_feed_entries
from changqing.probes.items import Signal
from changqing.probes.listed import shows_partial_dates
from changqing.probes.page_facts import PageFacts, read_footer, read_page_facts
from changqing.probes.sitemaps import read_sitemap

Labels = Mapping[str, Any]
_LEGAL = re.compile("有限公司|有限责任公司|有限責任公司|股份公司|Ltd|Limited|Inc")
KINDS = ("pages", "feeds", "sitemaps")
# Null, an empty list and nothing at all say the same: the file does not show one.
_LISTS = (
    *("icp_filings", "licences", "police", "phones", "emails", "feedback_links"),
    *("chat", "icp_malformed"),
)
_COUNTS = ("entries", "entries_with_date", "distinct_locs", "entries_with_lastmod")
_OTHERS = (
    *("icp_link", "company", "privacy_link", "agreement_link", "newest_date", "dates"),
    *("newest", "oldest", "newest_lastmod", "oldest_lastmod"),
)
_TYPES = {"pages": "text/html", "feeds": "", "sitemaps": "application/xml"}
_LEAST_OF_A_CUT = 20
_AT = datetime(2026, 1, 1, tzinfo=UTC)


# -- the folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One file as if it had been fetched, and what people saw in it."""

    file: str
    fetched: Exchange
    labels: Labels
    kind: str


class LayoutError(Exception):
    """The folder is not as README.md describes it."""


def samples(folder: Path, kind: str, half: int | None = None) -> list[Sample] | None:
    """The labelled files of one sub-folder; None when there is no such sub-folder.

    `half` keeps one half of them, by a hash of the site, so that pages of one site
    are never on both sides. Raises LayoutError, naming file and line.
    """
    listing = folder / kind / "labels.jsonl"
    if not listing.is_file():
        return None
    labelled: list[Sample] = []
    for number, line in enumerate(listing.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            file, labels = str(row["file"]), _filled(row["labels"])
            site = str(row.get("site") or file)
            body = (folder / kind / file).read_bytes()
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise LayoutError(f"{listing}:{number}: {error!r}") from error
        if half is None or _half_of(site) == half:
            labelled.append(
                Sample(
                    file=file,
                    fetched=_fetched(site, body, _TYPES[kind]),
                    labels=labels,
                    kind=str(row.get("kind") or labels.get("kind") or ""),
                )
            )
    return labelled


def _filled(labels: Labels) -> Labels:
    return {
        **labels,
        **{name: labels.get(name) or [] for name in _LISTS},
        **{name: labels.get(name) or 0 for name in _COUNTS},
        **{name: labels.get(name) for name in _OTHERS},
    }


def _half_of(site: str) -> int:
    return hashlib.sha256(site.encode()).digest()[0] % 2


def _fetched(site: str, body: bytes, content_type: str) -> Exchange:
    url = f"https://www.{site}/x/"
    return Exchange(
        url=url,
        hops=(url,),
        at=_AT,
        seconds=0.0,
        address=None,
        request_headers=(),
        status=200,
        phrase="OK",
        headers=(("Content-Type", content_type),),
        body=body,
        certificate=None,
    )


# -- scores


@dataclass(slots=True)
class Sets:
    """Found against wanted, value by value."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def figures(self) -> dict[str, float | int]:
        """Precision and recall are 1 where there was nothing to be wrong about."""
        found_count, wanted_count = self.right + self.wrong, self.right + self.missed
        precision = self.right / found_count if found_count else 1.0
        recall = self.right / wanted_count if wanted_count else 1.0
        both = precision + recall
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(2 * precision * recall / both if both else 0.0, 4),
            "n": wanted_count,
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
        }


@dataclass(slots=True)
class Exact:
    """One answer for each file: right or not."""

    right: int = 0
    n: int = 0

    def figures(self) -> dict[str, float | int]:
        """Accuracy, 1 where nothing was asked."""
        accuracy = self.right / self.n if self.n else 1.0
        return {"accuracy": round(accuracy, 4), "n": self.n, "right": self.right}


@dataclass(slots=True)
class Count:
    """How often something happened that must not."""

    count: int = 0
    n: int = 0

    def figures(self) -> dict[str, float | int]:
        """The count, and of how many files."""
        return {"count": self.count, "n": self.n}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A value that was missed, or found where there is none."""

    field: str
    file: str
    what: str  # missed, wrong
    value: str

    def row(self) -> dict[str, str]:
        """As printed by --json."""
        return {
            "field": self.field,
            "file": self.file,
            "what": self.what,
            "value": self.value,
        }


@dataclass(slots=True)
class Report:
    """Scores by field and the mistakes behind them."""

    scores: dict[str, Sets | Exact | Count] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def sets(self, name: str, file: str, found: set[str], wanted: set[str]) -> None:
        """Compare two sets of values."""
        score = self.scores.setdefault(name, Sets())
        assert isinstance(score, Sets)
        score.right += len(found & wanted)
        score.wrong += len(found - wanted)
        score.missed += len(wanted - found)
        self._note(name, file, "missed", wanted - found)
        self._note(name, file, "wrong", found - wanted)

    def exact(self, name: str, file: str, found: object, wanted: object) -> None:
        """Compare one answer."""
        score = self.scores.setdefault(name, Exact())
        assert isinstance(score, Exact)
        score.n += 1
        if found == wanted:
            score.right += 1
        else:
            self._note(name, file, "wrong", [f"{found}, not {wanted}"])

    def none(self, name: str, file: str, found: set[str]) -> None:
        """Count what must not be there."""
        score = self.scores.setdefault(name, Count())
        assert isinstance(score, Count)
        score.n += 1
        score.count += len(found)
        self._note(name, file, "wrong", found)

    def figures(self) -> dict[str, dict[str, float | int]]:
        """What each field reached."""
        return {name: score.figures() for name, score in self.scores.items()}

    def _note(self, name: str, file: str, what: str, values: Iterable[str]) -> None:
        self.mistakes += [
            Mistake(field=name, file=file, what=what, value=value)
            for value in sorted(values)
        ]


# -- pages


def digits(number: str) -> str:
    """A telephone number without country code, leading zero and punctuation."""
    return re.sub(r"^86(?=[1-9])", "", re.sub(r"\D", "", number)).lstrip("0")


def link_class(href: str | None) -> str:
    """Where the link of a filing number leads: `right`, `wrong` or `none`."""
    if not href or href.startswith("#") or href.lower().startswith("javascript:"):
        return "none"
    try:
        host = urlsplit(href if "//" in href else f"//{href}").hostname or ""
    except ValueError:
        return "wrong"
    return "right" if f".{host}".endswith(".miit.gov.cn") else "wrong"


def score_pages(pages: Iterable[Sample], report: Report, today: date) -> None:
    """All fields of a page."""
    for sample in pages:
        _score_page(sample, read_page_facts(sample.fetched, today), report)


def _score_page(sample: Sample, facts: PageFacts, report: Report) -> None:
    labels, file, footer = sample.labels, sample.file, facts.footer
    filings = {mark.value for mark in footer.filings}
    licences = {mark.value for mark in footer.licences}
    police = {mark.value for mark in footer.police_numbers}
    in_scripts = {mark.value for mark in facts.scripted}
    ids_labelled = [set(labels[name]) for name in ("icp_filings", "licences", "police")]
    report.sets("icp_number", file, filings, ids_labelled[0])
    report.sets("licence_number", file, licences, ids_labelled[1])
    report.sets("police_number", file, police, ids_labelled[2])
    scripted = labels.get("script_only") or {}
    script_only = {
        value
        for name in ("icp_filings", "licences", "police")
        for value in scripted.get(name, [])
    }
    report.sets("number_in_script", file, in_scripts, script_only)
    report.sets(
        "malformed_number",
        file,
        {mark.value for mark in footer.malformed},
        set(labels["icp_malformed"]),
    )
    report.none(
        "placeholder_or_lookalike",
        file,
        (filings | licences | police | in_scripts)
        - ids_labelled[0].union(*ids_labelled, script_only),
    )
    href = labels["icp_link"]
    link_found = footer.number_link.href if footer.number_link else None
    if ids_labelled[0] or ids_labelled[1] or filings or licences or href or link_found:
        report.exact("icp_link", file, link_class(link_found), link_class(href))
        report.exact("icp_link_as_written", file, link_found or None, href or None)
    _score_owner(sample, facts, report)
    phones = {digits(mark.value) for mark in footer.phones}
    labelled = {digits(number) for number in labels["phones"]}
    if labels.get("phones_complete") is False:
        phones &= labelled
    report.sets("phone", file, phones, labelled)
    report.sets(
        "email",
        file,
        {mark.value.lower() for mark in footer.emails},
        {address.lower() for address in labels["emails"]},
    )
    _score_link(
        "feedback_page",
        sample,
        [link.href for link in facts.feedback],
        [link["href"] for link in labels["feedback_links"]],
        report,
    )
    report.sets("chat", file, _there(facts.chats), _there(labels["chat"]))
    for name, links, label in (
        ("privacy_policy", facts.privacy, labels["privacy_link"]),
        ("user_agreement", facts.agreements, labels["agreement_link"]),
    ):
        hrefs = [link.href for link in links]
        _score_link(name, sample, hrefs, [] if label is None else [label], report)
    _score_dates(sample, facts, report)


def _there(values: Iterable[object]) -> set[str]:
    return {"there"} if list(values) else set()


def _score_owner(sample: Sample, facts: PageFacts, report: Report) -> None:
    company, owner = sample.labels["company"], facts.footer.owner
    owners_labelled = set() if company is None else {company}
    if company is None or _LEGAL.search(company):
        first = {mark.value for mark in facts.footer.companies[:1]}
        report.sets("owner_legal_person", sample.file, first, owners_labelled)
    report.sets(
        "owner", sample.file, {owner.value} if owner else set(), owners_labelled
    )


def _score_link(
    name: str, sample: Sample, links: list[str], labelled: list[str], report: Report
) -> None:
    """One link is enough: right when any that was found is one that was labelled."""
    if any(_same_link(link, other) for link in links for other in labelled):
        report.sets(name, sample.file, {"there"}, {"there"})
    else:
        report.sets(name, sample.file, set(links[:1]), set(labelled[:1]))


def _same_link(link: str, labelled: str) -> bool:
    """Equal as written; labels cut long queries off."""
    link, labelled = link.strip(), labelled.strip()
    cut = len(labelled) >= _LEAST_OF_A_CUT and link.startswith(labelled)
    return link == labelled or cut


def _score_dates(sample: Sample, facts: PageFacts, report: Report) -> None:
    """Labels hold what is visible, so what only addresses tell is left out; but for
    lists, unless they show a month and a day."""
    labels = sample.labels
    visible = [item for item in facts.items if item.signal is not Signal.ADDRESS]
    days = {str(item.on) for item in visible}
    newest = max(days, default=None)
    if sample.kind == "list":
        if not days and not shows_partial_dates(facts.document):
            newest = max((str(item.on) for item in facts.items), default=None)
        report.exact("newest_date_list", sample.file, newest, labels["newest_date"])
    if labels["dates"] is not None:
        newest = max(days, default=None)
        newest_labelled = max(labels["dates"], default=None)
        report.exact("newest_date", sample.file, newest, newest_labelled)
        report.sets("item_date", sample.file, days, set(labels["dates"]))


# -- feeds and sitemaps


def _moment(text: str | None) -> datetime | None:
    return None if text is None else _instant(datetime.fromisoformat(text))


def _instant(moment: datetime) -> datetime:
    """A whole second; without zone it is taken as UTC, as the labels take it."""
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).replace(microsecond=0)


def score_feeds(feeds: Iterable[Sample], report: Report) -> None:
    """Entries, dated entries, newest and oldest."""
    for sample in feeds:
        labels, file = sample.labels, sample.file
        entries = parse_feed_entries(sample.fetched)
        moments = [_instant(entry.moment) for entry in entries if entry.moment]
        newest, oldest = max(moments, default=None), min(moments, default=None)
        report.exact("feed_entries", file, len(entries), labels["entries"])
        report.exact("feed_dated", file, len(moments), labels["entries_with_date"])
        report.exact("feed_newest", file, newest, _moment(labels["newest"]))
        report.exact("feed_oldest", file, oldest, _moment(labels["oldest"]))


def score_sitemaps(sitemaps: Iterable[Sample], report: Report) -> None:
    """Kind, entries, dated entries, newest and oldest change."""
    for sample in sitemaps:
        labels, file = sample.labels, sample.file
        sitemap = read_sitemap(sample.fetched)
        entries = () if sitemap is None else sitemap.entries
        moments = [_instant(entry.modified) for entry in entries if entry.modified]
        newest, oldest = max(moments, default=None), min(moments, default=None)
        report.exact("sitemap_entries", file, len(entries), labels["entries"])
        addresses = {entry.url for entry in entries if entry.url}
        addresses_labelled = labels["distinct_locs"]
        report.exact("sitemap_addresses", file, len(addresses), addresses_labelled)
        report.exact(
            "sitemap_dated", file, len(moments), labels["entries_with_lastmod"]
        )
        report.exact("sitemap_newest", file, newest, _moment(labels["newest_lastmod"]))
        report.exact("sitemap_oldest", file, oldest, _moment(labels["oldest_lastmod"]))


def score(kind: str, found: list[Sample], report: Report, today: date) -> None:
    """Score one kind of files."""
    if kind == "pages":
        score_pages(found, report, today)
    elif kind == "feeds":
        score_feeds(found, report)
    else:
        score_sitemaps(found, report)


# -- what it costs

OURS, TEXT, SOUP = "footer, whole", "text alone", "BeautifulSoup, text alone"


def cost(pages: list[Sample], *, rounds: int, least: float) -> Times:
    """Seconds for all pages: decoded, parsed and read, by each contestant."""
    contestants: dict[str, Callable[[], object]] = {
        OURS: lambda: [read_footer(parse_page(page.fetched)) for page in pages],
        TEXT: lambda: [visible_text(page.fetched) for page in pages],
    }
    if find_spec("bs4") is not None:
        contestants[SOUP] = lambda: [_soup(page.fetched) for page in pages]
    return take_turns(contestants, rounds=rounds, least=least)


def visible_text(exchange: Exchange) -> str:
    """The least that any reading starts with: decode, parse, take the visible text."""
    decoded = decode(exchange.body, exchange.find_header("Content-Type"))
    tree = LexborHTMLParser(decoded.text)
    tree.strip_tags(["script", "style", "noscript"])
    return "" if tree.body is None else tree.body.text(separator="\n")


def _soup(exchange: Exchange) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(exchange.body, "html.parser")
    for node in soup(["script", "style", "noscript"]):
        node.decompose()
    return str(soup.get_text("\n"))


def _print_cost(times: Times, pages: list[Sample]) -> None:
    size = sum(len(page.fetched.body) for page in pages) / 1e6
    print(f"\n{len(pages)} pages, {size:.1f} MB:")
    for name in times:
        print(f"  {name:26} {milliseconds(times, name):9.1f} ms CPU")
    print(f"  whole / text alone         {ratio(times, OURS, TEXT)}   goal ≤ 1.5")
    if SOUP in times:
        print(f"  BeautifulSoup / whole      {ratio(times, SOUP, OURS)}   goal ≥ 14")
    else:
        print("  BeautifulSoup is not here: uv pip install --group bench")


# -- the command


def main() -> int:
    """Run it; 2 when the folder cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.extraction", description=__doc__
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="one object, for programs")
    parser.add_argument(
        "--half", type=int, choices=(0, 1), help="one half of the sites"
    )
    parser.add_argument("--figures", action="store_true", help="leave mistakes out")
    parser.add_argument("--today", type=date.fromisoformat, help="default: today")
    parser.add_argument("--rounds", type=int, default=7, help="0: no timing")
    parser.add_argument("--seconds", type=float, default=0.2, help="a turn, at least")
    options = parser.parse_args()
    report, pages = Report(), list[Sample]()
    for kind in KINDS:
        try:
            labelled = samples(options.folder, kind, options.half)
        except LayoutError as error:
            print(error, file=sys.stderr)
            return 2
        if labelled is None:
            print(f"no {options.folder / kind}/labels.jsonl: left out", file=sys.stderr)
            continue
        pages = labelled if kind == "pages" else pages
        score(kind, labelled, report, options.today or datetime.now(BEIJING).date())
    if not report.scores:
        print(f"nothing to read in {options.folder}", file=sys.stderr)
        return 2
    times = (
        cost(pages, rounds=options.rounds, least=options.seconds)
        if pages and options.rounds
        else None
    )
    if options.json:
        print(json.dumps(_as_object(report, times), ensure_ascii=False, indent=1))
        return 0
    for name, figures in report.figures().items():
        print(f"{name:26}", "  ".join(f"{k} {v}" for k, v in figures.items()))
    if not options.figures:
        print(f"\n{len(report.mistakes)} mistakes")
        for mistake in report.mistakes:
            print(
                f"  {mistake.field:22} {mistake.what:7} {mistake.file}  {mistake.value}"
            )
    if times is not None:
        _print_cost(times, pages)
    return 0


def _as_object(report: Report, times: Times | None) -> dict[str, object]:
    rows: dict[str, object] = {**report.figures()}
    rows["mistakes"] = [mistake.row() for mistake in report.mistakes]
    if times is not None:
        cost_of: dict[str, float] = {
            "whole_to_text_alone": ratio(times, OURS, TEXT).median
        }
        if SOUP in times:
            cost_of["beautifulsoup_to_whole"] = ratio(times, SOUP, OURS).median
        rows["cost"] = {name: round(value, 3) for name, value in cost_of.items()}
    return rows


if __name__ == "__main__":
    sys.exit(main())
