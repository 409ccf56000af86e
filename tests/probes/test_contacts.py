"""Telephones, mail addresses and chat names as pages give them."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.probes.channels import (
    find_chat_links,
    find_complaint_links,
    find_emails,
    find_feedback_links,
    find_phones,
    find_privacy_links,
)
from changqing.probes.contacts import match_chat_numbers, match_emails, match_phones
from changqing.probes.document import parse_page
from changqing.probes.page_facts import read_page_facts
from tests.probes.probes_world import exchange

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("电话：0571-88880000 传真：0571-88880001", ["0571-88880000"]),
        ("电话/传真：0571-88880000", ["0571-88880000"]),
        ("電話：0571-88880000 傳真：0571-88880001", ["0571-88880000"]),
        ("手机：13812345678 QQ：12345678 微信：13812345679", ["13812345678"]),
        ("手机/微信：13812345678", ["13812345678"]),
        ("微信同号 13812345678", ["13812345678"]),
        ("客服热线 400-123-4567 转 8", ["400-123-4567 转 8"]),
        ("4001234567", ["4001234567"]),
        ("4008-123-123", ["4008-123-123"]),
        ("400 - 123 - 4567", ["400 - 123 - 4567"]),
        ("手机 138-1234-5678", ["138-1234-5678"]),
        ("电话：86－571－88880000", ["86－571－88880000"]),
        ("+86-571-88880000", ["+86-571-88880000"]),
        ("0086-571-88880000", ["0086-571-88880000"]),
        ("Tel: +86 (0)571 8888 0000", ["+86 (0)571 8888 0000"]),
        ("（0571）88880000", ["（0571）88880000"]),
        ("0571—88880000、88880001", ["0571—88880000", "88880001"]),
        ("010-82628888-5482", ["010-82628888-5482"]),
        ("010 - 82628888 - 5482", ["010 - 82628888 - 5482"]),
        ("电话：68902836", ["68902836"]),
        ("客服 95588", ["95588"]),
        ("热线：500-800-1280", ["500-800-1280"]),
        ("电话(010)4990712", ["(010)4990712"]),
        (
            "电话 13812345678/138123456790571-88880000",
            ["13812345678", "13812345679", "0571-88880000"],
        ),
    ],
)
def test_telephones_are_written_in_many_ways(text: str, numbers: list[str]) -> None:
    assert [mark.value for mark in match_phones(text)] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 10:30",
        "20261120",
        "版权所有 1999-2026",
        "id=13812345678",
        "http://a.cn/13812345678",
        "13812345678@163.com",
        "价格 13800138000元",
        "QQ群：123456789",
        "传真：0571-88880000",
        "F：0571-88880000",
        "邮编：310000",
        "400-*08-8887",
        "138****5678",
        "13812345678138123456789",
        "订单编号：13812345678",
        "0571-1234",
        "浙公网安备 33010602001234号",
        "浙ICP备2026012346号",
        "1.13.10.12345678",
        "举报\n跟贴888\n参与12934",
    ],
)
def test_other_numbers_are_no_telephones(text: str) -> None:
    assert list(match_phones(text)) == []


def test_many_lone_mobile_numbers_are_a_list_of_people() -> None:
    people = "\n".join(f"某人\n1381234567{n}" for n in range(6))
    assert list(match_phones(people)) == []
    assert [mark.value for mark in match_phones("首页\n13812345678")] == ["13812345678"]


def test_a_column_of_telephones_is_read_by_its_head() -> None:
    table = "姓名\n办公电话\n甲\n88880000\n乙\n88880001"
    assert [mark.value for mark in match_phones(table)] == ["88880000", "88880001"]
    assert list(match_phones(table.replace("办公电话", "编号"))) == []


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("邮箱：kefu@example-cn.com。", ["kefu@example-cn.com"]),
        ("kefu(at)changqing.cn", ["kefu@changqing.cn"]),
        ("kefu[at]changqing.cn", ["kefu@changqing.cn"]),
        ("kefu＠changqing.cn", ["kefu@changqing.cn"]),
        ("kefu#changqing.cn", ["kefu@changqing.cn"]),
        ("mail: kefu at changqing.cn", ["kefu@changqing.cn"]),
        ("a.b@c-d.cn,c@d-e.com.cn", ["a.b@c-d.cn", "c@d-e.com.cn"]),
        ("look at changqing.cn", []),
        ("logo@2x.png", []),
        ("git@git.changqing.cn:a/b", []),
        ("your.name@changqing.cn", []),
        ("name@example.com", []),
        ("xxx@xxx.com", []),
        ("@changqing.cn", []),
    ],
)
def test_mail_addresses(text: str, addresses: list[str]) -> None:
    assert [mark.value for mark in match_emails(text)] == addresses


def test_what_an_anchor_shows_wins_over_where_it_writes_to() -> None:
    page = parse_page(
        exchange(
            "<body><a href='mailto:webmaster@changqing.cn'>kefu@changqing.cn</a>"
            "<a href='mailto:jubao@changqing.cn?subject=x'>举报</a>"
            "<a href='maito:vip%40changqing.cn'>贵宾</a>"
            "</body>"
        )
    )
    assert [mark.value for mark in find_emails(page)] == [
        "kefu@changqing.cn",
        "jubao@changqing.cn",
        "vip@changqing.cn",
    ]


def test_mail_that_a_service_hides_is_undone() -> None:
    key = 0x5A
    hidden = bytes([key, *(byte ^ key for byte in b"kefu@changqing.cn")]).hex()
    page = parse_page(
        exchange(f"<body><a data-cfemail='{hidden}'>[protected]</a></body>")
    )
    assert [mark.value for mark in find_emails(page)] == ["kefu@changqing.cn"]
    broken = parse_page(exchange("<body><a data-cfemail='zz'>x</a></body>"))
    assert list(find_emails(broken)) == []


def test_numbers_of_dialling_links_count() -> None:
    page = parse_page(
        exchange("<body><a href='TEL:400-123-4567'>咨询</a><a href='tel:'>x</a></body>")
    )
    assert [mark.value for mark in find_phones(page)] == ["400-123-4567"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("QQ：123456789", ["123456789"]),
        ("客服QQ:123456789", ["123456789"]),
        ("微信号：changqing_cn", ["changqing_cn"]),
        ("友情链接交换QQ：123456789", []),
        ("QQ空间 QQ好友", []),
    ],
)
def test_chat_names(text: str, values: list[str]) -> None:
    assert [mark.value for mark in match_chat_numbers(text)] == values


def test_a_chat_is_a_link_that_opens_one_or_a_name() -> None:
    page = parse_page(
        exchange(
            "<body><a href='http://wpa.qq.com/msgrd?v=3&uin=1'>点这里</a>"
            "<a href='javascript:open()'>在线客服</a><p>QQ：123456789</p></body>"
        )
    )
    assert [link.text for link in find_chat_links(page)] == [
        "点这里",
        "在线客服",
        "QQ：123456789",
    ]


def test_the_state_centre_takes_reports_but_is_no_channel_of_the_site() -> None:
    page = parse_page(
        exchange(
            "<body><a href='http://www.12377.cn/'>违法和不良信息举报</a>"
            "<a href='/ly.html'>在线留言</a><a href='javascript:;'>意见反馈</a>"
            "<a href='/n/1.html'>市长信箱办理情况：市民来信投诉举报一批问题得到解决</a></body>"
        )
    )
    assert [link.text for link in find_feedback_links(page)] == [
        "违法和不良信息举报",
        "在线留言",
        "意见反馈",
    ]
    assert [link.href for link in find_complaint_links(page)] == [
        "/ly.html",
        "javascript:;",
    ]


@pytest.mark.parametrize(
    "said", ["隐私政策", "隱私權政策", "Privacy Policy", "隐私声明"]
)
def test_a_privacy_policy_has_many_names(said: str) -> None:
    page = parse_page(exchange(f"<body><a href='/p.html'>{said}</a></body>"))
    assert [link.href for link in find_privacy_links(page)] == ["/p.html"]


@pytest.mark.parametrize(
    ("inner", "owner"),
    [
        ("<p>© 2026 杭州长青示例科技有限公司 版权所有</p>", "杭州长青示例科技有限公司"),
        (
            "<p>版权所有：长青示例（杭州）科技有限公司</p>",
            "长青示例（杭州）科技有限公司",
        ),
        (
            "<p>版权所有 杭州长青示例科技有限公司</p><p>技术支持：别处建站网络有限公司</p>",
            "杭州长青示例科技有限公司",
        ),
        ("<p>主办：长青示例大学</p>", "长青示例大学"),
        ("<p>长青示例网 版权所有</p>", "长青示例网"),
        ("<p>长 青 示 例 网 版 权 所 有</p>", "长青示例网"),
        ("<p>© 2026 Changqing Example. All rights reserved</p>", "Changqing Example"),
        ("<p>© 2027 版权所有 不得转载</p>", None),
    ],
)
def test_the_owner_is_who_claims_the_page(inner: str, owner: str | None) -> None:
    words = "<p>这里是一段足够长的正文。</p>" * 4
    markup = f"<html><head><title>示例</title></head><body>{words}{inner}</body></html>"
    found = read_page_facts(exchange(markup), TODAY).footer.owner
    assert (found.value if found else None) == owner
