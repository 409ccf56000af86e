"""Invented companies, their people, owners, places and sums, by a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from stdnum.cn import uscc

_PLACES: Final = (
    ("11", "北京市", "北京市", ("海淀区", "朝阳区", "丰台区")),
    ("31", "上海市", "上海市", ("浦东新区", "闵行区", "徐汇区")),
    ("32", "江苏省", "苏州市", ("姑苏区", "吴中区", "虎丘区")),
    ("33", "浙江省", "宁波市", ("鄞州区", "江北区", "海曙区")),
    ("35", "福建省", "厦门市", ("思明区", "湖里区", "集美区")),
    ("37", "山东省", "青岛市", ("市南区", "崂山区", "城阳区")),
    ("42", "湖北省", "武汉市", ("洪山区", "武昌区", "江汉区")),
    ("43", "湖南省", "长沙市", ("岳麓区", "雨花区", "开福区")),
    ("44", "广东省", "佛山市", ("禅城区", "南海区", "顺德区")),
    ("51", "四川省", "成都市", ("武侯区", "锦江区", "青羊区")),
    ("53", "云南省", "昆明市", ("盘龙区", "五华区", "官渡区")),
    ("61", "陕西省", "西安市", ("雁塔区", "碑林区", "未央区")),
)
_ROADS: Final = (
    "云栖路",
    "青石巷",
    "银杏大道",
    "望湖街",
    "松涛路",
    "科创三路",
    "槐荫街",
)
_FIRST: Final = "云岚澄砚栖禾星泽序朗芷屿拾穗鹿溪禹川"
_SECOND: Final = "帆野桥舟谷屋棠塔图境汐岸筑仓"
_TRADES: Final = (
    "信息技术",
    "网络科技",
    "数字科技",
    "文化传媒",
    "软件",
    "智能科技",
    "电子商务",
)
_SURNAMES: Final = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN: Final = "一知砚宁书言晚舟嘉禾景行若清予安子墨思齐望舒明远之恒亦然"
_PINYIN: Final = ("yunfan", "lanye", "chengqiao", "qihe", "xingze", "luxi", "shisui")
_HOSTS: Final = ("云杉数据有限公司", "天穹云计算有限公司", "北港机房服务有限公司")
_REGISTRARS: Final = ("万象域名服务有限公司", "九州名网科技有限公司")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody who works for a company, insured there for some months."""

    name: str
    id_number: str
    post: str
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A holder, and its share in basis points."""

    name: str
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """An invented company, as its papers know it; sums are in yuan."""

    name: str
    code: str
    region: str
    city: str
    address: str
    representative: str
    capital: int
    paid_in: int
    founded: date
    today: date
    workers: tuple[Worker, ...]
    owners: tuple[Owner, ...]
    domain: str
    host: str
    registrar: str
    addresses: tuple[str, ...]
    servers: int
    cash: int
    revenue: int

    def day(self, days: int) -> date:
        """Give the day that is so many days from today."""
        return self.today + timedelta(days=days)


def invent_company(dice: Random) -> Company:
    """Invent a company with people, owners, a site and its hosting."""
    region, province, city, districts = dice.choice(_PLACES)
    today = date(2026, 1, 5) + timedelta(days=dice.randrange(320))
    place = "" if province == city else province
    rooms = dice.choice(
        ["{n}室", "{n}房", "{n}、{m}室", "{n}-{m}号", "{n}A室", "{m}层{n}"]
    ).format(n=dice.randrange(201, 2899), m=dice.randrange(3, 28))
    address = (
        f"{place}{city}{dice.choice(districts)}{dice.choice(_ROADS)}"
        f"{dice.randrange(1, 899)}号{dice.randrange(1, 18)}幢{rooms}"
    )
    short = dice.choice(_FIRST) + dice.choice(_SECOND) + dice.choice(_FIRST)
    name = f"{city.removesuffix('市')}{short}{dice.choice(_TRADES)}有限公司"
    names = _invent_names(dice, 8)
    capital = dice.choice([100, 200, 300, 500, 1000, 1200]) * 10_000
    return Company(
        name=name,
        code=_invent_code(dice, region),
        region=region,
        city=city,
        address=address,
        representative=names[0],
        capital=capital,
        paid_in=capital * dice.randrange(3, 11) // 10,
        founded=today - timedelta(days=dice.randrange(200, 3000)),
        today=today,
        workers=tuple(
            Worker(
                name=worker,
                id_number=_invent_id(dice),
                post=dice.choice(["技术总监", "运维工程师", "客服专员", "内容编辑"]),
                months=dice.randrange(1, 13),
            )
            for worker in names[: dice.randrange(3, 7)]
        ),
        owners=_invent_owners(dice, names),
        domain=f"{dice.choice(_PINYIN)}{dice.randrange(10, 999)}"
        f".{dice.choice(['cn', 'com', 'net'])}",
        host=dice.choice(_HOSTS),
        registrar=dice.choice(_REGISTRARS),
        addresses=tuple(
            f"203.0.113.{part}"
            for part in sorted(dice.sample(range(2, 250), dice.randrange(1, 4)))
        ),
        servers=dice.randrange(1, 9),
        cash=dice.randrange(200_000, 9_000_000),
        revenue=dice.randrange(300_000, 20_000_000),
    )


def _invent_names(dice: Random, count: int) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        given = "".join(dice.sample(_GIVEN, dice.choice([1, 2, 2])))
        names[dice.choice(_SURNAMES) + given] = None
    return list(names)


def _invent_owners(dice: Random, names: list[str]) -> tuple[Owner, ...]:
    """Divide the whole among two to four holders, the last taking what is left."""
    count, left = dice.randrange(2, 5), 10_000
    owners = []
    for number, name in enumerate(names[:count], start=1):
        share = left if number == count else dice.randrange(5, left // 150) * 100
        owners.append(Owner(name=name, share=share))
        left -= share
    return tuple(owners)


def _invent_code(dice: Random, region: str) -> str:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91{region}0100MA" + "".join(dice.choice(letters) for _ in range(7))
    return body + uscc.calc_check_digit(body)


def _invent_id(dice: Random) -> str:
    """Invent a number of an identity card of no place that there is."""
    born = date(1975, 1, 1) + timedelta(days=dice.randrange(10_000))
    return f"990099{born:%Y%m%d}{dice.randrange(1000):03d}X"
