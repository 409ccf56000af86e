"""The saved page of a guided look: whose it is, and what it says of the case.

How each kind of page shows a fact stands in the catalogue (`looks/`); this reads it for
every subject of the case that the page names. Nothing here touches disk or network.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from changqing.case.looked import collect_sought
from changqing.case.model import Case
from changqing.case.page import ReadPage
from changqing.case.shown import Backed, ShownValue, Sought, check_backing, find_shown
from changqing.case.subjects import Subject
from changqing.case.values import NotAValueError, parse_value
from changqing.errors import CaseError, Issue
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.look import GuidedLook
from changqing.law.kit import Grade
from changqing.law.lookup import find_settled, list_looks_for
from changqing.law.model import Catalogue
from changqing.rules.types import Kind, Value
from changqing.text import Text
from changqing.yamlfile.suggest import find_nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class PageValue:
    """One value of one fact, where in the page it stands, and what that is worth."""

    subject: Subject
    fact: Fact
    value: Value
    raw: str
    place: str
    backed: Backed


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What one saved page says of a case.

    `unclear` are facts of which the page says more than one thing; `unread` those it
    could settle and shows nothing of; `beside` is what else a person wants to see.
    """

    subjects: tuple[Subject, ...]
    found: tuple[PageValue, ...]
    unclear: tuple[tuple[Subject, Fact, tuple[ShownValue, ...]], ...]
    unread: tuple[tuple[Subject, Fact], ...]
    beside: tuple[tuple[Text, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRecord:
    """A guided look that would settle something unknown."""

    look: GuidedLook
    settles: tuple[tuple[Subject, Fact], ...]


def select_due_looks(
    catalogue: Catalogue, missing: Iterable[tuple[Subject, str]]
) -> tuple[DueRecord, ...]:
    """Select the looks that settle any of the missing facts.

    Those that settle most first.
    """
    settled: dict[str, dict[tuple[Subject, str], Fact]] = {}
    for subject, name in missing:
        fact = catalogue.facts.get((subject.type, name))
        if fact is None:
            continue
        for look in list_looks_for(fact):
            settled.setdefault(look, {})[subject, name] = fact
    due_records = [
        DueRecord(
            look=catalogue.looks[name],
            settles=tuple((subject, fact) for (subject, _), fact in facts.items()),
        )
        for name, facts in settled.items()
    ]
    return tuple(
        sorted(
            due_records,
            key=lambda due_record: (-len(due_record.settles), due_record.look.id),
        )
    )


def read_saved_page(
    page: ReadPage, look: GuidedLook, case: Case, *, only: Subject | None = None
) -> PageReading:
    """Read what the page says of each subject that it names, or of `only` one.

    Raises CaseError when the page names nobody and nothing of the case.
    """
    sought_words = {
        of: words.narrow_to_look(look) for of, words in collect_sought(case).items()
    }
    facts = list(find_settled(case.catalogue, look.id))
    subjects = _find_subjects(page, look, facts, case, sought_words, only)
    page_values: list[PageValue] = []
    unclear: list[tuple[Subject, Fact, tuple[ShownValue, ...]]] = []
    unread: list[tuple[Subject, Fact]] = []
    for subject in subjects:
        for fact in facts:
            if fact.subject != subject.type:
                continue
            reading = look.reads.get(fact.id)
            values = (
                []
                if reading is None
                else find_shown(page, fact, reading, sought_words[subject])
            )
            if len(values) > 1:
                unclear.append((subject, fact, tuple(values)))
            elif values:
                page_values.append(
                    _read_value(page, look, fact, subject, sought_words, values[0])
                )
            else:
                unread.append((subject, fact))
    return PageReading(
        subjects=subjects,
        found=tuple(page_values),
        unclear=tuple(unclear),
        unread=tuple(unread),
        beside=tuple(_list_beside(page, look)),
    )


def say_so(
    page: ReadPage,
    look: GuidedLook,
    case: Case,
    only: Subject | None,
    *,
    name: str,
    written: str,
    place: str,
) -> PageValue:
    """Say what a person says of the page; raises CaseError when it cannot be said.

    It is said of `only`, or of the one subject of the case that has the fact.
    """
    subject, fact = _find_fact(look, case, only, name)
    try:
        parsed = parse_value(fact, _convert_written(fact, written))
    except NotAValueError as error:
        raise CaseError(
            Issue(text=_prefix_name(fact, error.text), hint=error.hint)
        ) from error
    if parsed.value is None:
        raise CaseError(Issue(text=_prefix_name(fact, parsed.hidden or _HIDDEN)))
    value = ShownValue(value=parsed.value, raw=written, words=place, place=place)
    return _read_value(page, look, fact, subject, collect_sought(case), value)


def _find_fact(
    look: GuidedLook, case: Case, only: Subject | None, name: str
) -> tuple[Subject, Fact]:
    """Find the fact of that name and whose it is; CaseError unless there is one."""
    facts = [
        fact
        for fact in find_settled(case.catalogue, look.id)
        if only is None or fact.subject == only.type
    ]
    facts_of_name = [fact for fact in facts if fact.id == name]
    if not facts_of_name:
        names = dict.fromkeys(fact.id for fact in facts)
        close = find_nearest(name, names)
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"“{look.title.zh}”不说明 {name}",
                    en=f"“{look.title.en}” settles no {name}",
                ),
                hint=_may_be(names if close is None else (close,)),
            )
        )
    of = [
        (subject, fact)
        for fact in facts_of_name
        for subject in case.list_subjects_of(fact.subject)
        if only in (None, subject)
    ]
    if len(of) != 1:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"“{facts_of_name[0].label.zh}”（{name}）说的是谁，不清楚",
                    en=f"it is not clear whose {name}",
                ),
                hint=_may_be(f"--subject {subject}" for subject, _ in of),
            )
        )
    return of[0]


