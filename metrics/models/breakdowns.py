"""The same counts by sex, place, mother's age and so on."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from metrics.models.reports import MonthlyReport
from programs.models import Program
from programs.models.places import code_validator


class Dimension(models.Model):
    """What counts are broken down by, such as sex or mother's age."""

    name = models.CharField(max_length=80)
    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    programs = models.ManyToManyField(
        Program,
        blank=True,
        related_name="dimensions",
        help_text="The programs that ask for it in their reports.",
    )
    ordered = models.BooleanField(
        default=False, help_text="The categories have an order, such as wealth quintiles."
    )

    # Which programs ask for it is told by the history of each program.
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CategoryQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(retired=False)


class Category(models.Model):
    """One value of a dimension. Retired, it is no longer offered; its counts stay."""

    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="categories")
    name = models.CharField(max_length=80)
    code = models.CharField(max_length=40, validators=[code_validator])
    position = models.PositiveSmallIntegerField(default=0)
    is_unknown = models.BooleanField(default=False, help_text="Holds what is not known.")
    retired = models.BooleanField(default=False)

    objects = CategoryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["dimension", "position", "name"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "code"],
                name="one_category_per_dimension_and_code",
                violation_error_message="This dimension has a category with this code already.",
            ),
            models.UniqueConstraint(
                fields=["dimension"],
                condition=Q(is_unknown=True),
                name="one_unknown_category_per_dimension",
                violation_error_message="This dimension has its “unknown” already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension}: {self.name}"


class BreakdownCountQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(report__in=MonthlyReport.objects.visible_to(user))


class BreakdownCount(models.Model):
    """One category's share of a report's counts. No row: not broken down for it."""

    report = models.ForeignKey(MonthlyReport, models.CASCADE, related_name="breakdown_counts")
    category = models.ForeignKey(Category, models.PROTECT, related_name="counts")
    live_births = models.PositiveIntegerField(null=True, blank=True)
    infant_deaths = models.PositiveIntegerField(null=True, blank=True)

    objects = BreakdownCountQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["report", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "category"],
                name="one_count_per_report_and_category",
                violation_error_message="This report has a count for this category already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.category}"
