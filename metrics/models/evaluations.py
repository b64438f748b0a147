"""A verdict, frozen with what it came from."""

from django.conf import settings
from django.db import models

from programs.models import Program, Target


class KeptAsItWasError(TypeError):
    """An evaluation is neither edited nor deleted."""

    def __init__(self):
        super().__init__(
            "An evaluation is kept as it was: it is never edited and never deleted. "
            "Freeze the verdict once more; both stay."
        )


class EvaluationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(target__program__in=Program.objects.visible_to(user))

    def update(self, **fields):
        raise KeptAsItWasError

    def delete(self):
        raise KeptAsItWasError

    update.alters_data = delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class Evaluation(models.Model):
    """A target's verdict at one moment, with its inputs, its rows and their checksum.

    Never edited and never deleted: it is what was known and said on that day.
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="evaluations")
    frozen_at = models.DateTimeField(auto_now_add=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    inputs = models.JSONField(help_text="The contract and the summed counts.")
    verdict = models.JSONField(help_text="State, finding, rates, ratio and flags.")
    rows = models.JSONField(help_text="Report, version, month and counts of every row used.")
    exclusions = models.JSONField(default=list, help_text="Rows left out, each with its reason.")
    checksum = models.CharField(max_length=64, help_text="SHA-256 of all of the above.")

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_at"]

    def __str__(self) -> str:
        return f"{self.target}, frozen {self.frozen_at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs):
        """Store a new evaluation; one that is stored is refused, also under a number it took."""
        if not self._state.adding:
            raise KeptAsItWasError
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args, **kwargs):
        raise KeptAsItWasError
