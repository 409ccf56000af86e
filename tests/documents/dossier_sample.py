"""Assessments to render: one long and full of trouble, one that holds nothing.

The company, its papers and its pages are fictional, and the law named is not checked.
"""

from __future__ import annotations

Json = dict[str, object]

COMPANY = "青禾生活服务（杭州余杭）网络科技股份有限公司临平"  # 24 characters
_DAYS = {"declared": "2026-11-02", "documented": "2026-10-18", "observed": "2026-11-23"}

# dimension, title, standing, verdict, claimed, proven, grade of the proof
_FINDINGS = """
entity|申请人是依法设立的公司|The applicant is a company set up by law|condition|met|有限责任公司|limited company|有限责任公司|limited company|attested
entity|营业执照在有效期内|The business licence is in force|condition|met|是|yes|是|yes|attested
entity|法定代表人与登记一致|The legal representative is the registered one|published|contradicted|周启明|Zhou Qiming|林悦|Lin Yue|attested
entity|主要股东名册完整|The list of holders is complete|published|unproven|是|yes|||
entity|未列入失信名单|Not on the dishonesty list|condition|undetermined|||||
entity|经营范围包含信息服务|The business scope covers information services|condition|met|是|yes|是|yes|attested
entity|外资股比不超过上限|Foreign share within the limit|condition|not_applicable|||||
entity|公司章程已加盖公章|The articles are sealed|published|contradicted|是|yes|否|no|documented
funding|注册资本达到最低限额|Registered capital reaches the minimum|condition|met|200万元|CNY 2,000,000|200万元|CNY 2,000,000|attested
funding|首年资金足以覆盖计划支出|First-year funds cover the planned spending|published|contradicted|180万元|CNY 1,800,000|62万元|CNY 620,000|documented
funding|近一年有营业收入|Turnover in the last year|practice|unmet|否|no|0元|CNY 0|documented
funding|资金来源有说明|The origin of the funds is explained|practice|met|是|yes|是|yes|documented
funding|现金可支撑月数|Months the cash will last|practice|unproven|18个月|18 months|||
team|有一名技术负责人|There is a head of technology|condition|contradicted|1人|1 person|0人|0 persons|attested
team|三个关键岗位人员均在本公司参保|Three key people are insured with the company|published|contradicted|3人|3 persons|2人|2 persons|attested
team|负责人劳动合同覆盖许可期首年|The manager’s contract covers the first year|practice|unproven|是|yes|||
team|人员名单与社保名单人数一致|Head count agrees with the insurance list|published|contradicted|12人|12 persons|7人|7 persons|attested
team|客服人员不少于2名|At least two customer service staff|practice|met|3人|3 persons|3人|3 persons|attested
team|信息安全负责人已书面任命|A security officer is appointed in writing|published|unproven|是|yes|||
team|团队有组织结构图|There is an organisation chart|practice|met|是|yes|是|yes|documented
planning|业务发展计划列明实施步骤|The plan names its steps|published|met|是|yes|是|yes|documented
planning|次年计划有日期|Next year’s plan is dated|practice|unmet|是|yes|否|no|documented
planning|收费方案与资费公示一致|Tariffs as planned agree with tariffs as shown|published|contradicted|免费|free of charge|每月15元|CNY 15 a month|observed
planning|服务终止时有用户善后方案|There is a plan for users when the service ends|published|undetermined|||||
planning|用户规模预测有依据|The forecast of users has a basis|practice|unproven|10万户|100,000|||
infrastructure|域名注册者是本公司|The domain is registered to the company|condition|contradicted|本公司|the company|杭州禾苗文化创意有限公司|Hangzhou Hemiao Culture Co.|observed
infrastructure|域名在有效期内|The domain is in force|condition|met|2028-06-30|2028-06-30|2028-06-30|2028-06-30|observed
infrastructure|网站备案主体是本公司|The filing is the company’s|condition|contradicted|本公司|the company|杭州禾苗文化创意有限公司|Hangzhou Hemiao Culture Co.|observed
infrastructure|托管协议写明IP地址与机房位置|The hosting agreement states addresses and room|published|unmet|是|yes|缺机房位置|room not stated|documented
infrastructure|托管协议覆盖许可期首年|Hosting is committed for the first year|practice|met|2027-03-01|2027-03-01|2027-03-01|2027-03-01|documented
infrastructure|接入服务商持有相应许可|The access provider is licensed|condition|unproven|是|yes|||
infrastructure|证书与域名相符|The certificate matches the domain|practice|met|是|yes|是|yes|observed
infrastructure|网站在至少六小时内多次可达|The site answered over six hours|practice|met|是|yes|是|yes|observed
content|栏目与申请业务一致|Sections agree with the service applied for|published|met|是|yes|是|yes|observed
content|近180天有带日期的内容|Dated items in the last 180 days|practice|met|46条|46 items|46条|46 items|observed
content|最近一次更新距今不超过30日|Newest item at most 30 days old|practice|unmet|7日|7 days|46日|46 days|observed
content|内容审核制度有负责人|Content review has a named person|condition|contradicted|陈立|Chen Li|未写明|not stated|documented
content|站点地图可读|The sitemap can be read|practice|undetermined|||||
maintenance|有运行维护制度|There is a maintenance system|published|met|是|yes|是|yes|documented
maintenance|有数据备份方案|There is a backup plan|published|unproven|是|yes|||
maintenance|故障响应不超过2小时|Faults are answered within two hours|practice|unproven|1小时|1 hour|||
maintenance|近90天可用率有记录|Availability of 90 days is on record|practice|undetermined|||||
user_service|投诉答复时限不超过15日|Complaints are answered within 15 days|published|contradicted|7日|7 days|30日|30 days|observed
user_service|公布客服电话|The hotline is shown|published|met|0571-55500188|0571-55500188|0571-55500188|0571-55500188|observed
user_service|投诉渠道不少于2种|At least two ways to complain|practice|met|3种|3|2种|2|observed
user_service|用户协议可在首页找到|Terms can be found from the home page|practice|met|是|yes|是|yes|observed
user_service|客服时间公示|Service hours are shown|practice|met|9:00—21:00|9:00—21:00|9:00—21:00|9:00—21:00|observed
user_service|个人信息处理规则公示|The privacy policy is shown|duty|met|是|yes|是|yes|observed
security|网络运行日志留存不少于6个月|Logs are kept at least six months|condition|unproven|6个月|6 months|||
security|有网络安全事件应急预案|There is an emergency plan|condition|met|是|yes|是|yes|documented
security|网站联通后30日内办理公安联网备案|Police filing within 30 days of going live|duty|unmet|否|no|||
security|信息安全责任书已签|The security undertaking is signed|published|contradicted|是|yes|未签字|not signed|documented
security|安全等级保护已定级|The security level is set|duty|unproven|二级|level 2|||
"""

