"""From whom small counts are withheld: viewers, in all programs that share sites with one that
withholds them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet

from programs.models import Membership, Program, Role, Site
from programs.permissions import name_managers

ANY_WITHHOLDS = Exists(Program.objects.filter(withhold_up_to__isnull=False))


@dataclass(frozen=True)
class Circle:
    """Programs that share sites, one with the next. What one shows could be subtracted from what
    another shows, so all of them withhold as much as the strictest.

    up_to : counts from 1 to this are withheld; None withholds nothing
    """

    programs: frozenset[int]
    sites: frozenset[int]
    up_to: int | None


def find_circles() -> list[Circle]:
    """Every program in the one circle it belongs to, in one query."""
    limits: dict[int, int | None] = {}
    sites_of: dict[int, set[int]] = defaultdict(set)
    programs_of: dict[int, set[int]] = defaultdict(set)
    joined = Program.objects.order_by("pk").values_list("pk", "withhold_up_to", "sites")
    for program, limit, site in joined:
        limits[program] = limit
        if site is not None:
            sites_of[program].add(site)
            programs_of[site].add(program)
    circles, left = [], set(limits)
    while left:
        programs: set[int] = set()
        sites: set[int] = set()
        ahead = [min(left)]
        while ahead:
            program = ahead.pop()
            if program not in programs:
                programs.add(program)
                for site in sites_of[program] - sites:
                    sites.add(site)
                    ahead += programs_of[site]
        left -= programs
        strictest = max((limits[own] or 0 for own in programs), default=0)
        circles.append(Circle(frozenset(programs), frozenset(sites), strictest or None))
    return circles


def circle_of(program: int) -> Circle:
    return next(own for own in find_circles() if program in own.programs)


def withholding_circle(membership: Membership) -> Circle | None:
    """The circle in which counts are withheld from this member; None for whom none are. Without
    a query for those who enter or manage counts, and where `any_withholds` says that none do."""
    if membership.role != Role.VIEWER or not getattr(membership, "any_withholds", True):
        return None
    circle = circle_of(membership.program_id)
    return circle if circle.up_to else None


def refuse_withheld(membership: Membership) -> None:
    """Close a page of a program from which withheld counts could be read or worked out."""
    circle = withholding_circle(membership)
    if circle:
        program, names = membership.program, name_managers(membership.program, membership.user)
        raise PermissionDenied(
            f"Counts of 1 to {circle.up_to} of {program.name} are withheld from viewers, and this "
            "page could give them away. What may be shown is on the page of the program. Ask "
            f"{names or 'its manager'} if you need more."
        )


def refuse_withheld_site(user, site: Site) -> None:
    """Close a page of a site in the same way. Who enters or manages its counts sees them."""
    if not getattr(site, "any_withholds", True):
        return
    circle = next((own for own in find_circles() if site.pk in own.sites and own.up_to), None)
    if circle and not Site.objects.writable_by(user).filter(pk=site.pk).exists():
        raise PermissionDenied(
            f"Counts of 1 to {circle.up_to} of {site.name} are withheld from viewers, and this "
            "page could give them away. What may be shown is on the pages of its programs. Ask "
            "a manager there if you need more."
        )


def mark_viewed(programs: QuerySet[Program], user) -> QuerySet[Program]:
    """Programs that can be split, without a query more."""
    viewing = Membership.objects.filter(program=OuterRef("pk"), user_id=user.pk, role=Role.VIEWER)
    return programs.annotate(any_withholds=ANY_WITHHOLDS, is_viewed=Exists(viewing))


def split_programs(programs: Sequence[Program]) -> tuple[list[Program], list[Program]]:
    """Those whose figures may be shown as they are, and those of which only what is released.

    programs : as marked by `mark_viewed`
    """
    if not any(own.any_withholds and own.is_viewed for own in programs):  # type: ignore[attr-defined]
        return list(programs), []
    closed = {own for circle in find_circles() if circle.up_to for own in circle.programs}
    released = [own for own in programs if own.is_viewed and own.pk in closed]  # type: ignore[attr-defined]
    return [own for own in programs if own not in released], released
