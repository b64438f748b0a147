"""From a figure to its reports, its formula, its method and its source."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.summaries import explain_figure, gather_program
from programs.models import Measure, Membership, Site

REPORTS_A_PAGE = 100


@require_safe
@login_required
def explanation(request, slug, measure, period):
    """Show the reports that make a figure. A member limited to some sites sees those of theirs."""
    memberships = Membership.objects.filter(user=request.user).select_related("program")
    membership = get_object_or_404(memberships, program__slug=slug)
    covered = Site.objects.covered_by(membership)
    site = _find_site(covered, request.GET["site"]) if "site" in request.GET else None
    explained = explain_figure(
        gather_program(membership.program, today=timezone.localdate()),
        Measure(measure),
        period,
        site=site,
        by_contract=request.GET.get("of") == "contract",
    )
    seen = explained.reports.filter(site__in=covered)
    context = {
        "explained": explained,
        "reports": Paginator(seen, REPORTS_A_PAGE).get_page(request.GET.get("page")),
        "is_limited": not membership.all_sites and site is None,
    }
    return render(request, "metrics/explanation.html", context)


def _find_site(sites, code):
    """Return the site with this code; PostgreSQL would stumble over a NUL in one."""
    return get_object_or_404(sites, code=code.replace("\0", "/"))  # no code holds a slash
