"""A job put into the queue, and taken out again."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from metrics.jobs import signs, tasks
from metrics.jobs.running import NOTHING_WRITTEN
from metrics.models import ImportBatch, Job


class JobRefusedError(ValidationError):
    """The job cannot be started or cancelled now; the sentence says why."""


def start_job(
    batch: ImportBatch, kind: Job.Kind, *, by: User | None, options: dict | None = None
) -> Job:
    """Have a worker do this with a file. JobRefusedError while something else is done with it.

    options : given on to the handler
    The job and its place in the queue are stored together.
    """
    try:
        with transaction.atomic():
            job = Job.objects.create(batch=batch, kind=kind, requested_by=by, options=options or {})
    except IntegrityError:
        [only_one] = Job._meta.constraints
        raise JobRefusedError(str(only_one.violation_error_message)) from None
    tasks.run.enqueue(job.pk)
    return job


def cancel_job(job: Job, *, by: User) -> None:
    """End a job that waits; ask one that runs to stop, which it does within a few seconds.

    JobRefusedError where it has ended already.
    """
    job.refresh_from_db()
    if job.state == Job.State.WAITING and _take_out(job, by):
        return
    if job.is_finished:
        raise JobRefusedError(f"It has ended already: {job.get_state_display().lower()}.")
    # Nothing is stored here: on SQLite that would have to wait until the job has written all.
    signs.ask_to_stop(job.pk, str(by))


def _take_out(job: Job, by: User) -> bool:
    """Unless a worker has taken it up this moment."""
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.WAITING)
    message = f"Cancelled by {by}. {NOTHING_WRITTEN}"
    return bool(
        waiting.update(state=Job.State.CANCELLED, message=message, finished_at=timezone.now())
    )


def resume_waiting() -> None:
    """Put jobs into the queue again that wait, since whoever took them out may have died before
    beginning. A job that is in the queue twice runs once."""
    for pk in Job.objects.filter(state=Job.State.WAITING).values_list("pk", flat=True):
        tasks.run.enqueue(pk)
