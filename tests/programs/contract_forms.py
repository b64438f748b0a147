"""The contract form, filled in as a manager would."""

from programs.actions import lock_target
from programs.forms import markers
from tests.factories import TargetFactory


def seen(target):
    return markers(target.program)[target.pk]


def send(client, *, target=None, measure="infant", **typed):
    """Send the form as it is shown, with what is typed."""
    address = f"/programs/own/contract/new/?measure={measure}"
    typed = {"seen": seen(target) if target else 0} | typed
    return client.post(address, typed)


def locked(program, by, **fields):
    return lock_target(target=TargetFactory(program=program, **fields), by=by)
