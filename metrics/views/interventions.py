"""The page of one intervention, and its picture."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import NARROW, WIDE, Outputs, Trend, draw_outputs
from metrics.exports import file_name
from metrics.summaries import (
    NO_NOTES,
    InterventionSummary,
    PlaceNotes,
    gather_program,
    notes_on,
    summarise_intervention,
)
from metrics.views.access import asked_measure, get_membership, send_picture, shown_sites
from programs.models import Intervention, Measure, Participation, Site
from programs.periods import Period

MONTHS_A_PAGE = 50


@require_safe
@login_required
def intervention(request, slug, pk):
    """Show what was done and put out, and the rates of the sites where it acts. A member limited
    to some sites sees the names and the rates of theirs, and reads that they are."""
    summary = _summarise(request, slug, pk)
    context = {
        "program": summary.program,
        "summary": summary,
        "measures": Measure,
        "pictures": [draw_outputs(_outputs(summary), shape) for shape in (WIDE, NARROW)],
        "place_notes": _find_notes(request, summary),
        "rows": Paginator(summary.rows, MONTHS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "metrics/intervention.html", context)


@require_safe
@login_required
def intervention_chart(request, slug, pk):
    """Send the picture of outputs and rates as a file of its own."""
    summary = _summarise(request, slug, pk)
    name = file_name(summary.program, f"intervention-{pk}", summary.as_of, "svg")
    return send_picture(draw_outputs(_outputs(summary)), name)


def _summarise(request, slug, pk) -> InterventionSummary:
    membership, today = get_membership(request, slug), timezone.localdate()
    seen = Intervention.objects.visible_to(request.user).filter(program=membership.program)
    own, measure = get_object_or_404(seen, pk=pk), asked_measure(request)
    return summarise_intervention(
        gather_program(membership.program, today=today, measure=measure),
        own,
        today=today,
        measure=measure,
        shown_sites=shown_sites(membership),
    )


def _find_notes(request, summary: InterventionSummary) -> PlaceNotes:
    """What parts the months before it began from those since."""
    if summary.change is None or summary.shown is None:
        return NO_NOTES
    own = Participation.objects.filter(program=summary.program, role=Participation.Role.PROGRAM)
    sites = summary.shown.scope.sites
    span = Period(summary.change.before.period.first, summary.change.since.period.last)
    return notes_on(
        own.values_list("site", flat=True) if sites is None else sites,
        None,
        span,
        shown_sites=Site.objects.visible_to(request.user).values_list("pk", flat=True),
    )


def _outputs(summary: InterventionSummary) -> Outputs:
    own, trend = summary.intervention, None
    if summary.series:
        trend = Trend(
            series=summary.series,
            subject=own.name,
            interventions=[own],
            least_percent=summary.least_percent,
        )
    return Outputs(own, trend, summary.kinds, summary.months)
