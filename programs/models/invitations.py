"""Who has been asked to join a program, and has not come yet."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from simple_history.models import HistoricalRecords

from programs.models.memberships import Membership, Role
from programs.models.places import Site
from programs.models.programs import Program


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A manager of all sites sees who has been invited to the program."""
        managed = Membership.objects.filter(
            program=OuterRef("program"), user_id=user.pk, role=Role.MANAGER, all_sites=True
        )
        return self.filter(Exists(managed))

    def pending(self):
        """Those that nobody accepted or withdrew, expired ones included."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open_on(self, day: date):
        """Those that may still be accepted."""
        return self.pending().filter(expires_on__gte=day)


class Invitation(models.Model):
    """What somebody is offered by e-mail: a role in one program. The link's secret is kept only
    as its SHA-256, so that whoever reads the table cannot use it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    program = models.ForeignKey(Program, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role, default=Role.REPORTER)
    all_sites = models.BooleanField(default=False)
    sites = models.ManyToManyField(Site, blank=True, related_name="+")
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[sites], excluded_fields=["secret_sha256"])

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_program_and_address",
                violation_error_message="This address has been invited already. Withdraw that "
                "invitation, or send it again.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display().lower()} of {self.program}"

    def state_on(self, day: date) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.EXPIRED if self.expires_on < day else self.State.OPEN
