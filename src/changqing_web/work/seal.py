"""The jobs that seal a case into one file, and that check such a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict

from django.conf import settings
from django.utils import timezone

from changqing.documents.made import MADE
from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.papers.access import list_personal_files
from changqing_web.seal.bundles import find_bundle
from changqing_web.work.desk import make_desk


@work("seal")
def seal_case(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Record what is new, judge as of the last record, and seal."""
    from changqing.seal_case import seal_case as seal
    from changqing_web import cases

    here = make_desk(job)
    out = find_bundle(job)
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sealed, outcome = seal(
        here.folder,
        out=out,
        judge=cases.get_judge(),
        key=cases.find_key_path(),
        now=timezone.now(),
        full=bool(job.given.get("full")),
        documents=here.folder / MADE,
        stamp=_make_stamper(tell),
        tell=tell,
    )
    with out.open("rb") as stream:
        file_digest = hashlib.file_digest(stream, "sha256").hexdigest()
    bundle_data = {
        name: value for name, value in asdict(sealed).items() if name != "path"
    }
    return {
        **bundle_data,
        "as_of": outcome.situation.as_of.isoformat(),
        "full": bool(job.given.get("full")),
        "personal": [asdict(file) for file in list_personal_files(here, copies=False)]
        if job.given.get("full")
        else [],
        "file_digest": file_digest,
        "said": {
            "zh": f"已封好，{sealed.entries}条记录，隐去{sealed.withheld}条。",
            "en": f"Sealed: {sealed.entries} entries, {sealed.withheld} withheld.",
        },
    }


def _make_stamper(tell: Callable[[Text], None]) -> Callable[[bytes], bytes] | None:
    """What asks the time authority of this installation; None where it has none."""
    if not settings.TIME_AUTHORITY:
        return None
    from changqing.sealing.times import make_asker

    ask = make_asker(settings.TIME_AUTHORITY, timezone.now)

    def stamp(checkpoint: bytes) -> bytes:
        tell(Text("正在请外部见证时间", "Asking an outside witness for the time"))
        return ask(checkpoint)

    return stamp


def _forget_bundle(job: Job) -> None:
    """Delete what was handed in to be checked: it is somebody's."""
    find_bundle(job).unlink(missing_ok=True)


@work("verify", seconds=300, after=_forget_bundle)
def verify_bundle(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Check a bundle that was handed in; it is not kept after."""
    from changqing_web.seal.checking import check_bundle

    tell(Text("正在核验每个文件，并重算结论", "Checking files, computing verdicts"))
    keys = frozenset(str(key).lower() for key in job.given.get("keys") or [])
    return check_bundle(find_bundle(job), keys)