_NUMERIC = {
    "投诉答复时限不超过15日": (7, 30, 15, "<=", "15日", "15 days"),
    "首年资金足以覆盖计划支出": (180, 62, 150, ">=", "150万元", "CNY 1,500,000"),
    "三个关键岗位人员均在本公司参保": (3, 2, 3, ">=", "3人", "3 persons"),
    "最近一次更新距今不超过30日": (7, 46, 30, "<=", "30日", "30 days"),
    "客服人员不少于2名": (3, 3, 2, ">=", "2人", "2 persons"),
    "投诉渠道不少于2种": (3, 2, 2, ">=", "2种", "2"),
    "有一名技术负责人": (1, 0, 1, ">=", "1人", "1 person"),
    "现金可支撑月数": (18, None, 12, ">=", "12个月", "12 months"),
}


def text(zh: str, en: str) -> Json:
    """The same in both languages."""
    return {"zh": zh, "en": en}


def _subject(dimension: str) -> Json:
    if dimension in ("infrastructure", "content", "user_service"):
        label = text("网站qinghe.example", "website qinghe.example")
        return {"type": "service", "id": "site", "label": label}
    return {"type": "applicant", "id": "self", "label": text(COMPANY, COMPANY)}


def _answer(
    value: str, value_en: str, grade: str, no: int, *, holds: bool | None
) -> Json:
    if not value:
        return {"value": text("", ""), "holds": None, "grade": None, "evidence": None}
    sources = {
        "declared": text("申报信息", "declaration"),
        "documented": text(
            "证明材料，第3页第2条", "supporting paper, page 3, clause 2"
        ),
        "observed": text("qinghe.example/complaint", "qinghe.example/complaint"),
        "attested": text("登记机关信息，已核对", "register extract, checked"),
    }
    return {
        "value": text(value, value_en),
        "holds": holds,
        "decides": True,
        "grade": grade,
        "source": sources[grade],
        "evidence": f"证{no:04}",
        "date": _DAYS.get(grade, "2026-11-12"),
    }


