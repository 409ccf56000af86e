"""What a bundle may say of the papers it withholds: the one place that decides.

Everything in a bundle that is not an entry of the log or a paper asks here: names of
subjects, explanations, headings, the list of what is withheld, documents and their
names. A text is secret when it stands in what is withheld, or in the name of its file,
and in no record and no paper that is shown. An id is said where it is made of the
catalogue's own words (`labour_contract_2`), which tell nothing of anybody; whoever is
known from withheld entries alone by another id is called by a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import PurePosixPath
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.evidence.ledger.entry import LogLine
from changqing.evidence.ledger.items import Item, KeptReading, Made
from changqing.evidence.model import OF_PAPERS, Gap, Record
from changqing.judge.words import say_value
from changqing.law.kinds.material import Personal
from changqing.law.model import Catalogue
from changqing.masks import mask_numbers
from changqing.readers.surnames import may_be_person
from changqing.sealing.masked import mask_text
from changqing.sealing.withheld import ShownLog, withhold_entries
from changqing.text import Text, both

_TELLING: Final = 6
"""Characters a value must have to be searched for: a shorter one stands anywhere."""
_NAMING: Final = 2
"""Characters a name of a person must have."""
_WORD: Final = re.compile(r"[一-鿿·]+|[A-Za-z0-9+]+")
_NUMBER: Final = re.compile(r"(?=\S*\d{6})[A-Za-z0-9]+")
_HIDDEN: Final = Text("隐去的一项", "withheld item")
_Read = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What may be said: texts without `names`, and subjects by their `aliases`.

    `names` tell of whom a withheld paper is: names, numbers, files, ids. `secrets` are
    these and all values it tells, for documents, which may print any of them.
    """

    names: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str) -> str:
        """Black out names in a text of the bundle."""
        return mask_text(text, self.names) if self.names else text

    def say_words(self, words: Text) -> Text:
        """Black out names in both languages."""
        return Text(zh=self.say(words.zh), en=self.say(words.en))

    def name(self, subject: object) -> str:
        """Name a subject, or a paper as the source of a record, as the bundle may."""
        return self.aliases.get(str(subject), str(subject))

    def label(self, subject: Subject, labels: Mapping[Subject, Text]) -> Text:
        """Say what a person calls a subject."""
        alias = self.aliases.get(str(subject))
        if alias is not None and subject.type != "paper":
            number = alias.rpartition("-")[2]
            return Text(zh=f"{_HIDDEN.zh}{number}", en=f"{_HIDDEN.en} {number}")
        fallback = both(str(subject) if alias is None else alias)
        return self.say_words(labels.get(subject, fallback))

    def label_all(self, labels: Mapping[Subject, Text]) -> Mapping[Subject, Text]:
        """Say what a person calls each of the subjects, under their own ids."""
        return {subject: self.label(subject, labels) for subject in labels}


SHOW_ALL: Final = Disclosure()
"""Of a bundle that withholds nothing."""


def decide_disclosure(
    lines: Sequence[LogLine], shown_log: ShownLog, case: Case, read: _Read
) -> tuple[Disclosure, ShownLog]:
    """Decide what may be said, and withhold the further entries that would say more.

    Args:
        lines: The whole log.
        shown_log: What `hide_personal` left of it.
        case: Names the files of its papers.
        read: Gives the bytes of a digest (SHA-256 hex), if kept.
    """
    aliases = _choose_aliases(lines, shown_log, case)
    names = _list_file_names(shown_log, case)
    ids = {subject.partition(":")[2] for subject in aliases}
    shown_log = withhold_entries(
        shown_log,
        {
            line.number: Personal.PERSONAL_NUMBER
            for line in shown_log.lines
            if _names_withheld(line.decode_item(), line, shown_log, aliases, names)
        },
    )
    public = _collect_public(shown_log, case.catalogue, read)
    values = {
        text
        for text in _list_values(lines, shown_log, case.catalogue)
        if text not in public
    }
    telling = {
        word
        for text in (
            *values,
            *_list_readings(lines, shown_log, read),
            *(PurePosixPath(name).stem for name in names),
        )
        for word in _list_words(text)
        if word not in public
    }
    if aliases:
        shown_log = _forget_names(shown_log, aliases)
    telling |= {*names, *filter(_is_telling, ids)}
    return Disclosure(
        names=frozenset(telling),
        secrets=frozenset(telling | values),
        aliases=aliases,
    ), shown_log


def _is_telling(text: str) -> bool:
    return len(text) >= _TELLING


def _choose_aliases(
    lines: Sequence[LogLine], shown_log: ShownLog, case: Case
) -> Mapping[str, str]:
    """Number the subjects whose own id could tell what is withheld."""
    said = {
        str(line.content["subject"])
        for line in shown_log.lines
        if line.content is not None and "subject" in line.content
    }
    # An entry of version 1 does not bind whom it is about: a verifier would not accept
    # somebody whom it can't find there.
    bound = {
        str(line.content["subject"])
        for line in lines
        if line.content is not None and "subject" in (line.salts or ())
    }
    papers = {f"paper:{name.partition(':')[2]}" for name in shown_log.papers}
    known = [
        *(str(line.content["subject"]) for line in lines
          if line.content is not None and "subject" in line.content),
        *sorted(papers),
    ]  # fmt: skip
    words = _list_own_words(case.catalogue)
    taken = {*known, *(str(member.subject) for member in case.list_members())}
    aliases: dict[str, str] = {}
    for subject in dict.fromkeys(known):
        kind, _, name = subject.partition(":")
        withheld = subject in bound and (subject in papers or subject not in said)
        if not withheld or _is_made_of(name, words):
            continue
        free = (f"{kind}:withheld-{number}" for number in count(1))
        alias = next(name for name in free if name not in taken)
        taken.add(alias)
        aliases[subject] = alias
        if kind == "paper":
            aliases[f"reading:{name}"] = alias
    return aliases


