"""The pages of a register: how long each takes for a run of 200,000 companies.

    python -m benchmarks.register_pages [CASES]

A small made register is screened on two days, and the tables of each run are repeated
under other ids till there are CASES (200,000). Each page is then asked for in this
process, as the application is served, first with nothing in memory and then again;
CPU seconds are counted. Exits with 1 where a page that was asked for before takes over
0.3 s of the processor.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from django.test import Client

_DAYS: Final = {"november": date(2026, 11, 30), "may": date(2027, 5, 31)}
_MADE: Final = 2_000
_GOAL: Final = 0.3  # seconds of the processor
_AGAIN: Final = 5
_CRITERION: Final = "service_reachable"
_BEGIN: Final = "/w/office/register/november/"
PAGES: Final = {
    "runs": "/w/office/register/",
    "overview": _BEGIN,
    "overview of a province": f"{_BEGIN}?region=44",
    "criteria": f"{_BEGIN}criteria/",
    "companies": f"{_BEGIN}companies/",
    "companies, last page": f"{_BEGIN}companies/?page=last",
    "companies, narrowed": f"{_BEGIN}companies/?region=44&licence=B25&q=0000",
    "a signal nobody measured": (
        f"{_BEGIN}companies/?criterion=published_recently&verdict=unmet"
    ),
    "a measured signal": f"{_BEGIN}companies/?criterion={_CRITERION}&verdict=unmet",
    "one company": f"{_BEGIN}company/?id=made-0000011",
    "change": "/w/office/register/may/change/?before=november",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTime:
    """Seconds of the clock and of the processor that a page took."""

    wall: float
    processor: float


def main() -> int:
    """Make the runs, ask for each page, and print what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "CHANGQING_HOME": home,
            "DJANGO_SETTINGS_MODULE": "changqing_web.settings",
        }
        client = _sign_in()
        for name, as_of in _DAYS.items():
            _make_run(Path(home, "registers", "office", name), as_of, count)
        _fill_in_sample(Path(home, "registers", "office", "november"))
        return _measure(client, count)


def _measure(client: Client, count: int) -> int:
    print(f"{count} companies; seconds of the clock (of the processor)")
    slow = False
    for title, address in PAGES.items():
        first = _ask(client, address)
        again = [_ask(client, address) for _ in range(_AGAIN)]
        wall = statistics.median(cost.wall for cost in again)
        processor = statistics.median(cost.processor for cost in again)
        slow = slow or processor > _GOAL
        print(
            f"  {title:<26} first {first.wall:6.2f} ({first.processor:5.2f})"
            f"   again {wall:6.3f} ({processor:6.3f})",
            flush=True,
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")
    return 1 if slow else 0


def _ask(client: Client, address: str) -> PageTime:
    wall, processor = time.perf_counter(), time.process_time()
    answer = client.get(address)
    took = PageTime(
        wall=time.perf_counter() - wall, processor=time.process_time() - processor
    )
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return took


def _sign_in() -> Client:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("collectstatic", interactive=False, verbosity=0)
    from django.contrib.auth.models import User
    from django.test import Client

    from changqing_web.models import Membership, Role, Workspace

    office = Workspace.objects.create(slug="office", name="office")
    user = User.objects.create(username="editor@office.example")
    Membership.objects.create(workspace=office, user=user, role=Role.EDITOR)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(
        user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def _make_run(folder: Path, as_of: date, count: int) -> None:
    """Screen a made register, and repeat its tables under other ids."""
    import polars as pl

    from changqing.law.compiled import load_shipped
    from changqing.screening.layout import write_register
    from changqing.screening.make import RegisterMaker
    from changqing.screening.screen import ScreenJob, run_in_process, screen

    catalogue = load_shipped()
    with tempfile.TemporaryDirectory() as place:
        register = Path(place, "register")
        with write_register(register, catalogue, cases=_MADE) as writer:
            maker = RegisterMaker(catalogue, seed=1, as_of=_DAYS["november"])
            list(maker.make_all(_MADE, writer))
        job = ScreenJob(register=register, out=Path(place, "run"), as_of=as_of)
        run = screen(job, map_buckets=run_in_process)
        run_data = json.loads((run.folder / "run.json").read_bytes())
        buckets, turns = 0, -(-count // run.cases)
        (folder / "counts").mkdir(parents=True)
        for path in (run.folder / "counts").glob("*.parquet"):
            times = pl.col("cases", "verdicts") * turns
            counts = pl.read_parquet(path).with_columns(times)
            counts.write_parquet(folder / "counts" / path.name)
        for turn in range(turns):
            for bucket in run.buckets:
                for path in run.folder.rglob(f"{bucket:04d}.parquet"):
                    frame = pl.read_parquet(path)
                    if turn and "case" in frame.columns:
                        frame = frame.with_columns(pl.col("case") + f"-{turn}")
                    into = folder / path.relative_to(run.folder).parent
                    into.mkdir(parents=True, exist_ok=True)
                    frame.write_parquet(
                        into / f"{buckets:04d}.parquet", compression="zstd"
                    )
                buckets += 1
        run_data |= {
            "buckets": list(range(buckets)),
            "cases": run.cases * turns,
            "files": {},
        }
        (folder / "run.json").write_text(json.dumps(run_data), "utf-8")


def _fill_in_sample(folder: Path) -> None:
    """Find a signal right sixty times of sixty, so that it lists companies."""
    from changqing.law.compiled import load_shipped
    from changqing.screening.lead_journal import ScreenSignal
    from changqing.screening.screen import read_run
    from changqing.screening.signals import write_sample

    path = write_sample(
        read_run(folder),
        ScreenSignal(criterion=_CRITERION, verdict="unmet"),
        load_shipped(),
        size=60,
        seed=1,
    )
    head, *rows = path.read_text("utf-8-sig").splitlines()
    place = len(head.split(",")) - head.split(",").index("right")
    filled = []
    for row in rows:
        cells = row.split(",")
        cells[-place] = "yes"
        filled.append(",".join(cells))
    path.write_text("\n".join([head, *filled]) + "\n", "utf-8-sig")


if __name__ == "__main__":
    sys.exit(main())
