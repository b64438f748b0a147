"""What processes tell each other of a running job: how far it is, that it lives, that it shall
stop. In a cache, since on SQLite nothing can be stored beside a transaction that writes."""

import time
from dataclasses import dataclass

from django.core.cache import caches

from metrics.models import Job

SECONDS_BETWEEN = 1  # a sign of life is left so often
SECONDS_TRUSTED = 30  # and believed for so long
SECONDS_KEPT = 24 * 3600  # nothing stays for ever, should nobody be there to take it away

_WORKER = "worker"


@dataclass(frozen=True)
class Progress:
    """How far a job is. total : 0 where nobody knows how much there is."""

    done: int = 0
    total: int = 0
    phase: str = ""


def leave_sign(job: int, progress: Progress) -> None:
    told = (time.time(), progress.done, progress.total, progress.phase)
    _cache().set(_progress_key(job), told, timeout=SECONDS_KEPT)


def is_alive(job: int) -> bool:
    """Whether somebody has said of late that they are at it."""
    return _is_fresh(_cache().get(_progress_key(job), (0,))[0])


def progress_of(job: Job) -> Progress:
    """How far it was when it last said so."""
    told = _cache().get(_progress_key(job.pk))
    return Progress(*told[1:]) if told else Progress()


def ask_to_stop(job: int, name: str) -> None:
    """name : of the person who wishes it"""
    _cache().set(_stop_key(job), name, timeout=SECONDS_KEPT)


def asked_to_stop(job: int) -> str | None:
    """Who has asked, if anybody."""
    return _cache().get(_stop_key(job))


def forget(job: int) -> None:
    _cache().delete_many([_progress_key(job), _stop_key(job)])


def leave_worker_sign() -> None:
    _cache().set(_WORKER, time.time(), timeout=SECONDS_KEPT)


def worker_is_alive() -> bool:
    """Whether any worker has said of late that it is there to take up jobs."""
    return _is_fresh(_cache().get(_WORKER, 0))


def forget_worker() -> None:
    _cache().delete(_WORKER)


def _is_fresh(moment: float) -> bool:
    return time.time() - moment < SECONDS_TRUSTED


def _progress_key(job: int) -> str:
    return f"job-{job}-progress"


def _stop_key(job: int) -> str:
    return f"job-{job}-stop"


def _cache():
    return caches["jobs"]
