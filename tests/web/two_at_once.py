"""Two people who follow one invitation at the same moment: a program of its own.

It has a database of its own in a file, or in PostgreSQL, as a server has: what tests
share in memory knows no two connections. Prints what came of it as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import timedelta

_ROUNDS = 4


def main() -> None:
    """Sign up twice at once, some times over, and tell how many accounts there are."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.web.web_settings"
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connections
    from django.test import Client
    from django.utils import timezone

    from changqing_web.accounts.adapter import create_workspace
    from changqing_web.models import Link, Membership, Role

    call_command("migrate", verbosity=0)
    from django.conf import settings

    settings.ALLOWED_HOSTS.append("testserver")
    owner = User.objects.create_user("owner@here.example")
    workspace = create_workspace(owner, name="here", slug="here")
    rounds = []
    for number in range(_ROUNDS):
        _, secret = Link.make(
            Link.Purpose.INVITE,
            expires_at=timezone.now() + timedelta(days=1),
            workspace=workspace,
            role=Role.EDITOR,
        )
        path = f"/join/{secret}/"
        together = threading.Barrier(2)
        statuses: list[int] = []

        def sign_up(
            who: str,
            path: str = path,
            together: threading.Barrier = together,
            statuses: list[int] = statuses,
        ) -> None:
            client = Client(raise_request_exception=False)
            new = {"email": who, "password1": "quite a long secret", "next": path}
            together.wait()
            try:
                address = f"/account/signup/?next={path}"
                statuses.append(client.post(address, new).status_code)
                together.wait()
                statuses.append(client.post(path).status_code)
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=sign_up, args=(f"{name}{number}@firm.example",))
            for name in ("invited", "friend")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = User.objects.filter(email__endswith=f"{number}@firm.example")
        joined = Membership.objects.filter(workspace=workspace, user__in=made)
        rounds.append(
            {
                "statuses": sorted(statuses),
                "accounts": made.count(),
                "members": joined.count(),
            }
        )
    sys.stdout.write(json.dumps(rounds))


if __name__ == "__main__":
    main()