def _may_be(names: Iterable[str]) -> Text:
    listed = list(names)
    if not listed:
        return Text(zh="先在项目里写明它", en="enter it in the case first")
    return Text(zh="可选：" + "、".join(listed), en="it may be: " + ", ".join(listed))


_HIDDEN = Text(zh="内容被隐去", en="it is withheld")


def _prefix_name(fact: Fact, text: Text) -> Text:
    zh, en = f"“{fact.label.zh}”（{fact.id}）：{text.zh}", f"{fact.id}: {text.en}"
    return Text(zh=zh, en=en)


def _convert_written(fact: Fact, text: str) -> object:
    match fact.type.kind:
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text.lower(), text)
        case Kind.SET:
            return [part.strip() for part in text.split(",") if part.strip()]
        case Kind.NUMBER if text.isascii() and text.isdigit():
            return int(text) if fact.unit not in ("fen", "basis_points") else text
        case _:
            return text


def _read_value(
    page: ReadPage,
    look: GuidedLook,
    fact: Fact,
    subject: Subject,
    sought_words: Mapping[Subject, Sought],
    value: ShownValue,
) -> PageValue:
    place = value.place or value.words
    return PageValue(
        subject=subject,
        fact=fact,
        value=value.value,
        raw=value.raw,
        place=place,
        backed=check_backing(
            page, fact, look, sought_words[subject], value=value.value, place=place
        ),
    )


def _find_subjects(
    page: ReadPage,
    look: GuidedLook,
    facts: Iterable[Fact],
    case: Case,
    sought_words: Mapping[Subject, Sought],
    only: Subject | None,
) -> tuple[Subject, ...]:
    """Find those the page is about: named in it, by name, domain or number.

    A site and an app often share a name, so that a domain in the page decides.
    The applicant's own pages and notes need not name it.
    """
    types = {fact.subject for fact in facts}
    candidates = [
        subject
        for subject in case.list_subjects()
        if subject.type in types and subject in sought_words
    ]
    if only is not None:
        if only not in candidates:
            raise CaseError(_make_not_asked_issue(only, candidates))
        candidates = [only]
    own_page = look.grade < Grade.ATTESTED
    on_page = [
        subject
        for subject in candidates
        if own_page or sought_words[subject].is_in(page)
    ]
    if not on_page:
        raise CaseError(_make_nobody_issue(sought_words, candidates))
    own = [
        subject for subject in on_page if sought_words[subject].own_in(page)
    ] or on_page
    by_domain = {
        subject for subject in own if sought_words[subject].has_domain_on(page)
    }
    return tuple(
        subject
        for subject in own
        if subject.type != "service" or not by_domain or subject in by_domain
    )


def _make_not_asked_issue(only: Subject, candidates: Iterable[Subject]) -> Issue:
    names = "、".join(map(str, candidates))
    return Issue(
        text=Text(
            zh=f"这次查看与 {only} 无关，或本项目没有它",
            en=f"this look says nothing of {only}, or the case has none",
        ),
        hint=Text(zh=f"可选：{names}", en=f"it may be: {names}") if names else None,
    )


def _make_nobody_issue(
    sought_words: Mapping[Subject, Sought], candidates: Iterable[Subject]
) -> Issue:
    marks = [
        word for subject in candidates for word in sought_words[subject].list_marks()
    ]
    some = "、".join(dict.fromkeys(marks[:8]))
    return Issue(
        text=Text(
            zh="保存的页面上没有本项目的名称、域名或号码，没有记录",
            en="no name, domain or number of the case stands in the saved page; "
            "nothing was recorded",
        ),
        hint=Text(
            zh=f"重新查询并保存看得到它们的页面：{some}",
            en=f"look again and save a page that shows one of: {some}",
        )
        if some
        else Text(zh="先在项目里写明它", en="enter it in the case first"),
    )


def _list_beside(page: ReadPage, look: GuidedLook) -> Iterator[tuple[Text, str]]:
    for beside in look.beside:
        values = dict.fromkeys(field.value for field in page.find_fields(beside.labels))
        joined = "；".join(value for value in values if value)
        if joined:
            yield beside.title, joined[:200]
