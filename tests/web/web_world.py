"""People, workspaces and cases for the tests of the web application."""

from __future__ import annotations

import lzma
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from changqing.rehearsal.live import plan_ahead
from changqing_web.cases import case_memory
from changqing_web.index import refresh
from changqing_web.models import CaseRow, Membership, Role, Workspace
from changqing_web.walls import cases_of

EXAMPLES = Path(__file__).parents[2] / "examples"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sealed_example() -> bytes:
    """The bundle that is kept in the repository, unpacked."""
    return lzma.decompress((EXAMPLES / "sealed" / "bundle.zip.xz").read_bytes())


class _People(Mapping[Role, Client]):
    """Somebody in each role; all but the editor sign in when first asked for.

    Most tests ask for the editor alone, and some count what the editor's page asks of
    the database.
    """

    def __init__(self, users: Mapping[Role, User]) -> None:
        self._users = users
        self._clients: dict[Role, Client] = {}
        self._sign_in(Role.EDITOR)

    def __getitem__(self, role: Role) -> Client:
        if role not in self._clients:
            self._sign_in(role)
        return self._clients[role]

    def _sign_in(self, role: Role) -> None:
        client = Client()
        client.force_login(self._users[role], backend=_BACKEND)
        self._clients[role] = client

    def __iter__(self) -> Iterator[Role]:
        return iter(self._users)

    def __len__(self) -> int:
        return len(self._users)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A workspace with one case, and somebody in each role, signed in."""

    workspace: Workspace
    case: CaseRow
    people: Mapping[Role, Client]

    def url(self, rest: str = "") -> str:
        """An address below the case."""
        return f"/w/{self.workspace.slug}/c/{self.case.folder}/{rest}"

    @property
    def folder(self) -> Path:
        return cases_of(self.workspace) / self.case.folder

    @property
    def editor(self) -> Client:
        return self.people[Role.EDITOR]


@cache
def _prepare_example(example: str, today: date) -> Path:
    """Prepare an example once; its copies have its times, and so are alike."""
    folder = Path(tempfile.mkdtemp(dir=settings.HOME)) / example
    shutil.copytree(EXAMPLES / example, folder)
    plan_ahead(folder, today=today)
    return folder


def make_place(slug: str, example: str = "newly-registered") -> Place:
    """A workspace of its own, with a copy of an example in it."""
    workspace = Workspace.objects.create(slug=slug, name=f"工作区{slug}")
    target = cases_of(workspace) / example
    for kept in ("cases", "results", "imports", "made"):  # of an earlier test
        shutil.rmtree(settings.HOME / kept / slug, ignore_errors=True)
    shutil.copytree(_prepare_example(example, timezone.localdate()), target)
    case_memory().forget(target)
    case = refresh(workspace, example)
    users = {}
    for role in Role:
        user = User.objects.create_user(
            f"{role}@{slug}.example", password="long enough"
        )
        membership = Membership.objects.create(
            workspace=workspace, user=user, role=role
        )
        if role in {Role.RESPONDENT, Role.REVIEWER}:
            membership.cases.add(case)
        users[role] = user
    return Place(workspace=workspace, case=case, people=_People(users))
