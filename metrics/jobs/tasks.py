"""What the worker calls: keys in, nothing else."""

from django_tasks import task

from metrics.jobs import running


@task()
def run(job: int) -> None:
    running.run_job(job)
