"""What was done, where and from when, with what it put out each month."""

from django.contrib import admin

from programs.admin.bases import NamedTabularInline, PlainAdmin
from programs.admin.chosen_sites import ChosenSitesForm
from programs.models import Intervention, InterventionOutput


class OutputInline(NamedTabularInline):
    model = InterventionOutput
    verbose_name = "monthly output"
    fields = ["month", "sessions_held", "people_reached", "workers_trained", "visits_made"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("intervention")


@admin.register(Intervention)
class InterventionAdmin(PlainAdmin):
    form = ChosenSitesForm
    list_display = ["name", "program", "lever", "first_month", "last_month"]
    list_select_related = ["program"]
    list_filter = ["lever", "program"]
    search_fields = ["name", "done_by", "program__name"]
    autocomplete_fields = ["program", "sites"]
    inlines = [OutputInline]
    fieldsets = [
        (None, {"fields": ["program", "name", "lever", "sites"]}),
        ("When", {"fields": ["first_month", "last_month"]}),
        ("What", {"fields": ["what_was_done", "done_by"]}),
    ]
