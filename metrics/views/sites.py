"""A site's page, and its picture."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import NARROW, WIDE, Trend, draw_trend
from metrics.summaries import PlaceNotes, SiteSummary, notes_on, summarise_site
from metrics.views.access import asked_measure, get_site, send_picture
from programs.models import Participation, Site
from programs.periods import Period
from programs.permissions import can_enter_counts, can_manage_site

MONTHS_A_PAGE = 50


@require_safe
@login_required
def site(request, code):
    """Show a site's rates over time, its months, and where it belongs."""
    summary = _summarise(request, code)
    context = {
        "site": summary.site,
        "summary": summary,
        "trend": [draw_trend(_trend(summary), shape) for shape in (WIDE, NARROW)],
        "months": Paginator(summary.months, MONTHS_A_PAGE).get_page(request.GET.get("page")),
        "place_notes": _find_notes(request, summary),
        "may_enter": can_enter_counts(request.user, summary.site),
        "may_manage": can_manage_site(request.user, summary.site),
    }
    return render(request, "metrics/site.html", context)


@require_safe
@login_required
def site_chart(request, code):
    """Send the site's trend as a file of its own."""
    summary = _summarise(request, code)
    name = f"{summary.site.code}-trend-{summary.as_of.isoformat()}.svg"
    return send_picture(draw_trend(_trend(summary)), name)


def _summarise(request, code) -> SiteSummary:
    own = get_site(request.user, code)
    participations = list(
        Participation.objects.visible_to(request.user).filter(site=own).select_related("program")
    )
    today, measure = timezone.localdate(), asked_measure(request)
    return summarise_site(own, participations, today=today, measure=measure)


def _find_notes(request, summary: SiteSummary) -> PlaceNotes:
    """What parts the site's own figures; a site that one may not see is not named."""
    if not summary.months:
        return notes_on({summary.site.pk}, (), None)
    span = Period(summary.months[-1].month, summary.months[0].month)
    seen = Site.objects.visible_to(request.user).values_list("pk", flat=True)
    return notes_on({summary.site.pk}, (), span, shown_sites=seen)


def _trend(summary: SiteSummary) -> Trend:
    return Trend(
        series=summary.series,
        subject=summary.site.name,
        interventions=summary.interventions,
    )
