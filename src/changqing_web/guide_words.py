"""How the guide says what the catalogue has only as a code."""

from __future__ import annotations

from typing import Final

from changqing.text import Text

READ: Final = {
    "full": Text("全文核读", "read in full"),
    "partial": Text("读过部分条文", "read in part"),
    "secondary-only": Text("只读到转述", "known from others' accounts only"),
    "none": Text("没有读到文本", "no text was read"),
}
LAW_TOPICS: Final = {
    "annual_report": Text("年报", "Annual report"),
    "authority": Text("主管机关", "Authorities"),
    "call_centre": Text("呼叫中心", "Call centres"),
    "capital": Text("注册资本", "Capital"),
    "certificate": Text("许可证书", "The certificate"),
    "change": Text("变更", "Changes"),
    "classification_of_services": Text("业务分类", "Classification of services"),
    "complaints": Text("投诉", "Complaints"),
    "conditions": Text("许可条件", "Conditions"),
    "conduct": Text("经营行为", "Conduct"),
    "credit": Text("信用", "Credit"),
    "cross_region": Text("跨地区", "Across regions"),
    "display": Text("标明许可证号", "Showing the number"),
    "documents": Text("申请材料", "Papers"),
    "domain": Text("域名", "Domain names"),
    "fees": Text("费用", "Fees"),
    "filing": Text("备案", "Filing"),
    "foreign": Text("外商投资", "Foreign investment"),
    "group": Text("集团持证", "Groups of companies"),
    "hearing": Text("听证", "Hearings"),
    "long_term_service": Text("长期服务能力", "Long-term service"),
    "numbers": Text("码号", "Numbers"),
    "penalty": Text("处罚", "Penalties"),
    "pre_approval": Text("前置审批", "Prior approval"),
    "privacy": Text("个人信息", "Personal information"),
    "procedure": Text("办理程序", "Procedure"),
    "reapply": Text("再次申请", "Applying again"),
    "records": Text("记录留存", "Records"),
    "regime": Text("许可制度", "The licensing regime"),
    "remedy": Text("救济", "Remedies"),
    "renewal": Text("续期", "Renewal"),
    "security": Text("网络与信息安全", "Security"),
    "sms": Text("短信息", "Short messages"),
    "staff": Text("人员", "Staff"),
    "supervision": Text("监督检查", "Supervision"),
    "termination": Text("终止经营", "Ending the business"),
    "testing": Text("测试", "Testing"),
    "time_limit": Text("期限", "Time limits"),
    "transfer": Text("转让", "Transfer"),
    "transparency": Text("公开", "Publicity"),
    "user_service": Text("用户服务", "Service to users"),
    "validity": Text("有效期", "Validity"),
}
