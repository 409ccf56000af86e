"""Ways a page offers to complain, to talk to the service, and to read its policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from changqing.probes.contacts import chat_numbers, decode_email, emails, phones
from changqing.probes.document import HIDDEN_MAIL, Link, PageDocument
from changqing.probes.marks import TextMatch

_WRITES = ("mailto", "maito")  # as it is often mistyped
_DIALLED = re.compile(r"(?:\d\D{0,3}){5}")
_COMPLAINT = re.compile(
    r"投诉|投訴|举报|舉報|意见(?:反馈|箱|建议|与建议|和建议)|意見(?:回饋|反饋|箱)|"
    r"建议反馈|^(?:提供?|提交)(?:意见|建议)|"
    r"(?:信息|用户|问题|在线|我要|网站|产品|客户)反馈|^反馈(?:我们|中心)?$|"
    r"(?:网站|我要|内容)纠错|"
    r"^[\u4e00-\u9fff]{0,6}(?<!结果)(?<![办处]理)反馈$|政务咨询|意见征集|"
    r"^[\u4e00-\u9fff]{0,2}留言(?:板|本|簿|反馈|咨询|我们|给我们)?$|"
    r"complain|feedback|report abuse",
    re.I,
)
_LONGEST_COMPLAINT = 24
# What an address is called that takes complaints, whatever the link shows.
_COMPLAINT_PATH = re.compile(
    r"(?:^|[/_-])(?:feed-?back|guest-?book|gbook|liuyan(?:ban)?|lyb|leaveword|tousu|"
    r"complaints?|jubao|fankui|yijian(?:xiang)?|suggestions?)(?=[/._?-]|$)",
    re.I,
)
_ASKS = re.compile(r"留言|建议|反馈|投诉|举报|意见|message|feedback|complain", re.I)
_STATE_CENTRES = ("12377.cn", "12321.cn", "12318.cn", "12315.cn", "cyberpolice.cn")
_STATE_NAMES = re.compile(
    r"互联网举报中心|举报中心|违法和不良信息|网络不良|12377|12321"
)
# Service numbers of the state and of the three carriers: the numbering plan gives no
# company one of them.
_PUBLIC_LINE = re.compile(r"12\d{3}|100(?:86|10|00)")
_PRIVACY = re.compile(r"隐私|隱私|privacy|个人信息(?:保护|处理)", re.I)
_AGREEMENT = re.compile(
    r"(?:用户|用戶|服务|服務|使用|注册|会员|平台|许可|网站)(?:服务|使用|注册)?"
    r"(?:协议|協議|条款|條款|须知|章程)|服务声明|使用声明|user\s*agreement|"
    r"terms\s*(?:of|and|&)|^terms$|^协议$|用户守则",
    re.I,
)
_LONGEST_POLICY = 30
_PRIVACY_PATH = re.compile(r"(?:^|[/_-])(?:privacy|yinsi)(?=[/._?-]|$)", re.I)
_AGREEMENT_PATH = re.compile(
    r"(?:^|[/_-])(?:user-?agreement|agreement|terms|tos|xieyi)(?=[._?]|/?$)", re.I
)
_CHAT = re.compile(
    r"在线(?:客服|咨询|沟通|交谈)|在線(?:客服|諮詢)|联系客服|智能客服|人工客服|"
    r"QQ\s*(?:咨询|客服|交谈|在线)|点击咨询|立即咨询|live\s*chat",
    re.I,
)
_LONGEST_CHAT = 16
_OPENS_CHAT = re.compile(
    r"(?:kefu|chat(?!gpt)|customer-?service|online-?service|meiqia|ysf|53kf|nTalk)",
    re.I,
)
_CHAT_SCRIPT = re.compile(
    r"meiqia\.com|53kf\.com|udesk\.cn|sobot\.com|qiyukf\.com|easemob\.com|v5kf\.com|"
    r"kf5\.com|qiao\.baidu\.com|kuaishang\.cn|live800\.com|ntalker\.com|looyu\w*\.com|"
    r"talk99\.cn|echatsoft\.com|weikefu\.net|aihecong\.com|tawk\.to|crisp\.chat|"
    r"livechatinc\.com|zdassets\.com|intercom\.io|(?:^|[/.])kefu\.[a-z0-9-]+\.",
    re.I,
)
_CHAT_LINK = re.compile(
    r"wpa\.(?:b\.)?qq\.com|wpa1\.qq\.com|tencent://message|mqqwpa:|/im/chat|"
    r"meiqia|udesk\.cn|sobot\.com|qiyukf|53kf|kefu|v5kf|easemob|zhichi|kf5\.com|"
    r"work\.weixin\.qq\.com/kfid|amos\.alicdn|wangwang|livechat",
    re.I,
)


def phone_marks(page: PageDocument) -> Iterator[TextMatch]:
    """Numbers in the text, then those of `tel:` links."""
    yield from phones(page.text)
    for link in page.anchors.addresses():
        number = unquote(link.href[4:]).strip()
        if link.href[:4].lower() == "tel:" and _DIALLED.search(number):
            yield TextMatch(value=number, raw=link.href, start=-1)


def hotline_marks(page: PageDocument) -> Iterator[TextMatch]:
    """Numbers that may be the service's own: none of the state, none of a carrier."""
    for mark in phone_marks(page):
        if not _PUBLIC_LINE.fullmatch(mark.value):
            yield mark


