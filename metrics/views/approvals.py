"""The inbox of what waits for approval, one report's whole trail, and its moves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics.approval_switch import (
    ApprovalChangedError,
    switch_approval_off,
    switch_approval_on,
)
from metrics.approvals import (
    ReportChangedError,
    approve_many,
    approve_report,
    reopen_report,
    return_report,
)
from metrics.forms.approvals import InboxForm, MoveForm, ReopenForm, ReturnForm, SwitchForm
from metrics.models import MonthlyReport
from metrics.summaries import add_versions, follow_trail, open_inbox, preview_switch
from metrics.views.access import get_membership, get_site
from programs.models import Role, Site
from programs.permissions import (
    can_approve,
    can_review,
    check_may_manage,
    check_may_review,
    check_reviews,
)

REPORTS_A_PAGE = 50
MOST_NAMED = 10  # reports that were not approved, each with its reason


@require_safe
@login_required
def approvals(request, slug):
    """Show what waits for approval, the odd ones first. Who may not approve reads along."""
    membership = get_membership(request, slug)
    inbox = open_inbox(membership, today=timezone.localdate())
    asked = InboxForm.base_fields.keys() & request.GET.keys()
    form = InboxForm(request.GET if asked else None, inbox=inbox)
    lines = inbox.lines(form.wanted)
    page = Paginator(lines, REPORTS_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = add_versions(page.object_list)
    context = {
        "program": membership.program,
        "inbox": inbox,
        "form": form,
        "page": page,
        "odd": sum(line.is_odd for line in lines),
        "may_review": membership.role == Role.MANAGER,
        "may_tick": any(not line.is_own for line in page.object_list),
        "may_manage": membership.manages_all,
        "tick_plain": request.GET.get("tick") == "plain",
    }
    return render(request, "metrics/approvals.html", context)


@require_POST
@login_required
def approve_reports(request, slug):
    """Approve the ticked reports, each as it was looked at; name those that could not be."""
    membership = get_membership(request, slug)
    check_reviews(membership)
    seen = _read_ticks(request.POST.getlist("seen"))
    reports = MonthlyReport.objects.of_program(membership.program).filter(
        pk__in=seen, site__in=Site.objects.covered_by(membership)
    )
    looked_at = list(reports.select_related("site", "entered_by"))
    for report in looked_at:
        report.version = seen[report.pk]
    _tell_approved(request, *approve_many(looked_at, by=request.user))
    return _go_back(request, "approvals", slug=slug)


@require_safe
@login_required
def report_trail(request, code, month):
    """Show a report with everything that ever happened to it."""
    return _show_trail(request, _get_report(request, code, month))


@require_POST
@login_required
def report_approve(request, code, month):
    """Approve one report as it was looked at."""
    report, form = _get_report(request, code, month), MoveForm(request.POST)
    return _move(request, report, form, approve_report, "{} is approved.")


@require_POST
@login_required
def report_return(request, code, month):
    """Send a report back to whoever entered it, with what is to be corrected."""
    report, form = _get_report(request, code, month), ReturnForm(request.POST)
    return _move(request, report, form, return_report, "{} is returned with your message.")


@require_POST
@login_required
def report_reopen(request, code, month):
    """Open an approved report for correction until a day."""
    report, form = _get_report(request, code, month), ReopenForm(request.POST)
    return _move(request, report, form, reopen_report, "{} is open for correction.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def approval_switch(request, slug):
    """Say what switching approval on or off would do to the figures, and do it when confirmed."""
    program = get_membership(request, slug).program
    check_may_manage(request.user, program)
    form = SwitchForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _switch(request, program, form):
        return redirect("approvals", slug=slug)
    preview = preview_switch(program, request.user, today=timezone.localdate())
    context = {"program": program, "preview": preview, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "metrics/approval_switch.html", context, status=status)


# --- Many at once --------------------------------------------------------------------------


def _read_ticks(ticks) -> dict[int, int]:
    """Each ticked report with the version that was looked at, as a receipt writes them: 12-3."""
    parts = [tick.partition("-") for tick in ticks]
    return {
        int(pk): int(version)
        for pk, _, version in parts
        if (pk + version).isascii() and pk.isdigit() and version.isdigit() and len(pk) < 19
    }


def _tell_approved(request, approved, refused):
    if approved:
        reports = "report is" if len(approved) == 1 else "reports are"
        messages.success(request, f"{len(approved)} {reports} approved.")
    elif not refused:
        messages.warning(request, "Nothing was approved: tick the reports that are right.")
    for own in refused[:MOST_NAMED]:
        messages.error(request, str(own))
    if len(refused) > MOST_NAMED:
        messages.error(request, f"{len(refused) - MOST_NAMED} more were not approved.")


# --- One report ----------------------------------------------------------------------------


def _get_report(request, code, month) -> MonthlyReport:
    """Return the report of a site that one may see."""
    site = get_site(request.user, code)
    reports = site.monthly_reports.select_related("site", "entered_by")
    return get_object_or_404(reports, month=month)


def _move(request, report, form, move, done):
    """Move the version that was looked at. Where that cannot be, show how the report stands,
    with what was typed."""
    check_may_review(request.user, report.site, report.month)
    if form.is_valid():
        words = dict(form.cleaned_data)
        report.version = words.pop("seen")
        try:
            moved = move(report, by=request.user, **words)
        except ReportChangedError:
            form.add_error(None, "It was changed since you looked at it. Look at it again below.")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, done.format(moved))
            return _go_back(request, "report_trail", code=moved.site.code, month=moved.month)
    fresh = _get_report(request, report.site.code, report.month)
    return _show_trail(request, fresh, tried=form, status=422)


def _go_back(request, otherwise, **arguments):
    """To the page that it was done from, where the form says which."""
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect(otherwise, **arguments)


def _show_trail(request, report, *, tried=None, status=200):
    reviews = can_review(request.user, report.site, report.month)
    context = {
        "site": report.site,
        "trail": follow_trail(report, today=timezone.localdate()),
        "may_review": reviews,
        "may_approve": reviews
        and can_approve(request.user, report.site, report.month, entered_by=report.entered_by),
        "return_form": tried if isinstance(tried, ReturnForm) else ReturnForm(),
        "reopen_form": tried if isinstance(tried, ReopenForm) else ReopenForm(),
        "tried": tried,
        # What was typed into a form that does not fit the report any more is not lost.
        "left_over": tried.said if tried and tried.start != report.standing else "",
    }
    return render(request, "metrics/report_trail.html", context, status=status)


# --- The switch ----------------------------------------------------------------------------


def _switch(request, program, form) -> bool:
    """Whether it was switched; what stood in the way is added to the form."""
    asked = {"program": program, "seen": form.cleaned_data["seen"], "by": request.user}
    try:
        if program.approval_required:
            switch_approval_off(**asked)
            messages.success(request, "Approval is switched off: submitted reports count.")
        else:
            leave = form.cleaned_data["past"] == "leave"
            done = switch_approval_on(**asked, approve_past=not leave)
            messages.success(
                request,
                f"Approval is switched on. Reports approved: {done.approved}; that wait for "
                f"approval: {done.waiting}.",
            )
    except ApprovalChangedError:
        form.add_error(None, "Reports came in or were changed meanwhile. Look at the new figures.")
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return form.is_valid()
