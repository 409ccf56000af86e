"""A bundle: everything needed to compute the verdicts of a case again.

The same log, checkpoint, rules, day and key give the same bytes: entries are stored in
order of their names, with one date, and nothing in them is of this moment. Pictures of
places in papers are as the installed libraries draw them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from changqing.case.model import Case, CaseFile
from changqing.disk import Disk
from changqing.errors import CaseError, DocumentError, Issue
from changqing.evidence.ledger.entry import LogLine, encode_canonical, write_line
from changqing.evidence.ledger.items import Made, MadeKind
from changqing.evidence.ledger.merkle import hash_leaf
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import Evidence, Verified
from changqing.evidence.ledger.store import Store
from changqing.evidence.readings import KeptReadings
from changqing.evidence.screenshots import find_screenshots
from changqing.judge.model import Assessment
from changqing.law.kinds.material import Personal
from changqing.law.model import Catalogue
from changqing.plainfile import read_plain
from changqing.readers.page_view import has_drawer
from changqing.sealing import verify
from changqing.sealing.bundle_data import WithheldData
from changqing.sealing.disclosure import (
    SHOW_ALL,
    Disclosure,
    decide_disclosure,
)
from changqing.sealing.index import Contents, write_pages
from changqing.sealing.judged import encode_assessment, encode_given
from changqing.sealing.masked import (
    Papered,
    list_made,
    list_made_copies,
    mask_documents,
)
from changqing.sealing.places import quote_key_points
from changqing.sealing.rules import encode_json, make_rule_files
from changqing.sealing.withheld import (
    ShownLog,
    find_opened_subjects,
    hide_personal,
    list_digests,
    show_whole_log,
    withhold_entries,
)
from changqing.text import Text

_MOST: Final = 400 << 20
"""Bytes of originals in one bundle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What was sealed. `digest` names the whole bundle, `bound` all but the documents.

    `bound` belongs on the undertaking, which is one of the documents.
    """

    path: Path
    digest: str
    bound: str
    signer: str
    rules: str
    size: int
    entries: int
    withheld: int
    absent: int


def seal(
    evidence: Store,
    case: Case,
    assessment: Assessment,
    *,
    headline: Sequence[Text],
    key: SigningKey,
    out: Path,
    full: bool = False,
    documents: Mapping[str, bytes] | None = None,
    stamp: Callable[[bytes], bytes] | None = None,
    disk: Disk | None = None,
) -> Sealed:
    """Write the bundle of a case to `out`, whole or not at all.

    `assessment` must have been made of what is in `evidence` alone, `headline` is what
    the pages say of it first, and `key` signs the bundle. What is personal is left out
    unless `full`. What is given, the verdicts and the `documents` (bytes by
    file name) are recorded first, and `stamp` is asked for a token over the checkpoint
    when none covers it. Every bundle is verified before it is written. Raises CaseError
    when nothing is recorded, there is too much, the case is an extract of a register,
    or the file cannot be written; TamperError when the log is damaged; DocumentError
    when the verifier does not reach the same verdicts.
    """
    if case.register is not None:
        raise CaseError(_IS_AN_EXTRACT)
    if not evidence.list_items():
        raise CaseError(_NOTHING)
    documents = {} if documents is None else documents
    originals = _Originals(evidence, case)
    _record_sealing(evidence, case, assessment, documents, originals)

    def show() -> tuple[Sequence[LogLine], ShownLog, Disclosure]:
        lines = evidence.list_lines()
        if full:
            return lines, show_whole_log(lines), SHOW_ALL
        disclosure, shown_log = _decide(lines, case, originals)
        return lines, shown_log, disclosure

    lines, shown_log, disclosure = show()
    secrets = disclosure.secrets
    papers = mask_documents(documents, secrets, full=full)
    # The masked copies are known only once it is known what to mask: the log is longer
    # now, and what is shown of it must reach its end.
    if _log_made(evidence, list_made_copies(papers)):
        lines, shown_log, _ = show()
    if not full:
        hidden = _find_hidden(lines, papers, disclosure)
        shown_log = withhold_entries(shown_log, hidden)
    if stamp is not None:
        _keep_token(evidence, stamp)
    verified = evidence.verify()
    if verified is None:
        raise CaseError(_NOTHING)
    digests = list_digests(shown_log.lines)
    absent = sorted(digest for digest in digests if not originals.has(digest))
    signer = key.make_verifier(verified.origin)
    bound = _find_bound(evidence, case.catalogue)
    quoted = quote_key_points(
        case,
        assessment,
        shown={line.number for line in shown_log.lines if line.content is not None},
        originals=digests.difference(absent),
        read=originals.read,
        readings=KeptReadings(evidence),
    )
    files: dict[str, bytes] = {
        **make_rule_files(case.catalogue),
        **_list_log_files(evidence, verified, shown_log.lines),
        "bound.json": encode_json(bound._asdict()),
        "assessment.json": encode_json(
            encode_assessment(assessment, shown_log, disclosure)
        ),
        "given.json": encode_json(encode_given(case, assessment.situation, disclosure)),
        "withheld.json": encode_json(
            _encode_withheld(lines, shown_log, absent, papers, disclosure)
        ),
        **{paper.path: paper.content for paper in papers if paper.path is not None},
        **{value.path: value.crop for value in quoted if value.crop is not None},
        "verify.py": Path(verify.__file__).read_bytes(),
    }
    objects = dict(_measure_originals(originals, digests.difference(absent)))
    contents = Contents(
        case=case,
        assessment=assessment,
        headline=tuple(map(disclosure.say_words, headline)),
        labels=disclosure.label_all(assessment.situation.labels),
        shown=shown_log,
        disclosure=disclosure,
        absent=len(absent),
        origin=verified.origin,
        size=verified.size,
        log_signer=hashlib.sha256(verified.signer.public).hexdigest(),
        sealer=hashlib.sha256(signer.public).hexdigest(),
        rules=verify.compute_rules_digest(_compute_digests(files)),
        verifier=hashlib.sha256(files["verify.py"]).hexdigest(),
        bound=bound.digest,
        tokens=tuple(
            verify.read_token_time(token, note)
            for note, token in evidence.list_tokens()
        ),
        documents=tuple(papers),
        quoted=quoted,
        drawable=has_drawer(),
        screenshots=tuple(
            screenshot
            for _, screenshot in find_screenshots(
                [line.decode_item() for line in shown_log.lines], originals.read
            )
        ),
    )
    files.update(write_pages(contents))
    body = "".join(
        [
            f"{verify.FORMAT}\n{verified.origin}\n{signer}\n",
            *(
                f"{digest}  {name}\n"
                for name, digest in sorted(
                    [
                        *_compute_digests(files).items(),
                        *((name, part.digest) for name, part in objects.items()),
                    ]
                )
            ),
        ]
    )
    files[verify.MANIFEST] = key.sign(body, verified.origin).encode()
    digest = hashlib.sha256(files[verify.MANIFEST]).hexdigest()
    parts = {**objects, **{name: _hold(data) for name, data in files.items()}}
    _write_bundle(
        out,
        _list_pieces(parts),
        Disk() if disk is None else disk,
        lambda path: _verify_bundle(path, contents),
    )
    return Sealed(
        path=out,
        digest=digest,
        bound=bound.digest,
        signer=contents.sealer,
        rules=contents.rules,
        size=out.stat().st_size,
        entries=verified.size,
        withheld=len(shown_log.left),
        absent=len(absent),
    )


def _record_sealing(
    evidence: Store,
    case: Case,
    assessment: Assessment,
    documents: Mapping[str, bytes],
    originals: _Originals,
) -> None:
    """Log what is given, judged and written, unless the log says the same already.

    Also as a bundle has it that must not name somebody, where that differs.
    """
    evidence.take_over()
    disclosure, _ = _decide(evidence.list_lines(), case, originals)
    day = assessment.situation.as_of.isoformat()
    ways = {day: SHOW_ALL}
    if disclosure.aliases or disclosure.label_all(assessment.situation.labels) != dict(
        assessment.situation.labels
    ):
        ways[f"{verify.MASKED}{day}"] = disclosure
    # Without explanations: a bundle leaves out those that tell what is withheld, and
    # `verify.py` must still get this digest from it.
    contents = [
        (kind, name, encode_canonical(data))
        for name, way in ways.items()
        for kind, data in (
            (MadeKind.GIVEN, encode_given(case, assessment.situation, way)),
            (MadeKind.ASSESSMENT, encode_assessment(assessment, None, way)),
        )
    ]
    made_files = [
        *(
            Made(
                what=kind,
                name=name,
                digest=hashlib.sha256(content).hexdigest(),
                size=len(content),
            )
            for kind, name, content in contents
        ),
        *list_made(documents),
    ]
    _log_made(evidence, made_files)


def _decide(
    lines: Sequence[LogLine], case: Case, originals: _Originals
) -> tuple[Disclosure, ShownLog]:
    """Decide what may be said in a bundle that leaves out what is personal."""
    shown_log = hide_personal(lines, originals.read, case.catalogue.materials)
    return decide_disclosure(lines, shown_log, case, originals.read)


def _log_made(evidence: Store, made_files: Sequence[Made]) -> bool:
    """Log what the log does not say already; whether there was anything."""
    last = {
        (item.what, item.name): item.digest
        for item in evidence.list_items()
        if isinstance(item, Made)
    }
    fresh = [
        made_file
        for made_file in made_files
        if last.get((made_file.what, made_file.name)) != made_file.digest
    ]
    evidence.append(fresh)
    return bool(fresh)


def bind(evidence: Store, case: Case, assessment: Assessment) -> str:
    """Record what is given and judged, and give the digest for the undertaking."""
    _record_sealing(evidence, case, assessment, {}, _Originals(evidence, case))
    return _find_bound(evidence, case.catalogue).digest


class _Bound(NamedTuple):
    size: int
    digest: str


def _find_bound(evidence: Evidence, catalogue: Catalogue) -> _Bound:
    """The log up to its last entry that is no document, and the rules."""
    # The undertaking prints this digest and is a document itself: a digest of the
    # documents too would have to be of the page it stands on.
    lines, checkpoint = evidence.list_lines(), evidence.read_checkpoint()
    size = max(
        line.number
        for line in lines
        if not isinstance(item := line.decode_item(), Made)
        or item.what is not MadeKind.DOCUMENT
    )
    origin = "" if checkpoint is None else checkpoint.origin
    (rules,) = digest_installed_rules(catalogue)
    leaves = [hash_leaf(line.commitment) for line in lines[:size]]
    return _Bound(size, verify.compute_bound_digest(rules, origin, leaves))


def _keep_token(evidence: Store, stamp: Callable[[bytes], bytes]) -> None:
    """Keep a token over the checkpoint of now, unless there is one."""
    checkpoint = evidence.read_checkpoint_note()
    if checkpoint not in {stamped for stamped, _ in evidence.list_tokens()}:
        evidence.stamp(checkpoint, stamp(checkpoint))


def _find_hidden(
    lines: Sequence[LogLine], papers: Sequence[Papered], disclosure: Disclosure
) -> Mapping[int, Personal]:
    """Find the entries of what was made and is not shown as it was recorded.

    Those of earlier versions too: they may print the same. And of all that are named by
    what is withheld. Where somebody must not be named, the digest of what was given as
    it is would let anybody test guesses.
    """
    masked_days = {
        item.name
        for line in lines
        if isinstance(item := line.decode_item(), Made)
        and item.what is not MadeKind.DOCUMENT
        and item.name.startswith(verify.MASKED)
    }
    names = {paper.name for paper in papers if paper.hidden}
    shown_digests = {paper.digest for paper in papers if not paper.hidden}
    return {
        line.number: Personal.PERSONAL_NUMBER
        for line in lines
        if isinstance(item := line.decode_item(), Made)
        and (
            (
                (item.name in names and item.digest not in shown_digests)
                or disclosure.say(item.name) != item.name
            )
            if item.what is MadeKind.DOCUMENT
            else f"{verify.MASKED}{item.name}" in masked_days
        )
    }


def _write_bundle(
    out: Path,
    content: bytes | Iterable[bytes],
    disk: Disk,
    judge: Callable[[Path], None] = lambda _: None,
) -> None:
    """Write a file whole that `judge` accepts, or leave nothing of it."""
    written = False
    try:
        disk.replace(out, content, judge=judge)
        written = True
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(out))) from error
    finally:
        if not written:
            with contextlib.suppress(OSError):
                out.with_name(f"{out.name}.new").unlink()


class _BundlePart(NamedTuple):
    """A file of a bundle, measured; `read` gives the same bytes each time."""

    size: int
    crc: int
    digest: str  # SHA-256 hex
    read: Callable[[], bytes]


def _hold(content: bytes) -> _BundlePart:
    """Measure what is held in memory anyway."""
    return _BundlePart(
        len(content),
        zlib.crc32(content),
        hashlib.sha256(content).hexdigest(),
        lambda: content,
    )


def _list_pieces(parts: Mapping[str, _BundlePart]) -> Iterator[bytes]:
    """List the bytes of the container, which the files alone determine, in order."""
    # Not compressed: what zlib makes differs between versions, and the same files must
    # give the same bytes. The headers are those of `verify.py`, which refuses any
    # other, so that nothing can be hidden in them or between the files. One file at a
    # time is read: papers may be some hundred megabytes together.
    at, listed = 0, io.BytesIO()
    for name, part in sorted(parts.items()):
        listed.write(verify.make_central_header(name, part.size, part.crc, at))
        header = verify.make_local_header(name, part.size, part.crc)
        yield header
        yield part.read()
        at += len(header) + part.size
    directory = listed.getvalue()
    yield directory
    yield verify.make_end_record(len(parts), len(directory), at)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files (bytes by ASCII name) into a container; returns its bytes."""
    return b"".join(_list_pieces({n: _hold(content) for n, content in files.items()}))


