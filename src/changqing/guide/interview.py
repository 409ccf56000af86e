"""The first questions of `changqing new`. An empty answer means unknown."""

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
from changqing.guide.credit_code import spell_credit_code
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.synonyms import Names
from changqing.law.lookup import find_licence
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
"""The applicant's facts that are asked for, in the order of the case file."""

QUESTIONS = (
    *("licence", "name", "credit_code", "region", "registered_capital"),
    *("scope", "submit_on", "charges_users", "url", "technician"),
    *("cash_on_hand", "monthly_cost", "revenue_12m"),
)
"""What is asked, by name, in the order of a conversation."""
BACK = frozenset({"<", "返回", "back"})
"""What a person types to return to the question before."""
_PATIENCE = 10  # tries at one question; a closed or empty input must end
SUBMIT_AFTER = timedelta(days=60)
"""How far off the day of handing in is, when none is given."""

_USUAL_LICENCE = "B25"
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
    licence: str = _USUAL_LICENCE
    other_urls: tuple[str, ...] = ()
    stage: str = "apply"


Keep = Callable[[Mapping[str, str]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One question: what is said, and how what is typed is read."""

    name: str
    question: Text
    help: Text
    read: Callable[[str], str]


def run_interview(
    catalogue: Catalogue,
    language: Language,
    *,
    now: datetime,
    ask: Ask,
    tell: Tell,
    known: Mapping[str, str] | None = None,
    begun: Mapping[str, str] | None = None,
    keep: Keep = lambda _: None,
) -> InterviewAnswers:
    """Ask the first questions, a dozen; none twice, and each may be gone back to.

    Args:
        catalogue: Says what is asked of each fact.
        language: Which is spoken.
        now: Whence the usual day of handing in is counted.
        ask: Shows a prompt and returns what was typed.
        tell: Shows a line.
        known: What nobody is asked, by the names in `QUESTIONS`; "" is known to be told
            by a paper, or by nobody.
        begun: What was answered before the person left.
        keep: Is given all answers after each, so that none is lost.

    Raises:
        CaseError: Where a question got no answer that can be used.
    """
    today = now.astimezone(BEIJING).date()
    answers_known = dict(known or {})
    answers = {
        name: answer
        for name, answer in (begun or {}).items()
        if name not in answers_known
    }
    steps = [
        step for step in _list_steps(catalogue, today) if step.name not in answers_known
    ]
    place, backwards = 0, False
    while place < len(steps):
        step = steps[place]
        if answer_told := _find_told(step.name, answers | answers_known, catalogue):
            answers[step.name] = answer_told
            place += -1 if backwards and place else 1
            continue
        if not backwards and step.name in (begun or {}):
            place += 1
            continue
        answer = _ask_step(step, place + 1, len(steps), language, ask=ask, tell=tell)
        backwards = answer is None
        if answer is None:
            begun = {}  # who goes back is asked again from there
            place = max(place - 1, 0)
            continue
        answers[step.name] = answer
        keep(answers)
        place += 1
    answers |= answers_known
    return InterviewAnswers(
        facts={name: answers[name] for name in FACTS},
        licence=answers["licence"] or _USUAL_LICENCE,
        region=answers["region"],
        scope=answers["scope"],
        submit_on=date.fromisoformat(answers["submit_on"]),
        url=answers["url"],
        technician=answers["technician"],
    )


def _ask_step(
    step: _Step, number: int, of: int, language: Language, *, ask: Ask, tell: Tell
) -> str | None:
    """Ask until the answer can be used; None to go back."""
    tell(f"\n{number}/{of}  {step.question.say(language)}")
    tell(f"      {step.help.say(language)}")
    for _ in range(_PATIENCE):
        typed = ask(">").strip()
        if typed in BACK:
            return None
        try:
            return step.read(typed)
        except NotAValueError as wrong:
            tell("      " + say_wrong(wrong, language))
    raise CaseError.of(
        Text(
            zh=f"第{number}题一直没有得到能用的回答，什么都没有写入",
            en=f"question {number} got no answer that can be used; nothing written",
        ),
        hint=Text(zh="准备好再运行一次", en="run it again when it is at hand"),
    )


def say_wrong(wrong: NotAValueError, language: Language) -> str:
    """Say what is wrong with an answer and what to do, in one line."""
    hint = "" if wrong.hint is None else wrong.hint.say(language)
    joint = "，" if language is Language.ZH else "; "
    return joint.join(part for part in (wrong.text.say(language), hint) if part)


def _find_told(name: str, answers: Mapping[str, str], catalogue: Catalogue) -> str:
    """What earlier answers tell: the province by the code, the scope by the licence."""
    if name == "region":
        return find_region(answers.get("credit_code", ""), catalogue)
    if name == "scope":
        licence = catalogue.licences.get(answers.get("licence", ""))
        only = () if licence is None else licence.scopes
        return only[0] if len(only) == 1 else ""
    return ""


def find_region(credit_code: str, catalogue: Catalogue) -> str:
    """Find the province of registration that a valid credit code names.

    "" where none.
    """
    if not credit_code:
        return ""
    spelling = spell_credit_code(credit_code)
    code = spelling.code[2:4] if spelling.valid else ""
    return code if code in catalogue.regions else ""


def read_licence(catalogue: Catalogue, written: str) -> str:
    """Read a licence by its code or by what people call it; NotAValueError for none."""
    if not written:
        return _USUAL_LICENCE
    code = find_licence(catalogue, written)
    if code is None:
        labels = {
            known_code: licence.label
            for known_code, licence in catalogue.licences.items()
        }
        codes = find_codes(written, labels)
        code = codes[0] if len(codes) == 1 else None
    if code is not None:
        return code
    raise NotAValueError(
        Text(zh=f"没有“{written}”这种许可证", en=f"there is no licence “{written}”"),
        Text(
            zh="写ICP、EDI、IDC这样的简称，或B25这样的代码",
            en="write a short name like ICP, EDI or IDC, or a code like B25",
        ),
    )


def _list_steps(catalogue: Catalogue, today: date) -> list[_Step]:
    """All questions in the order asked."""

    def make_step(name: str) -> _Step:
        fact = catalogue.facts["applicant", name]
        needed = name == "name"
        return _Step(
            name=name,
            question=fact.question or fact.label,
            help=_NEEDED if needed else _say_help(fact),
            read=lambda typed: _read_fact(fact, typed, needed=needed),
        )

    others = (
        _Step(
            name="licence",
            question=Text(zh="办哪一种许可证？", en="Which licence?"),
            help=Text(
                zh="如ICP、EDI、呼叫中心；不填按ICP。任何一题填<回上一题",
                en="Such as ICP, EDI, call centre; empty means ICP. < always goes back",
            ),
            read=lambda typed: read_licence(catalogue, typed),
        ),
        _Step(
            name="region",
            question=Text(
                zh="公司注册在哪个省？",
                en="In which province is the company registered?",
            ),
            help=Text(
                zh="写省名或市名，如浙江、杭州",
                en="Its name or the city, such as Zhejiang",
            ),
            read=lambda typed: _read_region(catalogue, typed),
        ),
        _Step(
            name="scope",
            question=Text(
                zh="业务只在这一个省内开展吗？",
                en="Is the service for this province only?",
            ),
            help=Text(
                zh="是：省内；否：跨地区，两个省以上",
                en="yes: within one province; no: two provinces or more",
            ),
            read=_read_scope,
        ),
        _Step(
            name="submit_on",
            question=Text(
                zh="打算哪一天递交？", en="On which day do you plan to submit?"
            ),
            help=Text(
                zh=f"写作2027-01-15这样；不填按{today + SUBMIT_AFTER}",
                en=f"Write it like 2027-01-15; empty means {today + SUBMIT_AFTER}",
            ),
            read=lambda typed: _read_day(typed, today),
        ),
        _Step(
            name="url",
            question=Text(
                zh="网站地址是什么？", en="What is the address of the website?"
            ),
            help=Text(
                zh="写作https://www.example.cn/这样；还没有就不填",
                en="Such as https://www.example.cn/; leave empty if there is none",
            ),
            read=read_url,
        ),
        _Step(
            name="technician",
            question=Text(
                zh="专职技术人员叫什么名字？", en="Who is the full-time technician?"
            ),
            help=Text(zh="还没有就不填", en="Leave empty if there is none yet"),
            read=str.strip,
        ),
    )
    by_name = {step.name: step for step in (*others, *map(make_step, FACTS))}
    return [by_name[name] for name in QUESTIONS]


def _say_help(fact: Fact) -> Text:
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


def _make_missing_error() -> NotAValueError:
    return NotAValueError(Text(zh="这一项要填", en="this one is needed"))


def _read_fact(fact: Fact, typed: str, *, needed: bool) -> str:
    if not typed:
        if needed:
            raise _make_missing_error()
        return ""
    if fact.type.kind is Kind.BOOLEAN:
        return parse_yes_or_no(typed)
    parse_value(fact, typed)
    return str(spell_value(fact, typed))


def parse_yes_or_no(written: str) -> str:
    """Parse a person's yes or no to `true` or `false`; NotAValueError otherwise."""
    truth = parse_yes_no(written)
    if truth is not None:
        return "true" if truth else "false"
    raise NotAValueError(
        Text(zh=f"看不懂“{written}”", en=f"“{written}” is neither yes nor no"),
        Text(zh="填是或否", en="write yes or no"),
    )


def _read_scope(typed: str) -> str:
    within, across = SCOPE_WORDS
    if not typed:
        raise _make_missing_error()
    scopes = [across] if typed == "全国" else find_codes(typed, SCOPE_WORDS)
    if len(scopes) == 1:
        return scopes[0]
    return within if parse_yes_or_no(typed) == "true" else across


def _find_regions_of_city(catalogue: Catalogue, typed: str) -> list[str]:
    """Find the provinces whose cities the catalogue knows by what was written.

    成都, 成都市 and 成都市武侯区 begin with a word of 四川. A district alone is in no
    list, so it tells nothing.
    """
    place = unicodedata.normalize("NFKC", typed).strip().casefold()
    return [
        code
        for code, region in catalogue.regions.items()
        if any(
            _begins_with(place, word)
            for group in catalogue.synonyms.values()
            if group.names is Names.REGION
            and {region.label.zh, region.label.en} & {*group.zh, *group.en}
            for word in (*group.zh, *group.en)
        )
    ]


def _begins_with(place: str, word: str) -> bool:
    """Tell whether a place begins with a name; a Latin one must be all of it."""
    name = word.casefold()
    return place == name or (
        len(name) > 1 and not name.isascii() and place.startswith(name)
    )


def _read_region(catalogue: Catalogue, typed: str) -> str:
    if not typed.strip():
        raise _make_missing_error()
    labels = {code: region.label for code, region in catalogue.regions.items()}
    codes = find_codes(typed, labels) or _find_regions_of_city(catalogue, typed)
    if len(codes) == 1:
        return codes[0]
    region_names = Text(
        zh="、".join(label.zh for label in labels.values()),
        en=", ".join(label.en for label in labels.values()),
    )
    raise NotAValueError(
        Text(zh=f"没有“{typed}”这个省", en=f"there is no province “{typed}”"),
        Text(zh=f"可以写：{region_names.zh}", en=f"one of: {region_names.en}"),
    )


def _read_day(typed: str, today: date) -> str:
    if not typed:
        return (today + SUBMIT_AFTER).isoformat()
    day = parse_date(typed)
    check_submit_on(day, today)
    return day.isoformat()


def read_url(written: str) -> str:
    """Read an address with its scheme and a path; NotAValueError for what is none."""
    if not written:
        return ""
    url = written if "//" in written else f"https://{written}"
    # Typed with a Chinese keyboard, a name has wide letters and 。 between its parts.
    scheme, slashes, without_scheme = url.partition("//")
    name, slash, path = without_scheme.partition("/")
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
