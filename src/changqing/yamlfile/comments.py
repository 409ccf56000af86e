"""Changing a list or a mapping of a YAML tree item by item, so that comments stay.

A comment stands in the tree beside the item before it: who puts a whole new list in the
place of the old one loses them all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from changqing.yamlfile.plain import to_plain


def merge_value(node: Any, place: Any, value: object) -> None:
    """Put a value in the place of another one; of lists and mappings what differs.

    What is written in one line is written anew, and so is plain data.
    """
    old = node[place]
    if _is_block(old, CommentedSeq) and _is_block(value, CommentedSeq) and value:
        _merge_list(old, value)
    elif _is_block(old, CommentedMap) and isinstance(value, CommentedMap) and value:
        _merge_map(old, value)
    else:
        node[place] = value


def merge_in_one_line(node: Any, place: Any, value: object) -> None:
    """Put a value as `merge_value` does, with each mapping of a list in one line.

    The writer runs the keys of a mapping together that follows a comment beside one in
    one line.
    """
    old = node[place]
    for item in old if _is_block(old, CommentedSeq) else ():
        if isinstance(item, CommentedMap):
            item.fa.set_flow_style()
    merge_value(node, place, value)


def _is_block(node: object, kind: type) -> bool:
    return isinstance(node, kind) and not node.fa.flow_style()  # type: ignore[attr-defined]


def _spell_value(value: object) -> str:
    """A value as text, by which it is compared: yes is not 1."""
    return json.dumps(to_plain(value), sort_keys=True, default=str)


def _merge_list(old: CommentedSeq, new: Any) -> None:
    before, after = list(map(_spell_value, old)), list(map(_spell_value, new))
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, first, last, start, stop in reversed(steps):
        if step == "equal":
            continue
        shared = min(last - first, stop - start)
        for place in range(last - 1, first + shared - 1, -1):
            _remove_item(old, place)
        for offset in range(shared):
            merge_value(old, first + offset, new[start + offset])
        for offset in range(shared, stop - start):
            old.insert(first + offset, new[start + offset])


def _merge_map(old: CommentedMap, new: Any) -> None:
    for key in [key for key in old if key not in new]:
        _remove_item(old, key)
    for key, value in new.items():
        if key not in old:
            old[key] = value
        elif _spell_value(old[key]) != _spell_value(value):
            merge_value(old, key, value)


def _remove_item(node: Any, place: Any) -> None:
    """Take an item out; the comment of the one that follows it stays."""
    places = list(range(len(node))) if isinstance(node, CommentedSeq) else list(node)
    at = places.index(place)
    lines = list(_find_lines_after(node, place))
    follows = place if isinstance(node, CommentedSeq) else places[at + 1 :][:1]
    del node[place]
    if not lines or at + 1 >= len(places):
        return
    key = follows if isinstance(node, CommentedSeq) else follows[0]
    # What is commented out keeps its own indentation behind the sign.
    comment = "\n".join(
        line.strip().removeprefix("#").removeprefix(" ") for line in lines
    )
    indent = len(lines[0]) - len(lines[0].lstrip())
    node.yaml_set_comment_before_after_key(key, before=comment, indent=indent)


def _find_lines_after(node: Any, place: Any) -> Iterator[str]:
    """Find the lines of comment that stand between an item and the next one."""
    for token in node.ca.items.get(place) or ():
        if token is not None and not isinstance(token, list):
            # The first line stands beside the item itself.
            yield from (line for line in token.value.split("\n")[1:] if line.strip())
    item = node[place]
    if isinstance(item, CommentedMap | CommentedSeq) and item:
        last = len(item) - 1 if isinstance(item, CommentedSeq) else list(item)[-1]
        yield from _find_lines_after(item, last)
