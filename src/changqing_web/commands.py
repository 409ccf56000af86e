"""Setting up and serving: pages in one process group, background work beside them."""

from __future__ import annotations

import os
import socket
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.errors import ChangqingError, TamperError, find_exit_code
from changqing.text import Language, Text
from changqing_web.processes import (
    Stop,
    load_what_all_need,
    prepare_apart,
    run_program,
    start_process,
    stop_process,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess

    from changqing_web.backup import Installation

_FIRST_WAIT: Final = 1.0  # seconds until a worker that died is started again
_LONGEST_WAIT: Final = 60.0
_THREADS: Final = 4  # for each worker that was asked for, where threads do it all
_LONGEST_START: Final = 60.0  # seconds until the link is shown, answered or not
_LONGEST_ANSWER: Final = 30.0  # seconds: the first page loads all that pages need
_REACHED_AT: Final = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 - every one


class _Spoken(click.Group):
    """Says what is wrong in both languages, and never shows a traceback for it."""

    def invoke(self, context: click.Context) -> object:
        """Run a command; errors that a person can mend end in a sentence."""
        from django.core.exceptions import ImproperlyConfigured

        try:
            return super().invoke(context)
        except ChangqingError as error:
            for language in Language:
                for line in error.lines(language):
                    click.echo(line, err=True)
            context.exit(find_exit_code(error))
        except ImproperlyConfigured as error:
            click.echo(str(error), err=True)
            context.exit(2)


@click.group(cls=_Spoken)
def main() -> None:
    """The web application of Changqing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "changqing_web.settings")
    import django

    django.setup()


@main.command()
def setup() -> None:
    """Make or bring up to date the database and the static files."""
    _set_up()


def _set_up() -> None:
    from django.core.management import call_command

    from changqing_web.checks import refuse_wrong_settings

    refuse_wrong_settings()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


@main.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--examples", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seconds", type=float, help="End by itself after so long.")
def serve(
    *, bind: str, workers: int, examples: Path | None, seconds: float | None
) -> None:
    """Set up, and serve pages and background work until stopped."""
    _refuse_taken(bind)
    _tell_step(Text(zh="准备数据库和页面文件…", en="preparing database and pages…"))
    load_what_all_need()
    stop = Stop()  # before there is a child that would outlive us
    link = prepare_apart(stop, _prepare, bind, examples)
    if stop.asked:
        return
    server = _choose_page_server(bind, workers, windows=os.name == "nt")
    pages = start_process("changqing-pages", run_program, server)
    worker = _Worker()
    try:
        _wait_for_pages(bind, pages, stop)
        if not stop.asked:
            click.echo(
                f"长青已在 http://{bind}/ 运行 / Changqing runs at http://{bind}/"
            )
            click.echo(f"一次性登录链接 / one-time sign-in link: {link}")
            click.echo("按Ctrl-C停止 / press Ctrl-C to stop")
        end = None if seconds is None else time.monotonic() + seconds
        code = _serve_until_stopped(pages, worker, stop, end)
    finally:
        stop_process(pages)
        worker.stop()
    sys.exit(code)


def _prepare(bind: str, examples: Path | None) -> str:
    """Set up, load the examples, and make a link by which the first owner signs in."""
    _set_up()
    import changqing_web.work.every  # noqa: F401 - names what is cleared away after a job
    from changqing_web.accounts.adapter import (
        EXAMPLES,
        create_workspace,
        find_or_make_first_owner,
        sign_in_link,
    )
    from changqing_web.examples import load_examples
    from changqing_web.index import catalogue
    from changqing_web.jobs import take_up

    _tell_step(Text(zh="读入判据目录…", en="reading the catalogue…"))
    catalogue()
    if examples is not None:
        _tell_step(Text(zh="装入示例…", en="loading the examples…"))
        load_examples(examples, _tell_step)
    take_up()
    owner = find_or_make_first_owner()
    if not owner.memberships.exclude(workspace__slug__in=EXAMPLES).exists():
        create_workspace(owner, name="我的项目")
    return sign_in_link(owner, f"http://{bind}")


def _choose_page_server(bind: str, workers: int, *, windows: bool) -> list[str]:
    """Name the program that serves pages: Windows has no gunicorn, but threads."""
    if windows:
        program = ["waitress", f"--listen={bind}", f"--threads={_THREADS * workers}"]
        # What proxies pass on is believed or not by our own settings.
        program.append("--no-clear-untrusted-proxy-headers")
    else:
        program = ["gunicorn", "--bind", bind, "--workers", str(workers)]
        program += ["--config", "python:changqing_web.serving"]
    return [*program, "changqing_web.wsgi:application"]


def _tell_step(step: Text) -> None:
    """What is done now, in both languages: nobody has chosen one yet."""
    click.echo(f"{step.zh} / {step.en}")


def _refuse_taken(bind: str) -> None:
    """Say that an address cannot be served, before anything is set up for it.

    Raises:
        ChangqingError: it is no address, or another program has it.
    """
    if bind.startswith("unix:"):
        return
    host, _, port = bind.rpartition(":")
    hint = Text(
        zh="写成“地址:端口”，例如--bind 127.0.0.1:8001",
        en="write ADDRESS:PORT, for example --bind 127.0.0.1:8001",
    )
    if not host or not port.isdecimal():
        raise ChangqingError.of(
            Text(
                zh=f"--bind {bind}不是地址和端口",
                en=f"--bind {bind} is no address and port",
            ),
            hint=hint,
        )
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        socket.create_server((host.strip("[]"), int(port)), family=family).close()
    except (OSError, OverflowError) as error:
        raise ChangqingError.of(
            Text(
                zh=f"{bind}用不了：没有这个地址，或已有程序在用这个端口",
                en=f"{bind} cannot be used: there is no such address, or another "
                "program has the port",
            ),
            hint=hint,
        ) from error


class _Worker:
    """The process of background work, begun again whenever it dies.

    It dies of a job that no limit stopped, or is killed by the system for the memory
    it took. Pages need none of it. Each wait is twice as long as the one before, up to
    `_LONGEST_WAIT`, and short again once the process has lasted.
    """

    def __init__(self) -> None:
        self._process = self._start_process(_work)
        self._wait = _FIRST_WAIT
        self._again_at: float | None = None

    def keep_alive(self) -> None:
        """Start the process again if it died and its wait is over."""
        now = time.monotonic()
        if self._again_at is None:
            if self._process.is_alive():
                return
            if now - self._began > _LONGEST_WAIT:
                self._wait = _FIRST_WAIT
            self._again_at = now + self._wait
            _tell_step(
                Text(
                    zh=f"后台任务中断了，{self._wait:.0f}秒后重新开始，页面照常",
                    en=f"background work broke off and begins again in "
                    f"{self._wait:.0f} seconds; the pages stay",
                )
            )
            self._wait = min(2 * self._wait, _LONGEST_WAIT)
        elif now >= self._again_at:
            self._again_at = None
            self._process = self._start_process(_work_again)

    def stop(self) -> None:
        """End the process, at once where it does not end by itself."""
        stop_process(self._process)

    def _start_process(self, work: Callable[[], None]) -> BaseProcess:
        self._began = time.monotonic()
        return start_process("changqing-work", work)


def _wait_for_pages(bind: str, pages: BaseProcess, stop: Stop) -> None:
    """Wait until pages answer, so that the link that is shown next opens at once.

    Gives up where they end, or take longer than anybody would wait.
    """
    until = time.monotonic() + _LONGEST_START
    while time.monotonic() < until and pages.is_alive() and not stop.asked:
        if _is_answering(bind):
            return
        time.sleep(0.05)


def _is_answering(bind: str) -> bool:
    """Whether a page is answered, whatever it is."""
    try:
        if bind.startswith("unix:"):
            with socket.socket(socket.AF_UNIX) as unix_socket:
                unix_socket.connect(bind.removeprefix("unix:"))
            return True
        host, _, port = bind.rpartition(":")
        host_reached = _REACHED_AT.get(host, host.strip("[]"))
        connection = HTTPConnection(host_reached, int(port), timeout=_LONGEST_ANSWER)
        try:
            connection.request("GET", "/account/login/")
            connection.getresponse().read()
        finally:
            connection.close()
    except (OSError, HTTPException):
        return False
    return True


def _serve_until_stopped(
    pages: BaseProcess,
    worker: _Worker,
    stop: Stop,
    end: float | None,
) -> int:
    """Wait until the pages end, we are told to stop, or `end` (monotonic) comes.

    Returns:
        The exit code: what the pages ended with, 0 when it was time to stop.
    """
    while not stop.asked and (end is None or time.monotonic() < end):
        if pages.exitcode is not None:
            return pages.exitcode
        worker.keep_alive()
        time.sleep(0.2)
    return 0


@main.command("sign-in")
@click.argument("address", required=False)
@click.option(
    "--at",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Where the application is reached.",
)
@click.option(
    "--without-second-factor",
    is_flag=True,
    help="Forget their authenticator app and recovery codes first.",
)
def sign_in(*, address: str | None, at: str, without_second_factor: bool) -> None:
    """Print a one-time link for who is locked out: ADDRESS, else the first owner."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection

    from changqing_web.accounts.adapter import (
        drop_second_factor,
        find_or_make_first_owner,
        sign_in_link,
    )

    if User._meta.db_table not in connection.introspection.table_names():
        raise click.UsageError(
            f"{settings.HOME}里没有长青的账号：把CHANGQING_HOME设成服务所用的文件夹 / "
            f"no accounts in {settings.HOME}: set CHANGQING_HOME to the folder that "
            "the server uses"
        )
    user = (
        User.objects.filter(username__iexact=address).first()
        if address
        else find_or_make_first_owner()
    )
    if user is None:
        raise click.UsageError(f"没有这个账号 / there is no such account: {address}")
    if without_second_factor:
        drop_second_factor(user)
    click.echo(sign_in_link(user, at.rstrip("/")))


@main.command()
@click.option("--workers", default=2, show_default=True)
def work(*, workers: int) -> None:
    """Do what was asked for in the background.

    Two at a time, so that nobody waits for a look while sixty pages are read. Each is
    a child process; two of one case wait for each other where they write to it.
    """
    _work(workers)


def _work_again() -> None:
    """Work, and begin with what a worker of this machine that died left behind."""
    from changqing_web.jobs import take_up_here

    take_up_here()
    _work()


def _work(workers: int = 2) -> None:
    from huey.consumer import Consumer

    import changqing_web.work.every  # noqa: F401 - names what can be done
    from changqing_web.jobs import huey

    Consumer(huey, workers=workers, worker_type="thread", periodic=True).run()


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--wait",
    default=600.0,
    show_default=True,
    help="Seconds to wait for cases that are being written.",
)
def backup(target: Path, *, wait: float) -> None:
    """Copy database, cases, evidence and keys into TARGET, while all of it runs.

    TARGET is a new file, or a folder in which a file named by the time is made.
    """
    from django.utils import timezone

    from changqing_web.backup import back_up

    now = timezone.now()
    if target.is_dir():
        target /= f"changqing-{timezone.localtime(now):%Y%m%d-%H%M%S}.tar.gz"
    result = back_up(_find_installation(), target, now=now, wait=wait)
    for name in result.left_out:
        click.echo(
            f"没有备份（不是普通文件） / left out, no plain file: {name}", err=True
        )
    click.echo(
        f"{target}\n备份了{result.cases}个项目、{result.files}个文件 / "
        f"{result.cases} cases, {result.files} files kept"
    )


