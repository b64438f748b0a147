"""What people said of findings about the quality of counts."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models import Program, Site


class FindingReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of one's programs, about sites that one may see."""
        programs = Program.objects.visible_to(user)
        return self.filter(program__in=programs, site__in=Site.objects.visible_to(user))


class FindingReview(models.Model):
    """What was said of one finding about a site's counts: explained, or dismissed, and why.

    It holds for the counts that it was said of: when they change, the finding stands anew. No
    row: nobody has said anything yet.
    """

    class Decision(models.TextChoices):
        EXPLAINED = "explained", "Explained"
        DISMISSED = "dismissed", "Dismissed"

    program = models.ForeignKey(Program, models.CASCADE, related_name="finding_reviews")
    site = models.ForeignKey(Site, models.CASCADE, related_name="finding_reviews")
    month = MonthField(
        null=True, blank=True, help_text="Empty where the finding is about many months."
    )
    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the counts it is about.")
    decision = models.CharField(max_length=10, choices=Decision)
    reason = models.TextField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(auto_now=True)

    objects = FindingReviewQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-reviewed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "site", "kind", "fingerprint"],
                name="one_review_per_finding",
                violation_error_message="Somebody has reviewed this finding just now.",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="finding_review_has_a_reason",
                violation_error_message="Say why.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.site}: {self.decision}"
