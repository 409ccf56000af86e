"""Buckets judged by an engine: a Spark or a Ray that is there already, or one here.

Each runs `screen_bucket` as it is, so that a run is the same whoever did it. Every
machine has to see the register and the folder of the run at the same path, and to have
this program with the same extra.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from changqing.errors import CaseError, ChangqingError, Issue
from changqing.screening.screen import BucketDone, BucketMap, ScreenJob, screen_bucket
from changqing.text import Text

if TYPE_CHECKING:
    from pyspark import SparkContext

_SPARK: Final = "spark://"
_RAY: Final = "ray://"
_HERE: Final = "local"
_SPARK_HERE: Final = re.compile(rf"{_HERE}(\[(\d{{1,4}}|\*)\])?")
_NAME: Final = "changqing screen"
_ONE_THREAD: Final = "POLARS_MAX_THREADS"
_WAVE: Final = 4
"""So many buckets for each place at once: a wave is told of when it is finished."""


def find_engine(address: str) -> BucketMap:
    """Find the engine of an address such as `spark://host:7077` or `ray://host:10001`.

    `spark://local[4]` and `ray://local` start one on this machine. Raises CaseError for
    any other address, and ModuleNotFoundError where the extra is not installed.
    """
    engine, master = read_address(address)
    return map_on_spark(master) if engine == "spark" else map_on_ray(master)


def read_address(address: str) -> tuple[str, str]:
    """Read which engine an address is of, and what the engine itself calls the place.

    >>> read_address("spark://local[4]")
    ('spark', 'local[4]')
    >>> read_address("ray://host:10001")
    ('ray', 'ray://host:10001')
    """
    place = address.partition("://")[2]
    if address.startswith(_SPARK) and place:
        # Not what merely begins so: `localhost` is a machine with a name.
        return "spark", place if _SPARK_HERE.fullmatch(place) else address
    if address.startswith(_RAY) and place:
        return "ray", _HERE if place == _HERE else address
    raise CaseError(
        Issue(
            text=Text(
                zh=f"不认识的引擎：{address}", en=f"there is no such engine: {address}"
            ),
            hint=Text(
                zh="写作 spark://主机:7077、ray://主机:10001，"
                "或者 spark://local[4]、ray://local",
                en="write spark://HOST:7077, ray://HOST:10001, or spark://local[4], "
                "ray://local",
            ),
        )
    )


def map_on_spark(master: str) -> BucketMap:
    """Judge buckets on the Spark of a master such as `local[2]`."""

    def run(job: ScreenJob, buckets: Sequence[int]) -> Iterator[BucketDone]:
        if not buckets:
            return
        context = _start_spark(master)
        try:
            wave = _WAVE * context.defaultParallelism
            for first in range(0, len(buckets), wave):
                part = buckets[first : first + wave]
                distributed = context.parallelize(part, len(part))
                work = partial(_try_bucket, _locate_job(job))
                for outcome in distributed.map(work).collect():
                    yield _open(outcome)
        finally:
            context.stop()

    return run


def _start_spark(master: str) -> SparkContext:
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = SparkConf().setMaster(master).setAppName(_NAME)
    settings.set(f"spark.executorEnv.{_ONE_THREAD}", "1").set(
        "spark.ui.enabled", "false"
    )
    try:
        return SparkContext(conf=settings)
    except (PySparkException, OSError, ValueError) as error:
        raise _make_engine_error(
            Text(zh="Spark没有启动", en="Spark did not start"),
            Text(
                zh="要有Java 17或更新的版本（Debian：default-jre-headless），"
                "地址也要对",
                en="it takes Java 17 or newer (Debian: default-jre-headless), and the "
                "right address",
            ),
        ) from error


def map_on_ray(address: str) -> BucketMap:
    """Judge buckets on the Ray of an address; `local` starts one on this machine.

    It does so even where RAY_ADDRESS names another, or one runs already.
    """

    def run(job: ScreenJob, buckets: Sequence[int]) -> Iterator[BucketDone]:
        if not buckets:
            return
        import ray

        try:
            ray.init(
                address,
                runtime_env={"env_vars": {_ONE_THREAD: "1"}},
                log_to_driver=False,
                **({"include_dashboard": False} if address == _HERE else {}),
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise _make_engine_error(
                Text(zh="连不上Ray", en="Ray is not reached"),
                Text(
                    zh="看地址对不对，Ray是不是开着",
                    en="see that the address is right, and that it runs",
                ),
            ) from error
        try:
            ask = ray.remote(_try_bucket)
            waiting = [ask.remote(_locate_job(job), bucket) for bucket in buckets]
            while waiting:
                (finished, *_), waiting = ray.wait(waiting)
                yield _open(ray.get(finished))
        finally:
            ray.shutdown()

    return run


def _locate_job(job: ScreenJob) -> ScreenJob:
    """The job with whole paths: a worker stands in a folder of its own."""
    law = None if job.law is None else job.law.resolve()
    return replace(job, register=job.register.resolve(), out=job.out.resolve(), law=law)


def _try_bucket(job: ScreenJob, bucket: int) -> BucketDone | ChangqingError | OSError:
    """Judge a bucket; an error of ours or of the disk comes back whole.

    Else it would be told in the words of the engine.
    """
    try:
        return screen_bucket(job, bucket)
    except (ChangqingError, OSError) as error:
        return error


def _open(outcome: Any) -> BucketDone:
    if isinstance(outcome, ChangqingError | OSError):
        raise outcome
    if not isinstance(outcome, BucketDone):
        raise TypeError(type(outcome))
    return outcome


def _make_engine_error(text: Text, hint: Text) -> CaseError:
    return CaseError(Issue(text=text, hint=hint))
