"""A company story, told as the folder of papers that somebody would hand over.

A story lists its papers as kind and values; small builders set them as the offices and
companies that issue them do. From the folder a case is begun as `changqing new --from`
begins it: what was read is accepted value by value, as a person does with Enter, but
not what differs from what the case says; and a few questions are answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, cast

from stdnum.cn import uscc

from changqing.case import edit
from changqing.case.edit import FieldChange
from changqing.guide.from_papers import list_known, start_case
from changqing.guide.interview import QUESTIONS, run_interview
from changqing.judge.assess import Judge
from changqing.judge.model import DefectCertainty, Finding
from changqing.law.model import Verdict
from changqing.papers.accept import Decision, settle_paper
from changqing.papers.gather import gather_files
from changqing.papers.open import open_case
from changqing.papers.read import read_papers
from changqing.papers.settle import list_settlements
from changqing.papers.start import drop_unlisted, sort_files, take_files
from changqing.run import Outcome, run
from changqing.text import Language
from tests.quick_yaml import load_yaml
from tests.readers.paper_files import make_pdf, make_word, make_workbook
from tests.shipped import CATALOGUE
from tests.stories.story_case import first_sentence

NOW: Final = datetime(2026, 11, 24, 2, tzinfo=UTC)
DAY: Final = date(2026, 11, 24)
FOLDERS: Final[Mapping[str, Mapping[str, Any]]] = cast(
    "dict[str, Any]",
    load_yaml((Path(__file__).parent / "folders.yaml").read_text(encoding="utf-8")),
)
_JUDGE: Final = Judge(CATALOGUE)
_TAKEN: Final = ("sure", "unsure", "new")


def make_code(region: str, serial: str = "MA0EXAM1") -> str:
    """Make a credit code of a province, with its own check digit."""
    stem = f"91{region}0100{serial:<9}".replace(" ", "Y")
    return stem + str(uscc.calc_check_digit(stem))


# What each kind of paper says, line by line; a list of cells is the row of a table

_Lines = Iterator[str | Sequence[str]]


def _business_licence(says: Mapping[str, Any]) -> _Lines:
    yield "营业执照"
    yield f"统一社会信用代码：{says['code']}"
    yield f"名称：{says['company']}"
    yield f"类型：{says.get('form', '有限责任公司（自然人投资或控股）')}"
    yield f"法定代表人：{says['rep']}"
    yield f"注册资本：{says['capital']}"
    yield f"成立日期：{says['founded']}"
    yield f"住所：{says['address']}"
    yield f"经营范围：{says.get('range', '许可项目：第二类增值电信业务。')}"
    yield f"登记机关　{says['founded']}"


def _register_extract(says: Mapping[str, Any]) -> _Lines:
    yield "企业登记信息查询单"
    yield f"名称：{says['company']}"
    yield f"统一社会信用代码：{says['code']}"
    yield f"法定代表人：{says['rep']}"
    yield f"注册资本：{says['capital']}"
    yield f"成立日期：{says['founded']}"
    yield f"住所：{says['address']}"
    yield f"登记状态：{says.get('status', '存续')}"
    if "approved" in says:
        yield f"核准日期：{says['approved']}"
    if "holders" in says:
        yield ["股东名称", "认缴出资额", "持股比例"]
        yield from ([name, *amounts] for name, *amounts in says["holders"])
    yield f"登记机关（盖章）　{says.get('issued', '2026年11月10日')}"


def _existing_licence(says: Mapping[str, Any]) -> _Lines:
    yield "中华人民共和国增值电信业务经营许可证"
    yield f"经营许可证编号：{says['number']}"
    yield f"公司名称：{says['company']}"
    yield f"法定代表人：{says['rep']}"
    yield f"注册资本：{says['capital']}"
    yield f"业务种类：{says['classes']}"
    yield f"业务覆盖范围：{says['covers']}"
    yield f"有效期：{says['from']}至{says['until']}"
    yield f"发证机关（盖章）　发证日期：{says['from']}"


def _social_insurance(says: Mapping[str, Any]) -> _Lines:
    yield "社会保险单位参保证明"
    yield f"单位名称：{says.get('payer', says['company'])}"
    yield f"统一社会信用代码：{says.get('payer_code', says['code'])}"
    yield ["姓名", "证件号码", "缴费起止年月", "实际缴费月数", "参保状态"]
    for name, begins, ends, months in says["people"]:
        yield [name, "110***********0011", f"{begins}至{ends}", str(months), "参保缴费"]
    yield f"打印日期：{says.get('issued', '2026年11月12日')}"
    yield "验证码：A7K2M9Q4　社会保险事业管理局（业务专用章）"


def _team_structure(says: Mapping[str, Any]) -> _Lines:
    yield "团队结构表"
    yield f"公司名称：{says['company']}"
    yield ["姓名", "岗位"]
    yield from ([name, post] for name, post in says["people"])


def _lease(says: Mapping[str, Any]) -> _Lines:
    yield "房屋租赁合同"
    yield f"出租方（甲方）：{says.get('lessor', '城南楼宇管理有限公司')}"
    yield f"承租方（乙方）：{says.get('lessee', says['company'])}"
    yield f"房屋坐落：{says.get('place', says['address'])}"
    yield f"房屋用途：{says.get('use', '办公')}"
    yield f"租赁期限：自{says['from']}起至{says['until']}止"
    yield f"甲方（盖章）　乙方（盖章）　签订日期：{says['from']}"


def _domain_cert(says: Mapping[str, Any]) -> _Lines:
    yield "顶级国际域名注册证书"
    yield f"域名：{says['domain']}"
    yield f"域名所有者：{says.get('owner', says['company'])}"
    yield f"注册时间：{says.get('from', '2024年04月02日')}"
    yield f"到期时间：{says['until']}"


def _identity_card(says: Mapping[str, Any]) -> _Lines:
    yield "中华人民共和国居民身份证"
    yield f"姓名　{says['name']}"
    yield "性别　女　民族　汉"
    yield "出生　1984年1月1日"
    yield f"住址　{says['address']}"
    yield "公民身份号码　990099198401010011"
    yield "签发机关　某某市公安局"
    yield f"有效期限　{says['valid']}"


def _bank_statement(says: Mapping[str, Any]) -> _Lines:
    yield "存款证明书"
    yield f"客户名称：{says['company']}"
    yield f"账户余额：人民币{says['balance']}元"
    yield f"截止日期：{says['on']}"
    yield f"示例银行营业部（盖章）　{says['on']}"


def _other(says: Mapping[str, Any]) -> _Lines:
    yield from str(says["text"]).format_map(says).splitlines()


_BUILDERS: Final = {
    "business_licence": _business_licence,
    "register_extract": _register_extract,
    "existing_licence": _existing_licence,
    "social_insurance": _social_insurance,
    "team_structure": _team_structure,
    "lease": _lease,
    "domain_cert": _domain_cert,
    "identity_card": _identity_card,
    "bank_statement": _bank_statement,
}


def make_paper(kind: str, says: Mapping[str, Any], form: str) -> bytes:
    """Set a paper as plain text, Word, a workbook, or a PDF with a text layer."""
    lines = list(_BUILDERS.get(kind, _other)(says))
    rows = [line for line in lines if not isinstance(line, str)]
    words = [line for line in lines if isinstance(line, str)]
    if form == "docx":
        return make_word(*words, rows=rows)
    if form == "xlsx":
        return make_workbook({"Sheet1": [*([w] for w in words), *rows]})
    if form == "pdf":
        return make_pdf("\n\n".join(_set_line(line) for line in _in_table(lines)))
    flat = [line if isinstance(line, str) else ",".join(line) for line in lines]
    if form == "md":
        flat = [
            line if isinstance(line, str) else f"| {' | '.join(line)} |"
            for line in _in_table(lines, rule=True)
            if isinstance(line, str) or not isinstance(line[0], list)
        ]
    return "\n".join(flat).encode()


def _in_table(lines: Sequence[Any], *, rule: bool = False) -> Iterator[Any]:
    """Keep the rows of a table together; in Markdown with the rule below its head."""
    table: list[Any] = []
    for line in [*lines, ""]:
        if not isinstance(line, str):
            table.append(line)
            continue
        if table and rule:
            yield from (table[0], ["---"] * len(table[0]), *table[1:])
        elif table:
            yield table
        table = []
        if line:
            yield line


def _set_line(line: Any) -> str:
    if isinstance(line, str):
        return f"#{_quote(line)}"
    cells = ", ".join(_quote(cell) for row in line for cell in row)
    return f"#table(columns: {len(line[0])}, {cells})"


def _quote(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_folder(folder: Path, story: Mapping[str, Any]) -> None:
    """Write the papers of a story under the names that people give to files."""
    folder.mkdir(parents=True)
    company = {"code": make_code(story["region"]), **story["company"]}
    for number, paper in enumerate(story["papers"], start=1):
        kind, form = paper["kind"], paper.get("as", "txt")
        says = {**company, **paper.get("says", {})}
        if "region_of_code" in paper:
            says["code"] = make_code(paper["region_of_code"], "MA0THER9")
        name = paper.get("name", f"{number:02d}扫描件")
        (folder / f"{name}.{form}").write_bytes(make_paper(kind, says, form))


# Beginning a case and judging it


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of a story: the outcome, and the files that were of another company."""

    outcome: Outcome
    others: tuple[str, ...]

    def list_findings(self, certainty: DefectCertainty | None) -> set[tuple[str, str]]:
        """List codes with the criterion each rests on, of one certainty."""
        return {
            (code, finding.criterion.id)
            for finding in self.outcome.assessment.findings
            if finding.certainty is certainty
            for code in finding.criterion.defects
        }

    def find(self, criterion: str) -> list[Finding]:
        """Find the findings of a criterion."""
        findings = self.outcome.assessment.findings
        return [one for one in findings if one.criterion.id == criterion]

    @property
    def conflicts(self) -> set[str]:
        """The facts of which two papers, or a paper and the company, say two things."""
        return {
            f"{conflict.subject.type}.{conflict.fact}"
            for finding in self.outcome.assessment.findings
            for conflict in finding.conflicts
        }


