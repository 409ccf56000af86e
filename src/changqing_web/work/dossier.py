"""The job that writes documents of the dossier as Word and PDF."""

from __future__ import annotations

from collections.abc import Callable

from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.work.desk import make_desk


@work("dossier", seconds=600)
def write_dossier(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Write the documents that are named, or all with the papers and one zip."""
    from changqing.documents.made import MADE
    from changqing.documents.package import render_package, write_package
    from changqing.documents.render import make_upload_name
    from changqing_web.documents.rendered import note_digests
    from changqing_web.documents.written import load_writings

    here = make_desk(job)
    writings = load_writings(here)
    if writings.problem is not None:
        raise writings.problem
    only = job.given.get("only") or []
    writing = writings.writing.select(only) if only else writings.writing
    count = len(writing.clean) + len(writing.annotated)
    count_written = 0

    def tell_progress(_: object) -> None:
        nonlocal count_written
        count_written += 1
        tell(
            Text(
                f"已写出{count_written}份，共{count}份",
                f"{count_written} of {count} documents written",
            )
        )

    case = writings.outcome.case
    tell(Text(f"共{count}份文书", f"{count} documents"))
    package = render_package(
        writing, case, writings.outcome.situation, progress=tell_progress
    )
    name = None if only else make_upload_name(case.name)
    files = write_package(
        package, here.folder / MADE, zip_name=name, case_dir=here.folder
    )
    note_digests(here, writing, zipped=name is not None)
    return {
        "said": {
            "zh": f"写出{len(files)}个文件。",
            "en": f"{len(files)} files written.",
        }
    }
