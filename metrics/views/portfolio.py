"""Every program one is a member of."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import draw_portfolio_spark
from metrics.forms import PortfolioForm
from metrics.summaries import Portfolio, summarise_portfolio
from metrics.views.access import list_programs
from programs.models import Participation, Site

PROGRAMS_A_PAGE = 50


@require_safe
@login_required
def portfolio(request):
    """Show the programs that were asked for, each with its verdict, below what all of one's
    programs wait for. An unusable question shows its error and finds everything. To htmx, only
    what the question changes."""
    programs, released = list_programs(request.user)
    own = _summarise(request.user, programs)
    form = _read_question(request.GET, own)
    found = own.find(form.search)
    page = Paginator(found.programs, PROGRAMS_A_PAGE).get_page(request.GET.get("page"))
    lines = [(line, draw_portfolio_spark(line)) for line in own.lines(page.object_list)]
    context = {"form": form, "found": found, "page": page, "lines": lines}
    if request.htmx and not request.htmx.boosted:
        return render(request, "metrics/_found_programs.html", context)
    writable = set(Site.objects.writable_by(request.user).values_list("pk", flat=True))
    context |= {"dues": own.dues(writable), "may_enter": bool(writable)}
    context |= {"number": len(programs), "released": released}
    return render(request, "metrics/portfolio.html", context)


def _read_question(asked, own: Portfolio) -> PortfolioForm:
    """Without any of its fields there is no question, so that nothing can be wrong with it."""
    is_asked = PortfolioForm.base_fields.keys() & asked.keys()
    return PortfolioForm(asked if is_asked else None, measures=own.measures)


def _summarise(user, programs) -> Portfolio:
    covered = set(Participation.objects.visible_to(user).values_list("pk", flat=True))
    return summarise_portfolio(programs, today=timezone.localdate(), covered=covered)
