"""From templates to documents: Jinja in a sandbox, with the facts of a case in it.

What a template prints of a fact is remembered where it stands: an invisible mark goes
into the text and is taken out again when the text is cut into sections.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from jinja2 import (
    DictLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from changqing.case.model import Case
from changqing.documents.attachments import Attachments
from changqing.documents.cited import group_read
from changqing.documents.document import (
    BLANK,
    CITED,
    INDEX,
    Blank,
    Document,
    DocumentEdition,
    DocumentStatement,
    Places,
    Section,
)
from changqing.documents.filling import Fillers, list_unfinished
from changqing.documents.markup import CLOSE, OPEN, escape
from changqing.documents.needed import find_own_path, select_needed
from changqing.documents.numbering import Numbering, Piece, join_grades, number_pieces
from changqing.documents.proofs import list_proofs
from changqing.documents.quotes import PaperQuotes
from changqing.documents.speak import Speaker
from changqing.documents.tidy import split_cells, tidy_text
from changqing.documents.waiting_readings import WaitingValues
from changqing.documents.word_read import WordBlock
from changqing.errors import CaseError, ChangqingError, DocumentError, Issue
from changqing.evidence.records import list_records
from changqing.judge.model import Assessment, Situation
from changqing.law.documents import load_documents, read_document
from changqing.law.kinds.document import DocumentTemplate
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.outlook.endurance import Endurance
from changqing.papers.waiting import WaitingReadings
from changqing.plainfile import check_plain
from changqing.templates import keep_compiled
from changqing.text import Text

_LONGEST = 1_000_000  # characters of one document; ours have a few thousand
_TOO_LONG = Text("写出来太长，没有写", "comes out too long and was not written")
_MARK = re.compile(f"{OPEN}([sbcet])([0-9]{{1,6}}){CLOSE}")
_PRIVATE = re.compile("[\ue000-\uf8ff]")  # what marks are made of
_BAR = re.compile(r"(?<!\\)\|")
_HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)


def compose(
    case: Case,
    situation: Situation,
    assessment: Assessment,
    endurance: Endurance,
    catalogue: Catalogue,
    attachments: Attachments,
    *,
    only: frozenset[str],
    inserts: Mapping[str, str],
    edition: DocumentEdition,
    words: Mapping[str, Sequence[WordBlock]],
    waiting: WaitingReadings | None = None,
    until_blank: bool = False,
) -> tuple[Document, ...]:
    """Write the documents; see `documents`.

    `words` are the blocks of Word files that take the place of what we write. With
    `until_blank` the first document with a blank is the last that is written.
    """
    templates = load_documents()
    refuse_unknown(only, templates)
    refuse_unknown(frozenset(case.own_text), templates)
    numbers = number_pieces(case, situation, catalogue, attachments)
    read_records = group_read(list_records(case))
    quotes = PaperQuotes(case)
    waiting_values = WaitingValues(
        case, waiting or WaitingReadings(case, situation.as_of)
    )
    fillers = Fillers(catalogue=catalogue, situation=situation, assessment=assessment)
    documents: list[Document] = []
    chosen_templates = [
        template
        for template in select_needed(
            case, situation, _order_with_index_last(templates), written_by_hand=words
        )
        if not (template.internal and edition is DocumentEdition.CLEAN)
    ]
    order = _number_documents(chosen_templates)
    for template in chosen_templates:
        speaker = Speaker(
            case=case,
            situation=situation,
            assessment=assessment,
            endurance=endurance,
            catalogue=catalogue,
            numbers=numbers,
            attachments=attachments,
            edition=edition,
            inserts=inserts,
            read=read_records,
            quotes=quotes,
            waiting=waiting_values,
            written=tuple(documents),
            order=order,
            document=template.id,
            materials=template.materials,
            fill=_fill_sentence,
        )
        documents.append(
            _write_document(case, template, speaker, words.get(template.id), fillers)
        )
        if until_blank and not documents[-1].complete:
            break
    places = list(templates)
    documents.sort(key=lambda document: places.index(document.id))
    return tuple(document for document in documents if not only or document.id in only)


def make_own_copy(template: DocumentTemplate, content: str) -> str:
    """Make the file the applicant edits: ours, naming what it was made from."""
    head, mark, body = content.partition("\n---\n")
    return f"{head}\nmade_from: {template.digest}{mark}{body}"


def _order_with_index_last(
    templates: Mapping[str, DocumentTemplate],
) -> Sequence[DocumentTemplate]:
    """All of them, the index at the end: it is written when the others are known."""
    return sorted(templates.values(), key=lambda template: template.id == INDEX)


def refuse_unknown(
    only: frozenset[str], templates: Mapping[str, DocumentTemplate]
) -> None:
    """Refuse names of documents that do not exist."""
    unknown = sorted(only - set(templates))
    if unknown:
        raise CaseError(
            Issue(
                text=Text(
                    f"没有{'、'.join(unknown)}这份文书",
                    f"there is no document {', '.join(unknown)}",
                ),
                hint=Text(
                    "有："
                    + "、".join(
                        f"{id}（{template.title}）"
                        for id, template in templates.items()
                    ),
                    f"there are: {', '.join(templates)}",
                ),
            )
        )


def _write_document(
    case: Case,
    ours: DocumentTemplate,
    speaker: Speaker,
    words: Sequence[WordBlock] | None,
    fillers: Fillers,
) -> Document:
    """Write one document, of our template or the company's own file or words."""
    path = case.path / find_own_path(ours.id)
    own = check_plain(path, inside=case.path)
    template = ours
    if own:
        template = read_document(path, find_own_path(ours.id), error=CaseError)
    text = _drop_strange_marks(
        _render_template(template, speaker, CaseError if own else DocumentError),
        speaker,
    )
    sections, blanks = _split_sections(text, template.id, speaker)
    title = template.name_for(case.application.licence)
    own_text = case.own_text.get(ours.id, {})
    if words is not None:
        text = _take_words(words, template, sections, speaker)
        sections, blanks = _split_sections(text, template.id, speaker)
    elif own_text:
        from changqing.documents.own_text import add_own_text

        sections, blanks = add_own_text(
            own_text, sections, blanks, document=ours.id, edition=speaker.edition
        )
    if speaker.edition is DocumentEdition.CLEAN:
        # What the company hands in is handed in as it is.
        listed = words is not None or ours.id == INDEX
        cited = None if listed else _list_proofs(sections, speaker)
    else:
        cited = _list_evidence(sections, speaker.numbers)
    if cited is not None:
        sections = (*sections, cited)
    if not template.internal and ours.id != INDEX:  # which counts what is left open
        # What a drawing lacks is a fact: where that is asked for it is said already.
        charts = {} if blanks else speaker.charts
        unfinished = list_unfinished(
            sections, charts, speaker.catalogue, document=ours.id
        )
        blanks = (*blanks, *unfinished)
    sections, blanks = fillers.name_fillers(sections, blanks, ours.materials)
    statements = [statement for section in sections for statement in section.statements]
    return Document(
        id=ours.id,
        number=speaker.order[ours.id],
        title=title,
        sections=sections,
        complete=not blanks,
        blanks=blanks,
        unsupported=tuple(
            document_statement
            for document_statement in statements
            if not document_statement.is_supported
        ),
        file_name=_make_file_name(ours.id, speaker.order, title),
        origin="word" if words is not None else "own" if own else "ours",
        stale=own and template.made_from not in (None, ours.digest),
        charts=dict(speaker.charts),
        signature=template.signature,
        drafted=tuple(dict.fromkeys(speaker.drafted)),
        edition=speaker.edition,
        company=case.name,
        places=Places(
            statements=tuple(speaker.said),
            blanks=tuple(speaker.missing),
            choices=tuple(speaker.drafted),
        ),
    )


