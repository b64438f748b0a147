"""A program on two pages of paper."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import NARROW, WIDE, Shape, Trend, draw_progress, draw_trend
from metrics.summaries import PrintedProgram, summarise_for_paper
from metrics.views.access import get_membership, shown_sites

PAPER = Shape("wide", 560, WIDE.left, 104, 5, lower=164)  # beside the contract
USUAL_LEAST = 80  # percent of reports, where no contract says what is needed


@require_safe
@login_required
def printed_program(request, slug):
    """Show what a funder gets: two pages, whose figures are those of the program page."""
    membership, now = get_membership(request, slug), timezone.localtime()
    printed = summarise_for_paper(
        membership.program, today=now.date(), shown_sites=shown_sites(membership)
    )
    context = {
        "program": membership.program,
        "printed": printed,
        "summary": printed.summary,
        "as_of": now,
        "address": request.build_absolute_uri(reverse("program", args=[slug])),
        "trend": [draw_trend(_trend(printed), shape) for shape in (PAPER, NARROW)],
        "progress": _draw_progress(printed.summary.target),
    }
    return render(request, "metrics/printed.html", context)


def _draw_progress(target):
    return [draw_progress(target, shape) for shape in (WIDE, NARROW)] if target else []


def _trend(printed: PrintedProgram) -> Trend:
    """The trend of the program page, with as many interventions as leave room for the rest."""
    summary, shown = printed.summary, printed.summary.shown
    baseline = shown.baseline.rate if shown.baseline else None
    return Trend(
        series=summary.series,
        subject=summary.program.name,
        baseline=baseline.value if baseline else None,
        promised=shown.promised_rate,
        interventions=printed.interventions_drawn,
        marked=shown.period.period if shown.period else None,
        least_percent=summary.target.target.min_completeness if summary.target else USUAL_LEAST,
    )
