"""Work on files that goes on in the background: started, watched, cancelled, and never half done.

starting puts a job into the queue → tasks → running calls the handler of its kind, which says how
far it is through a beat; signs is where beats are left, for pages to read.
"""

from metrics.jobs.beats import Beat, CancelledError
from metrics.jobs.handlers import refuse_applied
from metrics.jobs.running import look_at, run_job, sweep
from metrics.jobs.signs import Progress, asked_to_stop, progress_of, worker_is_alive
from metrics.jobs.starting import JobRefusedError, cancel_job, start_job

__all__ = [
    "Beat",
    "CancelledError",
    "JobRefusedError",
    "Progress",
    "asked_to_stop",
    "cancel_job",
    "look_at",
    "progress_of",
    "refuse_applied",
    "run_job",
    "start_job",
    "sweep",
    "worker_is_alive",
]
