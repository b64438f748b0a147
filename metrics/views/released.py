"""What viewers see of a program whose small counts are withheld, in place of its page."""

from django.core.paginator import Paginator
from django.shortcuts import render

from metrics.forms.released import ReleasedForm
from metrics.summaries.release import Release
from programs.periods import format_month

SITES_A_PAGE = 50


def show_released(request, release: Release):
    """Show the released figures: the contract's, the program's years and months, and one year of
    its areas and sites."""
    form = ReleasedForm(request.GET, usual=release.measure, years=release.year_labels)
    measure, year = form.measure_asked, form.year_asked
    chosen = [own for own in release.years if release.label(own) == year]
    page = Paginator(release.participations if chosen else [], SITES_A_PAGE).get_page(
        request.GET.get("page")
    )
    whole = release.whole(measure)
    context = {
        "program": release.program,
        "release": release,
        "form": form,
        "measure": measure,
        "per": release.rating(measure).per,
        "year": year,
        "years": [(release.label(own.period), own) for own in whole.years],
        "months": [(format_month(own.period.first), own) for own in release.months(measure)],
        "areas": list(release.areas(measure, chosen)) if chosen else [],
        "sites": [release.site(part, measure, chosen) for part in page],
        "page": page,
    }
    return render(request, "metrics/released.html", context)
