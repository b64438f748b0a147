"""Jobs: begun once, ended with a sentence, cancelled, and given up where nobody answers."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks import task_backends

from metrics.imports import FileRefusedError
from metrics.jobs import (
    JobRefusedError,
    Progress,
    cancel_job,
    progress_of,
    run_job,
    signs,
    start_job,
    sweep,
    worker_is_alive,
)
from metrics.jobs.handlers import HANDLERS
from metrics.jobs.starting import resume_waiting
from metrics.models import ImportBatch, Job
from tests.factories import ProgramFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    return ImportBatch.objects.create(program=ProgramFactory(), file_name="counts.csv")


@pytest.fixture
def queue():
    backend = task_backends["default"]
    backend.clear()
    return backend.results


@pytest.fixture
def do(monkeypatch):
    """Let a function stand for what is done with a file."""

    def plug(handler, kind=Job.Kind.APPLY):
        monkeypatch.setitem(HANDLERS, kind, handler)

    return plug


def ended(job):
    job.refresh_from_db()
    return job.state, job.message


def fail(error):
    def handler(job, beat):
        raise error

    return handler


def test_started_job_waits_in_the_queue(batch, queue):
    user = UserFactory()
    job = start_job(batch, Job.Kind.APPLY, by=user, options={"leave_out": True})
    assert (job.state, job.requested_by, job.options) == ("waiting", user, {"leave_out": True})
    assert [own.args for own in queue] == [[job.pk]]


def test_only_one_thing_is_done_with_a_file_at_a_time(batch, queue):
    start_job(batch, Job.Kind.APPLY, by=None)
    with pytest.raises(JobRefusedError, match="Something is being done with this file already"):
        start_job(batch, Job.Kind.UNDO, by=None)
    assert (Job.objects.count(), len(queue)) == (1, 1)


def test_job_that_succeeds_says_so(batch, do):
    do(lambda job, beat: f"{job.batch} is in.")
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    assert ended(job) == ("done", f"{batch} is in.")
    assert job.requested_at <= job.started_at <= job.finished_at


def test_job_taken_up_twice_is_done_once(batch, do):
    times = []
    do(lambda job, beat: times.append(job) or "Done.")
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    run_job(job.pk)
    assert len(times) == 1


@pytest.mark.parametrize("error", [FileRefusedError("It is no table."), ValidationError("Wrong.")])
def test_refusal_is_told_to_people_as_it_is(batch, do, error, caplog):
    do(fail(error))
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    said = getattr(error, "message", str(error))
    assert ended(job) == ("failed", f"{said} Nothing of it was written.")
    assert "Traceback" not in caplog.text


def test_unexpected_error_is_logged_and_leaves_a_sentence(batch, do, caplog):
    do(fail(ZeroDivisionError("secret")))
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    state, message = ended(job)
    assert state == "failed"
    assert message.startswith("It stopped at an error that should not happen (ZeroDivisionError).")
    assert "secret" not in message
    assert "Traceback" in caplog.text


def test_worker_that_is_told_to_end_says_so_and_ends(batch, do):
    do(fail(SystemExit(1)))
    job = start_job(batch, Job.Kind.APPLY, by=None)
    with pytest.raises(SystemExit):
        run_job(job.pk)
    assert ended(job) == (
        "failed",
        "The worker was stopped. Nothing of it was written. Start it again.",
    )


def test_failed_job_can_be_started_again(batch, do):
    do(fail(ValidationError("Wrong.")))
    run_job(start_job(batch, Job.Kind.APPLY, by=None).pk)
    do(lambda job, beat: "Done.")
    again = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(again.pk)
    assert ended(again) == ("done", "Done.")


# --- How far it is -------------------------------------------------------------------------


def test_job_tells_how_far_it_is_while_it_runs(batch, do, monkeypatch):
    monkeypatch.setattr(signs, "SECONDS_BETWEEN", 0.01)
    seen = []

    def handler(job, beat):
        beat.begin("read", total=10)
        beat.report(4)
        seen.append(wait_for(lambda: progress_of(job), Progress(4, 10, "read")))
        beat.during("write", total=20)(6)
        seen.append(wait_for(lambda: progress_of(job), Progress(6, 20, "write")))
        return "Done."

    do(handler)
    job = start_job(batch, Job.Kind.APPLY, by=None)
    assert progress_of(job) == Progress()
    run_job(job.pk)
    assert seen == [Progress(4, 10, "read"), Progress(6, 20, "write")]
    assert progress_of(job) == Progress()


def wait_for(ask, answer, seconds=10):
    until = time.monotonic() + seconds
    while ask() != answer and time.monotonic() < until:
        time.sleep(0.01)
    return ask()


def test_sign_of_life_that_cannot_be_left_is_logged_and_tried_again(batch, do, monkeypatch, caplog):
    monkeypatch.setattr(signs, "SECONDS_BETWEEN", 0.01)
    tried, leave = [], signs.leave_sign

    def leave_now_and_then(job, progress):
        tried.append(progress)
        if len(tried) == 2:
            raise OSError("disk full")
        leave(job, progress)

    monkeypatch.setattr(signs, "leave_sign", leave_now_and_then)
    do(lambda job, beat: str(wait_for(lambda: len(tried) > 2, True)))
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    assert ended(job) == ("done", "True")
    assert "disk full" in caplog.text


# --- Cancelled -----------------------------------------------------------------------------


def test_job_that_waits_is_cancelled_at_once(batch, do):
    user = UserFactory()
    job = start_job(batch, Job.Kind.APPLY, by=None)
    cancel_job(job, by=user)
    assert ended(job) == ("cancelled", f"Cancelled by {user}. Nothing of it was written.")
    do(fail(AssertionError("ran")))
    run_job(job.pk)
    assert job.state == "cancelled"


def test_job_that_runs_stops_where_it_next_says_how_far_it_is(batch, do, monkeypatch):
    monkeypatch.setattr(signs, "SECONDS_BETWEEN", 0.01)
    user = UserFactory()

    def handler(job, beat):
        cancel_job(job, by=user)
        for done in range(1000):
            beat.report(done)
            time.sleep(0.01)
        return "Done."

    do(handler)
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    assert ended(job) == ("cancelled", f"Cancelled by {user}. Nothing of it was written.")


def test_job_that_has_ended_cannot_be_cancelled(batch, do):
    do(lambda job, beat: "Done.")
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    with pytest.raises(JobRefusedError, match="It has ended already: done"):
        cancel_job(job, by=UserFactory())


# --- Nobody answers ------------------------------------------------------------------------


def abandoned(batch, kind=Job.Kind.APPLY, seconds=60):
    """A job that began so long ago, and whose worker says nothing."""
    begun = timezone.now() - timedelta(seconds=seconds)
    return Job.objects.create(batch=batch, kind=kind, state="running", started_at=begun)


def test_job_without_a_sign_of_life_is_given_up(batch):
    job = abandoned(batch)
    sweep()
    assert ended(job) == (
        "failed",
        "The worker stopped without an answer. Nothing of it was written. Start it again.",
    )
    start_job(batch, Job.Kind.APPLY, by=None)


def test_job_with_an_old_sign_of_life_is_given_up(batch, monkeypatch):
    job = abandoned(batch)
    signs.leave_sign(job.pk, Progress())
    monkeypatch.setattr(signs, "SECONDS_TRUSTED", 0)
    sweep()
    assert ended(job)[0] == "failed"


def test_job_that_has_just_begun_or_says_that_it_lives_is_left_alone(batch):
    new = abandoned(batch, seconds=5)
    sweep()
    assert ended(new)[0] == "running"
    Job.objects.update(started_at=timezone.now() - timedelta(days=1))
    signs.leave_sign(new.pk, Progress())
    sweep()
    assert ended(new)[0] == "running"


@pytest.mark.parametrize(("kind", "field"), [("apply", "applied_at"), ("undo", "undone_at")])
def test_job_that_died_after_all_was_written_is_done(batch, kind, field):
    job = abandoned(batch, kind)
    ImportBatch.objects.update(**{field: timezone.now()})
    sweep()
    assert ended(job) == (
        "done",
        "All of it was written; the worker stopped before it could say so.",
    )


def test_job_given_up_too_early_is_done_once_it_is(batch, do):
    def handler(job, beat):
        Job.objects.update(state="failed", message="given up")
        return "Done."

    do(handler)
    job = start_job(batch, Job.Kind.APPLY, by=None)
    run_job(job.pk)
    assert ended(job) == ("done", "Done.")


def test_jobs_that_wait_are_put_into_the_queue_again(batch, queue):
    job = start_job(batch, Job.Kind.APPLY, by=None)
    queue.clear()
    resume_waiting()
    assert [own.args for own in queue] == [[job.pk]]


def test_worker_is_alive_while_it_says_so(monkeypatch):
    signs.forget_worker()
    assert not worker_is_alive()
    signs.leave_worker_sign()
    assert worker_is_alive()
    monkeypatch.setattr(signs, "SECONDS_TRUSTED", 0)
    assert not worker_is_alive()
