"""Files that one can take of a program: what there is, and each of them."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.exports import (
    Asked,
    Dataset,
    Ending,
    find_dataset,
    is_withheld_from,
    list_datasets,
    send_dataset,
)
from metrics.forms.downloads import DownloadForm
from metrics.models import MonthlyReport
from metrics.summaries import list_grid_sites
from metrics.views.access import find_membership
from programs.models import Membership
from programs.withholding import refuse_withheld

MOST_LOOKED_AT = 12_000  # reports, up to which a page waits for all figures and findings to be made


@require_safe
@login_required
def downloads(request, slug):
    """List the files of a program, narrowed to what is asked for. An unusable question shows its
    error, and all of each file."""
    membership = find_membership(request, slug)
    form = _read_question(request, membership)
    reports = MonthlyReport.objects.of_program(membership.program)
    is_large = reports.count() > MOST_LOOKED_AT
    files = [
        _offer(own, _ask(own, membership, form), quickly=is_large)
        for own in list_datasets(membership)
    ]
    context = {
        "program": membership.program,
        "membership": membership,
        "form": form,
        "groups": [
            {"id": "files", "title": "What was counted", "files": _choose(files, to_fill_in=False)},
            {"id": "fill", "title": "To fill in", "files": _choose(files, to_fill_in=True)},
        ],
        "withheld": is_withheld_from(membership),
    }
    return render(request, "metrics/exports.html", context)


@require_safe
@login_required
def program_download(request, slug, kind, ending):
    """Send one of them. An unusable question leads to its error."""
    return _send(request, find_membership(request, slug), kind, ending, back="downloads")


@require_safe
@login_required
def program_summary_csv(request, slug):
    """Send the program's figures, unrounded, or those that are released. An unusable question
    leads to its error."""
    membership = find_membership(request, slug)
    kind = "released" if is_withheld_from(membership) else "summary"
    return _send(request, membership, kind, Ending.CSV, back="program")


@require_safe
@login_required
def program_site_months_csv(request, slug):
    """Send the reports of the sites that one may see, in the form in which files come in, or the
    figures that are released."""
    membership = find_membership(request, slug)
    kind = "released" if is_withheld_from(membership) else "site-months"
    return _send(request, membership, kind, Ending.CSV)


def _send(request, membership: Membership, kind, ending, *, back="downloads"):
    dataset = find_dataset(kind, membership)
    if dataset is None:
        refuse_withheld(membership)
        raise Http404("There is no such file.")
    form = _read_question(request, membership)
    if form.is_bound and not form.is_valid():
        return redirect(
            f"{reverse(back, args=[membership.program.slug])}?{request.GET.urlencode()}"
        )
    is_head = request.method == "HEAD"
    asked = _ask(dataset, membership, form)
    return send_dataset(dataset, asked, Ending(ending), head_only=is_head)


def _read_question(request, membership: Membership) -> DownloadForm:
    return DownloadForm(request.GET, sites=list_grid_sites(membership, request.user))


def _ask(dataset: Dataset, membership: Membership, form: DownloadForm) -> Asked:
    chosen = form.choose(dataset.takes)
    return Asked(membership=membership, today=timezone.localdate(), **chosen)


def _choose(files, *, to_fill_in: bool):
    return [own for own in files if own["dataset"].is_to_fill_in is to_fill_in]


def _offer(dataset: Dataset, asked: Asked, *, quickly: bool) -> dict[str, object]:
    """A file as the page lists it."""
    return {
        "dataset": dataset,
        "rows": dataset.count_rows(asked, quickly=quickly),
        "said": asked.said,
        "query": asked.query,
        "endings": list(Ending),
    }
