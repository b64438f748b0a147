"""Files that were brought in."""

from django.conf import settings
from django.db import models

from programs.models import Membership, Program, Role


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        managed = Membership.objects.filter(user_id=user.pk, role=Role.MANAGER)
        return self.filter(program__memberships__in=managed)


class ImportBatch(models.Model):
    """One file of monthly reports: kept as it came, checked, and then applied as a whole or
    not at all. Not applied: none of its rows count."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="import_batches")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField()
    mapping = models.JSONField(default=dict, help_text="Our column: the file's column.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    rows_created = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.file_name}, {self.uploaded_at:%Y-%m-%d %H:%M}"
