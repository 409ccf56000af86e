"""What `case.yaml` says in the spelling of programs, however a person has written it.

People write 是, 四川, 技术人员 and 2027年1月15日; a form and whatever else works on the
data of the file finds true, '51', technical and 2027-01-15 there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from changqing.case.read_members import list_kinds
from changqing.case.values import find_codes, parse_yes_no, spell_date, spell_value
from changqing.jsondata import Json, JsonObject
from changqing.law.lookup import find_licence
from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.text import Text

_DAYS: Final = ("declared_on", "as_of", "delete_personal_on")
_PAPER_DAYS: Final = ("received_on", "issued_on", "valid_until", "on")


def spell_data(data: JsonObject, catalogue: Catalogue) -> dict[str, Json]:
    """Give what a case file says with every value spelled as programs write it.

    What cannot be understood stays as it is: reading the case tells of it.
    """
    speller = _Speller(catalogue)
    listed = {of.listed: of.code for of in SUBJECTS.values() if of.listed}
    spelled = dict(data)
    for name, entry in data.items():
        if name in _DAYS:
            spelled[name] = _spell_day(entry)
        elif name == "application" and isinstance(entry, dict):
            spelled[name] = speller.spell_application(entry)
        elif name == "applicant" and isinstance(entry, dict):
            spelled[name] = speller.spell_facts("applicant", entry)
        elif name in listed and isinstance(entry, list):
            of = listed[name]
            spelled[name] = [speller.spell_item(of, item) for item in entry]
        elif name == "looks" and isinstance(entry, list):
            spelled[name] = [speller.spell_look(item) for item in entry]
        elif name == "closed" and isinstance(entry, dict):
            spelled[name] = {key: _spell_closing(day) for key, day in entry.items()}
        elif name in ("absent", "nobody"):
            spelled[name] = speller.spell_without(name, entry)
    return spelled


class _Speller:
    """Spells the parts of a case file by the words of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._materials = {
            code: item.label for code, item in catalogue.materials.items()
        }

    def spell_application(self, node: JsonObject) -> dict[str, Json]:
        """Spell licence, scope, region, stage, the day and the provinces covered."""
        regions = self._catalogue.regions.items()
        labels: Mapping[str, Mapping[str, Text]] = {
            "scope": SCOPE_WORDS,
            "region": {code: region.label for code, region in regions},
            "stage": STAGE_WORDS,
            "licence": {
                code: item.label for code, item in self._catalogue.licences.items()
            },
        }
        spelled = dict(node)
        for name, value in node.items():
            licence = find_licence(self._catalogue, str(value))
            if name == "licence" and licence is not None:
                spelled[name] = licence
            elif name in labels:
                spelled[name] = _spell_code(value, labels[name])
            elif name == "submit_on":
                spelled[name] = _spell_day(value)
            elif name == "coverage":
                spelled[name] = self._spell_fact("applicant", name, value)
        return spelled

    def spell_item(self, of: str, item: Json) -> Json:
        """Spell an item of a list, and what it backs where it is a paper."""
        if not isinstance(item, dict):
            return item
        spelled = self.spell_facts(of, item)
        field = SUBJECTS[of].kind_field
        labels = list_kinds(self._catalogue, SUBJECTS[of])
        kinds = item.get(field)
        if of == "paper":
            spelled = self._spell_paper(spelled)
            labels = self._materials
        if isinstance(kinds, list):
            spelled[field] = [_spell_code(code, labels) for code in kinds]
        elif kinds is not None:
            spelled[field] = _spell_code(kinds, labels)
        return spelled

    def spell_look(self, item: Json) -> Json:
        """Spell a guided look."""
        if not isinstance(item, dict):
            return item
        looks = {code: look.title for code, look in self._catalogue.looks.items()}
        return {
            **self._spell_paper(item),
            "what": _spell_code(item.get("what"), looks),
        }

    def spell_facts(self, of: str, node: JsonObject) -> dict[str, Json]:
        """Spell every value that is one of a fact."""
        return {name: self._spell_fact(of, name, value) for name, value in node.items()}

    def spell_without(self, name: str, written: Json) -> Json:
        """Spell what is said to be absent, or held by nobody."""
        people = list_kinds(self._catalogue, SUBJECTS["person"])
        labels = self._materials if name == "absent" else people
        if isinstance(written, dict):
            return {
                str(_spell_code(code, labels)): _spell_day(day)
                for code, day in written.items()
            }
        if isinstance(written, list):
            return [_spell_code(code, labels) for code in written]
        return written

    def _spell_paper(self, item: JsonObject) -> dict[str, Json]:
        spelled = dict(item)
        for name in _PAPER_DAYS:
            if name in item:
                spelled[name] = _spell_day(item[name])
        check, backs = item.get("issuer_checked"), item.get("backs")
        if isinstance(check, dict):
            spelled["issuer_checked"] = {**check, "on": _spell_day(check.get("on"))}
        if isinstance(backs, list):
            spelled["backs"] = [self._spell_back(back) for back in backs]
        states = item.get("states")
        if isinstance(states, dict):
            spelled["states"] = {
                name: False
                if isinstance(state, str) and parse_yes_no(state) is False
                else state
                for name, state in states.items()
            }
        return spelled

    def _spell_back(self, back: Json) -> Json:
        if not isinstance(back, dict) or "value" not in back:
            return back
        of = str(back.get("subject") or "applicant").partition(":")[0]
        value = self._spell_fact(of, str(back.get("fact")), back["value"])
        return {**back, "value": value}

    def _spell_fact(self, of: str, name: str, value: Json) -> Json:
        fact = self._catalogue.facts.get((of, name))
        # What is JSON stays JSON, spelled otherwise.
        return value if fact is None else cast("Json", spell_value(fact, value))


def _spell_day(value: Json) -> Json:
    return spell_date(value) if isinstance(value, str) else value


def _spell_closing(value: Json) -> Json:
    if isinstance(value, dict):
        return {**value, "on": _spell_day(value.get("on"))}
    return _spell_day(value)


def _spell_code(value: Json, labels: Mapping[str, Text]) -> Json:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    if str(value) in labels:
        return str(value)
    codes = find_codes(str(value), labels)
    return codes[0] if len(codes) == 1 else value
