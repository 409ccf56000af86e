"""The page of a bundle that a person reads with nothing installed.

Its first page has two lists of equal size: what the bundle proves and what it does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from changqing.case.comparison import ReadOutcome
from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.day import BEIJING, beijing_day
from changqing.evidence.model import Attempt, Gap, Record
from changqing.evidence.screenshots import Screenshot
from changqing.judge.model import Assessment, Finding
from changqing.judge.words import say_value
from changqing.sealing.disclosure import Disclosure
from changqing.sealing.masked import Papered
from changqing.sealing.places import QuotedValue
from changqing.sealing.withheld import ShownLog
from changqing.text import Language, Text

_Say = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the page speaks of. Keys, rules and verifier are named by their SHA-256.

    `bound` is the digest for the undertaking; `tokens` are the times that tokens say.
    `quoted` are the values of key points with the places in papers that say them, and
    `drawable` says whether this machine can draw those places. `labels` are as
    `disclosure` lets subjects be called.
    """

    case: Case
    assessment: Assessment
    headline: tuple[Text, ...]
    labels: Mapping[Subject, Text]
    shown: ShownLog
    disclosure: Disclosure
    absent: int
    origin: str
    size: int
    log_signer: str
    sealer: str
    rules: str
    verifier: str
    bound: str
    tokens: tuple[datetime | None, ...]
    documents: tuple[Papered, ...]
    quoted: tuple[QuotedValue, ...] = ()
    drawable: bool = True
    screenshots: tuple[Screenshot, ...] = ()


def write_pages(contents: Contents) -> Mapping[str, bytes]:
    """Write the page in both languages, Chinese first."""
    return {
        "index.html": _write_page(contents, Language.ZH).encode(),
        "index.en.html": _write_page(contents, Language.EN).encode(),
    }


PROVEN: Final = (
    Text(
        zh="包里的每个文件，都和签名时一样，一个字节也没有变。",
        en="Every file in it is as it was signed, to the byte.",
    ),
    Text(
        zh="日志里的记录一条不少，次序没有变；隐去的也占着原来的位置。",
        en="The log is whole and in its order; what is withheld still has its place.",
    ),
    Text(
        zh="每条结论都能由记录和规则重新算出；凡用到隐去内容的，逐条指明。",
        en="Each verdict follows from the records and the rules, and can be computed "
        "again; those that rest on what is withheld are named.",
    ),
    Text(
        zh="每条记录写明是谁、哪天、从哪里看到的。",
        en="Each record says who looked, on which day, and where.",
    ),
)
NOT_PROVEN: Final = (
    Text(
        zh="材料是真的：这里只能证明，交来的就是这一份。",
        en="That papers are genuine: only that these are the ones handed in.",
    ),
    Text(
        zh="看的人是诚实的：记录写的是他说他看到了什么。",
        en="That the observer was honest: a record says what they say they saw.",
    ),
    Text(
        zh="时间：除非里面有外来的时间戳，日期都是记录的人自己写的。",
        en="Time, unless a token from outside is in it: dates are the recorder’s own.",
    ),
    Text(
        zh="主管部门的意见：这里只是重算所列的规则。",
        en="What an authority thinks: this only recomputes the rules it lists.",
    ),
)


