"""Whether somebody may do something. `check_…` raises with the reason, `can_…` answers.

What somebody may *see* is decided by `visible_to` on each QuerySet, before these are asked.
"""

from django.core.exceptions import PermissionDenied

from programs.models import Membership, Role, Site


def can_enter_counts(user, site) -> bool:
    return Site.objects.writable_by(user).filter(pk=site.pk).exists()


def check_may_enter_counts(user, site):
    if not can_enter_counts(user, site):
        raise PermissionDenied(
            f"Your role lets you read the reports of {site.name} but not write them. "
            "Ask the program's manager to make you a reporter."
        )


def can_manage(user, program) -> bool:
    return Membership.objects.filter(
        user_id=user.pk, program=program, role=Role.MANAGER, all_sites=True
    ).exists()


def check_may_manage(user, program):
    if not can_manage(user, program):
        raise PermissionDenied(
            f"Only a manager of all sites of {program.name} may do this. Ask one of them."
        )


def check_may_review(user, site):
    """A manager of the site may approve, return and reopen its reports."""
    if not _managing(user, site):
        raise PermissionDenied(
            f"Only a manager of {site.name} may approve, return or reopen its reports. "
            "Ask one of them."
        )


def check_may_approve(user, site, *, entered_by):
    """A manager of the site may, but not what they entered, unless the program allows that."""
    check_may_review(user, site)
    if entered_by == user and not any(
        membership.program.self_approval_allowed for membership in _managing(user, site)
    ):
        raise PermissionDenied(
            "You entered this report yourself. Ask another manager to approve it."
        )


def _managing(user, site):
    """The memberships that make this user a manager of the site."""
    memberships = Membership.objects.filter(
        user_id=user.pk, role=Role.MANAGER, program__in=site.programs.all()
    ).select_related("program")
    return [m for m in memberships if m.all_sites or m.sites.filter(pk=site.pk).exists()]
