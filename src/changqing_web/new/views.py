"""新建: which licence, then twelve questions; three minutes to the first verdict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from changqing.case.fitting import check_submit_on
from changqing.case.values import NotAValueError, parse_date, parse_value, spell_amount
from changqing.errors import ChangqingError
from changqing.guide.classify import Classifier, ClassifyQuestion
from changqing.guide.credit_code import spell_credit_code
from changqing.guide.interview import (
    SUBMIT_AFTER,
    InterviewAnswers,
    find_region,
    parse_yes_or_no,
    read_url,
)
from changqing.guide.stage import FIRST
from changqing.guide.write import write_case
from changqing.law.cited import say_citation
from changqing.law.kinds.classification import Classification, Need
from changqing.law.kinds.licence import Licence
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.rules.types import Kind, Value
from changqing.text import Text
from changqing_web.cases import assess, open_case_memory
from changqing_web.facts import drafts
from changqing_web.facts.drafts import Typed
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import CaseRow, Role
from changqing_web.new.starts import count_limits, list_starts
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute, find_cases_folder

FORM: Final = "new"
WHICH: Final = "new-which"
_MONEY: Final = ("registered_capital", "revenue_12m", "cash_on_hand", "monthly_cost")
_STAGES: Final = tuple(stage for stage in STAGE_WORDS if stage != "prepare")
_BARE: Final = re.compile(r"[\d,.]+")
_MOST_URLS: Final = 5
_UNKNOWN: Final = "?"
_NONE: Final = "-"
_LISTED: Final = Text("从列出的里面选", "choose one of those listed")
_SHOWN: Final = 8  # rules that a question shows as waiting for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a field, and what to do."""

    field: str
    text: Text
    hint: Text | None = None


