"""What still stands between a case and its handing in: one answer for every page.

Two things do. Each condition and published requirement must be proven; that is the
first sentence of an assessment. And the documents must be written to the end: nothing
in them blank, no two places at odds. What rests on the applicant's own word does not
stand in the way; signing and sealing is what is left when all is written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from changqing.judge.model import Assessment
from changqing.judge.verdict import blocks
from changqing.report.sentences import count_waiting, format_count
from changqing.report.words import HandingInState
from changqing.text import Text

_STAGES: Final = frozenset({"prepare", "apply", "renew"})
"""The stages at which the whole dossier is handed in."""
_PROVEN: Final = Text("要求都有证据；", "Every requirement is proven. ")


class WrittenDocument(Protocol):
    """What is asked of a document that is handed in."""

    @property
    def complete(self) -> bool:
        """Whether nothing in it is blank."""

    @property
    def blanks(self) -> Sequence[object]:
        """The places to fill in."""

    @property
    def id(self) -> str:
        """What it is called among the documents."""

    @property
    def signature(self) -> bool:
        """Whether it is to be signed and sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingIn:
    """What is left to do before a case can be handed in.

    `unmet` requirements do not hold, `unproven` ones lack proof. Of `documents`,
    `to_fill` have `blanks`, and `to_sign` are still to be signed and sealed; `apart`
    things are said differently in different places. `documents` is None where nobody
    has written them yet, and `broken` says that they cannot be.
    """

    unmet: int
    unproven: int
    documents: int | None
    to_fill: int
    blanks: int
    apart: int
    to_sign: int
    broken: bool = False

    @property
    def is_written(self) -> bool:
        """Whether the documents are complete, but for signatures and seals."""
        return self.documents is not None and not (self.blanks or self.apart)

    @property
    def ready(self) -> bool:
        """Whether only signing is left."""
        return self.is_written and not (self.unmet or self.unproven)

    @property
    def state(self) -> HandingInState:
        """The answer in a word: what stands in the way most."""
        if self.ready:
            return HandingInState.READY
        if self.unmet:
            return HandingInState.NOT_YET
        return HandingInState.UNPROVEN if self.unproven else HandingInState.TO_WRITE

    @property
    def text(self) -> Text:
        """The answer in a sentence."""
        if self.ready and not self.to_sign:
            return Text(
                zh=f"要求都有证据，{self.documents}份文书都已写好，"
                "该签字盖章的已签好归档：现在就可以递交。",
                en=f"Every requirement is proven, all {self.documents} documents are "
                "written and those to be signed are signed: it can be submitted now.",
            )
        if self.ready:
            return Text(
                zh=f"要求都有证据，{self.documents}份文书都已写好："
                f"签字盖章{self.to_sign}份，现在就可以递交。",
                en=f"Every requirement is proven and all {self.documents} documents "
                f"are written: sign and seal {self.to_sign}, and it can be submitted "
                "now.",
            )
        zh, en = list[str](), list[str]()
        if self.unmet:
            zh.append(f"{self.unmet}项要求没有满足")
            en.append(f"{format_count(self.unmet, 'requirement')} not satisfied")
        if self.unproven:
            zh.append(f"{self.unproven}项要求还缺证据")
            en.append(f"{format_count(self.unproven, 'requirement')} without evidence")
        about_documents = self.documents_text
        lead = Text("", "") if zh else _PROVEN
        if about_documents is not None:
            zh.append(about_documents.zh)
            en.append(about_documents.en)
        return Text(
            zh=f"{lead.zh}递交前还差：{'，'.join(zh)}。",
            en=f"{lead.en}Before it can be submitted: {'; '.join(en)}.",
        )

    @property
    def documents_text(self) -> Text | None:
        """What the documents lack; None where nothing is known to be lacking."""
        if self.broken:
            return Text("文书现在写不出来", "the documents cannot be written now")
        if self.is_written or self.documents is None:
            return None
        zh, en = list[str](), list[str]()
        if self.blanks:
            zh.append(f"{self.to_fill}份文书待补{self.blanks}处")
            en.append(
                f"{format_count(self.blanks, 'place')} to fill in "
                f"{format_count(self.to_fill, 'document')}"
            )
        if self.apart:
            zh.append(f"{self.apart}件事说法不一")
            en.append(f"{format_count(self.apart, 'thing')} said differently")
        return Text("，".join(zh), "; ".join(en))


def compute_handing_in(
    assessment: Assessment,
    documents: Sequence[WrittenDocument] | None,
    *,
    apart: int = 0,
    signed: Collection[str] = (),
    broken: bool = False,
) -> HandingIn | None:
    """Compute what is left before handing in; None where no dossier is handed in.

    `documents` are those of the whole dossier, None where they were not written;
    `apart` counts the things that are said differently, and of the documents in
    `signed` the signed copy is there.
    """
    stage = assessment.situation.application.stage
    if assessment.readiness is None or stage not in _STAGES:
        return None
    documents_written = documents or ()
    return HandingIn(
        unmet=sum(blocks(finding) for finding in assessment.findings),
        unproven=count_waiting(assessment),
        documents=None if documents is None else len(documents),
        to_fill=sum(not document.complete for document in documents_written),
        blanks=sum(len(document.blanks) for document in documents_written),
        apart=apart,
        to_sign=sum(
            document.signature and document.id not in signed
            for document in documents_written
        ),
        broken=broken,
    )
