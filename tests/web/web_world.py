"""People, workspaces and cases for the tests of the web application."""

from __future__ import annotations

import lzma
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone

from changqing.agency.index import stamp_folder
from changqing.case.folder import CASE_FILE
from changqing.evidence.ledger.memory import Seen
from changqing.rehearsal.live import RECORDED_ON
from changqing_web.cases import open_case_memory
from changqing_web.index import refresh_case
from changqing_web.models import CaseEvent, CaseRow, Membership, Role, Workspace
from changqing_web.walls import Here, find_cases_folder

EXAMPLES = Path(__file__).parents[2] / "examples"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def read_sealed_example() -> bytes:
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
        return find_cases_folder(self.workspace) / self.case.folder

    @property
    def here(self) -> Here:
        """The case as an editor has it in the product, where it matters not who."""
        return Here(
            user=AnonymousUser(),
            workspace=self.workspace,
            role=Role.EDITOR,
            case=self.case,
        )

    @property
    def editor(self) -> Client:
        return self.people[Role.EDITOR]


@cache
def _prepare_example(example: str, today: date) -> Path:
    """Prepare an example once; its copies have its times, and so are alike."""
    folder = Path(tempfile.mkdtemp(dir=settings.HOME)) / example
    shutil.copytree(EXAMPLES / example, folder)
    file = folder / "case.yaml"
    planned = re.sub(
        r"(?<=submit_on: )\S+",
        lambda day: str(date.fromisoformat(day[0]) + (today - RECORDED_ON)),
        file.read_text("utf-8"),
    )
    file.write_text(planned, "utf-8")
    return folder


def _copy_folder(source: str, target: str) -> None:
    """Copy files and their times, in half the time that shutil takes: for each test.

    Paths are texts, since to join those of pathlib takes as long as to copy.
    """
    os.mkdir(target)  # noqa: PTH102
    with os.scandir(source) as entries:
        for entry in entries:
            copy = f"{target}/{entry.name}"
            if entry.is_dir():
                _copy_folder(entry.path, copy)
                continue
            with open(entry.path, "rb", buffering=0) as stream:  # noqa: PTH123
                content = stream.read()
            with open(copy, "wb", buffering=0) as stream:  # noqa: PTH123
                stream.write(content)
            told = entry.stat()
            os.utime(copy, ns=(told.st_atime_ns, told.st_mtime_ns))


_rows: dict[tuple[str, date], CaseRow] = {}
"""What the index says of each example: its copies are alike."""


def make_place(slug: str, example: str = "newly-registered") -> Place:
    """A workspace of its own, with a copy of an example in it."""
    workspace = Workspace.objects.create(slug=slug, name=f"工作区{slug}")
    today = timezone.localdate()
    target = find_cases_folder(workspace) / example
    for kept in ("cases", "results", "imports", "made"):  # of an earlier test
        shutil.rmtree(settings.HOME / kept / slug, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy_folder(str(_prepare_example(example, today)), str(target))
    open_case_memory().forget(target)
    known = _rows.get((example, today))
    if known is None:
        case = refresh_case(workspace, example)
        _rows[example, today] = copy(case)
    else:
        case = copy(known)
        case.pk, case.workspace, case.stamp = None, workspace, stamp_folder(target)
        case.save(force_insert=True)
    users = User.objects.bulk_create(
        User(
            username=f"{role}@{slug}.example",
            email="",
            password=_hash("long enough"),
        )
        for role in Role
    )
    members = Membership.objects.bulk_create(
        Membership(workspace=workspace, user=user, role=role)
        for role, user in zip(Role, users, strict=True)
    )
    for membership in members:
        if membership.role in {Role.RESPONDENT, Role.REVIEWER}:
            membership.cases.add(case)
    people = _People(dict(zip(Role, users, strict=True)))
    return Place(workspace=workspace, case=case, people=people)


_hash = cache(make_password)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """A case as some steps left it, and what was kept of it beside its folder."""

    files: Mapping[str, Path]
    row: CaseRow
    events: Sequence[CaseEvent]
    seen: Seen | None


_reached: dict[tuple[str, Callable[[Place], None], date], _Reached] = {}


def reach(place: Place, steps: Callable[[Place], None]) -> None:
    """Bring a case as it was made to a state with which several tests begin.

    The steps are taken by the first of them. The others begin with a copy of what they
    left: the same files of the same times, whose result is known by then. What a test
    did to the case before would be lost in the others: it is refused in all.
    """
    slug = place.workspace.slug
    name = (place.url(), steps, timezone.localdate())
    made = _prepare_example(place.case.folder, timezone.localdate())
    at_first = (made / CASE_FILE).read_bytes()
    assert (place.folder / CASE_FILE).read_bytes() == at_first, "it was changed before"
    there = {
        "case": place.folder,
        "results": Path(settings.HOME) / "results" / slug / place.case.folder,
    }
    known = _reached.get(name)
    if known is None:
        steps(place)
        place.case.refresh_from_db()
        kept = Path(tempfile.mkdtemp(dir=settings.HOME))
        files = {part: kept / part for part, folder in there.items() if folder.exists()}
        for part, copied in files.items():
            _copy_folder(str(there[part]), str(copied))
        events = CaseEvent.objects.filter(workspace=place.workspace).order_by("id")
        _reached[name] = _Reached(
            files=files,
            row=copy(place.case),
            events=tuple(events),
            seen=open_case_memory().recall(place.folder),
        )
        return
    for part, copied in known.files.items():
        shutil.rmtree(there[part], ignore_errors=True)
        there[part].parent.mkdir(parents=True, exist_ok=True)
        _copy_folder(str(copied), str(there[part]))
    if known.seen is not None:
        open_case_memory().replace(place.folder, known.seen)
    row = copy(known.row)
    row.pk, row.workspace = place.case.pk, place.workspace
    row.stamp = stamp_folder(place.folder)
    row.save()
    place.case.refresh_from_db()
    for event in map(copy, known.events):
        event.pk, event.workspace = None, place.workspace
        event.save(force_insert=True)
