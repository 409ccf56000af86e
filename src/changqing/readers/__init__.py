"""Reading what people bring: pure functions from kept pages to facts."""

from changqing.readers.saved_page import (
    Due,
    PageReading,
    Said,
    due_looks,
    read_saved_page,
    say_so,
)

__all__ = [
    "Due",
    "PageReading",
    "Said",
    "due_looks",
    "read_saved_page",
    "say_so",
]
