"""Makes ready what the browser looks at: database, files, and somebody of every role signed in.

Works on another database than the tests, and so in a process of its own.
"""

import time

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.browser.many import build_many
from tests.browser.walk import build_walk
from tests.factories import UserFactory
from tests.world import build_world

AN_HOUR = 3600


def prepare() -> dict[str, object]:
    """Return what fills in the addresses of pages, and each person's session."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    today = timezone.localdate()
    facts = build_world(today) | build_many(today) | build_walk(today)
    _add_people()
    sessions = {own.username: _sign_in(own) for own in User.objects.all()}
    return facts | _write_links() | {"sessions": sessions}


def _add_people():
    """A stranger to every program, one with two steps of sign-in, one who forgot a password."""
    UserFactory(username="stranger")
    TOTP.activate(guarded := UserFactory(username="guarded"), "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(guarded)
    forgetful = UserFactory(username="forgetful")
    forgetful.set_unusable_password()
    forgetful.save()
    EmailAddress.objects.create(user=forgetful, email=forgetful.email)


def _write_links():
    """The links that mails hold: to confirm an address, and to choose a new password."""
    address = EmailAddress.objects.get(user__username="forgetful")
    return {
        "key": EmailConfirmationHMAC(address).key,
        "uid": user_pk_to_url_str(address.user),
        "token": default_token_generator.make_token(address.user),
    }


def _sign_in(user):
    """Sign in, and so lately that no page asks again who it is."""
    client = Client()
    client.force_login(user)
    session = client.session
    step = {"method": "password", "at": time.time() + AN_HOUR, "username": user.username}
    session["account_authentication_methods"] = [step]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return session.session_key