def _finding(number: int, line: str) -> Json:
    (
        dimension,
        title,
        title_en,
        standing,
        verdict,
        said,
        said_en,
        found,
        found_en,
        grade,
    ) = line.split("|")
    truth = {"met": True, "contradicted": False, "unmet": False}
    claimed = verdict in ("met", "contradicted", "unproven") if said else None
    own, proof = 2 * number, 2 * number + 1
    numeric: Json | None = None
    op, limit = "=", text("是", "yes")
    if title in _NUMERIC:
        a, b, c, op, zh, en = _NUMERIC[title]
        numeric = {"claimed": a, "proven": b, "threshold": c, "direction": op}
        limit = text(zh, en)
    explanation = text(
        f"自述{said or '没有说'}（证{own:04}）"
        + (f"；查得{found}（证{proof:04}）。" if found else "；没有凭据。"),
        f"Claimed: {said_en or 'nothing'} (证{own:04}); "
        + (f"found: {found_en} (证{proof:04})." if found else "no proof."),
    )
    term = {
        "label": text(title, title_en),
        "op": op,
        "threshold": limit,
        "claimed": _answer(said, said_en, "declared", own, holds=claimed),
        "proven": _answer(found, found_en, grade, proof, holds=truth.get(verdict)),
        "numeric": numeric,
    }
    trouble = verdict not in ("met", "not_applicable")
    errand = {"team": "insurance_list", "infrastructure": "domain_transfer"}.get(
        dimension, "complaint_page"
    )
    return {
        "criterion": f"{dimension}_{number}",
        "title": text(title, title_en),
        "subject": _subject(dimension),
        "dimension": dimension,
        "standing": standing,
        "required": standing in ("condition", "published"),
        "verdict": verdict,
        "route": "ability",
        "weight": "core",
        "defects": [
            {
                "code": "MISMATCH",
                "label": text("前后信息不一致", "Information differs"),
                "certainty": "certain" if verdict != "unproven" else "possible",
            }
        ]
        if trouble
        else [],
        "citations": [
            {
                "instrument": text("《电信业务经营许可管理办法》", "Permit Measures"),
                "number": "工业和信息化部令第42号",
                "article": "6(4)",
                "confidence": "text_verified",
                "confidence_label": text("条文已核读", "text read"),
                "says": text(
                    "有必要的场地、设施和技术方案。",
                    "Has the premises, facilities and technical plan it needs.",
                ),
            }
        ],
        "explanation": explanation,
        "terms": [] if verdict == "not_applicable" else [term],
        "test": f"{dimension}_fact >= :{dimension}_minimum AND agree({dimension}_fact)",
        "evidence": [f"证{own:04}"] * bool(said) + [f"证{proof:04}"] * bool(found),
        "gap": {
            "reason": "blocked",
            "text": text("对方拒绝访问（403），未绕过。", "Refused (403); not evaded."),
        }
        if verdict == "undetermined"
        else None,
        "remedy": {
            "errand": errand,
            "text": text(
                "把两处写成一致，再采集一次。", "Make both agree, then look again."
            ),
            "lead_days": 3,
        }
        if trouble
        else None,
    }


