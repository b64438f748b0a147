"""What stands around a report while it is made: drafts, exceptions to locked months, notices."""

from datetime import date

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models import Program, Site
from programs.periods import format_month


class DraftQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Everybody sees their own drafts, of sites they may still see."""
        return self.filter(user_id=user.pk, site__in=Site.objects.visible_to(user))


class Draft(models.Model):
    """What one person has typed for one site and month and not submitted: text, as it was typed,
    which has passed no gate and counts nowhere. No row: nothing is being typed."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="drafts")
    month = MonthField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    typed = models.JSONField(help_text="Field to text.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["site", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "month", "user"],
                name="one_draft_per_site_month_and_person",
                violation_error_message="This draft exists already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site}, {format_month(self.month)}, by {self.user}"


class LockExceptionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))

    def holding_on(self, day: date):
        return self.filter(expires_on__gte=day)


class LockException(models.Model):
    """Leave to report one locked site-month, up to and including a day."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="lock_exceptions")
    month = MonthField()
    reason = models.TextField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField(help_text="The last day on which the month may be reported.")

    objects = LockExceptionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="lock_exception_has_a_reason",
                violation_error_message="Say why this month may be reported after all.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site}, {format_month(self.month)}, until {self.expires_on}"


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user_id=user.pk)

    def unread(self):
        return self.filter(read_at=None)


class Notice(models.Model):
    """Something one person is told: in the app at once, by e-mail when it was sent."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", "Waits for approval"
        RETURNED = "returned", "Returned"
        REOPENED = "reopened", "Reopened"
        APPROVED = "approved", "Approved"
        REMINDER = "reminder", "Reminder"
        EXCEPTION = "exception", "Locked month opened"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    program = models.ForeignKey(Program, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()
    address = models.CharField(max_length=300, blank=True, help_text="The page it is about.")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user}: {self.text}"
