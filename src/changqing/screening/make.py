"""A made register: companies that do not exist, for trials, lessons and measuring.

What a sound company shows is put together from the examples in the catalogue that are
met; from that each made case leaves out a little, and some go wrong in the ways a
regulator looks for: gone dark, stopped publishing, nobody to complain to, promises not
kept. The same seed makes the same register, case by case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

from changqing.case.model import (
    Application,
    Case,
    CaseFile,
    Closing,
    Member,
    Paper,
    RegisterExtract,
)
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.derived import Past
from changqing.day import find_day_start, find_last_valid_day
from changqing.evidence.model import Attempt, GapReason, Record, Source, SourceKind
from changqing.evidence.records import list_structure
from changqing.law.applicable import find_applicable
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Grade
from changqing.law.lookup import EXAMPLE_GIVENS, load_sqlite_program, select_in_force
from changqing.law.model import Catalogue
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.types import Value
from changqing.run import Known
from changqing.screening.judging import RegisterCase
from changqing.screening.layout import RegisterWriter, choose_bucket

_DAY: Final = timedelta(days=1)
_STAGES: Final = ("operate", "operate", "operate", "operate", "annual_report", "renew")
_POSTS: Final = ("legal_representative", "manager", "technical", "customer_service")
_STRUCTURE: Final = frozenset({"kind", "role", "roles"})
_WEIGHTS: Final = {"B25": 12, "B21": 4, "B24": 1}
"""How often a licence is drawn; any other once."""
_MOST_PAPERS: Final = 4
_SAID: Final = 0.85
"""How often a company says what is so of it."""
_SHOWN: Final = 0.8
"""How often a fact that is so is proven as well."""


class MadeTrouble(StrEnum):
    """What goes wrong in a made case."""

    GONE_DARK = "gone_dark"
    STOPPED = "stopped"
    NO_COMPLAINTS = "no_complaints"
    PROMISES_LAPSED = "promises_lapsed"


_SHARES: Final = {
    MadeTrouble.GONE_DARK: 0.04,
    MadeTrouble.STOPPED: 0.08,
    MadeTrouble.NO_COMPLAINTS: 0.05,
    MadeTrouble.PROMISES_LAPSED: 0.06,
}
_CHANNELS: Final = (
    *("shows_hotline", "shows_service_email", "shows_online_chat"),
    *("shows_complaint_page", "complaint_page_answers"),
)


@dataclass(slots=True, kw_only=True)
class _SoundFacts:
    """What is so of a sound company of one licence and stage.

    `facts` go by type of subject and by its kind or post, which is None where an
    example does not say: nobody records of a rental contract what a bank says.
    """

    facts: dict[tuple[str, Value | None], dict[str, Value]] = field(
        default_factory=dict
    )
    papers: list[str] = field(default_factory=list)

    def add(self, subject: str, row: Mapping[str, Value | None]) -> None:
        """Add what an example shows of a member."""
        roles = row.get("roles")
        kinds = sorted(roles) if isinstance(roles, frozenset) else []
        for kind in kinds or (row.get("kind", row.get("role")),):
            facts_of_kind = self.facts.setdefault((subject, kind), {})
            for name, value in row.items():
                if value is not None and name not in _STRUCTURE:
                    facts_of_kind.setdefault(name, value)

    def list_kinds(self, subject: str) -> list[str]:
        """List the kinds or posts of which an example shows a member."""
        return sorted(
            kind
            for type_, kind in self.facts
            if type_ == subject and isinstance(kind, str)
        )

    def list_facts(self, subject: str, kinds: Iterable[str]) -> dict[str, Value]:
        """List what is so of a member of such kinds."""
        facts: dict[str, Value] = {}
        for kind in (*kinds, None):
            for name, value in self.facts.get((subject, kind), {}).items():
                facts.setdefault(name, value)
        return facts


class RegisterMaker:
    """Makes the cases of a register, each from the seed and its number alone."""

    def __init__(self, catalogue: Catalogue, *, seed: int, as_of: date) -> None:
        self._catalogue = catalogue
        self._seed = seed
        self._as_of = as_of
        self._engine = SqliteEngine(load_sqlite_program(catalogue))
        self._sound: dict[tuple[str, str], _SoundFacts] = {}
        self._licences = [
            licence
            for licence in sorted(catalogue.licences)
            for _ in range(_WEIGHTS.get(licence, 1))
        ]
        self._regions = sorted(catalogue.regions)
        self._kinds = {
            subject: sorted(catalogue.facts[subject, name].type.values or ())
            for subject, name in (("person", "role"), ("holder", "kind"))
        }

    def make_all(self, count: int, writer: RegisterWriter) -> Iterator[int]:
        """Make so many cases and write them, a bucket at a time; how many there are."""
        by_bucket: dict[int, list[int]] = {}
        for number in range(1, count + 1):
            bucket = choose_bucket(name_case(number), writer.head.buckets)
            by_bucket.setdefault(bucket, []).append(number)
        count_made = 0
        for bucket, numbers in sorted(by_bucket.items()):
            writer.add_bucket(bucket, [self.make(number) for number in numbers])
            count_made += len(numbers)
            yield count_made

    def make(self, number: int) -> RegisterCase:
        """Make one case."""
        chance = Random(f"{self._seed}:{number}")  # noqa: S311 - no secret hangs on it
        licence = chance.choice(self._licences)
        stage = chance.choice(_STAGES)
        region = chance.choice(self._regions)
        scopes = self._catalogue.licences[licence].scopes
        sound = self._find_sound(licence, stage)
        troubles = [
            trouble for trouble in MadeTrouble if chance.random() < _SHARES[trouble]
        ]
        case = self._make_case(
            number,
            chance,
            Application(
                licence=licence,
                scope=chance.choice(scopes or ("intra_province",)),
                region=region,
                stage=stage,
                submit_on=self._as_of + 30 * _DAY,
            ),
            sound,
        )
        kinds = {member.subject: (member.kind,) for member in case.list_members()}
        kinds |= {Subject("paper", paper.id): (paper.kind,) for paper in case.papers}
        facts_by_subject = {
            subject: sound.list_facts(subject.type, kinds.get(subject, ()))
            for subject in case.list_subjects()
        }
        for subject, facts in facts_by_subject.items():
            _let_go_wrong(subject, facts, troubles, self._as_of, chance)
        records = [
            *_tell_structure(case),
            *(
                record
                for subject, facts in facts_by_subject.items()
                for record in self._tell_facts(subject, facts, chance)
            ),
        ]
        attempts = [
            attempt
            for service in case.services
            for attempt in _make_attempts(
                service, self._as_of, answered=MadeTrouble.GONE_DARK not in troubles
            )
        ]
        return RegisterCase(
            id=name_case(number),
            case=case,
            known=Known(
                records=tuple(
                    replace(record, number=place)
                    for place, record in enumerate(records, start=1)
                ),
                gaps=(),
                attempts=tuple(
                    replace(attempt, number=place)
                    for place, attempt in enumerate(attempts, start=len(records) + 1)
                ),
                past=Past(),
            ),
        )

    def _make_case(
        self, number: int, chance: Random, application: Application, sound: _SoundFacts
    ) -> Case:
        declared_on = self._as_of - chance.randint(30, 300) * _DAY
        people = tuple(
            Member(
                subject=Subject("person", f"p{place}"),
                name=f"p{place}",
                kind=post,
                facts=(),
            )
            for place, post in enumerate(
                (
                    *dict.fromkeys((*_POSTS, *sound.list_kinds("person"))),
                    *chance.choices(self._kinds["person"], k=chance.randint(0, 3)),
                )
            )
        )
        holders = tuple(
            Member(
                subject=Subject("holder", f"h{place}"),
                name=f"h{place}",
                kind=chance.choice(self._kinds["holder"]),
                facts=(),
            )
            for place in range(chance.randint(1, 3))
        )
        papers = tuple(
            Paper(
                id=f"d{place}",
                kind=kind,
                file=CaseFile(path="", digest="0" * 64, size=0),
                received_on=declared_on,
                issued_on=declared_on - 20 * _DAY,
                valid_until=None,
                issuer_checked=None,
                facts=(),
                backs=(),
                states=(),
            )
            for place, kind in enumerate(
                chance.sample(sound.papers, min(_MOST_PAPERS, len(sound.papers)))
            )
            if chance.random() < _SHOWN
        )
        region = self._catalogue.regions[application.region].label.zh
        listed = ("person", "paper", "holder")
        return Case(
            path=Path(name_case(number)),
            digest="0" * 64,
            catalogue=self._catalogue,
            name=f"{region}虚构企业{number:07d}",
            credit_code=None,
            facts=(),
            application=application,
            services=(
                Member(
                    subject=Subject("service", "site"),
                    name="site",
                    kind="website",
                    facts=(),
                    url=f"https://{name_case(number)}.example/",
                ),
            ),
            people=people,
            holders=holders,
            papers=papers,
            looks=(),
            closed={
                name: Closing(on=declared_on)
                for name in listed
                if chance.random() < 0.6
            },
            declared_on=declared_on,
            as_of=None,
            register=RegisterExtract(
                holders_shown=(declared_on, None) if chance.random() < 0.5 else None
            ),
        )

    def _find_sound(self, licence: str, stage: str) -> _SoundFacts:
        sound_facts = self._sound.get((licence, stage))
        if sound_facts is None:
            sound_facts = self._sound[licence, stage] = self._merge_examples(
                licence, stage
            )
        return sound_facts

    def _merge_examples(self, licence: str, stage: str) -> _SoundFacts:
        """Merge what the examples show that are met at this stage."""
        shift = self._as_of - _read_example_day()
        sound_facts = _SoundFacts()
        applicable = find_applicable(
            self._engine, {"licence": licence, "stage": stage, "as_of": self._as_of}
        )
        for criterion in select_in_force(self._catalogue, self._as_of).values():
            if criterion.id not in applicable:
                continue
            for example in criterion.examples:
                givens = {**EXAMPLE_GIVENS, **example.given}
                usual = {"licence": licence, "stage": stage}
                if example.then != "met" or any(
                    name in example.given and givens[name] != value
                    for name, value in usual.items()
                ):
                    continue
                sound_facts.add(criterion.subject, _shift_days(example.proven, shift))
                if criterion.subject == "paper":
                    kind = example.proven.get("kind")
                    if isinstance(kind, str) and kind not in sound_facts.papers:
                        sound_facts.papers.append(kind)
                for subject, rows in example.members.items():
                    for row in rows:
                        sound_facts.add(subject, _shift_days(row, shift))
                break
        return sound_facts

    def _tell_facts(
        self, subject: Subject, facts: Mapping[str, Value], chance: Random
    ) -> Iterator[Record]:
        """What the company says of itself, and what shows it."""
        for name, value in facts.items():
            fact = self._catalogue.facts.get((subject.type, name))
            if fact is None:
                continue
            day = self._as_of - chance.randint(20, 200) * _DAY
            if chance.random() < _SAID:
                yield _make_record(
                    subject,
                    fact,
                    value,
                    on=day,
                    source=Source(kind=SourceKind.FORM, name="annual return"),
                    grade=Grade.DECLARED,
                )
            if chance.random() < _SHOWN and fact.proof > Grade.DECLARED:
                seen_on = self._as_of - chance.randint(0, 20) * _DAY
                is_observed = fact.proof >= Grade.OBSERVED
                yield _make_record(
                    subject,
                    fact,
                    value,
                    on=seen_on,
                    source=Source(
                        kind=SourceKind.PROBE if is_observed else SourceKind.READING,
                        name="page" if is_observed else "d0",
                    ),
                    grade=fact.proof,
                )


def name_case(number: int) -> str:
    """Name a made case: it can be told at once that it is none."""
    return f"made-{number:07d}"


def _read_example_day() -> date:
    day = EXAMPLE_GIVENS["as_of"]
    assert isinstance(day, date)  # noqa: S101 - it is a constant of ours
    return day


def _shift_days(
    row: Mapping[str, Value | None], shift: timedelta
) -> dict[str, Value | None]:
    return {
        name: value + shift if isinstance(value, date) else value
        for name, value in row.items()
    }


def _let_go_wrong(
    subject: Subject,
    facts: dict[str, Value],
    troubles: Sequence[MadeTrouble],
    as_of: date,
    chance: Random,
) -> None:
    """Turn the facts of a sound company into those of one in trouble."""
    if subject.type == "service":
        facts.pop("service_reachable", None)  # it follows from the attempts
        if MadeTrouble.STOPPED in troubles:
            facts["newest_item_on"] = as_of - chance.randint(400, 1200) * _DAY
        if MadeTrouble.NO_COMPLAINTS in troubles:
            facts |= dict.fromkeys(_CHANNELS, False)
    elif subject == APPLICANT and MadeTrouble.PROMISES_LAPSED in troubles:
        facts["complaint_reply_days"] = 5
        facts["longest_reply_days"] = chance.randint(12, 60)


def _make_record(
    subject: Subject,
    fact: Fact,
    value: Value,
    *,
    on: date,
    source: Source,
    grade: Grade,
) -> Record:
    return Record(
        fact=fact.id,
        subject=subject,
        value=value,
        source=source,
        observer="made",
        grade=grade,
        digest=None,
        observed_at=find_day_start(on),
        received_at=find_day_start(on),
        valid_until=find_last_valid_day(on, fact.validity.days),
    )


def _tell_structure(case: Case) -> Iterator[Record]:
    """The kind or posts of every member: known from the listing itself."""
    for subject, name, value in list_structure(case):
        yield Record(
            fact=name,
            subject=subject,
            value=value,
            source=Source(kind=SourceKind.FORM, name="listed"),
            observer="made",
            grade=Grade.DECLARED,
            digest=None,
            observed_at=find_day_start(case.declared_on),
            received_at=find_day_start(case.declared_on),
            valid_until=None,
        )


def _make_attempts(
    service: Member, as_of: date, *, answered: bool
) -> Iterator[Attempt]:
    for hours in (30, 18, 2):
        yield Attempt(
            subject=service.subject,
            url=service.url or "",
            at=find_day_start(as_of) - timedelta(hours=hours),
            answered=answered,
            reason=None if answered else GapReason.TIMEOUT,
            status=200 if answered else None,
            control_ok=True,
        )
