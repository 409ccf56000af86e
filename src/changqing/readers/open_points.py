"""What a paper leaves open: 另行制定, 视情况而定, 待补充, a blank to be filled in.

A plan that names a matter and puts it off says nothing of it. Texts are those of a
`Flow`, folded sign by sign.
"""

from __future__ import annotations

import re
from typing import Final

_LATER: Final = r"定|制[定订]|公[布告]|发布|通知|安排|确定|规定|明确|约定|说明|补充|附"
_PUT_OFF: Final = re.compile(
    rf"(?<!不)另(?:行[一-龥]|(?:外)?(?:{_LATER}))|(?<![等接对招看期亟款优善])待(?:[^,。;\t\n]{{0,12}}?"
    r"(?:定(?![期时])|调研|核实|协商|商[议定]|确定|确认后|明确|补充|完善|落实|填写|实施|开展|公布|建设|到位|上线|修订|批准后))"
    r"|视[^,。;\t\n]{0,16}?(?:情况|情形|而定|需要|进展|程度)"
    r"|(?:根据|按照?|依据?)[^,。;\t\n]{0,16}?(?:情况|需要|程度|实际|进展)"
    r"[^,。;\t\n]{0,8}?(?:确定|掌握|而定|决定|安排|推进)"
    r"|(?:参照|参考|按照?|依照)[^,。;\t\n]{0,12}?(?:标准|规定|要求|制度|办法|水平|文件)(?:执行|办理)|届时[一-龥]{0,4}(?:研究|确定|公布|安排|通知)"
    r"|拟[^,。;\t\n]{0,12}?(?:确定|制定|建立|公布|开通|上线|起草|编写|编制)"
    r"|(?<!并)不(?:作|做|予)(?:任何|具体|硬性)?(?:规定|要求|安排|承诺)"
    r"|(?:现阶段|目前|近期|眼下)[尚还仍暂均都]?(?:不|未|没有)(?:安排|组织|开展|制定|设)"
    r"|(?:条件|时机)(?:成熟|具备|允许)"
    r"|[一-龥]{1,6}后(?:再行?)?(?:公布|确定|明确|补充|填写|安排|通知|发布)"
    r"|(?:今后|将来|日后|下一步|后续)[^,。;\t\n]{0,14}?(?:制定|建立|完善|出台|明确)"
    r"|[再另]议|再行?(?:定|决定|商定)|以后(?:再|另)|未予采纳|没有形成|灵活|酌情|适时(?:组织|开展|进行|安排)|以[^,。;\t\n]{1,20}为准|(?:尚|仍|还)(?:在|待|未|需)"
    r"|正在(?:建设|论证|筹备|筹建|制定|编制|研究|洽谈|开发|完善|申请)|(?:建设|筹备|论证|编制|拟定|招聘|采购|洽谈|申请)中"
    r"|暂(?:不|未|无|缓|时没有|时不)|未(?:设定|选定|确定|明确|制定|配备|安排|开展|建立|上线)"
    r"|逐步(?:建立|健全|完善|推进)|不断(?:完善|提升|提高|优化|改进)|力争|原则上尽快"
    r"|每(?:\t|组织|开展|进行)|尽快(?:处理|答复|解决|恢复|确定|完成)"
    r"|按(?:照)?(?:国家|公司|有关|相关)[^,。;\t\n]{0,6}?规定(?:处理|执行|办理)?(?![一-龥])"
)
_NOTHING: Final = re.compile(
    r"(?:暂无|无|略|空|/|-|—|×+|x{2,}|\.{3,}|…+|不适用|不涉及|保密|详见[^,。;]{0,10})?"
    r"|[\t(]*\)?(?:个?(?:小时|分钟|工作日|日|天|周|月|年)(?:以?内)?|[次人名元%])?\t*"
    r"|\((?:请)?(?:写明|列明|注明|列出|列表|附)[^()]{0,12}\)"
    r"|\(?(?:此处|请)?[^()]{0,14}?(?:填写|待补|补充|自拟)[^()]{0,4}\)?|\(?(?:略|空|暂无)\)?"
)
_FILLER: Final = re.compile(
    r"(?:公司|我们|本平台|本公司|平台)|(?:每(?:日|天|周|月|季度?|半年|年)|定期|不定期|及时|认真|切实|"
    r"不断|积极|高度)|(?:进行|开展|做好|加强|组织|完成|实施|重视|建立|健全|工作|相关|有关|对|的|等)"
)
_LABELS: Final = re.compile(r"(?:[一-龥]{2,8}:\t?)+")
"""Labels with nothing beside any of them."""
_NEXT_LABEL: Final = re.compile(r"[。;](?=[一-龥、]{2,8}:)")
"""Where the next matter begins on the same line."""
_CLAUSES: Final = re.compile(r"[,。;:\n]+")
_BEFORE_BLANK: Final = re.compile(
    r"^:?\t?(?:小时|分钟|日|天|个?工作日|周|个?月|次|人|名|元|万元|年|内|%|以?内)"
    r"|^[:]?每?\t(?:组织|开展|进行|一次)|^:\t?[一-龥]{2,8}:(?:\t|\n|$)"
)
_VAGUE_BEFORE: Final = re.compile(
    "(?:将|拟|计划|准备)(?:制定|编制|出台|研究)[^,。;\\t\\n]{0,16}$|(?:适时|择机|择期|酌情|视情况?|逐步|力争|努力)$"
    "|考虑[^,。;\\t\\n]{0,16}$"
)
_NEAR: Final = 10  # letters between a word and what puts it off
_NOT_DONE_BEFORE: Final = re.compile(
    r"(?:不(?:在(?![^,。;]{0,4}时)|使用|采用|实行|实施|需要|设置?|做|作任何|收取)"
    r"|不(?:支持|含)|(?:公司|平台|目前|并)无|(?:以前|此前|曾(?=[设在经有承提]))"
    r"|未(?:[与见]|对(?!外)|组织过?|设[置立]?|开展过?|做过?))[^,。;:\t\n的]{0,8}$"
)
_NOT_DONE_BEHIND: Final = re.compile(
    r"[^。;\n]{0,4}?,?(?:该[一-龥]{2})?现?(?:均|都)?已(?:停用|废止|作废|失效|被拒绝?|停止使用|过期|拆除)"
    r"|[^,。;\n]{0,3}(?:不(?:明|留存|作承诺|足(?!部分|[的时]))|未到位|与否)"
    r"|(?:无法|难以)(?:保证|确定|提供|实现)(?![^,。;\n]{0,6}[的时])"
    r"|[^,。;\n]{0,8}(?:未成功|尚无)"
)
_NOT_HAD_BEFORE: Final = re.compile(
    r"(?:未|没有?)(?:部署|安装|配备|购买|启用|采取|签订?|签署|建立?|制定|落实|做|开展|进行|组织)[过到有]?"
    r"[^,。;:\t\n的]{0,8}$"
)
_NOT_HAD_BEHIND: Final = re.compile(
    r"[^,。;:\t\n的]{0,3}(?:没有?|从未|[尚还]?未)(?:签|做|建|设|装|配|部署|开展|落实|启用|实施)"
    r"(?:过|署|订|立|备|置)?(?=[,。;\n]|$)"
)
_OF_A_RULE: Final = re.compile(r"[^,。;\n]{0,8}?(?:的|者|时|前|不得|禁止|不能|视为)")
"""What behind a thing that somebody lacks makes of it a case of a rule."""

