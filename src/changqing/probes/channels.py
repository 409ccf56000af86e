"""Ways a page offers to complain, to talk to the service, and to read its policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urlsplit

from changqing.probes.chat_services import (
    CHAT_HOSTS,
    FEEDBACK_HOSTS,
    LINKED_CHAT_HOSTS,
    compile_hosts,
)
from changqing.probes.contacts import (
    decode_email,
    match_chat_numbers,
    match_emails,
    match_phones,
)
from changqing.probes.document import HIDDEN_MAIL, Link, PageDocument
from changqing.probes.marks import TextMatch, compile_words

_WRITES = ("mailto", "maito")  # as it is often mistyped
_DIALLED = re.compile(r"(?:\d\D{0,3}){5}")
_COMPLAINT = re.compile(
    r"投诉|投訴|举报|舉報|"
    r"^(?:我要|在线|用户|内容|信息|页面|网站|本站|账号|帐号|违规|处罚|侵权)?"
    r"(?:客诉|吐个?槽|找错|报错|申诉)(?:中心|入口|专区|通道|反馈|建议)?$|"
    r"意见(?:反馈|箱|簿|建议)|意見(?:回饋|反饋|箱)|"
    r"(?:意见|建议|反馈|投诉|咨询)[与和及、·/&](?:意见|建议|反馈|投诉|咨询)|建议反馈|"
    r"(?:^|我们|网站|本站|您)(?:提供?|提交|写|的)个?(?:宝贵)?(?:意见|建议)|"
    r"^(?:用户|读者|旅客|网友|客户|顾客|玩家|会员|家长|业主|游客|患者|产品|宝贵)"
    r"(?:意见|建议|之声|心声)$|"
    r"(?:信息|用户|问题|在线|我要|网站|产品|客户)反馈|^反馈(?:我们|中心)?$|"
    r"^[\u4e00-\u9fff]{0,4}纠错$|(?:网上|我要)信访|^我要(?:写信|反映|提问|咨询|建言)|"
    r"^[\u4e00-\u9fff]{0,6}(?<!结果)(?<![办处]理)反馈$|政务咨询|意见征集|"
    r"^[\u4e00-\u9fff]{0,2}留言(?:板|本|簿|反馈|咨询|我们|给我们)?$|"
    r"complain|report (?:abuse|an? |content|spam)|"
    r"(?:^|your\s|send\s|submit\s|make\s|and\s|&\s?|/\s?)suggestions?$|"
    r"(?:^|give|send|submit|leave|your|user|customer|site|and|&)\s?feedback"
    r"(?:$|\s?(?:form|cent|here|to us|and|&))",
    re.I,
)
_LONGEST_COMPLAINT = 24
# What is written about complaints is no way to make one.
_ABOUT_COMPLAINTS = re.compile(
    r"通报|公示|结果|统计|分析|案例|条例|^关于|情况|[0-9]{4}年|招聘|系统(?:开发|建设)"
)
# What an address is called that takes complaints, whatever the link shows. Pinyin is
# read as it is put together: `zaixianliuyan`, `yijianfankui`, `tousujianyi`.
_COMPLAINT_PATH = re.compile(
    r"(?:^|[/_:=-])(?:feed-?backs?|guest-?book|gbook|lyb|leaveword|complain(?:ts?)?|"
    r"suggest(?:ions?)?|advices?|"
    r"(?:zaixian|wangshang|wangyou|yonghu|kehu|guke|woyao|zixun)*"
    r"(?:liuyan|tousu|jubao|fankui|yijian|jianyi|kesu|tucao|jiucuo)"
    r"(?:liuyan|tousu|jubao|fankui|yijian|jianyi|zixun|yu|ban|ben|bu|xiang|zhongxin)*)"
    r"(?=[/.?@&]|[_-](?:form|us|page|add|list|box|\d)|$)",
    re.I,
)
_MARKED_FOR_COMPLAINTS = re.compile(
    r"feed-?back|complain|tousu|jubao|fankui|guest-?book|liuyan", re.I
)
_FEEDBACK_HOST = compile_hosts(FEEDBACK_HOSTS)
_LONGEST_BUTTON = 10
_ASKS = re.compile(
    r"留言|建议|反馈|投诉|举报|意见|诉求|message|feedback|complain", re.I
)
_A_COMMENT = re.compile(r"评论|回帖|跟帖|comment", re.I)
_STATE_CENTRES = ("12377.cn", "12321.cn", "12318.cn", "12315.cn", "cyberpolice.cn")
_STATE_NAMES = re.compile(
    r"互联网举报中心|举报中心|违法和不良信息|网络不良|12377|12321"
)
# Service numbers of the state and of the three carriers: the numbering plan gives no
# company one of them.
_PUBLIC_LINE = re.compile(r"12\d{3}|100(?:86|10|00)")
_PRIVACY = compile_words("隐私|隱私|privacy|个人信息保护|个人信息处理")
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
    r"(?:在线|人工|智能|专属|官方|微信|企业微信)(?:的)?(?:客服|客户服务)|"
    r"在线(?:[\u4e00-\u9fff]{0,3}咨询|沟通|交谈|对话|洽谈|问诊)|在線(?:客服|諮詢)|(?:联系|咨询|呼叫)客服|"
    r"QQ\s*(?:咨询|客服|交谈|在线)|(?:点击|立即)咨询|live\s*chat|chat (?:with us|now)",
    re.I,
)
_LONGEST_CHAT = 16
# Words with which a title speaks of such a service.
_ABOUT_CHATS = re.compile(r"招聘|诚聘|专员|系统|软件|行业|培训|[？?！!，。]|\d[kK万]")
_A_HUMAN = re.compile(r"客服|客服务|交谈|洽谈")
_ANOTHER_WAY = re.compile(r"电话|热线|邮箱|邮件|时间|中心|帮助|合作|\d{5}")
_LONGEST_LABEL = 8
_OPENS_CHAT = re.compile(
    r"(?:kefu|chat(?!gpt)|customer-?service|online-?service|meiqia|ysf|53kf|nTalk|"
    r"zhiChi|qimo|easemob|udesk)",
    re.I,
)
_MARKED_FOR_CHAT = re.compile(
    r"kefu|live-?chat|web-?chat|online[-_]?(?:service|chat)|customer[-_]?service|"
    r"qq-?wpa|chat-?launcher|im-entry|open-?im|contact-?service",
    re.I,
)
# A host of this name may also be a chat room: what the link says decides.
_CHAT_BY_NAME = re.compile(r"(?:https?:)?//chat\.[\w.-]+/[\w?#]", re.I)
_OF_A_SERVICE = re.compile(r"服务|客服|咨询|帮助|support|help", re.I)
_CHAT_HOST = compile_hosts((*CHAT_HOSTS, *LINKED_CHAT_HOSTS))
# What the maker of a chat says of itself is no chat with the site.
_HOME_OF_A_HOST = re.compile(
    r"(?:https?:)?//(?:[\w.-]+/?|www\.[\w.-]+/?[?#].*|"
    r"[\w.-]+/(?:[a-z]{2}/?|(?:news|blog|articles?|about|pricing|product)[/.?].*))",
    re.I,
)
_CHAT_SCRIPT = re.compile(
    rf"{compile_hosts(CHAT_HOSTS).pattern}|(?:^|[/.])(?i:kefu\.[a-z0-9-]+\.)"
)
# Addresses of a site's own chat: by scheme, by the name of its host, by the path.
_CHAT_LINK = re.compile(
    r"tencent://message|mqqwpa:|weixin://|aliim:|(?:https?:)?//(?:[\w-]+\.)*"
    r"(?:kefu|kf|livechat|webchat|im-?chat|[\w-]+kefu)\.[\w.-]+|"
    r"(?!.*/(?:tag|news|article|topic)s?/).*/"
    r"(?:kefu|livechat|live-?chat|webchat|online-?service|wangwang)(?=[/.?_]|$)|"
    r"javascript:.*kefu",
    re.I,
)
_CHAT_PATH = compile_words(
    r"work\.weixin\.qq\.com/kfid|work\.weixin\.qq\.com/ca|"
    r"work\.weixin\.qq\.com/u/vc|/im/chat|/im/start|/im/client|/im_client|"
    r"/web-?im(?![^/.?])|/chat/index(?![^/.?])|/chat/pc(?![^/.?])|"
    r"/chat/h5(?![^/.?])|/chat/mobile(?![^/.?])|/chat/web(?![^/.?])|"
    r"/chat/client(?![^/.?])"
)


def find_phones(page: PageDocument) -> Iterator[TextMatch]:
    """Find numbers in the text of a page, then those of its `tel:` links."""
    yield from match_phones(page.text)
    for link in page.anchors.list_addresses():
        number = unquote(link.href[4:]).strip()
        if link.href[:4].lower() == "tel:" and _DIALLED.search(number):
            yield TextMatch(value=number, raw=link.href, start=-1)


def find_hotlines(page: PageDocument) -> Iterator[TextMatch]:
    """Find numbers that may be the service's own: none of the state or a carrier."""
    for mark in find_phones(page):
        if not _PUBLIC_LINE.fullmatch(mark.value):
            yield mark


