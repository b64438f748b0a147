"""Whether somebody may do something. `check_…` raises with the reason, `can_…` answers.

What somebody may *see* is decided by `visible_to` on each QuerySet, before these are asked.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import User
from programs.models import Membership, Role, Site

MOST_NAMED = 3  # people whom a refusal names, as those to ask


def can_enter_counts(user, site) -> bool:
    return Site.objects.writable_by(user).filter(pk=site.pk).exists()


def check_may_enter_counts(user, site):
    if not can_enter_counts(user, site):
        names = _name_managers_of(site, user) or "the program's manager"
        raise PermissionDenied(
            f"Your role lets you read the reports of {site.name} but not write them. "
            f"Ask {names} to make you a reporter."
        )


def can_manage(user, program) -> bool:
    return Membership.objects.filter(
        user_id=user.pk, program=program, role=Role.MANAGER, all_sites=True
    ).exists()


def check_may_manage(user, program):
    if not can_manage(user, program):
        names = _name(Membership.objects.filter(program=program, all_sites=True), user)
        raise PermissionDenied(
            f"Only a manager of all sites of {program.name} may do this. "
            f"Ask {names or 'one of them'}."
        )


def check_may_review(user, site):
    """A manager of the site may approve, return and reopen its reports."""
    if not _managing(user, site):
        raise PermissionDenied(
            f"Only a manager of {site.name} may approve, return or reopen its reports. "
            f"Ask {_name_managers_of(site, user) or 'one of them'}."
        )


def check_may_approve(user, site, *, entered_by):
    """A manager of the site may, but not what they entered, unless the program allows that."""
    check_may_review(user, site)
    if entered_by == user and not any(
        membership.program.self_approval_allowed for membership in _managing(user, site)
    ):
        names = _name_managers_of(site, user) or "another manager"
        raise PermissionDenied(f"You entered this report yourself. Ask {names} to approve it.")


def _managing(user, site):
    """The memberships that make this user a manager of the site."""
    memberships = Membership.objects.filter(
        user_id=user.pk, role=Role.MANAGER, program__in=site.programs.all()
    ).select_related("program")
    return [m for m in memberships if m.all_sites or m.sites.filter(pk=site.pk).exists()]


def _name_managers_of(site, user) -> str:
    """The other managers of a site, in the programs that this user belongs to."""
    covering = Q(all_sites=True) | Q(sites=site)
    return _name(Membership.objects.filter(covering, program__in=site.programs.all()), user)


def _name(memberships, user) -> str:
    """Some of the managers, to be asked: “Amara Velt or Jonas Okuni”. Nothing where there is
    none, and none of a program to which this user does not belong."""
    managers = (
        User.objects.filter(
            is_active=True,
            memberships__in=memberships.filter(
                role=Role.MANAGER, program__memberships__user=user.pk
            ),
        )
        .exclude(pk=user.pk)
        .distinct()
        .order_by("last_name", "first_name", "username")
    )
    *others, last = [str(own) for own in managers[:MOST_NAMED]] or [""]
    return f"{', '.join(others)} or {last}" if others else last
