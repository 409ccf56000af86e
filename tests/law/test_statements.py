"""What the catalogue says of law, where it once said it wrongly."""

from __future__ import annotations

import re
from datetime import date

import pytest

from changqing.guide.answerable import list_answerables
from changqing.guide.answering import say_answer
from changqing.guide.ask import Questions, Tier
from changqing.guide.licence import describe_licence
from changqing.guide.materials import make_checklist
from changqing.guide.procedure import Givens, date_steps
from changqing.law.cited import say_citation
from changqing.law.kit import Confidence, Standing
from changqing.law.law import find_law_number, find_law_on, say_law
from changqing.law.lookup import SCOPES
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 24)
VALUE_ADDED = [code for code in CATALOGUE.licences if code.startswith("B")]


def says(name: str, on: date = TODAY) -> str:
    return say_law(CATALOGUE, find_law_on(CATALOGUE, name, on), on=on).zh


@pytest.mark.parametrize("licence", VALUE_ADDED)
@pytest.mark.parametrize("scope", SCOPES)
def test_every_licence_page_sends_foreign_capital_to_the_ministry(
    licence: str, scope: str
) -> None:
    page = describe_licence(CATALOGUE, licence, on=TODAY, scope=scope, region="53")
    stated = [each.says.zh for each in page.foreign]
    assert any("都向工业和信息化部申请，省通信管理局不批" in each for each in stated)
    assert "外商投资的，不论覆盖几个省" in says("approver_by_coverage")
    about = CATALOGUE.procedures["apply"].about
    assert about is not None
    assert "含外资的，不论覆盖几个省" in about.zh


def test_a_vocational_course_needs_no_consent_and_a_degree_school_does() -> None:
    test = CATALOGUE.criteria["sector_approval_held"].test.text
    assert "'degree_education'" in test
    assert "'education'" not in test
    assert "须经主管部门同意的，才要先取得同意" in says("iis_preapproval_current")
    assert "职业培训、兴趣课程不在其内" in says("education_consent_degree")


def test_a_hearing_on_a_penalty_is_asked_for_within_five_working_days() -> None:
    fact = CATALOGUE.law["penalty_hearing"]
    value = fact.values["request_within"]
    assert find_law_number(CATALOGUE, value, on=TODAY) == (5, "working_days")
    steps = date_steps(
        CATALOGUE,
        CATALOGUE.procedures["penalty"],
        Givens(
            licence="B25",
            scope="intra_province",
            region="33",
            as_of=TODAY,
            days={"told": date(2026, 2, 12)},
        ),
    )
    asked = next(step for step in steps if step.step.id == "ask_hearing")
    assert asked.day == date(2026, 2, 26)  # the Spring Festival lies between


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("许可证丢了怎么补", "reissue_lost_permit", "annual_report_forgotten"),
        ("注册资本100万还没实缴可以申请吗", "paid_in_capital", "conferencing_capital"),
        ("二手交易APP需要EDI证吗", "def_b21", "finance_information_edi"),
        ("ICP备案需要几天", "noncommercial_filing_20_days", "idc_filing_questions"),
    ],
)
def test_everyday_questions_get_their_own_answer(
    question: str, right: str, wrong: str
) -> None:
    answers = Questions(CATALOGUE).ask(question, on=TODAY).answers
    assert right in [answer.id for answer in answers]
    assert wrong not in [a.id for a in answers if a.tier is Tier.SURE]


def test_whether_a_marketplace_needs_a_licence_is_answered_before_what_it_is() -> None:
    assert says("def_b21").startswith(
        "EDI许可证（B21）管在线数据处理与交易处理业务：让商家"
    )
    answers = Questions(CATALOGUE).ask("拒绝许可以后可以直接起诉吗", on=TODAY).answers
    assert answers[0].id == "inaction_review_first_2026"


@pytest.mark.parametrize(
    "criterion", ["complaint_reply_in_limit", "complaints_answered_in_limit"]
)
def test_a_duty_whose_article_was_not_read_says_so(criterion: str) -> None:
    duty, appeal, *_ = CATALOGUE.criteria[criterion].citations
    assert (duty.confidence, duty.article) == (Confidence.SECONDARY, None)
    assert duty.says is not None
    assert duty.says.zh.endswith("条文没有读到")
    assert appeal.says is not None
    assert "申诉的条件" in appeal.says.zh


