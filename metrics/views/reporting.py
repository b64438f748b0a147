"""Which reports came, in time or late; reminding of the others; locked months; the rules."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics.forms.reporting import OpenMonthForm, RemindForm, ReportingForm, RulesForm
from metrics.locks import open_locked_month
from metrics.reminders import remind_reporters
from metrics.reporting_rules import change_reporting_rules
from metrics.summaries.reporting import Reporting, overdue_span, summarise_reporting
from metrics.views.access import get_membership
from programs.models import Role
from programs.periods import format_month
from programs.permissions import check_may_manage, check_reviews

MOST_NAMED = 5


@require_safe
@login_required
def reporting(request, slug):
    """Show completeness and timeliness by month, area and site, and who is to be reminded."""
    return _show(request, get_membership(request, slug))


@require_POST
@login_required
def remind(request, slug):
    """Tell the reporters of the ticked sites which of their months are overdue."""
    membership = get_membership(request, slug)
    check_reviews(membership)
    summary = _summarise(membership)
    late = {own.site.code: own for own in summary.late}
    form = RemindForm(request.POST, late=[own.site for own in late.values()])
    if not form.is_valid():
        return _show(request, membership, remind_form=form, status=422)
    chosen = [late[code] for code in form.cleaned_data["site"]]
    overdue = {own.site: [m for m in own.overdue if m not in own.locked] for own in chosen}
    _tell(request, remind_reporters(program=membership.program, overdue=overdue, by=request.user))
    return redirect("reporting", slug=slug)


@require_POST
@login_required
def open_month(request, slug):
    """Let one site report one locked month until a day."""
    membership = get_membership(request, slug)
    check_reviews(membership)
    summary, today = _summarise(membership), timezone.localdate()
    sites = [own.site for own in summary.sites]
    form = OpenMonthForm(request.POST, sites=sites, today=today)
    if form.is_valid():
        try:
            opened = open_locked_month(by=request.user, today=today, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request,
                f"{opened.site.name} may report {format_month(opened.month)} until "
                f"{opened.expires_on}.",
            )
            return redirect("reporting", slug=slug)
    return _show(request, membership, open_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reporting_rules(request, slug):
    """Change by when reports are due, when months lock, and what is asked for."""
    program = get_membership(request, slug).program
    check_may_manage(request.user, program)
    form = RulesForm(request.POST if request.method == "POST" else None, instance=program)
    if form.is_bound and form.is_valid():
        rules = dict(form.cleaned_data)
        beside = {"dimensions": rules.pop("dimensions"), "seen": rules.pop("seen")}
        try:
            change_reporting_rules(program=program, rules=rules, by=request.user, **beside)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "The rules are saved. They hold from now on.")
            return redirect("reporting", slug=slug)
    context = {"program": program, "form": form}
    return render(
        request, "metrics/reporting_rules.html", context, status=422 if form.is_bound else 200
    )


def _summarise(membership, period=None) -> Reporting:
    today = timezone.localdate()
    span = overdue_span(membership.program, today)
    return summarise_reporting(membership, period or span, today=today)


def _show(request, membership, *, remind_form=None, open_form=None, status=200):
    today = timezone.localdate()
    form = ReportingForm(
        request.GET if {"first", "last"} & request.GET.keys() else None,
        span=overdue_span(membership.program, today),
    )
    summary = summarise_reporting(membership, form.period, today=today)
    context = {
        "program": membership.program,
        "summary": summary,
        "form": form,
        "remind_form": remind_form,
        "open_form": open_form
        or OpenMonthForm(sites=[own.site for own in summary.sites], today=today),
        "may_review": membership.role == Role.MANAGER,
        "may_manage": membership.manages_all,
        "is_limited": not membership.all_sites,
    }
    return render(request, "metrics/reporting.html", context, status=status)


def _tell(request, reminded):
    if reminded.told:
        messages.success(request, f"Reminded: {_name(reminded.told)}.")
    if reminded.before:
        messages.info(request, f"Reminded today already, so not again: {_name(reminded.before)}.")
    if reminded.alone:
        names = _name(site.name for site in reminded.alone)
        messages.warning(request, f"No reporter covers {names}. Add one under People.")


def _name(people) -> str:
    names = [str(own) for own in people]
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
