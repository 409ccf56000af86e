"""The jobs that print what is signed, and that read the scan that comes back."""

from __future__ import annotations

from collections.abc import Callable

from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.work.desk import make_desk


@work("stamp", seconds=300)
def print_pack(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Make the pack of what is signed and sealed."""
    from changqing.documents.render import render_documents
    from changqing.documents.stamping import FOLDER, PACK, print_for_signing
    from changqing.plainfile import write_plain
    from changqing_web.documents.written import load_writings

    here = make_desk(job)
    writings = load_writings(here)
    if writings.problem is not None:
        raise writings.problem
    case, on = writings.outcome.case, writings.outcome.situation.as_of
    documents = [document for document in writings.writing.clean if document.signature]
    tell(Text(f"正在排版，共{len(documents)}份", f"setting {len(documents)} documents"))
    rendered = render_documents(
        documents, case_name=case.name, digest=case.digest, as_of=on
    )
    pack = print_for_signing(rendered, case, on)
    write_plain(here.folder / FOLDER / PACK, pack.pdf, inside=here.folder)
    count = len(pack.documents)
    return {"said": {"zh": f"盖章包有{count}份文书。", "en": f"{count} to sign."}}


@work("stamped", seconds=900)
def take_scan(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Hold a scan against what was printed, and file what is in order."""
    from changqing.documents.signed_scan import file_scan, list_outcome
    from changqing.documents.stamping import FOLDER
    from changqing.plainfile import read_plain
    from changqing.text import Language

    here = make_desk(job)
    path = here.folder / FOLDER / "returned" / str(job.given["file"])
    tell(Text("正在读扫描件", "reading the scan"))
    filing = file_scan(
        here.folder,
        read_plain(path, inside=here.folder),
        path.name,
        accept=bool(job.given.get("accept")),
        progress=lambda done, total: tell(
            Text(f"已读{done}页，共{total}页", f"{done} of {total} pages read")
        ),
    )
    count = len(filing.filed)
    return {
        "filed": [signed_document.printed.document for signed_document in filing.filed],
        "untold": any(
            document not in filing.filed and not document.wrong
            for document in filing.match.documents
        ),
        "file": path.name,
        "lines": [
            {"zh": zh, "en": en}
            for zh, en in zip(
                list_outcome(filing, Language.ZH),
                list_outcome(filing, Language.EN),
                strict=True,
            )
        ],
        "said": {"zh": f"归入{count}份。", "en": f"{count} filed."},
    }