def _take_words(
    words: Sequence[WordBlock],
    template: DocumentTemplate,
    ours: Sequence[Section],
    speaker: Speaker,
) -> str:
    """The text of a Word file, with the places in it that say what ours says."""
    from changqing.documents.word_text import (
        list_charts,
        mark_statements,
        write_word_markdown,
    )

    text = write_word_markdown(
        words,
        title=template.name_for(speaker.situation.application.licence),
        signature=template.signature,
        charts=list_charts(ours),
    )
    annotated = speaker.edition is DocumentEdition.ANNOTATED
    return mark_statements(text, speaker.said, numbered=annotated)


def _number_documents(
    templates: Sequence[DocumentTemplate],
) -> Mapping[str, str | None]:
    """Number the documents that are written: annexes count on where one is left out."""
    annexes: Counter[str] = Counter()
    numbers: dict[str, str | None] = {}
    for template in sorted(templates, key=lambda template: template.order):
        number = template.number
        first, dash, _ = (number or "").partition("-")
        if dash:
            annexes[first] += 1
            number = f"{first}-{annexes[first]}"
        numbers[template.id] = number
    return numbers


def _make_file_name(document: str, order: Mapping[str, str | None], title: str) -> str:
    """01申请书, 06-2域名与服务器保障: numbered as the authority counts them.

    A document with annexes has a 0 (06-0长期服务和质量保障措施), or every list of files
    shows it after them.
    """
    number = order[document]
    first, dash, annex = (number or "00").partition("-")
    if number is None and document != INDEX:
        first = "99"
    annexed = any((other or "").startswith(f"{number}-") for other in order.values())
    if number is not None and annexed:
        dash, annex = "-", "0"
    safe = re.sub(r'[\\/:*?"<>|\s]', "", title)
    return f"{int(first):02d}{dash}{annex}{safe}"


