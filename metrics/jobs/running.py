"""A job carried out by whoever took it up; and given up where nobody answers for it any more."""

import logging
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from metrics.imports import FileRefusedError
from metrics.jobs import signs
from metrics.jobs.beats import Beat, CancelledError
from metrics.jobs.handlers import HANDLERS
from metrics.models import Job

logger = logging.getLogger(__name__)

NOTHING_WRITTEN = "Nothing of it was written."


def run_job(pk: int) -> None:
    """Do what a waiting job asks for, and say on it how that ended.

    A job that is not waiting any more is left alone: somebody else has taken it up.
    """
    waiting = Job.objects.filter(pk=pk, state=Job.State.WAITING)
    if not waiting.update(state=Job.State.RUNNING, started_at=timezone.now()):
        return
    job = Job.objects.select_related("batch", "requested_by").get(pk=pk)
    try:
        with Beat(pk) as beat:
            message = HANDLERS[Job.Kind(job.kind)](job, beat)
    except CancelledError as error:
        _end(pk, Job.State.CANCELLED, f"Cancelled by {error}. {NOTHING_WRITTEN}")
    except (FileRefusedError, ValidationError) as error:
        said = error.messages if isinstance(error, ValidationError) else [str(error)]
        _end(pk, Job.State.FAILED, f"{' '.join(said)} {NOTHING_WRITTEN}")
    except Exception as error:
        logger.exception("Job %s failed", pk)
        _end(
            pk,
            Job.State.FAILED,
            f"It stopped at an error that should not happen ({type(error).__name__}). "
            f"{NOTHING_WRITTEN} The server's log says more: tell whoever runs it.",
        )
    except BaseException:  # the worker is told to end now
        _end(
            pk,
            Job.State.FAILED,
            f"The worker was stopped. {NOTHING_WRITTEN} Start it again.",
        )
        raise
    else:
        # Whatever a sweep has said meanwhile, because this process was held up: it is done.
        _end(pk, Job.State.DONE, message)


def _end(pk: int, state: Job.State, message: str) -> None:
    Job.objects.filter(pk=pk).update(state=state, message=message, finished_at=timezone.now())
    signs.forget(pk)


def look_at(job: Job | None) -> Job | None:
    """A job as it stands: one that runs and of which no sign of life has come has failed, though
    nobody has stored that yet. Nothing is written; `sweep` does that."""
    if job is not None and job.state == Job.State.RUNNING and _is_lost(job):
        job.state, job.message = _judge(job)
        job.finished_at = timezone.now()
    return job


def sweep() -> None:
    """End the jobs that are said to run and of which no sign of life has come for a while."""
    for job in Job.objects.filter(state=Job.State.RUNNING).select_related("batch"):
        if _is_lost(job):
            _give_up(job)


def _is_lost(job: Job) -> bool:
    begun = job.started_at or job.requested_at
    is_new = timezone.now() - begun < timedelta(seconds=signs.SECONDS_TRUSTED)
    return not is_new and not signs.is_alive(job.pk)


def _judge(job: Job) -> tuple[Job.State, str]:
    """What was written was written with the batch's own dates, so these tell what became of it."""
    ended = {Job.Kind.APPLY: job.batch.applied_at, Job.Kind.UNDO: job.batch.undone_at}
    at = ended.get(Job.Kind(job.kind))
    is_done = at is not None and job.started_at is not None and at >= job.started_at
    message = (
        "All of it was written; the worker stopped before it could say so."
        if is_done
        else f"The worker stopped without an answer. {NOTHING_WRITTEN} Start it again."
    )
    return (Job.State.DONE if is_done else Job.State.FAILED), message


def _give_up(job: Job) -> None:
    state, message = _judge(job)
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    if running.update(state=state, message=message, finished_at=timezone.now()):
        logger.error("Job %s was given up: no sign of life from its worker", job.pk)
        signs.forget(job.pk)
