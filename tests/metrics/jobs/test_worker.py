"""A worker that is a process of its own, killed or asked to stop in the middle of an import."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date

import pytest
from django.conf import settings
from django.db import connections
from django_tasks_db.models import DBTaskResult

from metrics.imports import receive_file
from metrics.jobs import Progress, cancel_job, progress_of, signs, start_job, sweep, worker_is_alive
from metrics.jobs.starting import resume_waiting
from metrics.models import Job, MonthlyReport
from programs.periods import Period, format_month
from tests.factories import MonthlyReportFactory, ParticipationFactory, ProgramFactory, UserFactory
from tests.metrics.test_concurrency import IS_SQLITE, shared

pytestmark = [
    pytest.mark.django_db(transaction=not IS_SQLITE),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be killed"),
]

SITES, MONTHS = 120, Period(date(2020, 1, 1), date(2024, 12, 1))
ROWS = SITES * len(MONTHS)
PATIENCE = 30  # seconds, so that what never comes fails and does not hang
TRUSTED = 3  # seconds without a sign of life after which a worker is dead; 30 in the product

__all__ = ["shared"]


@pytest.fixture
def environment(shared, settings, monkeypatch):
    """What a process needs to work at the database of this test; its signs are seen here."""
    name = connections["default"].settings_dict["NAME"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    address = f"sqlite:///{name}"
    signs_in = {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": f"{name}-jobs",
    }
    if not IS_SQLITE:
        address = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"
        signs_in = settings.CACHES["default"]
    settings.CACHES = settings.CACHES | {"jobs": signs_in}
    monkeypatch.setattr(signs, "SECONDS_TRUSTED", TRUSTED)
    ours = {"DJANGO_SETTINGS_MODULE": "imrtracker.settings", "DEBUG": "on"}
    return os.environ | ours | {"DATABASE_URL": address}


@pytest.fixture
def batch(environment):
    """A file of 7,200 rows for a program of 120 sites, of which one has a report already."""
    program = ProgramFactory()
    sites = [
        ParticipationFactory(program=program, first_month=MONTHS.first).site for _ in range(SITES)
    ]
    MonthlyReportFactory(site=sites[0], month=MONTHS.first)
    lines = [f"{site.code},{format_month(month)},40,2" for site in sites for month in MONTHS]
    text = "\n".join(["site_code,month,live_births,infant_deaths", *lines])
    return receive_file(
        program=program, file_name="counts.csv", content=text.encode(), mapping={}, by=UserFactory()
    )


@contextmanager
def worker(environment):
    """The worker as it is run."""
    with running(environment, "manage.py", "work") as process:
        yield process


@contextmanager
def slow_worker(environment):
    """One that rests half a second after every tenth of the rows or so."""
    slow = environment | {"REST": "0.5"}
    with running(slow, "-m", "tests.metrics.jobs.slow_worker") as process:
        yield process


@contextmanager
def running(environment, *arguments):
    process = subprocess.Popen([sys.executable, *arguments], cwd=settings.BASE_DIR, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(ask, what):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if answer := ask():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {PATIENCE} seconds")


def in_the_middle_of_writing(job):
    progress = wait_until(lambda: has_written(job), "the middle of the writing")
    assert 0 < progress.done < ROWS


def has_written(job) -> Progress | None:
    progress = progress_of(job)
    return progress if progress.phase == "write" and progress.done else None


def ended(job):
    def is_over():
        job.refresh_from_db()
        return job.is_finished

    wait_until(is_over, "the end of the job")
    return job.state


def stored():
    return MonthlyReport.objects.count(), MonthlyReport.history.count()


def given_up(job):
    sweep()
    job.refresh_from_db()
    return job.state == Job.State.FAILED


def test_worker_killed_while_it_writes_leaves_nothing_and_the_job_can_be_started_again(
    environment, batch
):
    before = stored()
    job = start_job(batch, Job.Kind.APPLY, by=batch.uploaded_by)
    with slow_worker(environment) as process:
        in_the_middle_of_writing(job)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert stored() == before
    wait_until(lambda: given_up(job), "the end of the job")
    assert job.message.endswith("Nothing of it was written. Start it again.")

    again = start_job(batch, Job.Kind.APPLY, by=batch.uploaded_by)
    with worker(environment):
        assert ended(again) == Job.State.DONE
    assert stored() == (ROWS, before[1] + ROWS)


def test_import_that_is_cancelled_while_it_is_written_leaves_nothing(environment, batch):
    before = stored()
    job = start_job(batch, Job.Kind.APPLY, by=batch.uploaded_by)
    with slow_worker(environment):
        in_the_middle_of_writing(job)
        cancel_job(job, by=batch.uploaded_by)
        assert ended(job) == Job.State.CANCELLED
    assert stored() == before


def test_worker_asked_to_end_twice_ends_at_once_and_leaves_nothing(environment, batch):
    before = stored()
    job = start_job(batch, Job.Kind.APPLY, by=batch.uploaded_by)
    with slow_worker(environment) as process:
        in_the_middle_of_writing(job)
        assert worker_is_alive()
        process.terminate()
        time.sleep(0.2)
        process.terminate()
        process.wait(PATIENCE)
    assert ended(job) == Job.State.FAILED
    assert job.message.startswith("The worker was stopped.")
    assert stored() == before
    assert not worker_is_alive()


def test_two_workers_never_do_one_job_twice(environment, batch):
    with worker(environment), worker(environment):
        wait_until(worker_is_alive, "a worker")
        job = start_job(batch, Job.Kind.APPLY, by=batch.uploaded_by)
        resume_waiting()  # as a worker does when it begins
        assert ended(job) == Job.State.DONE
        tasks = DBTaskResult.objects
        wait_until(lambda: tasks.count() == tasks.successful().count(), "the end of all tasks")
    assert MonthlyReport.history.filter(import_batch=batch).count() == ROWS
