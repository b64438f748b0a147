"""The form in which a site's counts are entered, its draft, and its receipt."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics.approvals import (
    MoveRefusedError,
    ReportChangedError,
    is_sent_again,
    submit_report,
)
from metrics.drafts import drop_draft, keep_draft, shorten_typed
from metrics.forms import MonthlyReportForm
from metrics.models import MonthlyReport
from metrics.summaries.capture import CaptureSheet, prepare_sheet
from metrics.summaries.trail import find_receipt
from metrics.views.access import get_site
from metrics.views.keeping import find_sent, forget_sent, keep_sent
from programs.permissions import check_may_enter_counts
from programs.withholding import ANY_WITHHOLDS, refuse_withheld_site


@require_http_methods(["GET", "HEAD", "POST"])
def monthly_report(request, code, month):
    """Take a site's counts for one month; leave everything as typed while something is wrong.

    What is sent after the session ran out is kept, and stands in the form after signing in.
    """
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    sheet = _get_sheet(request, code, month)
    form = _make_form(request, sheet)
    if request.method == "POST" and form.is_valid():
        try:
            stored = _submit(request, sheet, form)
        except ReportChangedError as conflict:
            return _show(request, sheet, form, status=409, stored=conflict.stored)
        except MoveRefusedError as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("report_receipt", code=code, month=stored.month)
    return _show(request, sheet, form, status=422 if form.is_bound else 200)


@require_POST
def report_draft(request, code, month):
    """Keep what has been typed so far, and say what the gate would say. Nothing is submitted."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    sheet = _get_sheet(request, code, month)
    if "discard" in request.POST:
        _forget_typed(request, sheet)
        return redirect("monthly_report", code=code, month=month)
    form = _make_form(request, sheet)
    form.full_clean()
    draft = None
    if not _has_arrived(sheet, form):
        typed = request.POST.dict()
        draft = keep_draft(site=sheet.site, month=month, typed=typed, by=request.user)
    if request.htmx:
        return render(request, "metrics/_live_checks.html", {"form": form, "draft": draft})
    if draft:
        messages.info(request, "Your draft is kept. It counts nowhere until you submit it.")
    else:
        messages.info(request, "This is what has been submitted already.")
    return redirect("monthly_report", code=code, month=month)


@require_safe
@login_required
def report_receipt(request, code, month):
    """Confirm what has been received, by whom and when."""
    reports = MonthlyReport.objects.visible_to(request.user).select_related("site")
    reports = reports.annotate(any_withholds=ANY_WITHHOLDS)
    report = get_object_or_404(reports, site__code=code, month=month)
    if report.any_withholds:
        refuse_withheld_site(request.user, report.site)
    context = {"report": report, "site": report.site, "receipt": find_receipt(report)}
    return render(request, "metrics/report_receipt.html", context)


def _get_sheet(request, code, month) -> CaptureSheet:
    own = get_site(request.user, code)
    check_may_enter_counts(request.user, own)
    return prepare_sheet(own, month, today=timezone.localdate(), user=request.user)


def _has_arrived(sheet, form) -> bool:
    """Whether a draft says nothing but what was submitted, as one does that comes after it."""
    comment = form.cleaned_data.get("comment", "")
    return (
        sheet.report is not None
        and not form.refusals
        and is_sent_again(sheet.report, form.counts, comment, form.breakdown)
    )


def _make_form(request, sheet: CaptureSheet) -> MonthlyReportForm:
    """The form with what was sent, or what was typed before, or what is stored."""
    typed = _typed_before(request, sheet)
    return MonthlyReportForm(
        request.POST if request.method == "POST" else None,
        gate=sheet.gate,
        month=sheet.month,
        past=sheet.past,
        today=sheet.today,
        report=sheet.report,
        parts=sheet.parts,
        asked=sheet.asked,
        **({} if typed is None else {"initial": typed}),
    )


def _show(request, sheet, form, *, status, stored=None):
    context = {"sheet": sheet, "site": sheet.site, "month": sheet.month, "form": form}
    context["typed"] = _typed_before(request, sheet)
    if stored is not None:
        context["stored"] = stored
        context["both_versions"] = form.compare_with(stored)
        context["to_replace"] = form.fields_to_replace(stored)
    return render(request, "metrics/monthly_report.html", context, status=status)


def _submit(request, sheet, form):
    stored = submit_report(
        site=sheet.site,
        month=sheet.month,
        counts=form.counts,
        parts=form.breakdown,
        seen_version=form.cleaned_data["seen_version"],
        comment=form.cleaned_data["comment"],
        by=request.user,
    )
    _forget_typed(request, sheet)
    return stored


# --- What was typed ------------------------------------------------------------------------


def _sign_in_first(request):
    """Lead to the sign-in page; what was sent waits in the session, and is said to wait."""
    here = reverse("monthly_report", kwargs=request.resolver_match.kwargs)
    if request.method == "POST":
        keep_sent(request, here, shorten_typed(request.POST.dict()))
        messages.info(request, "You were signed out. What you typed is kept: sign in to go on.")
    response = redirect_to_login(here)
    if request.htmx:
        return render(request, "metrics/_signed_out.html", {"address": response.url})
    return response


def take_expired_report(request):
    """Show again what came from a page that is older than the sign-in; see `form_expired`."""
    here = reverse("monthly_report", kwargs=request.resolver_match.kwargs)
    keep_sent(request, here, shorten_typed(request.POST.dict()))
    if request.htmx:
        return render(request, "metrics/_signed_out.html", {"address": here, "is_back": True})
    return redirect(here)


def _typed_before(request, sheet) -> dict[str, str] | None:
    """What this person typed and did not submit: sent when signed out, or kept as a draft."""
    waiting = find_sent(request, _address(sheet))
    if waiting is not None:
        return waiting
    return sheet.draft.typed if sheet.draft else None


def _forget_typed(request, sheet):
    forget_sent(request, _address(sheet))
    drop_draft(site=sheet.site, month=sheet.month, by=request.user)


def _address(sheet):
    return reverse("monthly_report", args=[sheet.site.code, sheet.month])
