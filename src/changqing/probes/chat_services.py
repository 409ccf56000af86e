"""Services that give sites a chat window, a feedback board: their hosts, as data.

A host stands for its sub-domains too. One list serves links, frames and scripts alike:
whoever is loaded from there can be talked to there.
"""

from __future__ import annotations

import re
from typing import Final

from changqing.probes.marks import compile_words

CHAT_HOSTS: Final = (
    *("meiqia.com", "meiqiausercontent.com", "53kf.com", "udesk.cn"),
    *("sobot.com", "soboten.com", "qiyukf.com", "qiyukf.net", "easemob.com"),
    *("v5kf.com", "kf5.com", "qiao.baidu.com", "aifanfan.baidu.com", "kuaishang.cn"),
    *("kuaishang.com.cn", "live800.com", "ntalker.com", "xiaoneng.cn", "looyu.com"),
    *("looyuoms.com", "talk99.cn", "echatsoft.com", "weikefu.net", "aihecong.com"),
    *("ttkefu.com", "7moor.com", "7moor-fs1.com", "yzf.qq.com", "zoosnet.net"),
    *("easyliao.com", "tq.cn", "duokebo.com", "salesmartly.com", "cckefu.com"),
    *(
        "qidian.qq.com",
        "bqq.gtimg.com",
        "cschat-ccs.aliyun.com",
        "tawk.to",
        "crisp.chat",
        "livechatinc.com",
    ),
    *("livechat.com", "zdassets.com", "zopim.com", "intercom.io", "intercomcdn.com"),
    *("drift.com", "driftt.com", "tidio.co", "tidiochat.com", "chatra.io"),
    *("olark.com", "freshchat.com", "userlike.com", "smartsupp.com", "jivosite.com"),
    *("chaport.com", "purechat.com", "lpsnmedia.net", "liveperson.net"),
    *("comm100.com", "salesiq.zoho.com", "usemessages.com", "lc.chat"),
)
"""Live chats: of the mainland, then of elsewhere."""

LINKED_CHAT_HOSTS: Final = (
    *("wpa.qq.com", "wpa.b.qq.com", "wpa1.qq.com", "crm2.qq.com", "amos.alicdn.com"),
    *("amos.im.alisoft.com", "amos1.taobao.com"),
)
"""Those that only a link opens; what else is taken from there are pictures."""

FEEDBACK_HOSTS: Final = (
    *("support.qq.com", "txc.qq.com", "canny.io", "uservoice.com", "userback.io"),
    "featurebase.app",
)
"""Boards on which users of a product write to its maker."""


def compile_hosts(hosts: tuple[str, ...]) -> re.Pattern[str]:
    """Compile what finds any of the hosts, or one under it, in an address."""
    any_of = compile_words("|".join(map(re.escape, hosts)), then=r"(?![\w.-])")
    return re.compile(rf"(?:^|[/.@]){any_of.pattern}")