def test_a_commercial_site_is_filed_first_and_licensed_then() -> None:
    assert "备案和许可不是二选一" in says("commercial_site_also_files")
    assert "经营性的也先备案" in says("iis_commercial_or_not")
    filing = CATALOGUE.classification["site_filing"].needed
    assert filing is not None
    assert "拿到备案号再申请许可" in filing.zh
    hand_in = CATALOGUE.procedures["site_filing"].steps[0]
    assert "在接入服务商" in hand_in.does.zh
    assert "按国家规定可以" not in CATALOGUE.topics["icp_before_site_built"].answer.zh


def test_nothing_of_beijing_is_said_without_a_source() -> None:
    answer = CATALOGUE.topics["beijing_sp_difficulties"].answer.zh
    assert "难点" not in answer
    assert answer.startswith("条件与全国相同")


@pytest.mark.parametrize(
    "topic",
    [
        "beijing_sp_difficulties",
        "call_centre_complaint_standard",
        "call_centre_fee",
        "conferencing_change_time",
        "conferencing_data_masking",
        "conferencing_reapply_after_refusal",
        "edi_supervision_focus",
        "fixed_network_lease_filing",
        "henan_106_number",
        "hubei_icp_conditions",
        "idc_agency_choice",
        "idc_fire_safety",
        "idc_provincial_policy",
        "isp_edi_capital_compared",
        "jiangsu_call_centre",
        "jiangxi_sp_submission",
        "network_plan_untested",
        "shaanxi_isp_green_channel",
        "sp_certificate_original_duplicate",
    ],
)
def test_a_rule_that_was_looked_for_in_vain_is_not_said_to_be_none(topic: str) -> None:
    found = CATALOGUE.topics[topic]
    assert found.unfound is not None
    for doubt in ("没有找到", "was found"):
        assert doubt not in found.answer.zh + found.answer.en
    entry = next(e for e in list_answerables(CATALOGUE) if e.id == topic)
    assert say_answer(CATALOGUE, entry, on=TODAY).unfound == found.unfound


def test_what_one_agency_says_is_told_as_advice_and_an_old_plan_as_one() -> None:
    assert "准备" in says("annual_report_even_if_expired")
    assert "照样要报" not in says("annual_report_even_if_expired")
    answer = CATALOGUE.topics["idc_process_conditions"].answer.zh
    assert "早年的准入方案另要{idc_isp_552_details.contacts}" in answer


def test_a_change_of_operator_is_not_among_the_general_fines() -> None:
    assert "按超范围经营处罚" in says("fine_order42_general")
    assert "擅自改变业务范围" in says("fine_unlicensed_or_overscope")


def test_since_july_2026_only_silence_has_to_be_reconsidered_first() -> None:
    assert "明示拒绝的可以直接起诉" in says("inaction_review_first_2026")
    before = says("inaction_review_first_2026", date(2026, 6, 30))
    assert "明示拒绝" not in before


def test_the_applicant_too_may_ask_for_a_hearing() -> None:
    assert "申请人和利害关系人" in says("hearing_request")


def test_reconsideration_names_its_body_its_start_and_its_short_steps() -> None:
    assert "向工业和信息化部申请复议" in says("reconsideration_body")
    assert "从受理之日起算" in says("review_decision_time")
    assert "5个工作日内决定是否受理" in says("reconsideration_acceptance")
    steps = [step.id for step in CATALOGUE.procedures["reconsideration"].steps]
    assert steps == ["ask", "accept", "decide"]


def test_a_suit_after_reconsideration_has_fifteen_days() -> None:
    steps = date_steps(
        CATALOGUE,
        CATALOGUE.procedures["litigation"],
        Givens(
            licence="B25",
            scope="intra_province",
            region="33",
            as_of=TODAY,
            days={"reconsidered": date(2026, 11, 2)},
        ),
    )
    days = {step.step.id: step.day for step in steps}
    assert days["sue_after_reconsideration"] == date(2026, 11, 17)


def test_access_providers_collect_no_charges_for_the_unlicensed_and_report() -> None:
    said = says("access_provider_duties_order42")
    assert "代收费" in said
    assert "定期报送" in said


def test_both_fines_for_a_missing_number_say_whom_they_bind() -> None:
    assert "经营性和非经营性的都管" in says("display_number_iis")
    assert "只适用于备案的非经营性网站" in says("noncommercial_filing_display")


def test_the_answer_on_renewal_says_that_silence_is_consent() -> None:
    assert "视为准予延续" in CATALOGUE.topics["sp_renewal_timing"].answer.zh


