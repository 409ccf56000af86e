"""`changqing notices` from settings to messages, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from icalendar import Calendar

from changqing.cli.main import main
from tests.notices.notices_servers import KEY, robots

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "local-life")
SETTINGS = """\
channels:
  群: {kind: feishu, webhook: {env: ROBOT}, key: {env: KEY}}
people:
  李敏: {by: [群]}
otherwise: 李敏
opened: ["127.0.0.1:PORT"]
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROBOT", "http://127.0.0.1:9/feishu?access_token=hush")
    monkeypatch.setenv("KEY", KEY)


def write(port: int = 9) -> None:
    Path("notices.yaml").write_text(SETTINGS.replace("PORT", str(port)))


def called(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["notices", *arguments])
    return int(ended.value.code or 0)


def test_the_digest_is_shown_and_nothing_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write()
    assert called("digest", EXAMPLE, "--as-of", "2026-11-24", "--lang", "zh") == 0
    assert "local-life：递交申请" in capsys.readouterr().out
    assert called("digest", EXAMPLE, "--as-of", "2026-11-24", "--lang", "en") == 0
    assert "local-life: Hand in the application" in capsys.readouterr().out
    assert not Path("notices").exists()


def test_a_test_message_arrives(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with robots() as server:
        write(server.port)
        monkeypatch.setenv("ROBOT", server.url("feishu"))
        assert called("test", "李敏", "--lang", "zh") == 0
        (text,) = server.texts
    assert "长青能用这个渠道通知你" in text
    assert capsys.readouterr().out == "群：已发出\n"


def test_a_channel_that_refuses_ends_with_three_and_tells_no_secret(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write()
    assert called("test", "李敏", "--lang", "zh") == 3
    told = capsys.readouterr().err
    assert "群：127.0.0.1拒绝连接" in told
    assert "hush" not in told


@pytest.mark.parametrize("person", ["王芳", "李明"])
def test_who_is_not_listed_is_wrong_usage(
    person: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write()
    assert called("test", person, "--lang", "zh") == 2
    assert f"people 中没有{person}" in capsys.readouterr().err


def test_settings_that_are_wrong_end_with_two(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    monkeypatch.delenv("KEY")
    assert called("check", "--lang", "en") == 2
    assert "notices.yaml:2 the environment variable KEY" in capsys.readouterr().err
    Path("notices.yaml").unlink()
    assert called("check") == 2


def test_the_calendar_file_has_the_dates(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("calendar", EXAMPLE, "-o", "a.ics", "--as-of", "2026-11-24")
    assert called(*asked, "--lang", "zh") == 0
    assert capsys.readouterr().out == "1个日子写到了a.ics。\n"
    (event,) = Calendar.from_ical(Path("a.ics").read_bytes()).walk("VEVENT")
    assert event["SUMMARY"] == "local-life · 递交申请"
    assert called("calendar", EXAMPLE, "-o", "none/a.ics", "--lang", "zh") == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_settings_are_begun_with_a_command_and_can_be_read_at_once(
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["notices", *arguments, "--lang", language])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out + err

    code, told = run("check")
    assert code == 2
    assert "changqing notices new" in told
    assert run("new")[0] == 0
    assert run("check")[0] == 0
    written = Path("notices.yaml").read_bytes()
    code, told = run("new")  # what somebody filled in is left alone
    assert code == 2
    assert Path("notices.yaml").read_bytes() == written
