"""What one document states and lacks: each value with its proof, each blank named.

A statement and a blank are put into the text between private marks, by which they are
found again once the template is written and cut into sections.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from changqing.case.subjects import Subject
from changqing.documents.attachments import Attachments
from changqing.documents.cited import (
    ReadRecords,
    find_cited,
    label_record,
)
from changqing.documents.document import (
    Blank,
    DocumentEdition,
    DocumentStatement,
)
from changqing.documents.markup import CLOSE, OPEN, escape
from changqing.documents.naming import (
    name_one_of_several,
    name_subject,
    write_doubt,
    write_value,
)
from changqing.documents.numbering import Numbering, find_place
from changqing.documents.waiting_readings import WaitingValue, WaitingValues
from changqing.evidence.model import Record, Resolved, SourceKind
from changqing.judge.model import Situation
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.rules.types import Kind, Value

_DECLARED = "^自述^"


@dataclass(slots=True, kw_only=True)
class Statements:
    """The statements and blanks of one document, gathered while it is written.

    `read` is what each paper of the case states, whoever states it more strongly;
    `materials` are the papers that this document is itself. `said` and `missing` fill
    with each statement and blank, in the order of their marks in the text.
    """

    situation: Situation
    catalogue: Catalogue
    numbers: Numbering
    attachments: Attachments
    edition: DocumentEdition
    read: ReadRecords
    waiting: WaitingValues
    document: str
    materials: tuple[str, ...]
    said: list[DocumentStatement] = field(default_factory=list)
    missing: list[Blank] = field(default_factory=list)

    def label(self, subject: Subject) -> str:
        """Name somebody or something as the case calls it."""
        return escape(name_subject(self.situation, self.catalogue, subject))

    def say_fact(self, name: str, subject: Subject, *, short: bool) -> str:
        """State a fact with its evidence number, or ask for it; `short` for a table."""
        fact = self.catalogue.facts[subject.type, name]
        resolved_fact = self.situation.resolved.get((subject, name))
        value, record = self._find_cited(resolved_fact)
        if value is None or record is None or resolved_fact is None:
            return self.ask_for_fact(name, subject)
        region = self.catalogue.regions.get(self.situation.application.region)
        text = write_value(value, fact, short=short, region=region)
        doubt = write_doubt(resolved_fact, fact, short=short)
        return (
            self.make_statement(text, escape(text), resolved_fact, value, record)
            + doubt
        )

    def make_statement(
        self,
        text: str,
        markdown: str,
        resolved_fact: Resolved | None,
        value: Value,
        record: Record,
    ) -> str:
        """Note a statement and give its Markdown between marks, with its number.

        `text` is what it says without Markdown, `resolved_fact` all that is known of
        the fact, `record` what is cited for it.
        """
        piece = self.numbers.find_piece(record)
        declared = record.source.kind is SourceKind.FORM or piece is None
        place = self._describe_place(record)
        source = "自述" if piece is None else piece.title + (place and f"，{place}")
        self.said.append(
            DocumentStatement(
                text=text,
                subject=record.subject,
                fact=record.fact,
                grade=Grade.DECLARED if declared else record.grade,
                evidence=None if piece is None else piece.number,
                document=self.document,
                section="",
                value=value,
                source=source,
                label=label_record(self.catalogue, self.attachments, record),
                about=name_one_of_several(
                    self.situation, self.catalogue, record.subject
                ),
                place=place,
            )
        )
        mark = _DECLARED if piece is None else f"^{piece.number}^"
        if self.edition is DocumentEdition.CLEAN:
            mark = ""
        at = len(self.said) - 1
        return f"{OPEN}s{at}{CLOSE}{markdown}{OPEN}t{at}{CLOSE}{mark}"

    def refer_to(self, record: Record, name: str) -> str:
        """Name the paper a record came from, and the place in it.

        In the copy to hand in by its number among the attachments.
        """
        attachment = self.attachments.find(record.source.name)
        place = self._describe_place(record)
        if self.edition is DocumentEdition.CLEAN and attachment is not None:
            return attachment.name_place(place)
        return f"{name}{place}"

    def ask_for_fact(self, name: str, subject: Subject) -> str:
        """Leave a blank for a fact, with what would prove it.

        Where a paper of the case says it already, what it says is to be confirmed.
        """
        fact = self.catalogue.facts[subject.type, name]
        who = "" if subject.type == "applicant" else f"{self.label(subject)}："
        waiting = self.waiting.find(subject, name)
        if waiting is not None:
            return self.ask_to_confirm(f"{who}{fact.label.zh}", waiting, name, subject)
        proof = self._name_proofs(fact)
        if fact.type.kind is Kind.BOOLEAN and fact.question is not None:
            # As a label it would read as if it had to be so.
            return self.ask_for(f"{who}{fact.question.zh}{proof}", name, subject)
        comma = "，" if proof else ""
        return self.ask_for(f"{who}{fact.label.zh}{comma}{proof}", name, subject)

    def ask_to_confirm(
        self, what: str, waiting: WaitingValue, fact: str, subject: Subject
    ) -> str:
        """Leave a blank for what a paper here says and a person has yet to confirm."""
        return self.ask_for(
            f"{what}，{waiting.sentence}",
            fact,
            subject,
            head="待确认",
            reading=waiting.name,
        )

    def ask_for(
        self,
        supply: str,
        fact: str,
        subject: Subject | None,
        *,
        post: str | None = None,
        head: str = "待补",
        reading: str | None = None,
    ) -> str:
        """Note a blank and give it between marks: `supply` says what belongs there.

        `post` is a post that nobody holds, `reading` the value that a paper says.
        """
        supply = escape(supply)
        self.missing.append(
            Blank(
                supply=supply,
                document=self.document,
                section="",
                fact=fact,
                subject=subject,
                post=post,
                reading=reading,
            )
        )
        return f"{OPEN}b{len(self.missing) - 1}{CLOSE}〔{head}：{supply}〕"

    def _find_cited(
        self, resolved_fact: Resolved | None
    ) -> tuple[Value | None, Record | None]:
        as_of, own = self.situation.as_of, self.materials
        return find_cited(resolved_fact, self.read, self.attachments, as_of, own=own)

    def _describe_place(self, record: Record) -> str:
        """Where in its paper a record stands; nothing where it is the paper itself."""
        attachment = self.attachments.find(record.source.name)
        place = find_place(record)
        whole = attachment is not None and place == attachment.paper.file.path
        return "" if whole else place

    def _name_proofs(self, fact: Fact) -> str:
        """Name what would prove a fact: papers but the one being written, or a look."""
        kinds = [source.partition(":") for source in fact.sources]
        papers = [
            f"《{self.catalogue.materials[name].label.zh}》"
            for kind, _, name in kinds
            if kind == "paper" and name not in self.materials
        ]
        if papers:
            return f"以{'或'.join(papers[:2])}为证"
        looks = [name for kind, _, name in kinds if kind == "guided"]
        if looks and fact.type.kind is not Kind.BOOLEAN:
            return f"{self.catalogue.looks[looks[0]].title.zh}后填写"
        return ""
