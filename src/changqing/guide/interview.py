"""The twelve questions of `changqing new`. An empty answer means unknown."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from changqing.case.fitting import check_submit_on
from changqing.case.values import (
    NotAValueError,
    find_codes,
    parse_date,
    parse_value,
    parse_yes_no,
    spell_value,
)
from changqing.day import BEIJING
from changqing.errors import CaseError
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue
from changqing.law.words import SCOPE_WORDS
from changqing.rules.types import Kind
from changqing.text import Language, Text

FACTS = (
    "name",
    "credit_code",
    "registered_capital",
    "charges_users",
    "revenue_12m",
    "cash_on_hand",
    "monthly_cost",
)
"""The applicant's facts that are asked for, in the order asked."""

QUESTIONS = (*FACTS, "region", "scope", "submit_on", "url", "technician")
"""What is asked, by name."""
_PATIENCE = 10  # tries at one question; a closed or empty input must end
SUBMIT_AFTER = timedelta(days=60)
"""How far off the day of handing in is, when none is given."""

_NEEDED = Text(zh="必填，照营业执照写", en="Needed, as on the licence")

Ask = Callable[[str], str]
Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewAnswers:
    """What was answered, as it will be written in `case.yaml`; "" is unknown."""

    facts: Mapping[str, str]
    region: str
    scope: str
    submit_on: date
    url: str
    technician: str
    licence: str = "B25"
    other_urls: tuple[str, ...] = ()


@dataclass(slots=True)
class _Desk:
    """Asks again until the answer can be used, and not for what is `known`."""

    language: Language
    ask: Ask
    tell: Tell
    known: Mapping[str, str]
    asked: int = 0

    def answer(
        self, name: str, question: Text, help_: Text, read: Callable[[str], str]
    ) -> str:
        if name in self.known:
            return self.known[name]
        self.asked += 1
        number, said = self.asked, question.say(self.language)
        self.tell(f"\n{number}/{len(QUESTIONS) - len(self.known)}  {said}")
        self.tell(f"      {help_.say(self.language)}")
        for _ in range(_PATIENCE):
            written = self.ask(">").strip()
            try:
                return read(written)
            except NotAValueError as wrong:
                hint = "" if wrong.hint is None else wrong.hint.say(self.language)
                joint = "，" if self.language is Language.ZH else "; "
                parts = [wrong.text.say(self.language), hint]
                self.tell("      " + joint.join(part for part in parts if part))
        raise CaseError.of(
            Text(
                zh=f"第{number}题一直没有得到能用的回答，什么都没有写入",
                en=f"question {number} got no answer that can be used; nothing written",
            ),
            hint=Text(zh="准备好再运行一次", en="run it again when it is at hand"),
        )


def interview(
    catalogue: Catalogue,
    language: Language,
    *,
    now: datetime,
    ask: Ask,
    tell: Tell,
    known: Mapping[str, str] | None = None,
) -> InterviewAnswers:
    """Ask the twelve questions. `ask` shows a prompt and returns what was typed.

    Nobody is asked what is `known`, by the names in `QUESTIONS`; "" is known to be told
    by a paper, or by nobody.
    """
    desk = _Desk(language=language, ask=ask, tell=tell, known=known or {})
    today = now.astimezone(BEIJING).date()
    facts: dict[str, str] = {}

    def ask_fact(name: str) -> None:
        fact = catalogue.facts["applicant", name]
        facts[name] = desk.answer(
            name,
            fact.question or fact.label,
            _NEEDED if name == "name" else _help(fact),
            lambda written: _read_fact(fact, written, needed=name == "name"),
        )

    ask_fact("name")
    ask_fact("credit_code")
    region = desk.answer(
        "region",
        Text(
            zh="公司注册在哪个省？", en="In which province is the company registered?"
        ),
        Text(zh="写省名，如浙江", en="Name it, such as Zhejiang"),
        lambda written: _read_region(catalogue, written),
    )
    scope = desk.answer(
        "scope",
        Text(
            zh="业务只在这一个省内开展吗？", en="Is the service for this province only?"
        ),
        Text(
            zh="是：省内；否：跨地区，两个省以上",
            en="yes: within one province; no: two provinces or more",
        ),
        _read_scope,
    )
    submit_on = desk.answer(
        "submit_on",
        Text(zh="打算哪一天递交？", en="On which day do you plan to submit?"),
        Text(
            zh=f"写作2027-01-15这样；不填按{today + SUBMIT_AFTER}",
            en=f"Write it like 2027-01-15; empty means {today + SUBMIT_AFTER}",
        ),
        lambda written: _read_day(written, today),
    )
    for name in FACTS[2:]:
        ask_fact(name)
    url = desk.answer(
        "url",
        Text(zh="网站地址是什么？", en="What is the address of the website?"),
        Text(
            zh="写作https://www.example.cn/这样；还没有就不填",
            en="Such as https://www.example.cn/; leave empty if there is none",
        ),
        read_url,
    )
    technician = desk.answer(
        "technician",
        Text(zh="专职技术人员叫什么名字？", en="Who is the full-time technician?"),
        Text(zh="还没有就不填", en="Leave empty if there is none yet"),
        str.strip,
    )
    return InterviewAnswers(
        facts=facts,
        region=region,
        scope=scope,
        submit_on=date.fromisoformat(submit_on),
        url=url,
        technician=technician,
    )


