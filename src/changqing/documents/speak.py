"""What a template can say of a case: each word with its proof, or a blank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from changqing.case.model import Case, Member
from changqing.case.subjects import APPLICANT, Subject
from changqing.documents.authority import name_authority
from changqing.documents.choices import list_denied
from changqing.documents.cited import (
    find_standing,
)
from changqing.documents.document import (
    Blank,
    Document,
    DocumentEdition,
)
from changqing.documents.drawings import CHARTS, draw_chart, find_end
from changqing.documents.markup import CLOSE, OPEN, escape, escape_lines
from changqing.documents.naming import (
    name_article,
    write_value,
)
from changqing.documents.quotes import PaperQuotes
from changqing.documents.statements import Statements
from changqing.documents.supports import (
    UNITS,
    NamedSupport,
    leave_out_unknown_sites,
    list_supports,
    name_resources,
    say_cash_basis,
    states_an_end,
    title_resources,
)
from changqing.judge.assess import bound_parameters
from changqing.judge.model import Assessment
from changqing.law.kinds.choice import PlanAnswer, PlanChoice
from changqing.law.kinds.material import Issuer, MaterialRequest
from changqing.law.lookup import list_kinds_for
from changqing.law.said import say_number
from changqing.law.words import SCOPE_WORDS
from changqing.outlook.ahead import CASH_END
from changqing.outlook.endurance import Endurance
from changqing.report.words import say_long_day
from changqing.rules.types import Value
from changqing.text import Language, Text

_COVERAGE = "覆盖的省级行政区，或全国"
_NEEDED_FOR_CASH = "货币资金和每月成本，用来算够用几个月"
_OPTIONAL = frozenset({"bundle_digest"})
"""Inserts without which a document is complete: a bundle is sealed with it inside."""


@dataclass(slots=True, kw_only=True)
class Speaker(Statements):
    """The words that the template of one document may use.

    `drafted` and `charts` fill while they are used, as `said` and `missing` do.
    """

    case: Case
    assessment: Assessment
    endurance: Endurance
    inserts: Mapping[str, str]
    quotes: PaperQuotes
    written: tuple[Document, ...]
    order: Mapping[str, str | None]  # the number of each document, those to come too
    fill: Callable[[str, Mapping[str, object]], str]  # the braces of a sentence
    drafted: list[str] = field(default_factory=list)  # choices that wrote a sentence
    charts: dict[str, str] = field(default_factory=dict)

    def collect_words(self) -> dict[str, object]:
        """Collect everything a template may use, by name."""
        application = self.situation.application
        region = self.catalogue.regions.get(application.region)
        functions: Sequence[Callable[..., object]] = (
            self.say,
            self.cell,
            self.yes,
            self.known,
            self.paper,
            self.shown,
            self.blank,
            self.choice,
            self.draft,
            self.asks,
            self.is_decided,
            self.is_asked_for,
            self.shares_site,
            self.is_written,
            self.number_of,
            self.rule,
            self.basis,
            self.chart,
            self.insert,
            self.people,
            self.list_looked_up,
            self.ask_for_layers,
            self.label,
            self.amount,
            self.list_resources,
            self.cash_lasts,
            self.cash_basis,
            self.runway,
            self.until,
            self.covers,
            self.contact,
            self.stated,
        )
        return {
            **{function.__name__: function for function in functions},
            "applicant": APPLICANT,
            "services": [service.subject for service in self.case.services],
            "everybody": [person.subject for person in self.case.people],
            "holders": [holder.subject for holder in self.case.holders],
            "resources": [resource.subject for resource in self.case.resources],
            "resource_title": title_resources(self.catalogue, application.licence),
            "licence": self.catalogue.licences[application.licence].label.zh,
            "licence_code": application.licence,
            "scope": SCOPE_WORDS[application.scope].zh,
            "region": "" if region is None else region.label.zh,
            "authority": name_authority(self.situation, self.catalogue),
            "annotated": self.edition is DocumentEdition.ANNOTATED,
            "as_of": say_long_day(self.situation.as_of, Language.ZH),
            "submit_on": say_long_day(application.submit_on, Language.ZH),
            "supports": list_supports(self._find_shown_ends()),
            "states_an_end": states_an_end(self._find_shown_ends()),
            "ends_are_known": self._ends_are_known(),
            "pieces": list(self.numbers.pieces.values()),
            "attachments": list(self.attachments),
            "written": self.written,
        }

    # ── facts ────────────────────────────────────────────────────────────────────────

    def say(self, fact: str, subject: Subject = APPLICANT) -> str:
        """State a fact with its evidence number; leave a blank where it is unknown."""
        return self.say_fact(fact, subject, short=False)

    def cell(self, fact: str, subject: Subject = APPLICANT) -> str:
        """State a fact as `say` does, days written short, for a table."""
        return self.say_fact(fact, subject, short=True)

    def yes(
        self,
        fact: str,
        then: str,
        otherwise: str | None = None,
        subject: Subject = APPLICANT,
    ) -> str:
        """Write `then` where a boolean fact is true, `otherwise` where it is false.

        Without `otherwise` a false fact is left blank: nothing may be promised there.
        """
        resolved_fact = self.situation.resolved.get((subject, fact))
        value, record = self._find_cited(resolved_fact)
        if record is None or not isinstance(value, bool):
            return self.ask_for_fact(fact, subject)
        text = then if value else otherwise
        if text is None:
            return self.ask_for_fact(fact, subject)
        return self.make_statement(text, text, resolved_fact, value, record)

    def known(self, fact: str, subject: Subject = APPLICANT) -> Value | None:
        """Give the value a template may decide by; nothing is printed."""
        return find_standing(self.situation.resolved.get((subject, fact)))[0]

    def amount(self, resource: Subject) -> str:
        """State how much there is of a resource, with its unit."""
        kind = self.known("kind", resource)
        unit = UNITS.get(str(kind), "")
        has_quantity = self.known("quantity", resource) is not None
        return self.cell("quantity", resource) + (unit if has_quantity else "")

    def list_resources(self, kind: str) -> str:
        """List the resources of a kind, how many and by whom; nothing where none is."""
        return "；".join(
            self._describe_resource(resource.subject)
            for resource in self.case.resources
            if resource.kind == kind
        )

    def people(self, *roles: str) -> str:
        """Name who holds one of these posts, with what shows it.

        Leave a blank for nobody.
        Where there is no manager it is the legal representative who manages. A post
        with nobody in it is asked for once in a document, and then named.
        """
        members = self._find_people(roles)
        if not members and roles == ("manager",):
            members = self._find_people(("legal_representative",))
        if not members:
            fact = self.catalogue.facts["person", "roles"]
            posts = "或".join(fact.value_labels[role].zh for role in roles)
            post = roles[0] if roles else None
            if any(blank.post == post for blank in self.missing if post):
                return escape(posts)
            return self.ask_for(f"{posts}的姓名", "roles", None, post=post)
        return "、".join(self.say("name", member.subject) for member in members)

    def ask_for_layers(self) -> str:
        """Ask for a chart of every layer, where somebody holds through a company.

        Where every line ends, the drawing in the document is the whole structure.
        """
        if self._ends_are_known():
            return ""
        supply = "每个公司股东的上一层股东和比例，写到最后一层，附上股权结构图"
        return f"逐层股东：{self.ask_for(supply, 'has_equity_chart', APPLICANT)}。"

    def list_looked_up(self) -> list[tuple[str, Subject]]:
        """List who is looked up on the lists: who leads the company, and the holders.

        Who holds a post and a share is one person and stands there once, unless the two
        looks said different things.
        """
        leaders = {"legal_representative", "manager"}
        listed_holders: set[Subject] = set()
        rows: list[tuple[str, Subject]] = []
        for person in self.case.people:
            if leaders & {*person.roles}:
                holder = self._find_same_holder(person)
                subject = person.subject
                if holder is not None:
                    listed_holders.add(holder)
                    if self.known("dishonesty_list_clear", subject) is None:
                        subject = holder
                name = self.label(person.subject)
                rows.append((name if holder is None else f"{name}（股东）", subject))
        rows += [
            (f"{self.label(holder.subject)}（股东）", holder.subject)
            for holder in self.case.holders
            if holder.subject not in listed_holders
        ]
        return rows

    def cash_lasts(self) -> str:
        """State until when the cash on hand lasts, as the outlook computed it."""
        if self.known("cash_open_ended") is True:
            return self.yes("cash_open_ended", "收入够付支出，货币资金不减少")
        if self.known("runway_months") is None:
            return self.blank(_NEEDED_FOR_CASH)
        return f"够用{self.runway()}"

    def cash_basis(self) -> str:
        """Say what is counted to know until when the cash lasts, as it was computed."""
        return say_cash_basis(self.situation)

    def runway(self) -> str:
        """State the same after the word 够用, for copies of older templates."""
        if self.known("cash_open_ended") is True:
            return self.yes("cash_open_ended", "十年以上（收入够付支出）")
        if self.known("runway_months") is None:
            return self.blank(_NEEDED_FOR_CASH)
        return f"{self.say('runway_months')}，到{self.say('cash_until')}"

    def covers(self) -> str:
        """State the area applied for: the one province, or those a wider one names.

        A cross-province application covers the nation or a list of provinces; the
        province of the applicant is never put in their place.
        """
        application = self.situation.application
        scope = escape(SCOPE_WORDS[application.scope].zh)
        region = self.catalogue.regions.get(application.region)
        if application.scope == "intra_province":
            return scope if region is None else f"{escape(region.label.zh)}（{scope}）"
        if self.known("coverage") is None:
            return f"{self.ask_for(_COVERAGE, 'coverage', APPLICANT)}（{scope}）"
        return f"{self.say('coverage')}（{scope}）"

    def contact(self) -> str:
        """Name the contact; leave a blank for nobody."""
        contacts = [
            person.subject
            for person in self.case.people
            if self.known("named_contact", person.subject) is True
        ]
        if not contacts:
            return self.ask_for("联系人的姓名，在人员里指明", "named_contact", None)
        return "、".join(self.say("name", person) for person in contacts)

    def until(self, support: NamedSupport) -> str:
        """State until when one of `supports` lasts, or that it has no end.

        Else a blank.
        """
        subject, fact, endless = support.subject, support.until, support.open_ended
        if endless is not None and self.known(endless, subject) is True:
            return self.yes(endless, support.endless, subject=subject)
        if fact == CASH_END[1] and self.known(fact, subject) is None:
            return self.blank(_NEEDED_FOR_CASH)
        if any(
            blank.fact == fact and blank.subject == subject for blank in self.missing
        ):
            return "见上"  # one blank is enough for one day
        return self.cell(fact, subject)

    # ── papers ───────────────────────────────────────────────────────────────────────

    def paper(self, material: str) -> str:
        """Name the paper that is enclosed, with its number.

        Leave a blank without one.
        """
        label = self.catalogue.materials[material].label.zh
        for kind in list_kinds_for(self.catalogue, material):
            resolved_fact = self.situation.resolved.get((APPLICANT, f"has_{kind}"))
            value, record = find_standing(resolved_fact)
            if value is True and record is not None and resolved_fact is not None:
                name = f"《{self.catalogue.materials[kind].label.zh}》"
                return self.make_statement(
                    name, self.refer_to(record, name), resolved_fact, value, record
                )
        return self.ask_for(f"附上{label}", f"has_{material}", APPLICANT)

    def shown(self, material: str, element: str) -> str:
        """Quote what a paper of the case writes; leave a blank where none does.

        Only whole sentences that were read are quoted; of others the place is named.
        """
        kinds = list_kinds_for(self.catalogue, material)
        for paper in self.case.papers:
            if paper.kind not in kinds:
                continue
            resolved_fact = self.situation.resolved.get((paper.subject, element))
            value, record = find_standing(resolved_fact)
            if value is True and record is not None and resolved_fact is not None:
                name = f"《{self.catalogue.materials[paper.kind].label.zh}》"
                place = self.refer_to(record, name)
                quoted = self.quotes.find(paper, record)
                if quoted is None:
                    text, markdown = f"见{place}", f"见{escape(place)}"
                elif paper.kind in self.materials:  # the document is this very paper
                    text, markdown = quoted, escape(quoted)
                else:
                    text = f"{quoted}（{place}）"
                    markdown = escape(text)
                return self.make_statement(text, markdown, resolved_fact, value, record)
        paper_kind = self.catalogue.materials[material]
        element_label = paper_kind.elements[element].zh
        waiting = self.waiting.find_element(kinds, element)
        if waiting is not None:
            return self.ask_to_confirm(element_label, waiting, element, APPLICANT)
        title = f"《{paper_kind.label.zh}》"
        if paper_kind.issuer is Issuer.COMPANY:
            supply = f"{element_label}，写进{title}"
        elif any(paper.kind in kinds for paper in self.case.papers):
            supply = (
                f"{element_label}，指出{title}写在哪一条"  # others signed what it says
            )
        else:
            supply = f"{element_label}，以{title}为证"
        return self.ask_for(supply, element, APPLICANT)

    def stated(self, material: str, fact: str, subject: Subject = APPLICANT) -> str:
        """State a value as a paper of this kind does; leave a blank where none does.

        What is known from elsewhere is not put into the paper's mouth.
        """
        for paper in self.case.papers:
            if paper.kind not in list_kinds_for(self.catalogue, material):
                continue
            for record in self.read.get((subject, fact), ()):
                if record.source.name != paper.id:
                    continue
                value = record.value
                if value is not None and self.numbers.find_piece(record) is not None:
                    text = write_value(
                        value, self.catalogue.facts[subject.type, fact], short=True
                    )
                    resolved_fact = self.situation.resolved.get((subject, fact))
                    return self.make_statement(
                        text, escape(text), resolved_fact, value, record
                    )
        label = self.catalogue.facts[subject.type, fact].label.zh
        title = self.catalogue.materials[material].label.zh
        waiting = self.waiting.find(subject, fact)
        if waiting is not None:
            return self.ask_to_confirm(label, waiting, fact, subject)
        return self.ask_for(f"{label}，《{title}》所载", fact, subject)

    # ── blanks ───────────────────────────────────────────────────────────────────────

    def blank(self, supply: str) -> str:
        """Leave a visible blank with what to supply."""
        return f"〔待补：{escape(supply)}〕"

    def choice(self, what: str, *options: str) -> str:
        """Print a choice the applicant has to make; nothing is chosen for it."""
        return f"〔请选定：{escape(what)}（{'／'.join(map(escape, options))}）〕"

    def insert(self, name: str, supply: str = "") -> str:
        """Insert Markdown made elsewhere.

        Leave a blank, or nothing if it may be absent.
        """
        markdown = self.inserts.get(name)
        if markdown is not None:
            return markdown
        return "" if name in _OPTIONAL or not supply else self.blank(supply)

    # ── what the company decides ─────────────────────────────────────────────────────

    def asks(self, choice: str) -> bool:
        """Tell whether a choice is one of an application for this licence."""
        licence = self.situation.application.licence
        return self.catalogue.choices[choice].is_asked(licence)

    def is_asked_for(self, material: str) -> bool:
        """Tell whether this application is asked for a kind of paper."""
        return bool(self._find_asked(material))

    def shares_site(self, service: Subject) -> bool:
        """Tell whether an app is told of beside a site, and has no server of its own.

        It may stand on what the site stands on: first it is asked for its domain and
        host alone, and the rest once there is one.
        """
        others = [
            other.subject for other in self.case.services if other.kind == "website"
        ]
        its_own = ("domain", "hosting_provider", "server_count", "filing_subject")
        return (
            bool(others)
            and service not in others
            and all(self.known(fact, service) is None for fact in its_own)
        )

    def is_written(self, document: str) -> bool:
        """Tell whether a document is among those of this application."""
        return document in self.order

    def number_of(self, document: str) -> str:
        """Give the number of a document among those of this application."""
        return self.order[document] or "附"

    def is_decided(self, choice: str) -> bool:
        """Tell whether the company has decided this for itself."""
        return choice in self.case.choices

    def draft(self, *choices: str) -> str:
        """Write the sentence of what the company decided, or what its own paper says.

        Of several choices the first is taken that is asked for this licence. A blank
        with the question where it has decided nothing and no paper says it.
        """
        choice = next(filter(self.asks, choices), choices[0])
        plan_choice = self.catalogue.choices[choice]
        decision = self.case.choices.get(choice)
        if decision is None:
            return self._draft_from_paper(plan_choice)
        answer = plan_choice.find_answer(decision.answer or "")
        if answer is not None:
            denied = list_denied(answer, self.situation, self.catalogue)
            for denial in denied:  # the same papers would say both
                return self._ask_again(plan_choice, answer, denial)
        self.drafted.append(choice)
        at = len(self.drafted) - 1
        text = (
            escape_lines(decision.words or "")
            if answer is None
            else self.fill(
                answer.write_for(self.situation.application.licence),
                self.collect_words(),
            )
        )
        text = f"{OPEN}c{at}{CLOSE}{text}{OPEN}e{at}{CLOSE}"
        if self.edition is DocumentEdition.CLEAN:
            return text
        return f"{text}^{'承诺' if plan_choice.promise else '公司自定'}^"

    def _draft_from_paper(self, plan_choice: PlanChoice) -> str:
        material, _, element = (plan_choice.element or "").partition(".")
        if element:
            for paper in self.case.papers:
                if paper.kind in list_kinds_for(self.catalogue, material):
                    resolved_fact = self.situation.resolved.get(
                        (paper.subject, element)
                    )
                    if find_standing(resolved_fact)[0] is True:
                        return self.shown(material, element)
        if plan_choice.optional:
            return ""
        if element:
            kinds = list_kinds_for(self.catalogue, material)
            waiting = self.waiting.find_element(kinds, element)
            if waiting is not None:
                title = plan_choice.title.zh
                return self.ask_to_confirm(title, waiting, element, APPLICANT)
        return self._leave_choice_blank(plan_choice, plan_choice.question.zh)

    def _ask_again(self, choice: PlanChoice, answer: PlanAnswer, denied: Text) -> str:
        """Ask once more what was answered otherwise than the case says."""
        return self._leave_choice_blank(
            choice,
            f"{choice.question.zh}选的是“{answer.label.zh}”，项目里写的是“{denied.zh}”",
        )

    def _leave_choice_blank(self, choice: PlanChoice, question: str) -> str:
        supply = escape(question)
        self.missing.append(
            Blank(supply=supply, document=self.document, section="", choice=choice.id)
        )
        return f"{OPEN}b{len(self.missing) - 1}{CLOSE}〔待补：{supply}〕"

    # ── law and drawings ─────────────────────────────────────────────────────────────

    def rule(self, parameter: str) -> str:
        """State the number a rule sets for this application, or that one must ask."""
        number = bound_parameters(
            self.catalogue, self.situation.application, self.situation.as_of
        )[parameter]
        unit = self.catalogue.parameters[parameter].unit
        return "须向受理机关确认" if number is None else say_number(number, unit).zh

    def basis(self) -> str:
        """Cite where the law or a published guide asks for this paper, one a line."""
        articles: dict[str, dict[str, None]] = {}  # by the title of what they stand in
        for name in self.materials:
            for request in self._find_asked(name):
                for citation in request.citations:
                    if citation.article is not None:
                        names = name_article(self.catalogue, citation, self.edition)
                        articles.setdefault(names[0], {})[names[1]] = None
        if not articles:
            return ""
        lines = [title + "、".join(of_title) for title, of_title in articles.items()]
        return f"依据：{'；'.join(map(escape, lines))}。\n"

    def chart(self, name: str) -> str:
        """Draw the organisation, equity or endurance of the case."""
        svg = draw_chart(
            name, self.case, self.catalogue, self.situation, self._find_shown_ends()
        )
        if svg is None:
            return self.blank(f"{CHARTS[name]}所需的资料")
        self.charts[name] = svg
        return f"![{CHARTS[name]}](chart:{name})"

    # ── inside ───────────────────────────────────────────────────────────────────────

    def _describe_resource(self, resource: Subject) -> str:
        details = []
        if self.known("quantity", resource) is not None:
            details.append(self.amount(resource))
        if self.known("operator", resource) is not None:
            details.append(f"由{self.say('operator', resource)}提供")
        return self.label(resource) + (f"（{'，'.join(details)}）" if details else "")

    def _ends_are_known(self) -> bool:
        return all(find_end(holder, self.situation) for holder in self.case.holders)

    def _find_people(self, roles: Sequence[str]) -> list[Member]:
        return [
            person
            for person in self.case.people
            if not roles or set(roles) & {*person.roles}
        ]

    def _find_same_holder(self, person: Member) -> Subject | None:
        """Find the holder who is this very person, of whom the same is known."""
        if self.known("is_holder", person.subject) is not True:
            return None
        listed = self.known("dishonesty_list_clear", person.subject)
        for holder in self.case.holders:
            other = self.known("dishonesty_list_clear", holder.subject)
            same = holder.kind == "person" and holder.name == person.name
            if same and (listed is None or other is None or listed == other):
                return holder.subject
        return None

    def _find_shown_ends(self) -> Endurance:
        """What the service rests on; of a site not asked for or shut what is known."""
        needs_domain = self.is_asked_for("domain_cert")
        return leave_out_unknown_sites(
            name_resources(self.endurance, self.situation.labels),
            lambda site: (
                not needs_domain or self.known("service_opened", site) is False
            ),
        )

    def _find_asked(self, material: str) -> Sequence[MaterialRequest]:
        application = self.situation.application
        return self.catalogue.materials[material].find_asked(
            licence=application.licence,
            scope=application.scope,
            region=application.region,
            stage=application.stage,
            on=self.situation.as_of,
        )
