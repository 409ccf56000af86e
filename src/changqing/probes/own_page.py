"""Whether an answer is surely a page of the site, read whole: only then is what it
does not show not there.

No list of phrases knows every firewall, parking place, notice of maintenance and login.
So the burden is on the page: it stands under the site's own domain, has a title, words
to read, and leads on to several pages of the site. One that cannot be told from an
answer of somebody in between leaves everything unknown.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from changqing.evidence.model import GapReason
from changqing.net.model import Exchange
from changqing.probes.document import Link, PageDocument, parse_page
from changqing.probes.flaws import find_flaw
from changqing.probes.model import (
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    observe,
    report_unseen,
)
from changqing.text import Text

RECALL_FIELDS: Final = {
    "filing_number": "icp_number",
    "dated_items": "item_date",
}
"""What is found surely enough that not finding it means something, with the field of
`benchmarks.extraction` that measures it: a recall of at least .97, also on pages that
nobody had seen when the reader was written. What is found less surely there
(licence and police numbers, what a number leads to, telephones, mail, policies, whose
page it is), or was never measured, is not recognised where it is not found.
"""

# Only these say of the page that there is none (RFC 9110, 15.5.5 and 15.5.11); every
# other error tells of the server, of us, or of somebody in between.
_GONE: Final = frozenset({404, 410})
_MOST_TEXT_OF_A_NOTICE: Final = 600  # characters; the home page of a site has more
_LEAST_TEXT: Final = 120
_LEAST_PAGES: Final = 3
_FRAME_OF_A_SITE: Final = 6  # pages that no notice leads to
_SOON: Final = 10  # seconds until a page gives way to another

_OF_AN_ACCOUNT: Final = re.compile(
    r"登录|登錄|登陆|登入|注册|註冊|密码|密碼|找回|账号|隐私|隱私|协议|協議|条款|帮助|"
    r"返回|刷新|重试|\b(?:sign|log)[\s-]*(?:in|out|on|up)\b|\b(?:register|password|"
    r"privacy|terms|cookies?|help|retry|reload|back)\b",
    re.I,
)
_ON_THE_WAY: Final = re.compile(
    r"/(?:log-?in|sign-?in|passport|sso|cas|oauth2?|auth|captcha|verify|challenge|"
    r"error|err|40\d|50\d|block(?:ed)?|waf|forbid(?:den)?|denied|deny|suspend(?:ed)?|"
    r"maintenance|maintain|weihu|parking|parked|defaultwebpage)(?:[./?_-]|$)",
    re.I,
)
_NOTICE: Final = re.compile(
    r"系统维护|网站维护|服务器维护|维护中|正在维护|升级中|升级维护|暂停(?:服务|访问|运营)|"
    r"(?:网站|站点|服务|主机)(?:已?被?(?:暂停|关闭|停止|停用|过期|到期|欠费))|停止(?:服务|运营)|"
    r"域名(?:出售|转让|交易|停放|已过期|到期)|(?:此|该|本)域名|"
    r"拦截|阻断|禁止访问|拒绝访问|无法(?:进行|正常)?访问|访问受限|访问被|已被封|封禁|防火墙|安全狗|"
    r"安全检查|安全验证|人机|验证码|创建成功|没有找到(?:站点|您)|未绑定|未备案|尚未备案|"
    r"云防护|云盾|网站卫士|安全防护|(?:请求|访问)异常|(?:异常|非法)(?:请求|访问)|"
    r"页面不存在|服务器错误|系统繁忙|出错了|"
    r"^index of /|directory listing|\bwaf\b|"
    r"for sale|buy this domain|domain (?:parking|has expired)|parked|not found|"
    r"forbidden|access denied|unauthori[sz]ed|bad gateway|unavailable|gateway time|"
    r"internal server error|too many requests|request blocked|been blocked|firewall|"
    r"just a moment|attention required|checking your browser|captcha|"
    r"welcome to (?:nginx|openresty|tengine|caddy)|it works|default (?:web )?page|"
    r"test page|apache tomcat|apache2|\biis\b|internet information services|phpstudy|"
    r"宝塔|xampp|wampserver|under (?:construction|maintenance)|"
    r"scheduled maintenance|\berror\b",
    re.I,
)
_TITLE_OF_A_NOTICE: Final = re.compile(
    r"建设中|即将上线|敬请期待|coming soon|maintenance|"
    r"(?<!\d)(?:40[1-9]|50[0-4])(?!\d)|错误|警告|warning|"
    r"blocked|denied|suspended|登录|login|sign in",
    re.I,
)
_DIGITS: Final = re.compile(r"\s*(\d+)")


def is_gone(part: Part | None) -> bool:
    """Tell whether the server says itself that there is no such page."""
    return isinstance(part, Exchange) and part.status in _GONE


def find_doubt(
    page: PageDocument, site: Site, *, called: str = ""
) -> LookFailure | None:
    """Tell why nothing may be said to be missing from a page; None where it may.

    `called` is what the link says that led to it: a page of that name need not lead on.
    """
    if page.flaw is not None:
        return find_flaw(page)
    why = _explain_not_own(page, site, called)
    return None if why is None else make_not_recognised(page, why)


def find_doubt_of_answer(
    answer: Part | None, site: Site, *, called: str
) -> LookFailure | None:
    """Tell why nothing may be said to be missing from what a link led to.

    A page that the server says is not there is no doubt, nor is one not asked for.
    """
    if isinstance(answer, LookFailure):
        return answer
    if not isinstance(answer, Exchange) or is_gone(answer):
        return None
    return find_doubt(parse_page(answer), site, called=called)


def make_not_recognised(page: PageDocument, why: Text) -> LookFailure:
    """Make the failure for a page that came, of which a program cannot tell enough."""
    return LookFailure(
        target=page.url,
        at=page.at,
        reason=GapReason.NOT_RECOGNISED,
        detail=Text(zh=f"{page.url}{why.zh}", en=f"{page.url}: {why.en}"),
        transient=False,
    )


def observe_opening(
    fact: str,
    answer: Exchange | LookFailure,
    link: Link,
    site: Site,
    *,
    of_home: LookFailure | None,
) -> ProbeObservation:
    """Observe whether the page that a link leads to opens: yes, no, or could not look.

    `of_home` is the doubt about the page with the link: who sends that in place of the
    site sends the others too.
    """
    place = answer.final_url if isinstance(answer, Exchange) else answer.target
    if is_gone(answer):
        if of_home is None:
            return observe(fact, value=False, place=place, raw=link.text[:100])
        return next(report_unseen([fact], of_home))
    doubt = find_doubt_of_answer(answer, site, called=link.text)
    if doubt is not None:
        return next(report_unseen([fact], doubt))
    return observe(fact, value=True, place=place, raw=link.text[:100])


def find_doubt_of_search(name: str, page: PageDocument) -> LookFailure | None:
    """Tell why a thing that was not found in a page read whole may stand there still.

    None where such things are found so surely that it is seen not to be there.
    """
    if name in RECALL_FIELDS:
        return None
    return make_not_recognised(
        page,
        Text(
            "上没有认出这一项；程序认不全各种写法，须人工查看",
            "none was recognised; a program does not know every form, and a person "
            "must look",
        ),
    )


def _explain_not_own(page: PageDocument, site: Site, called: str) -> Text | None:
    """Explain why a page is not what the site shows everybody; None where it is."""
    text, title = page.text, page.title
    short = len(text) < _MOST_TEXT_OF_A_NOTICE
    if not site.owns(page.url):
        return Text("跳转到了别的网站", "it was led to another site")
    if page.url != page.asked and _ON_THE_WAY.search(urlsplit(page.url).path):
        return Text(
            "跳转到了登录、验证或出错的页面",
            "it was led to a login, a check or an error",
        )
    if not title:
        return _make_unclear("没有标题", "it has no title")
    pages = _count_own_pages(page, site)
    is_called = len(called) > 1 and _is_called(page, called)
    if title.lower().removeprefix("www.") in (site.host, site.domain):
        return _make_unclear(
            "标题只是域名，像是停放的域名",
            "its title is the bare name, as parking has it",
        )
    framed = is_called or pages >= _FRAME_OF_A_SITE
    if _NOTICE.search(title) or (short and _reads_like_a_notice(page, framed=framed)):
        return _make_unclear(
            "像是维护、拦截、停放或出错的提示",
            "it reads like a notice of maintenance, a firewall, a parking or an error",
        )
    if _gives_way(page):
        return _make_unclear("自动转向别处", "it gives way to another page by itself")
    if short and page.tree.css_first("input[type='password' i]") is not None:
        return _make_unclear("像是登录页", "it looks like a login")
    if len(text) < _LEAST_TEXT:
        return _make_unclear("文字太少", "it has too little text")
    if not is_called and pages < _LEAST_PAGES:
        return _make_unclear(
            "没有通向本站其他页面的链接", "it leads on to no other pages of the site"
        )
    return None


def _is_called(page: PageDocument, called: str) -> bool:
    """Whether a page bears the name that its link gave it, in its title or a heading.

    The same words in a link of its own are no name of it, nor are they in a sentence.
    """
    if called in page.title:
        return True
    linked = sum(link.text == called for link in page.links)
    return page.lines.count(called) > linked


def _reads_like_a_notice(page: PageDocument, *, framed: bool) -> bool:
    """Whether a short page says so in words of its own, not in those of its links.

    A headline about maintenance is a link to it; terms of use speak of the end of a
    service, but stand in the frame of the site or under the name of their link.
    """
    if _TITLE_OF_A_NOTICE.search(page.title):
        return True
    if framed:
        return False
    linked = {link.text for link in page.links}
    return any(_NOTICE.search(line) for line in page.lines if line not in linked)


def _make_unclear(zh: str, en: str) -> Text:
    return Text(
        zh=f"{zh}，不能确定是本站的页面，须人工查看",
        en=f"{en}, so that it may not be a page of the site; a person must look",
    )


def _gives_way(page: PageDocument) -> bool:
    nodes = page.tree.css("meta[http-equiv='refresh' i]")
    contents = [node.attributes.get("content") or "" for node in nodes]
    header = page.fetched.find_header("Refresh")
    for content in [*contents, header] if header else contents:
        # A delay that cannot be read counts as short: doubt leaves the page unjudged.
        seconds = _DIGITS.match(content)
        if seconds is None or int(seconds[1][:6]) <= _SOON:
            return True
    return False


def _count_own_pages(page: PageDocument, site: Site) -> int:
    """Count the paths of the site a page leads to, up to those of a whole frame.

    Ways into an account do not count, nor do queries: a parking place leads to its own
    search in many words.
    """
    paths = {"", urlsplit(page.url).path.rstrip("/")}
    before = len(paths)
    for link in page.links:
        if _OF_AN_ACCOUNT.search(link.text):
            continue
        url = link.url
        if url and site.owns(url):
            paths.add(urlsplit(url).path.rstrip("/"))
            if len(paths) - before >= _FRAME_OF_A_SITE:
                break
    return len(paths) - before