def _help(fact: Fact) -> Text:
    match fact.type.kind:
        case Kind.BOOLEAN:
            return Text(
                zh="填是或否；不清楚就不填", en="yes or no; leave empty if unsure"
            )
        case Kind.NUMBER if fact.unit == "fen":
            return Text(
                zh="写上单位，如100万元；不清楚就不填",
                en="With its unit, such as 100万元; leave empty if unsure",
            )
        case _:
            return Text(zh="不清楚就不填", en="Leave empty if unsure")


def _missing() -> NotAValueError:
    return NotAValueError(Text(zh="这一项要填", en="this one is needed"))


def _read_fact(fact: Fact, written: str, *, needed: bool) -> str:
    if not written:
        if needed:
            raise _missing()
        return ""
    if fact.type.kind is Kind.BOOLEAN:
        return yes_or_no(written)
    parse_value(fact, written)
    return str(spell_value(fact, written))


def yes_or_no(written: str) -> str:
    """`true` or `false` for a person's yes or no; NotAValueError otherwise."""
    told = parse_yes_no(written)
    if told is not None:
        return "true" if told else "false"
    raise NotAValueError(
        Text(zh=f"看不懂“{written}”", en=f"“{written}” is neither yes nor no"),
        Text(zh="填是或否", en="write yes or no"),
    )


def _read_scope(written: str) -> str:
    within, across = SCOPE_WORDS
    if not written:
        raise _missing()
    meant = [across] if written == "全国" else find_codes(written, SCOPE_WORDS)
    if len(meant) == 1:
        return meant[0]
    return within if yes_or_no(written) == "true" else across


def _read_region(catalogue: Catalogue, written: str) -> str:
    if not written.strip():
        raise _missing()
    labels = {code: region.label for code, region in catalogue.regions.items()}
    meant = find_codes(written, labels)
    if len(meant) == 1:
        return meant[0]
    known = Text(
        zh="、".join(label.zh for label in labels.values()),
        en=", ".join(label.en for label in labels.values()),
    )
    raise NotAValueError(
        Text(zh=f"没有“{written}”这个省", en=f"there is no province “{written}”"),
        Text(zh=f"可以写：{known.zh}", en=f"one of: {known.en}"),
    )


def _read_day(written: str, today: date) -> str:
    if not written:
        return (today + SUBMIT_AFTER).isoformat()
    day = parse_date(written)
    check_submit_on(day, today)
    return day.isoformat()


def read_url(written: str) -> str:
    """An address with its scheme and a path; NotAValueError for what is none."""
    if not written:
        return ""
    url = written if "//" in written else f"https://{written}"
    # Typed with a Chinese keyboard, a name has wide letters and 。 between its parts.
    scheme, slashes, rest = url.partition("//")
    name, slash, path = rest.partition("/")
    name = unicodedata.normalize("NFKC", name).replace("。", ".")
    url = f"{scheme}{slashes}{name}{slash}{path}"
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if "." not in host or urlsplit(url).scheme not in {"http", "https"}:
        raise NotAValueError(
            Text(zh=f"“{written}”不是网址", en=f"“{written}” is not a web address"),
            Text(
                zh="写作https://www.example.cn/这样",
                en="write it like https://www.example.cn/",
            ),
        )
    return url if urlsplit(url).path else f"{url}/"