def _list_own_words(catalogue: Catalogue) -> frozenset[str]:
    """List the words of which the catalogue makes its codes."""
    codes = [
        *catalogue.materials,
        *(fact for facts in catalogue.facts for fact in facts),
    ]
    return frozenset({"self", *(word for code in codes for word in code.split("_"))})


def _is_made_of(name: str, words: frozenset[str]) -> bool:
    parts = re.split("[_-]", name)
    return all(part in words or re.fullmatch("[0-9]{1,2}", part) for part in parts)


def _list_file_names(shown_log: ShownLog, case: Case) -> frozenset[str]:
    """List the names of the files of the withheld papers, and of issuers' pages."""
    withheld = {name.partition(":")[2] for name in shown_log.papers}
    files = [
        file
        for paper in case.papers
        if paper.id in withheld
        for file in (
            paper.file,
            paper.issuer_checked.page if paper.issuer_checked else None,
        )
        if file is not None
    ]
    return frozenset(PurePosixPath(file.path).name for file in files)


def _names_withheld(
    item: Item | None,
    line: LogLine,
    shown_log: ShownLog,
    aliases: Mapping[str, str],
    names: frozenset[str],
) -> bool:
    """Whether a shown entry names a file or a subject that must not be named.

    A gap of a withheld paper tells what was typed of it.
    """
    if item is None or line.content is None or isinstance(item, Made):
        return False
    if isinstance(item, Record | Gap) and item.source.kind in OF_PAPERS:
        source = f"{item.source.kind}:{item.source.name}"
        of_withheld = isinstance(item, Gap) and source in shown_log.papers
        if source in aliases or of_withheld:
            return True
    text = json.dumps(line.content, ensure_ascii=False)
    if any(name in text for name in names):
        return True
    return any(
        re.search(rf"(?<![a-z0-9_-]){re.escape(subject)}(?![a-z0-9_-])", text)
        for subject in aliases
    )


def _forget_names(shown_log: ShownLog, aliases: Mapping[str, str]) -> ShownLog:
    """Say of withheld entries about somebody who is not named only of what kind."""
    left = tuple(
        replace(item, subject=f"{item.subject.partition(':')[0]}:")
        if item.subject in aliases
        else item
        for item in shown_log.left
    )
    return replace(shown_log, left=left)


def _list_values(
    lines: Sequence[LogLine], shown_log: ShownLog, catalogue: Catalogue
) -> Iterator[str]:
    """List how a page writes values that withheld entries tell."""
    hidden = {item.number for item in shown_log.left}
    for line in lines:
        if line.number in hidden:
            yield from _list_texts(line.decode_item(), catalogue)


def _list_texts(item: Item | None, catalogue: Catalogue) -> Iterator[str]:
    """List how a page writes the value of a record, or what was confirmed."""
    if not isinstance(item, Record) or isinstance(item.value, bool | None):
        return
    value = say_value(item.value, catalogue.facts.get((item.subject.type, item.fact)))
    texts = {str(item.value), value.zh, value.en, item.raw or ""}
    is_name = item.subject.type in ("person", "holder") and item.fact == "name"
    for text in texts:
        if len(text) >= (_NAMING if is_name else _TELLING):
            yield text


def _list_readings(
    lines: Sequence[LogLine], shown_log: ShownLog, read: _Read
) -> Iterator[str]:
    """List the words of withheld papers, as they were read."""
    hidden = {item.number for item in shown_log.left}
    for line in lines:
        item = line.decode_item()
        if line.number in hidden and isinstance(item, KeptReading):
            yield from _read_spans(item, read)


def _read_spans(reading: KeptReading, read: _Read) -> Iterator[str]:
    """Read the words of a kept reading; none where it is not kept or broken."""
    content = read(reading.digest)
    try:
        data = json.loads(content or b"{}")
        for page in data.get("pages", ()):
            yield from (str(span["text"]) for span in page["spans"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return


def _list_words(text: str) -> Iterator[str]:
    """List the words of a text that may be a person's name or number."""
    for match in _WORD.finditer(text):
        word = match[0]
        is_number = _NUMBER.fullmatch(word) or mask_numbers(word) != word
        is_short = not word.isascii() and _NAMING <= len(word) <= 4
        if is_number or (is_short and may_be_person(word)):
            yield word


def _collect_public(shown_log: ShownLog, catalogue: Catalogue, read: _Read) -> str:
    """Collect the texts of what is shown, and the catalogue's words, as one to search.

    Masking what a shown record or paper tells as well would black out what the bundle
    prints anyway.
    """
    texts: set[str] = set()
    for line in shown_log.lines:
        item = line.decode_item()
        if isinstance(item, Record) and not isinstance(item.value, bool | None):
            fact = catalogue.facts.get((item.subject.type, item.fact))
            value = say_value(item.value, fact)
            texts |= {str(item.value), value.zh, value.en, item.raw or ""}
        elif isinstance(item, KeptReading):
            texts.update(_read_spans(item, read))
    for fact in catalogue.facts.values():
        texts |= _list_both([fact.label, *(fact.value_labels or {}).values()])
    for material in catalogue.materials.values():
        texts |= _list_both([material.label])
    for criterion in catalogue.criteria.values():
        texts |= _list_both([criterion.title])
    return "\n".join(sorted(texts))


def _list_both(words: Iterable[Text]) -> set[str]:
    return {text for word in words for text in (word.zh, word.en)}
