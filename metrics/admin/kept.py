"""What is kept as it was: frozen verdicts, and files as they came."""

import json

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from metrics.models import Evaluation, ImportBatch
from programs.admin.bases import EMPTY, NeverWritten, PlainAdmin

MOST_ROWS = 200  # a national evaluation has tens of thousands


@admin.register(Evaluation)
class EvaluationAdmin(NeverWritten, PlainAdmin):
    """The long fields are loaded by the page that shows them, one by one, never by the list."""

    list_display = ["target", "program", "frozen_at", "frozen_by", "checksum"]
    list_select_related = ["target__program", "frozen_by"]
    list_filter = ["target__program", "target__measure"]
    search_fields = ["target__program__name", "checksum"]
    date_hierarchy = "frozen_at"
    readonly_fields = ["program", "verdict_kept", "inputs_kept", "exclusions_kept", "rows_kept"]
    fieldsets = [
        (None, {"fields": ["program", "target", "frozen_at", "frozen_by", "checksum"]}),
        (
            "Kept",
            {"fields": ["verdict_kept", "inputs_kept", "exclusions_kept", "rows_kept"]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("inputs", "verdict", "rows", "exclusions")

    @admin.display(ordering="target__program")
    def program(self, evaluation):
        return evaluation.target.program

    @admin.display(description="verdict")
    def verdict_kept(self, evaluation):
        return _write_json(evaluation.verdict)

    @admin.display(description="inputs")
    def inputs_kept(self, evaluation):
        return _write_json(evaluation.inputs)

    @admin.display(description="rows left out")
    def exclusions_kept(self, evaluation):
        return _write_rows(evaluation.exclusions)

    @admin.display(description="rows used")
    def rows_kept(self, evaluation):
        return _write_rows(evaluation.rows)


@admin.register(ImportBatch)
class ImportBatchAdmin(NeverWritten, PlainAdmin):
    list_display = ["file_name", "program", "uploaded_by", "uploaded_at", "applied_at", "written"]
    list_select_related = ["program", "uploaded_by"]
    list_filter = ["program", ("applied_at", admin.EmptyFieldListFilter)]
    search_fields = ["file_name", "sha256", "program__name"]
    date_hierarchy = "uploaded_at"
    readonly_fields = ["mapping_kept", "page"]
    fieldsets = [
        (None, {"fields": ["file_name", "program", "page", "size", "sha256", "mapping_kept"]}),
        (
            "When",
            {
                "fields": [
                    ("uploaded_by", "uploaded_at"),
                    ("applied_by", "applied_at"),
                    ("undone_by", "undone_at"),
                ]
            },
        ),
        ("Rows", {"fields": ["rows_created", "rows_changed", "rows_unchanged", "rows_left_out"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("found")

    @admin.display(description="rows")
    def written(self, batch):
        if batch.applied_at is None:
            return EMPTY
        return (
            f"{batch.rows_created} new, {batch.rows_changed} changed, {batch.rows_unchanged} same"
        )

    @admin.display(description="mapping")
    def mapping_kept(self, batch):
        return _write_json(batch.mapping)

    @admin.display(description="import page")
    def page(self, batch):
        address = reverse("import_batch", args=[batch.program.slug, batch.pk])
        return format_html('<a href="{}">Open it</a>, as a manager of the program.', address)


def _write_json(value):
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html('<pre class="wrap">{}</pre>', text)


def _write_rows(rows):
    lines = [json.dumps(row, ensure_ascii=False) for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(f"… and {len(rows) - MOST_ROWS} more")
    return format_html("{} in all<pre>{}</pre>", len(rows), "\n".join(lines))