def find_emails(page: PageDocument) -> Iterator[TextMatch]:
    """Find mail addresses in the text, then those of `mailto:` links.

    What an anchor shows wins over where it leads: the link may be left from a template.
    """
    yield from match_emails(page.text)
    for link in page.anchors.list_addresses():
        scheme, _, after_scheme = link.href.partition(":")
        if link.href.startswith(HIDDEN_MAIL):
            address = decode_email(after_scheme)
            if address is not None:
                yield TextMatch(value=address, raw=link.href, start=-1)
        elif scheme.lower() in _WRITES and not any(match_emails(link.text)):
            yield from match_emails(unquote(after_scheme.partition("?")[0]))


def find_feedback_links(page: PageDocument) -> Iterator[Link]:
    """Find links by which to complain, suggest or report, to whomever.

    What a link says comes before what its address is called, that before a form.
    """
    by_path = []
    for link in page.links:
        if len(link.text) > _LONGEST_COMPLAINT or _ABOUT_COMPLAINTS.search(link.text):
            continue
        if _COMPLAINT.search(link.text):
            yield link
        elif (
            _COMPLAINT_PATH.search(_find_path(link))
            or _FEEDBACK_HOST.search(link.href)
            or (not link.text and _MARKED_FOR_COMPLAINTS.search(link.marked))
        ):
            by_path.append(link)
    yield from by_path
    for link in page.buttons:
        if len(link.text) <= _LONGEST_BUTTON and (
            _COMPLAINT.search(link.text)
            or (not link.text and _MARKED_FOR_COMPLAINTS.search(link.marked))
        ):
            yield link
    yield from _find_feedback_forms(page)