def answer_form(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the twelve questions; a POST makes the case and leads to its verdict."""
    if request.method == "POST":
        typed = Typed.from_post(request.POST)
        return _make_case(request, here, typed)
    typed, kept_at = drafts.load_draft(here, FORM) or (Typed({}), None)
    if (licence := request.GET.get("licence")) in catalogue().licences:
        typed.data["licence"] = [str(licence)]
    return _render_form(request, here, typed, kept_at=kept_at)


def _render_form(
    request: HttpRequest,
    here: Here,
    typed: Typed,
    *,
    wrong: tuple[Wrong, ...] = (),
    same: tuple[CaseRow, ...] = (),
    kept_at: datetime | None = None,
    status: int = 200,
) -> HttpResponse:
    context = make_form(typed, wrong=wrong, same=same) | count_limits()
    context["begun"] = list_starts(here.workspace)
    context |= {"kept": None if kept_at is None else drafts.say_when_kept(kept_at)}
    return render(request, "new/new.html", context, status=status)


def make_form(
    typed: Typed,
    *,
    wrong: tuple[Wrong, ...] = (),
    same: tuple[CaseRow, ...] = (),
    told: Container[str] = (),
) -> dict[str, object]:
    """Make what the fields of a new case show.

    Nobody is asked what papers have `told`.
    """
    law = catalogue()
    licence = typed.get_one("licence")
    if licence not in law.licences:
        licence = "B25"
    labels = {"name": Text("公司名称", "Company")} | {
        name: fact.question or fact.label
        for (subject, name), fact in law.facts.items()
        if subject == "applicant"
    }
    return {
        "section": "board",
        "typed": {name: values[-1] for name, values in typed.data.items() if values},
        "licence": licence,
        "licences": [
            (code, _name_licence(entry)) for code, entry in law.licences.items()
        ],
        "scopes": _list_scopes(licence, typed.get_one("scope")),
        "stages": _list_stages(typed.get_one("stage")),
        "regions": [(r.code, r.label) for r in law.regions.values()],
        "labels": labels,
        "money": [
            (name, labels[name], typed.get_one(name), map_faults(wrong).get(name))
            for name in _MONEY
            if name not in told
        ],
        "asks_charges": "charges_users" not in told,
        "asks_technician": "technician" not in told,
        "wrong": map_faults(wrong),
        "faults": wrong,
        "same": same,
    }


def _name_licence(licence: Licence) -> Text:
    """What people call a licence, then its class: ICP许可证 信息服务业务."""
    if not licence.known_as:
        return licence.label
    zh, en = "、".join(licence.known_as), ", ".join(licence.known_as)
    return Text(
        zh=f"{licence.label.zh}（{zh}许可证）", en=f"{licence.label.en} ({en} licence)"
    )


def _list_scopes(licence: str, typed: str) -> list[tuple[str, Text, bool]]:
    """The scopes a licence may have; the one that was chosen, or else the first."""
    scopes = catalogue().licences[licence].scopes
    chosen_scope = typed if typed in scopes else scopes[0]
    return [(scope, SCOPE_WORDS[scope], scope == chosen_scope) for scope in scopes]


def _list_stages(typed: str) -> list[tuple[str, Text, bool]]:
    """The stages at which a case may begin; the one that was chosen, or the first."""
    chosen = typed if typed in _STAGES else FIRST
    return [(stage, STAGE_WORDS[stage], stage == chosen) for stage in _STAGES]


def map_faults(wrong: tuple[Wrong, ...]) -> Mapping[str, Wrong]:
    """Map faults by the field they are about."""
    return {fault.field: fault for fault in wrong}


def _make_case(request: HttpRequest, here: Here, typed: Typed) -> HttpResponse:
    answers, wrong = read_interview(typed)
    if answers is None:
        drafts.save_draft(here, FORM, typed)
        return _render_form(request, here, typed, wrong=wrong, status=422)
    code = answers.facts["credit_code"]
    same = find_same_company(here, code)
    if same and typed.get_one("another") != "yes":
        drafts.save_draft(here, FORM, typed)
        return _render_form(request, here, typed, same=same, status=422)
    try:
        new_case = create_case(here, answers)
    except ChangqingError as error:
        drafts.save_draft(here, FORM, typed)
        issue = error.issues[0]
        fault = Wrong(field="name", text=issue.text, hint=issue.hint)
        return _render_form(request, here, typed, wrong=(fault,), status=422)
    drafts.drop_draft(here, FORM)
    drafts.drop_draft(here, WHICH)
    messages.success(
        request,
        t(
            "项目建好了，下面是第一份结论。没有回答的都算缺证，不算没有。",
            "The case is there; this is its first verdict. What was not answered is "
            "unknown, not absent.",
        ),
    )
    return redirect("case", workspace=here.workspace.slug, case=new_case.row.folder)


def find_same_company(here: Here, code: str) -> tuple[CaseRow, ...]:
    """Find the cases this workspace has of the company already."""
    if not code:
        return ()
    return tuple(here.workspace.cases.filter(credit_code=code)[:5])


def create_case(here: Here, answers: InterviewAnswers) -> Here:
    """Make the folder and judge it once. CaseError where it cannot be made."""
    root = find_cases_folder(here.workspace)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    unnamed = f"case-{timezone.localdate():%Y%m%d}"
    folder = free_folder(here, answers.facts["credit_code"].lower() or unnamed)
    write_case(
        root / folder,
        answers,
        catalogue(),
        now=timezone.now(),
        language=page_language(),
    )
    open_case_memory().forget(root / folder)
    row = refresh_case(here.workspace, folder)
    new_case = Here(user=here.user, workspace=here.workspace, role=here.role, case=row)
    add_case_event(
        new_case,
        "new",
        Text(
            f"新建项目：{row.name}，{answers.licence}",
            f"New case: {row.name}, {answers.licence}",
        ),
    )
    assess(new_case)
    row.refresh_from_db()
    return new_case


def free_folder(here: Here, first_choice: str) -> str:
    """Find `first_choice`, or the first name like it that no folder has."""
    root, name, number = find_cases_folder(here.workspace), first_choice, 1
    while (root / name).exists():
        number += 1
        name = f"{first_choice}-{number}"
    return name


def read_interview(typed: Typed) -> tuple[InterviewAnswers | None, tuple[Wrong, ...]]:
    """Read the answers, or every field that cannot be used."""
    law, reader = catalogue(), _Reader(typed)
    facts = {
        "name": reader.read_name(),
        "credit_code": reader.read_credit_code(),
        "charges_users": reader.read_yes_or_no("charges_users"),
    } | {name: reader.read_amount(name) for name in _MONEY}
    licence = reader.read_choice("licence", law.licences, "B25")
    scopes = law.licences[licence].scopes
    only = "、".join(SCOPE_WORDS[code].zh for code in scopes)
    only_en = ", ".join(SCOPE_WORDS[code].en for code in scopes)
    scope = reader.read_choice(
        "scope",
        scopes,
        scopes[0],
        told=Text(f"{licence}只有{only}一种", f"{licence} is {only_en} alone"),
    )
    by_code = find_region(facts["credit_code"], law)
    region = reader.read_choice("region", law.regions, by_code)
    if not region:
        reader.add_fault("region", Text("选公司注册在哪个省", "choose the province"))
    submit_on = reader.read_day()
    urls = reader.read_urls()
    if reader.wrong or submit_on is None:
        return None, tuple(reader.wrong)
    answers = InterviewAnswers(
        facts=facts,
        region=region,
        scope=scope,
        submit_on=submit_on,
        url=urls[0] if urls else "",
        technician=" ".join(typed.get_one("technician").split()),
        licence=licence,
        other_urls=urls[1:],
        stage=reader.read_choice("stage", _STAGES, FIRST),
    )
    return answers, ()


class _Reader:
    """Reads the fields and keeps what is wrong with them, in their order."""

    def __init__(self, typed: Typed) -> None:
        self.wrong: list[Wrong] = []
        self._typed = typed

    def add_fault(self, field: str, text: Text, hint: Text | None = None) -> None:
        if field not in {fault.field for fault in self.wrong}:
            self.wrong.append(Wrong(field=field, text=text, hint=hint))

    def read_choice(
        self,
        name: str,
        choices: Container[str],
        otherwise: str,
        *,
        told: Text = _LISTED,
    ) -> str:
        typed = self._typed.get_one(name)
        if not typed:
            return otherwise
        if typed not in choices:
            self.add_fault(name, told)
            return otherwise
        return typed

    def read_name(self) -> str:
        typed = " ".join(self._typed.get_one("name").split())
        if not typed:
            self.add_fault(
                "name", Text("写上公司名称，照营业执照", "write the company's name")
            )
        elif self._read_fact("name", typed) is None:
            return ""
        return typed

    def read_credit_code(self) -> str:
        typed = self._typed.get_one("credit_code").strip()
        if not typed:
            return ""
        spelling = spell_credit_code(typed)
        if spelling.text is not None:
            self.add_fault("credit_code", spelling.text, spelling.hint)
        return spelling.code

    def read_yes_or_no(self, name: str) -> str:
        typed = self._typed.get_one(name)
        if typed in {"", _UNKNOWN}:
            return ""
        try:
            return parse_yes_or_no(typed)
        except NotAValueError as wrong:
            self.add_fault(name, wrong.text, wrong.hint)
            return ""

    def read_amount(self, name: str) -> str:
        """Read an amount: a bare number is in 万元, as the field says."""
        typed = unicodedata.normalize("NFKC", self._typed.get_one(name)).strip()
        if not typed:
            return ""
        typed = spell_amount(typed)
        if _BARE.fullmatch(typed):
            typed += "万元"
        elif not typed.endswith("元"):
            self.add_fault(
                name,
                Text(f"“{typed}”不是数字", f"“{typed}” is no number"),
                Text("只写数字，单位是万元，如100", "write digits, in 万元: 100, say"),
            )
            return ""
        return typed if self._read_fact(name, typed) is not None else ""

    def _read_fact(self, name: str, typed: str) -> object | None:
        try:
            return parse_value(catalogue().facts["applicant", name], typed)
        except NotAValueError as wrong:
            self.add_fault(name, wrong.text, wrong.hint)
            return None

    def read_day(self) -> date | None:
        """Read the day of handing in; one that has passed is none."""
        typed, today = self._typed.get_one("submit_on").strip(), timezone.localdate()
        if not typed:
            return today + SUBMIT_AFTER
        try:
            day = parse_date(typed)
            check_submit_on(day, today)
        except NotAValueError as wrong:
            self.add_fault("submit_on", wrong.text, wrong.hint)
            return None
        return day

    def read_urls(self) -> tuple[str, ...]:
        lines = [line.strip() for line in self._typed.get_one("urls").splitlines()]
        urls: list[str] = []
        for line in filter(None, lines):
            try:
                urls.append(read_url(line))
            except NotAValueError as wrong:
                self.add_fault("urls", wrong.text, wrong.hint)
        if len(urls) > _MOST_URLS:
            self.add_fault(
                "urls",
                Text(f"先写{_MOST_URLS}个", f"begin with {_MOST_URLS}"),
                Text("其余的以后在事实页补", "add the rest on the facts page"),
            )
        return tuple(dict.fromkeys(urls))


def check_code(request: HttpRequest, here: Here) -> HttpResponse:
    """Tell what is known of a credit code as it is typed, and who has it already."""
    typed = request.POST.get("credit_code", "")[:100]
    spelling = spell_credit_code(typed)
    return render(
        request,
        "new/_code.html",
        {
            "spelling": spelling if spelling.code else None,
            "same": find_same_company(here, spelling.code) if spelling.valid else (),
        },
    )


def save_draft(request: HttpRequest, here: Here) -> HttpResponse:
    """Keep what is typed, so that a closed tab loses nothing."""
    draft = drafts.save_draft(here, FORM, Typed.from_post(request.POST))
    kept_text = (
        ""
        if draft is None
        else drafts.say_when_kept(draft.saved_at).say(page_language())
    )
    return JsonResponse({"said": kept_text}, json_dumps_params={"ensure_ascii": False})


def ask_which_licence(request: HttpRequest, here: Here) -> HttpResponse:
    """Ask one question at a time, until no answer changes which licence is needed."""
    classifier = Classifier(catalogue(), on=timezone.localdate())
    draft = drafts.load_draft(here, WHICH)
    typed = Typed({}) if draft is None else draft[0]
    if request.method == "POST":
        _take_step(request, here, classifier, typed)
        return redirect("new_which", workspace=here.workspace.slug)
    answers = read_answers(classifier, typed)
    question = classifier.find_next_question(answers)
    if question is None or request.GET.get("end"):
        return _show_rulings(request, classifier, typed)
    name = question.fact.id
    return render(
        request,
        "new/which.html",
        {
            "section": "board",
            "question": question,
            "asks": question.fact.question or question.fact.label,
            "options": [(o, question.fact.value_labels[o]) for o in question.options],
            "many": question.fact.type.kind is Kind.SET,
            "number": len(typed.get_all("order")) + 1,
            "before": typed.get_all(f"was.{name}"),
            "missing": request.GET.get("missing"),
            "why": (why := list_waiting_rules(question))[:_SHOWN],
            "more": max(0, len(why) - _SHOWN),
            "so_far": _list_answered(classifier, typed),
        },
    )


def _take_step(
    request: HttpRequest, here: Here, classifier: Classifier, typed: Typed
) -> None:
    """Take an answer, go back one question, or begin again."""
    order = typed.get_all("order")
    match request.POST.get("do", "answer"):
        case "again":
            drafts.drop_draft(here, WHICH)
            return
        case "back" if order:
            last = order[-1]
            typed.data["order"] = order[:-1]
            typed.data[f"was.{last}"] = typed.data.pop(f"a.{last}", [])
        case "answer":
            name = request.POST.get("question", "")
            if name not in classifier.questions:
                raise Http404
            answer_codes = request.POST.getlist("answer") or [_UNKNOWN]
            typed.data["order"] = [*(n for n in order if n != name), name]
            typed.data[f"a.{name}"] = answer_codes
        case _:
            return
    drafts.save_draft(here, WHICH, typed)


def read_answers(classifier: Classifier, typed: Typed) -> dict[str, Value | None]:
    """Read the answers given so far; what is not an answer is unknown."""
    answers: dict[str, Value | None] = {}
    for name in typed.get_all("order"):
        fact = classifier.questions.get(name)
        if fact is None:
            continue
        codes = typed.get_all(f"a.{name}")
        if _UNKNOWN in codes or not codes:
            answers[name] = None
        elif fact.type.kind is Kind.SET:
            answers[name] = frozenset(g for g in codes if g in fact.value_labels)
        else:
            answers[name] = {"yes": True, "no": False}.get(codes[0])
    return answers


def list_waiting_rules(
    question: ClassifyQuestion,
) -> list[tuple[Classification, list[Text]]]:
    """List the rules that wait for the answer, each with the law it stands on."""
    law, today = catalogue(), timezone.localdate()
    fact_key = (question.fact.subject, question.fact.id)
    return [
        (rule, [say_citation(law, citation) for citation in rule.citations])
        for rule in law.classification.values()
        if rule.in_force.covers(today)
        and fact_key in rule.test.facts
        and (not question.options or _is_touched(rule, question))
    ]


def _is_touched(rule: Classification, question: ClassifyQuestion) -> bool:
    return any(f"'{option}'" in rule.test.text for option in question.options)


def _list_answered(
    classifier: Classifier, typed: Typed
) -> list[tuple[Text, list[Text]]]:
    """The questions answered, with their answers in words."""
    lines: list[tuple[Text, list[Text]]] = []
    for name in typed.get_all("order"):
        fact = classifier.questions.get(name)
        if fact is None:
            continue
        words = {
            **fact.value_labels,
            "yes": Text("是", "yes"),
            "no": Text("否", "no"),
            _NONE: Text("都没有", "none of them"),
            _UNKNOWN: Text("不清楚", "not sure"),
        }
        answer_texts = [words[g] for g in typed.get_all(f"a.{name}") if g in words]
        lines.append((fact.question or fact.label, answer_texts))
    return lines


def _show_rulings(
    request: HttpRequest, classifier: Classifier, typed: Typed
) -> HttpResponse:
    law = catalogue()
    result = classifier.classify(read_answers(classifier, typed))
    near = [e for e in result.list_ruled(Need.NOT_NEEDED) if e.near]
    groups = [
        (need, title, rulings)
        for need, title, rulings in (
            ("needed", Text("要办", "Needed"), list(result.list_ruled(Need.NEEDED))),
            (
                "doubtful",
                Text("还说不准", "Open"),
                list(result.list_ruled(Need.DOUBTFUL)),
            ),
            (
                "remarked",
                Text("要知道", "To be known"),
                list(result.list_ruled(Need.REMARKED)),
            ),
            ("not_needed", Text("不要办", "Not needed"), near),
        )
        if rulings or need == "needed"
    ]
    facts = law.facts
    return render(
        request,
        "new/ruled.html",
        {
            "section": "board",
            "groups": [
                (
                    need,
                    title,
                    [
                        (
                            ruling,
                            [say_citation(law, c) for c in ruling.rule.citations],
                            [facts["offer", name].label for name in ruling.open],
                        )
                        for ruling in rulings
                    ],
                )
                for need, title, rulings in groups
            ],
            "so_far": _list_answered(classifier, typed),
        },
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/new/",
        view=answer_form,
        name="new",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path="w/<slug:workspace>/new/which/",
        view=ask_which_licence,
        name="new_which",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path="w/<slug:workspace>/new/code/",
        view=check_code,
        name="new_code",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/new/draft/",
        view=save_draft,
        name="new_keep",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
