"""What stands in a paper of each kind: pairs of label and value, and lists of rows.

Nothing here says how it looks; `layouts` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Final, cast

from ruamel.yaml import YAML

from training.world import Company

TRAIN: Final = "train"
TEST: Final = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A value as the catalogue's fact has it, and the words that print it.

    `value` is written as somebody types it; `group` is that of the labels of the corpus
    (core, derived, paper, extra).
    """

    fact: str
    subject: str
    value: object
    words: str
    group: str = "core"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Words in a place, and what of them is a value that counts."""

    words: str
    shows: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A label and what stands beside it."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A list of things of one kind, each with the same heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole paper before anybody laid it out."""

    kind: str
    title: str
    issuer: str
    pairs: tuple[Pair, ...]
    lists: tuple[Rows, ...] = ()


class Wordings:
    """Chooses how a paper names a thing, among the wordings of one split."""

    def __init__(self, dice: Random, split: str) -> None:
        self._dice, self._split = dice, split

    def label(self, name: str) -> str:
        """Choose a label; one that tests also meets those that were learnt."""
        words = _read_wordings()[name]
        return self._dice.choice(words[self._split])

    def title(self, kind: str) -> str:
        """Choose a title for a kind of paper."""
        titles = cast(
            "Mapping[str, Mapping[str, list[str]]]", _read_wordings()["title"]
        )
        return self._dice.choice(titles[kind][self._split])


@cache
def _read_wordings() -> Mapping[str, Mapping[str, list[str]]]:
    path = Path(__file__).with_name("wordings.yaml")
    return cast(
        "Mapping[str, Mapping[str, list[str]]]",
        YAML(typ="safe").load(path.read_text("utf-8")),
    )


# How values are written


def write_day(day: date, dice: Random) -> str:
    """Write a day in one of the ways in which offices write it."""
    return dice.choice(
        [
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y年%m月%d日}",
            f"{day:%Y-%m-%d}",
            f"{day:%Y/%m/%d}",
            f"{day:%Y.%m.%d}",
        ]
    )


def write_sum(yuan: int, dice: Random) -> str:
    """Write a sum in figures, in 万 where it is round, or with its currency."""
    ways = [f"{yuan:,}.00元", f"人民币{yuan}元", f"¥{yuan:,}.00"]
    if yuan % 10_000 == 0:
        ways += [f"{yuan // 10_000}万元", f"{yuan // 10_000}万元人民币"]
    return dice.choice(ways)


def write_share(share: int, dice: Random) -> str:
    """Write a share that is given in basis points."""
    return dice.choice([f"{share / 100:g}%", f"{share / 100:.2f}%"])


_YES: Final[object] = True
_FORM: Final = "有限责任公司（自然人投资或控股）"
_Write = Callable[[Company, Wordings, Random], Content]


def _plain(label: str, words: str, *follows: Shown) -> Pair:
    return Pair(label=label, cell=Cell(words=words, shows=follows))


def _follows(fact: str, value: object, words: str, subject: str = "applicant") -> Shown:
    """Say what follows from words that say something else, or whose paper it is."""
    return Shown(fact=fact, subject=subject, value=value, words=words, group="derived")


def _pair(
    label: str, fact: str, value: object, words: str, *, subject: str = "applicant"
) -> Pair:
    group = "paper" if subject == "paper" else "core"
    shown = Shown(fact=fact, subject=subject, value=value, words=words, group=group)
    return Pair(label=label, cell=Cell(words=words, shows=(shown,)))


def _term(
    label: str, fact: str, start: date, end: date, dice: Random, subject: str
) -> Pair:
    first, last = write_day(start, dice), write_day(end, dice)
    words = dice.choice(
        [f"{first}至{last}", f"自{first}起至{last}止", f"{first} — {last}"]
    )
    shown = Shown(fact=fact, subject=subject, value=end.isoformat(), words=last)
    return Pair(label=label, cell=Cell(words=words, shows=(shown,)))


def _identity(company: Company, say: Wordings, dice: Random) -> tuple[Pair, ...]:
    return (
        _pair(say.label("name"), "name", company.name, company.name),
        _pair(say.label("credit_code"), "credit_code", company.code, company.code),
        _plain(
            "类型",
            _FORM,
            Shown(
                fact="legal_form",
                subject="applicant",
                value="limited_company",
                words=_FORM,
            ),
        ),
        _pair(
            say.label("registered_legal_rep"),
            "registered_legal_rep",
            company.representative,
            company.representative,
        ),
        _pair(
            say.label("registered_capital"),
            "registered_capital",
            f"{company.capital}元",
            write_sum(company.capital, dice),
        ),
        _pair(say.label("address"), "address", company.address, company.address),
    )


