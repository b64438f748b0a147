"""The effort itself, and which sites take part in it from when to when."""

import calendar
from datetime import date, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models.memberships import Membership
from programs.models.places import Site
from programs.periods import Period, format_month, month_of, shift_month


class ProgramQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Programs this user is a member of. Staff and superusers get no more than that."""
        own = Membership.objects.filter(program=OuterRef("pk"), user_id=user.pk)
        return self.filter(Exists(own))


class Program(models.Model):
    """An effort to lower infant mortality, with a baseline and a target."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        RUNNING = "running", "Running"
        ENDED = "ended", "Ended"

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    purpose = models.TextField(blank=True)
    partners = models.TextField(blank=True)
    start_month = MonthField(help_text="The first month in which the program acts.")
    planned_end_month = MonthField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    report_due_day = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="A month's report is due on this day of the following month.",
    )
    year_first_month = models.PositiveSmallIntegerField(
        "reporting year begins in",
        choices=[(number, calendar.month_name[number]) for number in range(1, 13)],
        default=1,
        help_text="Figures by year run from this month. India's financial year: April.",
    )
    approval_required = models.BooleanField(
        default=False, help_text="Only approved reports count in the official figures."
    )
    self_approval_allowed = models.BooleanField(
        default=False, help_text="People may approve reports that they entered themselves."
    )
    band_low = models.DecimalField(
        "excellent below",
        max_digits=5,
        decimal_places=1,
        default=Decimal(5),
        validators=[MinValueValidator(0)],
        help_text="Infant deaths per 1,000 live births below which the band is excellent.",
    )
    band_high = models.DecimalField(
        "crisis above",
        max_digits=5,
        decimal_places=1,
        default=Decimal(10),
        validators=[MinValueValidator(0)],
        help_text="Infant deaths per 1,000 live births above which the band is crisis.",
    )
    locks_after_days = models.PositiveSmallIntegerField(
        "months lock after (days)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="For so many days after its end a month may be reported and changed; then only "
        "where a manager opens it for one site. Empty: always.",
    )
    withhold_up_to = models.PositiveSmallIntegerField(
        "small counts withheld",
        choices=[(4, "1 to 4"), (9, "1 to 9")],
        null=True,
        blank=True,
        help_text="Counts so small are withheld from viewers, and with them what would give them "
        "away: a small count can point to a person. Empty: none.",
    )
    collects_ages = models.BooleanField("collects ages at death", default=True)
    collects_stillbirths = models.BooleanField(default=True)
    collects_maternal_deaths = models.BooleanField(default=True)
    collects_services = models.BooleanField("collects care given", default=True)
    sites = models.ManyToManyField(Site, through="Participation", related_name="programs")

    # Of who asks for a page of it, as far as the view has looked: the page's links depend on it.
    own_membership: Membership | None = None

    objects = ProgramQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_end_month=None) | Q(planned_end_month__gte=F("start_month")),
                name="program_ends_after_it_starts",
                violation_error_message="The planned end lies before the start month.",
            ),
            models.CheckConstraint(
                condition=Q(band_low__lt=F("band_high")),
                name="program_bands_in_order",
                violation_error_message="“Excellent below” must be lower than “crisis above”.",
            ),
            models.CheckConstraint(
                condition=Q(report_due_day__range=(1, 28)),
                name="program_due_day_exists_in_every_month",
                violation_error_message="The due day must be 1 to 28, which every month has.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def locked_through(self, today: date) -> date | None:
        """The last month that is locked on a day; None where months never lock."""
        if self.locks_after_days is None:
            return None
        month_still_open = month_of(today - timedelta(days=self.locks_after_days))
        return shift_month(month_still_open, -1)

    def overdue_through(self, today: date) -> date:
        """The last month whose report is overdue on a day, where it has not come in."""
        last_over = shift_month(month_of(today), -1)
        return last_over if today.day > self.report_due_day else shift_month(last_over, -1)


class ParticipationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of one's programs whose site one's membership of that program covers."""
        covering = Membership.objects.filter(
            Q(all_sites=True) | Q(sites=OuterRef("site")),
            program=OuterRef("program"),
            user_id=user.pk,
        )
        return self.filter(Exists(covering))

    def of_program_sites(self):
        return self.filter(role=Participation.Role.PROGRAM)


class Participation(models.Model):
    """A site's part in a program, baseline months included. No last month: still takes part.

    Reports are expected for the months in which the site takes part and is open.
    """

    class Role(models.TextChoices):
        PROGRAM = "program", "Program site"
        COMPARISON = "comparison", "Comparison site"

    program = models.ForeignKey(Program, models.CASCADE, related_name="participations")
    site = models.ForeignKey(Site, models.PROTECT, related_name="participations")
    role = models.CharField(max_length=12, choices=Role, default=Role.PROGRAM)
    first_month = MonthField(
        help_text="The first month whose counts belong to the program; "
        "baseline months are included."
    )
    last_month = MonthField(null=True, blank=True, help_text="Empty while the site takes part.")
    chosen_because_high = models.BooleanField(
        "chosen because its rate was high",
        default=False,
        help_text="Sites picked because they were bad improve by chance alone. "
        "The verdict says so where it applies.",
    )

    objects = ParticipationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["program", "site"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "site"],
                name="one_participation_per_program_and_site",
                violation_error_message="This site takes part in this program already. "
                "Change that participation.",
            ),
            models.CheckConstraint(
                condition=Q(last_month=None) | Q(last_month__gte=F("first_month")),
                name="participation_ends_after_it_begins",
                violation_error_message="A participation cannot end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        until = f" to {format_month(self.last_month)}" if self.last_month else ""
        return f"{self.site} in {self.program}, from {format_month(self.first_month)}{until}"

    @property
    def period(self) -> Period:
        return Period(self.first_month, self.last_month or date.max.replace(day=1))
