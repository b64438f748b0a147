"""What is done with a file in the background: dry run, apply, undo; watched and cancelled."""

from itertools import chain

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics.exports import file_name, stream_csv
from metrics.imports import FileRefusedError, checking
from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.telling import tell_part_rows, tell_written_parts
from metrics.imports.telling import tell_rows, tell_written
from metrics.jobs import cancel_job, look_at, refuse_applied, start_job, sweep
from metrics.models import Job
from metrics.views.imports import get_batch, watch


@require_POST
@login_required
def import_apply(request, slug, pk):
    """Have a file written, all of it or nothing."""
    options = {"leave_out": bool(request.POST.get("leave_out"))}
    return _start(request, slug, pk, Job.Kind.APPLY, options)


@require_POST
@login_required
def import_check(request, slug, pk):
    """Have a large file looked through."""
    return _start(request, slug, pk, Job.Kind.CHECK)


@require_POST
@login_required
def import_undo(request, slug, pk):
    """Have all that a file wrote taken back."""
    return _start(request, slug, pk, Job.Kind.UNDO)


def _start(request, slug, pk, kind: Job.Kind, options=None):
    batch = get_batch(request, slug, pk)
    sweep()  # a job whose worker is gone must not stand in the way of the next
    try:
        if kind is Job.Kind.CHECK:
            refuse_applied(batch)
        job = start_job(batch, kind, by=request.user, options=options)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        job.refresh_from_db()
        if job.state == Job.State.FAILED:
            messages.error(request, job.message)
    return redirect("import_batch", slug=slug, pk=pk)


@require_POST
@login_required
def import_cancel(request, slug, pk):
    """Stop what is being done with a file; nothing of it is kept."""
    batch = get_batch(request, slug, pk)
    try:
        for job in batch.jobs.unfinished():
            cancel_job(job, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    return redirect("import_batch", slug=slug, pk=pk)


@require_safe
@login_required
def import_progress(request, slug, pk):
    """To htmx, how far the job is; when it has ended, the whole page anew."""
    batch = get_batch(request, slug, pk)
    job = look_at(batch.jobs.select_related("requested_by").first())
    if not request.htmx:
        return redirect("import_batch", slug=slug, pk=pk)
    if job is None or job.is_finished:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"program": batch.program, "batch": batch, **watch(job)}
    return render(request, "metrics/_import_progress.html", context)


@require_safe
@login_required
def import_rows(request, slug, pk):
    """Send what applying the file would do with each of its rows, column by column; of one that
    was applied, what it wrote."""
    batch = get_batch(request, slug, pk)
    if batch.applied_at:
        name = file_name(batch.program, f"import-{batch.pk}", timezone.localdate())
        tell = tell_written_parts if batch.is_broken_down else tell_written
        return stream_csv(name, tell(batch))
    name = file_name(batch.program, f"dry-run-{batch.pk}", timezone.localdate())
    rows = _rows(batch)
    try:
        header = next(rows)  # by then all has been read and judged
    except FileRefusedError:  # the page says why
        return redirect("import_batch", slug=slug, pk=pk)
    return stream_csv(name, chain([header], rows))


def _rows(batch):
    with checking(batch, today=timezone.localdate()) as run:
        yield from tell_part_rows(run) if isinstance(run, PartsRun) else tell_rows(run)
