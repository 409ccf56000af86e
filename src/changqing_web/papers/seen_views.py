"""核过原件: a reviewer saw in the original of a paper what was typed from it.

Only who comes by a review link, or is a member as a reviewer, may say so: the word of
the applicant or its agency about a paper proves nothing. Each is an entry of the log,
bound to the digest of the paper; taking it back is a further one. A form says which
file and which values it showed: nobody vouches for what was changed meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from changqing.case.comparison import UNREAD
from changqing.case.model import Case, Paper, Statement
from changqing.case.values import spell_for_file
from changqing.documents.letters import render_letters
from changqing.documents.reading_certificate import write_certificates
from changqing.errors import ChangqingError
from changqing.evidence.ledger.items import Confirmation
from changqing.evidence.ledger.recorded import Evidence
from changqing.judge.words import say_value
from changqing.law.kinds.fact import Fact
from changqing.masks import mask_numbers
from changqing.papers.accept import see_original
from changqing.papers.comparisons import SeenOriginals
from changqing.papers.open import open_case
from changqing.text import Text
from changqing_web.cases import find_key_path, load_report
from changqing_web.downloads import make_download
from changqing_web.errors import list_issues
from changqing_web.facts.said import settle_changes
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event_for
from changqing_web.walls import Here, PageRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """A value typed from a paper, what its reading says of it, and who saw it there."""

    said: Statement
    fact: Fact
    digest: str  # SHA-256 of the paper
    about: str
    outcome: Text
    seen: Confirmation | None

    @property
    def name(self) -> str:
        """By which the form names it: whose fact, and this value in these bytes.

        The value goes in under a key, for it may be a number that is shown in part.
        """
        value = spell_for_file(self.fact, self.said.value)
        value_text = json.dumps([self.digest, value], default=str)
        mark = salted_hmac(__name__, value_text, algorithm="sha256").hexdigest()
        return f"{self.said.subject}|{self.said.fact}|{mark}"

    @property
    def value(self) -> Text:
        """The value; personal numbers in part."""
        value_text = say_value(self.said.value, self.fact)
        return Text(zh=mask_numbers(value_text.zh), en=mask_numbers(value_text.en))

    @property
    def place(self) -> str:
        """Where it was said to stand."""
        return mask_numbers(self.said.place)


def name_reviewer(here: Here) -> str:
    """Name a reviewer as the log does: by their link, else by their own name."""
    label = "" if here.link is None else here.link.label.strip()
    return label or here.name


def list_seen_rows(here: Here, paper: str) -> Sequence[SeenRow]:
    """List what was typed from a paper, each with whether a reviewer saw it there."""
    try:
        case = open_case(here.folder, catalogue())
        about = _find_paper(case, paper)
        return _list_rows(case, about)
    except ChangqingError:  # other pages tell what is wrong with the case
        return ()


def _find_paper(case: Case, paper: str) -> Paper:
    paper_found = next(
        (listed_paper for listed_paper in case.papers if listed_paper.id == paper), None
    )
    if paper_found is None:
        raise Http404
    return paper_found


def _list_rows(case: Case, paper: Paper) -> list[SeenRow]:
    originals = SeenOriginals(Evidence(case.path))
    names = {member.subject: member.name for member in case.list_members()}
    compared = case.compared.get(paper.id, {})
    rows = []
    for statement in paper.list_statements():
        fact = case.catalogue.facts.get((statement.subject.type, statement.fact))
        if fact is None or statement.value is None or not statement.is_in_paper:
            continue
        last = originals.get((paper.file.digest, statement.subject, statement.fact))
        outcome = compared.get((statement.subject, statement.fact), UNREAD).outcome
        rows.append(
            SeenRow(
                said=statement,
                fact=fact,
                digest=paper.file.digest,
                about=names.get(statement.subject, ""),
                outcome=outcome.text,
                seen=last
                if last is not None and last.value == statement.value
                else None,
            )
        )
    return rows


def record_seen(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """Record that values were seen in the original, or that they no longer are."""
    if here.role is not Role.REVIEWER:
        raise Http404
    undone, every = request.POST.getlist("undo"), request.POST.get("every") == "1"
    step = "undo" if undone else "see"
    names = set(undone or request.POST.getlist("shown" if every else "name"))
    address = reverse("paper", args=[here.workspace.slug, here.row.folder, paper])
    try:
        case = open_case(here.folder, catalogue())
        about = _find_paper(case, paper)
        rows = [row for row in _list_rows(case, about) if row.name in names]
        if len(rows) < len(names):
            messages.error(request, _CHANGED.say(page_language()))
            return HttpResponseRedirect(f"{address}#originals", status=303)
        chosen_rows = [row for row in rows if (row.seen is None) == (step == "see")]
        if not chosen_rows:
            messages.info(request, t("没有改动。", "Nothing was changed."))
            return HttpResponseRedirect(f"{address}#originals", status=303)
        before = load_report(here)
        count = see_original(
            case,
            about,
            [row.said for row in chosen_rows],
            by=name_reviewer(here),
            key=find_key_path(),
            now=timezone.now(),
            seen=step == "see",
        )
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return HttpResponseRedirect(f"{address}#originals", status=303)
    _record_event(here, about, count, step)
    done_text = t(f"已记下{count}处。", f"{count} recorded.")
    settle_changes(request, here, before, done=done_text)
    return HttpResponseRedirect(f"{address}#originals", status=303)


def download_certificate(request: HttpRequest, here: Here) -> HttpResponse:
    """Give what this reviewer certifies to have seen, as Word, PDF or text to paste."""
    if here.role is not Role.REVIEWER:
        raise Http404
    try:
        case = open_case(here.folder, catalogue())
        on = timezone.localdate()
        letters = write_certificates(
            case, SeenOriginals(Evidence(case.path)), on=on, by=name_reviewer(here)
        )
        files = render_letters(letters, case_name=case.name, as_of=on)
    except ChangqingError as error:
        raise Http404 from error
    suffix = f".{request.GET.get('as', 'pdf')}"
    for name, content in files.items():
        if name.endswith(suffix):
            return make_download(content, name, "application/octet-stream")
    raise Http404


def _record_event(here: Here, paper: Paper, count: int, step: str) -> None:
    label = catalogue().materials[paper.kind].label
    event_text = Text(
        zh=f"核过《{label.zh}》原件，{count}处",
        en=f"Saw the original of {label.en}, {count} values",
    )
    if step == "undo":
        event_text = Text(
            zh=f"撤回“核过《{label.zh}》原件”，{count}处",
            en=f"Took back having seen the original of {label.en}, {count} values",
        )
    add_case_event_for(
        name_reviewer(here),
        here,
        "original_seen",
        event_text,
        paper=paper.id,
        digest=paper.file.digest,
    )


_CHANGED: Final = Text(
    zh="这份材料或填的值刚有改动，没有记下，请再看一遍。",
    en="This paper or what is typed of it has just changed; nothing was recorded. "
    "Look at it again.",
)

ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/certificate/",
        view=download_certificate,
        name="reading_certificate",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/papers/<slug:paper>/original/",
        view=record_seen,
        name="paper_seen",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        methods=("POST",),
        sample={"paper": "business_licence"},
    ),
)