def tell_folder(place: Path, story: Mapping[str, Any]) -> Told:
    """Write the papers of a story, begin a case from them, and judge it offline."""
    source, folder, key = place / "source", place / "case", place / "key"
    write_folder(source, story)
    found = sort_files(
        take_files(gather_files(source), folder, lambda *_: None), CATALOGUE
    )
    drop_unlisted(found, folder)
    known = dict.fromkeys(QUESTIONS, "") | {
        "region": story["region"],
        "scope": "intra_province",
        "submit_on": "2026-12-20",
        "name": story["company"]["company"],
        **list_known(found),
        **story.get("answers", {}),
    }
    answers = run_interview(
        CATALOGUE,
        Language.ZH,
        now=NOW,
        ask=_ask_nobody,
        tell=lambda _: None,
        known=known,
    )
    start_case(
        folder, found, answers, CATALOGUE, key=key, now=NOW, language=Language.ZH
    )
    _accept_read(folder, key)
    _answer(folder, story.get("says", {}))
    outcome = run(
        folder, judge=_JUDGE, clock=lambda: NOW, key=key, as_of=DAY, offline=True
    )
    others = tuple(
        sorted(
            file.taken.name for file in found.files if file.others and not file.papers
        )
    )
    return Told(outcome=outcome, others=others)


