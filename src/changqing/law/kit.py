"""What several kinds of catalogue entries have: names, texts, days, citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Self

from changqing.law.entry import Ref, YamlEntry, make_file_names
from changqing.law.subjects import SUBJECTS
from changqing.rules.expression import Expression
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum
from changqing.yamlfile.values import (
    CheckedBy,
    Day,
    MadeBy,
    NotEmpty,
    Positive,
    Refusal,
    Words,
)

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


ExampleRow = Annotated[Mapping[str, Value | None], MadeBy(dict, Mapping[str, object])]
"""What is known of one subject: as written in a file, with its types when checked."""


class Filled:
    """The text has `{fact.value}` where a value of a fact of law is filled in."""


class _Both:
    """A text that says something in either language."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """A mapping with `zh` and `en`, both required."""
        from pydantic_core import CoreConfig, core_schema

        words = handler.generate_schema(Words)
        return core_schema.dataclass_schema(
            Text,
            core_schema.dataclass_args_schema(
                "Text",
                [core_schema.dataclass_field(name, words) for name in ("zh", "en")],
            ),
            ["zh", "en"],
            slots=True,
            config=CoreConfig(extra_fields_behavior="forbid"),
        )


def _check_id(value: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        raise Refusal(
            "只能用小写字母、数字和下划线，以字母开头",
            "must be small letters, digits and underscores, a letter first",
        )


def _check_region(value: str) -> None:
    if not re.fullmatch(r"[1-8][0-9]", value):
        raise Refusal("应为两位的省级代码", "must be the two digits of a province")


Id = Annotated[str, CheckedBy(_check_id)]
RegionCode = Annotated[str, CheckedBy(_check_region)]
BothLanguages = Annotated[Text, _Both()]
FilledText = Annotated[BothLanguages, Filled()]


def _keep_rule(rule: str | Expression) -> Expression:
    """Keep the text of a rule until it is parsed; from the cache it comes parsed."""
    return Expression.quote(rule) if isinstance(rule, str) else rule


Rule = Annotated[Expression, MadeBy(_keep_rule, Words)]
"""A rule in SQL, whose text the loader parses once the words it may use are known."""
ALWAYS: Final = Expression.quote("TRUE")
Scope = Literal["intra_province", "cross_province"]
ScopeName = Annotated[str, MadeBy(str, Scope)]
"""A scope where mypy is not to tell it from other words."""
_ONE_OF: Any = Literal  # of words that stand in a table
SubjectName = Annotated[str, MadeBy(str, _ONE_OF[tuple(SUBJECTS)])]
Stage = Literal[
    "prepare", "apply", "operate", "annual_report", "amend", "renew", "stop"
]
Unit = Literal[
    "fen",
    "days",
    "working_days",
    "hours",
    "minutes",
    "weeks",
    "months",
    "years",
    "persons",
    "count",
    "basis_points",
]
UnitName = Annotated[str, MadeBy(str, Unit)]

LicenceRef = Annotated[Words, Ref("licences")]
RegionRef = Annotated[RegionCode, Ref("regions")]
LawRef = Annotated[Words, Ref("law")]
ParameterRef = Annotated[Words, Ref("parameters")]
InstrumentRef = Annotated[Words, Ref("instruments")]


class Dimension(WordedEnum):
    """The nine dimensions, in the order of every page."""

    ENTITY = "entity", Text("主体资格", "legal standing")
    FUNDING = "funding", Text("资金保障", "funding")
    TEAM = "team", Text("团队配置", "team")
    PLANNING = "planning", Text("业务规划", "business plan")
    INFRASTRUCTURE = "infrastructure", Text("域名与服务器", "domain and servers")
    CONTENT = "content", Text("内容更新", "content")
    MAINTENANCE = "maintenance", Text("技术维护", "maintenance")
    USER_SERVICE = "user_service", Text("用户服务与投诉", "user service")
    SECURITY = "security", Text("网络与信息安全", "security")

    @property
    def short(self) -> Text:
        """What stands at the head of a narrow column."""
        match self:
            case Dimension.ENTITY:
                return Text("主体", "entity")
            case Dimension.FUNDING:
                return Text("资金", "funds")
            case Dimension.TEAM:
                return Text("团队", "team")
            case Dimension.PLANNING:
                return Text("规划", "plan")
            case Dimension.INFRASTRUCTURE:
                return Text("设施", "servers")
            case Dimension.CONTENT:
                return Text("内容", "content")
            case Dimension.MAINTENANCE:
                return Text("维护", "upkeep")
            case Dimension.USER_SERVICE:
                return Text("用户", "users")
            case Dimension.SECURITY:
                return Text("安全", "security")


class Knower(WordedEnum):
    """Who can know a fact."""

    APPLICANT = "applicant", Text("申请人", "the applicant")
    PAPER = "paper", Text("材料", "a paper")
    PROBE = "probe", Text("看网站", "a look at the site")
    LOOKUP = "lookup", Text("查询", "a lookup")
    REVIEWER = "reviewer", Text("看材料的人", "who looks at the paper")


class QuestionGroup(WordedEnum):
    """What questions are about, in the order of a conversation."""

    COMPANY = "company", Text("公司", "The company")
    OFFER = "offer", Text("做什么业务", "What it offers")
    SITE = "site", Text("网站和应用", "Site and app")
    PEOPLE = "people", Text("人员", "People")
    MONEY = "money", Text("资金", "Money")
    HOSTING = "hosting", Text("服务器和资源", "Hosting and resources")
    CONTENT = "content", Text("内容", "Content")
    SERVICE = "service", Text("用户服务", "User service")
    SECURITY = "security", Text("信息安全", "Security")
    LICENCE = "licence", Text("已有的许可证", "The licence it holds")
    RECORD = "record", Text("与主管部门的往来", "Dealings with the authority")
    REPORT = "report", Text("年报", "Annual report")
    PAPERS = "papers", Text("材料", "Papers")


class Standing(WordedEnum):
    """How binding a criterion is at this stage."""

    CONDITION = (
        "condition",
        Text("法定", "required by law"),
        Text("法律、法规、规章的条件", "a condition of this grant, in law"),
    )
    PUBLISHED = (
        "published",
        Text("公布", "published by an authority"),
        Text("主管部门公开指南的要求", "asked for by an authority's own guide"),
    )
    DUTY = (
        "duty",
        Text("义务", "duty"),
        Text(
            "其他法律或日后阶段的义务，不影响能否递交",
            "of another law or a later stage; does not affect handing in",
        ),
    )
    PRACTICE = (
        "practice",
        Text("实务", "practice"),
        Text(
            "代办经验，只作提示，不影响能否递交",
            "reported by agencies; advises only",
        ),
    )

    meaning: Text

    def __new__(
        cls, code: str, text: Text | None = None, meaning: Text | None = None
    ) -> Self:
        """Make the member of a code, its word and what the word means."""
        if text is None or meaning is None:
            raise TypeError(f"{code} lacks words")
        member = str.__new__(cls, code)
        member._value_, member.text, member.meaning = code, text, meaning
        return member


class GradeGroup(WordedEnum):
    """What first screens tell apart: said, written by the company, or proven.

    Each carries what a criterion is called that is met by nothing stronger (`met`), and
    what it rests on then (`what`).
    """

    SAID = (
        *("said", Text("说了", "said")),
        *(Text("已说明", "stated"), Text("自述", "own word")),
    )
    WRITTEN = (
        *("written", Text("写了", "written")),
        *(Text("已写明", "written down"), Text("公司文件", "company papers")),
    )
    PROVEN = (
        *("proven", Text("证了", "proven")),
        *(
            Text("已证实", "met"),
            Text("外部材料或实测", "outside papers or observed"),
        ),
    )

    met: Text
    what: Text

    def __new__(
        cls,
        code: str,
        text: Text | None = None,
        met: Text | None = None,
        what: Text | None = None,
    ) -> Self:
        """Make the member of a code and its words."""
        if text is None or met is None or what is None:
            raise TypeError(f"{code} lacks words")
        member = str.__new__(cls, code)
        member._value_, member.text = code, text
        member.met, member.what = met, what
        return member


class Grade(IntEnum):
    """How well a record proves; a higher grade is a stronger proof.

    Each carries its code, as files write it, its words and its group.
    """

    _value_: int
    text: Text
    group: GradeGroup

    def __new__(
        cls, rank: int, text: Text | None = None, group: GradeGroup | None = None
    ) -> Self:
        """Make the member of a rank, its words and its group."""
        if text is None or group is None:
            raise TypeError(f"{rank} has no words")
        member = int.__new__(cls, rank)
        member._value_ = rank
        member.text, member.group = text, group
        return member

    DECLARED = 1, Text("自述", "declared"), GradeGroup.SAID
    TRANSCRIBED = 2, Text("未核对", "not checked"), GradeGroup.SAID
    UNDERTAKEN = 3, Text("公司文件", "company paper"), GradeGroup.WRITTEN
    DOCUMENTED = 4, Text("外部材料", "outside paper"), GradeGroup.PROVEN
    OBSERVED = 5, Text("实测", "observed"), GradeGroup.PROVEN
    ATTESTED = 6, Text("已向出具方核实", "checked with issuer"), GradeGroup.PROVEN

    @property
    def code(self) -> str:
        """The grade as files and JSON write it: observed."""
        return self.name.lower()


def find_grade(name: str) -> Grade:
    """Find the grade of a name as files write it: observed."""
    return Grade[name.upper()]


class Confidence(WordedEnum):
    """How well the source of a citation was read."""

    TEXT_VERIFIED = "text_verified", Text("条文已核读", "text read and checked")
    SECONDARY = (
        "secondary",
        Text("转录，未见官方原文", "from a copy; official text not seen"),
    )
    RECALLED = (
        "recalled",
        Text("凭一般了解，未见文本", "from general knowledge; text not seen"),
    )
    PRACTICE_HIGH = (
        "practice_high",
        Text("代办经验（多源一致）", "agency practice (several sources agree)"),
    )
    PRACTICE_MEDIUM = "practice_medium", Text("代办经验", "agency practice")
    PRACTICE_LOW = (
        "practice_low",
        Text(
            "代办经验（单一来源，仅供参考）",
            "agency practice (a single source, for reference only)",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce(YamlEntry):
    """Days from `start` to `end`, both included; no `end` means still in force.

    `precision` is what is known of `start`.
    """

    __pydantic_config__: ClassVar = make_file_names(start="from", end="to")

    start: Day
    end: Day | None = None
    precision: Literal["day", "month", "year"] = "day"

    def check(self) -> None:
        """Refuse an end before the start."""
        if self.end is not None and self.end < self.start:
            raise Refusal("早于 from", "comes before from", at="to")

    def covers(self, day: date) -> bool:
        """Tell whether `day` lies in force."""
        return self.start <= day and (self.end is None or day <= self.end)


_PRINCIPLE_ALONE: Final = Text(
    "条文只定原则，衡量办法出自实务",
    "the article states the principle; the measure is from practice",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation(YamlEntry):
    """Where a rule stands. `article` is None when no number may be printed.

    `principle`: the article was read and states the principle alone; the measure or
    number beside it is not in it.
    """

    instrument: InstrumentRef
    article: Words | None = None
    confidence: Confidence
    principle: Annotated[bool, MadeBy(bool, Literal[True])] = False
    says: BothLanguages | None = None

    @property
    def badge(self) -> Text:
        """How it was read, and whether what stands beside it is in it."""
        return _PRINCIPLE_ALONE if self.principle else self.confidence.text


Citations = Annotated[tuple[Citation, ...], NotEmpty]


def is_hearsay(citations: Iterable[Citation]) -> bool:
    """Whether a demand or its measure rests on what single agencies say, alone."""
    return all(
        citation.principle or citation.confidence is Confidence.PRACTICE_LOW
        for citation in citations
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWays(YamlEntry):
    """Other ways to put a question, as many in either language as there are."""

    zh: tuple[Words, ...] = ()
    en: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity(YamlEntry):
    """How long a record of the fact counts; no `days` is for ever, with a reason."""

    __pydantic_config__: ClassVar = make_file_names(reason="forever")

    days: Positive | None = None
    reason: BothLanguages | None = None

    def check(self) -> None:
        """Refuse both, and neither."""
        if (self.days is None) is (self.reason is None):
            raise Refusal(
                "应写 days，或写 forever 并说明理由",
                "must say days, or forever with a reason",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness(YamlEntry):
    """Why something is asked for recent: its days count from the day of issue.

    Without one they count from the day a paper was received.
    """

    because: BothLanguages
    citations: Citations = ()


def check_freshness(freshness: Freshness | None, days: int | None) -> None:
    """Refuse a freshness of no number of days."""
    if freshness is not None and days is None:
        raise Refusal(
            "须有天数：写明从出具日起算几天",
            "needs a number of days to count from the day of issue",
            at="freshness",
        )
