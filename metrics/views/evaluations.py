"""Frozen verdicts: the list, one of them beside today, its file, and freezing another."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics.evaluations import (
    compare_with_today,
    document_of,
    freeze_evaluation,
    group_exclusions,
    to_bytes,
)
from metrics.models import Evaluation
from metrics.summaries import notes_on
from metrics.views.access import get_membership, shown_sites
from programs.models import Participation, Site, Target
from programs.periods import Period

LINES_A_PAGE = 50


@require_safe
@login_required
def evaluations(request, slug):
    """List what was frozen, latest first, and offer managers to freeze what holds now."""
    membership = get_membership(request, slug)
    program = membership.program
    frozen = (
        Evaluation.objects.visible_to(request.user)
        .filter(target__program=program)
        .select_related("target", "frozen_by")
        .defer("rows", "exclusions")
        .order_by("-frozen_at", "-pk")
    )
    context = {
        "program": program,
        "evaluations": Paginator(frozen, LINES_A_PAGE).get_page(request.GET.get("page")),
        "targets": Target.objects.visible_to(request.user).filter(program=program).current(),
        "may_freeze": membership.manages_all,
    }
    return render(request, "metrics/evaluations.html", context)


@require_safe
@login_required
def evaluation(request, slug, pk):
    """Show a frozen verdict and what changed since. A member limited to some sites sees the
    changes and the exclusions of theirs."""
    membership, frozen = _get_evaluation(request, slug, pk)
    codes = _shown_codes(membership)
    comparison = compare_with_today(frozen, timezone.localdate())
    changes = Paginator(comparison.of_sites(codes), LINES_A_PAGE)
    omissions = Paginator(group_exclusions(frozen.exclusions, codes), LINES_A_PAGE)
    context = {
        "program": membership.program,
        "evaluation": frozen,
        "comparison": comparison,
        "changes": changes.get_page(request.GET.get("changes")),
        "omissions": omissions.get_page(request.GET.get("page")),
        "is_limited": not membership.all_sites,
        "place_notes": _find_notes(membership, comparison.frozen),
    }
    return render(request, "metrics/evaluation.html", context)


@require_safe
@login_required
def evaluation_json(request, slug, pk):
    """Send the whole document, in the bytes whose checksum it names."""
    membership, frozen = _get_evaluation(request, slug, pk)
    if not membership.all_sites:
        raise PermissionDenied(
            "This file holds the reports of every site, and you see some of them. "
            "Ask a member of all sites for it."
        )
    response = HttpResponse(to_bytes(document_of(frozen)), content_type="application/json")
    name = f"{slug}-evaluation-{frozen.inputs['as_of']}-{frozen.checksum[:8]}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@login_required
def freeze(request, slug):
    """Freeze the verdict on one of the program's promises."""
    program = get_membership(request, slug).program
    targets = Target.objects.visible_to(request.user).filter(program=program).current()
    measure = request.POST.get("measure", "")
    target = get_object_or_404(targets, measure=measure)
    frozen = freeze_evaluation(target=target, by=request.user, today=timezone.localdate())
    messages.success(request, f"Frozen as of {frozen.inputs['as_of']}. It will not change.")
    return redirect("evaluation", slug=slug, pk=frozen.pk)


def _get_evaluation(request, slug, pk):
    membership = get_membership(request, slug)
    seen = Evaluation.objects.visible_to(request.user).select_related("target", "frozen_by")
    return membership, get_object_or_404(seen, target__program=membership.program, pk=pk)


def _find_notes(membership, frozen):
    """What is known today to part its months, whether or not it was known then."""
    own = Participation.objects.filter(program=membership.program, role=Participation.Role.PROGRAM)
    span = Period(frozen.baseline.period.first, frozen.evaluation.period.last)
    sites = own.values_list("site", flat=True)
    return notes_on(sites, None, span, shown_sites=shown_sites(membership))


def _shown_codes(membership):
    """The codes of the sites whose own counts a member may see; None for all."""
    if membership.all_sites:
        return None
    return set(Site.objects.covered_by(membership).values_list("code", flat=True))
