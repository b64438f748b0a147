"""How many notices somebody has not read yet: for the menu, on every page."""

from django.template import Library

from metrics.models import Notice

register = Library()


@register.simple_tag
def unread_notices(user) -> int:
    """Whoever came in through accounts.backends brings the number along; who signed in just now
    does not."""
    if hasattr(user, "unread_notices"):
        return user.unread_notices
    return Notice.objects.visible_to(user).unread().count()
