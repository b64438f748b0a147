"""From a figure to its reports, its formula, its method and its source."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.summaries import explain_figure, gather_program, list_areas, notes_on
from metrics.views.access import get_membership, shown_sites
from programs.models import Measure, Site

REPORTS_A_PAGE = 100


@require_safe
@login_required
def explanation(request, slug, measure, period):
    """Show the reports that make a figure. A member limited to some sites sees those of theirs."""
    membership = get_membership(request, slug)
    covered = Site.objects.covered_by(membership)
    gathered = gather_program(
        membership.program, today=timezone.localdate(), measure=Measure(measure)
    )
    asked = request.GET.getlist("site")
    site = _find_site(covered, asked[0]) if len(asked) == 1 else None
    sites = _find_sites(request, membership, gathered)
    explained = explain_figure(
        gathered,
        Measure(measure),
        period,
        site=site,
        sites=sites,
        by_contract=request.GET.get("of") == "contract",
    )
    seen = explained.reports.filter(site__in=covered)
    context = {
        "explained": explained,
        "place_notes": notes_on(
            {site.pk} if site else set(gathered.own.by_site if sites is None else sites),
            () if site else None,
            period,
            shown_sites=shown_sites(membership),
        ),
        "reports": Paginator(seen, REPORTS_A_PAGE).get_page(request.GET.get("page")),
        "places": request.GET.getlist("area") + asked,
        "is_limited": not (membership.all_sites or asked or "area" in request.GET),
    }
    return render(request, "metrics/explanation.html", context)


def _find_sites(request, membership, gathered):
    """The sites of the area asked for, or those asked for by name; None for all."""
    codes, area = set(request.GET.getlist("site")), request.GET.get("area")
    if area is None and len(codes) < 2:
        return None
    seen = shown_sites(membership)
    areas = list_areas(gathered.participations, seen)
    inside = {own.area.code: own.sites for own in areas}
    if area is not None and area not in inside:
        raise Http404(f"No area {area} of this program holds a site that you may see.")
    named = {
        own.site_id: own.site.code
        for own in gathered.participations
        if (seen is None or own.site_id in seen) and (area is None or own.site_id in inside[area])
    }
    return {site for site, code in named.items() if not codes or code in codes}


def _find_site(sites, code):
    """Return the site with this code; PostgreSQL would stumble over a NUL in one."""
    return get_object_or_404(sites, code=code.replace("\0", "/"))  # no code holds a slash