_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1d2b26;--soft:#55655e;--line:#d5ded9;
--leaf:#1f6b4a;--clay:#a2571b;--paper:#fff;--shade:#f3f6f4}
@media(prefers-color-scheme:dark){:root{--ink:#e3ebe7;--soft:#9fb0a8;--line:#34423c;
--leaf:#7fcfa8;--clay:#e0a068;--paper:#141b18;--shade:#1e2823}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:2rem 1.25rem 4rem;color:var(--ink);
background:var(--paper);
font:16px/1.7 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:1.7rem;line-height:1.3;margin:.2rem 0}
h2{font-size:1.15rem;margin:2.4rem 0 .6rem}
p{margin:.4rem 0}a{color:var(--leaf)}
.soft{color:var(--soft)}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1.25rem;margin:1.5rem 0}
.pair section{border:1px solid var(--line);border-top:4px solid var(--leaf);
padding:.4rem 1.2rem 1rem}
.pair section+section{border-top-color:var(--clay)}
.pair h2{margin:.6rem 0}.pair ul{margin:0;padding-left:1.1rem}.pair li{margin:.5rem 0}
code{font:13px/1.5 ui-monospace,Consolas,monospace;overflow-wrap:anywhere}
pre{background:var(--shade);padding:.8rem 1rem;white-space:pre-wrap;
overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;
border-bottom:1px solid var(--line);overflow-wrap:break-word}
td:first-child,th{white-space:nowrap}
th{color:var(--soft);font-weight:normal}
.no{white-space:nowrap}
.verdicts td:nth-child(2){min-width:15rem}.verdicts td:nth-child(3){min-width:9rem}
tr:target{background:var(--shade)}
.places img{display:block;max-width:100%;max-height:15rem;margin-top:.4rem;
border:1px solid var(--line);background:#fff}
.places td:nth-child(3){min-width:9rem}.places td:nth-child(5){min-width:16rem}
@media(max-width:44rem){.pair{grid-template-columns:1fr}
.wide tr:first-child{display:none}.wide tr{display:block;padding:.5rem 0;
border-bottom:1px solid var(--line)}.wide td{display:block;border:0;padding:0;
white-space:normal}.wide td:empty{display:none}.wide td:first-child{font-weight:bold}
.facts th,.facts td{display:block;padding:0;border:0}.facts td{padding-bottom:.5rem}}
@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;
--leaf:#1f6b4a;--clay:#a2571b;--paper:#fff;--shade:#f3f6f4}}
@media print{body{padding:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""


def _write_page(contents: Contents, language: Language) -> str:
    def t(zh: str, en: str) -> str:
        return escape(Text(zh=zh, en=en).say(language))

    situation = contents.assessment.situation
    name, day = escape(contents.case.name), situation.as_of.isoformat()
    other = (
        '<a href="index.en.html" lang="en">English</a>'
        if language is Language.ZH
        else '<a href="index.html" lang="zh">中文</a>'
    )
    lang = "zh-CN" if language is Language.ZH else "en-GB"
    title = t("封存包", "Sealed bundle")
    sentences = "".join(
        f"<p><strong>{escape(text.say(language))}</strong></p>"
        for text in contents.headline
    )
    parts = [
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{name} · {title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f'<p class="soft">{title} · {other}</p>\n<h1>{name}</h1>',
        f"<p>{t(f'按{day}的情况', f'As of {day}')}</p>",
        sentences,
        '<div class="pair">',
        _write_list(t("本包证明", "What this bundle proves"), PROVEN, language),
        _write_list(t("本包不证明", "What it does not prove"), NOT_PROVEN, language),
        "</div>",
        *_write_how_to_check(contents, t),
        *_write_verdicts(contents, language),
        *_write_quotations(contents, language),
        *_write_observations(contents, language),
        *_write_attempts(contents, language),
        *_write_screenshots(contents, language),
        *_list_withheld(contents, language),
        *_write_documents(contents, language),
        "</body>\n</html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _write_list(heading: str, items: tuple[Text, ...], language: Language) -> str:
    lines = "".join(f"<li>{escape(item.say(language))}</li>" for item in items)
    return f"<section><h2>{heading}</h2><ul>{lines}</ul></section>"


def _write_how_to_check(contents: Contents, t: _Say) -> Iterator[str]:
    yield f"<h2>{t('怎样核验', 'How to check it')}</h2>"
    yield "<p>" + t(
        "不需要安装，也不联网：从发布处取得 verify.py，核验摘要后运行。"
        "包里的那一份是做包的人放的，只图方便。指纹要向签名的人当面或电话核实。",
        "Nothing to install, no network: take verify.py from a release, compare its "
        "digest, and run it. The copy inside was put there by whoever made the bundle "
        "and is a convenience. Ask the signer for the fingerprint by another way.",
    )
    yield "<pre>python3 -I verify.py bundle.zip --key FINGERPRINT</pre>"
    yield "<p>" + t(
        "电脑上没有 Python 的，从发布处取得 verify.html，核验摘要后用浏览器打开，"
        "把封存包拖进去：同一个核验程序，不联网。",
        "Without Python: take verify.html from a release, compare its digest, open it "
        "in a browser and drop the bundle on it. It is the same verifier, and uses no "
        "network.",
    )
    yield '<table class="facts">'
    for label, value in (
        (t("承诺书上应印的摘要", "Digest for the undertaking"), contents.bound),
        (t("封存的人的指纹", "Fingerprint of the sealer"), contents.sealer),
        (t("日志的人的指纹", "Fingerprint of the log"), contents.log_signer),
        (t("规则的摘要", "Digest of the rules"), contents.rules),
        (t("verify.py 的摘要", "Digest of verify.py"), contents.verifier),
        (
            t("日志", "Log"),
            f"{contents.origin} · "
            + t(f"{contents.size}条", f"{contents.size} entries"),
        ),
        (
            t("外来的时间戳", "Time tokens from outside"),
            _list_token_times(contents, t),
        ),
        (t("谁看的", "Who looked"), _list_observers(contents, t)),
    ):
        yield f'<tr><th class="no">{label}</th><td><code>{value}</code></td></tr>'
    yield "</table>"


def _list_observers(contents: Contents, t: _Say) -> str:
    """Whoever looked, with how many records each made, most first."""
    items = [line.decode_item() for line in contents.shown.lines]
    count = Counter(item.observer for item in items if isinstance(item, Record))
    listed = [
        t(f"{name}（{many}条）", f"{name} ({many})")
        for name, many in sorted(
            count.items(),
            key=lambda name_and_count: (-name_and_count[1], name_and_count[0]),
        )
    ]
    return t("、", ", ").join(listed)


def _list_token_times(contents: Contents, t: _Say) -> str:
    """The times that tokens say; their signatures are for the verifier to judge."""
    if not contents.tokens:
        return t("没有：时间是封存的人自己写的", "none: times are the sealer’s own")
    times = [
        t("读不出", "unreadable") if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
        for at in contents.tokens
    ]
    joint = t("、", ", ")
    return f"{len(times)} · {joint.join(times)}"


def _write_verdicts(contents: Contents, language: Language) -> Iterator[str]:
    findings = [f for f in contents.assessment.findings if _is_shown(f)]
    heads = _write_heads(
        language,
        ("结论", "Verdict"),
        ("判据", "Criterion"),
        ("关于", "Of"),
        ("凭哪些记录", "Records it rests on"),
    )
    hidden = Text(zh="有隐去的", en="some withheld").say(language)
    heading = Text(zh=f"结论（{len(findings)}条）", en=f"Verdicts ({len(findings)})")
    yield f"<h2>{heading.say(language)}</h2>"
    yield f'<div class="wide"><table class="verdicts">{heads}'
    there = {line.number for line in contents.shown.lines if line.content is not None}
    labels = contents.labels
    for finding in findings:
        whom = (
            ""
            if finding.subject is None
            else _name_in_languages(labels, finding.subject)[language]
        )
        yield _write_row(
            finding.verdict.text.say(language),
            finding.criterion.title.say(language),
            whom,
            rests=" ".join(
                [
                    *(
                        f'<a href="#r{number}">{number:04d}</a>'
                        if number in there
                        else f"{number:04d}"
                        for number in sorted(
                            {e.number for e in finding.evidence if e.number}
                        )
                    ),
                    *([escape(hidden)] if _is_unseen(contents, finding) else []),
                ]
            ),
        )
    yield "</table></div>"


def _is_unseen(contents: Contents, finding: Finding) -> bool:
    return contents.shown.is_unseen_by(finding.criterion, finding.subject)


def _is_shown(finding: Finding) -> bool:
    return finding.verdict.value != "not_applicable"


def _name_in_languages(
    labels: Mapping[Subject, Text], subject: Subject
) -> Mapping[Language, str]:
    label = labels.get(subject)
    return {
        language: str(subject) if label is None else label.say(language)
        for language in Language
    }


ONLY_WHAT_IS_WRITTEN: Final = Text(
    zh="只核对材料上写了什么，不鉴定真伪。",
    en="What papers say was compared, never whether they are genuine.",
)
_NO_DRAWER: Final = Text(
    zh="封存的机器没有装papers组件，只引原文，没有材料上的图。",
    en="The machine that sealed this has no extra papers: words alone, no pictures.",
)
_NO_PICTURE: Final = Text(zh="（没有图）", en="(no picture)")


def _write_quotations(contents: Contents, language: Language) -> Iterator[str]:
    """The values of key points beside the places in papers that say them."""
    quoted = contents.quoted
    heading = Text(
        zh=f"关键点上的值与材料原文（{len(quoted)}处）",
        en=f"Values of key points and what papers say ({len(quoted)})",
    )
    yield f"<h2>{heading.say(language)}</h2>"
    undrawn = any(value.drawn for value in quoted) and not contents.drawable
    notes = [ONLY_WHAT_IS_WRITTEN, *([_NO_DRAWER] if undrawn else [])]
    yield "".join(f"<p>{escape(note.say(language))}</p>" for note in notes)
    if not quoted:
        return
    heads = _write_heads(
        language,
        ("编号", "No."),
        ("关于", "Of"),
        ("内容", "What"),
        ("材料", "Paper"),
        ("材料上写的", "What the paper says"),
    )
    yield f'<div class="wide"><table class="places">{heads}'
    facts, labels = contents.case.catalogue.facts, contents.labels
    joint = Text(zh="；", en="; ").say(language)
    colon = Text(zh="：", en=": ").say(language)
    for value in quoted:
        record, comparison = value.record, value.found
        fact = facts.get((record.subject.type, record.fact))
        label = record.fact if fact is None else fact.label.say(language)
        titles = joint.join(
            criterion.title.say(language) for criterion in value.criteria
        )
        paper = _name_in_languages(labels, value.paper.subject)[language]
        page = _say_page(comparison.page, language) if value.drawn else ""
        number = f'<a href="#r{record.number}">{record.number:04d}</a>'
        fact_and_value = f"{label}{colon}{say_value(record.value, fact).say(language)}"
        cells = [
            number,
            escape(_name_in_languages(labels, record.subject)[language]),
            f'{escape(fact_and_value)}<p class="soft">{escape(titles)}</p>',
            escape(f"{paper} {page}".strip()),
            _show_place(value, language),
        ]
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</table></div>"


def _say_page(number: int | None, language: Language) -> str:
    if number is None:
        return ""
    return Text(zh=f"第{number}页", en=f"page {number}").say(language)


def _show_place(value: QuotedValue, language: Language) -> str:
    """The words of the paper, and the picture of where they stand."""
    words = value.found.words or ""
    if value.found.outcome is ReadOutcome.DENIED:
        words = f"{ReadOutcome.DENIED.text.say(language)} {words}"
    markup = escape(words.strip())
    if value.crop is not None:
        return f'{markup}<img src="{value.path}" alt="{markup}">'
    if value.drawn and value.found.box is not None:
        return f"{markup} {escape(_NO_PICTURE.say(language))}"
    return markup


def _write_observations(contents: Contents, language: Language) -> Iterator[str]:
    heads = _write_heads(
        language,
        ("编号", "No."),
        ("谁看的", "Who looked"),
        ("哪天", "When"),
        ("关于", "Of"),
        ("内容", "What"),
        ("来源", "Where"),
        ("程度", "Grade"),
    )
    items = [line.decode_item() for line in contents.shown.lines]
    records = [item for item in items if isinstance(item, Record | Gap)]
    heading = Text(zh=f"记录（{len(records)}条）", en=f"Records ({len(records)})")
    yield f'<h2>{heading.say(language)}</h2>\n<div class="wide"><table>{heads}'
    facts, labels = contents.case.catalogue.facts, contents.labels
    colon = Text(zh="：", en=": ").say(language)
    for item in records:
        fact = facts.get((item.subject.type, item.fact))
        label = item.fact if fact is None else fact.label.say(language)
        source = f"{item.source.name} {item.source.place}".strip()
        if isinstance(item, Gap):
            who, day, grade = item.source.name, beijing_day(item.at), ""
            fact_and_value = f"{label}{colon}{item.detail.say(language)}"
        else:
            who, day = item.observer, beijing_day(item.observed_at)
            grade = item.grade.text.say(language)
            fact_and_value = (
                f"{label}{colon}{say_value(item.value, fact).say(language)}"
            )
        yield _write_row(
            f"{item.number:04d}",
            who,
            day.isoformat(),
            _name_in_languages(labels, item.subject)[language],
            fact_and_value,
            source,
            grade,
            anchor=f"r{item.number}",
        )
    yield "</table></div>"


def _write_attempts(contents: Contents, language: Language) -> Iterator[str]:
    attempts = [
        item
        for item in (line.decode_item() for line in contents.shown.lines)
        if isinstance(item, Attempt)
    ]
    if not attempts:
        return
    heading = Text(zh="访问网站", en="Attempts to reach the site")
    heads = _write_heads(
        language,
        ("编号", "No."),
        ("时间（UTC）", "Time (UTC)"),
        ("网址", "Address"),
        ("是否打开", "Answered"),
    )
    yield f'<h2>{heading.say(language)}</h2>\n<div class="wide"><table>{heads}'
    for item in attempts:
        yield _write_row(
            f"{item.number:04d}",
            item.at.strftime("%Y-%m-%d %H:%M"),
            item.url,
            say_value(item.answered, None).say(language),
            anchor=f"r{item.number}",
        )
    yield "</table></div>"


def _write_screenshots(contents: Contents, language: Language) -> Iterator[str]:
    if not contents.screenshots:
        return
    count = len(contents.screenshots)
    heading = Text(zh=f"网页截图（{count}张）", en=f"Screenshots ({count})")
    heads = _write_heads(
        language,
        ("编号", "No."),
        ("何时", "When"),
        ("所要的网址", "Asked for"),
        ("实际显示的网址", "Shown"),
        ("窗口和浏览器", "Window and browser"),
        ("图片（PNG）", "Picture (PNG)"),
    )
    yield f"<h2>{heading.say(language)}</h2>\n<p>{_SCREENSHOTS.say(language)}</p>"
    yield f'<div class="wide"><table>{heads}'
    for screenshot in contents.screenshots:
        yield _write_row(
            f"{screenshot.number:04d}",
            screenshot.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"),
            screenshot.asked,
            screenshot.shown,
            f"{screenshot.view[0]}×{screenshot.view[1]}, {screenshot.browser}",
            f"objects/{screenshot.digest}",
        )
    yield "</table></div>"


_SCREENSHOTS: Final = Text(
    zh="供人看，本身不证明页面上的文字，任何判据都不读它。",
    en="For people to see: they prove no word of the pages, and no criterion reads "
    "them.",
)


def _list_withheld(contents: Contents, language: Language) -> Iterator[str]:
    shown_log = contents.shown
    if not shown_log.left:
        return
    heading = Text(
        zh=f"隐去的内容（{len(shown_log.left)}条记录、{len(shown_log.papers)}份材料）",
        en=f"What is withheld ({len(shown_log.left)} records, {len(shown_log.papers)} "
        "papers)",
    )
    note = Text(
        zh="这些内容关系到个人，默认不放进包里，日志里只留加盐的摘要；"
        "要看时，请持有人用--full另封一份。",
        en="They concern persons and are left out by default; the log keeps a salted "
        "digest of each. Ask their holder for a bundle sealed with --full.",
    )
    heads = _write_heads(language, ("材料", "Paper"), ("原因", "Reason"))
    yield f"<h2>{heading.say(language)}</h2>\n<p>{note.say(language)}</p>"
    yield f"<table>{heads}"
    labels = contents.labels
    for name, reason in sorted(shown_log.papers.items()):
        kind, _, paper = name.partition(":")
        label = labels.get(Subject(kind, paper))
        yield _write_row(
            contents.disclosure.name(name) if label is None else label.say(language),
            reason.text.say(language),
        )
    yield "</table>"


def _write_documents(contents: Contents, language: Language) -> Iterator[str]:
    if not contents.documents:
        return
    count = len(contents.documents)
    heading = Text(zh=f"文书（{count}份）", en=f"Documents ({count})")
    heads = _write_heads(language, ("文件", "File"), ("在包里", "In the bundle"))
    yield f"<h2>{heading.say(language)}</h2>\n<table>{heads}"
    for document in contents.documents:
        if document.path is None:
            where = Text(zh="隐去（印有隐去的内容）", en="withheld: prints what is")
            cell = escape(where.say(language))
        else:
            masked = Text(zh="（遮去后的一份）", en=" (a masked copy)")
            note = masked.say(language) if document.hidden else ""
            cell = f'<a href="{document.path}">{document.path[:34]}…</a>{note}'
        yield f"<tr><td>{escape(document.shown)}</td><td>{cell}</td></tr>"
    yield "</table>"


def _write_heads(language: Language, *names: tuple[str, str]) -> str:
    cells = "".join(
        f"<th>{escape(Text(zh=zh, en=en).say(language))}</th>" for zh, en in names
    )
    return f"<tr>{cells}</tr>"


def _write_row(*cells: str, anchor: str | None = None, rests: str | None = None) -> str:
    """A row of a table; `rests` is a last cell that is markup already."""
    name = "" if anchor is None else f' id="{anchor}"'
    last = "" if rests is None else f"<td>{rests}</td>"
    columns = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr{name}>{columns}{last}</tr>"