def _issued(company: Company, say: Wordings, dice: Random, days: int = -10) -> Pair:
    day = company.day(days)
    words = write_day(day, dice)
    return _pair(
        say.label("issued_on"), "issued_on", day.isoformat(), words, subject="paper"
    )


def _owners(company: Company, say: Wordings, dice: Random) -> Rows:
    rows = []
    for owner in company.owners:
        subject, share = f"holder:{owner.name}", write_share(owner.share, dice)
        name = Shown(fact="name", subject=subject, value=owner.name, words=owner.name)
        held = Shown(
            fact="share", subject=subject, value=f"{owner.share / 100:g}%", words=share
        )
        rows.append(
            (Cell(words=owner.name, shows=(name,)), Cell(words=share, shows=(held,)))
        )
    return Rows(heads=(say.label("holder"), say.label("share")), rows=tuple(rows))


def _total(company: Company) -> tuple[Shown, ...]:
    """Say of a chart that names every holder what its shares come to."""
    return (_follows("leaf_share_total", "100%", company.name),)


def write_business_licence(company: Company, say: Wordings, dice: Random) -> Content:
    """Write what a business licence states."""
    founded = _plain("成立日期", write_day(company.founded, dice))
    return Content(
        kind="business_licence",
        title=say.title("business_licence"),
        issuer=f"{company.city}市场监督管理局",
        pairs=(*_identity(company, say, dice), founded),
    )


def write_register_extract(company: Company, say: Wordings, dice: Random) -> Content:
    """Write what an extract of the register states, with the holders."""
    paid = _pair(
        say.label("paid_in_capital"),
        "paid_in_capital",
        f"{company.paid_in}元",
        write_sum(company.paid_in, dice),
    )
    return Content(
        kind="register_extract",
        title=say.title("register_extract"),
        issuer=f"{company.city}市场监督管理局",
        pairs=(*_identity(company, say, dice), paid, _issued(company, say, dice)),
        lists=(_owners(company, say, dice),),
    )


def write_lease(company: Company, say: Wordings, dice: Random) -> Content:
    """Write the particulars of a lease of the company's premises."""
    return Content(
        kind="lease",
        title=say.title("lease"),
        issuer="",
        pairs=(
            _plain(say.label("lessor"), f"{company.city}方圆物业管理有限公司"),
            _plain(
                say.label("lessee"),
                company.name,
                _follows("lessee_is_applicant", _YES, company.name),
            ),
            _pair(
                say.label("lease_address"), "address", company.address, company.address
            ),
            _term(
                say.label("lease_until"),
                "lease_until",
                company.day(-200),
                company.day(dice.randrange(120, 900)),
                dice,
                "applicant",
            ),
            _plain("租金", f"每月{dice.randrange(3, 40) * 1000}元"),
        ),
    )


def write_domain_cert(company: Company, say: Wordings, dice: Random) -> Content:
    """Write a certificate of a domain."""
    start, end = (
        company.day(-dice.randrange(100, 900)),
        company.day(dice.randrange(90, 900)),
    )
    about = f"service:{company.domain}"
    return Content(
        kind="domain_cert",
        title=say.title("domain_cert"),
        issuer=company.registrar,
        pairs=(
            _pair(
                say.label("domain"),
                "domain",
                company.domain,
                company.domain,
                subject=about,
            ),
            _plain(
                say.label("domain_registrant"),
                company.name,
                Shown(
                    fact="domain_registrant",
                    subject=about,
                    value=company.name,
                    words=company.name,
                ),
                _follows("domain_holder_relation", "applicant", company.name, about),
            ),
            _pair(
                say.label("domain_registered_on"),
                "domain_registered_on",
                start.isoformat(),
                write_day(start, dice),
                subject=about,
            ),
            _pair(
                say.label("domain_expires_on"),
                "domain_expires_on",
                end.isoformat(),
                write_day(end, dice),
                subject=about,
            ),
            _pair(
                say.label("domain_registrar"),
                "domain_registrar",
                company.registrar,
                company.registrar,
                subject=about,
            ),
        ),
    )


