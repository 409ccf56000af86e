"""What follows from a catalogue alone, computed once for all cases judged by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from changqing.law.model import Catalogue

_CATALOGUES: Final = 4
_RESULTS: Final = 256

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


def keep_by_catalogue(
    compute: Callable[Concatenate[Catalogue, _Given], _Found],
) -> Callable[Concatenate[Catalogue, _Given], _Found]:
    """Keep what `compute` gives for the catalogues in use; callers share it.

    A catalogue is known by identity and never changes; the last few are kept, each with
    the results asked for last. What else is given has to be hashable.
    """
    kept: tuple[tuple[Catalogue, Callable[_Given, _Found]], ...] = ()

    @wraps(compute)
    def find_or_compute(
        catalogue: Catalogue, /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Found:
        nonlocal kept
        for kept_catalogue, find in kept:
            if kept_catalogue is catalogue:
                return find(*args, **kwargs)
        keep = lru_cache(maxsize=_RESULTS)
        find = cast("Callable[_Given, _Found]", keep(partial(compute, catalogue)))
        # Replaced whole, so that a thread that reads meanwhile sees one or the other.
        kept = (*kept[1 - _CATALOGUES :], (catalogue, find))
        return find(*args, **kwargs)

    return find_or_compute
