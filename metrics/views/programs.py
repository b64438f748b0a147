"""The program page, its pictures, and how it is known."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from metrics.charts import (
    NARROW,
    WIDE,
    Trend,
    draw_map,
    draw_progress,
    draw_trend,
)
from metrics.exports import file_name
from metrics.forms import ScopeForm
from metrics.summaries import (
    Gathered,
    PlaceNotes,
    ProgramSummary,
    gather_program,
    list_areas,
    notes_on_contract,
    summarise_gathered,
    summarise_how_we_know,
)
from metrics.summaries.release import release_for
from metrics.views.access import find_membership, get_membership, send_picture, shown_sites
from metrics.views.released import show_released
from metrics.views.sparks import spark_page
from programs.models import Measure, Membership, Participation

SITES_A_PAGE = 50
USUAL_LEAST = 80  # percent of reports, where no contract says what is needed


@dataclass(frozen=True)
class _Asked:
    """What somebody asked of a program, and the figures that answer it.

    seen : the sites whose own figures they may see; None for all
    """

    membership: Membership
    seen: set[int] | None
    form: ScopeForm
    gathered: Gathered
    summary: ProgramSummary


@require_safe
@login_required
@vary_on_headers("HX-Request")
def program(request, slug):
    """Show a program's verdict and figures, or what is released of them. An unusable question
    shows its error, and the figures that answer none. To htmx, only what the question changes."""
    membership = find_membership(request, slug)
    release = release_for(membership, timezone.localdate())
    if release:
        return show_released(request, release)
    asked = _ask(request, membership)
    summary = asked.summary
    context = {
        "program": summary.program,
        "summary": summary,
        "form": asked.form,
        "trend": [draw_trend(_trend(asked), shape) for shape in (WIDE, NARROW)],
        "map": draw_map(summary.sites, str(summary.program)),
        "sites": spark_page(asked.gathered, summary.shown, summary.sites, request.GET.get("page")),
        "membership": membership,
        "place_notes": _find_notes(asked),
        "may_import": membership.manages_all,
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "metrics/_program_figures.html", context)
    if summary.target:
        context["progress"] = [draw_progress(summary.target, shape) for shape in (WIDE, NARROW)]
    return render(request, "metrics/program.html", context)


@require_safe
@login_required
def program_chart(request, slug, chart):
    """Send one of the page's pictures as a file of its own."""
    asked = _ask(request, get_membership(request, slug))
    summary = asked.summary
    if chart == "trend":
        picture = draw_trend(_trend(asked))
    elif chart == "map":
        picture = draw_map(summary.sites, str(summary.program))
    else:
        picture = draw_progress(summary.target) if summary.target else None
    return send_picture(picture, file_name(summary.program, chart, summary.as_of, "svg"))


@require_safe
@login_required
def how_we_know(request, slug):
    """Show what a verdict rests on, what would tip it, and each place's own."""
    membership = get_membership(request, slug)
    summary = summarise_how_we_know(
        membership.program, today=timezone.localdate(), shown_sites=shown_sites(membership)
    )
    lines = Paginator(summary.sites if summary else [], SITES_A_PAGE)
    context = {
        "program": membership.program,
        "summary": summary,
        "sites": lines.get_page(request.GET.get("page")),
    }
    return render(request, "metrics/how_we_know.html", context)


def _find_notes(asked: _Asked) -> PlaceNotes:
    return notes_on_contract(asked.gathered, asked.summary.target, shown_sites=asked.seen)


def _ask(request, membership) -> _Asked:
    today = timezone.localdate()
    seen, measure = shown_sites(membership), request.GET.get("measure")
    gathered = gather_program(
        membership.program,
        today=today,
        measure=Measure(measure) if measure in Measure.values else None,
    )
    form = ScopeForm(
        request.GET if ScopeForm.base_fields.keys() & request.GET.keys() else None,
        gathered=gathered,
        areas=list_areas(gathered.participations, seen),
        sites=[
            own.site
            for own in gathered.participations
            if own.role == Participation.Role.PROGRAM and (seen is None or own.site_id in seen)
        ],
    )
    summary = summarise_gathered(gathered, today=today, scope=form.scope, shown_sites=seen)
    return _Asked(membership, seen, form, gathered, summary)


def _trend(asked: _Asked) -> Trend:
    summary, shown = asked.summary, asked.summary.shown
    baseline = shown.baseline.rate if shown.baseline else None
    return Trend(
        series=shown.series,
        subject=", ".join(filter(None, [summary.program.name, asked.form.places])),
        baseline=baseline.value if baseline else None,
        promised=shown.promised_rate,
        interventions=summary.interventions,
        marked=shown.period.period if shown.period else None,
        least_percent=summary.target.target.min_completeness if summary.target else USUAL_LEAST,
    )
