"""Invitations, as a manager sends them and as somebody opens them."""

import re

from django.core import mail
from django.utils import timezone

from programs.actions import invite_person


def invite(program, by, email="lidia@example.org", *, role="reporter", sites=(), **fields):
    """Invite somebody, at these sites, or at all where none is named."""
    offer = {"role": role, "all_sites": not sites, "sites": sites}
    today = fields.pop("today", timezone.localdate())
    return invite_person(program=program, email=email, by=by, today=today, **offer)


def link_sent(number=-1):
    """The path of the link in a mail."""
    [link] = re.findall(r"http://127\.0\.0\.1:8000(/invitations/\S+)", mail.outbox[number].body)
    return link
