"""Every address: the pages' own tables, the account pages, and the API."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from changqing_web import errors, health
from changqing_web.api import assistant
from changqing_web.api.routes import build_api
from changqing_web.walls import collect_routes, make_patterns

handler400 = "changqing_web.errors.answer_unreadable"
handler404 = "changqing_web.errors.answer_missing"
handler500 = "changqing_web.errors.answer_fault"

_ACCOUNT: list[URLPattern | URLResolver] = [
    # Pages of allauth that we have none for: who comes from a provider meets ours.
    re_path(r"^(3rdparty|social)/", errors.answer_missing),
    path("", include("allauth.urls")),
]

urlpatterns = [
    path("account/", include(_ACCOUNT)),
    path("api/v1/", build_api().urls),
    *health.PATTERNS,
    *assistant.PATTERNS,
    *make_patterns(collect_routes()),
]