def email_marks(page: PageDocument) -> Iterator[TextMatch]:
    """Addresses in the text, then those of `mailto:` links.

    What an anchor shows wins over where it leads: the link may be left from a template.
    """
    yield from emails(page.text)
    for link in page.anchors.addresses():
        scheme, _, rest = link.href.partition(":")
        if link.href.startswith(HIDDEN_MAIL):
            address = decode_email(rest)
            if address is not None:
                yield TextMatch(value=address, raw=link.href, start=-1)
        elif scheme.lower() in _WRITES and not any(emails(link.text)):
            yield from emails(unquote(rest.partition("?")[0]))


def feedback_links(page: PageDocument) -> Iterator[Link]:
    """Links to complain, suggest or report, to whomever."""
    by_path = []
    for link in page.links:
        if len(link.text) > _LONGEST_COMPLAINT:
            continue
        if _COMPLAINT.search(link.text):
            yield link
        elif _COMPLAINT_PATH.search(_find_path(link)):
            by_path.append(link)
    yield from by_path
    yield from _feedback_forms(page)


def _feedback_forms(page: PageDocument) -> Iterator[Link]:
    """Forms with room for more than a line that ask for a message, wherever they go."""
    if "<textarea" not in page.source and "<TEXTAREA" not in page.source:
        return
    for form in page.forms:
        if _ASKS.search(form.text):
            yield form


def _find_path(link: Link) -> str:
    """The path and query of an own address, without scheme and host."""
    href = link.href
    if "//" in href[:8]:
        return href.split("//", 1)[1].partition("/")[2]
    return href


def complaint_links(page: PageDocument) -> Iterator[Link]:
    """Ways to complain to the site itself; the state's report centres are none."""
    for link in feedback_links(page):
        host = urlsplit(link.url).hostname or ""  # its URL has been read already
        if not _STATE_NAMES.search(link.text) and not host.endswith(_STATE_CENTRES):
            yield link


def privacy_links(page: PageDocument) -> Iterator[Link]:
    """Links to a privacy policy."""
    return _find_links(page, _PRIVACY, _PRIVACY_PATH)


def agreement_links(page: PageDocument) -> Iterator[Link]:
    """Links to terms of use."""
    return _find_links(page, _AGREEMENT, _AGREEMENT_PATH)


def _find_links(
    page: PageDocument, pattern: re.Pattern[str], path: re.Pattern[str]
) -> Iterator[Link]:
    """Links by what they say; for want of those by what their address is called."""
    by_path = []
    for link in page.links:
        if len(link.text) > _LONGEST_POLICY:
            continue
        if pattern.search(link.text):
            yield link
        elif path.search(_find_path(link)):
            by_path.append(link)
    yield from by_path


def chat_links(page: PageDocument) -> Iterator[Link]:
    """Ways to talk to the service: links that open a chat, then QQ and WeChat names."""
    for link in page.links:
        named = len(link.text) <= _LONGEST_CHAT and _CHAT.search(link.text) is not None
        if named or _CHAT_LINK.search(link.href) or _OPENS_CHAT.search(link.opens):
            yield link
    for mark in chat_numbers(page.text):
        yield Link(text=mark.raw, href="")


def chat_scripts(page: PageDocument) -> Iterator[Link]:
    """Chats that a script of a known service draws; the markup shows none."""
    for address in page.script_addresses:
        if _CHAT_SCRIPT.search(address):
            yield Link(text="", href=address)