def _find_feedback_forms(page: PageDocument) -> Iterator[Link]:
    """Find forms that ask for a message of more than a line, wherever they go."""
    if "<textarea" not in page.source and "<TEXTAREA" not in page.source:
        return
    by_title = _COMPLAINT.search(page.title) is not None
    for form in page.forms:
        if _ASKS.search(form.text) or (by_title and not _A_COMMENT.search(form.text)):
            yield form


def _find_path(link: Link) -> str:
    """The path and query of an own address, without scheme and host."""
    href = link.href
    if "//" in href[:8]:
        return href.split("//", 1)[1].partition("/")[2]
    return href


def find_complaint_links(page: PageDocument) -> Iterator[Link]:
    """Find ways to complain to the site itself; the state's report centres are none."""
    for link in find_feedback_links(page):
        host = urlsplit(link.url).hostname or ""  # its URL has been read already
        if not _STATE_NAMES.search(link.text) and not host.endswith(_STATE_CENTRES):
            yield link


def find_privacy_links(page: PageDocument) -> Iterator[Link]:
    """Find links to a privacy policy."""
    return _find_links(page, _PRIVACY, _PRIVACY_PATH)


def find_agreement_links(page: PageDocument) -> Iterator[Link]:
    """Find links to terms of use."""
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


def find_chat_links(page: PageDocument) -> Iterator[Link]:
    """Find ways to talk to the service: links to a chat, then QQ and WeChat names."""
    for link in page.links:
        if _opens_chat(link):
            yield link
    for link in page.buttons:
        if _is_named_for_chat(link) or _OPENS_CHAT.search(link.opens):
            yield link
    for mark in match_chat_numbers(page.text):
        yield Link(text=mark.raw, href="")


def _opens_chat(link: Link) -> bool:
    href = link.href
    if href[:7].lower() == "mailto:" or href[:4].lower() == "tel:":
        return False
    if _CHAT_HOST.search(href) and not _HOME_OF_A_HOST.fullmatch(href):
        return True
    if _ABOUT_CHATS.search(link.text):
        return False
    in_address = _CHAT_LINK.match(href) or _CHAT_PATH.search(href)
    # `kf.changqing-demo.cn/feedback/`: whoever writes there gets no answer at once.
    if in_address and _COMPLAINT_PATH.search(_find_path(link)):
        return False
    if in_address or _OPENS_CHAT.search(link.opens):
        return True
    if _CHAT_BY_NAME.match(href) and _OF_A_SERVICE.search(link.text):
        return True
    return _is_named_for_chat(link)


def _is_named_for_chat(link: Link) -> bool:
    """Whether it says that it opens a chat, or is marked so and says nothing else."""
    text = link.text
    if len(text) > _LONGEST_CHAT or _ABOUT_CHATS.search(text):
        return False
    if _CHAT.search(text):
        return True
    if len(text) > _LONGEST_LABEL or _ANOTHER_WAY.search(text):
        return False
    marked = _MARKED_FOR_CHAT.search(link.marked) is not None
    names_one = marked or (_A_HUMAN.search(text) is not None and bool(link.href))
    return names_one and not link.leads  # last, as it takes longest


def find_chat_scripts(page: PageDocument) -> Iterator[Link]:
    """Find chats that a script of a known service draws; the markup shows none."""
    addresses_shown: set[str] | None = None
    for address in page.script_addresses:
        if _CHAT_SCRIPT.search(address):
            addresses_shown = addresses_shown or {link.href for link in page.links}
            if unescape(address) in addresses_shown:
                continue
            yield Link(text="", href=address)
