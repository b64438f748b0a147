"""The planning page: what a program's births can show, before it promises."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import draw_power_curve
from metrics.forms import PlanForm
from metrics.summaries import assume_target, plan_program
from metrics.views.access import get_membership
from programs.models import Measure


@require_safe
@login_required
def planning(request, slug):
    """Show what can be shown. An unusable question shows its error above the program's own."""
    program = get_membership(request, slug).program
    promises = {own.measure: own for own in program.targets.current().order_by("measure")}
    form = PlanForm({"measure": next(iter(promises), Measure.INFANT)} | request.GET.dict())
    tried = form.cleaned_data if form.is_valid() else {}
    measure = Measure(tried.pop("measure", "") or next(iter(promises), Measure.INFANT))
    target = promises.get(measure) or assume_target(program, measure)
    plan = plan_program(program, target, today=timezone.localdate(), **tried)
    context = {
        "program": program,
        "form": form,
        "plan": plan,
        "chart": draw_power_curve(plan),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "metrics/planning.html", context, status=status)
