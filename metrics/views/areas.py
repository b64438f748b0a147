"""The page of one area of a program, and its picture."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import NARROW, WIDE, Trend, draw_trend
from metrics.exports import file_name
from metrics.summaries import (
    AreaSummary,
    Gathered,
    gather_program,
    notes_on_area,
    summarise_area,
)
from metrics.views.access import asked_measure, get_membership, send_picture, shown_sites
from metrics.views.sparks import spark_page
from programs.models import Measure, Site

AREAS_A_PAGE = 50


@require_safe
@login_required
def area(request, slug, code):
    """Show an area's figures, what the contract would say of it, and the places within it. A
    member limited to some sites sees the sums of theirs, and reads that they are."""
    gathered, summary = _summarise(request, slug, code)
    context = {
        "program": summary.program,
        "summary": summary,
        "place_notes": notes_on_area(gathered, summary.own, shown_sites=_seen(request)),
        "measures": Measure,
        "trend": [draw_trend(_trend(summary), shape) for shape in (WIDE, NARROW)],
        "inside": Paginator(summary.inside, AREAS_A_PAGE).get_page(request.GET.get("areas")),
        "sites": spark_page(gathered, summary.shown, summary.sites, request.GET.get("page")),
    }
    return render(request, "metrics/area.html", context)


@require_safe
@login_required
def area_chart(request, slug, code):
    """Send the area's trend as a file of its own."""
    _, summary = _summarise(request, slug, code)
    name = file_name(summary.program, f"{summary.area.code}-trend", summary.as_of, "svg")
    return send_picture(draw_trend(_trend(summary)), name)


def _summarise(request, slug, code) -> tuple[Gathered, AreaSummary]:
    membership, today = get_membership(request, slug), timezone.localdate()
    measure = asked_measure(request)
    gathered = gather_program(membership.program, today=today, measure=measure)
    summary = summarise_area(
        gathered, code, today=today, measure=measure, shown_sites=shown_sites(membership)
    )
    if summary is None:
        raise Http404("None of the program's sites that you may see lies in this area.")
    return gathered, summary


def _seen(request):
    """The sites that may be named; asked for where something changed."""
    return Site.objects.visible_to(request.user).values_list("pk", flat=True)


def _trend(summary: AreaSummary) -> Trend:
    shown = summary.shown
    baseline = shown.baseline.rate if shown.baseline else None
    return Trend(
        series=shown.series,
        subject=f"{summary.area.name}, {summary.program}",
        baseline=baseline.value if baseline else None,
        promised=shown.promised_rate,
        interventions=summary.interventions,
        least_percent=summary.least_percent,
    )
