"""How often something may be done: counted in the cache, by whom."""

from __future__ import annotations

from django.core.cache import cache


def limited(key: str, *, most: int, seconds: int) -> bool:
    """Whether `key` has been counted more than `most` times in the last `seconds`."""
    name = f"limit:{key}"
    cache.add(name, 0, timeout=seconds)
    try:
        return int(cache.incr(name)) > most
    except ValueError:  # it ran out between the two
        cache.set(name, 1, timeout=seconds)
        return False
