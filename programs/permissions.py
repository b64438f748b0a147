"""Whether somebody may do something. `check_…` raises with the reason, `can_…` answers.

What somebody may *see* is decided by `visible_to` on each QuerySet, before these are asked.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from accounts.models import User
from programs.models import Membership, Participation, Role, Site
from programs.terms import allows_own, parts_deciding

MOST_NAMED = 3  # people whom a refusal names, as those to ask


def can_enter_counts(user, site) -> bool:
    return Site.objects.writable_by(user).filter(pk=site.pk).exists()


def check_may_enter_counts(user, site):
    if not can_enter_counts(user, site):
        parts = Participation.objects.filter(site=site)
        names = _name_managers(site, parts, user) or "the program's manager"
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


def can_review(user, site, month) -> bool:
    """Whether somebody manages the site in a program that decides about this month."""
    return _managing(site, parts_deciding(site, month)).filter(user_id=user.pk).exists()


def check_reviews(membership):
    """A manager may approve, return and reopen the reports that the membership covers."""
    if membership.role != Role.MANAGER:
        program = membership.program
        names = _name(Membership.objects.filter(program=program), membership.user)
        raise PermissionDenied(
            f"Only a manager of {program.name} may approve, return or reopen its reports. "
            f"Ask {names or 'one of them'}."
        )


def check_covers(membership, sites):
    """A manager of some sites acts on those alone."""
    covered = set(Site.objects.covered_by(membership).values_list("pk", flat=True))
    for site in sites:
        if site.pk not in covered:
            raise PermissionDenied(f"Your part in {membership.program.name} has no {site.name}.")


def check_may_review(user, site, month):
    """A manager of the site in that month may approve, return and reopen its report."""
    if not can_review(user, site, month):
        names = _name_managers(site, parts_deciding(site, month), user)
        raise PermissionDenied(
            f"Only a manager of {site.name} may approve, return or reopen its reports. "
            f"Ask {names or 'one of them'}."
        )


def can_approve(user, site, month, *, entered_by) -> bool:
    """Who may review may, but not what they entered, unless the programs of that month allow
    it."""
    is_other = entered_by != user
    return can_review(user, site, month) and (is_other or allows_own(site, month))


def check_may_approve(user, site, month, *, entered_by):
    check_may_review(user, site, month)
    if entered_by == user and not allows_own(site, month):
        names = _name_managers(site, parts_deciding(site, month), user) or "another manager"
        raise PermissionDenied(f"You entered this report yourself. Ask {names} to approve it.")


def can_manage_site(user, site) -> bool:
    return Site.objects.managed_by(user).filter(pk=site.pk).exists()


def check_may_manage_site(user, site):
    """What becomes of a site touches every program in which it takes part, so only who manages
    all sites of each of them may say it."""
    if not can_manage_site(user, site):
        known = Membership.objects.filter(
            program__in=site.programs.all(), role=Role.MANAGER, all_sites=True
        ).select_related("user")
        able = [own.pk for own in known if can_manage_site(own.user, site)]
        names = _name(Membership.objects.filter(pk__in=able), user)
        raise PermissionDenied(
            f"Only who manages all sites of every program of {site.name} may do this. "
            f"Ask {names or 'an admin'}."
        )


def name_managers(program, user) -> str:
    """Whom this member may ask: the managers of all its sites, or of some where there is none."""
    own = Membership.objects.filter(program=program)
    return _name(own.filter(all_sites=True), user) or _name(own, user)


def _managing(site, parts):
    """The memberships that make somebody a manager of a site, in the programs of these parts."""
    covering = Q(all_sites=True) | Q(sites=site)
    own = Membership.objects.filter(covering, program__in=parts.values("program"))
    return own.filter(role=Role.MANAGER)


def _name_managers(site, parts, user) -> str:
    """Its other managers in these programs, of those that this user belongs to."""
    return _name(_managing(site, parts), user)


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
