"""What one site counted in one month, with every version that was ever stored."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models import Measure, Participation, Site
from programs.periods import format_month
from programs.terms import forbids_own

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
    GRID = "grid", "Grid"
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


def counts_officially(program, day: date | None = None) -> Q:
    """Which reports make the official figures: the program may ask for approved ones only.

    day : as of which; None for today
    """
    approved = is_approved(day)
    return approved if program.approval_required else approved | Q(status=Status.SUBMITTED)


def counts_in_its_program() -> Q:
    """The same, where each report is joined to a program."""
    return is_approved() | Q(
        status=Status.SUBMITTED, site__participations__program__approval_required=False
    )


def is_approved(day: date | None = None) -> Q:
    """Approved, or reopened until a day that is over, without a correction."""
    expired = Q(status=Status.REOPENED, reopened_until__lt=day or timezone.localdate())
    return Q(status=Status.APPROVED) | expired


def has_arrived() -> Q:
    """Submitted or approved: nothing more is asked of whoever reports."""
    return is_approved() | Q(status=Status.SUBMITTED)


def standing(status: str, reopened_until: date | None, today: date) -> Status:
    """What a stored status comes to on a day: a reopening that is over has ended, and the report
    is approved as it was."""
    is_over = reopened_until is not None and reopened_until < today
    return Status.APPROVED if status == Status.REOPENED and is_over else Status(status)


def may_be_corrected(status: str, reopened_until: date | None, today: date) -> bool:
    """Whether a report is open for correction though its month may be locked: it was returned,
    or reopened until a day that is not over."""
    is_open = reopened_until is not None and reopened_until >= today
    return status == Status.RETURNED or (status == Status.REOPENED and is_open)


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

    def with_own_approval(self, *, requiring=None):
        """Say of each, as `may_own`, whether who entered it may approve it.

        requiring : a program that is about to ask for approval
        """
        is_forbidden = forbids_own(OuterRef("site"), OuterRef("month"), requiring=requiring)
        return self.annotate(may_own=~is_forbidden)

    def withheld_from(self, user, *, requiring=None):
        """Those that somebody entered, and may not approve for that."""
        own = self.with_own_approval(requiring=requiring)
        return own.filter(entered_by=user.pk, may_own=False)

    def official(self, program):
        """Reports that count: submitted or approved, only approved where that is required."""
        return self.filter(counts_officially(program))

    def to_correct(self, today: date):
        """Those of which `may_be_corrected` holds."""
        reopened = Q(status=Status.REOPENED, reopened_until__gte=today)
        return self.filter(Q(status=Status.RETURNED) | reopened)

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
            counts_in_its_program(),
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

    # Neither has an index of its own: those of both together, either way round, serve as well.
    site = models.ForeignKey(Site, models.PROTECT, related_name="monthly_reports", db_index=False)
    month = MonthField()
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
    import_batch = models.ForeignKey(
        "metrics.ImportBatch",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reports",
        help_text="The file that wrote this version; empty when anything else did.",
    )
    first_submitted_at = models.DateTimeField(
        null=True, blank=True, help_text="Decides whether the report was on time."
    )
    reopened_until = models.DateField(
        null=True,
        blank=True,
        help_text="The last day on which a reopened report may be corrected; its counts as they "
        "were approved count again from the day after.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = MonthlyReportQuerySet.as_manager()
    history = HistoricalRecords(
        history_change_reason_field=models.TextField(null=True),
        # Nobody looks versions up by these, and like every other key of a version that of its
        # author asks nothing of the database: each of a million would pay for it.
        no_db_index=["entered_by", "import_batch"],
        user_db_constraint=False,
    )

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
    def standing(self) -> Status:
        return standing(self.status, self.reopened_until, timezone.localdate())

    @property
    def version_number(self) -> str:
        """Names this version, so that a move can say which one was looked at."""
        return f"{self.pk}-{self.version}"
