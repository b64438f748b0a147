"""A promise is locked, and changed only by a new version."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from programs.models import Target


@transaction.atomic
def lock_target(*, target, by):
    """Fix a promise as it stands, and return it. Locked, it changes only by a new version."""
    stored = _hold(target)
    if stored.is_locked:
        day = timezone.localtime(stored.locked_at).date()
        raise ValidationError(f"{stored}, was locked on {day} by {stored.locked_by} already.")
    stored.locked_at, stored.locked_by = timezone.now(), by
    return _save(stored, by=by, why="lock")


@transaction.atomic
def revise_target(*, target, reason, by):
    """Return a new version of a locked promise, open to change until it is locked in turn."""
    stored = _hold(target)
    _check_may_be_revised(stored)
    if not reason.strip():
        raise ValidationError("Say why this version replaces the one before.")
    contract = {name: getattr(stored, name) for name in Target.CONTRACT}
    revised = Target(**contract, version=stored.version + 1, reason=reason.strip())
    return _save(revised, by=by, why=f"replaces version {stored.version}")


def _hold(target):
    """Return the target as it is stored now, and let nobody else change it meanwhile."""
    held = Target.objects.select_for_update(of=("self",)).select_related("program")
    return held.get(pk=target.pk)


def _check_may_be_revised(target):
    if not target.is_locked:
        raise ValidationError(
            f"{target}, is not locked. Change it as it is, or lock it before you replace it."
        )
    newer = Target.objects.filter(
        program=target.program, measure=target.measure, version__gt=target.version
    ).first()
    if newer:
        raise ValidationError(f"{target}, has been replaced by version {newer.version}.")


def _save(target, *, by, why):
    target._history_user = by
    target._change_reason = why
    target.save()
    return target
