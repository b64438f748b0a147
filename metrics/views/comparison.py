"""Programs side by side on one picture."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import COMPARISON_NARROW, COMPARISON_WIDE, draw_comparison
from metrics.forms import ComparisonForm
from metrics.summaries import Comparison, compare_programs
from metrics.views.access import list_programs, send_picture
from programs.models import Site


@require_safe
@login_required
def comparison(request):
    """Show the change of each chosen program beside its promise; none chosen shows all. To
    htmx, only what the choice changes."""
    form, compared = _compare(request)
    pictures = [draw_comparison(compared, own) for own in (COMPARISON_WIDE, COMPARISON_NARROW)]
    context = {"form": form, "comparison": compared, "pictures": pictures}
    is_part = request.htmx and not request.htmx.boosted
    page = "metrics/_comparison.html" if is_part else "metrics/comparison.html"
    return render(request, page, context | {"is_part": is_part})


@require_safe
@login_required
def comparison_chart(request):
    """Send the picture as a file of its own."""
    _, compared = _compare(request)
    return send_picture(draw_comparison(compared), f"comparison-{compared.as_of}.svg")


def _compare(request) -> tuple[ComparisonForm, Comparison]:
    """A program that one may not see does not exist here, nor one whose counts are withheld."""
    programs, _ = list_programs(request.user)
    form = ComparisonForm(request.GET, programs=programs)
    if not form.is_valid():
        raise Http404("One of these programs does not exist.")
    seen = Site.objects.visible_to(request.user).values_list("pk", flat=True)
    return form, compare_programs(form.chosen, today=timezone.localdate(), shown_sites=seen)
