"""The people who sign in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody who may sign in. What they see in a program is decided by their memberships;
    the staff flag and superuser status open the Django admin and nothing else."""

    def __str__(self) -> str:
        return self.get_full_name() or self.username