def _evidence(findings: list[Json]) -> list[Json]:
    items: dict[str, Json] = {}
    for finding in findings:
        terms = finding["terms"]
        assert isinstance(terms, list)
        for term in terms:
            for side in ("claimed", "proven"):
                answer = term[side]
                if answer["evidence"]:
                    items.setdefault(
                        answer["evidence"],
                        {
                            "number": answer["evidence"],
                            "label": finding["title"],
                            "subject": finding["subject"],
                            "value": answer["value"],
                            "source": answer["source"],
                            "place": "",
                            "grade": answer["grade"],
                            "observed_at": answer["date"],
                            "valid_until": "2027-02-21",
                            "digest": f"{len(items):064x}"[::-1],
                        },
                    )
    return list(items.values())


def _commitment(
    name: str,
    zh: str,
    en: str,
    detail: str,
    proven: str | None,
    claimed: str | None,
    grade: str,
    **more: object,
) -> Json:
    return {
        "id": name,
        "label": text(zh, en),
        "detail": detail,
        "claimed_until": claimed,
        "proven_until": proven,
        "open_ended": False,
        "grade": grade,
        "evidence": "证0061",
        "unknown": False,
        **more,
    }


def _errand(name: str, zh: str, en: str, start: str, by: str, **more: object) -> Json:
    return {
        "errand": name,
        "aim": "act",
        "title": text(zh, en),
        "where": text(
            "浙江政务服务网，或所在区社保窗口", "Zhejiang portal, or the district desk"
        ),
        "who": text(
            "行政，凭营业执照与经办人身份证",
            "An administrator, with licence and identity card",
        ),
        "obtain": text(
            "盖章的参保证明，列明姓名、起止月份", "Sealed proof with names and months"
        ),
        "refused": [
            text(
                "截图，或不带校验码的打印件",
                "Screenshots, or prints without a check code",
            ),
            text("开具超过三个月的", "Anything issued over three months ago"),
        ],
        "criteria": ["team_14", "team_15", "team_17"],
        "start": start,
        "done_by": by,
        "lead_days": 5,
        "provisional": False,
        "needs": [],
        "late": False,
        **more,
    }