_BESIDE_SERVICE: Final = re.compile(
    r"食堂|订餐|工作餐|停车|报销|考勤|装修|施工|税率|增值税|员工(?:满意|活动|宿舍)|办公室(?:空调|保洁)"
    r"|前台电话|内部邮件|罚款|违约金|保安|门卫|负责(?:保洁|车辆)|团建|工会主席|访客簿|客人来访|公章使用|收到快递"
    r"|(?:消防|火灾)(?:演练|演习)|模拟考试|灭火器|警铃|(?<!机房)空调每|电梯(?:故障|维保)"
    r"|交通事故应|监控(?:摄像|录像)|加密货币|辞职申请|请假单|应聘简历|面试后|招聘专线"
    r"|薪酬等级|核对工资|清理库存|采购验收|违规员工|(?:员工|供应商)(?:应|须)?承诺"
    r"|员工(?:体检|病假|合同|档案|不服|对处罚|如有意见)"
    # What a law, others or a question says.
    r"|^[^,。;\t\n]{0,8}《[^》]{2,30}》(?:将|要求|规定|明确|把|指出|强调)"
    r"|^(?:12345|12315|消费者协会|法院|政府信息公开|国家预案|上级单位|电力公司|外包公司|合作方(?:的|采用|承诺|提供)|[甲乙丙丁某]公司)"
    r"|^(?:样例|示例|举例):|据说|理想情况下|^(?:我们|公司)?希望|有的(?:公司|企业|平台)|(?:其他|别的|同行)(?:公司|企业|平台)|行业里|[?？]|什么是|为什么"
    r"|\((?:请)?(?:写明|列明|注明|填写|列出)"
)


