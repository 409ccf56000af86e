"""Whether a few Chinese letters may be a person's name, by the surname they begin with.

Beside a label may stand the head of another column (性质, 签字, 序号), as short as a
name. Names of peoples that have no surname are told by their dot, or by the case.
"""

from __future__ import annotations

import re
from typing import Final

_ONE: Final = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚"
    "范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍"
    "余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席"
    "季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁"
    "宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌"
    "焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印"
    "宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛"
    "寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文"
    "寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红"
    "游竺权逯盖益桓公仉督晋楚闫法汝鄢涂钦岳帅缑亢况郈有琴归海墨哈谯笪年爱阳佟第五言福肖付代邸岩"
    "楼牟冼区麦覃佘丘位原苑闪尉门问覃官冒药揭鹿隋战幺晓初敬鄞展祭由仝练候闭凡风遇宇浮但来库邝令"
    "仵剧勇撒昂信卿占恩诚仁贠苟缪化要禤侬么植布拉才格扎旦索达粟木刀铁伦宛亓呙旷丛撖邾佀蹇奉郇檀腾矫沐尧萨拜冮甯厐苌"
)
_TWO: Final = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|"
    "公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|闾丘|子车|亓官|司寇|巫马|公西|颛孙|"
    "壤驷|公良|漆雕|乐正|宰父|谷梁|拓跋|夹谷|轩辕|令狐|段干|百里|呼延|东郭|南门|羊舌|微生|公户|单于|"
    "梁丘|左丘|东门|西门|第五|纳兰|完颜|叶赫|那拉"
)
_WORDS: Final = frozenset(
    {
        *("简介", "简历", "简称", "简述", "简况", "简表", "简章"),
        *("年份", "年度", "年月", "年限", "单位", "单价", "应缴", "应收", "应付"),
        *("成立", "通知", "计划", "计费", "费用", "费率", "金额", "项目", "项次"),
    }
)
"""What begins as a name would and is a word of a title, or the head of a column."""


def may_be_person(name: str) -> bool:
    """Tell whether a name without blanks may be a person's.

    Two to four Chinese letters.
    Names written with letters, and those with a dot, are taken as they are.
    """
    if "·" in name or not re.fullmatch("[\u4e00-\u9fff]+", name):
        return True
    if name in _WORDS:
        return False
    return name[0] in _ONE or _TWO.match(name) is not None
