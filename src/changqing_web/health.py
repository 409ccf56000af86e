"""What machines ask: is it alive (`/healthz`), how much is there to do (`/metrics`)?

Neither says a name, a case or an address: counts alone. `/metrics` is there only where
`CHANGQING_METRICS` sets the token that whoever asks must bring.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

import changqing
from changqing_web.index import catalogue
from changqing_web.models import CaseRow, Job, Workspace

if TYPE_CHECKING:
    from prometheus_client import Metric

_BEARER: Final = "Bearer "


@require_safe
def tell_health(request: HttpRequest) -> HttpResponse:
    """Answer 200 while pages and database answer, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def tell_metrics(request: HttpRequest) -> HttpResponse:
    """Answer the counts in the text format of Prometheus; 404 without the token."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

    authorization = request.headers.get("Authorization", "")
    metrics_token = settings.METRICS_TOKEN
    if not metrics_token or not hmac.compare_digest(
        authorization.encode(), f"{_BEARER}{metrics_token}".encode()
    ):
        return HttpResponse(status=404)
    # Asked of the database each time, so every process of the server says the same.
    registry = CollectorRegistry()
    registry.register(_Counts())
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4
    )


class _Counts:
    """The counts of all workspaces together."""

    def collect(self) -> Iterator[Metric]:
        """Count: for `prometheus_client`."""
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        yield InfoMetricFamily(
            "changqing",
            "Version of the program and edition of its catalogue.",
            {"version": changqing.__version__, "edition": catalogue().edition},
        )
        for name, text, number in (
            ("changqing_workspaces", "Workspaces.", Workspace.objects.count()),
            ("changqing_cases", "Cases of all workspaces.", CaseRow.objects.count()),
        ):
            yield GaugeMetricFamily(name, text, value=number)
        jobs = GaugeMetricFamily(
            "changqing_jobs", "Background work kept, by state.", labels=["state"]
        )
        by_state = dict(
            Job.objects.order_by().values_list("state").annotate(number=Count("id"))
        )
        for state in Job.State.values:
            jobs.add_metric([state], by_state.get(state, 0))
        yield jobs
        waiting = Job.objects.filter(state=Job.State.WAITING)
        since = waiting.aggregate(since=Min("asked_at"))["since"]
        yield GaugeMetricFamily(
            "changqing_jobs_oldest_waiting_seconds",
            "For how long the oldest waiting work has waited; 0 where none waits.",
            value=(timezone.now() - since).total_seconds() if since else 0,
        )


PATTERNS: Final[list[URLPattern]] = [
    path("healthz", tell_health, name="healthz"),
    path("metrics", tell_metrics, name="metrics"),
]
"""Outside the table of pages: machines ask, signed in as nobody."""
