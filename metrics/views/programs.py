"""The portfolio and the program page, and their files."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import draw_rolling_rate
from metrics.exports import file_name, site_month_rows, stream_csv, summary_rows
from metrics.forms import PeriodForm
from metrics.summaries import summarise_knowledge, summarise_portfolio, summarise_program
from programs.models import Membership, Program, Role, Site

SITES_A_PAGE = 50


@require_safe
@login_required
def portfolio(request):
    """Show every program one is a member of, each with its verdict."""
    programs = list(Program.objects.visible_to(request.user))
    lines = summarise_portfolio(programs, today=timezone.localdate())
    return render(request, "metrics/portfolio.html", {"lines": lines})


@require_safe
@login_required
def program(request, slug):
    """Show a program's verdict and figures. An unusable period shows its error, and no figures
    for it."""
    form = _read_period(request)
    membership, summary = _summarise(request, slug, form)
    context = {
        "program": summary.program,
        "summary": summary,
        "form": form,
        "chart": draw_rolling_rate(summary),
        "sites": Paginator(summary.sites, SITES_A_PAGE).get_page(request.GET.get("page")),
        "may_import": membership.role == Role.MANAGER and membership.all_sites,
        "may_report": membership.role != Role.VIEWER,
    }
    return render(request, "metrics/program.html", context)


@require_safe
@login_required
def how_we_know(request, slug):
    """Show what a verdict rests on, what would tip it, and each place's own."""
    membership = _get_membership(request, slug)
    summary = summarise_knowledge(
        membership.program, today=timezone.localdate(), shown_sites=_shown_sites(membership)
    )
    lines = Paginator(summary.sites if summary else [], SITES_A_PAGE)
    context = {
        "program": membership.program,
        "summary": summary,
        "sites": lines.get_page(request.GET.get("page")),
    }
    return render(request, "metrics/knowledge.html", context)


@require_safe
@login_required
def program_summary_csv(request, slug):
    """Send the program's figures, unrounded. An unusable period leads to its error."""
    form = _read_period(request)
    _, summary = _summarise(request, slug, form)
    if form.is_bound and not form.is_valid():
        return redirect(f"{reverse('program', args=[slug])}?{request.GET.urlencode()}")
    sentence = render_to_string("metrics/verdict_sentence.txt", {"target": summary.target})
    rows = summary_rows(summary, " ".join(sentence.split()))
    return stream_csv(file_name(summary.program, "summary", summary.as_of), rows)


@require_safe
@login_required
def program_site_months_csv(request, slug):
    """Send the reports of the sites that one may see, in the form in which files come in."""
    membership = _get_membership(request, slug)
    sites = Site.objects.covered_by(membership)
    rows = site_month_rows(membership.program, sites)
    return stream_csv(file_name(membership.program, "site-months", timezone.localdate()), rows)


def _read_period(request):
    """The form of the months somebody asked for, or an empty one."""
    return PeriodForm(request.GET if {"first", "last"} & request.GET.keys() else None)


def _get_membership(request, slug):
    """Return one's membership of a program; without one there is no such program."""
    memberships = Membership.objects.filter(user=request.user).select_related("program")
    return get_object_or_404(memberships, program__slug=slug)


def _summarise(request, slug, form):
    membership = _get_membership(request, slug)
    summary = summarise_program(
        membership.program,
        today=timezone.localdate(),
        period=form.period if form.is_bound and form.is_valid() else None,
        shown_sites=_shown_sites(membership),
    )
    return membership, summary


def _shown_sites(membership):
    """The sites whose own figures a member may see; None for all."""
    return None if membership.all_sites else set(membership.sites.values_list("pk", flat=True))
