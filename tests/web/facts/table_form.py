"""The form by which a list of members is handed in as a table."""

from __future__ import annotations

from django.test import Client

from tests.web.web_world import Place


def post_table(client: Client, place: Place, **sent: object) -> tuple[int, str]:
    answer = client.post(place.url("lists/people/"), sent)
    return answer.status_code, answer.content.decode()
