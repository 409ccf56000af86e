"""The jobs that seal a case into one file, and that check such a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from django.utils import timezone

from changqing.text import Text
from changqing_web.bundles import bundle_of
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.rendered import FOLDER

_MOST_LINES: Final = 200


@work("seal")
def seal_case(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
    """Record what is new, judge as of the last record, and seal."""
    from changqing.dossier import headline
    from changqing.evidence import Store, changes, load_key, open_case
    from changqing.run import conclude, last_day, logged
    from changqing.sealing import seal
    from changqing_web import cases
    from changqing_web.work import desk_of

    here, judge = desk_of(job), cases.judge()
    case = open_case(here.folder, judge.catalogue)
    key = load_key(cases.key_path())
    out = bundle_of(job)
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    tell(Text("正在记录新的内容", "Recording what is new"))
    with Store(case.path, key) as store:
        store.append(changes(case, store.items(), timezone.now()))
        tell(Text("正在评估和封存", "Judging and sealing"))
        known = logged(case, store)
        outcome = conclude(
            case,
            known,
            judge=judge,
            as_of=case.as_of or last_day(case, known),
            assessed_at=None,
        )
        sealed = seal(
            store,
            case,
            outcome.assessment,
            headline=headline(outcome.document)[:2],
            key=key,
            out=out,
            full=bool(job.given.get("full")),
            documents=_documents(here.folder / FOLDER),
        )
        file_digest = hashlib.sha256(out.read_bytes()).hexdigest()
    said = {name: value for name, value in asdict(sealed).items() if name != "path"}
    return {
        **said,
        "as_of": outcome.situation.as_of.isoformat(),
        "full": bool(job.given.get("full")),
        "file_digest": file_digest,
        "said": {
            "zh": f"已封好，{sealed.entries}条记录，隐去{sealed.withheld}条。",
            "en": f"Sealed: {sealed.entries} entries, {sealed.withheld} withheld.",
        },
    }


@work("verify")
def verify_bundle(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
    """Check a bundle that was handed in; it is somebody's, and not kept after."""
    tell(Text("正在核验", "Checking"))
    path = bundle_of(job)
    keys = frozenset(str(key).lower() for key in job.given.get("keys") or [])
    try:
        return _checked(path, keys)
    finally:
        path.unlink(missing_ok=True)


def _checked(path: Path, keys: frozenset[str]) -> dict[str, object]:
    """What the published verifier says, and the rules installed here."""
    from changqing.sealing import differing_rules, installed_rules, verify
    from changqing.sealing.times import witness_of
    from changqing_web.index import catalogue

    with path.open("rb") as stream:
        report, listed = verify.check(
            stream, keys, installed_rules(catalogue()), witness_of([])
        )
    differ = differing_rules(catalogue(), path) if report.code in (0, 1) else ()
    lead = verify.RESULTS[report.code]
    return {
        "code": report.code,
        "result": _pair(lead),
        "digest": "" if listed is None else listed.digest,
        "about": [] if report.damaged else _pairs(report.about),
        "checked": _pairs(report.checked),
        "unchecked": [*_pairs(report.unchecked), *(_both(one) for one in differ)],
        "notes": [] if report.damaged else _pairs(report.notes),
        "damaged": [
            {"part": _plain(part), **_pair(said)}
            for part, said in report.damaged[:_MOST_LINES]
        ],
        "unfinished": [
            {"part": _plain(part), **_pair(said)} for part, said in report.unfinished
        ],
        "said": _pair(lead),
    }


def _documents(folder: Path) -> Mapping[str, bytes]:
    if not folder.is_dir():
        return {}
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix != ".zip" and not path.name.startswith(".")
    }


def _pairs(found: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [_pair(said) for said in list(found)[:_MOST_LINES]]


def _pair(said: tuple[str, str]) -> dict[str, str]:
    return {"zh": _plain(said[0]), "en": _plain(said[1])}


def _both(said: Text) -> dict[str, str]:
    return _pair((said.zh, said.en))


def _plain(text: str) -> str:
    """What comes from a bundle can hide nothing."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
