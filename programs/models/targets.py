"""The promise: which measure, how much lower, against which baseline, judged when."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models.programs import Program
from programs.periods import Period, shift_month

BASELINE_MONTHS = 12
EVALUATION_MONTHS = 12
DUE_AFTER_MONTHS = 18


class Measure(models.TextChoices):
    INFANT = "infant", "Infant mortality"
    NEONATAL = "neonatal", "Neonatal mortality"
    POSTNEONATAL = "postneonatal", "Postneonatal mortality"
    STILLBIRTH = "stillbirth", "Stillbirths"
    MATERNAL = "maternal", "Maternal mortality"

    @property
    def usual_per(self) -> int:
        """The number of births by which this measure's rate is usually stated."""
        return 100_000 if self is Measure.MATERNAL else 1_000


class TargetQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(program__in=Program.objects.visible_to(user))

    def current(self):
        """The latest version of each promise."""
        newer = Target.objects.filter(
            program=OuterRef("program"),
            measure=OuterRef("measure"),
            version__gt=OuterRef("version"),
        )
        return self.filter(~Exists(newer))


class Target(models.Model):
    """One version of a program's promise about one measure: a contract.

    Locked, it no longer changes: a change makes a new version with its reason, and both are
    shown with the verdict.
    """

    class SitesRule(models.TextChoices):
        ALL = "all", "All program sites"
        BOTH = "both", "Program sites reporting in both periods"

    CONTRACT = (
        "program", "measure", "per", "reduction_percent", "level", "baseline_first",
        "baseline_last", "evaluation_first", "evaluation_last", "sites_rule",
        "min_completeness", "confidence", "due_month",
    )  # fmt: skip

    program = models.ForeignKey(Program, models.CASCADE, related_name="targets")
    measure = models.CharField(max_length=15, choices=Measure, default=Measure.INFANT)
    version = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True, help_text="Why this version replaces the one before.")
    per = models.PositiveIntegerField(
        blank=True, help_text="Births by which the rate is stated. Empty: the measure's usual."
    )
    reduction_percent = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.1")), MaxValueValidator(100)],
        help_text="How much lower than the baseline, in percent. Or give a level.",
    )
    level = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text="The rate to come down to. Or give a reduction.",
    )
    due_month = MonthField(
        blank=True, help_text="Empty: month 18 of the program. The evaluation period ends here."
    )
    baseline_first = MonthField(blank=True, help_text="Empty: the 12 months before the start.")
    baseline_last = MonthField(blank=True)
    evaluation_first = MonthField(blank=True, help_text="Empty: the 12 months up to the due month.")
    evaluation_last = MonthField(blank=True)
    sites_rule = models.CharField(max_length=5, choices=SitesRule, default=SitesRule.ALL)
    min_completeness = models.PositiveSmallIntegerField(
        "least completeness (%)",
        default=80,
        validators=[MaxValueValidator(100)],
        help_text="Share of expected reports below which no verdict is given.",
    )
    confidence = models.DecimalField(
        "confidence (%)",
        max_digits=4,
        decimal_places=1,
        default=Decimal(95),
        validators=[MinValueValidator(50), MaxValueValidator(Decimal("99.9"))],
    )
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = TargetQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["program", "measure", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "measure", "version"],
                name="one_target_per_program_measure_and_version",
                violation_error_message="This version exists already. Take the next number.",
            ),
            models.CheckConstraint(
                condition=Q(reduction_percent=None, level__isnull=False)
                | Q(reduction_percent__isnull=False, level=None),
                name="target_is_a_reduction_or_a_level",
                violation_error_message="Give either a reduction in percent or a level, not both.",
            ),
            models.CheckConstraint(
                condition=Q(reduction_percent=None)
                | Q(reduction_percent__gt=0, reduction_percent__lte=100),
                name="target_reduction_within_0_and_100",
                violation_error_message="A reduction lies above 0 and at most at 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gt=0),
                name="target_level_above_0",
                violation_error_message="A level lies above 0: no rate can be promised to be 0.",
            ),
            models.CheckConstraint(
                condition=Q(baseline_last__gte=F("baseline_first"))
                & Q(evaluation_last__gte=F("evaluation_first"))
                & Q(evaluation_first__gt=F("baseline_last")),
                name="target_baseline_comes_before_evaluation",
                violation_error_message="The baseline period must end before the evaluation "
                "period begins, and neither may end before it begins.",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=50, confidence__lt=100),
                name="target_confidence_between_50_and_100",
                violation_error_message="Confidence lies at 50 or above and below 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(min_completeness__lte=100),
                name="target_completeness_at_most_100",
                violation_error_message="Least completeness is at most 100 percent.",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""),
                name="target_change_has_a_reason",
                violation_error_message="Say why this version replaces the one before.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.promise}, version {self.version}"

    def save(self, *args, **kwargs):
        self.fill_defaults()
        self._refuse_change_when_locked()
        super().save(*args, **kwargs)

    @property
    def promise(self) -> str:
        """The promise in a few words, such as “30 % lower”."""
        if self.level is not None:
            return f"at most {self.level.normalize():f} per {self.per:,}"
        return f"{self.reduction.normalize():f} % lower"

    @property
    def reduction(self) -> Decimal:
        """How much lower, in percent. Only asked where the promise is a reduction."""
        if self.reduction_percent is None:
            raise ValueError(f"{self.program} promised a level, not a reduction.")
        return self.reduction_percent

    @property
    def baseline_period(self) -> Period:
        return Period(self.baseline_first, self.baseline_last)

    @property
    def evaluation_period(self) -> Period:
        return Period(self.evaluation_first, self.evaluation_last)

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    def fill_defaults(self):
        """Fill what was left empty with what the contract says when nothing else is said."""
        start = self.program.start_month
        self.per = self.per or Measure(self.measure).usual_per
        self.due_month = self.due_month or shift_month(start, DUE_AFTER_MONTHS - 1)
        self.baseline_last = self.baseline_last or shift_month(start, -1)
        self.baseline_first = self.baseline_first or shift_month(
            self.baseline_last, 1 - BASELINE_MONTHS
        )
        self.evaluation_last = self.evaluation_last or self.due_month
        self.evaluation_first = self.evaluation_first or shift_month(
            self.evaluation_last, 1 - EVALUATION_MONTHS
        )

    def clean(self):
        if self.program_id is None:
            return
        self.fill_defaults()
        self._refuse_change_when_locked()

    def _refuse_change_when_locked(self):
        stored = Target.objects.filter(pk=self.pk, locked_at__isnull=False).first()
        if stored is None:
            return
        changed = [name for name in self.CONTRACT if getattr(stored, name) != getattr(self, name)]
        if changed:
            raise ValidationError(
                f"Version {self.version} is locked, so {', '.join(changed)} cannot change. "
                "Add a new version with its reason."
            )
