"""Every command that a page prints works as it is printed, in order.

They run in this process, in a folder in which the page has just been opened: words in
capitals stand for what a reader has (a case, a name, a file) and are put there. What
cannot run here is listed with the reason. What is shown with its output is run by
`test_tour.py`.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from changqing.cli.main import main
from tests.docs.tour_page import ROOT

PAGES: Final = (
    "README.md",
    *sorted(
        f"docs/{path.name}"
        for path in (ROOT / "docs").glob("*.md")
        if not path.name.endswith(".zh-CN.md")
    ),
)
_PROGRAM: Final = re.compile(r"(?:\.venv/bin/)?(?:changqing|make|python3?|curl)\s")
_ASIDE: Final = re.compile(r"\s+#\s.*$|\s{3,}\S.*$")  # what a line says of itself

ELSEWHERE: Final[Mapping[str, str]] = {
    "make run": "the rehearsal, run by test_tour.py and by .ci/run",
    "make test": "runs this test",
    "make serve": "goes on until it is stopped; tests/web/test_web_serve.py",
    "make setup": "made the environment in which this runs",
    "changqing serve": "goes on until it is stopped; tests/packaging",
    "changqing mcp CASES": "talks to a client; tests/assistant",
    "changqing probe": "asks the internet; tests/cli/test_probe_command.py",
    "changqing watch CASES": "goes on until it is stopped; tests/cli/test_watch_command",
    "changqing watch CASE question": "needs an answer of the service; tests/watch",
    "changqing new CASE --from": "needs papers; tests/cli/test_read_command.py",
    "changqing read CASE --undo": "needs a value; tests/cli/test_read_command.py",
    "changqing look CASE filing_lookup": "needs a saved page; test_look_command.py",
    "changqing look CASE --screenshot": "asks the internet; test_look_screenshot.py",
    "changqing look CASE service_page": "needs a saved page; test_look_command.py",
    "changqing catalogue read law.txt": "needs a law; tests/law/test_read_text.py",
    "changqing issuer CASE social_insurance": "needs a page; tests/papers",
    "changqing case CASE correct": "needs a notice; tests/cli/test_case_correction.py",
    "changqing case CASE line": "needs a notice; tests/cli/test_case_correction.py",
    "changqing case CASE answer": "needs a notice; tests/cli/test_case_correction.py",
    "changqing dossier CASE schedule": "needs a table; tests/documents",
    "changqing dossier CASE take": "needs an edited file; tests/documents",
    "changqing dossier CASE letterhead": "needs a template; tests/documents",
    "changqing dossier CASE --out DIR": "as on docs/commands.md, which is run",
    "changqing register from": "needs a table; tests/screening",
    "changqing register take": "needs cases; tests/screening",
    "changqing register look": "asks the internet; tests/screening",
    "changqing register erase": "needs a register of one’s own; tests/screening",
    "changqing screen list": "needs people who looked; tests/screening",
    "changqing screen lead": "needs people who looked; tests/screening",
    "changqing clients import": "needs a filled table; tests/agency",
    "python -m changqing_web": "keeps people's data; tests/web",
    "python3 -I verify.py": "the published file; tests/sealing",
    "curl": "tests/web/api/test_web_api_docs.py",
}
"""What begins like this is not run here, and why."""

HERE: Final[Mapping[str, str]] = {
    "CASE": "my-case",
    "CASES": "cases",
    "cases/": "CASES",
    "CLIENTS": "clients",
    "NAME": "林晓",
    "DIR": "clients",
    "FILE": "page.html",
    "scan.pdf": "my-case/dossier/stamping/盖章包.pdf",  # as printed, and not signed
}
"""What stands for the words of a reader's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A command as a page prints it; `words` without what is said beside it."""

    page: str
    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(_ASIDE.sub("", self.text).replace(".venv/bin/", ""))

    @property
    def plain(self) -> str:
        """With CASE for a case by any name."""
        named = {"my-case": "CASE", "cases/": "CASES", "examples/local-life": "CASE"}
        return " ".join(named.get(word, word) for word in self.words)

    @property
    def elsewhere(self) -> str | None:
        """Under what it is listed as run elsewhere."""
        if self.words[:1] == ["make"] and any("CASE=" in w for w in self.words):
            return None
        return next((each for each in ELSEWHERE if _begins(self.plain, each)), None)


def _begins(command: str, start: str) -> bool:
    return command == start or command.startswith(f"{start} ")


def printed(page: str) -> list[Printed]:
    """The commands of a page that are not shown with their output, in order."""
    text = (ROOT / page).read_text(encoding="utf-8").replace("\\\n", " ")
    return [
        Printed(page=page, text=line)
        for line in _code(text.splitlines())
        if _PROGRAM.match(line)
    ]


def _code(lines: list[str]) -> Iterator[str]:
    """The lines of fenced blocks without a language, and those that are set in."""
    fence: str | None = None
    for line in lines:
        if line.startswith("```"):
            fence = line[3:] if fence is None else None
        elif fence == "" or (fence is None and line.startswith("    ")):
            yield line.strip()


def _chinese(page: str) -> str:
    return page.replace(".md", ".zh-CN.md")


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_print_the_same_commands(page: str) -> None:
    """But for names, files and questions, which each language has of its own."""
    own = re.compile(r"[^a-z_-]")

    def shape(command: Printed) -> list[str]:
        before = ["", *command.words]
        return [
            "·" if own.search(word) or last.startswith("-") or "case" in word else word
            for last, word in zip(before, command.words, strict=False)
        ]

    english, chinese = printed(page), printed(_chinese(page))
    assert [shape(each) for each in english] == [shape(each) for each in chinese]


def test_what_is_listed_as_run_elsewhere_is_still_printed() -> None:
    used = {each.elsewhere for page in PAGES for each in printed(page)}
    assert set(ELSEWHERE) <= used


ANSWERS: Final = "\n".join(
    [
        "",
        "杭州长青网络科技有限公司",
        "",
        "浙江",
        "",
        "是",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ]
)
"""To the questions of `new`, in the order in which it asks them."""


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[list[str], str], int]:
    """A folder of one's own, and what runs a command in it."""
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    def run(words: list[str], answers: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
        with pytest.raises(SystemExit) as ended:
            main(words)
        return int(ended.value.code or 0)

    return run


def _put_there(page: str) -> None:
    """What a reader of the page has before: README alone makes it itself."""
    if page == "README.md":
        return
    shutil.copytree(ROOT / "examples" / "local-life", "my-case")
    shutil.copytree(ROOT / "examples" / "newly-registered", "clients/one")
    if page == "docs/casework.md":  # its days lie in a spring to come
        file = Path("my-case/case.yaml")
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("declared_on: 2026-11-20", "declared_on: 2026-01-20")
        )


@pytest.mark.share
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(not p.elsewhere for p in printed(page))],
)
def test_each_command_works_as_printed(
    page: str, desk: Callable[[list[str], str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    _put_there(page)
    for command in printed(page):
        if command.elsewhere is not None:
            continue
        program, *words = (HERE.get(word, word) for word in command.words)
        if program == "make":  # make run CASE=my-case
            words = ["assess", next(w for w in words if "CASE=" in w)[5:]]
        answers = ANSWERS if words[0] == "new" else "\n" * 60
        code = desk(words, answers)
        told = capsys.readouterr()
        assert code in (0, 1), f"{page}: {command.text}\n{told.out}{told.err}"
        if words[0] == "ask":
            assert code == 0, told.out