def is_beside_service(text: str) -> bool:
    """Tell whether a sentence is not about what the company gives its users.

    It is about its house, or what a law or others say, or it asks.

    订餐热线全天受理, 工程施工六十日内办结 and 可收取罚款500元 say nothing of a service.
    """
    return _BESIDE_SERVICE.search(text) is not None


def is_not_done(text: str, start: int, end: int) -> bool:
    """Tell whether a matter is named as one that is not done, or no longer.

    Its words stand from `start` to `end`: 不实行|先审后发, 未对数据|加密,
    投诉电话|已停用, 未部署|防火墙. A rule for what lacks something
    (未部署防火墙的主机不得上线) denies nothing.
    """
    before = text[max(0, start - 16) : start]
    return (
        _NOT_DONE_BEFORE.search(before) is not None
        or _NOT_DONE_BEHIND.match(text, end) is not None
        or _NOT_HAD_BEHIND.match(text, end) is not None
        or (
            _NOT_HAD_BEFORE.search(before) is not None
            and _OF_A_RULE.match(text, end) is None
        )
    )


def says_nothing(text: str, heading: str = "") -> bool:
    """Tell whether each clause of what stands under a heading puts it off or is blank.

    市场分析：每季度进行市场分析，分析报告另附 says no more than its heading does.
    """
    own = set(heading)
    text = _NEXT_LABEL.split(text, maxsplit=1)[0]
    if _LABELS.fullmatch(text):
        return True
    return all(
        _NOTHING.fullmatch(clause) is not None
        or _PUT_OFF.search(clause) is not None
        or (heading != "" and not set(_FILLER.sub("", clause)) - own)
        for clause in _CLAUSES.split(text)
    )


def is_put_off(text: str) -> bool:
    """Tell whether a part of a sentence puts a matter off somewhere."""
    return _PUT_OFF.search(text) is not None


def is_left_open(text: str, start: int, end: int) -> bool:
    """Tell whether a matter that was named is put off, or has a blank, right beside it.

    Its words stand from `start` to `end`: 投诉渠道|另行公布, 恢复时限|：____小时内,
    适时|组织演练.
    """
    if _VAGUE_BEFORE.search(text, max(0, start - 20), start):
        return True
    stop = re.compile(r"[。;\n]").search(text, end)
    rest = text[end : len(text) if stop is None else stop.start()]
    if _BEFORE_BLANK.search(rest) or (rest[:1] == "(" and _NOTHING.fullmatch(rest)):
        return True
    clause = re.split(",", rest.removeprefix(","), maxsplit=1)[0]
    put_off = _PUT_OFF.search(clause)
    return put_off is not None and put_off.start() <= _NEAR