def _ask_nobody(prompt: str) -> str:
    raise AssertionError(f"all is known, and yet it was asked: {prompt}")


def _accept_read(folder: Path, key: Path) -> None:
    case = open_case(folder, CATALOGUE)
    readings = read_papers(case, key=key, clock=lambda: NOW, progress=lambda *_: None)
    for about in list_settlements(case, readings, on=DAY, declared=False):
        decisions = [
            Decision(settlement=settlement, value=settlement.value)
            for settlement in about.settlements
            if settlement.value is not None and settlement.state.value in _TAKEN
        ]
        if decisions:
            settle_paper(
                case,
                about.paper,
                about.reading,
                decisions,
                by="tester",
                key=key,
                now=NOW,
            )


def _answer(folder: Path, says: Mapping[str, Any]) -> None:
    """Write what a person answers into the case, by places like `applicant.name`."""
    if not says:
        return
    data = edit.read(folder)
    changes = [
        FieldChange(at=tuple(place.split(".")), value=value)
        for place, value in says.items()
    ]
    edit.change(folder, changes, version=data.version, catalogue=CATALOGUE)


# What is expected of it

_RIGHT_WAY = {
    "not_ready": (Verdict.UNMET, Verdict.CONTRADICTED),
    "breached": (Verdict.UNMET, Verdict.CONTRADICTED),
    "in_doubt": (Verdict.UNMET, Verdict.CONTRADICTED),
    "open": (Verdict.UNPROVEN, Verdict.UNDETERMINED),
}


def list_faults(told: Told, expect: Mapping[str, Any]) -> list[str]:
    """List each line that is not as expected."""
    faults = [
        f"{sentence} is {said}, not {state} by {criterion}"
        for sentence, said in _list_sentences(told).items()
        for state, criterion in expect.get(sentence, {}).items()
        if said != state or not _rests_on(told, state, criterion)
    ]
    certain = told.list_findings(DefectCertainty.CERTAIN)
    possible = told.list_findings(DefectCertainty.POSSIBLE)
    faults += [
        f"{code} is not {word} by {criterion}"
        for word, found in (("certain", certain), ("possible", possible))
        for code, criterion in expect.get(word, {}).items()
        if (code, criterion) not in found
    ]
    faults += [
        f"{code} must not be certain by {criterion}"
        for code, criterion in expect.get("never", {}).items()
        if (code, criterion) in certain
    ]
    faults += [
        f"{criterion} must not be met"
        for criterion in expect.get("never_met", ())
        if any(finding.verdict is Verdict.MET for finding in told.find(criterion))
    ]
    faults += [
        f"{fact} differs, and is not told"
        for fact in set(expect.get("conflicts", ())) - told.conflicts
    ]
    faults += [
        f"{fact} agrees, and is said to differ"
        for fact in set(expect.get("agree", ())) & told.conflicts
    ]
    if "others" in expect and told.others != tuple(expect["others"]):
        faults.append(f"of others: {told.others}")
    return faults


def _list_sentences(told: Told) -> dict[str, str]:
    return {
        "first": first_sentence(told.outcome),
        "long_term": told.outcome.assessment.long_term.state.value,
    }


def _rests_on(told: Told, state: str, criterion: str) -> bool:
    verdicts = _RIGHT_WAY[state]
    return any(finding.verdict in verdicts for finding in told.find(criterion))
