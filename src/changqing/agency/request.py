"""What to ask a client for: exactly what its case lacks, as a text to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.casework.events import NoticeLine
from changqing.day import beijing_day
from changqing.documents.document import Document
from changqing.documents.letters import format_plain, make_letter
from changqing.documents.made import name_safely
from changqing.judge.advice import ANSWER, LOOK_AGAIN, SETTLE
from changqing.judge.model import Aim
from changqing.report.model import CaseReport
from changqing.text import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for papers: who is asked, for what, and the text in Markdown."""

    to: str
    items: tuple[str, ...]
    markdown: str

    def write_document(self, *, folder: str | None = None) -> Document:
        """Write the request as a letter: Word, PDF, or plain text to paste.

        Its files are called after the client, and after the `folder` of the case where
        one is given: a client may have several.
        """
        name = f"{name_safely(self.to)}材料清单"
        if folder is not None:
            name = f"{name}-{name_safely(folder)}"
        return make_letter("request", self.markdown, file_name=name)

    @property
    def plain(self) -> str:
        """Its text as it is pasted into a message."""
        return format_plain(self.write_document())


def find_last_request(notes: Sequence[Note]) -> Note | None:
    """Find when the client was asked last, and for what; None where never."""
    return next((note for note in reversed(notes) if note.deed is Deed.ASK), None)


def request_papers(
    report: CaseReport,
    lines: Sequence[NoticeLine],
    language: Language,
    *,
    before: Note | None = None,
) -> Request:
    """Make the request of one case: open lines of a correction first, then its errands.

    `before` is the last request: this one then reminds of it, and says its day.

    An errand is asked for when it settles
    something that is required. What is unknown is asked as a question: a client is sent
    on no task that the answer may make needless.
    """
    name = report.case.name

    def t(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    text = [
        t(f"# 请{name}提供", f"# Asked of {name}"),
        "",
        t(
            f"按{report.as_of}的评估，还需要下面这些：先请回答，再给材料，"
            "最后是要办的事。材料写明了到哪里办、什么样的不收。",
            f"As of {report.as_of} the following is needed: answers first, then "
            "papers with where they are obtained and what is refused, then what is to "
            "be done.",
        ),
    ]
    if before is not None and before.recorded_at is not None:
        day = beijing_day(before.recorded_at)
        text += [
            "",
            t(
                f"{day}已经请过{len(before.items)}项，收到的不再列；下面是现在还缺的。",
                f"On {day} {len(before.items)} things were asked for. What has come is "
                "not listed again; this is what is lacking now.",
            ),
        ]
    items: list[str] = []
    if lines:
        text += ["", t("## 补正通知要求的", "## From the notice of correction"), ""]
        for line in lines:
            items.append(line.text)
            text.append(
                t(f"- 第{line.number}条：{line.text}", f"- {line.number}. {line.text}")
            )
    number = 0
    for aim in Aim:
        errands = [
            errand
            for errand in report.errands
            if errand.required
            and errand.aim is aim
            # Nobody but us looks at the site, or at what we have read.
            and errand.errand not in (LOOK_AGAIN, SETTLE)
        ]
        if not errands:
            continue
        heading = _HEADINGS[aim].say(language)
        text += ["", f"## {heading}"]
        for errand in errands:
            steps = [f"- [ ] {step.say(language)}" for step in errand.steps]
            if errand.errand == ANSWER:
                items += [step.say(language) for step in errand.steps]
                text += ["", *steps]
                continue
            number += 1
            title = errand.title.say(language)
            items.append(title)
            text += ["", f"### {number}. {title}", "", *steps]
            text += [
                t(
                    f"- 取什么：{errand.obtain.zh}",
                    f"- Obtain: {errand.obtain.en}",
                ),
                t(
                    f"- 到哪里办：{errand.where.zh}",
                    f"- Where: {errand.where.en}",
                ),
                t(
                    f"- 谁去办：{errand.who.zh}",
                    f"- Who: {errand.who.en}",
                ),
            ]
            text += [
                t(
                    f"- 不收：{refused.zh}",
                    f"- Refused: {refused.en}",
                )
                for refused in errand.refused
            ]
            day = errand.done_by
            text.append(t(f"- 最晚{day}", f"- By {day} at the latest"))
    if not items:
        text += ["", t("目前没有要补的。", "Nothing is needed at present.")]
    return Request(to=name, items=tuple(items), markdown="\n".join(text) + "\n")


_HEADINGS: Final[Mapping[Aim, Text]] = {
    Aim.CLEAR_UP: Text("请告诉我们", "Please tell us"),
    Aim.PAPERS: Text("请提供的材料", "Papers to send us"),
    Aim.ACT: Text("请办的事", "To be done"),
}


def record_request(folder: Path, request: Request, *, by: str, now: datetime) -> Note:
    """Write down that it was asked, and keep the text; returns the note."""
    note = Note(deed=Deed.ASK, by=by, to=request.to, items=request.items)
    with DeskJournal(folder) as desk:
        return desk.append(note, now=now, sent=request.markdown)
