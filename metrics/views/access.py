"""What many pages need: the program or the site somebody asked for, and pictures as files."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from programs.models import Measure, Membership, Site


def get_membership(request, slug) -> Membership:
    """Return one's membership of a program; without one there is no such program."""
    memberships = Membership.objects.filter(user=request.user).select_related("program")
    return get_object_or_404(memberships, program__slug=slug)


def shown_sites(membership: Membership) -> set[int] | None:
    """The sites whose own figures a member may see; None for all."""
    return None if membership.all_sites else set(membership.sites.values_list("pk", flat=True))


def get_site(user, code) -> Site:
    """Return a site that a user may see, with its area and its spells of operation."""
    sites = Site.objects.visible_to(user).prefetch_related("spells").select_related("area")
    return get_object_or_404(sites, code=code)


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