def troubled(**overrides: object) -> Json:
    """Twelve contradictions at once, a long company name, every section filled."""
    lines = _FINDINGS.strip().splitlines()
    findings = [_finding(number, line) for number, line in enumerate(lines, 1)]
    two = findings[25]
    terms = two["terms"]
    assert isinstance(terms, list)
    terms.append(
        {
            "label": text("域名注册到期日", "Domain expires on"),
            "op": ">=",
            "threshold": text("2026-12-24", "2026-12-24"),
            "claimed": _answer("2028-06-30", "2028-06-30", "declared", 52, holds=True),
            "proven": _answer("2028-06-30", "2028-06-30", "observed", 53, holds=True),
            "numeric": None,
        }
    )
    site = _subject("content")
    assessment: Json = {
        "case": {
            "name": COMPANY,
            "credit_code": "91330110MA2KQH0003",
            "licence": {
                "id": "B25",
                "label": text("信息服务业务", "information services"),
            },
            "scope": "intra_province",
            "region": {"code": "33", "label": text("浙江", "Zhejiang")},
            "stage": "apply",
            "services": [
                {
                    "id": "site",
                    "kind": "website",
                    "url": "https://qinghe.example",
                    "domain": "qinghe.example",
                },
                {
                    "id": "app",
                    "kind": "app",
                    "url": "https://qinghe.example/app",
                    "domain": None,
                },
            ],
            "submit_on": "2026-12-24",
            "evidence_mode": "live",
        },
        "as_of": "2026-11-24",
        "assessed_at": "2026-11-24T01:30:00+00:00",
        "catalogue": {
            "edition": "2026.11",
            "digest": "sha256:9f3c27d1b04e6a5817c2e9f05d84ab36",
        },
        "readiness": "not_ready",
        "long_term": {
            "state": "in_doubt",
            "route": "ability",
            "doubts": [
                {
                    "criterion": "team_14",
                    "verdict": "contradicted",
                    "text": text(
                        "技术负责人查无参保，首年由谁维护说不清。",
                        "The head of technology is not insured; who maintains the service is unclear.",
                    ),
                },
                {
                    "criterion": "funding_11",
                    "verdict": "unmet",
                    "text": text(
                        "近一年没有营业收入。", "No turnover in the last year."
                    ),
                },
                {
                    "criterion": "planning_22",
                    "verdict": "unmet",
                    "text": text(
                        "次年内容计划没有日期。", "Next year’s content plan is undated."
                    ),
                },
            ],
            "strengths": [
                {
                    "criterion": "content_35",
                    "text": text(
                        "近180天有46条带日期的内容，多于所要求的。",
                        "46 dated items in 180 days, more than is asked.",
                    ),
                },
                {
                    "criterion": "infrastructure_27",
                    "text": text(
                        "域名已续到2028年6月30日。",
                        "The domain is renewed to 30 June 2028.",
                    ),
                },
            ],
        },
        "first_sentence": _first(
            "not_ready",
            text(
                "尚不能递交：12项法定或公布的要求与查得的情况不符",
                "Not ready to hand in: 12 requirements differ from what was found",
            ),
        ),
        "headline": {
            "long_term": text(
                "长期服务能力存疑：没有营业收入，没有技术负责人，次年计划没有日期",
                "Long-term capability in doubt: no turnover, no technician, an undated plan",
            ),
            "endurance": text(
                "2027年3月1日托管合同到期；此后到许可期满，4年11个月没有整体凭据。",
                "Hosting ends on 1 March 2027; from then to the end of the term nothing is proven as a whole.",
            ),
        },
        "counts": {},
        "findings": findings,
        "conflicts": [
            {
                "fact": "domain_registrant",
                "label": text("域名注册者", "Domain registrant"),
                "subject": site,
                "one": {
                    "value": text(COMPANY, COMPANY),
                    "grade": "documented",
                    "source": text("域名注册证书", "domain certificate"),
                    "place": "第1页",
                    "evidence": "证0052",
                    "date": "2026-10-18",
                },
                "other": {
                    "value": text(
                        "杭州禾苗文化创意有限公司", "Hangzhou Hemiao Culture Co."
                    ),
                    "grade": "observed",
                    "source": text("注册数据查询", "registration data"),
                    "place": "rdap.example/domain/qinghe.example",
                    "evidence": "证0053",
                    "date": "2026-11-23",
                },
                "criteria": ["infrastructure_26", "infrastructure_28"],
            },
            {
                "fact": "head_count",
                "label": text("在职人数", "Head count"),
                "subject": _subject("team"),
                "one": {
                    "value": text("12人", "12 persons"),
                    "grade": "declared",
                    "source": text("申报信息", "declaration"),
                    "place": "",
                    "evidence": "证0034",
                    "date": "2026-11-02",
                },
                "other": {
                    "value": text("7人", "7 persons"),
                    "grade": "attested",
                    "source": text("参保证明", "insurance list"),
                    "place": "第2页",
                    "evidence": "证0035",
                    "date": "2026-11-12",
                },
                "criteria": ["team_17"],
            },
        ],
        "gaps": [
            {
                "fact": "filing_subject",
                "label": text("备案主体与备案号", "Filing"),
                "subject": site,
                "reason": "not_looked",
                "text": text(
                    "部级备案系统须人工查询，尚无人上传结果页。",
                    "The ministry’s system is looked up by hand; no result page is uploaded.",
                ),
                "criteria": ["infrastructure_28"],
                "at": "2026-11-24T01:30:00+00:00",
            },
            {
                "fact": "sitemap",
                "label": text("站点地图sitemap.xml", "sitemap.xml"),
                "subject": site,
                "reason": "timeout",
                "text": text(
                    "连接超时：15秒，已试3次。", "Timed out after 15 s, 3 tries."
                ),
                "criteria": ["content_38", "content_36"],
                "at": "2026-11-23T14:14:00+00:00",
            },
        ],
        "errands": [
            _errand(
                "complaint_page",
                "改投诉须知页，答复时限写为15日以内",
                "Change the complaints page to 15 days or fewer",
                "2026-11-26",
                "2026-11-27",
                refused=[],
                criteria=["user_service_43"],
                lead_days=1,
            ),
            _errand(
                "domain_transfer",
                "与原注册者签署域名过户申请，再次采集注册数据",
                "Transfer the domain, then look again",
                "2026-11-27",
                "2026-12-11",
                criteria=["infrastructure_26", "infrastructure_28"],
                lead_days=10,
            ),
            _errand(
                "insurance_list",
                "打印近三个月参保证明",
                "Print the insurance list of the last three months",
                "2026-12-15",
                "2026-12-22",
                needs=["domain_transfer"],
                provisional=True,
            ),
            _errand(
                "capital",
                "补足首年资金并取得银行证明",
                "Add funds and fetch a bank statement",
                "2026-11-20",
                "2026-12-22",
                late=True,
                criteria=["funding_10"],
                lead_days=22,
            ),
        ],
        "errands_text": text(
            "递交前要办4件事：最先开始的是“补足首年资金并取得银行证明”，"
            "最晚2026年11月20日开始；最后一件2026年12月22日前办结。",
            "4 errands before handing in: first “Add funds and fetch a bank "
            "statement”, to be started by 2026-11-20; the last is done by 2026-12-22.",
        ),
        "first_errand": "capital",
        "last_done": "2026-12-22",
        "ready_on": "2026-12-22",
        "ready_on_text": text(
            "按计划补齐，最早可于2026年12月22日递交。",
            "If all is done in time, it can be handed in on 22 December 2026.",
        ),
        "outlook": {
            "endurance": {
                "committed_until": "2027-03-01",
                "carried_by": {"id": "hosting", "label": text("托管合同", "Hosting")},
                "term": {"start": "2027-02-13", "end": "2032-02-12", "assumed": True},
                "commitments": [
                    _commitment(
                        "hosting",
                        "托管合同",
                        "Hosting",
                        "云桥数据",
                        "2027-03-01",
                        "2030-03-01",
                        "documented",
                    ),
                    _commitment(
                        "cash",
                        "资金",
                        "Cash",
                        "现金与月度收支",
                        "2027-08-31",
                        "2029-12-31",
                        "documented",
                    ),
                    _commitment(
                        "domain",
                        "域名注册",
                        "Domain",
                        "qinghe.example",
                        "2028-06-30",
                        None,
                        "observed",
                    ),
                    _commitment(
                        "lease",
                        "办公租约",
                        "Lease",
                        "西湖区文三路",
                        "2029-08-31",
                        "2029-08-31",
                        "documented",
                    ),
                    _commitment(
                        "numbers",
                        "号码资源",
                        "Numbers",
                        "",
                        None,
                        None,
                        "declared",
                        open_ended=True,
                        unknown=True,
                    ),
                ],
                "renewals": [
                    _commitment(
                        "staff",
                        "人员社保",
                        "Staff insurance",
                        "关键岗位3人",
                        "2026-12-31",
                        None,
                        "attested",
                        renewed_times=9,
                    ),
                    _commitment(
                        "certificate",
                        "网站证书",
                        "Certificate",
                        "qinghe.example",
                        "2027-01-20",
                        None,
                        "observed",
                        renewed_times=7,
                    ),
                ],
            },
        },
    }
    assessment["evidence"] = _evidence(findings)
    return assessment | overrides


def _first(state: str, says: Json) -> Json:
    return {
        "kind": "readiness",
        "state": state,
        "title": text("申报条件", "Readiness"),
        "name": text("尚待证实", "Not yet proven"),
        "says": says,
        "failing": text("什么挡住了", "What blocks"),
        "means": text("不满足的要求。", "Requirements unmet."),
        "nothing": text(
            "没有不满足或矛盾的要求。", "No requirement is unmet or contradicted."
        ),
    }


def empty() -> Json:
    """A case of which nothing is known yet."""
    return {
        "case": {"name": "新立科技有限公司", "licence": {"id": "B25"}},
        "as_of": "2026-11-24",
        "catalogue": {"edition": "2026.11"},
        "readiness": "open",
        "first_sentence": _first(
            "open", text("申报条件尚待证实", "Readiness not yet proven")
        ),
        "long_term": {"state": "open"},
        "findings": [],
    }