def test_the_badge_of_a_number_that_no_article_has_says_so() -> None:
    silent = [
        citation
        for entries in (CATALOGUE.criteria.values(), CATALOGUE.parameters.values())
        for entry in entries
        for citation in (
            entry.citations
            if hasattr(entry, "citations")
            else [each for value in entry.values for each in value.citations]
        )
        if citation.says is not None and "没有给出衡量办法" in citation.says.zh
    ]
    assert len(silent) >= 15
    for citation in silent:
        assert "条文已核读" not in citation.badge.zh
        assert "条文已核读" not in say_citation(CATALOGUE, citation).zh


def test_fifteen_days_to_answer_a_complaint_are_no_duty_of_the_article_read() -> None:
    values = CATALOGUE.parameters["complaint_reply_limit"].values
    nationwide = next(value for value in values if value.region is None)
    assert nationwide.standing is Standing.PRACTICE


def test_platforms_report_to_the_tax_authority_from_june_2025() -> None:
    assert "30日内，向税务机关报送" in says("platform_tax_reports")
    fact = CATALOGUE.law["platform_tax_reports"]
    assert fact.in_force is not None
    assert not fact.in_force.covers(date(2025, 6, 19))


def test_levels_and_tiers_are_counted_in_words_and_periods_in_legal_days() -> None:
    assert "只看覆盖范围，分两级；" in says("capital_same_for_all_licences")
    assert "机关只有两级：" in says("authorities_order42")
    assert "四地试点" in says("vat_pilot_areas")
    told = [says(name) for name in CATALOGUE.law]
    assert [each for each in told if re.search(r"\d天内", each)] == []


@pytest.mark.long
def test_filing_rules_of_a_province_answer_there_and_nowhere_else() -> None:
    questions = Questions(CATALOGUE)
    known = [name for name in CATALOGUE.law if name.startswith("filing_rules_")]
    assert len(known) == 25
    for name in known:
        region = CATALOGUE.regions[name.removeprefix("filing_rules_")]
        short = region.label.zh.removesuffix("省").removesuffix("市")
        found = questions.ask(f"{short}的网站备案有什么要求", on=TODAY).answers
        assert name in [answer.id for answer in found], name
        assert region.authority.zh in says(name)
    elsewhere = questions.ask("网站备案要多久", on=TODAY).answers
    assert not {answer.id for answer in elsewhere} & set(known)


@pytest.mark.parametrize(
    ("name", "article", "words"),
    [
        ("fie_no_record_for_value_added", "8", "没有业绩和经验的要求"),
        ("csl_credit_and_leniency", "72", "记入信用档案"),
        ("reconsideration_online", "28", "不得另要纸件"),
        ("minors_online_duties", "43", "未成年人模式"),
    ],
)
def test_law_that_was_missing_is_read_and_cited(
    name: str, article: str, words: str
) -> None:
    assert words in says(name)
    cited = CATALOGUE.law[name].citations[0]
    assert (cited.article, cited.confidence) == (article, Confidence.TEXT_VERIFIED)


@pytest.mark.parametrize(
    "name",
    [
        "ai_content_labels",
        "audiovisual_permit",
        "commitment_track_ftz",
        "data_security_measures_yearly",
        "deep_synthesis_filing",
        "ftz_2018_opening",
        "generative_ai_filing",
        "live_platform_permits",
        "merchant_checks_half_yearly",
        "ministry_on_ride_hailing_and_commodities",
        "news_permit",
        "online_publishing_permit",
        "port_message_content_provider",
        "vat_pilot_first_companies",
    ],
)
def test_what_nobody_read_in_the_original_says_so_beside_the_citation(
    name: str,
) -> None:
    fact = CATALOGUE.law[name]
    assert says(name)
    assert all(
        citation.confidence != Confidence.TEXT_VERIFIED for citation in fact.citations
    )
    for doubt in ("凭记忆", "没有读到", "未经核实"):
        assert doubt not in says(name)


def test_an_unread_text_that_may_change_things_is_named_with_its_place() -> None:
    for name in ("cepa", "permit_separation_notice"):
        assert CATALOGUE.instruments[name].read == "none"
    assert CATALOGUE.instruments["permit_measures"].official
    (amended,) = CATALOGUE.instruments["filing_measures"].amendments
    assert amended.on == date(2024, 1, 18)
    assert "第68号" in amended.says.zh


def test_a_foreign_invested_applicant_adds_a_statement_on_its_investors() -> None:
    found = make_checklist(
        CATALOGUE,
        licence="B25",
        scope="intra_province",
        region="31",
        stage="apply",
        on=TODAY,
    )
    (paper,) = (p for p in found.papers if p.material.id == "investor_statement")
    assert paper.standing is Standing.CONDITION
    assert "investor_statement_present" in paper.criteria
