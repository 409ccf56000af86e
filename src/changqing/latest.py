"""The last few things that were made, for whoever asks for the same again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Latest(Generic[K, V]):
    """A few values by key; what nobody asked for longest goes first.

    What is kept is shared by the threads of a process, so nobody may change it.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self._alone = Lock()

    def find(self, key: K) -> V | None:
        """Give what was kept under a key; None where it is not, or no longer."""
        with self._alone:
            # As few looks as may be: some keys are large, and hashed anew with each.
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def keep(self, key: K, value: V) -> V:
        """Keep a value, and give it back."""
        with self._alone:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def find_or_make(self, key: K, make: Callable[[], V]) -> V:
        """Give what was kept under a key, else make it now and keep it."""
        value = self.find(key)
        return self.keep(key, make()) if value is None else value
