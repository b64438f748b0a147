"""Who may do what in a program."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from simple_history.models import HistoricalRecords


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    REPORTER = "reporter", "Reporter"
    MANAGER = "manager", "Manager"


class MembershipQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A manager sees who belongs to the program; everybody sees their own."""
        managed = Membership.objects.filter(
            program=OuterRef("program"), user_id=user.pk, role=Role.MANAGER
        )
        return self.filter(Q(user_id=user.pk) | Exists(managed))

    def managing_all_sites(self):
        """Those who decide who may do what: managers of all sites who can still sign in."""
        return self.filter(role=Role.MANAGER, all_sites=True, user__is_active=True)


class Membership(models.Model):
    """What one user may do in one program. No row: the program does not exist for them."""

    program = models.ForeignKey("programs.Program", models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    all_sites = models.BooleanField(
        default=True, help_text="Covers every site of the program, also those that join later."
    )
    sites = models.ManyToManyField(
        "programs.Site",
        blank=True,
        related_name="memberships",
        help_text="The sites covered when “all sites” is off.",
    )

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[sites])

    class Meta:
        ordering = ["program", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "user"],
                name="one_membership_per_program_and_user",
                violation_error_message="This user is a member of this program already. "
                "Change that membership.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display().lower()} of {self.program}"

    @property
    def manages_all(self) -> bool:
        """Whether they manage every site of the program, and so the program itself."""
        return self.role == Role.MANAGER and self.all_sites
