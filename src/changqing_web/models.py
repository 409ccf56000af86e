"""Accounts, an index of the cases, and what people did. Evidence is never in here.

What stands in `CaseRow` can be read from the case folders again at any time;
workspaces, memberships and events cannot, and are what a backup of the database is for.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import models

from changqing.agency.rows import FIELDS, BoardRow
from changqing.text import Text
from changqing_web.board.columns import from_database, make_model_field


class Role(models.TextChoices):
    """What somebody may do in a workspace, from least to most."""

    REVIEWER = "reviewer"
    RESPONDENT = "respondent"
    EDITOR = "editor"
    OWNER = "owner"

    @property
    def text(self) -> Text:
        """What the role is called."""
        match self:
            case Role.OWNER:
                return Text(zh="负责人", en="Owner")
            case Role.EDITOR:
                return Text(zh="编辑", en="Editor")
            case Role.RESPONDENT:
                return Text(zh="填报人", en="Respondent")
            case Role.REVIEWER:
                return Text(zh="审阅人", en="Reviewer")

    @property
    def meaning(self) -> Text:
        """What somebody of this role may do."""
        match self:
            case Role.OWNER:
                return Text(
                    zh="办全部项目，管成员和链接", en="all cases, members and links"
                )
            case Role.EDITOR:
                return Text(zh="办全部项目", en="all cases")
            case Role.RESPONDENT:
                return Text(
                    zh="只回答问到他的事，只看指定的项目",
                    en="answers what is asked, named cases only",
                )
            case Role.REVIEWER:
                return Text(zh="只看指定的项目，不能改", en="reads named cases only")

    @property
    def rank(self) -> int:
        """A role may do what every lower one may, but for answering what is asked."""
        return list(Role).index(self)


class Workspace(models.Model):
    """A company, or an agency with many clients; `slug` names its folder of cases."""

    class Kind(models.TextChoices):
        """Whose cases these are."""

        COMPANY = "company"
        AGENCY = "agency"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMPANY)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody's role in a workspace; respondent and reviewer see named cases only."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    cases: models.ManyToManyField[CaseRow, Membership] = models.ManyToManyField(
        "CaseRow", blank=True, related_name="scoped"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "user"], name="one_role_each"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class CaseRow(models.Model):
    """A case as the lists show it. The case folder is the truth; this is its index.

    It has a field for each of `BoardRow`, added below; `board` gives them typed.
    """

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="cases"
    )
    folder = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    holds_until = models.DateField()
    stamp = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "folder"], name="one_row_a_case"
            ),
        )
        indexes = (
            # What the board counts and sorts by, so that neither reads whole rows.
            models.Index(
                fields=[
                    *("workspace", "ended", "next_day", "name", "stage", "readiness"),
                    *("blocking", "proven_until", "report_due", "archived"),
                    *("day_kind", "must_act", "owner", "compliance", "handing_in"),
                ],
                name="case_board",
            ),
            models.Index(fields=["delete_personal_on"], name="case_deletion"),
            models.Index(fields=["workspace", "name"], name="case_name"),
            models.Index(
                fields=["workspace", "proven_until"], name="case_proven_until"
            ),
            models.Index(fields=["workspace", "licence"], name="case_licence"),
            models.Index(fields=["workspace", "region"], name="case_region"),
            models.Index(fields=["workspace", "owner"], name="case_owner"),
            models.Index(
                fields=["workspace", "unread_papers"],
                condition=models.Q(unread_papers__gt=0, ended=False),
                name="case_unread",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def board(self) -> BoardRow:
        """What is kept of the case, typed."""
        return from_database(self)


for _column in FIELDS:
    if _column.name not in ("folder", "name"):
        CaseRow.add_to_class(_column.name, make_model_field(_column))


class IndexedFinding(models.Model):
    """A criterion that is open in a case, at its gravest verdict; part of the index."""

    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="findings")
    criterion = models.CharField(max_length=120)
    verdict = models.CharField(max_length=20)
    count = models.IntegerField()  # subjects of whom it is open
    key = models.CharField(max_length=300)  # of the finding on the page of its case

    class Meta:
        indexes = (
            models.Index(
                fields=["criterion", "verdict", "case", "count"], name="open_criterion"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.criterion}"


class IndexedPaper(models.Model):
    """A paper of a case, or a kind that is wanted and not there; part of the index.

    `paper` and `file` are empty where none of the kind is listed; `wanted` says that an
    open finding asks for one.
    """

    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=120)
    paper = models.CharField(max_length=120, blank=True)
    file = models.CharField(max_length=300, blank=True)
    wanted = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["kind", "wanted", "case", "paper"], name="paper_kind"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"


class IndexedDay(models.Model):
    """A day ahead of a case, or passed; part of the index."""

    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    kind = models.CharField(max_length=12)
    party = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=300)
    title = models.JSONField()  # {zh, en}
    does = models.JSONField()  # {zh, en}
    provisional = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["day", "kind", "party", "case"], name="day_of_case"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.day}"


class CaseEvent(models.Model):
    """Who did what to a case, and when; only ever added to."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="events"
    )
    case = models.CharField(max_length=120)  # its folder; survives the row
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=40)
    what = models.JSONField(default=dict)  # {zh, en}
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["workspace", "case", "id"], name="event_of_case"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.case}"


