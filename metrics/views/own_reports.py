"""The home of whoever enters counts."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.summaries.own_reports import summarise_own_reports


@require_safe
@login_required
def own_reports(request):
    """Show what one's sites owe, one tap from the form."""
    summary = summarise_own_reports(request.user, today=timezone.localdate())
    return render(request, "metrics/own_reports.html", {"summary": summary})
