"""The form in which a site's counts are entered, and its receipt."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from metrics.approvals import MoveRefusedError, ReportChangedError, submit_report
from metrics.forms import MonthlyReportForm
from metrics.gate import PastCounts
from metrics.models import MonthlyReport
from metrics.views.access import get_site
from programs.periods import Period, shift_month
from programs.permissions import check_may_enter_counts

EARLIER_MONTHS = 12


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def monthly_report(request, code, month):
    """Take a site's counts for one month; leave everything as typed while something is wrong."""
    own = get_site(request.user, code)
    check_may_enter_counts(request.user, own)
    report = MonthlyReport.objects.filter(site=own, month=month).first()
    reports = list(own.monthly_reports.order_by("-month"))
    form = MonthlyReportForm(
        request.POST if request.method == "POST" else None,
        site=own,
        month=month,
        report=report,
        past=PastCounts({r.month: (r.live_births, r.infant_deaths) for r in reports}),
        today=timezone.localdate(),
    )
    context = {"site": own, "month": month, "report": report, "form": form}
    context["earlier"] = _earlier_months(month, reports)
    if request.method == "POST" and form.is_valid():
        try:
            stored = _submit(request, own, month, form)
        except ReportChangedError as conflict:
            context["stored"] = conflict.stored
            context["both_versions"] = form.compare_with(conflict.stored)
            context["to_replace"] = form.fields_to_replace(conflict.stored)
            return render(request, "metrics/monthly_report.html", context, status=409)
        except MoveRefusedError as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("report_receipt", code=own.code, month=stored.month)
    status = 422 if form.is_bound else 200
    return render(request, "metrics/monthly_report.html", context, status=status)


@require_safe
@login_required
def report_receipt(request, code, month):
    """Confirm what has been received, by whom and when."""
    reports = MonthlyReport.objects.visible_to(request.user).select_related("site", "entered_by")
    report = get_object_or_404(reports, site__code=code, month=month)
    return render(request, "metrics/report_receipt.html", {"report": report, "site": report.site})


def _submit(request, own, month, form):
    return submit_report(
        site=own,
        month=month,
        counts=form.counts,
        seen_version=form.cleaned_data["seen_version"],
        comment=form.cleaned_data["comment"],
        by=request.user,
    )


def _earlier_months(month, reports):
    """The 12 months before, newest first, each with its report or None."""
    by_month = {report.month: report for report in reports}
    period = Period.ending(shift_month(month, -1), EARLIER_MONTHS)
    return [(past, by_month.get(past)) for past in reversed(list(period))]
