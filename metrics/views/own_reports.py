"""The home of whoever enters counts."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.summaries.own_reports import summarise_own_reports

REPORTS_A_PAGE, SITES_A_PAGE = 24, 50


@require_safe
@login_required
def own_reports(request):
    """Show what one's sites owe, one tap from the form, so many of each list at once."""
    summary = summarise_own_reports(request.user, today=timezone.localdate())
    lists = {"due": summary.due, "overdue": summary.overdue, "back": summary.sent_back}
    pages = {name: Paginator(own, REPORTS_A_PAGE) for name, own in lists.items()}
    pages["sites"] = Paginator(summary.sites, SITES_A_PAGE)
    shown = {name: own.get_page(request.GET.get(name)) for name, own in pages.items()}
    return render(request, "metrics/own_reports.html", {"summary": summary, **shown})
