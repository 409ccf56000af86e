"""The API: its walls, its verbs, and that no input brings it down."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from changqing_web.api.routes import build_api
from changqing_web.models import CaseEvent, Link, Membership, Role
from tests.web.api.api_caller import ROOT, Caller, make_token
from tests.web.web_world import Place, make_place, read_sealed_example

_SCHEMA = build_api().get_openapi_schema(path_prefix=f"{ROOT}/")
OPERATIONS = [
    (method, path, operation)
    for path, methods in _SCHEMA["paths"].items()
    for method, operation in methods.items()
]
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _fill_in(path: str, case: str) -> str:
    given = {
        "case": case,
        "job": "1",
        "licence": "B25",
        "procedure": "amend_operator_or_scope",
        "fact": "x",
        "number": "1",
        "paper": "lease",
    }
    for name, value in given.items():
        path = path.replace(f"{{{name}}}", value)
    return path.removeprefix(ROOT)


def _make_body(operation: dict[str, Any]) -> dict[str, Any]:
    """Something of the right shape, so that the wall and not the shape answers."""
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        form = content["multipart/form-data"]["schema"]
        return {
            "data": {
                name: SimpleUploadedFile("x", b"x")
                if schema.get("format") == "binary"
                else "lease"
                for name, schema in form["properties"].items()
                if name in form.get("required", ())
            }
        }
    bodies: dict[str, Any] = {
        "newCase": {"name": "x", "region": "33"},
        "putFacts": {"values": [{"fact": "name", "value": "x"}]},
        "recordEvent": {"act": "submit", "on": "2026-01-05"},
        "undoEvent": {"number": 1},
        "ask": {"question": "x"},
        "changePaperKind": {"kind": "lease"},
        "archiveCase": {"archived": True},
    }
    return {"json": bodies.get(operation["operationId"], {})} if content else {}


def test_no_operation_opens_without_a_token(place: Place) -> None:
    for method, path, operation in OPERATIONS:
        for secret in ("", "wrong"):
            call = Caller(place=place, secret=secret)
            answer = call(
                method, _fill_in(path, place.case.folder), **_make_body(operation)
            )
            assert answer.status_code == 401, (method, path)
            assert answer["WWW-Authenticate"] == "Bearer"


def test_another_workspace_gets_404_for_every_operation(place: Place) -> None:
    other = make_place("other", "local-life")
    before = (place.folder / "case.yaml").read_bytes()
    call = Caller(place=other, secret=make_token(other))
    concerned = [operation for operation in OPERATIONS if "{case}" in operation[1]]
    assert len(concerned) > 15
    for method, path, operation in concerned:
        answer = call(
            method, _fill_in(path, place.case.folder), **_make_body(operation)
        )
        assert answer.status_code == 404, (method, path)
    own = Caller(place=place, secret=make_token(place))
    job = own("post", own.case("/look")).json()["id"]
    assert own("get", f"/jobs/{job}").status_code == 200
    assert call("get", f"/jobs/{job}").status_code == 404
    assert (place.folder / "case.yaml").read_bytes() == before
    assert not CaseEvent.objects.filter(workspace=place.workspace).exists()


def test_a_token_to_read_changes_nothing(place: Place) -> None:
    call = Caller(place=place, secret=make_token(place, Role.OWNER, Role.REVIEWER))
    for method, path, operation in OPERATIONS:
        makes = operation["operationId"] in {"newCase", "importFolder"}
        if method != "get" and ("{case}" in path or makes):
            answer = call(
                method, _fill_in(path, place.case.folder), **_make_body(operation)
            )
            assert answer.status_code == 404, (method, path)
    assert call("get", call.case("/result")).status_code == 200
    assert call("get", call.case("/facts")).status_code == 404
    assert call("get", call.case("/folder")).status_code == 404
    assert not CaseEvent.objects.exists()
    assert place.workspace.cases.count() == 1


def test_a_token_ends_with_its_membership_and_when_withdrawn(place: Place) -> None:
    call = Caller(place=place, secret=make_token(place, Role.EDITOR))
    assert call("get", "/cases").status_code == 200
    Link.objects.update(withdrawn_at=timezone.now())
    assert call("get", "/cases").status_code == 401
    Link.objects.update(withdrawn_at=None)
    Membership.objects.filter(role=Role.EDITOR).delete()
    assert call("get", "/cases").status_code == 401


def test_a_token_can_no_more_than_who_made_it(place: Place) -> None:
    call = Caller(place=place, secret=make_token(place, Role.EDITOR, Role.OWNER))
    assert call("post", f"{call.case('/seal')}?full=true").status_code == 404


def test_a_session_is_no_token(place: Place) -> None:
    assert place.editor.get(f"{ROOT}/cases").status_code == 401


def test_calls_are_counted(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("changqing_web.api.door.MOST_A_MINUTE", 2)
    codes = [call("get", "/licences").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]


def test_the_description_is_openapi_3_1_and_open(db: None) -> None:
    answer = Client().get(f"{ROOT}/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    assert Client().get(f"{ROOT}/docs").status_code == 404


def test_the_description_is_worked_out_once() -> None:
    """It takes a second of CPU, and each page of tokens shows what stands in it."""
    assert build_api().get_openapi_schema(path_prefix=f"{ROOT}/") is _SCHEMA
    assert build_api().get_openapi_schema() is _SCHEMA


def test_the_result_is_what_the_command_prints(call: Caller) -> None:
    result = call("get", call.case("/result")).json()
    assert result["case"]["name"] == call.place.case.name
    findings = call("get", call.case("/findings")).json()
    assert len(findings) == len(result["findings"])
    unmet = call("get", f"{call.case('/findings')}?verdict=unmet").json()
    assert {finding["verdict"] for finding in unmet} <= {"unmet"}
    assert call("get", call.case("/errands")).json() == result["errands"]
    assert call("get", call.case()).json()["folder"] == call.place.case.folder
    assert call("get", "/cases?q=nobody").json() == {"count": 0, "cases": []}


def test_a_case_is_made(call: Caller) -> None:
    given = {"name": "三川公司", "region": "33", "credit_code": "91110000600037341L"}
    made = call("post", "/cases", json=given)
    assert made.status_code == 201
    assert made.json()["readiness"] in {"open", "not_ready"}
    again = call("post", "/cases", json=given)
    assert again.status_code == 422
    assert "已经有项目" in again.json()["issues"][0]["text"]["zh"]
    wrong = call("post", "/cases", json={"name": " ", "region": "99"})
    assert len(wrong.json()["issues"]) == 2


def test_what_is_asked_comes_in_the_order_of_a_conversation(call: Caller) -> None:
    asked = call("get", call.case("/questions")).json()
    assert asked[0]["fact"] == "contact_phone"
    assert asked[0]["group"]["id"] == "company"
    assert {"asks", "why", "example"} <= set(asked[0])


def test_facts_are_written_and_a_stale_version_is_refused(call: Caller) -> None:
    before = call("get", call.case("/facts")).json()

    def put(value: object, version: str | None = None) -> Any:
        each = {"fact": "registered_capital", "value": value}
        given = {"version": version, "values": [each]}
        return call("put", call.case("/facts"), json=given)

    after = put("321万元", before["version"])
    assert after.status_code == 200
    assert after.json()["case"]["applicant"]["registered_capital"] == "321万元"
    stale = put("9万元", before["version"])
    assert stale.status_code == 409
    assert stale.json()["clashes"][0]["theirs"] == "321万元"
    assert put("plenty").status_code == 422
    negative = put("-9万元")
    assert negative.status_code == 422
    assert "不能小于0元" in negative.text or "at least CNY 0" in negative.text
    assert put("322万元").status_code == 200
    unknown = {"values": [{"fact": "no_such", "value": 1}]}
    assert call("put", call.case("/facts"), json=unknown).status_code == 422
    assert CaseEvent.objects.filter(verb="api").count() == 2


@pytest.mark.long
def test_a_paper_is_taken_by_what_it_is(call: Caller) -> None:
    def send(content: bytes, kind: str = "lease") -> Any:
        file = SimpleUploadedFile("../../lease.pdf", content)
        return call("post", call.case("/papers"), data={"file": file, "kind": kind})

    kept = send(_PDF)
    assert kept.status_code == 201
    assert (call.place.folder / kept.json()["file"]).read_bytes() == _PDF
    papers = call("get", call.case("/papers")).json()
    assert kept.json()["id"] in {paper["id"] for paper in papers}
    assert send(b"MZ no paper").status_code == 422
    assert send(_PDF, "no_such_kind").status_code == 422
    assert call("get", call.case("/result")).status_code == 200


def test_the_page_of_an_issuer_is_taken_and_held_against_its_paper(
    call: Caller,
) -> None:
    checks, paper = call.case("/issuer"), "social_insurance"
    (offered,) = (
        offer for offer in call("get", checks).json() if offer["paper"] == paper
    )
    assert (offered["answer"], offered["look"]) == ("unasked", "insurance_proof_check")
    code = {"text": "xy-0000-example", "label": "验证码", "page": 1}
    assert offered["codes"] == [code]
    page = SimpleUploadedFile("page.html", "<p>验证码：ZZ99".encode())
    kept = call("post", checks, data={"page": page, "paper": paper})
    assert kept.status_code == 201, kept.text
    (answered,) = kept.json()
    assert answered["answer"] == "another"
    page = SimpleUploadedFile("page.html", b"<p>x")
    unknown = call("post", checks, data={"page": page, "paper": "no_such_paper"})
    assert unknown.status_code == 422


def test_what_happened_is_recorded_if_it_may_have(call: Caller) -> None:
    events = call.case("/casework/events")
    too_soon = call("post", events, json={"act": "grant", "on": "2026-01-05"})
    assert too_soon.status_code == 422
    (refusal,) = too_soon.json()["issues"]
    assert "在“准备”阶段不能记“收到准予决定”" in refusal["text"]["zh"]
    assert refusal["hint"]["zh"] == "现在可以记：递交"
    ahead = call("post", events, json={"act": "submit", "on": "2199-01-01"})
    assert ahead.status_code == 422
    assert call("get", events).json() == []
    today = timezone.localdate().isoformat()
    done = call("post", events, json={"act": "submit", "on": today})
    assert done.status_code == 201
    assert done.json()["stage"] == "submitted"
    assert [event["act"] for event in call("get", events).json()] == ["submit"]
    assert call("get", call.case("/casework")).json()["stage"] == "submitted"
    undo = call.case("/casework/undo")
    assert call("post", undo, json={"number": 2}).status_code == 422
    undone = call("post", undo, json={"number": 1})
    assert (undone.status_code, undone.json()["stage"]) == (201, "prepare")
    kept = call("get", events).json()
    assert [(event["act"], event.get("undone_by")) for event in kept] == [
        ("submit", 2),
        ("undo", None),
    ]


@pytest.mark.long
def test_a_paper_is_taken_out_put_back_and_of_another_kind(call: Caller) -> None:
    papers, aside = call.case("/papers"), call.case("/papers/set-aside")
    assert call("delete", f"{papers}/lease").json() == {"id": "lease"}
    assert call("delete", f"{papers}/lease").status_code == 422
    (found,) = call("get", aside).json()
    assert (found["id"], found["paper"]["kind"]) == ("lease", "lease")
    assert "lease" not in [paper["id"] for paper in call("get", papers).json()]
    assert call("post", f"{aside}/lease").json() == {"id": "lease"}
    assert call("get", aside).json() == []
    kind = f"{papers}/lease/kind"
    assert call("put", kind, json={"kind": "letter"}).status_code == 422
    done = call("put", kind, json={"kind": "hosting_agreement"})
    assert done.json()["id"].startswith("hosting_agreement")


def test_a_case_is_put_away_and_listed_again(call: Caller) -> None:
    for archived in (True, True, False):
        answer = call("put", call.case("/archived"), json={"archived": archived})
        assert answer.json() == {"archived": archived}
        listed = call("get", f"/cases?archived={str(archived).lower()}").json()
        assert listed["count"] == 1
    assert CaseEvent.objects.filter(verb="archive").count() == 2


@pytest.mark.long
def test_a_notice_is_taken_in_and_answered_line_by_line(call: Caller) -> None:
    today = timezone.localdate().isoformat()
    events = call.case("/casework/events")
    assert call("post", events, json={"act": "submit", "on": today}).status_code == 201
    words = "请补正：\n1. 请补充技术人员的社保证明。\n2. 请说明域名注册人。\n".encode()
    address = call.case("/casework/notice")
    assert (
        call(
            "post", address, data={"notice": SimpleUploadedFile("n.txt", b"")}
        ).status_code
        == 422
    )
    file = SimpleUploadedFile("n.txt", words)
    taken = call("post", address, data={"notice": file, "until": "2199-01-01"})
    assert taken.status_code == 201, taken.content
    assert [line["number"] for line in taken.json()["lines"]] == [1, 2]
    assert "submit" not in taken.json()["can_record"]
    line = call.case("/casework/lines/1")
    unknown = call("put", line, json={"criterion": "no_such"})
    assert unknown.status_code == 422
    absent = call("put", call.case("/casework/lines/7"), json={})
    assert absent.status_code == 422
    assert "补正通知没有第7条" in absent.json()["issues"][0]["text"]["zh"]
    assert call("get", call.case("/casework/answer")).json()["open"] == [1, 2]
    done = {"done": today, "answer": "已补充", "owner": "林疏影"}
    assert call("put", line, json=done).status_code == 200
    last = call("put", call.case("/casework/lines/2"), json=done)
    assert "submit" in last.json()["can_record"]
    letter = call("get", call.case("/casework/answer")).json()
    assert letter["open"] == []
    assert "已补充" in letter["markdown"]
    kept = call("put", line, json={"owner": None}).json()["lines"][0]
    assert kept["settled"]
    assert not kept.get("owner")


@pytest.mark.long
def test_a_case_is_told_of_over_time(call: Caller) -> None:
    result = call("get", call.case("/result")).json()
    outlook = {"version": result["version"], **result["outlook"]}
    assert call("get", call.case("/outlook")).json() == outlook
    call("post", call.case("/seal")).close()
    every = call("get", call.case("/history")).json()
    assert every
    name = every[0]["fact"]
    one = call("get", f"{call.case('/history')}?fact={name}").json()
    assert {entry["fact"] for entry in one} == {name}
    assert call("get", call.case("/watch")).json()["rounds"] == 0
    year = timezone.localdate().year - 1
    report = call("get", call.case("/casework/annual")).json()
    assert (report["year"], len(report["sections"])) == (year, 6)
    ahead = f"{call.case('/casework/annual')}?year={year + 2}"
    assert call("get", ahead).status_code == 404


def test_work_in_the_background_is_told_of(call: Caller) -> None:
    begun = call("post", call.case("/look"))
    assert begun.status_code == 202
    job = call("get", f"/jobs/{begun.json()['id']}").json()
    assert (job["kind"], job["state"]) == ("look", "waiting")


@pytest.mark.long
def test_a_sealed_bundle_verifies_and_a_broken_one_does_not(call: Caller) -> None:
    sealed = call("post", call.case("/seal"))
    assert sealed.status_code == 200
    content = b"".join(sealed)
    sealed.close()

    def verify(data: bytes) -> Any:
        return call("post", "/verify", data={"bundle": SimpleUploadedFile("b", data)})

    found = verify(content).json()
    assert found["code"] in {0, 1}
    assert found["lines"]
    assert verify(content[:-40]).json()["code"] not in {0, 1}
    assert verify(b"nothing").json()["code"] not in {0, 1}


@pytest.mark.long
def test_a_bundle_whose_check_takes_too_long_is_given_up(
    call: Caller, settings: Any
) -> None:
    settings.PAGE_SECONDS = 0.01
    bundle = {"bundle": SimpleUploadedFile("b", read_sealed_example())}
    answer = call("post", "/verify", data=bundle)
    assert answer.status_code == 422
    told = answer.json()
    assert told["code"] == "given_up"
    assert "用的时间太长" in told["issues"][0]["text"]["zh"]
    assert "took too long" in told["issues"][0]["text"]["en"]


def test_the_dossier_lists_its_documents(call: Caller) -> None:
    listed = call("get", call.case("/dossier")).json()
    assert len(listed) > 5
    assert {"id", "title", "blanks"} <= listed[0].keys()


@pytest.mark.long
def test_the_dossier_is_made_into_one_zip(call: Caller) -> None:
    made = call("post", call.case("/dossier"))
    assert made.status_code == 200
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        kinds = {Path(name).suffix for name in packed.namelist()}
    assert kinds >= {".pdf", ".docx"}


def test_questions_beside_a_case_are_answered(call: Caller) -> None:
    assert call("post", "/ask", json={"question": "年报什么时候交"}).json()["answers"]
    classified = call("post", "/classify", json={"answers": {}}).json()
    assert classified["next_question"]["options"]
    unknown = call("post", "/classify", json={"answers": {"no_such": True}})
    assert unknown.status_code == 422
    assert {licence["licence"] for licence in call("get", "/licences").json()} >= {
        "B25"
    }
    english = call("get", "/licences/B25?lang=en").json()
    assert english["label"].isascii()
    assert call("get", "/materials?licence=B25&region=33").json()
    assert call("get", "/materials?licence=B99").status_code == 404
    steps = call(
        "post",
        "/procedures/amend_operator_or_scope",
        json={"days": {"planned": "2027-06-01"}},
    ).json()["steps"]
    assert steps[0]["day"]


def test_no_place_on_this_machine_is_told(call: Caller) -> None:
    (call.place.folder / "case.yaml").write_text("applicant: 1\n", encoding="utf-8")
    answer = call("get", call.case("/facts"))
    text = answer.content.decode() + call("get", call.case("/result")).content.decode()
    assert str(settings.HOME) not in text


@pytest.mark.long
def test_who_only_reads_gets_no_personal_numbers(call: Caller) -> None:
    case = call.place.folder / "case.yaml"
    text = case.read_text("utf-8")
    named = text.replace(call.place.case.name, "张三330106199001011234有限公司", 1)
    case.write_text(named, encoding="utf-8")
    reader = Caller(
        place=call.place, secret=make_token(call.place, least=Role.REVIEWER)
    )
    assert "330106199001011234" in call("get", call.case("/result")).content.decode()
    seen = reader("get", call.case("/result")).content.decode()
    assert "330106199001011234" not in seen
    assert "330*************34" in seen
