"""What puts a figure into context: benchmarks and indicator cards."""

from django.db import models

from programs.models import Measure


class Benchmark(models.Model):
    """A published rate elsewhere. Context only; no verdict ever rests on it."""

    place = models.CharField(max_length=120)
    measure = models.CharField(max_length=15, choices=Measure, default=Measure.INFANT)
    value = models.DecimalField(max_digits=8, decimal_places=2, help_text="Per the births below.")
    per = models.PositiveIntegerField(default=1000)
    source = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: the source does not state a year."
    )
    retrieved_on = models.DateField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="supersedes"
    )

    class Meta:
        ordering = ["measure", "place", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "measure", "source", "year"],
                name="one_benchmark_per_place_measure_source_and_year",
                violation_error_message="This benchmark is recorded already. Change that row.",
            ),
            models.UniqueConstraint(
                fields=["place", "measure", "source"],
                condition=models.Q(year=None),
                name="one_benchmark_without_year_per_place_measure_and_source",
                violation_error_message="This benchmark is recorded already. Change that row.",
            ),
        ]

    def __str__(self) -> str:
        year = self.year or "year not stated"
        return f"{self.place}: {self.value.normalize():f} ({self.source}, {year})"


class IndicatorCard(models.Model):
    """What one indicator is and how to use it, told in twelve attributes."""

    measure = models.CharField(
        max_length=15,
        choices=Measure,
        unique=True,
        error_messages={"unique": "This measure has its card already. Change that one."},
    )
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class IndicatorAttribute(models.Model):
    """One of a card's twelve texts, and whose it is. No row: nobody has written it yet."""

    class Attribute(models.TextChoices):
        DEFINITION = "definition", "Definition"
        INSIGHTS = "insights", "Business insights"
        MEASUREMENT = "measurement", "Measurement approach"
        FORMULA = "formula", "Formula"
        TREND = "trend", "Trend analysis"
        QUESTIONS = "questions", "Diagnostic questions"
        TIPS = "tips", "Actionable tips"
        VISUALISATION = "visualisation", "Visualisation suggestions"
        RISKS = "risks", "Risk warnings"
        TOOLS = "tools", "Tools and technologies"
        INTEGRATION = "integration", "Integration points"
        IMPACT = "impact", "Change impact"

    class Origin(models.TextChoices):
        GIVEN = "given", "Given to us"
        OURS = "ours", "Ours"
        SOURCE = "source", "From a source"

    card = models.ForeignKey(IndicatorCard, models.CASCADE, related_name="attributes")
    attribute = models.CharField(max_length=15, choices=Attribute)
    text = models.TextField()
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.OURS)
    source = models.CharField(max_length=200, blank=True)
    source_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["card", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "attribute"],
                name="one_text_per_card_and_attribute",
                violation_error_message="This card has a text for this attribute already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(origin="source", source=""),
                name="text_from_a_source_names_it",
                violation_error_message="Name the source this text is from.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.get_attribute_display()}"
