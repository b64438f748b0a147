"""Bringing in a file: upload, say what its columns are, look at what it would do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics.forms import ColumnsForm, ImportForm
from metrics.imports import FileRefusedError, Found, check_batch, find_columns, keep_file
from metrics.imports.doubts import list_doubts
from metrics.imports.guessing import may_miss_births, remember_layout
from metrics.imports.likely import find_likely, look_elsewhere
from metrics.imports.mapping import LEFT_OUT, Mapping
from metrics.imports.opening import Preview, look_into, open_content
from metrics.imports.other_files import list_later, list_same
from metrics.jobs import asked_to_stop, look_at, progress_of, worker_is_alive
from metrics.models import ImportBatch, Job
from programs.models import Program
from programs.permissions import check_may_manage

SHOWN_BATCHES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_file(request, slug):
    """Take a file and keep it, unless it cannot be read at all."""
    program = get_object_or_404(Program.objects.visible_to(request.user), slug=slug)
    check_may_manage(request.user, program)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportForm(*sent)
    if form.is_bound and form.is_valid():
        try:
            batch, is_mapped, doubts = _receive(program, form.cleaned_data["file"], request.user)
        except FileRefusedError as refusal:
            form.add_error("file", str(refusal))
        else:
            for doubt in doubts:
                messages.warning(request, doubt)
            page = "import_batch" if is_mapped else "import_columns"
            return redirect(page, slug=slug, pk=batch.pk)
    context = {"program": program, "form": form}
    batches = program.import_batches.defer("found").select_related("uploaded_by")
    context["batches"] = batches[:SHOWN_BATCHES]
    status = 422 if form.is_bound else 200
    return render(request, "metrics/import_file.html", context, status=status)


def _receive(program, file, by) -> tuple[ImportBatch, bool, list[str]]:
    """Keep an upload with the mapping that was remembered, or the likely one; say whether that
    finds all that is needed, and months that are this file's own; and what may be meant otherwise
    than it was guessed."""
    with open_content(file.chunks(), file.name) as source:
        lines, preview, is_said = find_likely(program, look_into(source, Mapping()))
        is_mapped = _finds_all(preview, lines) and not Mapping.read(lines).names_months
        is_mapped &= is_said or not may_miss_births(preview, lines)
        doubts = [] if is_said else list_doubts(program, preview, lines)
    file.seek(0)
    content = file.chunks()
    batch = keep_file(program=program, file_name=file.name, content=content, mapping=lines, by=by)
    return batch, is_mapped and not doubts, doubts


def _finds_all(preview: Preview, lines) -> bool:
    try:
        find_columns(preview.source, lines)
    except FileRefusedError:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_columns(request, slug, pk):
    """Say what the columns of a file are; it is remembered for the next with the same headings."""
    batch = get_batch(request, slug, pk)
    if not _may_be_mapped(batch):
        return redirect("import_batch", slug=slug, pk=pk)
    with _previewed(batch) as preview:
        sent = request.POST if request.method == "POST" else None
        kept = batch.mapping
        form = ColumnsForm(sent, preview=preview, program=batch.program, lines=kept)
        is_valid = form.is_valid()
        if form.is_bound and (seen := look_elsewhere(batch.program, preview, kept, form.lines)):
            lines, changed = seen
            messages.info(request, changed)
            _store(batch, lines)
            return redirect("import_columns", slug=slug, pk=pk)
        if is_valid:
            remember_layout(batch.program, preview.headings, form.lines, by=request.user)
            _store(batch, form.lines)
            return redirect("import_batch", slug=slug, pk=pk)
        context = {"program": batch.program, "batch": batch, "form": form, "preview": preview}
        status = 422 if form.is_bound else 200
        return render(request, "metrics/import_columns.html", context, status=status)


def _may_be_mapped(batch: ImportBatch) -> bool:
    """Not once it was applied, and not while a job reads it by the mapping that it has."""
    job = look_at(batch.jobs.first())
    return batch.applied_at is None and (job is None or job.is_finished)


@contextmanager
def _previewed(batch: ImportBatch) -> Iterator[Preview]:
    """The top of a file; where its mapping names a sheet or rows that it does not have, such as a
    remembered one, the top as it is found."""
    with open_content(batch.read_pieces(), batch.file_name) as source:
        try:
            preview = look_into(source, Mapping.read(batch.mapping))
        except FileRefusedError:
            preview = look_into(source, Mapping())
        yield preview


def _store(batch: ImportBatch, lines) -> None:
    """Read the file in another way from now on, unless it was applied meanwhile; what was found
    before no longer holds."""
    waiting = ImportBatch.objects.filter(pk=batch.pk, applied_at__isnull=True)
    waiting.update(mapping=dict(lines), found={}, checked_at=None)


@require_POST
@login_required
def import_settle(request, slug, pk):
    """Take what the page offers: how to read the file, and which site a name stands for."""
    batch = get_batch(request, slug, pk)
    said = zip(request.POST.getlist("ours"), request.POST.getlist("theirs"), strict=False)
    lines = {**batch.mapping, **{ours: theirs for ours, theirs in said if ours and theirs}}
    if _may_be_mapped(batch):
        try:
            _settle(batch, lines, request.user)
        except FileRefusedError as refusal:
            messages.error(request, str(refusal))
    return redirect("import_batch", slug=slug, pk=pk)


def _settle(batch: ImportBatch, lines, by) -> None:
    """FileRefusedError where the file cannot be read so, or a site is none of the program's."""
    codes = {*Mapping.read(lines).sites.values()} - {LEFT_OUT}
    known = batch.program.sites.filter(code__in=codes).values_list("code", flat=True)
    if unknown := sorted(codes - {*known}):
        raise FileRefusedError(f'"{unknown[0]}" is no site of {batch.program}. Choose another.')
    with _previewed(batch) as preview:
        find_columns(preview.source, lines)
        remember_layout(batch.program, preview.headings, lines, by=by)
    _store(batch, lines)


