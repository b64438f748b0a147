"""Whose an e-mail address is, and that somebody has shown it to be theirs."""

from allauth.account.models import EmailAddress
from django.db.models import Q

from accounts.models import User


def find_person(email: str) -> User | None:
    """Whoever signs in with this address; one who was switched off only when nobody else does."""
    verified = Q(emailaddress__email__iexact=email, emailaddress__verified=True)
    people = User.objects.filter(Q(email__iexact=email) | verified)
    return people.distinct().order_by("-is_active", "pk").first()


def record_address(person: User, email: str) -> None:
    """Record that this address is the person's own: they opened a link that was sent to it."""
    address, _ = EmailAddress.objects.get_or_create(user=person, email=email.lower())
    if address.can_set_verified():
        address.verified = True
    others = EmailAddress.objects.filter(user=person, primary=True).exclude(pk=address.pk)
    address.primary = not others.exists()
    address.save()