def write_hosting_agreement(company: Company, say: Wordings, dice: Random) -> Content:
    """Write the particulars of an agreement on hosting."""
    addresses = dice.choice(["、", "，", " / "]).join(company.addresses)
    count = f"{company.servers}台"
    return Content(
        kind="hosting_agreement",
        title=say.title("hosting_agreement"),
        issuer=company.host,
        pairs=(
            _plain(say.label("customer"), company.name),
            _pair(
                say.label("hosting_provider"),
                "hosting_provider",
                company.host,
                company.host,
                subject="service",
            ),
            _term(
                say.label("hosting_until"),
                "hosting_until",
                company.day(-100),
                company.day(dice.randrange(100, 700)),
                dice,
                "service",
            ),
            _pair(
                say.label("hosting_addresses"),
                "hosting_addresses",
                list(company.addresses),
                addresses,
                subject="service",
            ),
            _pair(
                say.label("server_count"),
                "server_count",
                company.servers,
                count,
                subject="service",
            ),
        ),
    )


def write_bank_statement(company: Company, say: Wordings, dice: Random) -> Content:
    """Write a bank's statement of a balance."""
    return Content(
        kind="bank_statement",
        title=say.title("bank_statement"),
        issuer=f"江海银行{company.city}分行",
        pairs=(
            _plain(say.label("account_name"), company.name),
            _plain("账号", f"6001{dice.randrange(10**11, 10**12)}"),
            _pair(
                say.label("cash_on_hand"),
                "cash_on_hand",
                f"{company.cash}元",
                f"{company.cash:,}.00元",
            ),
            _issued(company, say, dice, -5),
        ),
    )


def write_social_insurance(company: Company, say: Wordings, dice: Random) -> Content:
    """Write a list of insured people with the months that are paid."""
    until = company.day(-30).replace(day=1)
    month = dice.choice([f"{until:%Y-%m}", f"{until:%Y年%m月}", f"{until:%Y%m}"])
    rows, payers = [], []
    for worker in company.workers:
        subject = f"person:{worker.name}"
        name = Shown(fact="name", subject=subject, value=worker.name, words=worker.name)
        insured = Shown(
            fact="insured",
            subject=subject,
            value=True,
            words=worker.name,
            group="derived",
        )
        months = Shown(
            fact="si_months_unbroken",
            subject=subject,
            value=worker.months,
            words=str(worker.months),
        )
        payers.append(_follows("si_payer_is_applicant", _YES, company.name, subject))
        rows.append(
            (
                Cell(words=worker.name, shows=(name, insured)),
                Cell(words=worker.id_number),
                Cell(words=str(worker.months), shows=(months,)),
            )
        )
    return Content(
        kind="social_insurance",
        title=say.title("social_insurance"),
        issuer=f"{company.city}社会保险事业管理中心",
        pairs=(
            _plain("单位名称", company.name, *payers),
            _pair(
                say.label("paid_through"),
                "insurance_paid_through",
                f"{until:%Y-%m-01}",
                month,
            ),
            _issued(company, say, dice),
        ),
        lists=(
            Rows(
                heads=(
                    say.label("worker"),
                    say.label("id_number"),
                    say.label("months"),
                ),
                rows=tuple(rows),
            ),
        ),
    )


def write_equity_chart(company: Company, say: Wordings, dice: Random) -> Content:
    """Write who holds which share of the company."""
    return Content(
        kind="equity_chart",
        title=f"{company.name}{say.title('equity_chart')}",
        issuer=company.name,
        pairs=(
            _plain("公司", company.name, *_total(company)),
            _issued(company, say, dice),
        ),
        lists=(_owners(company, say, dice),),
    )


def write_capital_report(company: Company, say: Wordings, dice: Random) -> Content:
    """Write an auditor's report of the capital that was paid in."""
    return Content(
        kind="capital_report",
        title=say.title("capital_report"),
        issuer=f"{company.city}正衡会计师事务所",
        pairs=(
            _plain("被审验单位", company.name),
            _plain(say.label("registered_capital"), write_sum(company.capital, dice)),
            _pair(
                say.label("paid_in_capital"),
                "paid_in_capital",
                f"{company.paid_in}元",
                write_sum(company.paid_in, dice),
            ),
            _issued(company, say, dice),
        ),
    )


KINDS: Final[tuple[_Write, ...]] = (
    write_business_licence,
    write_register_extract,
    write_lease,
    write_domain_cert,
    write_hosting_agreement,
    write_bank_statement,
    write_social_insurance,
    write_equity_chart,
    write_capital_report,
)
