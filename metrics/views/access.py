"""What many pages need: the program or the site somebody asked for, and pictures as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from programs.models import Measure, Membership, Program, Site
from programs.withholding import (
    ANY_WITHHOLDS,
    mark_viewed,
    refuse_withheld,
    refuse_withheld_site,
    split_programs,
)


def get_membership(request, slug) -> Membership:
    """Return one's membership of a program; without one there is no such program. Closed to
    those from whom its small counts are withheld."""
    membership = find_membership(request, slug)
    refuse_withheld(membership)
    return membership


def find_membership(request, slug) -> Membership:
    """The same for the pages that show what is released where counts are withheld, or none."""
    memberships = own_memberships(request.user).select_related("program")
    membership = get_object_or_404(memberships, program__slug=slug)
    membership.program.own_membership = membership
    return membership


def own_memberships(user):
    """One's memberships, each saying whether any program withholds small counts."""
    return Membership.objects.filter(user=user).annotate(any_withholds=ANY_WITHHOLDS)


def list_programs(user) -> tuple[list[Program], list[Program]]:
    """One's programs by name, as databases sort differently: those whose figures one may see as
    they are, and those of which one sees what is released."""
    marked = mark_viewed(Program.objects.visible_to(user), user)
    return split_programs(sorted(marked, key=lambda own: (own.name.casefold(), own.pk)))


def shown_sites(membership: Membership) -> set[int] | None:
    """The sites whose own figures a member may see; None for all."""
    return None if membership.all_sites else set(membership.sites.values_list("pk", flat=True))


def get_site(user, code) -> Site:
    """Return a site that a user may see, with its area and its spells of operation. Closed to
    those from whom its small counts are withheld."""
    sites = Site.objects.visible_to(user).prefetch_related("spells").select_related("area")
    site = get_object_or_404(sites.annotate(any_withholds=ANY_WITHHOLDS), code=code)
    refuse_withheld_site(user, site)
    return site


def asked_measure(request) -> Measure | None:
    """The measure that the address asks for; None where it names none that there is."""
    measure = request.GET.get("measure")
    return Measure(measure) if measure in Measure.values else None


def send_picture(picture: str | None, name: str) -> HttpResponse:
    """Send a picture as a file; one that cannot be drawn yet does not exist."""
    if picture is None:
        raise Http404("There is not enough to draw this picture yet.")
    response = HttpResponse(picture, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
