"""What one site counted in one month, with every version that was ever stored."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models import Measure, Participation, Site
from programs.periods import format_month

AGE_FIELDS = (
    "early_neonatal_deaths",
    "late_neonatal_deaths",
    "postneonatal_deaths",
    "age_unknown_deaths",
)
SERVICE_FIELDS = (
    "antenatal_first_visits",
    "antenatal_fourth_visits",
    "skilled_attendant_births",
    "postnatal_visits_two_days",
)
COUNT_FIELDS = (
    "live_births",
    "infant_deaths",
    *AGE_FIELDS,
    "stillbirths",
    "maternal_deaths",
    *SERVICE_FIELDS,
)


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"
    REOPENED = "reopened", "Reopened"


class Door(models.TextChoices):
    TYPED = "typed", "Typed"
    FILE = "file", "File"
    API = "api", "API"
    EXCHANGE = "exchange", "Exchange"


def _or_zero(field):
    return Coalesce(F(field), Value(0))


_sum_of_ages = sum((_or_zero(field) for field in AGE_FIELDS[1:]), _or_zero(AGE_FIELDS[0]))

# Deaths of each measure in one report, and the births they are set against. NULL where the
# measure was not counted, so that the report leaves numerator and denominator together.
DEATHS = {
    Measure.INFANT: F("infant_deaths"),
    # Both neonatal ages where they were counted apart, else what is neither later nor unknown.
    Measure.NEONATAL: Coalesce(
        F("early_neonatal_deaths") + F("late_neonatal_deaths"),
        F("infant_deaths") - F("postneonatal_deaths") - _or_zero("age_unknown_deaths"),
    ),
    Measure.POSTNEONATAL: F("postneonatal_deaths"),
    Measure.STILLBIRTH: F("stillbirths"),
    Measure.MATERNAL: F("maternal_deaths"),
}
BIRTHS = {measure: F("live_births") for measure in Measure} | {
    Measure.STILLBIRTH: F("live_births") + F("stillbirths")
}


def counts_officially(program) -> Q:
    """Which reports make the official figures: the program may ask for approved ones only."""
    if program.approval_required:
        return Q(status=Status.APPROVED)
    return Q(status__in=(Status.SUBMITTED, Status.APPROVED))


# The same, where each report is joined to a program.
COUNTS_OFFICIALLY = Q(status=Status.APPROVED) | Q(
    status=Status.SUBMITTED, site__participations__program__approval_required=False
)


def _month_within(path):
    """The report's month lies between the related row's first and last month, if it has one."""
    return Q(**{f"{path}first_month__lte": F("month")}) & (
        Q(**{f"{path}last_month": None}) | Q(**{f"{path}last_month__gte": F("month")})
    )


class MonthlyReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))

    def in_period(self, period):
        return self.filter(month__range=(period.first, period.last))

    def official(self, program):
        """Reports that count: submitted or approved, only approved where that is required."""
        return self.filter(counts_officially(program))

    def of_program(self, program, *, role=None):
        """Reports of the program's sites, for months in which they take part and are open."""
        return self.of_programs([program], role=role)

    def of_programs(self, programs, *, role=None, conditions=()):
        """The same of several programs: each report once for each of them, joined to it at
        site__participations__program.

        Neither participations nor spells of one site overlap, so no report comes twice.
        conditions : what else is asked of a report or its program. Asked in a later filter, it
        would be asked of any program of the report's site.
        """
        own = "site__participations__"
        taking_part = Q(**{f"{own}program__in": programs}) & _month_within(own)
        if role is not None:
            taking_part &= Q(**{f"{own}role": role})
        return self.filter(taking_part, _month_within("site__spells__"), *conditions)

    def of_targets(self, targets):
        """Official reports of the program sites of these targets' programs, each report once
        for each target, joined to it at site__participations__program__targets."""
        own = "site__participations__"
        return self.filter(
            Q(**{f"{own}program__targets__in": targets, f"{own}role": Participation.Role.PROGRAM}),
            COUNTS_OFFICIALLY,
            _month_within(own),
            _month_within("site__spells__"),
        )

    def totals(self):
        """Return the summed counts as a dict. Nothing sums to zeros, never to None."""
        return self.aggregate(**{name: Sum(name, default=0) for name in COUNT_FIELDS})


class MonthlyReport(models.Model):
    """What one site counted in one month.

    Zero means none; an empty count means it was not counted; no row means no report.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="monthly_reports")
    month = MonthField(db_index=True)
    live_births = models.PositiveIntegerField()
    infant_deaths = models.PositiveIntegerField(
        null=True, blank=True, help_text="Before the first birthday, days 0 to 364."
    )
    early_neonatal_deaths = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the infant deaths, days 0 to 6."
    )
    late_neonatal_deaths = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the infant deaths, days 7 to 27."
    )
    postneonatal_deaths = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of the infant deaths, days 28 to 364."
    )
    age_unknown_deaths = models.PositiveIntegerField(
        "infant deaths of unknown age", null=True, blank=True, help_text="Of the infant deaths."
    )
    stillbirths = models.PositiveIntegerField(
        null=True, blank=True, help_text="Born dead at 28 weeks or later. Never live births."
    )
    maternal_deaths = models.PositiveIntegerField(
        null=True, blank=True, help_text="During pregnancy or within 42 days of its end."
    )
    antenatal_first_visits = models.PositiveIntegerField(null=True, blank=True)
    antenatal_fourth_visits = models.PositiveIntegerField(null=True, blank=True)
    skilled_attendant_births = models.PositiveIntegerField(
        "births with a skilled attendant", null=True, blank=True
    )
    postnatal_visits_two_days = models.PositiveIntegerField(
        "postnatal visits within two days", null=True, blank=True
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    comment = models.TextField(
        blank=True, help_text="The reporter's word, such as why a count is unusual."
    )
    note = models.TextField(blank=True, help_text="What was said at the last move.")
    version = models.PositiveIntegerField(default=1, editable=False)
    door = models.CharField(max_length=10, choices=Door, default=Door.TYPED)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_submitted_at = models.DateTimeField(
        null=True, blank=True, help_text="Decides whether the report was on time."
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = MonthlyReportQuerySet.as_manager()
    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["site", "month"]
        indexes = [
            models.Index(fields=["month", "site"], name="report_by_month_and_site"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "month"],
                name="one_report_per_site_and_month",
                violation_error_message="This site has already reported this month.",
            ),
            models.CheckConstraint(
                condition=Q(infant_deaths__gte=_sum_of_ages),
                name="deaths_by_age_are_infant_deaths",
                violation_error_message="Deaths by age cannot exceed infant deaths.",
            ),
            models.CheckConstraint(
                condition=Q(infant_deaths__isnull=False) | Q(**dict.fromkeys(AGE_FIELDS)),
                name="deaths_by_age_need_infant_deaths",
                violation_error_message="Deaths by age are given but infant deaths are not.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site}, {format_month(self.month)}"

    @property
    def receipt_number(self) -> str:
        return f"{self.pk}-{self.version}"