@require_safe
@login_required
def import_batch(request, slug, pk):
    """Show what applying a file would do, what is being done with it, or what it did."""
    batch = get_batch(request, slug, pk)
    job = look_at(batch.jobs.select_related("requested_by").first())
    context: dict[str, object] = {"program": batch.program, "batch": batch, "job": job}
    if job and not job.is_finished:
        return render(request, "metrics/import_batch.html", context | watch(job))
    context["same"] = list_same(batch)
    if not batch.applied_at:
        context |= _find(batch)
    elif not batch.undone_at:
        context["later"] = list_later(batch)
    return render(request, "metrics/import_batch.html", context)


def watch(job: Job) -> dict[str, object]:
    """How far a job is, and whether anybody is there to do it."""
    return {
        "job": job,
        "progress": progress_of(job),
        "has_worker": worker_is_alive(),
        "is_stopping": asked_to_stop(job.pk) is not None,
    }


def _find(batch: ImportBatch) -> dict[str, object]:
    """What a dry run finds: at once for a small file; for a large one what was found in the
    background, or nothing yet."""
    is_large = batch.size > settings.IMPORT_INLINE_BYTES
    found = Found.from_json(batch.found) if is_large and batch.found else None
    try:
        found = found if is_large else check_batch(batch, today=timezone.localdate())
    except FileRefusedError as refusal:
        return {"refusal": str(refusal)}
    context = {"found": found, "is_large": is_large, "left_out": LEFT_OUT}
    if found and found.unknown_sites:
        context["sites"] = batch.program.sites.order_by("name", "code")
    return context


def get_batch(request, slug, pk) -> ImportBatch:
    batches = ImportBatch.objects.visible_to(request.user)
    batches = batches.select_related("program", "uploaded_by", "applied_by", "undone_by")
    batch = get_object_or_404(batches, program__slug=slug, pk=pk)
    check_may_manage(request.user, batch.program)
    return batch
