"""Bringing in a file: upload, look at what it would do, apply."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics.forms import ImportForm
from metrics.imports import COLUMNS, FileRefusedError, apply_batch, check_batch, receive_file
from metrics.models import ImportBatch
from programs.models import Program
from programs.permissions import check_may_manage

SHOWN_FAULTS = 100


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_file(request, slug):
    """Take a file and keep it, unless it cannot be read at all."""
    program = get_object_or_404(Program.objects.visible_to(request.user), slug=slug)
    check_may_manage(request.user, program)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportForm(*sent)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = receive_file(
                program=program,
                file_name=file.name,
                content=file.read(),
                mapping=form.cleaned_data["mapping"],
                by=request.user,
            )
        except FileRefusedError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("import_batch", slug=slug, pk=batch.pk)
    context = {"program": program, "form": form, "columns": COLUMNS}
    context["batches"] = program.import_batches.select_related("uploaded_by")[:20]
    status = 422 if form.is_bound else 200
    return render(request, "metrics/import_file.html", context, status=status)


@require_safe
@login_required
def import_batch(request, slug, pk):
    """Show what applying a file would do, or what it did."""
    batch = _get_batch(request, slug, pk)
    run = None if batch.applied_at else check_batch(batch, today=timezone.localdate())
    context = {"program": batch.program, "batch": batch, "run": run, "shown": SHOWN_FAULTS}
    return render(request, "metrics/import_batch.html", context)


@require_POST
@login_required
def import_apply(request, slug, pk):
    """Write a checked file, all of it or nothing."""
    batch = _get_batch(request, slug, pk)
    try:
        run = apply_batch(batch, by=request.user, today=timezone.localdate())
    except IntegrityError:
        messages.error(
            request, "Somebody reported one of these months just now. Look again and apply again."
        )
    else:
        if run.may_be_applied:
            messages.success(request, f"{batch.file_name} has been applied.")
        else:
            messages.error(request, "Nothing was written: the file has faults by now.")
    return redirect("import_batch", slug=slug, pk=pk)


def _get_batch(request, slug, pk):
    batches = ImportBatch.objects.visible_to(request.user).select_related("program", "uploaded_by")
    batch = get_object_or_404(batches, program__slug=slug, pk=pk)
    check_may_manage(request.user, batch.program)
    return batch
