"""A document as a page to be filled in: its text, with the fields where they stand.

What the program wrote stands as it prints. A fact that a person may say is a field in
its place, a choice is a menu in its place, and the company's own text of a section
stands below it. `read_changes` makes of what was sent what is written into the case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from changqing.case.edit import CaseData, Clash, FieldChange, find_place
from changqing.case.model import Case
from changqing.case.read_own_text import LONGEST_OWN_TEXT, LONGEST_TITLE
from changqing.case.subjects import Subject
from changqing.case.values import NotAValueError
from changqing.documents.choices import warn_of
from changqing.documents.document import CITED, Document, DocumentStatement, Section
from changqing.documents.markup import CLOSE, OPEN
from changqing.documents.own_text import OPENING, format_own_text
from changqing.judge.model import Situation
from changqing.law.kinds.choice import PlanChoice
from changqing.law.kit import Grade
from changqing.rules.types import Kind
from changqing.text import Text
from changqing_web.documents.prose import render_prose
from changqing_web.facts.drafts import Typed
from changqing_web.facts.fact_field import FactField, say_answer, say_mistake
from changqing_web.facts.tables import LISTS
from changqing_web.findings.mending import is_asked
from changqing_web.index import catalogue
from changqing_web.language import page_language

OWN_WORDS: Final = "own_words"  # the answer that is none of those offered
LONGEST_WORDS: Final = 2_000  # characters of own words, as the case file takes them
_CONTACT: Final = "named_contact"
_NAMES: Final = frozenset({"name", "url"})  # changed where the members are listed
_SHOWN_BY_KIND: Final = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.CATEGORY})
_RANGE: Final = re.compile(f"{OPEN}(?:s([0-9]+){CLOSE}(.*?){OPEN}t\\1{CLOSE})", re.S)
_CHOICE: Final = re.compile(f"{OPEN}c([0-9]+){CLOSE}(.*?){OPEN}e\\1{CLOSE}", re.S)
_BLANK: Final = re.compile(f"{OPEN}b([0-9]+){CLOSE}(<mark>.*?</mark>)?", re.S)
_ANY: Final = re.compile(f"{OPEN}[a-z][0-9]+{CLOSE}")


@dataclass(slots=True, kw_only=True)
class ChoiceInput:
    """A choice as a menu in its place: what is taken, and own words."""

    choice: PlanChoice
    ticked: str = ""
    words: str = ""
    shown: object = None
    warnings: tuple[Text, ...] = ()
    theirs: str = ""

    @property
    def was(self) -> str:
        """What the page was shown, for the form to send back."""
        return json.dumps(self.shown, ensure_ascii=False)


@dataclass(slots=True, kw_only=True)
class OwnInput:
    """The company's own text of one section."""

    number: int
    title: str
    words: str = ""
    instead: bool = False
    shown: object = None
    theirs: SafeString | None = None

    @property
    def was(self) -> str:
        """What the page was shown, for the form to send back."""
        return json.dumps(self.shown, ensure_ascii=False)

    @property
    def html(self) -> SafeString:
        """The text as it prints, for the page to begin with."""
        return (
            render_prose(format_own_text(self.words)) if self.words else mark_safe("")
        )

    @property
    def lines(self) -> int:
        """How many lines the plain field has."""
        return min(max(self.words.count("\n") + 2, 3), 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    """One section: its heading, its text with fields in it, and own text."""

    id: str
    title: str
    html: SafeString
    own: OwnInput
    ours: bool = True  # whether the program writes in it, or the company alone

    @property
    def heading(self) -> SafeString:
        """The heading as it prints; nothing where there is none."""
        return render_prose(f"## {self.title}") if self.title else mark_safe("")


@dataclass(slots=True, kw_only=True)
class Changes:
    """What a person sent: what is to be written, and what is wrong with it."""

    wanted: list[FieldChange] = field(default_factory=list)
    fields: dict[str, FactField] = field(default_factory=dict)
    choices: dict[str, ChoiceInput] = field(default_factory=dict)
    own: dict[str, OwnInput] = field(default_factory=dict)
    contact: str = ""
    posts: dict[str, str] = field(default_factory=dict)  # names typed, by post
    wrong: list[Text] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether anything of it cannot be written."""
        return bool(self.wrong) or any(
            fact_field.errors for fact_field in self.fields.values()
        )

    def tell_clashes(self, clashes: Sequence[Clash]) -> None:
        """Say beside each field what somebody else wrote there meanwhile."""
        for clash in clashes:
            for fact_field in self.fields.values():
                if fact_field.at == clash.at:
                    fact_field.shown = clash.theirs
                    fact_field.theirs = say_answer(fact_field.fact, clash.theirs).say(
                        page_language()
                    )
            for choice in self.choices.values():
                if clash.at == ("choices", choice.choice.id):
                    choice.shown = clash.theirs
                    choice.theirs = _say_choice(choice.choice, clash.theirs)
            for own in self.own.values():
                if clash.at[:1] == ("own_text",) and clash.at[2] == own.title:
                    words, _ = _parse_own(clash.theirs)
                    own.shown = clash.theirs
                    own.theirs = render_prose(format_own_text(words or "–"))


def _say_choice(choice: PlanChoice, value: object) -> str:
    ticked, words = _parse_choice(value)
    answer = choice.find_answer(ticked)
    return words or ("–" if answer is None else answer.label.say(page_language()))


def _parse_choice(value: object) -> tuple[str, str]:
    """Which answer the case file has, and the own words."""
    if isinstance(value, Mapping):
        return OWN_WORDS, str(value.get("words") or "")
    return str(value or ""), ""


def _parse_own(value: object) -> tuple[str, bool]:
    if isinstance(value, Mapping):
        return str(value.get("words") or ""), value.get("instead") is True
    return str(value or ""), False


def write_choice(ticked: str, words: str) -> object:
    """Write what the case file is to say of a choice; None for what is not decided.

    Who writes a sentence and ticks nothing means the sentence.
    """
    sentence = " ".join(words[:LONGEST_WORDS].split())
    if ticked == OWN_WORDS or (sentence and not ticked):
        return {"words": sentence} if sentence else None
    return ticked or None


# ── what was sent ────────────────────────────────────────────────────────────────────


def read_changes(
    typed: Typed, document: str, case: Case, case_data: CaseData
) -> Changes:
    """Read what was sent of a document's page: each thing that is not as it was."""
    changes = Changes()
    for name in typed.data:
        kind, _, place = name.partition(".")
        if kind == "was":
            _read_fact(changes, typed, place, case)
        elif kind == "wasc" and place in catalogue().choices:
            _read_choice(changes, typed, place)
        elif kind == "waso":
            _read_own(changes, typed, place, document)
    _read_contact(changes, typed, case, case_data)
    _read_posts(changes, typed, case, case_data)
    return changes


def _read_fact(changes: Changes, typed: Typed, name: str, case: Case) -> None:
    kind, _, place = name.partition(".")
    member, _, fact_id = place.rpartition(".")
    fact = catalogue().facts.get((kind, fact_id))
    subject = Subject(kind, member)
    if fact is None or not is_asked(fact) or subject not in case.list_subjects():
        return
    field = FactField(subject=subject, fact=fact, at=find_place(subject, fact_id))
    field.shown = typed.get_json(f"was.{name}")
    field.take_typed(typed.get_all)
    changes.fields[name] = field
    try:
        value = field.parse_answer()
    except NotAValueError as error:
        field.errors.append(say_mistake(error))
        return
    if value != field.shown:
        changes.wanted.append(FieldChange(at=field.at, value=value, shown=field.shown))


def _read_choice(changes: Changes, typed: Typed, name: str) -> None:
    choice_input = ChoiceInput(
        choice=catalogue().choices[name],
        ticked=typed.get_one(f"a.{name}"),
        words=typed.get_one(f"w.{name}").strip(),
        shown=typed.get_json(f"wasc.{name}"),
    )
    changes.choices[name] = choice_input
    # Words that the menu hides are of an answer that was given up.
    words = choice_input.words if choice_input.ticked in {"", OWN_WORDS} else ""
    value = write_choice(choice_input.ticked, words)
    if value != choice_input.shown:
        at = ("choices", name)
        changes.wanted.append(FieldChange(at=at, value=value, shown=choice_input.shown))


def _read_own(changes: Changes, typed: Typed, number: str, document: str) -> None:
    """Read the company's own words for a section, and note the change or fault."""
    words = typed.get_one(f"ow.{number}").replace("\r\n", "\n").replace("\r", "\n")
    title = " ".join(typed.get_one(f"ot.{number}").split())
    own_input = OwnInput(
        number=int(number) if number.isascii() and number.isdigit() else 0,
        title=title,
        words="".join(c for c in words if c == "\n" or c.isprintable()).strip(),
        instead=bool(typed.get_one(f"oi.{number}")),
        shown=typed.get_json(f"waso.{number}"),
    )
    changes.own[number] = own_input
    if not own_input.words and own_input.shown is None:
        return
    if not title:
        changes.wrong.append(_NO_TITLE)
    elif len(own_input.words) > LONGEST_OWN_TEXT or len(title) > LONGEST_TITLE:
        changes.wrong.append(_TOO_LONG)
    else:
        value: object = own_input.words or None
        if own_input.words and own_input.instead:
            value = {"words": own_input.words, "instead": True}
        if value != own_input.shown:
            at = ("own_text", document, title)
            changes.wanted.append(
                FieldChange(at=at, value=value, shown=own_input.shown)
            )


def _read_contact(
    changes: Changes, typed: Typed, case: Case, case_data: CaseData
) -> None:
    changes.contact = typed.get_one(_CONTACT)
    for person in case.people:
        if person.subject.id == changes.contact:
            at = find_place(person.subject, _CONTACT)
            changes.wanted.append(
                FieldChange(at=at, value=True, shown=case_data.find_value(at))
            )


def _read_posts(
    changes: Changes, typed: Typed, case: Case, case_data: CaseData
) -> None:
    """Give a post to who was named for it: somebody of the case, or somebody new."""
    post_codes = catalogue().facts["person", "roles"].type.values or frozenset()
    fresh: dict[str, list[str]] = {}
    for field_name in typed.data:
        kind, _, post = field_name.partition(".")
        name = " ".join(typed.get_one(field_name).split())
        if kind != "post" or post not in post_codes or not name:
            continue
        changes.posts[post] = name
        person = next((member for member in case.people if member.name == name), None)
        if person is None:
            fresh.setdefault(name, []).append(post)
            continue
        at = find_place(person.subject, "roles")
        change = FieldChange(
            at=at, value=[*person.roles, post], shown=case_data.find_value(at)
        )
        changes.wanted.append(change)
    taken_ids = {str(person.get("id")) for person in case_data.list_items("people")}
    for name, posts in fresh.items():
        free = next(n for n in count(1) if f"person-{n}" not in taken_ids)
        identity = f"person-{free}"
        taken_ids.add(identity)
        role: object = posts[0] if len(posts) == 1 else posts
        item = {"id": identity, "name": name, "role": role}
        at = ("people", identity)
        changes.wanted.append(FieldChange(at=at, value=item, shown=None))


_NO_TITLE: Final = Text("自己加的一节要有标题", "a section of your own needs a title")
_TOO_LONG: Final = Text(
    f"一节最多{LONGEST_OWN_TEXT}字，标题最多{LONGEST_TITLE}字",
    f"a section may have {LONGEST_OWN_TEXT} characters, and its title {LONGEST_TITLE}",
)


# ── the page ─────────────────────────────────────────────────────────────────────────


class PageWriter:
    """Writes the sections of a document with the fields in their places.

    `sent` is what somebody sent and could not be written: it stands in the fields.
    """

    def __init__(
        self,
        document: Document,
        case: Case,
        situation: Situation,
        written: CaseData,
        *,
        chart: Callable[[str], str],
        sent: Changes | None = None,
    ) -> None:
        self._document = document
        self._case = case
        self._situation = situation
        self._written = written
        self._chart = chart
        self._sent = sent or Changes()
        self.placed: set[str] = set()
        """What has a field on the page: names of facts, ids of choices."""

    def write_sections(self) -> list[SectionPage]:
        """Write the sections in their order, and one more for the company to begin."""
        texts = self._written.find_value(("own_text", self._document.id))
        own_texts = dict(texts) if isinstance(texts, Mapping) else {}
        pages = [
            self._write_section(number, section, own_texts)
            for number, section in enumerate(self._document.sections, start=1)
            if section.id != CITED
        ]
        number = len(pages) + 1
        fresh_own = self._sent.own.get(str(number)) or OwnInput(number=number, title="")
        pages.append(
            SectionPage(
                id="new", title="", html=mark_safe(""), own=fresh_own, ours=False
            )
        )
        return pages

    def list_cited(self) -> SafeString:
        """List what stands behind the statements, as it closes the document."""
        return mark_safe(  # noqa: S308 - cleaned
            "".join(
                render_prose(f"## {section.title}\n\n{section.markdown}")
                for section in self._document.sections
                if section.id == CITED
            )
        )

    def _write_section(
        self, number: int, section: Section, own_texts: Mapping[str, object]
    ) -> SectionPage:
        title = section.title or OPENING
        ours = bool(section.marked)
        # The heading that stands in the document is escaped, the key of the file not.
        title = next((key for key in own_texts if _is_title(key, title)), title)
        shown_value = own_texts.get(title)
        words, instead = _parse_own(shown_value)
        own = self._sent.own.get(str(number))
        if own is None or own.title != title:
            own = OwnInput(
                number=number,
                title=title,
                words=words,
                instead=instead,
                shown=shown_value,
            )
        return SectionPage(
            id=section.id,
            title=section.title,
            html=self._fill_section(section) if ours else mark_safe(""),
            own=own,
            ours=ours,
        )

    def _fill_section(self, section: Section) -> SafeString:
        if self._document.origin == "word":
            return render_prose(section.markdown, self._chart)
        html = str(render_prose(section.marked, self._chart))
        html = _CHOICE.sub(self._fill_choice, html)
        html = _RANGE.sub(self._fill_statement, html)
        html = _BLANK.sub(self._fill_blank, html)
        return mark_safe(_ANY.sub("", html))  # noqa: S308 - cleaned, and our fields

    def _fill_choice(self, match: re.Match[str]) -> str:
        name = self._document.places.choices[int(match[1])]
        widget = self._make_choice(name)
        if widget is None:
            return match[2]
        choice_input, html = widget
        sentence = "" if choice_input.ticked == OWN_WORDS else match[2]
        return f'{html}<span class="sentence">{sentence}</span>'

    def _fill_statement(self, match: re.Match[str]) -> str:
        statement = self._document.places.statements[int(match[1])]
        # A fact may stand in the sentence of another.
        inside = _RANGE.sub(self._fill_statement, match[2])
        if not self._may_say_anew(statement):
            return inside
        return (
            self._make_field(statement.subject, statement.fact, statement.label)
            or inside
        )

    def _may_say_anew(self, statement: DocumentStatement) -> bool:
        """Whether nothing but what was typed stands behind it, as it was typed."""
        fact = catalogue().facts.get((statement.subject.type, statement.fact))
        return (
            statement.grade is Grade.DECLARED
            and fact is not None
            and fact.type.kind in _SHOWN_BY_KIND
        )

    def _fill_blank(self, match: re.Match[str]) -> str:
        """Put the field that fills a blank in its place; else leave its mark."""
        blank = self._document.places.blanks[int(match[1])]
        mark = match[2] or ""
        if blank.choice is not None:
            widget = self._make_choice(blank.choice)
            return mark if widget is None else widget[1]
        if blank.fact == _CONTACT and blank.subject is None:
            return self._make_contact() or mark
        if blank.post is not None:
            return self._make_post(blank.post, blank.supply) or mark
        if blank.subject is None or blank.fact is None:
            return mark
        field_html = self._make_field(blank.subject, blank.fact, blank.supply)
        return field_html or mark

    def _make_choice(self, name: str) -> tuple[ChoiceInput, str] | None:
        if name in self.placed:
            return None
        self.placed.add(name)
        choice = catalogue().choices[name]
        choice_input = self._sent.choices.get(name)
        if choice_input is None:
            shown_value = self._written.find_value(("choices", name))
            ticked, words = _parse_choice(shown_value)
            answer = choice.find_answer(ticked)
            ticked = ticked if answer is None else answer.id
            choice_input = ChoiceInput(
                choice=choice, ticked=ticked, words=words, shown=shown_value
            )
        answer_taken = choice.find_answer(choice_input.ticked)
        if answer_taken is not None:
            choice_input.warnings = tuple(
                warn_of(answer_taken, self._situation, catalogue())
            )
        more = {
            "one": choice_input,
            "own": OWN_WORDS,
            "made": choice_input.shown is not None,
        }
        return choice_input, render_to_string("documents/_place_choice.html", more)

    def _make_post(self, post: str, supply: str) -> str:
        name = f"post.{post}"
        if name in self.placed:
            return ""
        self.placed.add(name)
        more = {"name": name, "what": supply, "typed": self._sent.posts.get(post, "")}
        return render_to_string("documents/_place_post.html", more)

    def _make_contact(self) -> str:
        if _CONTACT in self.placed or not self._case.people:
            return ""
        self.placed.add(_CONTACT)
        people = [(person.subject.id, person.name) for person in self._case.people]
        more = {"people": people, "taken": self._sent.contact}
        return render_to_string("documents/_place_contact.html", more)

    def _make_field(self, subject: Subject, fact_id: str, supply: str) -> str:
        """A field for a fact that a person may say; empty where that is not so."""
        fact = catalogue().facts.get((subject.type, fact_id))
        if fact is None or not is_asked(fact) or subject.type == "paper":
            return ""
        kinds = {
            LISTS[listed].kind
            for listed in LISTS
            if LISTS[listed].subject == subject.type
        }
        if subject.type != "applicant" and fact_id in _NAMES | kinds | {"roles"}:
            return ""
        field = FactField(subject=subject, fact=fact, at=find_place(subject, fact_id))
        if field.name in self.placed:
            return ""
        self.placed.add(field.name)
        sent_field = self._sent.fields.get(field.name)
        if sent_field is None:
            field.shown = self._written.find_value(field.at)
            field.take_shown()
        else:
            field = sent_field
        return render_to_string(
            "documents/_place_fact.html", {"one": field, "what": supply}
        )


def _is_title(key: str, title: str) -> bool:
    from changqing.documents.markup import escape

    return key == title or " ".join(escape(key).split()) == title
