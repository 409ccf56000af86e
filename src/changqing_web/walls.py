"""Who may see and do what: one table of routes, one wall before each.

A module of pages lists its `ROUTES`. What stands in angle brackets is looked up here,
in the workspace of the person who asks and nowhere else: another workspace's case, or a
role that is too low to know of it, gets the same 404 as a case that never was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from changqing.papers.cache import leave_folders_alone
from changqing_web.models import CaseRow, Link, Membership, Role, Workspace

PROGRAM: Final = "长青"
"""By which name events record what the program did by itself, on a day set for it."""
_LAST: Final = "workspace"  # cookie: the slug of the workspace one was in last
_YEAR: Final = 365 * 24 * 3600  # seconds
REVIEWING: Final = "reviewing"  # session key: digest of the link that was followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where a person is: the workspace, their role in it, and the case if any.

    `link` is the link or token that let them in, None for who signed in.
    """

    user: User | AnonymousUser
    workspace: Workspace
    role: Role
    case: CaseRow | None = None
    link: Link | None = None

    @property
    def folder(self) -> Path:
        """The folder of the case, which is the truth about it."""
        return find_cases_folder(self.workspace) / self.row.folder

    @property
    def row(self) -> CaseRow:
        """The case; a route without one never asks."""
        if self.case is None:
            raise LookupError("this route names no case")
        return self.case

    @property
    def name(self) -> str:
        """By which name events record this person, or the program itself."""
        return self.user.get_username() or ("reviewer" if self.link else PROGRAM)

    def may(self, least: Role) -> bool:
        """Tell whether this person may do what asks for a role."""
        return self.role.rank >= least.rank


View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRoute:
    """One address: its view, and the least role that may know of it.

    `least` None with `public` False asks for a signed-in person and no workspace;
    `for_reviewers` lets in who followed a link to a case that still opens it.
    `sample` fills what stands in angle brackets other than workspace and case.
    """

    path: str
    view: View
    name: str
    least: Role | None = None
    public: bool = False
    for_reviewers: bool = False
    methods: tuple[str, ...] = ("GET",)
    sample: Mapping[str, object] = field(default_factory=dict)
    hidden_from: frozenset[Role] = frozenset()


def find_cases_folder(workspace: Workspace) -> Path:
    """Find the folder in which the cases of a workspace stand."""
    return Path(settings.CASES) / workspace.slug


@cache
def collect_routes() -> tuple[PageRoute, ...]:
    """Collect the routes of every module of pages: `views` and `…_views`."""
    return tuple(
        route
        for path in list_view_modules()
        for route in import_module(
            f"changqing_web.{path.parent.name}.{path.stem}"
        ).ROUTES
    )


def list_view_modules() -> list[Path]:
    """List the modules of pages, each in the folder of its feature.

    The folder has its templates, styles, forms and words too.
    """
    here = Path(__file__).parent
    return sorted([*here.glob("*/views.py"), *here.glob("*/*_views.py")])


def make_patterns(routes: Iterable[PageRoute]) -> list[URLPattern]:
    """Make what Django resolves, each view behind its wall."""
    return [path(route.path, guard_view(route), name=route.name) for route in routes]


def guard_view(route: PageRoute) -> View:
    """Guard the view of a route, called only for those who may know of it."""
    view = require_http_methods(list(route.methods))(route.view)

    @wraps(route.view)
    def enter(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        if _is_unprintable(request, arguments.values()):
            raise Http404
        if route.public:
            return view(request, **arguments)
        if route.least is None:
            reads = route.for_reviewers and _find_review_link(request) is not None
            if not request.user.is_authenticated and not reads:
                return redirect_to_login(request.get_full_path())
            return view(request, request.user, **arguments)
        here = _find_access(
            request, arguments.pop("workspace"), arguments.pop("case", None)
        )
        if here is None:
            if not request.user.is_authenticated and REVIEWING not in request.session:
                return redirect_to_login(request.get_full_path())
            raise Http404
        if not here.may(route.least) or here.role in route.hidden_from:
            raise Http404
        request.here = here  # type: ignore[attr-defined]
        with nullcontext() if here.may(Role.EDITOR) else leave_folders_alone():
            answer = view(request, here, **arguments)
        if here.link is None and request.COOKIES.get(_LAST) != here.workspace.slug:
            answer.set_cookie(
                _LAST,
                here.workspace.slug,
                max_age=_YEAR,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
                httponly=True,
            )
        return answer

    return enter


def _is_unprintable(request: HttpRequest, arguments: Iterable[object]) -> bool:
    """Whether anything asked or sent holds what no keyboard types and PostgreSQL
    cannot keep."""
    strings = [str(value) for value in arguments]
    for query in (request.GET, request.POST):
        strings += [part for name, values in query.lists() for part in (name, *values)]
    return any("\x00" in text for text in strings)


def _find_access(request: HttpRequest, workspace: str, case: str | None) -> Here | None:
    """Where the request leads, or None where this person may not know."""
    if request.user.is_authenticated:
        membership = (
            Membership.objects.filter(user=request.user, workspace__slug=workspace)
            .select_related("workspace")
            .first()
        )
        if membership is not None:
            return _enter_as_member(request, membership, case)
    return _enter_as_reviewer(request, workspace, case)


def _enter_as_member(
    request: HttpRequest, membership: Membership, case: str | None
) -> Here | None:
    role = Role(membership.role)
    here = Here(user=request.user, workspace=membership.workspace, role=role)
    if case is None:
        return here
    rows = membership.workspace.cases.all()
    if role in {Role.RESPONDENT, Role.REVIEWER}:
        rows = rows.filter(scoped=membership)
    row = rows.filter(folder=case).first()
    if row is None:
        return None
    return Here(user=request.user, workspace=membership.workspace, role=role, case=row)


def _enter_as_reviewer(
    request: HttpRequest, workspace: str, case: str | None
) -> Here | None:
    """A person who followed a link to one case, for as long as the link opens it."""
    link = None if case is None else _find_review_link(request)
    if link is None or link.workspace is None or link.case is None:
        return None
    if (link.workspace.slug, link.case.folder) != (workspace, case):
        return None
    return Here(
        user=request.user,
        workspace=link.workspace,
        role=Role.REVIEWER,
        case=link.case,
        link=link,
    )


def _find_review_link(request: HttpRequest) -> Link | None:
    """The link that this person followed, if it still opens its case."""
    digest = request.session.get(REVIEWING)
    if digest is None:
        return None
    return (
        Link.objects.filter(
            digest=digest,
            purpose=Link.Purpose.REVIEW,
            expires_at__gt=timezone.now(),
            withdrawn_at=None,
        )
        .select_related("workspace", "case")
        .first()
    )


def provide_here(request: HttpRequest) -> dict[str, Here | None]:
    """Tell every template where this person is."""
    return {"here": getattr(request, "here", None)}


def find_last_workspace(request: HttpRequest) -> Workspace | None:
    """Find the workspace that somebody was in before a page that is of none.

    None for who may not see its board, be it that they never could.
    """
    slug = request.COOKIES.get(_LAST)
    if not slug or "\x00" in slug or not request.user.is_authenticated:
        return None
    membership = (
        Membership.objects.filter(
            user=request.user,
            workspace__slug=slug,
            role__in=(Role.OWNER, Role.EDITOR),
        )
        .select_related("workspace")
        .first()
    )
    return None if membership is None else membership.workspace
