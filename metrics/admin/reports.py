"""Monthly reports: looked at and moved here. Their counts come in through the gate alone."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from metrics.admin.filters import MonthFilter, ProgramFilter
from metrics.admin.moves import ReportMoves
from metrics.models import BreakdownCount, MonthlyReport
from metrics.models.reports import AGE_FIELDS, SERVICE_FIELDS
from programs.admin.bases import HistoryAdmin, NamedTabularInline, NeverWritten


class BreakdownCountInline(NeverWritten, NamedTabularInline):
    model = BreakdownCount
    fields = ["live_births", "infant_deaths"]

    def get_queryset(self, request):
        related = ["report__site", "category__dimension"]
        return super().get_queryset(request).select_related(*related)


@admin.register(MonthlyReport)
class MonthlyReportAdmin(ReportMoves, NeverWritten, HistoryAdmin):
    list_display = [
        "site",
        "month",
        "status",
        "live_births",
        "infant_deaths",
        "door",
        "entered_by",
        "first_submitted_at",
        "version_shown",
    ]
    list_select_related = ["site", "entered_by"]
    list_filter = ["status", MonthFilter, ProgramFilter, "door"]
    search_fields = ["site__name", "site__code", "site__area__name"]
    ordering = ["-month", "site__name", "site__code"]
    show_full_result_count = False
    inlines = [BreakdownCountInline]
    readonly_fields = ["report_form"]
    fieldsets = [
        (None, {"fields": ["site", "month", "status", "report_form"]}),
        ("Counts", {"fields": ["live_births", "infant_deaths", "stillbirths", "maternal_deaths"]}),
        ("Infant deaths by age", {"fields": [*AGE_FIELDS]}),
        ("Services", {"fields": [*SERVICE_FIELDS]}),
        ("What was said", {"fields": ["comment", "note"]}),
        (
            "How it came in",
            {"fields": ["door", "entered_by", "first_submitted_at", "version", "updated_at"]},
        ),
    ]

    @admin.display(description="Report form")
    def report_form(self, report):
        address = reverse("monthly_report", args=[report.site.code, report.month])
        return format_html(
            '<a href="{}">Open it</a>: counts are entered and corrected there, by members who may.',
            address,
        )
