"""How sign-in differs from the library's defaults."""

from allauth.account.adapter import DefaultAccountAdapter


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """People are added by an admin; nobody signs up alone."""

    def is_open_for_signup(self, request) -> bool:
        return False
