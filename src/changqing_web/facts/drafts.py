"""What is typed and not handed in yet: kept for the person who typed it, by form.

A form names itself; `data-draft` in its tag makes the page send what is typed here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone

from changqing.text import Text
from changqing_web.models import Draft
from changqing_web.walls import Here

MOST: Final = 500_000  # characters of one draft
_OURS: Final = frozenset({"csrfmiddlewaretoken", "form"})


class Typed:
    """What was typed in a form: from a request, or from its draft."""

    def __init__(self, data: Mapping[str, Sequence[str]]) -> None:
        self.data = {name: list(values) for name, values in data.items()}

    @classmethod
    def from_post(cls, post: QueryDict) -> Typed:
        """Take what a request sends, without what is ours."""
        return cls({k: v for k, v in post.lists() if k not in _OURS})

    def get_all(self, name: str) -> list[str]:
        """Get every value under a name."""
        return self.data.get(name, [])

    def get_one(self, name: str) -> str:
        """Get the value under a name; empty when there is none."""
        return (self.data.get(name) or [""])[-1]

    def get_json(self, name: str) -> object:
        """Get what a hidden field says as JSON; None where it says nothing."""
        try:
            value: object = json.loads(self.get_one(name))
        except ValueError:
            return None
        return value

    @property
    def size(self) -> int:
        """How many characters there are."""
        return sum(len(k) + sum(map(len, v)) for k, v in self.data.items())


def name_draft(here: Here, form: str) -> str:
    """Name a form among all of a workspace."""
    return f"{here.row.folder if here.case else ''}/{form}"[:200]


def load_draft(here: Here, form: str) -> tuple[Typed, datetime] | None:
    """Load what this person had typed in the form, and when it was kept."""
    if not here.user.is_authenticated:
        return None
    draft = Draft.objects.filter(
        workspace=here.workspace, user=here.user, form=name_draft(here, form)
    ).first()
    if draft is None:
        return None
    data: dict[str, Any] = draft.data
    return Typed(data), draft.saved_at


def save_draft(here: Here, form: str, typed: Typed) -> Draft | None:
    """Keep what was typed; None without an account, and for what is too big."""
    if not here.user.is_authenticated or typed.size > MOST:
        return None
    draft, _ = Draft.objects.update_or_create(
        workspace=here.workspace,
        user=here.user,
        form=name_draft(here, form),
        defaults={"data": typed.data, "saved_at": timezone.now()},
    )
    return draft


def drop_draft(here: Here, form: str) -> None:
    """Forget it: it was handed in, or given up."""
    if here.user.is_authenticated:
        Draft.objects.filter(
            workspace=here.workspace, user=here.user, form=name_draft(here, form)
        ).delete()


def erase_drafts(here: Here, form: str) -> None:
    """Forget what anybody had typed in the form: what it was about is erased."""
    Draft.objects.filter(workspace=here.workspace, form=name_draft(here, form)).delete()


def say_when_kept(at: datetime) -> Text:
    """Say when it was kept: 草稿已于09:42保存."""
    clock = timezone.localtime(at).strftime("%H:%M")
    return Text(zh=f"草稿已于{clock}保存", en=f"Draft saved at {clock}")
