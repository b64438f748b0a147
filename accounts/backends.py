"""Who is signed in, fetched with what every page says of them."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, Q

from accounts.models import User


class WithUnreadNotices(AuthenticationBackend):
    """Fetches the signed-in person together with how many notices they have not read: every page
    shows it, so it costs no query of its own. The notices are declared in `metrics`."""

    def get_user(self, user_id) -> User | None:
        unread = Count("notices", filter=Q(notices__read_at=None))
        user = User.objects.annotate(unread_notices=unread).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