def _render_template(
    template: DocumentTemplate, speaker: Speaker, error: type[ChangqingError]
) -> str:
    try:
        text = _compile_template(template.body).render(speaker.collect_words())
        if len(text) > _LONGEST:
            raise error(Issue(text=_TOO_LONG, path=template.path))
        return tidy_text(fill_empty_cells(text))
    except TemplateSyntaxError as problem:
        raise error(
            Issue(
                text=Text(
                    f"模板写错了（{problem.message}）",
                    f"is no correct template ({problem.message})",
                ),
                path=template.path,
                line=template.line + problem.lineno - 1,
            )
        ) from problem
    except (
        TemplateError,
        TypeError,
        ValueError,
        KeyError,
        AttributeError,
        OverflowError,
        ZeroDivisionError,
    ) as problem:
        raise error(
            Issue(
                text=Text(f"模板用不了（{problem}）", f"cannot be written ({problem})"),
                path=template.path,
                line=_find_line(problem, template),
                hint=Text(
                    "检查花括号里的名称",
                    "check the names between braces",
                ),
            )
        ) from problem


def _fill_sentence(sentence: str, words: Mapping[str, object]) -> str:
    """Fill the braces of a sentence of the catalogue."""
    return _compile_template(sentence).render(words)


@lru_cache(maxsize=256)  # two dozen documents, and the sentences of choices
def _compile_template(body: str) -> Template:
    """Compile a template, which takes longer than to fill it in.

    What it is compiled to keeps nothing of a case: its words come with each rendering.
    """
    name = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({name: body}),
        undefined=StrictUndefined,
        autoescape=False,  # Markdown, whose values `escape` has made safe
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    environment.filters["md"] = escape
    keep_compiled(environment)
    return environment.get_template(name)


def fill_empty_cells(text: str) -> str:
    """Put the blank mark into every empty cell of a table, named by its row or column.

    A cell nobody wrote anything into would look finished. The line of heads and the
    rule below it are left as they are.
    """
    lines, heads = text.split("\n"), list[str]()
    for at, line in enumerate(lines):
        if not line.startswith("|"):
            heads = []
            continue
        cells = split_cells(line)
        if not heads:
            heads = cells
        elif not all(cells) and not set(line) <= set("|-: "):
            filled = [
                cell or _empty_cell(cells, heads, place)
                for place, cell in enumerate(cells)
            ]
            lines[at] = f"| {' | '.join(filled)} |"
    return "\n".join(lines)


def _say_when(piece: Piece) -> str:
    """The day of a piece of evidence; none for what is derived anew on each day."""
    derived = not (piece.logged or piece.digest or piece.file)
    return "–" if derived else piece.on.isoformat()


def _empty_cell(cells: Sequence[str], heads: Sequence[str], place: int) -> str:
    row = _MARK.sub("", cells[0]) if place else ""
    column = heads[place] if place < len(heads) else ""
    # A table of two columns is a form: its rows say what is asked.
    words = [row] if row and len(heads) == 2 else [row, column]
    question = "，".join(part for part in words if part and "〔" not in part)
    return f"〔待补：{question or '本格内容'}〕"


def _find_line(problem: BaseException, template: DocumentTemplate) -> int:
    """The line of the template in which it failed; Jinja names it `<template>`."""
    line, trace = 1, problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return template.line + line - 1


