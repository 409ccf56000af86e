"""What the company decided for its plans: `choices` of `case.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

from changqing.case.model import CaseChoice
from changqing.case.pieces import Pieces
from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing.yamlfile.read import Loc

_LONGEST = 2_000  # characters of a company's own words for one choice


def read_choices(pieces: Pieces, top: JsonObject) -> Mapping[str, CaseChoice]:
    """Read the answers by the id of the choice: one that is offered, or own words.

    An answer is written by its id or its label, own words as `{words: …}`.
    """
    loc: Loc = ("choices",)
    choices = pieces.catalogue.choices
    case_choices: dict[str, CaseChoice] = {}
    node = pieces.read_mapping(top.get("choices"), loc)
    for name, entry in node.items():
        if name not in choices:
            pieces.add_unknown_field(loc, name, list(choices))
        elif isinstance(entry, dict):
            words = _read_words(pieces, entry, (*loc, name))
            if words is not None:
                case_choices[name] = CaseChoice(words=words)
        else:
            answer = choices[name].find_answer(str(entry))
            labels = {
                plan_answer.id: plan_answer.label
                for plan_answer in choices[name].answers
            }
            if answer is not None:
                case_choices[name] = CaseChoice(answer=answer.id)
            else:
                pieces.refuse_choice(name, entry, loc, labels)
    return case_choices


def _read_words(pieces: Pieces, node: JsonObject, loc: Loc) -> str | None:
    for name in node:
        if name != "words":
            pieces.add_unknown_field(loc, name, ("words",))
    words = pieces.read_word(node, "words", loc, needed=True)
    if words is not None and len(words) > _LONGEST:
        pieces.add_issue(
            (*loc, "words"),
            Text(
                f"words 最多{_LONGEST}字，现有{len(words)}字",
                f"words may have {_LONGEST} characters, and has {len(words)}",
            ),
        )
        return None
    return words
