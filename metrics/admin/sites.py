"""The list of sites, with what only this app knows of them: when each last reported."""

from django.contrib import admin
from django.db.models import OuterRef, Subquery

from metrics.models import MonthlyReport
from programs.admin import SiteAdmin
from programs.admin.bases import EMPTY
from programs.models import Site
from programs.periods import format_month

admin.site.unregister(Site)


@admin.register(Site)
class ReportingSiteAdmin(SiteAdmin):
    list_display = [*SiteAdmin.list_display, "last_report"]

    def get_queryset(self, request):
        """One look into the index of sites and months per site."""
        reports = MonthlyReport.objects.filter(site=OuterRef("pk")).order_by("-month")
        return (
            super().get_queryset(request).annotate(last_month=Subquery(reports.values("month")[:1]))
        )

    @admin.display(ordering="last_month")
    def last_report(self, site):
        return format_month(site.last_month) if site.last_month else EMPTY