def _drop_strange_marks(text: str, speaker: Speaker) -> str:
    """Leave the marks that this speaker made, and no other private character.

    A copy of the applicant's may hold any character, and Jinja can spell any.
    """
    parts: list[str] = []
    end = 0
    for mark in _MARK.finditer(text):
        known_marks = _find_marked(mark[1], speaker)
        parts.append(_PRIVATE.sub("", text[end : mark.start()]))
        parts.append(mark[0] if int(mark[2]) < len(known_marks) else "")
        end = mark.end()
    parts.append(_PRIVATE.sub("", text[end:]))
    return "".join(parts)


def _find_marked(kind: str, speaker: Speaker) -> Sequence[object]:
    """What a mark of this kind counts: facts from s to t, choices from c to e."""
    match kind:
        case "b":
            return speaker.missing
        case "c" | "e":
            return speaker.drafted
        case _:
            return speaker.said


def _split_sections(
    text: str, document: str, speaker: Speaker
) -> tuple[tuple[Section, ...], tuple[Blank, ...]]:
    """Cut at headings; give every statement and blank the section it stands in."""
    parts = _HEADING.split(text)
    cut: list[tuple[str, str]] = []
    if parts[0].strip():
        cut.append(("", parts[0]))
    cut += zip(parts[1::2], parts[2::2], strict=True)
    sections: list[Section] = []
    blanks: list[Blank] = []
    for number, (heading, body) in enumerate(cut, start=1):
        place = str(number)
        statements: list[DocumentStatement] = []
        about: dict[str, Blank] = {}
        for kind, at in _MARK.findall(heading + body):
            if kind == "s":
                statements.append(replace(speaker.said[int(at)], section=place))
            elif kind == "b":
                blank = replace(speaker.missing[int(at)], section=place)
                about[blank.supply] = blank
        plain = _MARK.sub("", body)
        blanks += [
            about.get(supply, Blank(supply=supply, document=document, section=place))
            for _, supply in BLANK.findall(plain)
        ]
        sections.append(
            Section(
                id=place,
                title=_MARK.sub("", heading),
                markdown=re.sub(r"\n{3,}", "\n\n", plain).strip() + "\n",
                statements=tuple(statements),
                marked=re.sub(r"\n{3,}", "\n\n", body).strip() + "\n",
            )
        )
    return tuple(sections), tuple(blanks)


def _list_evidence(sections: Sequence[Section], numbers: Numbering) -> Section | None:
    """List what the numbers of this document stand for.

    How strong each is, is said of what this document cites: a calculation may give one
    figure by papers and another by what was only said.
    """
    grades: dict[str | None, set[Grade]] = {}
    for section in sections:
        for statement in section.statements:
            grades.setdefault(statement.evidence, set()).add(statement.grade)
    pieces = [piece for piece in numbers.pieces.values() if piece.number in grades]
    if not pieces:
        return None
    rows = "\n".join(
        f"| {piece.number} | {escape(piece.title)} | {_say_when(piece)} "
        f"| {join_grades(grades[piece.number])} |"
        for piece in pieces
    )
    return Section(
        id=CITED,
        title="本文件引用的证据",
        markdown=f"| 编号 | 证据 | 日期 | 证明方式 |\n|---|------|---|---|\n{rows}\n",
        statements=(),
    )


def _list_proofs(sections: Sequence[Section], speaker: Speaker) -> Section | None:
    """List what stands behind the statements of a document, for who checks them.

    One line for each statement and what shows it: an attachment and the place in it, or
    what anybody can look up or see.
    """
    statements = (statement for section in sections for statement in section.statements)
    proofs = list_proofs(
        statements,
        speaker.numbers,
        speaker.attachments,
        speaker.read,
        speaker.situation.as_of,
    )
    if not proofs:
        return None
    head, rule, ends = "| 事项 | 佐证 | 出具人 |", "|---|------|---|", False
    if any(proof.until for proof in proofs):
        head, rule, ends = f"{head} 有效期至 |", f"{rule}---|", True
    rows = [
        f"| {escape(proof.what)} | {escape(proof.proof)} | {escape(proof.issuer)} |"
        + (f" {proof.ends} |" if ends else "")
        for proof in proofs
    ]
    return Section(
        id=CITED,
        title="佐证对照表",
        markdown="\n".join((head, rule, *rows)) + "\n",
        statements=(),
    )
