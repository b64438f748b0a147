"""The past of a program: every change, and what was known on a day."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.forms.history import ChangesForm, KnownForm
from metrics.summaries.history import ProgramChange, ProgramChanges, summarise_as_known
from metrics.views.access import asked_measure, get_membership, shown_sites

CHANGES_A_PAGE = 50


@require_safe
@login_required
def program_history(request, slug):
    """Show who changed what, as far as one's sites go. An unusable question shows its error."""
    membership = get_membership(request, slug)
    asked = ChangesForm.base_fields.keys() & request.GET.keys()
    form = ChangesForm(request.GET if asked else None, membership=membership)
    changes: Paginator[ProgramChange] = Paginator(
        ProgramChanges(membership, form.asked),  # type: ignore[arg-type]  # is counted and sliced
        CHANGES_A_PAGE,
    )
    context = {
        "program": membership.program,
        "membership": membership,
        "form": form,
        "page": changes.get_page(request.GET.get("page")),
    }
    return render(request, "metrics/program_history.html", context)


@require_safe
@login_required
def as_known(request, slug):
    """Show what was known when a day ended beside what is known today. A day that cannot be
    answered shows its error."""
    membership, today = get_membership(request, slug), timezone.localdate()
    program = membership.program
    form = KnownForm(request.GET if "day" in request.GET else None, program=program, today=today)
    known = form.asked and summarise_as_known(
        program, form.asked, today=today, measure=asked_measure(request)
    )
    context: dict[str, object] = {"program": program, "membership": membership}
    context |= {"form": form, "known": known}
    if known:
        listed = Paginator(known.since.at_sites(shown_sites(membership)), CHANGES_A_PAGE)
        page = listed.get_page(request.GET.get("page"))
        context |= {"page": page, "reports": known.since.compare(page)}
    return render(request, "metrics/as_known.html", context)
