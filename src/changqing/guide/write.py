"""Writes the first `case.yaml`, with a note on every field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from changqing.case.edit import write_new_case
from changqing.case.folder import CASE_FILE
from changqing.case.read_members import list_kinds
from changqing.day import BEIJING
from changqing.errors import CaseError, Issue
from changqing.guide.interview import FACTS, InterviewAnswers
from changqing.guide.materials import list_long_term, make_checklist
from changqing.law.kinds.criterion import Weight
from changqing.law.kit import Standing
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.law.words import SCOPE_WORDS
from changqing.text import Language, Text
from changqing.yamlfile.edit import quote


def write_case(
    folder: Path,
    answers: InterviewAnswers,
    catalogue: Catalogue,
    *,
    now: datetime,
    language: Language,
    here: Collection[str] = (),
) -> Path:
    """Write `case.yaml` and an empty `documents/`; never over an existing case.

    Of the kinds of paper that are `here` already, none is suggested.
    """
    target = folder / CASE_FILE
    today = now.astimezone(BEIJING).date()
    text = "\n".join(_write_lines(answers, catalogue, today, language, here)) + "\n"
    try:
        write_new_case(folder, text)
    except OSError as error:
        raise CaseError(
            Issue(
                text=Text(zh="写不进这里", en="cannot be written"),
                path=str(target),
                hint=Text(
                    zh="换一个文件夹，已有的项目不会被改动",
                    en="choose another folder; an existing case is never changed",
                ),
            )
        ) from error
    return target


def _write_lines(
    answers: InterviewAnswers,
    catalogue: Catalogue,
    today: date,
    language: Language,
    here: Collection[str],
) -> Iterator[str]:
    """Write a case file with what was answered, and all else as comments to fill in."""

    # A note begins with ##; a line with one # is used by taking "# " away, so that an
    # editor's key for comments makes it one of the case.
    def write_note(zh: str, en: str) -> str:
        return f"## {Text(zh=zh, en=en).say(language)}"

    yield write_note(
        "长青申请项目。两个#开头的是说明；一个#开头的行，去掉#和一个空格就能用。",
        "A Changqing case. Lines with ## are notes; take “# ” away to use a line.",
    )
    yield write_note(
        "不清楚的留空，不要填0或否。金额写单位（1000万），日期写作2027-01-15或2027年1月15日，"
        "是否写是或否。",
        "Leave unknowns out, never write 0. Money with its unit (1000万元), days like "
        "2027-01-15, true or false.",
    )
    yield write_note(
        "每一处的写法和例子见docs/case-file.zh-CN.md，可以填的事实见docs/reference/。",
        "How each part is written, with examples: docs/case-file.md; every fact: "
        "docs/reference/.",
    )
    yield ""
    yield "applicant:"
    for name in FACTS:
        fact = catalogue.facts["applicant", name]
        value = answers.facts.get(name, "")
        label = fact.label.say(language)
        if value:
            yield f"  {name}: {_write_scalar(value)}  # {label}"
        else:
            yield f"  # {name}:  # {label}"
    yield ""
    yield "application:"
    licence = catalogue.licences[answers.licence].label.say(language)
    yield f"  licence: {answers.licence}  # {licence}"
    yield f"  scope: {answers.scope}  # {SCOPE_WORDS[answers.scope].say(language)}"
    if answers.scope == "cross_province":
        yield write_note(
            "覆盖哪些省写在下一行，例如[四川, 重庆]；覆盖全国的写[全国]。",
            "The provinces covered stand below, such as ['51', '50']; [nationwide] for"
            " all of them.",
        )
        yield "  # coverage: [全国]"
    region = catalogue.regions[answers.region].label.say(language)
    yield f"  region: '{answers.region}'  # {region}"
    yield f"  stage: {answers.stage}"
    yield f"  submit_on: {answers.submit_on}"
    yield f"declared_on: {today}"
    yield ""
    yield write_note("网站、应用和小程序。", "Websites, apps and mini-programmes.")
    yield "services:"
    urls = (answers.url, *answers.other_urls) if answers.url else ()
    for number, url in enumerate(urls, start=1):
        name = "site" if number == 1 else f"site_{number}"
        yield f"  - {{id: {name}, kind: website, url: {_write_scalar(url)}}}"
    if not urls:
        yield "  # - {id: site, kind: 网站, url: 'https://www.example.cn/'}"
    yield write_note(
        "应用、小程序写名称和商店页面；商店的网址不是公司的网站：",
        "Of an app or mini-programme name and page in its store, which is no site of "
        "yours:",
    )
    yield (
        "  # - {id: app, kind: app, name: 应用名称, "
        "store_page: 'https://apps.apple.com/cn/app/id1', hosting_provider: 云服务商}"
    )
    yield ""
    yield write_note(
        "人员：一人多岗写[技术人员, 信息安全负责人]，留任的写leaving: 否，"
        "要离职的写leaves_on: 日期。",
        "People: two posts of one person are [technical, security]; who stays has "
        "leaving: no, who leaves has leaves_on: a day.",
    )
    yield "people:"
    if answers.technician:
        yield f"  - id: technician\n    name: {_write_scalar(answers.technician)}"
        yield "    role: technical\n    full_time: true"
        # Full-time is what was asked; whose contract it is was not.
        employer = catalogue.facts["person", "employer_is_applicant"].label
        yield f"    # employer_is_applicant:  # {employer.say(language)}"
    posts = list_kinds(catalogue, SUBJECTS["person"])
    for role, post in posts.items():
        if role not in ("other", "technical" if answers.technician else ""):
            role_word = post.zh if language is Language.ZH else role
            yield f"  # - {{id: {role}, name: 姓名, role: {role_word}}}"
    yield ""
    yield from _list_papers(answers, catalogue, today, language, here)
    yield ""
    yield write_note(
        "名单写全之后再声明齐全；在那之前，没写的算缺证，不算没有。",
        "Close a list when it is complete; before that a missing item is unknown.",
    )
    yield f"# closed: {{papers: {today}, people: {today}}}"
    yield write_note(
        "只缺其中一份、只有一个岗位没人，也可以单独说，不必声明整张名单齐全。",
        "One paper or post that is not there may be said by itself, lists left open.",
    )
    yield "# absent: []"
    yield "# nobody: []"


def _list_papers(
    answers: InterviewAnswers,
    catalogue: Catalogue,
    today: date,
    language: Language,
    here: Collection[str],
) -> Iterator[str]:
    """The papers that are asked for, then those that show long-term capability."""
    checklist = make_checklist(
        catalogue,
        licence=answers.licence,
        scope=answers.scope,
        region=answers.region,
        stage=answers.stage,
        on=today,
    )
    kinds_asked = [
        kind
        for listed in checklist.papers
        if listed.standing in (Standing.CONDITION, Standing.PUBLISHED)
        for kind in _list_kinds(catalogue, listed.material.id)
    ]
    telling: dict[Weight, list[str]] = {weight: [] for weight in Weight}
    for name, weight in list_long_term(catalogue, today).items():
        for kind in _list_kinds(catalogue, name):
            if kind not in kinds_asked and not any(
                kind in kinds_told for kinds_told in telling.values()
            ):
                telling[weight].append(kind)
    groups = (
        (
            Text(
                "材料：文件放进documents/，每份写一条。下面这些是递交时要的。",
                "Papers: put files into documents/, one entry each. These are asked "
                "for.",
            ),
            kinds_asked,
        ),
        (
            Text(
                "这些证明长期服务能力，评估的关键点读它们：",
                "These show long-term capability; the key points read them:",
            ),
            telling[Weight.CORE],
        ),
        (
            Text("这些也与长期服务能力有关，有就列：", "These bear on it as well:"),
            telling[Weight.SUPPORTING],
        ),
    )
    for number, (heading, kinds) in enumerate(groups):
        yield f"## {heading.say(language)}"
        if not number:
            yield "papers:"
        for kind in dict.fromkeys(kinds):
            if kind in here:
                continue
            label = catalogue.materials[kind].label
            # In Chinese, kinds are written by their names, as people call their files.
            kind_word = label.zh if language is Language.ZH else kind
            beside = "" if language is Language.ZH else f"  # {label.en}"
            yield (
                f"  # - {{id: {kind}, kind: {kind_word}, "
                f"file: documents/{kind_word}.pdf, received_on: {today}}}{beside}"
            )


def _list_kinds(catalogue: Catalogue, material: str) -> Sequence[str]:
    """List the papers that do for what is asked, where that is more than one."""
    others = [kind for kind in list_kinds_for(catalogue, material) if kind != material]
    return others or [material]


def _write_scalar(text: str) -> str:
    """Write a YAML scalar; booleans as they are, other words in double quotes."""
    return text if text in {"true", "false"} else quote(text)
