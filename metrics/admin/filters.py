"""What a long list of reports can be narrowed down to."""

from datetime import date

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters

from programs.models import Program
from programs.periods import Period, format_month, parse_month


class ProgramFilter(admin.SimpleListFilter):
    """The reports that belong to a program: of its sites, while they take part and are open."""

    title = "program"
    parameter_name = "program"

    def lookups(self, request, model_admin):
        return Program.objects.values_list("slug", "name")

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        program = Program.objects.filter(slug=self.value()).first()
        return queryset.of_program(program) if program else queryset.none()


class MonthFilter(admin.SimpleListFilter):
    """A year, and once a year is chosen its months: 2024, then 2024-01.

    The admin's own drill-down ends in days, which no month has.
    """

    title = "month"
    parameter_name = "period"  # not a field: with no report in the list Django would look it up

    def lookups(self, request, model_admin):
        years = model_admin.model.objects.dates("month", "year", order="DESC")
        for year in years:
            yield f"{year:%Y}", f"{year:%Y}"
            if (self.value() or "").startswith(f"{year:%Y}"):
                months = reversed(list(Period.starting(year)))
                yield from ((format_month(month), format_month(month)) for month in months)

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        try:
            return queryset.in_period(_read_period(self.value()))
        except ValueError as error:
            raise IncorrectLookupParameters from error


def _read_period(text):
    """Read 2024 or 2024-01. ValueError for anything else."""
    if "-" in text:
        return Period.ending(parse_month(text), 1)
    return Period.starting(date(int(text), 1, 1))
