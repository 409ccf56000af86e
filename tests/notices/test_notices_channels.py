"""Mail and robots against real servers; secrets stay out of all that is read."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import trustme

from changqing.errors import NetError
from changqing.net.mail_out import MailSafety, MailServer, _list_addresses
from changqing.net.model import NetSettings
from changqing.notices.channels import Mail, Robot, RobotKind, Secret
from changqing.notices.digest import Digest, make_digests
from changqing.text import Language
from tests.notices.notices_servers import KEY, TOKEN, mail_box, robots
from tests.notices.test_notices_outbox import notice

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
(DIGEST,) = make_digests([notice("a"), notice("b")], date(2026, 11, 24))
PASSWORD = "pass-of-the-mail"


def robot(kind: str, url: str, port: int, key: str | None = KEY) -> Robot:
    return Robot(
        name="办公群",
        kind=RobotKind(kind),
        address=Secret(value=url),
        key=None if key is None or kind == "wecom" else Secret(value=key),
        language=Language.ZH,
        settings=NetSettings(opened=frozenset({("127.0.0.1", port)})),
        clock=lambda: NOW,
    )


def mail(port: int, **overrides: object) -> Mail:
    server = MailServer(
        host="127.0.0.1",
        port=port,
        safety=MailSafety.NONE,
        user="li",
        password=PASSWORD,
        opened=frozenset({("127.0.0.1", port)}),
    )
    return Mail(
        name="邮件",
        server=replace(server, **overrides),  # type: ignore[arg-type]
        sender="notices@example.com",
        addresses={"李敏": "li@example.com"},
        language=Language.ZH,
        clock=lambda: NOW,
    )


@pytest.mark.parametrize("kind", list(RobotKind))
def test_each_robot_takes_what_was_signed_as_it_wants(kind: str) -> None:
    with robots() as server:
        robot(kind, server.url(kind), server.port).send(DIGEST)
        (text,) = server.texts
    assert "李敏" in text
    assert "递交a" in text
    assert TOKEN not in text


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_robot_that_is_signed_with_another_key_says_why(kind: str) -> None:
    with robots() as server, pytest.raises(NetError) as caught:
        robot(kind, server.url(kind), server.port, "other").send(DIGEST)
    (zh,) = caught.value.lines(Language.ZH)
    assert "办公群的机器人没有收下消息（200 310000 bad sign）" in zh


def test_what_a_robot_answers_is_shown_without_secrets() -> None:
    with robots() as server:
        url = server.url("dingtalk")
        server.refuses = (200, {"errcode": 40035, "errmsg": f"bad {url} {KEY}"})
        channel = robot("dingtalk", url, server.port)
        with pytest.raises(NetError) as caught:
            channel.send(DIGEST)
    for shown in (str(caught.value), repr(channel), str(channel)):
        assert KEY not in shown
        assert TOKEN not in shown


def test_an_error_of_the_network_names_the_host_alone() -> None:
    with robots() as server:
        url, port = server.url("wecom"), server.port
    for address in (url, f"ftp://10.0.0.1/{TOKEN}", f"https://10.0.0.1/{TOKEN}"):
        with pytest.raises(NetError) as caught:
            robot("wecom", address, port).send(DIGEST)
        assert TOKEN not in str(caught.value)


def test_an_address_that_is_not_public_is_not_asked() -> None:
    with robots() as server:
        channel = robot("wecom", server.url("wecom"), server.port)
        closed = replace(channel, settings=NetSettings())
        with pytest.raises(NetError, match="not a public address"):
            closed.send(DIGEST)
        assert server.texts == []


def test_a_long_digest_goes_out_in_messages_that_fit() -> None:
    many = [notice(f"很长的一件事{n:03d}" * 5) for n in range(40)]
    (digest,) = make_digests(many, date(2026, 11, 24))
    with robots() as server:
        channel = robot("wecom", server.url("wecom"), server.port)
        channel = replace(
            channel, settings=replace(channel.settings, pause_seconds=0.0)
        )
        parts = digest.split(Language.ZH, channel.most_bytes)
        for part in parts:
            channel.send(part)
    assert len(parts) > 1
    assert all(len(text.encode()) <= 2048 for text in server.texts)
    told = "\n".join(server.texts)
    assert all(each.title.zh in told for each in many)


def test_mail_goes_over_tls_to_the_person_with_the_login() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trust = (authority.cert_pem.bytes().decode(),)
    with mail_box(context) as box:
        mail(box.port, safety=MailSafety.TLS, trust=trust).send(DIGEST)
        mail(box.port, safety=MailSafety.TLS, trust=trust).send(DIGEST)
    first, again = box.got
    assert first["To"] == "li@example.com"
    assert first["Subject"] == "长青 2026-11-24：1个项目，2件事"
    assert "递交a" in first.get_content()
    assert first["Message-ID"] == again["Message-ID"]
    assert PASSWORD not in first.as_string()
    assert len(box.logins) == 2


def test_a_certificate_nobody_vouches_for_is_refused() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with mail_box(context) as box, pytest.raises(NetError) as caught:
        mail(box.port, safety=MailSafety.TLS).send(DIGEST)
    assert caught.value.reason == "tls"
    assert box.logins == []


def test_a_server_without_starttls_gets_no_password() -> None:
    with mail_box() as box, pytest.raises(NetError, match="does not support"):
        mail(box.port, safety=MailSafety.STARTTLS).send(DIGEST)
    assert box.logins == []


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({"AUTH": "535 no"}, "不接受用户名或密码"),
        ({"RCPT": f"550 nobody {PASSWORD}"}, "550 nobody ***"),
        ({"MAIL": "451 later"}, "451 later"),
    ],
)
def test_a_mail_server_that_refuses_is_quoted_without_the_password(
    says: dict[str, str], told: str
) -> None:
    with mail_box(says=says) as box, pytest.raises(NetError) as caught:
        mail(box.port).send(DIGEST)
    (zh,) = caught.value.lines(Language.ZH)
    assert told in zh
    assert PASSWORD not in zh


def test_mail_without_encryption_leaves_this_machine_never() -> None:
    with pytest.raises(NetError, match="no encryption"):
        mail(25, opened=frozenset()).send(DIGEST)


def test_mail_to_nobody_says_so() -> None:
    digest = Digest(person="王芳", on=DIGEST.on, notices=DIGEST.notices)
    with pytest.raises(NetError, match="no mail address"):
        mail(25).send(digest)


def test_a_passed_day_is_told_as_such() -> None:
    (late,) = make_digests([notice("a")], date(2026, 12, 1) + timedelta(days=1))
    assert late.format_text(Language.ZH).startswith("2026-12-01（已过）")
    assert late.format_text(Language.EN).startswith("2026-12-01 (passed)")


@pytest.mark.parametrize(
    ("host", "listed", "fine"),
    [
        ("10.1.2.3", True, True),
        ("10.1.2.3", False, False),
        ("169.254.169.254", True, False),
        ("0.0.0.0", True, False),
        ("224.0.0.1", True, False),
    ],
)
def test_a_relay_of_ones_own_network_is_reached_only_when_it_is_listed(
    host: str, listed: bool, fine: bool
) -> None:
    opened = frozenset({(host, 25)} if listed else ())
    server = MailServer(host=host, port=25, safety=MailSafety.STARTTLS, opened=opened)

    if fine:
        assert list(_list_addresses(server)) == [host]
        return
    with pytest.raises(NetError, match="public"):
        _list_addresses(server)
