"""Mails, as plain text."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from programs.models import Invitation
from programs.roles import Part


def send_invitation(invitation: Invitation, secret: str) -> None:
    """Send the link with which an invitation is accepted."""
    subject = f"{invitation.invited_by} invites you to {invitation.program}"
    context = {
        "invitation": invitation,
        "part": Part.of(invitation),
        "link": f"{settings.PUBLIC_ADDRESS}{reverse('invitation', args=[secret])}",
        "current_site": {"domain": settings.PUBLIC_ADDRESS},
    }
    send_mail(
        subject=settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + " ".join(subject.split()),
        message=render_to_string("programs/email/invitation.txt", context),
        from_email=None,
        recipient_list=[invitation.email],
    )
