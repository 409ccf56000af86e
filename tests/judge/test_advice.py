"""What to do about a finding depends on why it is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from changqing.case.model import Case, Member
from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start
from changqing.evidence.model import (
    COMPARED_PAPERS,
    Gap,
    GapReason,
    Record,
    Source,
    SourceKind,
)
from changqing.evidence.records import list_records
from changqing.judge.advice import ANSWER, AWAIT, HAND_IN, Advice, Adviser
from changqing.judge.doubt import make_doubt_line
from changqing.judge.errands import plan_errands
from changqing.judge.model import Aim, Finding, Missing
from changqing.judge.questions import find_turn, is_for_applicant
from changqing.judge.steps import AdviceStep, Way, write_steps
from changqing.law.kit import Grade
from changqing.law.model import Verdict
from changqing.report.plain import say_plainly
from changqing.rules.types import Value
from changqing.text import both
from tests.judge.assessment_factory import (
    CHEN,
    LIN,
    catalogue,
    criterion,
    only,
    situation,
)
from tests.judge.assessment_factory import assess as judged
from tests.judge.assessment_world import (
    AS_OF,
    SHA,
    World,
    any_paper,
    dice,
    empty_world,
    worlds,
)
from tests.shipped import CATALOGUE

SITE = Subject("service", "site")
ENOUGH, TOO_LITTLE = 1_000_000_000_00, 1_00


def record(
    fact: str,
    value: Value,
    *,
    of: Subject = APPLICANT,
    grade: Grade = Grade.DECLARED,
    until: date | None = None,
) -> Record:
    kind = SourceKind.FORM if grade is Grade.DECLARED else SourceKind.PAPER
    return Record(
        fact=fact,
        subject=of,
        value=value,
        source=Source(kind=kind, name="case.yaml"),
        observer="somebody",
        grade=grade,
        digest=None if grade is Grade.DECLARED else SHA,
        observed_at=find_day_start(AS_OF),
        received_at=find_day_start(AS_OF),
        valid_until=until,
    )


def with_site(world: World) -> World:
    site = Member(subject=SITE, name="site", kind="website", facts=())
    case = replace(world.case, services=(site,))
    return World(case, replace(world.known, records=tuple(list_records(case))))


def advised(world: World, name: str) -> tuple[Finding, Advice]:
    assessment = world.assess()
    (finding,) = [f for f in assessment.findings if f.criterion.id == name]
    return finding, Adviser(CATALOGUE, assessment.situation).advise(finding)


def remedy(name: str) -> str:
    return CATALOGUE.criteria[name].remedy.text.zh


def test_what_is_known_not_to_be_so_is_put_right_by_the_remedy() -> None:
    world = empty_world().with_records(record("registered_capital", TOO_LITTLE))
    finding, advice = advised(world, "registered_capital_minimum")
    assert finding.verdict is Verdict.UNMET
    assert (advice.aim, advice.errand) == (Aim.ACT, "registry_amend")
    assert advice.text.zh == remedy("registered_capital_minimum")


def test_what_is_said_and_not_proven_asks_for_the_papers_that_prove_it() -> None:
    world = empty_world().with_records(record("registered_capital", ENOUGH))
    finding, advice = advised(world, "registered_capital_minimum")
    assert finding.verdict is Verdict.UNPROVEN
    assert advice.aim is Aim.PAPERS
    assert advice.materials == ("business_licence", "register_extract")
    assert advice.text.zh == (
        "注册资本还没有材料证明，取来《营业执照》或《企业登记信息查询单》。"
    )
    assert "Business licence" in advice.text.en
    assert advice.errand != "registry_amend"


def test_what_nobody_has_said_is_asked_first_and_proven_then() -> None:
    finding, advice = advised(empty_world(), "registered_capital_minimum")
    assert finding.verdict is Verdict.UNDETERMINED
    assert (advice.aim, advice.errand, advice.lead_days) == (Aim.CLEAR_UP, ANSWER, 0)
    question = CATALOGUE.facts["applicant", "registered_capital"].question
    assert question is not None
    assert advice.text.zh.startswith(question.zh)
    assert "《营业执照》" in advice.text.zh
    assert remedy("registered_capital_minimum") not in advice.text.zh


def test_what_would_settle_a_missing_value_names_the_task_of_its_first_step() -> None:
    world = empty_world()
    adviser = Adviser(CATALOGUE, world.assess().situation)
    said = Missing(type="applicant", subject=APPLICANT, fact="registered_capital")
    assert adviser.find_errand(said) == ANSWER


def test_papers_that_contradict_each_other_are_quoted_in_the_doubt() -> None:
    quoted = "《营业执照》第1页“甲” ↔ 《企业登记信息查询单》第1页“乙”"
    source = Source(kind=SourceKind.READING, name=COMPARED_PAPERS, place=quoted)
    compared = [
        replace(record(fact, value=True, grade=Grade.DOCUMENTED), source=source)
        for fact in ("papers_clash", "papers_contradict")
    ]
    finding, _ = advised(empty_world().with_records(*compared), "no_papers_contradict")
    assert finding.verdict is Verdict.UNMET
    assert make_doubt_line(finding).zh == f"别人出具的材料互相矛盾：{quoted}"


def with_licence(*records: Record, why: GapReason | None = None) -> World:
    """A world with a copy of the business licence, and what became of reading it."""
    world = empty_world()
    paper = any_paper(dice(1), "licence-copy", "business_licence")
    case = replace(world.case, papers=(replace(paper, received_on=AS_OF),))
    gaps = (
        Gap(
            fact="has_business_licence",
            subject=APPLICANT,
            source=Source(kind=SourceKind.PAPER, name="licence-copy"),
            reason=reason,
            detail=both(reason),
            at=find_day_start(AS_OF),
        )
        for reason in (why,)
        if reason is not None
    )
    told = (*list_records(case), *records)
    return World(case, replace(world.known, records=told, gaps=tuple(gaps)))


def test_only_the_company_adds_to_a_paper_of_its_own() -> None:
    paper = replace(any_paper(dice(1), "own", "drill_record"), received_on=AS_OF)
    world = empty_world()
    case = replace(world.case, papers=(paper,))
    read = record("has_drill_record", value=True, grade=Grade.UNDERTAKEN)
    world = World(case, replace(world.known, records=(*list_records(case), read)))
    own = advised(world, "emergency_drill_recorded")[1].steps[0]
    assert own.way is Way.POINT_OUT

    read = record("has_business_licence", value=True, grade=Grade.DOCUMENTED)
    issued = advised(with_licence(read), "registered_capital_minimum")[1].steps[0]
    assert issued.way is Way.POINT_OUT_OR_REPLACE
    (line,) = write_steps([issued])
    assert "请出具的一方写明" in line.zh
    assert "补写" not in line.zh


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize(
    ("why", "todo"),
    [
        (GapReason.NOT_READ, "《营业执照》还没有读取，先读出来，要看的是注册资本"),
        (GapReason.UNREADABLE, "《营业执照》看不清，请换一份清楚的，要看的是注册资本"),
        (None, "《营业执照》里没有找到“注册资本”，写了的，指出在哪一句"),
    ],
)
def test_a_paper_at_hand_is_not_fetched_again_and_nobody_is_asked_what_it_says(
    why: GapReason | None, todo: str, *, said: bool
) -> None:
    told = [record("registered_capital", ENOUGH)] if said else []
    if why is None:
        read = record("has_business_licence", value=True, grade=Grade.DOCUMENTED)
        told.append(read)
    world = with_licence(*told, why=why)
    finding, advice = advised(world, "registered_capital_minimum")
    assert finding.verdict is (Verdict.UNPROVEN if said else Verdict.UNDETERMINED)
    assert (advice.aim, advice.errand) == (Aim.PAPERS, HAND_IN)
    assert advice.text.zh.startswith(todo)
    assert "？" not in advice.text.zh


def test_what_nobody_read_is_not_said_to_have_been_read_in_vain() -> None:
    _, advice = advised(with_licence(), "registered_capital_minimum")
    assert advice.text.zh.startswith("《营业执照》还没有读取")


def test_a_paper_at_hand_is_to_tell_what_it_is_too_weak_to_prove() -> None:
    world = empty_world()
    paper = any_paper(dice(1), "drill", "drill_record")
    case = replace(world.case, papers=(replace(paper, received_on=AS_OF),))
    told = (*list_records(case), record("has_drill_record", value=True))
    situation = World(case, replace(world.known, records=told)).assess().situation
    missing = Missing(type="applicant", subject=APPLICANT, fact="drill_held", kinds=())
    steps = tuple(Adviser(CATALOGUE, situation).settle(missing, said=False))
    assert [step.way for step in steps] == [Way.READ, Way.THEN]
    assert [step.materials for step in steps] == [
        ("drill_record",),
        ("site_test_report",),
    ]


@pytest.mark.parametrize("visited", [None, False, True])
@pytest.mark.parametrize("said", [False, True])
def test_nobody_is_sent_for_a_paper_that_cannot_exist_yet(
    *, said: bool, visited: bool | None
) -> None:
    world = empty_world()
    told = list(list_records(world.case))
    if said:
        told.append(record("complaint_closed_through", value=True))
    if visited is not None:
        told.append(record("onsite_visited", value=visited))
    world = World(world.case, replace(world.known, records=tuple(told)))
    _, advice = advised(world, "complaint_closed_through")
    if visited:
        assert "site_visit_record" in advice.materials
    elif said:
        assert (advice.errand, advice.materials) == (AWAIT, ())
        assert "主管部门到过现场核查以后才有" in advice.text.zh
    else:
        assert advice.materials == ("complaint_record",)


def test_a_paper_that_could_not_be_read_is_opened_and_not_asked_for_again() -> None:
    world = empty_world()
    paper = any_paper(dice(1), "plan", "business_plan")
    case = replace(world.case, papers=(replace(paper, received_on=AS_OF),))
    unread = Gap(
        fact="has_business_plan",
        subject=APPLICANT,
        source=Source(kind=SourceKind.PAPER, name="plan"),
        reason=GapReason.UNREADABLE,
        detail=both("blank"),
        at=find_day_start(AS_OF),
    )

    def advise(held: Case) -> AdviceStep:
        known = replace(world.known, records=tuple(list_records(held)), gaps=(unread,))
        situation = World(held, known).assess().situation
        missing = Missing(
            type="applicant", subject=APPLICANT, fact="has_business_plan", kinds=()
        )
        return next(iter(Adviser(CATALOGUE, situation).settle(missing, said=False)))

    assert advise(case).way is not Way.HAVE
    assert advise(case).materials == ("business_plan",)
    assert advise(world.case).way is Way.HAVE  # it is not among the papers any more


def test_a_figure_that_no_rule_sets_is_asked_of_the_authority() -> None:
    rules = catalogue(criterion("a", "capital >= :minimum"))
    rich = {"capital": ENOUGH}
    told = judged(rules, situation(rich, rich, scope="cross_province"))
    finding = only(told)
    assert finding.unknown_parameters == ("minimum",)
    advice = Adviser(rules, told.situation).advise(finding)
    assert [step.way for step in advice.steps] == [Way.CONFIRM]
    assert advice.text.zh


def test_nobody_is_asked_what_a_public_register_tells() -> None:
    finding, advice = advised(empty_world(), "applicant_off_dishonesty_list")
    assert finding.verdict is Verdict.UNDETERMINED
    assert (advice.aim, advice.errand) == (Aim.CLEAR_UP, "check_lists")
    assert CATALOGUE.looks["dishonesty_list"].title.zh in advice.text.zh
    assert "？" not in advice.text.zh


@pytest.mark.long
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_advice_asks_a_person_only_what_the_list_of_questions_may_ask(
    world: World,
) -> None:
    situation = world.assess().situation
    adviser = Adviser(CATALOGUE, situation)
    for subject in situation.subjects:
        for (kind, name), fact in CATALOGUE.facts.items():
            if kind != subject.type:
                continue
            missing = Missing(type=kind, subject=subject, fact=name, kinds=())
            ways = {step.way for step in adviser.settle(missing, said=False)}
            if Way.SAY in ways and fact.who:
                assert is_for_applicant(fact, situation, CATALOGUE), name


def test_a_proof_that_has_expired_is_renewed() -> None:
    world = empty_world().with_records(
        record("registered_capital", ENOUGH),
        replace(
            record(
                "registered_capital",
                ENOUGH,
                grade=Grade.DOCUMENTED,
                until=date(2026, 11, 20),
            ),
            observed_at=find_day_start(date(2026, 11, 1)),
            received_at=find_day_start(date(2026, 11, 1)),
        ),
    )
    _, advice = advised(world, "registered_capital_minimum")
    assert "仍在有效期内" in advice.text.zh
    assert advice.materials == ("business_licence", "register_extract")

    ended = replace(world.known.records[-1], valid_until=date(2026, 11, 20))
    own = replace(ended, source=Source(kind=SourceKind.PAPER, name="licence-copy"))
    said = record("registered_capital", ENOUGH)
    _, advice = advised(with_licence(said, own), "registered_capital_minimum")
    assert advice.text.zh == "换一份仍在有效期内的《营业执照》，证明注册资本。"


def test_whether_a_paper_is_there_is_asked_and_nothing_is_written_anew() -> None:
    finding, advice = advised(empty_world(), "business_plan_present")
    assert finding.verdict is Verdict.UNDETERMINED
    assert advice.aim is Aim.PAPERS
    assert advice.materials == ("business_plan",)
    assert advice.text.zh.startswith("请补交《业务发展和实施计划》")
    assert "确实没有的，写明没有" in advice.text.zh


def test_what_a_probe_sees_is_looked_at_again() -> None:
    world = with_site(empty_world())
    gap = Gap(
        fact="https_served",
        subject=SITE,
        source=Source(kind=SourceKind.PROBE, name="tls"),
        reason=GapReason.TIMEOUT,
        detail=both("timeout"),
        at=find_day_start(AS_OF),
    )
    held = World(world.case, replace(world.known, gaps=(gap,)))
    _, advice = advised(held, "https_served")
    assert (advice.aim, advice.errand) == (Aim.CLEAR_UP, "look_again")
    assert advice.text.zh.startswith(
        "上次没有看清，再打开网站，看网站以加密方式（HTTPS）提供"
    )
    _, unseen = advised(with_site(empty_world()), "https_served")
    assert unseen.text.zh.startswith("打开网站，看")


def test_what_a_program_cannot_make_out_a_person_looks_at() -> None:
    world = with_site(empty_world())
    gap = Gap(
        fact="shows_hotline",
        subject=SITE,
        source=Source(kind=SourceKind.PROBE, name="contact"),
        reason=GapReason.NOT_RECOGNISED,
        detail=both("of an unknown make"),
        at=find_day_start(AS_OF),
    )
    fact = CATALOGUE.facts["service", gap.fact]
    assert {source.partition(":")[0] for source in fact.sources} >= {"probe", "guided"}
    situation = World(world.case, replace(world.known, gaps=(gap,))).assess().situation
    missing = Missing(type="service", subject=SITE, fact=gap.fact, kinds=())
    (step,) = Adviser(CATALOGUE, situation).settle(missing, said=False)
    assert step.way is Way.LOOK_UP


def test_what_stands_in_a_public_register_is_looked_up_there() -> None:
    world = empty_world().with_records(record("dishonesty_list_clear", value=True))
    finding, advice = advised(world, "applicant_off_dishonesty_list")
    assert finding.verdict is Verdict.UNPROVEN
    assert advice.errand == "check_lists"
    look = CATALOGUE.looks["dishonesty_list"]
    assert look.title.zh in advice.text.zh
    assert look.where.zh in advice.text.zh


def test_where_nobody_is_on_record_they_are_listed_first() -> None:
    _, advice = advised(empty_world(), "technical_staff_exist")
    assert (advice.aim, advice.errand) == (Aim.CLEAR_UP, ANSWER)
    assert advice.text.zh == "写上人员名单，其中有没有技术人员。"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["林疏影", "周知白"], "林疏影、周知白"),
        (["林疏影", "周知白", "唐砚", "何晚晴"], "林疏影、周知白、唐砚等4个"),
    ],
)
def test_where_some_are_on_record_it_is_asked_whether_they_are_all(
    names: list[str], said: str
) -> None:
    holders = tuple(
        Member(subject=Subject("holder", str(n)), name=name, kind="person", facts=())
        for n, name in enumerate(names)
    )
    world = empty_world()
    world = World(replace(world.case, holders=holders), world.known).with_records(
        *(record("is_foreign", value=False, of=holder.subject) for holder in holders)
    )
    finding, advice = advised(world, "foreign_capital_procedure")
    assert (advice.aim, advice.errand) == (Aim.CLEAR_UP, ANSWER)
    assert advice.text.zh == f"股东列了{said}，是不是全部？"
    labels = world.assess().situation.labels
    assert say_plainly(finding, CATALOGUE, labels).zh == "还没有说明股东是否已经列全。"


def test_of_several_ways_to_be_right_the_claimed_one_is_to_be_proven() -> None:
    rules = catalogue(criterion("it", "listed OR clean"))
    told = situation({"clean": True, "listed": False})
    finding = only(judged(rules, told))
    assert finding.verdict is Verdict.UNPROVEN
    assert [missing.fact for missing in finding.missing] == ["clean"]


def test_a_settled_finding_lacks_nothing() -> None:
    rules = catalogue(criterion("it", "listed AND clean"))
    assert only(judged(rules, situation({}, {"listed": False}))).missing == ()
    holding = situation({}, {"listed": True, "clean": True})
    assert only(judged(rules, holding)).missing == ()


def test_only_the_members_of_whom_something_is_unknown_are_asked_about() -> None:
    rules = catalogue(
        criterion("it", "every(person WHERE role = 'technical': full_time)")
    )
    told = situation(
        members={LIN: {"role": "technical"}, CHEN: {"role": "manager"}},
        closed=frozenset({"person"}),
    )
    (missing,) = only(judged(rules, told)).missing
    assert (missing.subject, missing.fact) == (LIN, "full_time")


@pytest.mark.long
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_only_what_is_known_to_be_otherwise_is_acted_upon(world: World) -> None:
    assessment = world.assess()
    adviser = Adviser(CATALOGUE, assessment.situation)
    for finding in assessment.findings:
        advice = adviser.advise(finding)
        assert advice.errand in CATALOGUE.errands
        if finding.verdict in (Verdict.UNMET, Verdict.CONTRADICTED):
            assert advice.aim is Aim.ACT
        elif finding.verdict in (Verdict.UNDETERMINED, Verdict.UNPROVEN):
            assert advice.aim is not Aim.ACT, (finding.criterion.id, finding.missing)
            assert advice.text != finding.criterion.remedy.text
            assert advice.text.zh
            assert advice.text.en


@pytest.mark.parametrize(
    ("days", "early"), [(20, True), (0, True), (-3, False), (400, False)]
)
def test_what_ends_before_handing_in_is_renewed_before_it_ends(
    days: int, *, early: bool
) -> None:
    end = AS_OF + timedelta(days=days)
    world = with_site(empty_world())
    submit_on = AS_OF + timedelta(days=300)
    case = replace(
        world.case, application=replace(world.case.application, submit_on=submit_on)
    )
    expires = record("domain_expires_on", end, of=SITE, grade=Grade.OBSERVED)
    world = World(case, world.known).with_records(expires)
    assessment = world.assess()
    found = plan_errands(assessment, CATALOGUE, unsettled=lambda _: ())
    (renewal,) = [e for e in found.errands if "domain_term_left" in e.criteria]
    assert renewal.errand == "tidy_domain"
    first = max(end, renewal.earliest_done)
    assert renewal.done_by <= first or not early
    assert (renewal.done_by < submit_on - timedelta(days=90)) is early
    assert renewal.late is (days == 0)


def test_no_day_is_promised_until_what_is_unknown_is_cleared_up() -> None:
    rules = catalogue(criterion("a", "listed"), criterion("b", "clean", errand="b"))

    def planned(**claimed: Value) -> tuple[date | None, tuple[str, ...]]:
        found = plan_errands(
            judged(rules, situation(claimed)), rules, unsettled=lambda _: ()
        )
        return found.ready_on, found.to_clear_up

    assert planned(listed=False) == (None, ("b",))
    ready_on, waiting = planned(listed=False, clean=False)
    assert ready_on is not None
    assert waiting == ()


# The line of a doubt


@pytest.mark.parametrize(
    ("proven", "named", "unnamed"),
    [
        ({"listed": True, "clean": True, "staff": 1}, "人数", ("上市", "名单")),
        ({"listed": False, "clean": True, "staff": 9}, "上市", ("人数", "名单")),
    ],
)
def test_a_doubt_names_the_comparison_that_fails(
    proven: dict[str, Value], named: str, unnamed: tuple[str, ...]
) -> None:
    rules = catalogue(
        criterion("it", "listed AND clean AND staff >= 3", doubt=both("unlisted"))
    )
    line = make_doubt_line(only(judged(rules, situation({}, proven)))).zh
    assert named in line
    assert not any(word in line for word in unnamed)
    assert "unlisted" not in line


def test_a_doubt_of_one_comparison_is_told_in_the_words_of_the_catalogue() -> None:
    rules = catalogue(criterion("it", "staff >= 3", doubt=both("too few")))
    finding = only(judged(rules, situation({}, {"staff": 1})))
    assert make_doubt_line(finding) == both("too few")
    assert finding.reason is not None
    assert finding.reason.zh == "人数1人，至少要3人"


def test_a_doubt_about_members_says_who_fails_and_by_what() -> None:
    rules = catalogue(
        criterion(
            "it",
            "some(person WHERE role = 'technical': full_time AND months >= 3)",
            doubt=both("nobody"),
        )
    )
    told = situation(
        members={LIN: {"role": "technical", "full_time": True, "months": 1}},
        closed=frozenset({"person"}),
    )
    line = make_doubt_line(only(judged(rules, told))).zh
    assert "lin，参保月数" in line
    assert "专职" not in line


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ((Way.HAVE_FOR, Way.HAVE), "请补交《合同》，要看的是甲，确实没有的，写明没有"),
        ((Way.HAVE, Way.HAVE_FOR), "请补交《合同》，要看的是乙，确实没有的，写明没有"),
        ((Way.HAVE, Way.FETCH), "乙还没有材料证明，取来《合同》"),
        (
            (Way.FETCH, Way.HAVE_FOR),
            "请补交《合同》，要看的是甲、乙，确实没有的，写明没有",
        ),
        ((Way.HAVE, Way.HAVE), "请补交《合同》，确实没有的，写明没有"),
    ],
)
def test_one_paper_is_asked_for_once(ways: tuple[Way, Way], told: str) -> None:
    steps = [
        AdviceStep(way=way, about=both(about), names=both("《合同》"))
        for way, about in zip(ways, ("甲", "乙"), strict=True)
    ]

    assert [line.zh for line in write_steps(steps)] == [told]


def test_questions_come_in_the_order_of_a_conversation() -> None:
    def ask(name: str) -> AdviceStep:
        fact = CATALOGUE.facts["applicant", name]
        assert fact.ask is not None
        return AdviceStep(way=Way.SAY, about=both(name), turn=find_turn(fact.ask))

    names = ("fined", "cash_on_hand", "registered_capital")
    fetch = AdviceStep(way=Way.HAVE, about=both("a paper"), names=both("《合同》"))
    steps = [ask(names[0]), fetch, ask(names[1]), ask(names[2])]
    told = [line.zh for line in write_steps(steps)]
    assert told[0] == "registered_capital"
    assert "《合同》" in told[1]
    assert told[2:] == ["cash_on_hand", "fined"]


def test_two_questions_about_a_paper_are_two_sentences() -> None:
    look, name = Way.SEE_ORIGINAL, both("《书面申请》")
    steps = [
        AdviceStep(way=look, about=both(asked), names=name)
        for asked in ("签字了吗？", "Is it sealed?", "Is it signed?")
    ]
    (line,) = write_steps(steps)
    assert "签字了吗？Is" in line.zh
    assert "Is it sealed? Is it signed?" in line.en


def test_what_is_asked_of_each_paper_alike_is_one_line() -> None:
    steps = [
        AdviceStep(way=way, about=both(about), names=both(names))
        for way, about, names in (
            (Way.SEE_ORIGINAL, "签字了吗？", "《甲》"),
            (Way.SEE_ORIGINAL, "签字了吗？", "《乙》"),
            (Way.SEE_ORIGINAL, "盖章了吗？", "《丙》"),
            (Way.POINT_OUT, "期限", "《甲》"),
            (Way.POINT_OUT, "期限", "《乙》"),
        )
    ]
    told = [line.zh for line in write_steps(steps)]
    assert told[:2] == [
        "请人看一眼《甲》《乙》：签字了吗？",
        "请人看一眼《丙》：盖章了吗？",
    ]
    assert len(told) == 4


def test_several_papers_that_wait_to_be_read_are_asked_for_in_one_sentence() -> None:
    steps = [
        AdviceStep(way=Way.READ, about=both("term"), names=both(names))
        for names in ("the lease", "the contract")
    ]
    (line,) = write_steps(steps)
    assert line.en == (
        "Read the lease, the contract, which nobody has read yet (for: term)"
    )