@main.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(source: Path) -> None:
    """Put a backup into an empty CHANGQING_HOME, once every digest is checked."""
    from django.core.management import call_command

    from changqing_web import backup as copies
    from changqing_web.index import rebuild_index
    from changqing_web.models import Job, Workspace

    result = copies.restore(_find_installation(), source)
    call_command("migrate", verbosity=0, interactive=False)
    Job.objects.filter(state=Job.State.WAITING).update(state=Job.State.RUNNING)
    damaged = [line for folder in _list_case_folders() for line in _accept_case(folder)]
    for workspace in Workspace.objects.all():
        rebuild_index(workspace)
    click.echo(
        f"恢复了{result.cases}个项目、{result.files}个文件 / "
        f"{result.cases} cases, {result.files} files restored"
    )
    for line in damaged:
        click.echo(line, err=True)
    if damaged:
        sys.exit(TamperError.exit_code)


def _accept_case(folder: Path) -> list[str]:
    """Remember a case as the backup has it, which may be older than was seen here."""
    from changqing.integrity import accept_case
    from changqing_web.cases import find_key_path

    try:
        accept_case(folder, key=find_key_path())
    except ChangqingError as error:
        return _say_error(folder, error)
    return []


def _say_error(folder: Path, error: ChangqingError) -> list[str]:
    lines = [f"  {line}" for language in Language for line in error.lines(language)]
    return [str(folder), *lines]