def digest_installed_rules(catalogue: Catalogue) -> Mapping[str, str]:
    """Map the digest of a catalogue's rules to the name of its edition."""
    digest = verify.compute_rules_digest(_compute_digests(make_rule_files(catalogue)))
    return {digest: f"changqing {catalogue.edition}"}


def _list_issuer_pages(case: Case) -> Iterator[CaseFile]:
    """The pages that issuers showed of papers."""
    for paper in case.papers:
        check = paper.issuer_checked
        if check is not None and check.page is not None:
            yield check.page


class _Originals:
    """Bytes by their digest: from the evidence, or a paper or page of the folder."""

    def __init__(self, evidence: Evidence, case: Case) -> None:
        self._evidence = evidence
        self._folder = case.path
        self._files: dict[str, CaseFile] = {
            file.digest: file
            for file in (
                *(paper.file for paper in case.papers),
                *(look.file for look in case.looks),
                *_list_issuer_pages(case),
            )
        }

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are kept anywhere."""
        return digest in self._files or self._evidence.has_blob(digest)

    def read(self, digest: str) -> bytes | None:
        """Read the bytes, or None; CaseError when a file changes while it is read."""
        if self._evidence.has_blob(digest):
            return self._evidence.read_blob(digest)
        file = self._files.get(digest)
        if file is None:
            return None
        try:
            content = read_plain(self._folder / file.path, inside=self._folder)
        except OSError as error:
            raise CaseError(Issue(text=_CHANGING, path=file.path)) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise CaseError(Issue(text=_CHANGING, path=file.path))
        return content


def _measure_originals(
    originals: _Originals, digests: frozenset[str]
) -> Iterator[tuple[str, _BundlePart]]:
    """Measure the originals by their names, to be read again when they are packed."""
    total = 0
    for digest in sorted(digests):

        def read(digest: str = digest) -> bytes:
            return originals.read(digest) or b""

        part = _hold(read())._replace(read=read)
        total += part.size
        if total > _MOST:
            raise CaseError(_TOO_MUCH)
        yield f"objects/{digest}", part


def _compute_digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }


def _list_log_files(
    evidence: Evidence, verified: Verified, lines: Sequence[LogLine]
) -> Mapping[str, bytes]:
    tiles = evidence.load_tiles()
    if tiles.size != verified.size:
        raise CaseError(_GROWING)
    proofs = io.BytesIO()  # of a long log they are longer than its entries
    for line in lines:
        parts = map(base64.b64encode, tiles.prove_inclusion(line.number - 1))
        proofs.write(b" ".join(parts) + b"\n")
    checkpoint = evidence.read_checkpoint_note()
    try:
        signers = evidence.read_log("signers")
    except OSError as error:
        raise CaseError(_NOTHING) from error
    return {
        "log/checkpoint": checkpoint,
        "log/entries.jsonl": b"".join(write_line(line) for line in lines),
        "log/proofs.txt": proofs.getvalue(),
        "log/signers": signers,
        **{
            f"log/rotations/{number:04d}": note.encode()
            for number, note in enumerate(evidence.list_rotations(), start=1)
        },
        **{
            f"times/{number:04d}.{kind}": content
            for number, pair in enumerate(evidence.list_tokens(), start=1)
            for kind, content in zip(("checkpoint", "tsr"), pair, strict=True)
        },
    }


def _encode_withheld(
    lines: Sequence[LogLine],
    shown_log: ShownLog,
    absent: Sequence[str],
    papers: Sequence[Papered],
    disclosure: Disclosure,
) -> WithheldData:
    return {
        "entries": [
            {
                "number": withheld_entry.number,
                "subject": withheld_entry.subject,
                "fact": withheld_entry.fact,
                "reason": withheld_entry.reason,
            }
            for withheld_entry in shown_log.left
        ],
        "subjects": [
            {"subject": subject, "salt": salt.hex()}
            for subject, salt in find_opened_subjects(
                lines, shown_log, disclosure.aliases
            )
        ],
        "papers": [
            {"subject": disclosure.name(name), "reason": reason.value}
            for name, reason in sorted(shown_log.papers.items())
        ],
        "absent": [{"digest": digest} for digest in absent],
        "documents": [
            {"name": paper.shown, "masked": paper.path}
            for paper in papers
            if paper.hidden
        ],
    }


def _verify_bundle(path: Path, contents: Contents) -> None:
    """Let the verifier judge the bundle before anybody has it."""
    with path.open("rb") as stream:
        report, _ = verify.check(
            stream,
            frozenset({contents.sealer, contents.log_signer}),
            {contents.rules: contents.case.catalogue.edition},
        )
    faults = [*report.damaged, *report.unfinished]
    if faults:
        raise DocumentError(
            *(
                Issue(text=Text(zh=zh, en=en), path=part, hint=_PLEASE_TELL)
                for part, (zh, en) in faults[:5]
            )
        )


_NOTHING = Issue(
    text=Text(
        zh="还没有证据记录，没有可封存的", en="nothing is recorded yet to be sealed"
    ),
    hint=Text(zh="先运行 changqing assess", en="run changqing assess first"),
)
_IS_AN_EXTRACT = Issue(
    text=Text(
        zh="从登记册里取出的项目只是线索，不能封存",
        en="an extract of a register holds leads and cannot be sealed",
    ),
    hint=Text(
        zh="用企业自己的材料新建项目：changqing new",
        en="begin a case from the company's own papers: changqing new",
    ),
)
_GROWING = Issue(
    text=Text(
        zh="另一个程序正在写证据日志", en="another program is recording evidence"
    ),
    hint=Text(zh="等它结束后再试", en="wait until it has finished and try again"),
)
_TOO_MUCH = Issue(
    text=Text(
        zh="原件合计超过400MB，封不进一个包",
        en="the originals are over 400 MB together, too much for one bundle",
    ),
    hint=Text(
        zh="扫描件用较低的分辨率另存后再收",
        en="save the scans at a lower resolution and hand them in again",
    ),
)
_CHANGING = Text(
    zh="封存时这个文件正被改动，或读不出",
    en="this file changed while it was being sealed, or cannot be read",
)
_UNWRITABLE = Text(
    zh="封存包写不进这里，用-o换一个位置",
    en="the bundle cannot be written here; choose another place with -o",
)
_PLEASE_TELL = Text(
    zh="封存包没有写出；请告诉维护者",
    en="no bundle was written; please tell the maintainers",
)
