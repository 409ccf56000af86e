"""Writes the first `case.yaml`, with a note on every field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from changqing.case.edit import write_new_case
from changqing.case.folder import CASE_FILE
from changqing.day import BEIJING
from changqing.errors import CaseError, Issue
from changqing.guide.interview import FACTS, InterviewAnswers
from changqing.guide.materials import checklist
from changqing.law.kinds.material import kinds_for
from changqing.law.kit import Standing
from changqing.law.model import Catalogue
from changqing.law.words import SCOPE_WORDS
from changqing.text import Language, Text
from changqing.yamlfile.edit import quote

_STAGE = "apply"


def write_case(
    folder: Path,
    answers: InterviewAnswers,
    catalogue: Catalogue,
    *,
    now: datetime,
    language: Language,
) -> Path:
    """Write `case.yaml` and an empty `documents/`; never over an existing case."""
    target = folder / CASE_FILE
    today = now.astimezone(BEIJING).date()
    text = "\n".join(_lines(answers, catalogue, today, language)) + "\n"
    try:
        write_new_case(folder, text)
    except OSError as error:
        raise CaseError(
            Issue(
                text=Text(zh="写不进这里", en="cannot be written"),
                path=str(target),
                hint=Text(
                    zh="换一个文件夹，已有的案件不会被改动",
                    en="choose another folder; an existing case is never changed",
                ),
            )
        ) from error
    return target


def _lines(
    answers: InterviewAnswers, catalogue: Catalogue, today: date, language: Language
) -> Iterator[str]:
    def note(zh: str, en: str) -> str:
        return f"# {Text(zh=zh, en=en).say(language)}"

    yield note(
        "长青案件。以#开头的是说明；不清楚的留空，不要填0或否。",
        "A Changqing case. Lines with # are notes; leave unknowns out, never write 0.",
    )
    yield note(
        "金额写单位（100万元），日期写作2027-01-15，是否写true或false。",
        "Money with its unit (100万元), days like 2027-01-15, true or false.",
    )
    yield ""
    yield "applicant:"
    for name in FACTS:
        fact = catalogue.facts["applicant", name]
        value = answers.facts.get(name, "")
        label = fact.label.say(language)
        if value:
            yield f"  {name}: {_scalar(value)}  # {label}"
        else:
            yield f"  # {name}:  # {label}"
    yield note(
        "其他可以填的事实见参考页docs/reference/。",
        "Further facts are in docs/reference/.",
    )
    yield ""
    yield "application:"
    licence = catalogue.licences[answers.licence].label.say(language)
    yield f"  licence: {answers.licence}  # {licence}"
    yield f"  scope: {answers.scope}  # {SCOPE_WORDS[answers.scope].say(language)}"
    if answers.scope == "cross_province":
        yield note(
            "覆盖哪些省写在下一行，例如[四川, 重庆]；覆盖全国的写[全国]。",
            "The provinces covered stand below, such as ['51', '50']; [nationwide] for"
            " all of them.",
        )
        yield "  # coverage: []"
    region = catalogue.regions[answers.region].label.say(language)
    yield f"  region: '{answers.region}'  # {region}"
    yield f"  stage: {_STAGE}"
    yield f"  submit_on: {answers.submit_on}"
    yield f"declared_on: {today}"
    yield ""
    if answers.url:
        yield "services:"
        for number, url in enumerate((answers.url, *answers.other_urls), start=1):
            name = "site" if number == 1 else f"site_{number}"
            yield f"  - {{id: {name}, kind: website, url: {_scalar(url)}}}"
    else:
        yield note("网站上线后写在这里。", "Add the website here when there is one.")
        yield "services: []"
    yield note(
        "应用、小程序写名称和商店页面；商店的网址不是公司的网站：",
        "Of an app or mini-programme name and page in its store, which is no site of "
        "yours:",
    )
    yield (
        "#  - {id: app, kind: app, name: 应用名称, store_page: https://…, "
        "filing_found: true, hosting_provider: 云服务商}"
    )
    yield ""
    yield note(
        "人员：岗位role可写technical、customer_service、security等；"
        "一人多岗写[technical, security]，要离职的写leaves_on: 日期。",
        "People: role is technical, customer_service, security and so on; two posts "
        "of one person are [technical, security]; who leaves has leaves_on: a day.",
    )
    if answers.technician:
        yield "people:"
        yield f"  - id: technician\n    name: {_scalar(answers.technician)}"
        yield "    role: technical\n    full_time: true"
        # Full-time is what was asked; whose contract it is was not.
        employer = catalogue.facts["person", "employer_is_applicant"].label
        yield f"    # employer_is_applicant:  # {employer.say(language)}"
    else:
        yield "people: []"
    yield ""
    yield note(
        "材料：文件放进documents/，每份写一条。去掉#并改成实际内容。",
        "Papers: put files into documents/, one entry each. Remove # and edit.",
    )
    yield "papers: []"
    wanted = checklist(
        catalogue,
        licence=answers.licence,
        scope=answers.scope,
        region=answers.region,
        stage=_STAGE,
        on=today,
    )
    for listed in wanted.papers:
        if listed.standing in (Standing.CONDITION, Standing.PUBLISHED):
            for name in _kinds(catalogue, listed.material.id):
                label = catalogue.materials[name].label.say(language)
                yield (
                    f"#  - {{id: {name}, kind: {name}, "
                    f"file: documents/{name}.pdf, received_on: {today}}}  # {label}"
                )
    yield ""
    yield note(
        "名单写全之后再声明齐全；在那之前，没写的算缺证，不算没有。",
        "Close a list when it is complete; before that a missing item is unknown.",
    )
    yield f"# closed: {{papers: {today}, people: {today}}}"
    yield note(
        "只缺其中一份、只有一个岗位没人，也可以单独说，不必声明整张名单齐全。",
        "One paper or post that is not there may be said by itself, lists left open.",
    )
    yield "# absent: [social_insurance]"
    yield "# nobody: [technical]"


def _kinds(catalogue: Catalogue, asked: str) -> Sequence[str]:
    """The papers that do for what is asked, where it is more than one paper's name."""
    others = [kind for kind in kinds_for(catalogue.materials, asked) if kind != asked]
    return others or [asked]


def _scalar(text: str) -> str:
    """A YAML scalar; booleans as they are, other words in double quotes."""
    return text if text in {"true", "false"} else quote(text)
