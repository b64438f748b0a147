"""The pages that belong to no app, and what becomes of a form that expired."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from metrics.summaries.own_reports import only_reports
from metrics.views.grid import take_expired_grid
from metrics.views.reports import take_expired_report

TAKERS = {
    "grid": take_expired_grid,
    "monthly_report": take_expired_report,
    "report_draft": take_expired_report,
}


@require_safe
@login_required
def home(request):
    """Lead those who only report to what they have to report, all others to the programs."""
    return redirect("own_reports" if only_reports(request.user) else "portfolio")


@require_safe
@never_cache
def health(request):
    """Say "ok" when the server answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def form_expired(request, reason=""):
    """Refuse a form whose token is not this sign-in's, and lose none of the counts in it.

    Who signs in again in another window and then sends what stood in this one finds it in the
    page, not stored. Only what our own page sent comes so far: its origin is checked before its
    token, and without an origin nothing is kept.
    """
    take = TAKERS.get(request.resolver_match.url_name)
    if take is None or "Origin" not in request.headers or not reason.startswith("CSRF token"):
        return csrf_failure(request, reason=reason)
    messages.info(request, "The page was older than your sign-in, so nothing is saved yet.")
    return take(request)
