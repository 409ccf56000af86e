"""A shard of a register looked at by several processes, then taken into its buckets."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.queues import Queue
from queue import Empty
from typing import Final

from changqing.errors import CaseError, ChangqingError, Issue
from changqing.law.compiled import load_compiled
from changqing.screening.look import LookProgress, RegisterLookJob, look_at_register
from changqing.screening.look_taken import LooksTaken, take_looks
from changqing.shard import Shard
from changqing.text import Text

_Told = tuple[Shard, LookProgress]
_WAIT: Final = 0.2  # seconds
_queues: list[Queue[_Told]] = []
"""That of the worker that this process is; it cannot be handed over with a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLooked:
    """How a shard was looked at, and what came into the buckets of it."""

    progress: LookProgress
    taken: LooksTaken


def look_and_take(
    job: RegisterLookJob,
    *,
    workers: int = 1,
    tell: Callable[[LookProgress], None] = lambda _: None,
) -> RegisterLooked:
    """Look at the sites of a shard, in so many processes, and take in what was seen.

    What was looked at before an error is taken in as well. Raises as `look_at_register`
    and `take_looks` do.
    """
    try:
        if workers == 1:
            progress = look_at_register(job, tell)
        else:
            progress = _look_in_processes(job, job.shard.split(workers), tell)
    except ChangqingError:
        take_looks(job.register, load_compiled(job.law), disk=job.disk)
        raise
    looks_taken = take_looks(job.register, load_compiled(job.law), disk=job.disk)
    return RegisterLooked(progress=progress, taken=looks_taken)


def _look_in_processes(
    job: RegisterLookJob, shards: list[Shard], tell: Callable[[LookProgress], None]
) -> LookProgress:
    # Not forked: a fork of a process in which Polars has threads can hang.
    context = get_context("spawn")
    queue: Queue[_Told] = context.Queue()
    shares: dict[Shard, LookProgress] = {}
    with ProcessPoolExecutor(
        len(shards), mp_context=context, initializer=_remember_queue, initargs=(queue,)
    ) as pool:
        futures = [
            pool.submit(_look_at_shard, replace(job, shard=shard)) for shard in shards
        ]
        waiting = True
        while waiting:
            waiting = not all(future.done() for future in futures)
            try:
                shard, progress = queue.get(timeout=_WAIT)
            except Empty:
                continue
            shares[shard] = progress
            tell(_sum_progress(shares))
        try:
            ended = [future.result() for future in futures]
        except BrokenProcessPool as error:
            raise CaseError(Issue(text=_WORKER_ENDED, hint=_GO_ON)) from error
        return _sum_progress(dict(zip(shards, ended, strict=True)))


def _remember_queue(queue: Queue[_Told]) -> None:
    _queues.append(queue)


def _look_at_shard(job: RegisterLookJob) -> LookProgress:
    (queue,) = _queues
    return look_at_register(job, lambda progress: queue.put((job.shard, progress)))


def _sum_progress(shares: dict[Shard, LookProgress]) -> LookProgress:
    total = LookProgress(due=0)
    for progress in shares.values():
        total = total.add(progress)
    return total


_WORKER_ENDED: Final = Text(
    zh="一个查看进程被系统终止了（常见的原因是内存不足），看过的都留着",
    en="a process that looked was ended by the system, perhaps for want of memory; "
    "what it had looked at is kept",
)
_GO_ON: Final = Text(
    zh="再用同一条命令，会接着看；内存小就减少--workers和--at-once",
    en="give the same command again, it goes on; with little memory use fewer "
    "--workers and --at-once",
)