class PaperAccess(models.Model):
    """Who got to see a paper about a person, and how; only ever added to.

    `digest` is that of the file that was given out, empty for what earlier editions
    noted. `link` is the number of the link or token that was used, `via` what kind of
    link it is and `label` its name; all empty for who had signed in.
    """

    class Way(models.TextChoices):
        """How it was given out."""

        VIEW = "view"
        DOWNLOAD = "download"
        FOLDER = "folder"
        BUNDLE = "bundle"

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="accesses"
    )
    case = models.CharField(max_length=120)  # its folder; survives the row
    paper = models.CharField(max_length=120)
    kind = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    way = models.CharField(max_length=10, choices=Way.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    link = models.BigIntegerField(null=True)
    via = models.CharField(max_length=10, blank=True)
    label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["workspace", "case", "id"], name="access_of_case"),
        )

    def __str__(self) -> str:
        return f"{self.way} {self.case} {self.paper}"


class Draft(models.Model):
    """What somebody typed and has not handed in yet: a closed tab loses nothing."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    form = models.CharField(max_length=200)  # which form, of which case
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "user", "form"], name="one_draft"
            ),
        )

    def __str__(self) -> str:
        return self.form


class Job(models.Model):
    """Work in the background, and how far it is. `result` says what came of it."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="jobs"
    )
    case = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=40)
    given = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    # Written by pages alone; a program of before adds jobs without naming it.
    stop_asked = models.BooleanField(default=False, db_default=False)
    step = models.JSONField(default=dict)  # {zh, en}: what it is doing now
    result = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField(auto_now_add=True)
    tries = models.IntegerField(default=0)  # begun and not answered
    begun_at = models.DateTimeField(null=True)  # the last time
    machine = models.CharField(max_length=200, blank=True, default="")  # that does it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["workspace", "case", "id"], name="job_of_case"),
            models.Index(fields=["state", "id"], name="job_by_state"),
            models.Index(fields=["workspace", "begun_at"], name="job_turn"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.case}"

    @property
    def under_way(self) -> bool:
        """Whether there is anything left to wait for."""
        return self.state in {self.State.WAITING, self.State.RUNNING}


def digest_secret(secret: str) -> str:
    """Compute what is kept of a secret that somebody else holds."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Link(models.Model):
    """A secret address. Only its digest is kept; it expires, and it can be withdrawn.

    `sign_in` is used up by its first use. `review` shows one case, read only.
    `invite` makes whoever follows it a member; `user` is the account that was made by
    it, and then alone may follow it. `token` is a key of the API.
    """

    class Purpose(models.TextChoices):
        """What it opens."""

        SIGN_IN = "sign_in"
        REVIEW = "review"
        INVITE = "invite"
        TOKEN = "token"  # noqa: S105 - what it is for, no secret

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=120, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE
    )
    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE)
    case = models.ForeignKey(CaseRow, null=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    # By which name events record who made it; a program of before does not say.
    made_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose}: {self.label}"

    @classmethod
    def make(
        cls, purpose: Purpose, *, expires_at: datetime, **of: object
    ) -> tuple[Link, str]:
        """Make a link and its secret, which is not kept and cannot be shown again."""
        secret = secrets.token_urlsafe(32)
        link = cls.objects.create(
            purpose=purpose, digest=digest_secret(secret), expires_at=expires_at, **of
        )
        return link, secret

    @classmethod
    def find(cls, secret: str, purpose: Purpose, *, now: datetime) -> Link | None:
        """Find the link of a secret, if it still opens anything."""
        return (
            cls.objects.filter(
                purpose=purpose,
                digest=digest_secret(secret),
                expires_at__gt=now,
                withdrawn_at=None,
            )
            .select_related("workspace", "case", "user")
            .first()
        )
