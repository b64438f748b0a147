"""Every part that pages are made of, with real content, for those who build them."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import (
    NARROW,
    WIDE,
    Trend,
    draw_map,
    draw_progress,
    draw_spark,
    draw_trend,
    spark_top,
)
from metrics.forms import MonthlyReportForm, PlanForm, ScopeForm
from metrics.gate import PastCounts, SiteAtGate
from metrics.models import Status
from metrics.summaries import (
    MonthState,
    Showcase,
    judge_contracts,
    make_up_program,
    show_program,
)
from metrics.views.access import shown_sites
from programs.models import Membership
from programs.periods import Period, month_of, shift_month

TYPE = (
    ("t-3xl", "The first heading of a page"),
    ("t-2xl", "That of a small page"),
    ("t-xl", "A section"),
    ("t-l", "The lead below a heading"),
    ("t-m", "Text"),
    ("t-s", "Tables, and what stands aside"),
    ("t-xs", "What a figure rests on"),
)
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
GROUNDS = (
    ("paper", "The ground of every page"),
    ("surface", "Cards, tables, boxes to type in"),
    ("sunken", "What is at rest, or chosen from"),
    ("line", "Lines between things"),
    ("field-line", "Lines around what one can touch"),
    ("ink", "Text and figures"),
    ("soft", "What explains them"),
    ("cell", "A month that was reported"),
    ("focus", "Where the keyboard is"),
)
TONES = (
    ("accent", "accent-bg", "Links, the chosen one, the line of a trend"),
    ("accent-ink", "accent", "On what one presses first"),
    ("good", "good-bg", "Reached, approved"),
    ("hope", "hope-bg", "On target so far, submitted"),
    ("warn", "warn-bg", "Not reached, due, returned"),
    ("bad", "bad-bg", "Worse, missing, refused"),
    ("bad-ink", "bad-fill", "On what cannot be undone"),
    ("calm", "calm-bg", "Too little to tell"),
)
A_PAGE, MANY = 50, 128
UNUSUAL = {"seen_version": "0", "live_births": "40", "infant_deaths": "52", "stillbirths": "1"}


@require_safe
@login_required
def styleguide(request):
    """Show every part to staff; to others there is no such page."""
    if not request.user.is_staff:
        raise Http404("There is no such page.")
    today = timezone.localdate()
    shown = _choose_showcase(request.user, today)
    context = {
        "type": TYPE,
        "spaces": SPACES,
        "grounds": GROUNDS,
        "tones": TONES,
        "statuses": Status.choices,
        "states": list(MonthState),
        "verdicts": judge_contracts(),
        "shown": shown,
        "program": shown.program,
        "sites": Paginator(_draw_sparks(shown), A_PAGE).get_page(1),
        "many": Paginator(range(MANY), A_PAGE).get_page(2),
        **_draw(shown),
        **_fill_forms(shown, today),
    }
    return render(request, "metrics/styleguide.html", context)


def _choose_showcase(user, today: date) -> Showcase:
    """The one of one's programs that did most and has a trend, or one that is made up."""
    memberships = Membership.objects.filter(user=user).select_related("program")
    for membership in memberships.annotate(done=Count("program__interventions")).order_by(
        "-done", "program__name"
    ):
        seen = shown_sites(membership)
        if shown := show_program(membership.program, today=today, shown_sites=seen):
            return shown
    return make_up_program()


def _baseline(shown: Showcase) -> float | None:
    rate = shown.target.baseline.rate if shown.target else None
    return rate.value if rate else None


def _draw(shown: Showcase):
    trend = Trend(
        series=shown.series,
        subject=shown.program.name,
        baseline=_baseline(shown),
        promised=shown.target.promised_rate if shown.target else None,
        interventions=shown.interventions,
    )
    return {
        "trend": [draw_trend(trend, shape) for shape in (WIDE, NARROW)],
        "progress": [draw_progress(shown.target, shape) for shape in (WIDE, NARROW)]
        if shown.target
        else [],
        "map": draw_map(shown.lines, str(shown.program)),
    }


def _draw_sparks(shown: Showcase):
    top = spark_top(shown.traces.values(), _baseline(shown))
    return [
        (
            line,
            draw_spark(
                shown.traces[line.site.pk],
                name=line.site.name,
                top=top,
                baseline=_baseline(shown),
            ),
        )
        for line in shown.lines
    ]


def _fill_forms(shown: Showcase, today: date):
    """Forms as somebody left them: an unusual count without a reason, a period upside down."""
    last = shift_month(month_of(today), -1)
    report = MonthlyReportForm(
        UNUSUAL,
        gate=SiteAtGate("Harbour Road Health Centre", (Period(last, last),)),
        month=last,
        past=PastCounts(),
        today=today,
    )
    del report.fields["live_births"].widget.attrs["autofocus"]  # this page begins at its top
    return {
        "report_form": report,
        "scope_form": ScopeForm(
            {"first": "2025-06", "last": "2024-07"},
            gathered=shown.gathered,
            areas=shown.areas,
            sites=[line.site for line in shown.lines],
        ),
        "plan_form": PlanForm({"reduction": "120"}),
    }
