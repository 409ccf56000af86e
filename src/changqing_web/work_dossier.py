"""The job that writes documents of the dossier as Word and PDF."""

from __future__ import annotations

from collections.abc import Callable

from changqing.text import Text
from changqing_web.jobs import work
from changqing_web.models import Job


@work("dossier", seconds=600)
def dossier(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
    """Write the documents that are named, or all of them and one zip."""
    from changqing.documents.render import render_documents, upload_name, write_dossier
    from changqing_web.rendered import FOLDER, note
    from changqing_web.work import desk_of
    from changqing_web.written import writings

    here = desk_of(job)
    found = writings(here)
    if found.problem is not None:
        raise found.problem
    only = job.given.get("only") or []
    wanted = [one for one in found.documents if not only or one.id in only]
    made = 0

    def progress(_: object) -> None:
        nonlocal made
        made += 1
        tell(
            Text(
                f"已写出{made}份，共{len(wanted)}份",
                f"{made} of {len(wanted)} documents written",
            )
        )

    case = found.outcome.case
    tell(Text(f"共{len(wanted)}份文书", f"{len(wanted)} documents"))
    rendered = render_documents(
        wanted,
        case_name=case.name,
        digest=case.digest,
        as_of=found.outcome.situation.as_of,
        progress=progress,
    )
    name = None if only else upload_name(case.name)
    files = write_dossier(
        rendered, here.folder / FOLDER, zip_name=name, case_dir=here.folder
    )
    note(here, wanted, zipped=name is not None)
    return {
        "said": {
            "zh": f"写出{len(files)}个文件。",
            "en": f"{len(files)} files written.",
        }
    }
