"""The letter with which a dossier is handed in: what is applied for, what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from changqing.case.model import Case
from changqing.case.normalise import write_phone
from changqing.case.subjects import APPLICANT
from changqing.documents.attachments import Attachments
from changqing.documents.authority import name_authority
from changqing.documents.document import INDEX, Document
from changqing.documents.letters import make_letter
from changqing.documents.markup import escape
from changqing.judge.model import Situation
from changqing.judge.words import say_value
from changqing.law.model import Catalogue
from changqing.law.words import SCOPE_WORDS


def write_cover_letter(
    case: Case,
    situation: Situation,
    catalogue: Catalogue,
    documents: Sequence[Document],
    attachments: Attachments,
) -> Document:
    """Write the cover letter of a dossier; its day is left open, to be filled in."""
    application = situation.application
    licence = catalogue.licences[application.licence]
    listed = [document for document in documents if document.id != INDEX]
    kind = "延续" if application.stage == "renew" else "申请"
    lines = [
        "# 关于递交申请材料的函",
        "",
        f"{name_authority(situation, catalogue)}：",
        "",
        f"{escape(case.name)}{kind}{licence.label.zh}（{application.licence}）经营许可，"
        f"业务覆盖范围为{say_coverage(situation, catalogue)}。"
        f"现递交材料{len(listed)}份，附件{len(tuple(attachments))}件，请予审查。",
        "",
        "| 编号 | 材料 |",
        "|---|----------|",
        *(
            f"| {document.number or '附'} | {escape(document.title)} |"
            for document in listed
        ),
        "",
        *_list_contact(case, situation),
        "",
        f"{escape(case.name)}（盖章）",
        "",
        "　　　年　　月　　日",
    ]
    return make_letter("cover_letter", "\n".join(lines), file_name="递交函")


def say_coverage(situation: Situation, catalogue: Catalogue) -> str:
    """Say where the service is to be given, as the application itself says it."""
    application = situation.application
    scope = SCOPE_WORDS[application.scope].zh
    region = catalogue.regions.get(application.region)
    if application.scope == "intra_province":
        return scope if region is None else f"{escape(region.label.zh)}（{scope}）"
    found = situation.resolved.get((APPLICANT, "coverage"))
    if found is None or found.best is None:
        return scope
    covered = say_value(found.best, catalogue.facts["applicant", "coverage"])
    return f"{escape(covered.zh)}（{scope}）"


def _list_contact(case: Case, situation: Situation) -> Iterator[str]:
    """Who answers for the company and how it is reached, as far as that is known."""
    contacts = [
        escape(person.name)
        for person in case.people
        if (resolved_fact := situation.resolved.get((person.subject, "named_contact")))
        and resolved_fact.best is True
    ]
    parts = [f"联系人：{'、'.join(contacts)}"] if contacts else []
    for fact, label in (("contact_phone", "电话"), ("contact_email", "电子邮箱")):
        resolved_fact = situation.resolved.get((APPLICANT, fact))
        value = None if resolved_fact is None else resolved_fact.best
        if isinstance(value, str):
            text = write_phone(value) if fact == "contact_phone" else value
            parts.append(f"{label}：{escape(text)}")
    if parts:
        yield f"联系方式　{'；'.join(parts)}"
