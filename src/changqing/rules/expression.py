"""An expression that has been checked, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from changqing.jsondata import Json, read_object, read_text
from changqing.rules.data import from_data, to_data
from changqing.rules.tree import (
    Agree,
    GivenNode,
    Literal,
    Name,
    Node,
    ParameterNode,
    Quantifier,
    Truth,
    list_judgements,
    walk,
)
from changqing.rules.types import Kind


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked boolean expression about one kind of subject."""

    text: str
    subject: str
    root: Truth
    # Every judgement of every case asks for these three.
    _facts: frozenset[tuple[str, str]] | None = field(
        default=None, init=False, compare=False, repr=False
    )
    _parameters: frozenset[str] | None = field(
        default=None, init=False, compare=False, repr=False
    )

    _judgements: tuple[Truth, ...] | None = field(
        default=None, init=False, compare=False, repr=False
    )

    _data: Json = field(default=None, init=False, compare=False, repr=False)
    """What the tree is read from, where nobody has asked for it yet."""

    @classmethod
    def quote(cls, text: str) -> Expression:
        """Keep the text of a rule that nobody has parsed yet; what it reads is unknown.

        Only for readers of files, who put the parsed rule in its place.
        """
        return cls(text, "", Literal(True, Kind.BOOLEAN))  # noqa: FBT003 - a value

    def walk(self) -> Iterator[Node]:
        """Walk over every node, in reading order."""
        return walk(self.root)

    def list_judgements(self) -> tuple[Truth, ...]:
        """List the parts that AND, OR and NOT join, in reading order."""
        if self._judgements is None:
            judgements = tuple(list_judgements(self.root))
            object.__setattr__(self, "_judgements", judgements)
            return judgements
        return self._judgements

    @property
    def facts(self) -> frozenset[tuple[str, str]]:
        """(subject, fact) of all that is read, within quantifiers and `agree` too."""
        if self._facts is None:
            facts_read = frozenset(
                (node.subject, node.fact)
                for node in self.walk()
                if isinstance(node, Name | Agree)
            )
            object.__setattr__(self, "_facts", facts_read)
            return facts_read
        return self._facts

    @property
    def agreements(self) -> frozenset[tuple[str, str]]:
        """(subject, fact) of all that is asked `agree` about."""
        return frozenset(
            (node.subject, node.fact) for node in self.walk() if isinstance(node, Agree)
        )

    @property
    def quantified(self) -> frozenset[str]:
        """The subjects whose members are counted."""
        return frozenset(
            node.subject for node in self.walk() if isinstance(node, Quantifier)
        )

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters that are read."""
        if self._parameters is None:
            names = frozenset(
                node.name for node in self.walk() if isinstance(node, ParameterNode)
            )
            object.__setattr__(self, "_parameters", names)
            return names
        return self._parameters

    @property
    def givens(self) -> frozenset[str]:
        """Names of the givens that are read."""
        return frozenset(
            node.name for node in self.walk() if isinstance(node, GivenNode)
        )

    def to_data(self) -> dict[str, Json]:
        """Write plain JSON that `from_data` reads back to an equal expression."""
        return {"text": self.text, "subject": self.subject, "root": to_data(self.root)}

    @classmethod
    def from_data(cls, data: Json) -> Expression:
        """Read what `to_data` wrote, without parsing; RuleError when it is not that."""
        text, subject, root = from_data(data)
        return cls(text, subject, root)

    @classmethod
    def defer(cls, data: Json) -> Expression:
        """Do as `from_data`, but read the tree when it is first asked for.

        For data that was found right before: a question walks no tree, and a case those
        of its own licence alone. TypeError or KeyError when it is no expression at all.
        """
        stored = read_object(data)
        expression = object.__new__(cls)
        for name, value in (
            ("text", read_text(stored["text"])),
            ("subject", read_text(stored["subject"])),
            *(("_facts", None), ("_parameters", None), ("_judgements", None)),
            ("_data", data),
        ):
            object.__setattr__(expression, name, value)
        return expression

    if not TYPE_CHECKING:  # to mypy any name at all would be a field then

        def __getattr__(self, name: str) -> object:
            """Read the tree, and keep it."""
            if name != "root":
                raise AttributeError(name)
            _, _, root = from_data(self._data)
            object.__setattr__(self, "root", root)
            return root
