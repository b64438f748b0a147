"""The worker: takes up what is to be done in the background, one job after the other."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from metrics.jobs import sweep
from metrics.jobs.beats import Pulse
from metrics.jobs.signs import forget_worker, leave_worker_sign
from metrics.jobs.starting import resume_waiting

SECONDS_BETWEEN_LOOKS = 1


class Command(BaseCommand):
    help = (
        "Do what is to be done in the background, until stopped. First ends the jobs of a worker "
        "that died. Several may run at once: each job is done by one of them."
    )

    def handle(self, *, verbosity, **options):
        sweep()
        resume_waiting()
        with Pulse(leave_worker_sign):
            try:
                call_command(
                    "db_worker",
                    interval=SECONDS_BETWEEN_LOOKS,
                    reload=False,
                    startup_delay=False,
                    verbosity=verbosity,
                )
            finally:
                forget_worker()
