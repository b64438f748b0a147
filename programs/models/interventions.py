"""What was done, where, from when, under which lever, and how much of it each month."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models.places import Site
from programs.models.programs import Program
from programs.periods import format_month


class Lever(models.TextChoices):
    CARE = "care", "Prenatal and postnatal care"
    EDUCATION = "education", "Community education"
    DATA = "data", "Data collection and analysis"
    PARTNERSHIPS = "partnerships", "Partnerships"


class InterventionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(program__in=Program.objects.visible_to(user))

    def of_programs(self, programs):
        return self.filter(program__in=programs)

    def at_site(self, site):
        """Those that name this site, or name none and so mean all sites of the program."""
        return self.filter(Q(sites=site) | Q(sites=None))

    def at_sites(self, sites):
        """Those that name one of these sites, each once, or that mean all of the program."""
        return self.filter(Q(sites__in=sites) | Q(sites=None)).distinct()


class Intervention(models.Model):
    """Something started at some sites in some month. No sites: all sites of the program."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="interventions")
    name = models.CharField(max_length=120)
    lever = models.CharField(max_length=20, choices=Lever)
    sites = models.ManyToManyField(
        Site, blank=True, related_name="interventions", help_text="None chosen: all sites."
    )
    first_month = MonthField()
    last_month = MonthField(null=True, blank=True, help_text="Empty while it goes on.")
    what_was_done = models.TextField(blank=True)
    done_by = models.CharField(max_length=200, blank=True)

    objects = InterventionQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[sites])

    class Meta:
        ordering = ["first_month", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_month=None) | Q(last_month__gte=F("first_month")),
                name="intervention_ends_after_it_begins",
                violation_error_message="An intervention cannot end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (from {format_month(self.first_month)})"


class InterventionOutputQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(intervention__in=Intervention.objects.visible_to(user))


class InterventionOutput(models.Model):
    """What one intervention put out in one month. Empty: not recorded; 0: none."""

    intervention = models.ForeignKey(Intervention, models.CASCADE, related_name="outputs")
    month = MonthField()
    sessions_held = models.PositiveIntegerField(null=True, blank=True)
    people_reached = models.PositiveIntegerField(null=True, blank=True)
    workers_trained = models.PositiveIntegerField(null=True, blank=True)
    visits_made = models.PositiveIntegerField(null=True, blank=True)

    objects = InterventionOutputQuerySet.as_manager()

    class Meta:
        ordering = ["intervention", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "month"],
                name="one_output_per_intervention_and_month",
                violation_error_message="This month's output is recorded already. Change that row.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention}: {format_month(self.month)}"

    def clean(self):
        if self.month and self.intervention_id and self.month < self.intervention.first_month:
            raise ValidationError(
                {
                    "month": f"{format_month(self.month)} lies before the intervention began "
                    f"({format_month(self.intervention.first_month)}). Change one of the two."
                }
            )
