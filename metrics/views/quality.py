"""The quality of a program's counts: its parts, the findings, and what people say of them.

Findings name counts, and `get_membership` keeps them from those from whom small ones are withheld.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics.exports import file_name, stream_csv
from metrics.exports.findings import finding_rows
from metrics.findings import check_decides, decisions_of, reopen_finding, review_finding
from metrics.forms.quality import FindingsForm, ReviewForm
from metrics.models import FindingReview
from metrics.summaries.quality.examining import examine_program
from metrics.summaries.quality.program import summarise_quality
from metrics.views.access import get_membership
from programs.models import Site

FINDINGS_A_PAGE = SITES_A_PAGE = 50


@require_safe
@login_required
def quality(request, slug):
    """Show the parts of the quality of a program's counts, and the findings."""
    return _show(request, get_membership(request, slug))


@require_safe
@login_required
def quality_csv(request, slug):
    """Send every finding at the sites that one may see, whatever was said of it."""
    membership, today = get_membership(request, slug), timezone.localdate()
    examined = examine_program(membership, today=today)
    name = file_name(membership.program, "findings", today)
    return stream_csv(name, finding_rows(examined.findings))


@require_POST
@login_required
def finding_review(request, slug):
    """Keep what somebody says of a finding, as long as its counts stand."""
    membership = get_membership(request, slug)
    check_decides(membership)
    form = ReviewForm(request.POST)
    if not form.names_a_finding:
        raise Http404("Which finding it is about is not said.")
    site, kind, fingerprint = (form.cleaned_data[name] for name in ReviewForm.names)
    get_object_or_404(Site.objects.covered_by(membership), code=site)
    examined = examine_program(membership, today=timezone.localdate())
    finding = examined.find(site, kind, fingerprint)
    if not finding:
        messages.error(
            request, "This finding is gone: its counts have changed since. Nothing was stored."
        )
        return _go_back(request, slug)
    if form.is_valid() and _review(request, membership, finding, form):
        return _go_back(request, slug)
    return _show(request, membership, tried=form, status=422)


@require_POST
@login_required
def finding_reopen(request, slug, pk):
    """Take back what was said of a finding."""
    membership = get_membership(request, slug)
    reviews = FindingReview.objects.visible_to(request.user).select_related("site", "program")
    review = get_object_or_404(reviews, pk=pk, program=membership.program)
    reopen_finding(review=review, by=request.user)
    messages.success(request, f"The finding at {review.site} is open again.")
    return _go_back(request, slug)


def _review(request, membership, finding, form) -> bool:
    """Whether it was kept; what stood in the way is added to the form."""
    said = {name: form.cleaned_data[name] for name in ("decision", "reason")}
    try:
        review = review_finding(
            program=membership.program, finding=finding, by=request.user, **said
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(
        request,
        f"{finding.label} at {finding.site}: {review.get_decision_display().lower()}. That holds "
        "until its counts change.",
    )
    return True


def _go_back(request, slug):
    """To the findings that were asked for."""
    query = request.GET.urlencode()
    return redirect(f"{reverse('quality', args=[slug])}{'?' if query else ''}{query}#findings")


def _show(request, membership, *, tried=None, status=200):
    summary = summarise_quality(membership, today=timezone.localdate())
    asked = FindingsForm.base_fields.keys() & request.GET.keys()
    form = FindingsForm(
        request.GET if asked else None,
        sites=summary.sites,
        kinds=summary.kinds,
    )
    findings = Paginator(form.choose(summary.findings), FINDINGS_A_PAGE)
    context = {
        "program": membership.program,
        "summary": summary,
        "form": form,
        "page": findings.get_page(request.GET.get("page")),
        "sites": Paginator(summary.sites, SITES_A_PAGE).get_page(request.GET.get("sites")),
        "decisions": [str(own) for own in decisions_of(membership)],
        "tried": tried,
        "is_limited": not membership.all_sites,
    }
    return render(request, "metrics/quality.html", context, status=status)