def _list_case_folders() -> list[Path]:
    """The folders of all cases that stand here."""
    from django.conf import settings

    return sorted(
        path.parent for path in Path(settings.HOME).glob("cases/*/*/case.yaml")
    )


def _find_installation() -> Installation:
    """What this installation consists of."""
    from django.conf import settings

    from changqing_web.backup import DatabaseAddress, Installation
    from changqing_web.cases import find_key_path

    return Installation(
        home=settings.HOME,
        key=find_key_path(),
        database=DatabaseAddress.from_settings(settings.DATABASES["default"]),
    )


@main.command()
def check() -> None:
    """Say whether this may stand on the network, and whether every case is what it was.

    The first is Django's own list for deployment. Exit code 4 where anything recorded
    in a case was altered or is gone; each file is named.
    """
    from django.conf import settings
    from django.core.checks import WARNING, run_checks

    every = run_checks(include_deployment_checks=True)
    warnings_found = [fault for fault in every if fault.level >= WARNING]
    for fault in warnings_found:
        click.echo(f"{fault.id}: {fault.msg}", err=True)
    if not settings.HTTPS:
        click.echo(
            "只在本机使用时不必处理。放到网络上：置于HTTPS之后，"
            "并设CHANGQING_HTTPS=1 / "
            "no matter on this machine alone. On a network: behind HTTPS, with "
            "CHANGQING_HTTPS=1",
            err=True,
        )
    damaged = [line for folder in _list_case_folders() for line in _say_damage(folder)]
    for line in damaged:
        click.echo(line, err=True)
    if damaged:
        sys.exit(TamperError.exit_code)
    if warnings_found:
        sys.exit(1)
    click.echo("没有发现问题 / nothing found")


def _say_damage(folder: Path) -> list[str]:
    """What is wrong with what a case recorded, in both languages."""
    from changqing.integrity import check_integrity
    from changqing_web.cases import find_key_path

    try:
        check_integrity(folder, key=find_key_path())
    except ChangqingError as error:
        return _say_error(folder, error)
    return []
